package grpcapi_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func listItem(no, line string) *mingjianv1.CatalogueItem {
	return &mingjianv1.CatalogueItem{
		No: no, Field: "登记事项检查", Matter: "营业执照", SubjectKind: "企业", Level: "general", Manners: []string{"on_site", "network"},
		Line: line, Departments: []string{"市场监管"}, Basis: []string{"条例第三十八条"}, Content: "亮照经营", RatioPpmMax: 50_000, MaxPerYear: 2,
		Tiers: []string{"municipal", "county"}, Lead: "市场监管",
	}
}

// publishList publishes version 1 of the item list "xz-list".
func (o *office) publishList() grpcapi.CatalogueServer {
	o.Helper()
	s := grpcapi.CatalogueServer{Base: o.base}
	draft, err := s.DraftVersion(o.as(domain.Planner, "zhao"), &mingjianv1.DraftVersionRequest{
		CatalogueId: "xz-list", Version: 1, Title: "抽查事项清单", Items: []*mingjianv1.CatalogueItem{listItem("1", "registration"), listItem("2", "food")},
	})
	must(o, draft, err)
	_, err = s.PublishVersion(o.as(domain.Approver, "sun"), &mingjianv1.PublishVersionRequest{CatalogueId: "xz-list", Version: 1, DocumentNo: "藏市监〔2026〕1号"})
	must(o, 0, err)
	return s
}

func TestCatalogueService(t *testing.T) {
	o := newOffice(t)
	s := o.publishList()
	_, err := s.DraftVersion(o.as(domain.Planner, "zhao"), &mingjianv1.DraftVersionRequest{
		CatalogueId: "xz-list", Version: 2, Title: "抽查事项清单", Items: []*mingjianv1.CatalogueItem{listItem("1", "registration")},
	})
	must(o, 0, err)
	_, err = s.PublishVersion(o.as(domain.Approver, "sun"), &mingjianv1.PublishVersionRequest{
		CatalogueId: "xz-list", Version: 2, DocumentNo: "藏市监〔2026〕3号", PublishedOn: "2026-01-22",
	})
	o.refused(err, "catalogue.published_on.future")
	o.sync()

	get := &mingjianv1.GetCatalogueRequest{CatalogueId: "xz-list", Version: 1}
	got, err := s.GetCatalogue(o.at(otherBureau, domain.Clerk, "wu"), get)
	v := must(o, got, err).GetCatalogue()
	want := &viewv1.CatalogueItem{
		No: "1", Field: "登记事项检查", Matter: "营业执照", SubjectKind: "企业", Level: "general", LevelLabel: "一般检查事项",
		Manners: []string{"on_site", "network"}, MannerLabels: []string{"实地核查", "网络监测"}, Line: "registration",
		Departments: []string{"市场监管"}, Basis: []string{"条例第三十八条"}, Content: "亮照经营", RatioPpmMax: 50_000, MaxPerYear: 2,
		Tiers: []string{"municipal", "county"}, TierLabels: []string{"市级", "县级"}, Lead: "市场监管",
	}
	if diff := cmp.Diff(want, v.GetItems()[0], protocmp.Transform()); diff != "" || v.GetPublishedOn() != "2026-01-21" {
		t.Errorf("version %v: %s", v, diff)
	}
	get.Version = 2
	_, err = s.GetCatalogue(o.as(domain.Clerk, "li"), get)
	must(o, 0, err)
	_, err = s.GetCatalogue(o.at(otherBureau, domain.Clerk, "wu"), get)
	o.refused(err, "authority.foreign")
	get.Version = 3
	_, err = s.GetCatalogue(o.as(domain.Clerk, "li"), get)
	o.refused(err, "catalogue.version.missing")

	_, err = s.WithdrawVersion(o.as(domain.Approver, "sun"), &mingjianv1.WithdrawVersionRequest{CatalogueId: "xz-list", Version: 1, Reason: "修订"})
	must(o, 0, err)
	o.sync()
	for name, tc := range map[string]struct {
		at   domain.AuthorityID
		role domain.Role
		req  *mingjianv1.ListCataloguesRequest
		want int
	}{
		"public":           {otherBureau, domain.Clerk, &mingjianv1.ListCataloguesRequest{}, 1},
		"published":        {otherBureau, domain.Clerk, &mingjianv1.ListCataloguesRequest{Status: "published"}, 0},
		"own drafts":       {ownBureau, domain.Clerk, &mingjianv1.ListCataloguesRequest{Drafts: true}, 1},
		"other's drafts":   {otherBureau, domain.Clerk, &mingjianv1.ListCataloguesRequest{Drafts: true}, 0},
		"draft of one":     {ownBureau, domain.Clerk, &mingjianv1.ListCataloguesRequest{Drafts: true, CatalogueId: "xz-list"}, 1},
		"other's one":      {otherBureau, domain.Clerk, &mingjianv1.ListCataloguesRequest{Drafts: true, CatalogueId: "xz-list"}, 0},
		"auditor's drafts": {otherBureau, domain.Auditor, &mingjianv1.ListCataloguesRequest{Drafts: true}, 1},
	} {
		list, err := s.ListCatalogues(o.at(tc.at, tc.role, "somebody"), tc.req)
		if n := len(must(o, list, err).GetCatalogues()); n != tc.want {
			t.Errorf("%s: %d versions, want %d", name, n, tc.want)
		}
	}
	_, err = s.ListCatalogues(o.at(otherBureau, domain.Clerk, "wu"), &mingjianv1.ListCataloguesRequest{Drafts: true, AuthorityId: string(ownBureau)})
	o.refused(err, "authority.foreign")
}

