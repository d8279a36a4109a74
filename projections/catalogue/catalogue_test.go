package catalogue_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	events "github.com/mingjian-ledger/mingjian/domain/catalogue"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/catalogue"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

var day = calendar.MustParse("2026-01-05")

func item(no string) events.Item {
	return events.Item{
		No: no, Field: "登记事项检查", Matter: "营业执照", SubjectKind: "企业", Level: events.General, Manners: events.Manners(),
		Line: "registration", Departments: []string{"市场监管"}, Basis: []string{"条例第三十八条"}, Content: "亮照经营",
		RatioPPMMax: 50_000, MaxPerYear: 1, CheckList: []events.CheckLine{{No: "1", Content: "亮照", Basis: "条例第三十六条"}},
	}
}

func drafted(id string, version int, authority domain.AuthorityID) events.VersionDrafted {
	return events.VersionDrafted{
		Catalogue: id, Authority: authority, Version: version, Title: "清单", Items: []events.Item{item("1")}, By: "zhao",
	}
}

func published(version int, on calendar.Date) events.VersionPublished {
	return events.VersionPublished{Version: version, DocumentNo: "藏市监〔2026〕1号", PublishedOn: on, By: "sun"}
}

// book collects records of several streams in one log.
type book struct {
	t       *testing.T
	records []es.Record
}

func (b *book) add(id string, list ...events.Event) {
	b.t.Helper()
	meta := es.Metadata{
		Command:    es.DeriveID("", id, fmt.Sprint(len(b.records))),
		RecordedAt: time.Date(2026, 1, 6, 2, 0, 0, 0, time.UTC),
	}
	proposed, err := es.Propose(meta, list...)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, p := range proposed {
		n := uint64(len(b.records) + 1)
		b.records = append(b.records, es.Record{
			Proposed: p, Stream: es.Stream{Category: events.Decider.Category, ID: id}, Revision: es.Revision(n), Position: es.At(n, 0),
		})
	}
}

type lister func(context.Context, projections.Reader, catalogue.Filter) ([]*viewv1.Catalogue, string, error)

