package fairness_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/fairness"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// world is a bureau that makes one draw a month.
type world struct {
	random     *rand.Rand
	subjects   []sortition.Subject
	inspectors []sortition.Inspector
	strata     []sortition.Stratum
	department string
	team       uint64
	cap        uint64
	resting    int                                                                       // months for which the selected are left out of the pools
	pick       func(w *world, month int, candidates []sortition.Subject, n int) []string // nil for chance
	send       func(w *world, eligible []string) []string                                // nil for chance
	rested     map[string]int
}

const (
	sizeA, sizeC = 160, 60
	officers     = 14
)

func newWorld(seed uint64) *world {
	w := &world{
		random:     rand.New(rand.NewPCG(seed, 20)), //nolint:gosec // repeatable
		strata:     []sortition.Stratum{{Name: "A", RatioPPM: 50_000}, {Name: "C", RatioPPM: 300_000}},
		department: "市场监管", team: 2, cap: 6, rested: map[string]int{},
	}
	for i := range sizeA + sizeC {
		s := sortition.Subject{ID: fmt.Sprintf("S%04d", i*7919%10_000), Stratum: "A", District: "540100"}
		if i >= sizeA {
			s.Stratum = "C"
		}
		w.subjects = append(w.subjects, s)
	}
	slices.SortFunc(w.subjects, func(a, b sortition.Subject) int { return cmpText(a.ID, b.ID) })
	for i := range officers {
		w.inspectors = append(w.inspectors, sortition.Inspector{
			ID: fmt.Sprintf("I%02d", i), Department: w.department, LicenceValidUntil: "2099-12-31", Lines: []string{"food"}, Districts: []string{"540000"},
		})
	}
	return w
}

func cmpText(a, b string) int {
	if a < b {
		return -1
	}
	return 1
}

// pool is who may be drawn in a month.
func (w *world) pool(month int) []sortition.Subject {
	var list []sortition.Subject
	for _, s := range w.subjects {
		if last, drawn := w.rested[s.ID]; !drawn || w.resting == 0 || month-last > w.resting {
			list = append(list, s)
		}
	}
	return list
}

func (w *world) digest() (d sortition.Digest) {
	for i := 0; i < len(d); i += 8 {
		binary.BigEndian.PutUint64(d[i:], w.random.Uint64())
	}
	return d
}

// bundle is the month's bundle without a selection.
func (w *world) bundle(month int) sortition.Bundle {
	return sortition.Bundle{
		Version: sortition.Version, DrawID: fmt.Sprintf("T%03d-1", month), TaskID: fmt.Sprintf("T%03d", month), Number: 1, Line: "food",
		WindowEnd: "2026-12-31", WorkloadCap: w.cap, Strata: w.strata,
		Departments: []sortition.Department{{Name: w.department, TeamSize: w.team}},
		Subjects:    w.pool(month), Inspectors: w.inspectors, Terms: w.digest(), Seed: w.digest(),
		CommittedAt: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, month, 0).Format(time.RFC3339),
	}
}

// month makes a draw by the world's own picks, without tickets.
func (w *world) month(month int) sortition.Bundle {
	b := w.bundle(month)
	for _, stratum := range b.Strata {
		var candidates []sortition.Subject
		for _, s := range b.Subjects {
			if s.Stratum == stratum.Name {
				candidates = append(candidates, s)
			}
		}
		n := int(stratum.Quota(uint64(len(candidates))))
		var picked []string
		if w.pick != nil {
			picked = w.pick(w, month, candidates, n)
		} else {
			for _, at := range w.random.Perm(len(candidates))[:n] {
				picked = append(picked, candidates[at].ID)
			}
		}
		for _, id := range picked {
			b.Selected = append(b.Selected, sortition.Selection{Subject: id, Stratum: stratum.Name})
			w.rested[id] = month
		}
	}
	w.staff(&b)
	return b
}

func (w *world) staff(b *sortition.Bundle) {
	load := map[string]uint64{}
	for i := range b.Selected {
		var able []string
		for _, o := range w.inspectors {
			if w.cap == 0 || load[o.ID] < w.cap {
				able = append(able, o.ID)
			}
		}
		team := sortition.Team{Department: w.department}
		switch {
		case len(able) < int(w.team):
		case w.send != nil:
			team.Inspectors = w.send(w, able)
		default:
			team.Inspectors = w.some(able)
		}
		for _, id := range team.Inspectors {
			load[id]++
		}
		b.Selected[i].Teams = []sortition.Team{team}
	}
}

func (w *world) some(able []string) []string {
	var team []string
	for _, at := range w.random.Perm(len(able))[:w.team] {
		team = append(team, able[at])
	}
	return team
}

// drawn makes a draw by the real rules, from random nonces.
func (w *world) drawn(t testing.TB, month int) sortition.Bundle {
	t.Helper()
	b := w.bundle(month)
	pools := sortition.SortedPools(b.Subjects, b.Inspectors, b.Conflicts)
	frozen, err := sortition.Freeze(pools)
	if err != nil {
		t.Fatal(err)
	}
	b.SubjectRoot, b.InspectorRoot, b.ConflictRoot = frozen.Subjects.Root, frozen.Inspectors.Root, frozen.Conflicts.Root
	nonce := sortition.Nonce(w.digest())
	result, err := sortition.Draw(b.DrawTerms(), pools, nil, []sortition.Reveal{{Party: "局", Nonce: nonce}})
	if err != nil {
		t.Fatal(err)
	}
	b.Terms, b.Seed, b.Selected = result.Terms, result.Seed, result.Selected
	for _, s := range b.Selected {
		w.rested[s.Subject] = month
	}
	return b
}

func (w *world) months(n int) []sortition.Bundle {
	var list []sortition.Bundle
	for month := range n {
		list = append(list, w.month(month))
	}
	return list
}

func sources(bundles []sortition.Bundle) []fairness.Source {
	var list []fairness.Source
	for _, b := range bundles {
		list = append(list, fairness.Source{DrawID: b.DrawID, RecordedAt: fairness.Recorded(b), Open: func() (fairness.Opened, error) {
			return fairness.Opened{Bundle: b, Pools: sortition.SortedPools(b.Subjects, b.Inspectors, b.Conflicts)}, nil
		}})
	}
	return list
}

func measured(t testing.TB, bundles []sortition.Bundle) fairness.Report {
	t.Helper()
	s, err := fairness.Measure(sources(bundles))
	if err != nil {
		t.Fatal(err)
	}
	return s.Report()
}

func flagged(r fairness.Report) []string {
	var names []string
	for _, test := range r.Tests {
		if test.Flagged {
			names = append(names, test.Name)
		}
	}
	return names
}
