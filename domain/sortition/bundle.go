package sortition

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// Bundle is the published document from which anyone recomputes a draw (§7).
type Bundle struct {
	Version        string        `json:"version"`
	DrawID         string        `json:"draw_id"`
	TaskID         string        `json:"task_id"`
	Number         uint64        `json:"number"` // 1 for the first draw of the task; aborted and repeated draws count on
	Line           string        `json:"line"`
	WindowEnd      string        `json:"window_end"`
	WorkloadCap    uint64        `json:"workload_cap"`
	Strata         []Stratum     `json:"strata"`
	Departments    []Department  `json:"departments"`
	Subjects       []Subject     `json:"subjects,omitzero"` // in any order; absent if they are in a file
	SubjectsFile   *PoolFile     `json:"subjects_file,omitempty"`
	Inspectors     []Inspector   `json:"inspectors,omitzero"`
	InspectorsFile *PoolFile     `json:"inspectors_file,omitempty"`
	Conflicts      []Conflict    `json:"conflicts,omitzero"`
	ConflictsFile  *PoolFile     `json:"conflicts_file,omitempty"`
	Exclusions     []Exclusion   `json:"exclusions"`
	Beacon         *Beacon       `json:"beacon,omitempty"`
	Reveals        []Reveal      `json:"reveals"`
	Commitments    []Commitment  `json:"commitments"`
	CommittedAt    string        `json:"committed_at,omitempty"` // when the terms were recorded; for a draw without parties
	Replacements   []Replacement `json:"replacements"`
	SubjectRoot    Digest        `json:"subject_root"`
	InspectorRoot  Digest        `json:"inspector_root"`
	ConflictRoot   Digest        `json:"conflict_root"`
	Terms          Digest        `json:"terms"`
	Seed           Digest        `json:"seed"`
	Selected       []Selection   `json:"selected"`
}

// Exclusion counts the subjects in scope that did not enter the pool, by reason.
type Exclusion struct {
	Reason string `json:"reason"`
	Count  uint64 `json:"count"`
}

// Beacon is the public source and what it said.
type Beacon struct {
	BeaconTerms
	Value     Bytes   `json:"value"`               // the published bytes
	Signature Bytes   `json:"signature,omitempty"` // lets the value be proved without asking the source
	Entries   []Entry `json:"entries,omitempty"`   // of a source that does not sign: who entered what, each for themselves
}

// Entry is what one person entered as the value of a source that does not sign.
type Entry struct {
	By        string `json:"by"` // the party that the person acted for, or the id of the draw's authority
	Value     Bytes  `json:"value"`
	EnteredAt string `json:"entered_at"` // when it was recorded, RFC 3339 in UTC
}

// DrawTerms gives the terms that the bundle states, with the roots that it states.
func (b Bundle) DrawTerms() Terms {
	t := Terms{DrawID: b.DrawID, TaskID: b.TaskID, Line: b.Line, WindowEnd: b.WindowEnd, WorkloadCap: b.WorkloadCap,
		Strata: b.Strata, Departments: b.Departments,
		SubjectRoot: b.SubjectRoot, InspectorRoot: b.InspectorRoot, ConflictRoot: b.ConflictRoot}
	if b.Beacon != nil {
		t.Beacon = b.Beacon.BeaconTerms
	}
	return t
}

// Encode writes the bundle as the worked example of the specification is written: members in the order of the form, one
// blank of indent a level, no line feed at the end.
func (b Bundle) Encode() ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(b.filled()); err != nil {
		return nil, fmt.Errorf("encode bundle: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// filled gives a copy whose absent lists are empty ones, so that they are written as [] and not as null.
func (b Bundle) filled() Bundle {
	b.Strata, b.Departments, b.Exclusions = list(b.Strata), list(b.Departments), list(b.Exclusions)
	b.Reveals, b.Commitments = list(b.Reveals), list(b.Commitments)
	if b.SubjectsFile == nil {
		b.Subjects = list(b.Subjects)
	}
	if b.InspectorsFile == nil {
		b.Inspectors = list(slices.Clone(b.Inspectors))
	}
	if b.ConflictsFile == nil {
		b.Conflicts = list(b.Conflicts)
	}
	for i, inspector := range b.Inspectors {
		b.Inspectors[i].Lines, b.Inspectors[i].Districts = list(inspector.Lines), list(inspector.Districts)
	}
	b.Selected, b.Replacements = list(slices.Clone(b.Selected)), list(slices.Clone(b.Replacements))
	for i, selection := range b.Selected {
		b.Selected[i] = selection.filled()
	}
	for i, replacement := range b.Replacements {
		b.Replacements[i].ReplacedBy = replacement.ReplacedBy.filled()
	}
	return b
}

func (s Selection) filled() Selection {
	s.Teams, s.Shortfalls = list(slices.Clone(s.Teams)), list(s.Shortfalls)
	for i, team := range s.Teams {
		s.Teams[i].Inspectors = list(team.Inspectors)
	}
	return s
}

func list[T any](elements []T) []T {
	if elements == nil {
		return []T{}
	}
	return elements
}
