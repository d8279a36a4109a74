package main

import (
	"fmt"
	"slices"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

const (
	yearList = "XZ-QD"
	yearPlan = "XZ-2023"
)

// yearTask is a task of the year, as data.
type yearTask struct {
	id, title  string
	number     uint32
	kind       string
	scope      *mingjianv1.TaskScope
	months     uint32 // leave out who was inspected within so many
	strata     []*mingjianv1.TaskStratum
	joint      bool // with the fire service
	adHoc      bool
	cap        uint32
	drawn      string // day of the freeze
	from       string // first day of the inspections
	until      string // last day
	recorded   string // day on which the inspectors record what they found
	silent     bool   // a party to the first draw never reveals
	beacon     bool   // bound to the public source as well
	replaced   int    // firms that are struck off after the draw
	rechecksOn string // day on which the orders of the task before are looked at again
}

// daqing are the shares of a class that the city of Daqing draws in a year, in parts per million: A up to 5 %, B 5 to 20 %, C 21
// to 60 %, D 61 to 100 % (2024; a local rule, here as an example).
func daqing() map[string][2]int64 {
	return map[string][2]int64{"A": {1, 50_000}, "B": {50_000, 200_000}, "C": {210_000, 600_000}, "D": {610_000, 1_000_000}}
}

// ratios are strata of the four classes.
func ratios(a, b, c, d int64) []*mingjianv1.TaskStratum {
	return []*mingjianv1.TaskStratum{{Name: "A", RatioPpm: a}, {Name: "B", RatioPpm: b}, {Name: "C", RatioPpm: c}, {Name: "D", RatioPpm: d}}
}

// full are the highest shares of Daqing, least its lowest.
func full() []*mingjianv1.TaskStratum  { return ratios(50_000, 200_000, 600_000, 1_000_000) }
func least() []*mingjianv1.TaskStratum { return ratios(5_000, 50_000, 210_000, 610_000) }

func districts(codes ...string) *mingjianv1.TaskScope { return &mingjianv1.TaskScope{Districts: codes} }

// yearTasks are the twelve of the months and one outside the plan.
func yearTasks() []yearTask {
	list := []yearTask{
		{title: "一月不定向抽查", strata: least(), months: 12, cap: 12},
		{title: "二月拉萨定向抽查", scope: districts("540100"), strata: full(), months: 12, cap: 16},
		{title: "三月日喀则定向抽查", scope: districts("540200"), strata: full(), months: 12, cap: 9},
		{title: "四月昌都、林芝定向抽查", scope: districts("540300", "540400"), strata: full(), months: 12, cap: 10, silent: true},
		{title: "五月山南、那曲、阿里部门联合抽查", scope: districts("540500", "540600", "542500"), strata: full(), months: 6, cap: 8, joint: true},
		{title: "六月不定向抽查", strata: least(), months: 6, cap: 6, replaced: 2},
		{title: "七月高风险企业定向抽查", scope: &mingjianv1.TaskScope{Classes: []string{"C", "D"}}, strata: least()[2:], months: 6, cap: 5},
		{title: "八月拉萨企业定向抽查", scope: &mingjianv1.TaskScope{Districts: []string{"540100"}, Kinds: []string{"enterprise"}}, strata: least(), months: 6, cap: 9, beacon: true},
		{title: "九月部门联合抽查", strata: counts(12, 12, 9, 8), months: 3, cap: 6, joint: true},
		{title: "十月日喀则、那曲定向抽查", scope: districts("540200", "540600"), strata: least(), months: 9, cap: 4, replaced: 1},
		{title: "十一月严重失信企业定向抽查", scope: &mingjianv1.TaskScope{Classes: []string{"D"}}, strata: full()[3:], months: 3, cap: 7},
		{title: "十二月不定向抽查", strata: least()[:3], months: 12, cap: 6},
		{title: "十二月那曲临时抽查", scope: districts("540600"), strata: counts(3, 3, 2, 1), cap: 2, adHoc: true},
	}
	for n := range list {
		list[n].number = uint32(n + 1) //nolint:gosec // thirteen
		list[n].schedule()
	}
	return list
}

// schedule gives the task its id, its kind and its days: a draw on the 4th and inspections until the 24th, but where the public
// source speaks in August and for what comes up at the end of the year.
func (t *yearTask) schedule() {
	t.id, t.kind = fmt.Sprintf("%s-T%02d", yearPlan, t.number), "untargeted"
	if t.scope != nil {
		t.kind = "targeted"
	}
	month := fmt.Sprintf("2023-%02d-", min(t.number, 12))
	t.rechecksOn, t.drawn, t.from, t.until = month+"02", month+"04", month+"06", month+"24"
	switch {
	case t.beacon:
		t.drawn, t.from, t.until = month+"22", month+"25", month+"31"
	case t.adHoc:
		t.rechecksOn, t.drawn, t.from, t.until = month+"25", month+"26", month+"27", month+"31"
	}
	t.recorded = min(plus(t.from, 5), t.until)
}

func counts(a, b, c, d int64) []*mingjianv1.TaskStratum {
	return []*mingjianv1.TaskStratum{{Name: "A", Count: a}, {Name: "B", Count: b}, {Name: "C", Count: c}, {Name: "D", Count: d}}
}

func (t *yearTask) department() []*mingjianv1.TaskDepartment {
	if !t.joint {
		return []*mingjianv1.TaskDepartment{{Name: yearCredit, TeamSize: 2}}
	}
	return []*mingjianv1.TaskDepartment{{Name: yearCredit, TeamSize: 2, Lead: true}, {Name: yearPrevention, AuthorityId: yearFire, TeamSize: 2}}
}

// line is what inspectors must be admitted to, items what they look at.
func (t *yearTask) line() (line string, items []string) {
	if t.joint {
		return safetyLine, []string{"0301"}
	}
	return registrationLine, []string{"0101", "0102"}
}

func (y *year) publishPlan() {
	y.clock.turn(y.T, "2022-12-30", 9)
	item := func(no, line, matter string, departments ...string) *mingjianv1.CatalogueItem {
		return &mingjianv1.CatalogueItem{
			No: no, Field: line + "检查", Matter: matter, SubjectKind: "企业、农民专业合作社", Level: "key", Manners: []string{"on_site"}, Line: line,
			Departments: departments, Basis: []string{"《中华人民共和国市场主体登记管理条例》第三十八条"}, Content: matter,
		}
	}
	draft := &mingjianv1.DraftVersionRequest{CatalogueId: yearList, Version: 1, Title: "随机抽查事项清单（2023年版）", Items: []*mingjianv1.CatalogueItem{
		item("0101", registrationLine, "营业执照规范使用情况的检查", yearCredit),
		item("0102", registrationLine, "住所、经营范围等登记事项的检查", yearCredit),
		item("0301", safetyLine, "经营场所消防安全和登记事项的联合检查", yearCredit, yearPrevention),
	}}
	y.post(y.planner, "/v1/catalogues/"+yearList+"/versions", draft, &mingjianv1.DraftVersionResponse{})
	y.post(y.approver, "/v1/catalogues/"+yearList+"/versions/1:publish",
		&mingjianv1.PublishVersionRequest{CatalogueId: yearList, Version: 1, DocumentNo: "虚市监发〔2022〕81号"}, &mingjianv1.PublishVersionResponse{})
	plan := &mingjianv1.DraftPlanRequest{PlanId: yearPlan, Year: 2023, Title: "2023年度“双随机、一公开”抽查计划", CatalogueId: yearList, CatalogueVersion: 1, Joint: true}
	y.post(y.planner, "/v1/plans", plan, &mingjianv1.DraftPlanResponse{})
	y.post(y.approver, "/v1/plans/"+yearPlan+":approve", &mingjianv1.ApprovePlanRequest{PlanId: yearPlan}, &mingjianv1.ApprovePlanResponse{})
	y.post(y.planner, "/v1/plans/"+yearPlan+":publish", &mingjianv1.PublishPlanRequest{PlanId: yearPlan, DocumentNo: "虚市监发〔2022〕82号"}, &mingjianv1.PublishPlanResponse{})
}

// carryOut takes a task from the rosters of its month to the public.
func (y *year) carryOut(t yearTask) {
	if y.clock.today().String() < t.rechecksOn {
		y.turn(t.rechecksOn, 9)
	}
	y.recheck()
	y.openDesk()
	y.turn(t.drawn, 9)
	if !t.adHoc {
		y.changeRosters(t.drawn[:len("2023-01")])
	}
	y.openTask(t)
	y.draw(t)
	y.turn(t.recorded, 17)
	y.inspect(t)
	y.openDesk()
}

func (y *year) openTask(t yearTask) {
	y.Helper()
	for _, s := range t.strata {
		if within := daqing()[s.GetName()]; s.GetRatioPpm() != 0 && (s.GetRatioPpm() < within[0] || s.GetRatioPpm() > within[1]) {
			y.Errorf("%s draws %d ppm of class %s", t.id, s.GetRatioPpm(), s.GetName())
		}
	}
	line, items := t.line()
	req := &mingjianv1.OpenTaskRequest{
		PlanId: yearPlan, TaskId: t.id, Number: t.number, Title: t.title, Kind: t.kind, AdHoc: t.adHoc, Items: items, Line: line, Scope: t.scope,
		ExcludeCheckedWithinMonths: t.months, Strata: t.strata, Departments: t.department(), WindowStart: t.from, WindowEnd: t.until, WorkloadCap: t.cap,
	}
	y.post(y.planner, "/v1/plans/"+yearPlan+"/tasks", req, &mingjianv1.OpenTaskResponse{})
}

// closeYear looks at the last orders again, in January.
func (y *year) closeYear() {
	y.turn("2024-01-31", 9)
	y.recheck()
	y.openDesk()
	if open := slices.DeleteFunc(slices.Collect(y.allResults()), func(r *yearResult) bool { return r.end != "" }); len(open) > 0 {
		y.Errorf("%d inspections have no end, the first is %s", len(open), open[0].id)
	}
}

// liveOn lives through the days on which decisions are made, take effect and end.
func (y *year) liveOn() {
	y.turn("2024-06-28", 17)
	if day := y.diary.first(); day != "" {
		y.Logf("what is in the diary from %s on is not lived through", day)
	}
}