// names lists all pages of size one as "id/version status".
func names(t *testing.T, r projections.Reader, list lister, f catalogue.Filter) []string {
	t.Helper()
	out := []string{}
	for f.PageSize = 1; ; {
		page, next, err := list(t.Context(), r, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range page {
			if len(v.GetItems()) > 0 || v.GetItemCount() == 0 {
				t.Errorf("a listed version has %d items, counts %d", len(v.GetItems()), v.GetItemCount())
			}
			out = append(out, fmt.Sprintf("%s/%d %s", v.GetCatalogueId(), v.GetVersion(), v.GetStatus()))
		}
		if f.PageToken = next; next == "" {
			return out
		}
	}
}

func TestLists(t *testing.T) {
	b := &book{t: t}
	b.add("a", drafted("a", 1, "xz"), published(1, day))
	b.add("b", drafted("b", 1, "nx"), published(1, day.AddYears(-1)))
	b.add("a", drafted("a", 2, "xz"), published(2, day), events.VersionWithdrawn{Version: 1, Reason: "修订", WithdrawnOn: day})
	b.add("a", drafted("a", 3, "xz"))
	b.add("c", drafted("c", 1, "nx"))
	views := projectionstest.Live(t, catalogue.Projection(), b.records)
	for name, tc := range map[string]struct {
		list lister
		f    catalogue.Filter
		want []string
	}{
		"all":           {catalogue.List, catalogue.Filter{}, []string{"a/2 published", "a/1 withdrawn", "b/1 published"}},
		"authority":     {catalogue.List, catalogue.Filter{Authority: "nx"}, []string{"b/1 published"}},
		"catalogue":     {catalogue.List, catalogue.Filter{Catalogue: "a"}, []string{"a/2 published", "a/1 withdrawn"}},
		"status":        {catalogue.List, catalogue.Filter{Status: "withdrawn"}, []string{"a/1 withdrawn"}},
		"both":          {catalogue.List, catalogue.Filter{Authority: "xz", Status: "published"}, []string{"a/2 published"}},
		"of one":        {catalogue.List, catalogue.Filter{Catalogue: "a", Status: "published"}, []string{"a/2 published"}},
		"year":          {catalogue.List, catalogue.Filter{Year: 2025}, []string{"b/1 published"}},
		"another year":  {catalogue.List, catalogue.Filter{Authority: "xz", Year: 2025}, []string{}},
		"drafts":        {catalogue.Drafts, catalogue.Filter{}, []string{"c/1 draft", "a/3 draft"}},
		"own drafts":    {catalogue.Drafts, catalogue.Filter{Authority: "xz"}, []string{"a/3 draft"}},
		"one's draft":   {catalogue.Drafts, catalogue.Filter{Catalogue: "c", Year: 2026}, []string{"c/1 draft"}},
		"former drafts": {catalogue.Drafts, catalogue.Filter{Year: 2025}, []string{}},
	} {
		if diff := cmp.Diff(tc.want, names(t, views, tc.list, tc.f)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	_, _, err := catalogue.List(t.Context(), views, catalogue.Filter{Authority: "xz", Catalogue: "a", PageSize: 1})
	if f := (*domain.Fault)(nil); !errors.As(err, &f) || f.Code != "catalogue.filter" {
		t.Errorf("authority and catalogue together: %v", err)
	}
}

func TestVersion(t *testing.T) {
	b := &book{t: t}
	b.add("a", drafted("a", 1, "xz"), events.ItemsAdded{Version: 1, Items: []events.Item{item("2")}})
	draft, err := catalogue.Draft(t.Context(), projectionstest.Live(t, catalogue.Projection(), b.records), "a", 1)
	if err != nil || draft.GetDraftedBy() != "zhao" || draft.GetItemCount() != 2 || len(draft.GetItems()) != 2 || draft.GetStatusLabel() != "编制中" {
		t.Fatalf("draft is %v, %v", draft, err)
	}

	b.add("a", drafted("a", 1, "xz"), published(1, day), events.VersionWithdrawn{Version: 1, Reason: "修订", WithdrawnOn: day})
	views := projectionstest.Live(t, catalogue.Projection(), b.records)
	got, err := catalogue.Get(t.Context(), views, "a", 1)
	if err != nil {
		t.Fatal(err)
	}
	want := &viewv1.Catalogue{
		CatalogueId: "a", Version: 1, AuthorityId: "xz", Title: "清单", Status: "withdrawn", StatusLabel: "已废止",
		DocumentNo: "藏市监〔2026〕1号", PublishedOn: "2026-01-05", WithdrawnOn: "2026-01-05", WithdrawalReason: "修订", ItemCount: 1,
		Items: []*viewv1.CatalogueItem{{
			No: "1", Field: "登记事项检查", Matter: "营业执照", SubjectKind: "企业", Level: "general", LevelLabel: "一般检查事项",
			Manners:      []string{"written", "on_site", "network", "entrusted"},
			MannerLabels: []string{"书面检查", "实地核查", "网络监测", "委托专业机构"},
			Line:         "registration", Departments: []string{"市场监管"}, Basis: []string{"条例第三十八条"}, Content: "亮照经营",
			RatioPpmMax: 50_000, MaxPerYear: 1, CheckList: []*viewv1.CheckListLine{{No: "1", Content: "亮照", Basis: "条例第三十六条"}},
		}},
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	for _, get := range []func() (*viewv1.Catalogue, error){
		func() (*viewv1.Catalogue, error) { return catalogue.Draft(t.Context(), views, "a", 1) },
		func() (*viewv1.Catalogue, error) { return catalogue.Get(t.Context(), views, "a", 2) },
	} {
		if v, err := get(); v != nil || err != nil {
			t.Errorf("found %v, %v", v, err)
		}
	}
}

func TestDraftIsNotPublic(t *testing.T) {
	b := &book{t: t}
	b.add("a", drafted("a", 1, "xz"))
	views := projectionstest.Live(t, catalogue.Projection(), b.records)
	if v, err := catalogue.Get(t.Context(), views, "a", 1); v != nil || err != nil {
		t.Errorf("a draft is public: %v, %v", v, err)
	}
}
