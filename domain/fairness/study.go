package fairness

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// Source is the published bundle of a draw that can be opened when its turn has come.
type Source struct {
	DrawID     string
	RecordedAt time.Time // Recorded of the bundle
	Open       func() (Opened, error)
}

// Opened is a bundle with its pools.
type Opened struct {
	Bundle sortition.Bundle
	Pools  sortition.Pools
	SHA256 sortition.Digest // of the document, to cite it
}

// Recorded gives the time by which draws are put in order: the latest at which a bundle states that its terms or a commitment
// were recorded; the zero time if it states none.
func Recorded(b sortition.Bundle) time.Time {
	instants := []string{b.CommittedAt}
	for _, c := range b.Commitments {
		instants = append(instants, c.CommittedAt)
	}
	return Latest(instants...)
}

// Latest is the latest of some instants, RFC 3339. What is no instant does not count.
func Latest(instants ...string) time.Time {
	var last time.Time
	for _, text := range instants {
		if at, err := time.Parse(time.RFC3339Nano, text); err == nil && at.After(last) {
			last = at.UTC()
		}
	}
	return last
}

// Study gathers draws, one after another, for a Report.
type Study struct {
	cited      []Cited
	aborted    uint64
	open       uint64
	replaced   uint64
	subjects   *units
	inspectors *units
	strata     map[string]*Stratum
	order      [bins]uint64
	repeats    repeats
	crews      crews
	layerOf    map[[2]string]string // stratum, by draw and subject, of all who were drawn or came from the reserve
}

// Measure studies draws, each given once, in the order of their times of record, then of their ids. An error of a source is passed
// on. A bundle that could not have come from any draw is a *sortition.StepError or *sortition.InputError: verify it.
func Measure(sources []Source) (*Study, error) {
	s := &Study{
		subjects: newUnits(), inspectors: newUnits(), strata: map[string]*Stratum{}, crews: newCrews(),
		layerOf: map[[2]string]string{},
	}
	inOrder := slices.SortedFunc(slices.Values(sources), func(a, b Source) int {
		return cmp.Or(a.RecordedAt.Compare(b.RecordedAt), strings.Compare(a.DrawID, b.DrawID))
	})
	seen := map[string]bool{}
	for _, source := range inOrder {
		if seen[source.DrawID] {
			return nil, &sortition.InputError{Field: "draw_id", Rule: "must be there once", Got: source.DrawID}
		}
		seen[source.DrawID] = true
		opened, err := source.Open()
		if err == nil {
			err = s.add(opened)
		}
		if err != nil {
			return nil, fmt.Errorf("draw %s: %w", source.DrawID, err)
		}
	}
	return s, nil
}

// Undrawn counts a draw that gave no selection: aborted, or not run yet.
func (s *Study) Undrawn(aborted bool) {
	if aborted {
		s.aborted++
	} else {
		s.open++
	}
}

func (s *Study) add(o Opened) error {
	b := o.Bundle
	if err := b.DrawTerms().Validate(); err != nil {
		return err
	}
	key := keyOf(b)
	p, err := s.take(b, o.Pools)
	if err != nil {
		return err
	}
	s.walk(p, key)
	if err := s.crews.add(s.inspectors, b, o.Pools, key); err != nil {
		return err
	}
	for _, drawn := range b.Selected {
		s.layerOf[[2]string{b.DrawID, drawn.Subject}] = drawn.Stratum
	}
	for _, r := range b.Replacements {
		s.layerOf[[2]string{b.DrawID, r.ReplacedBy.Subject}] = r.ReplacedBy.Stratum
	}
	s.replaced += uint64(len(b.Replacements))
	s.cited = append(s.cited, Cited{
		DrawID: b.DrawID, TaskID: b.TaskID, Number: b.Number, SHA256: o.SHA256, Candidates: uint64(len(p.candidates)),
		Selected: uint64(len(b.Selected)), Replacements: uint64(len(b.Replacements)),
	})
	return nil
}

// pool is the pool of one draw in canonical order.
type pool struct {
	layers     []*layer
	candidates []candidate
}

type candidate struct {
	unit     int32
	layer    int32
	selected bool
}