// publishPlan publishes the plan xz-2026.
func (o *office) publishPlan() grpcapi.PlanServer {
	o.Helper()
	o.publishList()
	s := grpcapi.PlanServer{Base: o.base}
	_, err := s.DraftPlan(o.as(domain.Planner, "zhao"), &mingjianv1.DraftPlanRequest{
		PlanId: "xz-2026", Year: 2026, Title: "2026年度抽查计划", CatalogueId: "xz-list", CatalogueVersion: 1, Joint: true,
	})
	must(o, 0, err)
	_, err = s.ApprovePlan(o.as(domain.Approver, "zhao"), &mingjianv1.ApprovePlanRequest{PlanId: "xz-2026"})
	o.refused(err, "plan.approval.same_person")
	_, err = s.ApprovePlan(o.as(domain.Approver, "sun"), &mingjianv1.ApprovePlanRequest{PlanId: "xz-2026"})
	must(o, 0, err)
	_, err = s.PublishPlan(o.as(domain.Planner, "zhao"), &mingjianv1.PublishPlanRequest{PlanId: "xz-2026", DocumentNo: "藏市监〔2026〕2号"})
	must(o, 0, err)
	return s
}

func openTask() *mingjianv1.OpenTaskRequest {
	return &mingjianv1.OpenTaskRequest{
		PlanId: "xz-2026", TaskId: "xz-2026-01", Number: 1, Title: "登记事项抽查", Kind: "targeted", AdHoc: true, Items: []string{"1"},
		Line: "registration", Scope: &mingjianv1.TaskScope{
			Kinds: []string{"enterprise"}, Districts: []string{"540100"}, Statuses: []string{"active", "suspended"},
			Classes: []string{"A", "none"}, Industries: []string{"A03"},
		},
		ExcludeCheckedWithinMonths: 12,
		Strata:                     []*mingjianv1.TaskStratum{{Name: "A", RatioPpm: 50_000}, {Name: "none", Count: 3}},
		Departments: []*mingjianv1.TaskDepartment{
			{Name: "市场监管", TeamSize: 2, Lead: true}, {Name: "消防", AuthorityId: string(otherBureau), TeamSize: 1},
		},
		WindowStart: "2026-03-01", WindowEnd: "2026-06-30", WorkloadCap: 20,
	}
}

