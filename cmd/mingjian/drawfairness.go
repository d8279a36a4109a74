package main

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain/fairness"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// fairnessCheck is a measurement as the command line asks for it.
type fairnessCheck struct {
	out                   io.Writer
	asJSON                bool
	pools, releases, list string
}

func drawFairness() *cobra.Command {
	var check fairnessCheck
	c := &cobra.Command{
		Use: "fairness BUNDLE...", Short: "Measure the fairness of many draws from their published bundles, offline", Args: cobra.MinimumNArgs(1),
		Long: "Says of a set of draws, say those of an authority in three years, how much of the pools they covered, how often each\n" +
			"subject, inspector and pair of inspectors came up against expectation, and whether that looks like chance. The server\n" +
			"answers the same at /v1/public/fairness. A fair set is flagged once in a hundred times; exit code 3 says flagged, or that\n" +
			"a bundle could not have come from a draw. What is not flagged is not proved fair: each test says what it could have seen.\n" +
			"Whether a bundle is genuine is for \"draw verify\".\n\n" +
			"The order of the bundles does not matter. Each is read twice, one at a time; one that is packed with gzip is unpacked.",
		Example: "  mingjian draw fairness 2026-*.json\n  mingjian draw fairness --list pairs 2026-*.json > pairs.csv\n" +
			"  mingjian draw fairness --releases feed.json --json 2026-*.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			check.out = cmd.OutOrStdout()
			if check.list != "" && !slices.Contains([]string{"subjects", "inspectors", "pairs"}, check.list) {
				return &codedError{exitUsage, fmt.Errorf("--list is subjects, inspectors or pairs, not %q", check.list)}
			}
			return check.run(args)
		},
	}
	f := c.Flags()
	f.BoolVar(&check.asJSON, "json", false, "print the figures as JSON, in the form of the API")
	f.StringVar(&check.list, "list", "", "print every one of subjects, inspectors or pairs as CSV instead")
	f.StringVar(&check.releases, "releases", "", "file with answers of /v1/feed/releases from the first number on, for the rates of findings")
	f.StringVar(&check.pools, "pools", "", "folder with pools kept apart from the bundles, each named by its SHA-256")
	return c
}

func (c *fairnessCheck) run(paths []string) error {
	study, err := c.measure(paths)
	_, input := errors.AsType[*sortition.InputError](err)
	_, step := errors.AsType[*sortition.StepError](err)
	switch {
	case input || step:
		return &codedError{exitRefuted, fmt.Errorf("cannot have come from draws: %w", err)}
	case err != nil:
		return err
	case c.list != "":
		return c.table(study)
	}
	var hits []fairness.Hit
	if c.releases != "" {
		if hits, err = c.hits(study); err != nil {
			return err
		}
	}
	report := study.Report()
	if err := c.tell(report, hits); err != nil {
		return err
	}
	if !report.Flagged {
		return nil
	}
	var names []string
	for _, t := range report.Tests {
		if t.Flagged {
			names = append(names, t.Name)
		}
	}
	return &codedError{exitRefuted, fmt.Errorf("flagged: %s", strings.Join(names, ", "))}
}