// layer is a stratum of one draw.
type layer struct {
	name            string
	all, drawn      uint64
	before, repeats uint64 // candidates that earlier draws selected; those of them that are selected again
}

// take reads the pool, checking that the selected are candidates of their strata, each once, and as many as the terms say.
func (s *Study) take(b sortition.Bundle, pools sortition.Pools) (pool, error) {
	selected := make(map[string]string, len(b.Selected))
	for i, drawn := range b.Selected {
		if _, twice := selected[drawn.Subject]; twice {
			return pool{}, differs(fmt.Sprintf("selected[%d].subject", i), "must be there once", drawn.Subject)
		}
		selected[drawn.Subject] = drawn.Stratum
	}
	var p pool
	layers := map[string]int32{}
	last := ""
	for subject, err := range pools.Subjects {
		if err != nil {
			return pool{}, err
		}
		if len(p.candidates) > 0 && subject.ID <= last {
			return pool{}, &sortition.InputError{Field: "subjects", Rule: "must come in canonical order, each once", Got: subject.ID}
		}
		last = subject.ID
		at, known := layers[subject.Stratum]
		if !known {
			at = int32(len(p.layers)) //nolint:gosec // strata are few
			name := strings.Clone(subject.Stratum)
			layers[name], p.layers = at, append(p.layers, &layer{name: name})
		}
		stratum, chosen := selected[subject.ID]
		if chosen && stratum != subject.Stratum {
			return pool{}, differs("selected.stratum", subject.Stratum, stratum)
		}
		if chosen {
			delete(selected, subject.ID)
		}
		c := candidate{unit: s.subjects.of(subject.ID), layer: at, selected: chosen}
		p.layers[at].count(chosen, s.subjects.drawn[c.unit] > 0)
		p.candidates = append(p.candidates, c)
	}
	for _, drawn := range b.Selected {
		if _, missing := selected[drawn.Subject]; missing {
			return pool{}, differs("selected.subject", "a candidate", drawn.Subject)
		}
	}
	return p, p.fits(b.Strata)
}

func (l *layer) count(selected, before bool) {
	l.all++
	if selected {
		l.drawn++
	}
	if before {
		l.before++
	}
	if selected && before {
		l.repeats++
	}
}

// fits asks whether each stratum gave as many as its terms say.
func (p pool) fits(strata []sortition.Stratum) error {
	for _, l := range p.layers {
		at := slices.IndexFunc(strata, func(s sortition.Stratum) bool { return s.Name == l.name })
		if at < 0 {
			return differs("strata", "must name every stratum of the pool", l.name)
		}
		if want := strata[at].Quota(l.all); want != l.drawn {
			return differs("selected of "+l.name, fmt.Sprint(want), fmt.Sprint(l.drawn))
		}
	}
	return nil
}

func differs(field, want, got string) error {
	return &sortition.StepError{Step: sortition.StepSelection, Field: field, Want: want, Got: got}
}

// walk goes through the pool once and adds what each candidate's place tells.
func (s *Study) walk(p pool, key sortition.Digest) {
	walks := make([]gaps, len(p.layers))
	share := make([]int64, len(p.layers))  // of 10^-9, of being drawn
	spared := make([]int64, len(p.layers)) // minus the logarithm of not being drawn
	for i, l := range p.layers {
		walks[i] = gaps{left: l.all, toDraw: l.drawn, lasting: one}
		share[i] = int64(times(l.drawn, nano, l.all)) //nolint:gosec // at most 10^9
		if l.drawn < l.all {
			spared[i] = minusLn(times(l.all-l.drawn, one, l.all))
		}
		s.repeats.add(l, key)
		s.stratum(l)
	}
	for _, c := range p.candidates {
		l := p.layers[c.layer]
		if grade, known := walks[c.layer].pass(c.selected, key, l.name, s.subjects.ids[c.unit]); known {
			s.order[grade]++
		}
		s.subjects.chance(c.unit, share[c.layer], spared[c.layer], c.selected)
	}
}

func (s *Study) stratum(l *layer) {
	sum := s.strata[l.name]
	if sum == nil {
		sum = &Stratum{Name: l.name}
		s.strata[l.name] = sum
	}
	sum.Draws++
	sum.Candidates += l.all
	sum.Selected += l.drawn
}
