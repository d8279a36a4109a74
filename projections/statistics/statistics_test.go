package statistics_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	"github.com/mingjian-ledger/mingjian/projections/statistics"
)

func (l *log) live() projections.Reader {
	l.Helper()
	return projectionstest.Live(l, statistics.Projection(), l.Store.All())
}

// counted gives the counts as "measure code count amount" lines.
func counted(t testing.TB, r projections.Reader, f statistics.Filter) string {
	t.Helper()
	list, err := statistics.List(t.Context(), r, f)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, n := range list {
		if n.GetAuthorityId() != f.Authority || n.GetYear() != f.Year || n.GetLabel() == "" || n.GetCount() == 0 {
			t.Errorf("%+v holds %v", f, n)
		}
		lines = append(lines, fmt.Sprintf("%s %s %d %d", n.GetMeasure(), n.GetCode(), n.GetCount(), n.GetAmountFen()))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func labelled(codes ...string) (out []disclosure.Labelled) {
	for _, c := range codes {
		out = append(out, disclosure.Labelled{Code: c, Label: "标签" + c})
	}
	return out
}

func inspection(id, authority, date string, outcomes ...string) disclosure.Document {
	d := doc(id, authority, date, huimin)
	d.Kind, d.Penalty = disclosure.Inspection, nil
	d.Inspection = &disclosure.InspectionBody{CompletedOn: d.Date, Outcomes: labelled(outcomes...)}
	return d
}

func penalty(id, authority, date string, fine, confiscated domain.Fen, kinds ...string) disclosure.Document {
	d := doc(id, authority, date, huimin)
	d.Penalty.Kinds, d.Penalty.FineFen, d.Penalty.ConfiscatedFen = labelled(kinds...), fine, confiscated
	return d
}

func licence(id, authority, date, action, category string) disclosure.Document {
	d := doc(id, authority, date, huimin)
	d.Kind, d.Penalty = disclosure.Licence, nil
	d.Licence = &disclosure.LicenceBody{LicenceID: id, Action: action, Category: category, Status: "in_force"}
	return d
}

func TestEachOutcomeCountsOnce(t *testing.T) {
	l := newLog(t)
	l.Disclosure("inspection.a", l.Published(inspection("a", bureau, "2026-03-16", "unreachable", "info_false", "unreachable"), 1))
	l.Disclosure("inspection.b", l.Adopted(inspection("b", county, "2019-03-16", "unreachable")))
	r := l.live()
	for f, want := range map[statistics.Filter]string{
		{}: "inspections_by_outcome info_false 1 0\ninspections_by_outcome unreachable 2 0\n" +
			"releases_by_kind adopted 1 0\nreleases_by_kind published 1 0",
		{Authority: county}: "inspections_by_outcome unreachable 1 0\nreleases_by_kind adopted 1 0",
		{Year: 2019}:        "inspections_by_outcome unreachable 1 0\nreleases_by_kind adopted 1 0",
		{Authority: bureau, Year: 2026, Measure: statistics.InspectionsByOutcome}: "inspections_by_outcome info_false 1 0\ninspections_by_outcome unreachable 1 0",
		{Authority: bureau, Year: 2019}:                                           "",
	} {
		if got := counted(t, r, f); got != want {
			t.Errorf("%+v:\ngot  %s\nwant %s", f, got, want)
		}
	}
}

func TestAmountsCountOnce(t *testing.T) {
	l := newLog(t)
	l.Disclosure("penalty.a", l.Published(penalty("a", bureau, "2026-03-16", 5000, 700, "warning", "fine", "confiscation_goods", "confiscation_gains"), 1))
	l.Disclosure("penalty.b", l.Published(penalty("b", bureau, "2026-03-16", 11, 13, "fine", "confiscation_goods"), 1))
	want := "penalties_by_kind confiscation_gains 1 700\npenalties_by_kind confiscation_goods 2 13\n" +
		"penalties_by_kind fine 2 5011\npenalties_by_kind warning 1 0"
	if got := counted(t, l.live(), statistics.Filter{Measure: statistics.PenaltiesByKind}); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestLicencesCountByActionAndCategory(t *testing.T) {
	l := newLog(t)
	l.Disclosure("licence.a.0", l.Published(licence("a.0", bureau, "2026-03-16", "granted", "ordinary"), 1))
	l.Disclosure("licence.b.0", l.Published(licence("b.0", bureau, "2026-03-16", strings.Repeat("字", 900), ""), 1))
	l.Disclosure("licence.b.0", withdrawn(2))
	r := l.live()
	want := "licences_by_action granted 1 0\nlicences_by_category ordinary 1 0\nreleases_by_kind published 2 0\nreleases_by_kind withdrawn 1 0"
	if got := counted(t, r, statistics.Filter{}); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	list, err := statistics.List(t.Context(), r, statistics.Filter{Measure: statistics.LicencesByCategory})
	if err != nil || len(list) != 1 || list[0].GetLabel() != "普通" {
		t.Errorf("%v, %v", list, err)
	}
}

// TestCountsEqualAPlainSum releases at random, corrects across years and kinds of outcome, withdraws and publishes anew.
func TestCountsEqualAPlainSum(t *testing.T) {
	for seed := range uint64(3) {
		rnd := rand.New(rand.NewPCG(seed, 3)) //nolint:gosec // a repeatable test, not a secret
		l := newLog(t)
		public, acts := map[string]disclosure.Document{}, map[string]map[string]int{}
		numbers, last := map[string]int{}, map[string]disclosure.Document{}
		for range 150 {
			id := fmt.Sprintf("r%02d", rnd.IntN(20))
			numbers[id]++
			d, there := public[id]
			act := "published"
			if there && rnd.IntN(3) == 0 {
				l.Disclosure(d.Record().Disclosure(), withdrawn(numbers[id]))
				delete(public, id)
				act = "withdrawn"
			} else {
				d = random(rnd, id)
				if there {
					act = "corrected"
					l.Disclosure(d.Record().Disclosure(), l.Corrected(d, numbers[id]))
				} else {
					l.Disclosure(d.Record().Disclosure(), l.Published(d, numbers[id]))
				}
				public[id], last[id] = d, d
			}
			for _, f := range sums(last[id]) {
				if acts[f] == nil {
					acts[f] = map[string]int{}
				}
				acts[f][act]++
			}
		}
		r := l.live()
		for _, authority := range []string{"", bureau, county} {
			for _, year := range []uint32{0, 2024, 2025, 2026} {
				f := statistics.Filter{Authority: authority, Year: year}
				if got, want := counted(t, r, f), plainSum(public, acts, f); got != want {
					t.Errorf("seed %d, %+v:\ngot\n%s\nwant\n%s", seed, f, got, want)
				}
			}
		}
	}
}

// random makes a document; the id tells its kind, since a disclosure never changes that.
func random(rnd *rand.Rand, id string) disclosure.Document {
	authority := []string{bureau, county}[rnd.IntN(2)]
	date := calendar.MustParse("2024-12-25").AddDays(rnd.IntN(400)).String()
	if id[2]%2 == 0 {
		all := []string{"no_problem", "unreachable", "info_false"}
		return inspection(id, authority, date, all[rnd.IntN(2):][:1+rnd.IntN(2)]...)
	}
	return penalty(id, authority, date, domain.Fen(rnd.IntN(1000)), domain.Fen(rnd.IntN(1000)),
		[]string{"warning", "fine", "confiscation_goods"}[rnd.IntN(2):][:1+rnd.IntN(2)]...)
}

func sums(d disclosure.Document) []string {
	var out []string
	for _, authority := range []string{"", string(d.Authority.ID)} {
		for _, year := range []int{0, d.Date.Year()} {
			out = append(out, fmt.Sprint(authority, year))
		}
	}
	return out
}

func plainSum(public map[string]disclosure.Document, acts map[string]map[string]int, f statistics.Filter) string {
	counts, amounts := map[string]int{}, map[string]domain.Fen{}
	for _, d := range public {
		if !slices.Contains(sums(d), fmt.Sprint(f.Authority, f.Year)) {
			continue
		}
		if d.Inspection != nil {
			for _, o := range d.Inspection.Outcomes {
				counts["inspections_by_outcome "+o.Code]++
			}
			continue
		}
		for _, k := range d.Penalty.Kinds {
			counts["penalties_by_kind "+k.Code]++
			switch k.Code {
			case "fine":
				amounts["penalties_by_kind fine"] += d.Penalty.FineFen
			case "confiscation_goods":
				amounts["penalties_by_kind confiscation_goods"] += d.Penalty.ConfiscatedFen
			}
		}
	}
	for act, n := range acts[fmt.Sprint(f.Authority, f.Year)] {
		counts["releases_by_kind "+act] = n
	}
	var lines []string
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		lines = append(lines, fmt.Sprintf("%s %d %d", k, counts[k], amounts[k]))
	}
	return strings.Join(lines, "\n")
}
