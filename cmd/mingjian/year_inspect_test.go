package main

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// yearResult is what the test did about an assigned inspection.
type yearResult struct {
	id, firm, draw string
	end            string   // "concluded" or "called_off"; empty while it is under way
	outcomes       []string // of the whole, in the order of the departments, each once
	on             string   // day of completion
	recorder       string   // inspector who recorded first
	ordered        []string // by these inspectors, one of a department, to put something right; not yet found done
	rechecks       int
}

func (y *year) allResults() iter.Seq[*yearResult] {
	return func(yield func(*yearResult) bool) {
		for _, id := range slices.Sorted(maps.Keys(y.results)) {
			if !yield(y.results[id]) {
				return
			}
		}
	}
}

// inspectionsOf are the standing inspections of a task, by id.
func (y *year) inspectionsOf(t yearTask) []*viewv1.Inspection {
	y.Helper()
	var list []*viewv1.Inspection
	for token := ""; ; {
		resp := &mingjianv1.ListInspectionsResponse{}
		y.get(y.planner, "/v1/inspections", url.Values{"task_id": {t.id}, "page_size": {"200"}, "page_token": {token}}, resp)
		for _, i := range resp.GetInspections() {
			if i.GetState() != "released" {
				list = append(list, i)
			}
		}
		if token = resp.GetNextPageToken(); token == "" {
			break
		}
	}
	slices.SortFunc(list, func(a, b *viewv1.Inspection) int { return strings.Compare(a.GetId(), b.GetId()) })
	return list
}

// inspect has every team of a task carry out its inspections. The clerk leaves those without a team to a later task.
func (y *year) inspect(t yearTask) {
	y.Helper()
	list := y.inspectionsOf(t)
	done := make([]*yearResult, len(list))
	for n, i := range list {
		done[n] = &yearResult{id: i.GetId(), firm: i.GetSubjectId(), draw: i.GetDrawId()}
		y.results[i.GetId()] = done[n]
	}
	numbers := make([]int, len(list))
	for n := range numbers {
		numbers[n] = n
	}
	together(y, numbers, func(ctx context.Context, n int) error { return y.visit(ctx, t, list[n], done[n]) })
	for _, r := range done {
		if f := y.firms[r.firm]; r.end == "concluded" {
			f.checked = max(f.checked, r.on)
		}
	}
	y.settle()
	for _, r := range done {
		y.pursue(r)
	}
}

// visit is one inspection: the first inspector of each department records, the second stands by it.
func (y *year) visit(ctx context.Context, t yearTask, i *viewv1.Inspection, r *yearResult) error {
	path := "/v1/inspections/" + i.GetId()
	for _, d := range i.GetDepartments() {
		team := d.GetInspectors()
		if len(team) == 0 {
			continue
		}
		outcome := outcomeOf(i.GetId(), d.GetName())
		req := y.resultOf(t, i, d, outcome)
		if err := y.inspectors[team[0]].post(ctx, path+":record", req, &mingjianv1.RecordResultResponse{}); err != nil {
			return err
		}
		r.recorder, r.on = cmp.Or(r.recorder, team[0]), max(r.on, req.GetCompletedOn())
		if !slices.Contains(r.outcomes, outcome) {
			r.outcomes = append(r.outcomes, outcome)
		}
		if err := y.order(ctx, i, team[0], outcome, r); err != nil {
			return err
		}
		confirm := &mingjianv1.ConfirmResultRequest{InspectionId: i.GetId(), Department: d.GetName()}
		if err := y.inspectors[team[1]].post(ctx, path+":confirm", confirm, &mingjianv1.ConfirmResultResponse{}); err != nil {
			return err
		}
	}
	r.end = "concluded"
	if r.recorder == "" {
		r.end = "called_off"
		over := &mingjianv1.HandOverRequest{InspectionId: i.GetId(), To: "later_task", Reason: "符合条件的执法检查人员不足"}
		return y.clerk.post(ctx, path+":handOver", over, &mingjianv1.HandOverResponse{})
	}
	if len(r.outcomes) > 1 {
		r.outcomes = slices.DeleteFunc(r.outcomes, func(o string) bool { return o == noProblem })
	}
	return y.handOver(ctx, path, i.GetId(), r)
}