func TestOpeningATaskKeepsAllOfIt(t *testing.T) {
	o := newOffice(t)
	s := o.publishPlan()
	got, err := s.OpenTask(o.as(domain.Planner, "zhao"), openTask())
	if id := must(o, got, err).GetReceipt().GetId(); id != "xz-2026-01" {
		t.Errorf("receipt of %s", id)
	}
	o.sync()
	view, err := s.GetTask(o.as(domain.Inspector, "qian"), &mingjianv1.GetTaskRequest{TaskId: "xz-2026-01"})
	want := &viewv1.Task{
		Id: "xz-2026-01", PlanId: "xz-2026", AuthorityId: string(ownBureau), Year: 2026, Number: 1, Title: "登记事项抽查", Kind: "targeted", KindLabel: "定向",
		StrataOf: "risk_class", AdHoc: true, CatalogueId: "xz-list", CatalogueVersion: 1, Items: []string{"1"}, Line: "registration",
		Scope: &viewv1.TaskScope{
			Kinds: []string{"enterprise"}, Districts: []string{"540100"}, Statuses: []string{"active", "suspended"},
			Classes: []string{"A", "none"}, Industries: []string{"A03"},
		},
		ExcludeCheckedWithinMonths: 12, Strata: []*viewv1.TaskStratum{{Name: "A", RatioPpm: 50_000}, {Name: "none", Count: 3}},
		Departments: []*viewv1.TaskDepartment{
			{Name: "市场监管", AuthorityId: string(ownBureau), TeamSize: 2, Lead: true}, {Name: "消防", AuthorityId: string(otherBureau), TeamSize: 1},
		},
		WindowStart: "2026-03-01", WindowEnd: "2026-06-30", WorkloadCap: 20, Status: "open", StatusLabel: "已下达", OpenedOn: "2026-01-21",
	}
	if diff := cmp.Diff(want, must(o, view, err).GetTask(), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestATaskCitesPublishedItemsOnly(t *testing.T) {
	o := newOffice(t)
	s := o.publishPlan()
	for name, tc := range map[string]struct {
		alter func(*mingjianv1.OpenTaskRequest)
		codes string
	}{
		"an item of no version":   {func(r *mingjianv1.OpenTaskRequest) { r.Items = []string{"9"} }, "plan.task.item_unpublished"},
		"an item of another line": {func(r *mingjianv1.OpenTaskRequest) { r.Items = []string{"2"} }, "plan.task.line.mismatch"},
		"a ratio over the item's": {func(r *mingjianv1.OpenTaskRequest) { r.Strata[0].RatioPpm = 50_001 }, "plan.task.ratio_over_item"},
		"days that are none": {func(r *mingjianv1.OpenTaskRequest) { r.WindowStart, r.WindowEnd = "2026-02-30", "2026-13-01" },
			"date.form date.form"},
		"no such plan": {func(r *mingjianv1.OpenTaskRequest) { r.PlanId = "qh-2026" }, "plan.missing"},
	} {
		req := openTask()
		tc.alter(req)
		if _, err := s.OpenTask(o.as(domain.Planner, "zhao"), req); err == nil || faultCodes(err) != tc.codes {
			t.Errorf("%s: %v, want %s", name, err, tc.codes)
		}
	}
	_, err := grpcapi.CatalogueServer{Base: o.base}.WithdrawVersion(o.as(domain.Approver, "sun"),
		&mingjianv1.WithdrawVersionRequest{CatalogueId: "xz-list", Version: 1, Reason: "修订"})
	must(o, 0, err)
	_, err = s.OpenTask(o.as(domain.Planner, "zhao"), openTask())
	o.refused(err, "plan.task.item_unpublished")
	_, err = s.DraftPlan(o.as(domain.Planner, "zhao"), &mingjianv1.DraftPlanRequest{
		PlanId: "xz-2027", Year: 2027, Title: "2027年度抽查计划", CatalogueId: "xz-list", CatalogueVersion: 1,
	})
	o.refused(err, "plan.version_unpublished")
}

func TestPlanService(t *testing.T) {
	o := newOffice(t)
	s := o.publishPlan()
	_, err := s.OpenTask(o.as(domain.Planner, "zhao"), openTask())
	must(o, 0, err)
	_, err = s.CancelPlan(o.as(domain.Planner, "zhao"), &mingjianv1.CancelPlanRequest{PlanId: "xz-2026", Reason: "机构改革"})
	o.refused(err, "plan.cancel.open_tasks")
	cancelled, err := s.CancelTask(o.as(domain.Planner, "zhao"), &mingjianv1.CancelTaskRequest{TaskId: "xz-2026-01", Reason: "重复"})
	if id := must(o, cancelled, err).GetReceipt().GetId(); id != "xz-2026-01" {
		t.Errorf("receipt of %s", id)
	}
	_, err = s.CancelTask(o.as(domain.Planner, "zhao"), &mingjianv1.CancelTaskRequest{TaskId: "nothing", Reason: "重复"})
	o.refused(err, "plan.task.missing")
	_, err = s.AmendPlan(o.as(domain.Planner, "zhao"), &mingjianv1.AmendPlanRequest{PlanId: "xz-2026", Title: "抽查计划", Reason: "笔误"})
	must(o, 0, err)
	_, err = s.CancelPlan(o.as(domain.Planner, "zhao"), &mingjianv1.CancelPlanRequest{PlanId: "xz-2026", Reason: "机构改革"})
	must(o, 0, err)
	_, err = s.DraftPlan(o.as(domain.Planner, "zhao"), &mingjianv1.DraftPlanRequest{
		PlanId: "xz-2027", Year: 2027, Title: "2027年度抽查计划", CatalogueId: "xz-list", CatalogueVersion: 1,
	})
	must(o, 0, err)
	o.sync()

	got, err := s.GetPlan(o.at(otherBureau, domain.Clerk, "wu"), &mingjianv1.GetPlanRequest{PlanId: "xz-2026"})
	if p := must(o, got, err).GetPlan(); p.GetTitle() != "抽查计划" || p.GetStatus() != "cancelled" || !p.GetJoint() || p.GetPublishedOn() != "2026-01-21" {
		t.Errorf("plan is %v", p)
	}
	_, err = s.GetPlan(o.as(domain.Clerk, "li"), &mingjianv1.GetPlanRequest{PlanId: "xz-2027"})
	must(o, 0, err)
	_, err = s.GetPlan(o.at(otherBureau, domain.Clerk, "wu"), &mingjianv1.GetPlanRequest{PlanId: "xz-2027"})
	o.refused(err, "authority.foreign")
	_, err = s.GetPlan(o.as(domain.Clerk, "li"), &mingjianv1.GetPlanRequest{PlanId: "xz-2028"})
	o.refused(err, "plan.missing")
	_, err = s.GetTask(o.as(domain.Clerk, "li"), &mingjianv1.GetTaskRequest{TaskId: "xz-2028-1"})
	o.refused(err, "plan.task.missing")

	plans, err := s.ListPlans(o.at(otherBureau, domain.Clerk, "wu"), &mingjianv1.ListPlansRequest{Year: 2026, AuthorityId: string(ownBureau)})
	if n := len(must(o, plans, err).GetPlans()); n != 1 {
		t.Errorf("%d public plans", n)
	}
	drafts, err := s.ListPlans(o.as(domain.Clerk, "li"), &mingjianv1.ListPlansRequest{Drafts: true})
	if n := len(must(o, drafts, err).GetPlans()); n != 1 {
		t.Errorf("%d own drafts", n)
	}
	drafts, err = s.ListPlans(o.at(otherBureau, domain.Clerk, "wu"), &mingjianv1.ListPlansRequest{Drafts: true})
	if n := len(must(o, drafts, err).GetPlans()); n != 0 {
		t.Errorf("%d drafts of others", n)
	}
	_, err = s.ListPlans(o.at(otherBureau, domain.Clerk, "wu"), &mingjianv1.ListPlansRequest{Drafts: true, AuthorityId: string(ownBureau)})
	o.refused(err, "authority.foreign")
	tasks, err := s.ListTasks(o.as(domain.Clerk, "li"), &mingjianv1.ListTasksRequest{PlanId: "xz-2026", Status: "cancelled"})
	if n := len(must(o, tasks, err).GetTasks()); n != 1 {
		t.Errorf("%d tasks", n)
	}
}

// An approver reads, somebody changes, the approver agrees: to what was read, or to nothing.
func TestWhatIsApprovedIsWhatWasRead(t *testing.T) {
	o := newOffice(t)
	s := o.publishList()
	plans := grpcapi.PlanServer{Base: o.base}
	draft := &mingjianv1.DraftVersionRequest{
		CatalogueId: "xz-list", Version: 2, Title: "抽查事项清单", Items: []*mingjianv1.CatalogueItem{listItem("1", "registration")},
	}
	read := func() string {
		o.sync()
		got, err := s.GetCatalogue(o.as(domain.Approver, "sun"), &mingjianv1.GetCatalogueRequest{CatalogueId: "xz-list", Version: 2})
		return must(o, got, err).GetCatalogue().GetContentDigest()
	}
	_, err := s.DraftVersion(o.as(domain.Planner, "zhao"), draft)
	must(o, 0, err)
	first := read()
	draft.Items[0].MaxPerYear = 12
	_, err = s.DraftVersion(o.as(domain.Planner, "zhao"), draft)
	must(o, 0, err)
	publish := &mingjianv1.PublishVersionRequest{CatalogueId: "xz-list", Version: 2, DocumentNo: "藏市监〔2026〕3号", ExpectedDigest: first}
	_, err = s.PublishVersion(o.as(domain.Approver, "sun"), publish)
	o.refused(err, "catalogue.version.other_content")
	second := read()
	publish.ExpectedDigest = second
	_, err = s.PublishVersion(o.as(domain.Approver, "sun"), publish)
	must(o, 0, err)
	if published := read(); published != second || first == second || len(first) != 64 {
		t.Errorf("read %q, then %q, published %q", first, second, published)
	}

	_, err = plans.DraftPlan(o.as(domain.Planner, "zhao"), &mingjianv1.DraftPlanRequest{
		PlanId: "xz-2026", Year: 2026, Title: "2026年度抽查计划", CatalogueId: "xz-list", CatalogueVersion: 2,
	})
	must(o, 0, err)
	shown := func() string {
		o.sync()
		got, err := plans.GetPlan(o.as(domain.Approver, "sun"), &mingjianv1.GetPlanRequest{PlanId: "xz-2026"})
		return must(o, got, err).GetPlan().GetContentDigest()
	}
	first = shown()
	_, err = plans.AmendPlan(o.as(domain.Planner, "zhao"), &mingjianv1.AmendPlanRequest{PlanId: "xz-2026", Title: "2026年度随机抽查计划", Reason: "笔误"})
	must(o, 0, err)
	_, err = plans.ApprovePlan(o.as(domain.Approver, "sun"), &mingjianv1.ApprovePlanRequest{PlanId: "xz-2026", ExpectedDigest: first})
	o.refused(err, "plan.approval.other_content")
	second = shown()
	_, err = plans.ApprovePlan(o.as(domain.Approver, "sun"), &mingjianv1.ApprovePlanRequest{PlanId: "xz-2026", ExpectedDigest: second})
	must(o, 0, err)
	if approved := shown(); approved != second || first == second || len(first) != 64 {
		t.Errorf("read %q, then %q, approved %q", first, second, approved)
	}
}
