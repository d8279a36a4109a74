package main

import (
	"errors"

	"github.com/mingjian-ledger/mingjian/adapters/portal/verifier/verifiertest"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// countedBundle is a published bundle as a stranger reads it, with types of this test alone.
type countedBundle struct {
	Number      int
	Line        string
	WindowEnd   string `json:"window_end"`
	WorkloadCap int    `json:"workload_cap"`
	Strata      []struct {
		Name     string
		RatioPPM int `json:"ratio_ppm"`
		Count    int
	}
	Departments []struct {
		Name     string
		TeamSize int `json:"team_size"`
	}
	Subjects     []countedSubject
	Inspectors   []countedInspector
	Conflicts    []struct{ Inspector, Subject string }
	Exclusions   []countedExclusion
	Selected     []countedSelection
	Replacements []struct {
		SubjectOut string `json:"subject_out"`
		Reason     string
		ReplacedBy countedSelection `json:"replaced_by"`
	}
}

type countedSubject struct{ ID, Stratum, District string }

type countedExclusion struct {
	Reason string
	Count  int
}

type countedInspector struct {
	ID, Department string
	Until          string `json:"licence_valid_until"`
	Lines          []string
	Districts      []string
}

type countedSelection struct {
	Subject, Stratum string
	Teams            []struct {
		Department string
		Inspectors []string
	}
	Shortfalls []struct {
		Department string
		Reasons    map[string]int
	}
}

// implementations are those of mingjian/draw/v1. Each must find every published bundle valid.
func (y *year) implementations() []func(draw string, bundle []byte) {
	return []func(string, []byte){y.verifyInGo, y.verifyInBrowser(verifiertest.New(y.T))}
}

// verifyBundles has each published bundle recomputed. An aborted draw has none, and is public with its reason.
func (y *year) verifyBundles() {
	implementations := y.implementations()
	for _, d := range y.draws {
		document, err := y.bundle(y.Context(), d.id)
		if d.aborted {
			r, refused := errors.AsType[*refusal](err)
			if !refused || r.problem.Code != "draw.bundle.undrawn" {
				y.Errorf("the aborted draw %s has a bundle, or none for another reason: %v", d.id, err)
			}
			continue
		}
		if err != nil {
			y.Fatal(err)
		}
		d.bundle = document
		for _, verify := range implementations {
			verify(d.id, document)
		}
	}
}

// verifyInGo leaves nothing unproved.
func (y *year) verifyInGo(draw string, bundle []byte) {
	y.Helper()
	sources, err := judging("")
	if err != nil {
		y.Fatal(err)
	}
	b, err := sortition.DecodeBundle(bundle)
	if err != nil {
		y.Fatalf("%s: %v", draw, err)
	}
	report, err := sortition.Verify(b, sortition.Options{Sources: sources, Strict: true})
	if err != nil {
		y.Errorf("%s does not verify: %v", draw, err)
	}
	y.Logf("%s: %d of %d firms, %d inspectors, %d replacements", draw, report.Selected, report.Subjects, report.Inspectors, report.Replacements)
}
