package sortition

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Subject is a candidate for inspection (检查对象).
type Subject struct {
	ID       string `json:"id"`
	Stratum  string `json:"stratum"`
	District string `json:"district"` // six digits, GB/T 2260
}

// Inspector is an officer on the roster (检查人员).
type Inspector struct {
	ID                string   `json:"id"`
	Department        string   `json:"department"`
	LicenceValidUntil string   `json:"licence_valid_until"` // last day of the enforcement licence (执法证), YYYY-MM-DD
	Lines             []string `json:"lines"`               // business lines the officer may inspect
	Districts         []string `json:"districts"`           // districts covered, six digits each
}

// Conflict is a declared interest (回避): the inspector may not inspect the subject.
type Conflict struct {
	Inspector string `json:"inspector"`
	Subject   string `json:"subject"`
}

// Pools are the three frozen lists. Each stream MUST give the same elements every time it is run, in canonical order:
// subjects and inspectors by id, conflicts by inspector and then subject, lines and districts within an inspector by bytes,
// each element once. A stream MUST end after it gave an error.
type Pools struct {
	Subjects   iter.Seq2[Subject, error]
	Inspectors iter.Seq2[Inspector, error]
	Conflicts  iter.Seq2[Conflict, error]
}

// SortedPools gives lists in memory their canonical order. It changes none of its arguments. A name that is there twice
// stays twice, for Freeze to refuse.
func SortedPools(subjects []Subject, inspectors []Inspector, conflicts []Conflict) Pools {
	roster := sortedBy(inspectors, func(i Inspector) string { return i.ID })
	for i := range roster {
		roster[i].Lines = slices.Sorted(slices.Values(roster[i].Lines))
		roster[i].Districts = slices.Sorted(slices.Values(roster[i].Districts))
	}
	return Pools{
		Subjects:   Values(sortedBy(subjects, func(s Subject) string { return s.ID })),
		Inspectors: Values(roster),
		Conflicts:  Values(slices.SortedFunc(slices.Values(conflicts), Conflict.compare)),
	}
}

// Values makes a stream of a slice.
func Values[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, element := range list {
			if !yield(element, nil) {
				return
			}
		}
	}
}

// Frozen is what a pool comes down to when it is frozen.
type Frozen struct {
	Root   Digest            // of the Merkle tree over its leaves
	Count  uint64            // of its leaves
	Strata map[string]uint64 // candidates by stratum; of the subject pool only
}

// FrozenPools are the three pools, frozen.
type FrozenPools struct {
	Subjects, Inspectors, Conflicts Frozen
}

// Freeze checks every element of the pools and their order, and gives the roots that the terms commit to. It holds one
// element at a time. A breach is an *InputError; an error of a stream is passed on.
func Freeze(p Pools) (FrozenPools, error) {
	subjects, err := FreezeSubjects(p.Subjects)
	if err != nil {
		return FrozenPools{}, err
	}
	inspectors, err := FreezeInspectors(p.Inspectors)
	if err != nil {
		return FrozenPools{}, err
	}
	conflicts, err := FreezeConflicts(p.Conflicts)
	if err != nil {
		return FrozenPools{}, err
	}
	return FrozenPools{Subjects: subjects, Inspectors: inspectors, Conflicts: conflicts}, nil
}

// FreezeSubjects is Freeze for the subjects alone.
func FreezeSubjects(subjects iter.Seq2[Subject, error]) (Frozen, error) {
	strata := map[string]*uint64{} // pointers: one look-up a subject
	frozen, err := freeze("subjects", subjects, func(s Subject) error {
		count := strata[s.Stratum]
		if count == nil {
			count = new(uint64)
			strata[strings.Clone(s.Stratum)] = count
		}
		*count++
		return nil
	})
	frozen.Strata = make(map[string]uint64, len(strata))
	for name, count := range strata {
		frozen.Strata[name] = *count
	}
	return frozen, err
}

// FreezeInspectors is Freeze for the inspectors alone.
func FreezeInspectors(inspectors iter.Seq2[Inspector, error]) (Frozen, error) {
	return freeze("inspectors", inspectors, nil)
}

// FreezeConflicts is Freeze for the conflicts alone.
func FreezeConflicts(conflicts iter.Seq2[Conflict, error]) (Frozen, error) {
	return freeze("conflicts", conflicts, nil)
}

// element is what the three pools have in common.
type element[T any] interface {
	validate() error
	appendLeaf(to []byte) []byte
	compare(other T) int
}

// freeze runs through a pool once, handing each element on after it was checked.
func freeze[T element[T]](pool string, elements iter.Seq2[T, error], each func(T) error) (Frozen, error) {
	var tree Tree
	var last T
	var leaf []byte
	for next, err := range elements {
		path := func() string { return fmt.Sprintf("%s[%d]", pool, tree.Size()) }
		if err != nil {
			return Frozen{}, fmt.Errorf("read %s: %w", path(), err)
		}
		if err := next.validate(); err != nil {
			return Frozen{}, within(path(), err)
		}
		if tree.Size() > 0 {
			if order := last.compare(next); order >= 0 {
				return Frozen{}, within(path(), orderError(order))
			}
		}
		leaf = next.appendLeaf(leaf[:0])
		tree.Add(leaf)
		last = next
		if each == nil {
			continue
		}
		if err := each(next); err != nil {
			return Frozen{}, err
		}
	}
	return Frozen{Root: tree.Root(), Count: tree.Size()}, nil
}

func orderError(order int) error {
	if order == 0 {
		return refuse("", "must be there once", "")
	}
	return refuse("", "must come in canonical order", "")
}

func (s Subject) validate() error {
	return cmp.Or(checkText("id", s.ID), checkText("stratum", s.Stratum), checkDistrict("district", s.District))
}

func (s Subject) appendLeaf(to []byte) []byte {
	return appendText(appendText(appendText(appendText(to, "subject"), s.ID), s.Stratum), s.District)
}

func (s Subject) compare(other Subject) int { return strings.Compare(s.ID, other.ID) }

func (i Inspector) validate() error {
	return cmp.Or(checkText("id", i.ID), checkText("department", i.Department),
		checkDate("licence_valid_until", i.LicenceValidUntil),
		checkSet("lines", i.Lines, checkText), checkSet("districts", i.Districts, checkDistrict))
}

func (i Inspector) appendLeaf(to []byte) []byte {
	to = appendText(appendText(appendText(to, "inspector"), i.ID), i.Department)
	return appendList(appendList(appendText(to, i.LicenceValidUntil), i.Lines), i.Districts)
}

func (i Inspector) compare(other Inspector) int { return strings.Compare(i.ID, other.ID) }

func (c Conflict) validate() error {
	return cmp.Or(checkText("inspector", c.Inspector), checkText("subject", c.Subject))
}

func (c Conflict) appendLeaf(to []byte) []byte {
	return appendText(appendText(appendText(to, "conflict"), c.Inspector), c.Subject)
}

func (c Conflict) compare(other Conflict) int {
	return cmp.Or(strings.Compare(c.Inspector, other.Inspector), strings.Compare(c.Subject, other.Subject))
}

var errChanged = errors.New("the stream gave other elements than the first time")