// outcomeOf is what a department finds: by a digest, about as often as authorities report it. A tenth can't be inspected at all.
func outcomeOf(inspection, department string) string {
	n := lot(100, "outcome", inspection, department)
	for _, f := range []struct {
		below   uint32
		outcome string
	}{
		{62, noProblem}, {70, "info_not_disclosed"}, {73, "info_false"}, {84, "rectified_on_order"}, {85, "uncooperative"},
		{88, "no_such_activity"}, {91, "problem_pending"}, {96, "unreachable"}, {97, "deregistered"}, {98, "moved_out"},
	} {
		if n < f.below {
			return f.outcome
		}
	}
	return "closed"
}

func (y *year) resultOf(t yearTask, i *viewv1.Inspection, d *viewv1.InspectionDepartment, outcome string) *mingjianv1.RecordResultRequest {
	day := calendar.MustParse(t.from).AddDays(int(lot(5, "day", i.GetId(), d.GetName())))
	began := time.Date(day.Year(), day.Month(), day.Day(), 2, 0, 0, 0, time.UTC)
	req := &mingjianv1.RecordResultRequest{
		InspectionId: i.GetId(), Department: d.GetName(), Manner: "on_site", Outcomes: []string{outcome},
		StartedAt: timestamppb.New(began), EndedAt: timestamppb.New(began.Add(time.Hour)), CompletedOn: day.String(),
	}
	for n, item := range i.GetItems() {
		f := &mingjianv1.Finding{Item: item.GetNo(), Result: "compliant"}
		if n == 0 && outcome == "rectified_on_order" {
			f.Result, f.Note = "noncompliant", "营业执照未置于醒目位置"
		}
		req.Findings = append(req.Findings, f)
	}
	return req
}

// order orders to put right what a department found.
func (y *year) order(ctx context.Context, i *viewv1.Inspection, by, outcome string, r *yearResult) error {
	if outcome != "rectified_on_order" {
		return nil
	}
	r.ordered = append(r.ordered, by)
	req := &mingjianv1.OrderRectificationRequest{InspectionId: i.GetId(), Demand: "将营业执照置于醒目位置", DueOn: y.clock.today().AddDays(7).String()}
	return y.inspectors[by].post(ctx, "/v1/inspections/"+i.GetId()+":orderRectification", req, &mingjianv1.OrderRectificationResponse{})
}

func (y *year) handOver(ctx context.Context, path, id string, r *yearResult) error {
	for _, to := range []struct {
		procedure string
		outcomes  []string
	}{
		{"abnormal_list", []string{"unreachable", "info_false", "info_not_disclosed"}}, {"case_filing", []string{"problem_pending"}},
	} {
		if !slices.ContainsFunc(r.outcomes, func(o string) bool { return slices.Contains(to.outcomes, o) }) {
			continue
		}
		req := &mingjianv1.HandOverRequest{InspectionId: id, To: to.procedure, Reason: "检查发现问题，移送处理"}
		if err := y.inspectors[r.recorder].post(ctx, path+":handOver", req, &mingjianv1.HandOverResponse{}); err != nil {
			return err
		}
	}
	return nil
}

// recheck has who ordered look again at what was to be put right; one in six has not done it by then, and is prosecuted.
func (y *year) recheck() {
	y.Helper()
	open := slices.DeleteFunc(slices.Collect(y.allResults()), func(r *yearResult) bool { return len(r.ordered) == 0 })
	together(y, open, func(ctx context.Context, r *yearResult) error {
		before := r.ordered
		r.ordered = nil
		for _, by := range before {
			r.rechecks++
			passed := lot(6, "recheck", r.id, fmt.Sprint(r.rechecks)) != 0
			if !passed {
				r.ordered = append(r.ordered, by)
			}
			req := &mingjianv1.RecordRecheckRequest{InspectionId: r.id, Passed: passed, On: y.clock.today().String(), Note: "现场复查"}
			if err := y.inspectors[by].post(ctx, "/v1/inspections/"+r.id+":recheck", req, &mingjianv1.RecordRecheckResponse{}); err != nil {
				return err
			}
		}
		return nil
	})
	y.settle()
	for _, r := range open {
		if r.rechecks == 1 && len(r.ordered) > 0 {
			y.prosecute("not put right", r.firm, "")
		}
	}
}