// measure reads every bundle once to know its place, and again when its turn has come.
func (c *fairnessCheck) measure(paths []string) (*fairness.Study, error) {
	var sources []fairness.Source
	for _, path := range paths {
		published, _, err := readBundle(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		sources = append(sources, fairness.Source{
			DrawID: published.Bundle().DrawID, RecordedAt: fairness.Recorded(published.Bundle()),
			Open: func() (fairness.Opened, error) {
				published, digest, err := readBundle(path)
				if err != nil {
					return fairness.Opened{}, fmt.Errorf("%s: %w", path, err)
				}
				return grpcapi.OpenedBundle(published, digest, c.open())
			},
		})
	}
	return fairness.Measure(sources)
}

func (c *fairnessCheck) open() func(sortition.PoolFile) (io.ReadCloser, error) {
	if c.pools == "" {
		return nil
	}
	return func(f sortition.PoolFile) (io.ReadCloser, error) {
		return os.Open(filepath.Join(c.pools, f.SHA256.String()))
	}
}

// readBundle reads a bundle and makes the digest of the document, unpacked.
func readBundle(path string) (sortition.Published, sortition.Digest, error) {
	file, err := os.Open(path)
	if err != nil {
		return sortition.Published{}, sortition.Digest{}, err
	}
	defer func() { _ = file.Close() }() // only read from
	document, err := unpacked(file)
	if err != nil {
		return sortition.Published{}, sortition.Digest{}, err
	}
	text := sha256.New()
	published, err := sortition.ReadBundle(io.TeeReader(document, text))
	return published, sortition.Digest(text.Sum(nil)), err
}

// hits counts what is public by the feed: of each disclosure the latest release, unless it was withdrawn.
func (c *fairnessCheck) hits(study *fairness.Study) ([]fairness.Hit, error) {
	file, err := os.Open(c.releases)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read from
	latest := map[string]*viewv1.Release{}
	for answers := json.NewDecoder(file); ; {
		var raw json.RawMessage
		err := answers.Decode(&raw)
		if errors.Is(err, io.EOF) {
			break
		}
		answer := &mingjianv1.ListReleasesResponse{}
		if err == nil {
			err = protojson.Unmarshal(raw, answer)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.releases, err)
		}
		for _, r := range answer.GetReleases() {
			if had := latest[r.GetDisclosureId()]; r.GetRecordKind() == "inspection" && had.GetSequence() < r.GetSequence() {
				latest[r.GetDisclosureId()] = r
			}
		}
	}
	return study.Hits(results(latest))
}

func results(latest map[string]*viewv1.Release) iter.Seq2[fairness.Result, error] {
	return func(yield func(fairness.Result, error) bool) {
		for _, id := range slices.Sorted(maps.Keys(latest)) {
			if latest[id].GetKind() == viewv1.ReleaseKind_RELEASE_KIND_WITHDRAWN {
				continue
			}
			result, counts, err := grpcapi.InspectionResult(latest[id].GetDocument())
			if (counts || err != nil) && !yield(result, err) {
				return
			}
		}
	}
}

func (c *fairnessCheck) tell(r fairness.Report, hits []fairness.Hit) error {
	if c.asJSON {
		text, err := protojson.MarshalOptions{EmitUnpopulated: true}.Marshal(grpcapi.FairnessView(r, hits))
		if err == nil {
			_, err = fmt.Fprintf(c.out, "%s\n", text)
		}
		return err
	}
	for _, d := range r.Draws {
		fmt.Fprintf(c.out, "draw %s: %d of %d, %d replacements, bundle %s\n", d.DrawID, d.Selected, d.Candidates, d.Replacements, d.SHA256)
	}
	for _, s := range r.Strata {
		fmt.Fprintf(c.out, "stratum %s: %d of %d in %d draws\n", s.Name, s.Selected, s.Candidates, s.Draws)
	}
	fmt.Fprintf(c.out, "covered: %d of %d subjects; %s on average\n", r.Covered, r.Subjects, r.CoveredByLot)
	for _, h := range hits {
		fmt.Fprintf(c.out, "found: stratum %s, %s: %d of %d inspections\n", h.Stratum, h.Manner, h.Found, h.Inspected)
	}
	for _, t := range r.Tests {
		sign := "·"
		if t.Flagged {
			sign = "✗"
		}
		fmt.Fprintf(c.out, "%s %s (p %d ppm, flagged at %d, could be %d)\n    %s\n    %s\n", sign, t.Name, t.P, t.Rate, t.Smallest, t.Chinese, t.English)
	}
	return nil
}

func (c *fairnessCheck) table(study *fairness.Study) error {
	units := map[string]iter.Seq[fairness.Unit]{"subjects": study.Subjects(), "inspectors": study.Inspectors(), "pairs": study.Pairs()}
	w := csv.NewWriter(c.out)
	if err := w.Write([]string{"id", "with_id", "chances", "drawn", "expected"}); err != nil {
		return err
	}
	for u := range units[c.list] {
		row := []string{u.ID, u.With, strconv.FormatUint(u.Chances, 10), strconv.FormatUint(u.Drawn, 10), fairness.Decimal(u.Expected)}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
