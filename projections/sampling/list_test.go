package sampling_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	events "github.com/mingjian-ledger/mingjian/domain/sampling"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/sampling"
)

func ids[V interface{ GetId() string }](list []V) (out []string) {
	for _, v := range list {
		out = append(out, v.GetId())
	}
	return out
}

func TestListsOfCampaigns(t *testing.T) {
	b := newBook(t)
	for _, id := range []string{"c1", "c2"} {
		b.campaign(id, opened(id, 2026), events.PlanDrafted{Version: 1, Plan: plan(1)}, published(events.ActPlan, 1))
	}
	other := opened("c3", 2025)
	other.Authority = "b2"
	b.campaign("c3", other, events.PlanDrafted{Version: 1, Plan: plan(1)}, published(events.ActPlan, 1))
	b.campaign("c4", opened("c4", 2026))
	b.campaign("c2", events.SchemeDrafted{Version: 1}, published(events.ActScheme, 1), events.LaboratoriesDrafted{Version: 1}, published(events.ActLaboratories, 1),
		events.ResultsPublished{Version: 1, DocumentNo: "1", PublishedOn: day("2026-03-01")})
	views := b.live()
	for name, c := range map[string]struct {
		filter        sampling.Filter
		public, staff string
	}{
		"all":        {sampling.Filter{}, "c3 c2 c1", "c4 c3 c2 c1"},
		"authority":  {sampling.Filter{Authority: "b1"}, "c2 c1", "c4 c2 c1"},
		"year":       {sampling.Filter{Year: 2025}, "c3", "c3"},
		"both":       {sampling.Filter{Authority: "b2", Year: 2025}, "c3", "c3"},
		"incomplete": {sampling.Filter{Incomplete: true}, "c3 c1", "c4 c3 c2 c1"},
		"of one":     {sampling.Filter{Incomplete: true, Authority: "b1", Year: 2026}, "c1", "c4 c2 c1"},
		"of a year":  {sampling.Filter{Incomplete: true, Year: 2026}, "c1", "c4 c2 c1"},
		"of an auth": {sampling.Filter{Incomplete: true, Authority: "b2"}, "c3", "c3"},
	} {
		c.filter.PageSize = 10
		list, next, err := sampling.List(t.Context(), views, c.filter)
		if got := strings.Join(ids(list), " "); got != c.public || next != "" || err != nil {
			t.Errorf("%s: public %s %v, want %s", name, got, err, c.public)
		}
		desks, _, err := sampling.Desks(t.Context(), views, c.filter)
		var got []string
		for _, d := range desks {
			got = append(got, d.GetSampling().GetId())
		}
		if strings.Join(got, " ") != c.staff || err != nil {
			t.Errorf("%s: staff %s %v, want %s", name, got, err, c.staff)
		}
	}
	for _, err := range []error{
		second(sampling.Get(t.Context(), views, "none")), second(sampling.Desk(t.Context(), views, "none")),
		second(sampling.Result(t.Context(), views, "none")), second(sampling.Shown(t.Context(), views, "none")),
	} {
		if domain.KindOf(err) != domain.NotFound {
			t.Error(err)
		}
	}
}

func second[V any](_ V, err error) error { return err }

