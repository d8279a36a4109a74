package plan_test

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
	"github.com/mingjian-ledger/mingjian/domain/es"
	events "github.com/mingjian-ledger/mingjian/domain/plan"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/plan"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

const digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

var day = calendar.MustParse("2026-01-20")

func drafted(id string, year int, authority domain.AuthorityID) events.Drafted {
	return events.Drafted{
		Plan: id, Authority: authority, Year: year, Title: "年度计划", Catalogue: "xz-list", Version: 3, Joint: true, By: "zhao",
	}
}

func published() events.Published {
	return events.Published{DocumentNo: "藏市监〔2026〕2号", AttachmentDigest: digest, PublishedOn: day}
}

func task(id string, number int) events.Task {
	return events.Task{
		ID: id, Number: number, Title: "登记事项抽查", Kind: events.Targeted, AdHoc: true, Items: []string{"1", "2"}, Line: "registration",
		Scope: events.Scope{
			Kinds: []string{"enterprise"}, Districts: []string{"540100"}, Statuses: []string{"active"}, Classes: []string{"A"}, Industries: []string{"A03"},
		},
		ExcludeCheckedWithinMonths: 12, WorkloadCap: 20,
		Strata:      []events.Stratum{{Name: "A", RatioPPM: 50_000}, {Name: "B", Count: 2}},
		Departments: []events.Department{{Name: "市场监管", Authority: "xz", TeamSize: 2, Lead: true}},
		WindowStart: calendar.MustParse("2026-03-01"), WindowEnd: calendar.MustParse("2026-06-30"),
	}
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
		RecordedAt: time.Date(2026, 2, 1, 17, 0, 0, 0, time.UTC), // already the 2nd in Shanghai
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

func TestAPublishedPlan(t *testing.T) {
	b := &book{t: t}
	b.add("xz-2026", drafted("xz-2026", 2026, "xz"), events.Amended{Title: "2026年度计划", Reason: "笔误"}, events.Approved{By: "sun"})
	draft, err := plan.Draft(t.Context(), projectionstest.Live(t, plan.Projection(), b.records), "xz-2026")
	if err != nil || draft.GetStatus() != "approved" || draft.GetDraftedBy() != "zhao" || draft.GetApprovedBy() != "sun" ||
		draft.GetTitle() != "2026年度计划" || len(draft.GetAmendments()) != 0 {
		t.Fatalf("draft is %v, %v", draft, err)
	}

	b.add("xz-2026", events.Amended{Title: "2026年度抽查计划", Reason: "补字"})
	draft, err = plan.Draft(t.Context(), projectionstest.Live(t, plan.Projection(), b.records), "xz-2026")
	if err != nil || draft.GetStatus() != "draft" || draft.GetApprovedBy() != "" {
		t.Fatalf("what was approved and changed is %v, %v", draft, err)
	}
	b.add("xz-2026", events.Amended{Title: "2026年度计划", Reason: "复原"}, events.Approved{By: "sun"})

	b.add("xz-2026", published(), events.TaskOpened{Task: task("xz-2026-1", 1)}, events.TaskOpened{Task: task("xz-2026-2", 2)},
		events.Amended{Reason: "更换附件"}, events.TaskCancelled{Task: "xz-2026-2", Reason: "重复"})
	views := projectionstest.Live(t, plan.Projection(), b.records)
	got, err := plan.Get(t.Context(), views, "xz-2026")
	if err != nil {
		t.Fatal(err)
	}
	want := &viewv1.Plan{
		Id: "xz-2026", AuthorityId: "xz", Year: 2026, Title: "2026年度计划", CatalogueId: "xz-list", CatalogueVersion: 3, Joint: true,
		Status: "published", StatusLabel: "已公布", DocumentNo: "藏市监〔2026〕2号", AttachmentDigest: digest, PublishedOn: "2026-01-20",
		Amendments: []*viewv1.PlanAmendment{{Reason: "更换附件", RecordedOn: "2026-02-02"}}, OpenTasks: 1,
		ContentDigest: events.Content{
			Plan: "xz-2026", Authority: "xz", Year: 2026, Title: "2026年度计划", Catalogue: "xz-list", Version: 3, Joint: true}.Digest(),
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	if v, err := plan.Draft(t.Context(), views, "xz-2026"); v != nil || err != nil {
		t.Errorf("still a draft: %v, %v", v, err)
	}
}

func TestATask(t *testing.T) {
	b := &book{t: t}
	b.add("xz-2026", drafted("xz-2026", 2026, "xz"), events.Approved{By: "sun"}, published(),
		events.TaskOpened{Task: task("xz-2026-1", 1)}, events.TaskCancelled{Task: "xz-2026-1", Reason: "重复"})
	views := projectionstest.Live(t, plan.Projection(), b.records)
	got, err := plan.GetTask(t.Context(), views, "xz-2026-1")
	if err != nil {
		t.Fatal(err)
	}
	want := &viewv1.Task{
		Id: "xz-2026-1", PlanId: "xz-2026", AuthorityId: "xz", Year: 2026, Number: 1, Title: "登记事项抽查", StrataOf: "risk_class", Kind: "targeted", KindLabel: "定向",
		AdHoc: true, CatalogueId: "xz-list", CatalogueVersion: 3, Items: []string{"1", "2"}, Line: "registration",
		Scope: &viewv1.TaskScope{
			Kinds: []string{"enterprise"}, Districts: []string{"540100"}, Statuses: []string{"active"}, Classes: []string{"A"}, Industries: []string{"A03"},
		},
		ExcludeCheckedWithinMonths: 12, WorkloadCap: 20,
		Strata:      []*viewv1.TaskStratum{{Name: "A", RatioPpm: 50_000}, {Name: "B", Count: 2}},
		Departments: []*viewv1.TaskDepartment{{Name: "市场监管", AuthorityId: "xz", TeamSize: 2, Lead: true}},
		WindowStart: "2026-03-01", WindowEnd: "2026-06-30", Status: "cancelled", StatusLabel: "已取消", CancellationReason: "重复", OpenedOn: "2026-02-02",
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	if v, err := plan.GetTask(t.Context(), views, "xz-2026-9"); v != nil || err != nil {
		t.Errorf("found %v, %v", v, err)
	}
}

// pages walks a list in pages of one.
func pages[M interface{ GetId() string }](
	t *testing.T, r projections.Reader, list func(context.Context, projections.Reader, plan.Filter) ([]M, string, error), f plan.Filter,
) []string {
	t.Helper()
	out := []string{}
	for f.PageSize = 1; ; {
		page, next, err := list(t.Context(), r, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range page {
			out = append(out, v.GetId())
		}
		if f.PageToken = next; next == "" {
			return out
		}
	}
}

func TestLists(t *testing.T) {
	b := &book{t: t}
	open := []events.Event{events.Approved{By: "sun"}, published()}
	b.add("xz-2026", append([]events.Event{drafted("xz-2026", 2026, "xz")}, open...)...)
	b.add("nx-2025", append([]events.Event{drafted("nx-2025", 2025, "nx")}, open...)...)
	b.add("nx-2026", append([]events.Event{drafted("nx-2026", 2026, "nx")}, open...)...)
	b.add("nx-2025", events.Cancelled{Reason: "x"})
	b.add("xz-2027", drafted("xz-2027", 2027, "xz"))
	b.add("nx-2027", drafted("nx-2027", 2027, "nx"), events.Cancelled{Reason: "x"})
	b.add("xz-2026", events.TaskOpened{Task: task("xz-2026-1", 1)}, events.TaskOpened{Task: task("xz-2026-2", 2)})
	b.add("nx-2026", events.TaskOpened{Task: task("nx-2026-1", 1)})
	b.add("xz-2026", events.TaskCancelled{Task: "xz-2026-1", Reason: "x"})
	views := projectionstest.Live(t, plan.Projection(), b.records)
	for name, tc := range map[string]struct {
		f    plan.Filter
		want []string
	}{
		"all":             {plan.Filter{}, []string{"nx-2026", "xz-2026", "nx-2025"}},
		"authority":       {plan.Filter{Authority: "nx"}, []string{"nx-2026", "nx-2025"}},
		"status":          {plan.Filter{Status: "cancelled"}, []string{"nx-2025"}},
		"both":            {plan.Filter{Authority: "nx", Status: "published"}, []string{"nx-2026"}},
		"year":            {plan.Filter{Year: 2025}, []string{"nx-2025"}},
		"authority, year": {plan.Filter{Authority: "xz", Year: 2025}, []string{}},
	} {
		if diff := cmp.Diff(tc.want, pages(t, views, plan.List, tc.f)); diff != "" {
			t.Errorf("plans, %s: %s", name, diff)
		}
	}
	if diff := cmp.Diff([]string{"nx-2027", "xz-2027"}, pages(t, views, plan.Drafts, plan.Filter{})); diff != "" {
		t.Errorf("drafts: %s", diff)
	}
	if diff := cmp.Diff([]string{"xz-2027"}, pages(t, views, plan.Drafts, plan.Filter{Authority: "xz", Status: "draft"})); diff != "" {
		t.Errorf("own drafts: %s", diff)
	}
	for name, tc := range map[string]struct {
		f    plan.Filter
		want []string
	}{
		"all":       {plan.Filter{}, []string{"nx-2026-1", "xz-2026-2", "xz-2026-1"}},
		"plan":      {plan.Filter{Plan: "xz-2026"}, []string{"xz-2026-2", "xz-2026-1"}},
		"open ones": {plan.Filter{Plan: "xz-2026", Status: "open"}, []string{"xz-2026-2"}},
		"authority": {plan.Filter{Authority: "nx", Year: 2026}, []string{"nx-2026-1"}},
		"cancelled": {plan.Filter{Authority: "xz", Status: "cancelled"}, []string{"xz-2026-1"}},
	} {
		if diff := cmp.Diff(tc.want, pages(t, views, plan.Tasks, tc.f)); diff != "" {
			t.Errorf("tasks, %s: %s", name, diff)
		}
	}
	_, _, err := plan.Tasks(t.Context(), views, plan.Filter{Authority: "xz", Plan: "xz-2026", PageSize: 1})
	if f := (*domain.Fault)(nil); !errors.As(err, &f) || f.Code != "plan.filter" {
		t.Errorf("authority and plan together: %v", err)
	}
}