func TestListsOfResults(t *testing.T) {
	b := newBook(t)
	b.campaign("c1", opened("c1", 2026))
	b.campaign("c2", opened("c2", 2026))
	put := func(id, campaign string, kind events.Kind, reported string, failing int, due string) {
		h := []events.ResultEvent{recorded(id, campaign, kind, sampleOf(reported, failing))}
		if failing > 0 {
			opened := events.HandlingOpened{Number: 1, On: day(reported)}
			if due != "" {
				opened.DueOn = day(due)
			}
			h = append(h, opened)
		}
		b.result(id, append(h, shown(t, 1, h...))...)
	}
	put("r1", "c1", events.Food, "2026-01-10", 1, "2026-05-01")
	put("r2", "c1", events.Food, "2026-01-12", 0, "")
	put("r3", "c2", events.Product, "2026-01-11", 2, "")
	put("r4", "c2", events.Product, "2026-01-09", 1, "2026-04-01")
	b.result("r4", events.HandlingClosed{Outcome: events.OutcomeExempted, On: day("2026-03-01")})
	b.result("r5", recorded("r5", "c2", events.Product, sampleOf("2026-01-13", 1)), events.HandlingOpened{Number: 1, On: day("2026-01-13"), DueOn: day("2026-04-13")})
	views := b.live()
	for name, c := range map[string]struct {
		filter sampling.ResultFilter
		want   string
	}{
		"all":                      {sampling.ResultFilter{}, "r2 r3 r1 r4"},
		"failing":                  {sampling.ResultFilter{Failing: true}, "r3 r1 r4"},
		"open":                     {sampling.ResultFilter{Open: true, Failing: true}, "r3 r1"},
		"kind":                     {sampling.ResultFilter{Kind: "food"}, "r2 r1"},
		"kind, failing":            {sampling.ResultFilter{Kind: "food", Failing: true}, "r1"},
		"campaign":                 {sampling.ResultFilter{Sampling: "c2"}, "r3 r4"},
		"campaign, failing":        {sampling.ResultFilter{Sampling: "c1", Failing: true}, "r1"},
		"campaign, open":           {sampling.ResultFilter{Sampling: "c2", Open: true}, "r3"},
		"authority":                {sampling.ResultFilter{Authority: "b1"}, "r2 r3 r1 r4"},
		"authority, failing":       {sampling.ResultFilter{Authority: "b1", Failing: true}, "r3 r1 r4"},
		"authority, open":          {sampling.ResultFilter{Authority: "b1", Open: true}, "r3 r1"},
		"authority, kind":          {sampling.ResultFilter{Authority: "b1", Kind: "product"}, "r3 r4"},
		"authority, kind, failing": {sampling.ResultFilter{Authority: "b1", Kind: "food", Failing: true}, "r1"},
		"days":                     {sampling.ResultFilter{From: "2026-01-10", To: "2026-01-11"}, "r3 r1"},
		"nobody's":                 {sampling.ResultFilter{Authority: "b9"}, ""},
	} {
		c.filter.PageSize = 10
		list, next, err := sampling.ShownResults(t.Context(), views, c.filter)
		if got := strings.Join(ids(list), " "); got != c.want || next != "" || err != nil {
			t.Errorf("%s: %s %v, want %s", name, got, err, c.want)
		}
	}
	for _, f := range []sampling.ResultFilter{{Sampling: "c1", Kind: "food"}, {Sampling: "c1", Authority: "b1"}, {Open: true, Kind: "food"}} {
		f.PageSize = 10
		if _, _, err := sampling.ShownResults(t.Context(), views, f); domain.KindOf(err) != domain.Invalid {
			t.Errorf("%+v: %v", f, err)
		}
	}
	for name, c := range map[string]struct {
		filter sampling.ResultFilter
		want   string
	}{
		"all": {sampling.ResultFilter{}, "r5 r4 r3 r2 r1"}, "failing": {sampling.ResultFilter{Failing: true, Open: true, Kind: "x"}, "r5 r4 r3 r1"},
		"authority": {sampling.ResultFilter{Authority: "b1", Failing: true}, "r5 r4 r3 r1"}, "campaign": {sampling.ResultFilter{Sampling: "c2"}, "r5 r4 r3"},
		"campaign, failing": {sampling.ResultFilter{Sampling: "c1", Failing: true}, "r1"}, "nobody's": {sampling.ResultFilter{Authority: "b9"}, ""},
	} {
		c.filter.PageSize = 10
		list, _, err := sampling.Results(t.Context(), views, c.filter)
		if got := strings.Join(ids(list), " "); got != c.want || err != nil {
			t.Errorf("staff, %s: %s %v, want %s", name, got, err, c.want)
		}
	}
	if _, _, err := sampling.Results(t.Context(), views, sampling.ResultFilter{Sampling: "c1", Authority: "b1", PageSize: 10}); domain.KindOf(err) != domain.Invalid {
		t.Error(err)
	}
	for authority, want := range map[string]string{"": "r5 r1 r3", "b1": "r5 r1 r3", "b9": ""} {
		list, _, err := sampling.OpenHandlings(t.Context(), views, authority, 10, "")
		if got := strings.Join(ids(list), " "); got != want || err != nil {
			t.Errorf("open handlings of %q: %s %v, want %s", authority, got, err, want)
		}
	}
	var of []string
	for id, err := range sampling.ResultIDs(t.Context(), onePage{views}, "c2") {
		if err != nil {
			t.Fatal(err)
		}
		of = append(of, id)
	}
	if !slices.Equal(of, []string{"r3", "r4", "r5"}) {
		t.Error(of)
	}
}

// onePage gives pages of one row.
type onePage struct{ projections.Reader }

func (r onePage) List(ctx context.Context, q projections.Query) (projections.Page, error) {
	q.Limit = 1
	return r.Reader.List(ctx, q)
}
