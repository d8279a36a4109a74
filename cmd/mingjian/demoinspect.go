package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// finding is what a department finds at one firm, and what it does about it.
type finding struct {
	outcome string
	note    string // of what is not in order
	demand  string // what is ordered to be put right (责令改正)
	to      string // where the matter goes on: case_filing or abnormal_list
	why     string
}

// registrationFindings are for the first firms of the registration task; at all others there is no problem.
func registrationFindings() []finding {
	return []finding{
		{outcome: "rectified_on_order", note: "营业执照未置于醒目位置", demand: "将营业执照置于主要经营场所的醒目位置"},
		{outcome: "unreachable", note: "登记的住所无人办公，多次联系未果", to: "abnormal_list", why: "通过登记的住所（经营场所）无法联系"},
		{outcome: "problem_pending", note: "实际经营场所与登记的不一致", to: "case_filing", why: "涉嫌未依照规定办理变更登记"},
		{outcome: "problem_pending", note: "经责令仍未将营业执照置于醒目位置", to: "case_filing", why: "涉嫌未按规定放置营业执照"},
	}
}

const noProblem = "no_problem"

// inspectionsOf are the standing inspections of a task, by id.
func (d *demonstration) inspectionsOf(ctx context.Context, task string) ([]*viewv1.Inspection, error) {
	resp := &mingjianv1.ListInspectionsResponse{}
	if err := d.planner.get(ctx, "/v1/inspections", url.Values{"task_id": {task}, "page_size": {"1000"}}, resp); err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(resp.GetInspections(), func(i *viewv1.Inspection) bool { return i.GetState() == "released" })
	slices.SortFunc(list, func(a, b *viewv1.Inspection) int { return strings.Compare(a.GetId(), b.GetId()) })
	return list, nil
}

func (d *demonstration) registrationInspections(ctx context.Context) error {
	d.chapter("Inspections 检查 of " + registrationTask)
	list, err := d.inspectionsOf(ctx, registrationTask)
	if err != nil {
		return err
	}
	findings := registrationFindings()
	if len(list) < len(findings)+1 {
		return fmt.Errorf("demo: %d inspections are too few", len(list))
	}
	if err := d.showWork(ctx, list[0]); err != nil {
		return err
	}
	if err := d.trespass(ctx, list[0]); err != nil {
		return err
	}
	for n, i := range list {
		f := finding{outcome: noProblem}
		if n < len(findings) {
			f = findings[n]
		}
		if err := d.inspect(ctx, i, i.GetDepartments()[0], f); err != nil {
			return err
		}
	}
	d.results.returned, d.results.corrected = list[0].GetId(), list[len(findings)].GetId()
	d.results.penalised = disclosedCase{subject: list[2].GetSubjectId(), name: list[2].GetSubjectName(), id: list[2].GetId()}
	d.results.revoked = disclosedCase{subject: list[3].GetSubjectId(), name: list[3].GetSubjectName(), id: list[3].GetId()}
	return nil
}

// cateringInspections leaves the last one for the visitor.
func (d *demonstration) cateringInspections(ctx context.Context) error {
	d.chapter("Joint inspections 联合检查 of " + cateringTask)
	list, err := d.inspectionsOf(ctx, cateringTask)
	if err != nil {
		return err
	}
	if len(list) < 3 {
		return fmt.Errorf("demo: %d joint inspections are too few", len(list))
	}
	last := list[len(list)-1]
	for n, i := range list[:len(list)-1] {
		for _, department := range i.GetDepartments() {
			f := finding{outcome: noProblem}
			if n == 0 && department.GetAuthorityId() == fireService {
				f = finding{outcome: "rectified_on_order", note: "安全出口堆放杂物", demand: "清理安全出口，保持疏散通道畅通"}
			}
			if err := d.inspect(ctx, i, department, f); err != nil {
				return err
			}
		}
	}
	d.results.licensed = disclosedCase{subject: list[1].GetSubjectId(), name: list[1].GetSubjectName()}
	d.results.left = openInspection{id: last.GetId(), open: last.GetState() == "assigned"}
	for _, department := range last.GetDepartments() {
		if department.GetAuthorityId() == fireService {
			d.results.left.inspector, d.results.left.authority = department.GetInspectors()[0], fireService
		}
	}
	if err := d.notify(ctx, last); err != nil {
		return err
	}
	d.line("", "That of %s is left for you.", last.GetSubjectName())
	return nil
}

// notify has the clerk make out the notice of an inspection (随机抽查通知书).
func (d *demonstration) notify(ctx context.Context, i *viewv1.Inspection) error {
	day := d.keep.day()
	req := &mingjianv1.IssueNoticeRequest{
		InspectionId: i.GetId(), No: fmt.Sprintf("子虚市监抽通〔%d〕1号", day.Year()), Manner: "on_site",
		VisitFrom: day.AddDays(3).String(), VisitTo: day.AddDays(5).String(), Materials: []string{"食品经营许可证", "从业人员健康证明"},
		Contact: "子虚市市场监督管理局信用监督管理科 0000-6320000",
	}
	if err := d.clerk.post(ctx, "/v1/inspections/"+i.GetId()+":issueNotice", req, &mingjianv1.IssueNoticeResponse{}); err != nil {
		return err
	}
	d.line("clerk", "makes out the notice (通知书) %s for %s", req.GetNo(), i.GetSubjectName())
	return nil
}

// showWork shows what waits (待办) for the first of a team.
func (d *demonstration) showWork(ctx context.Context, i *viewv1.Inspection) error {
	who, resp := d.inspectors[i.GetDepartments()[0].GetInspectors()[0]], &mingjianv1.ListWorkResponse{}
	if err := who.get(ctx, "/v1/work", nil, resp); err != nil {
		return err
	}
	d.line(who.name, "finds %d things waiting (待办)", len(resp.GetItems()))
	for _, w := range resp.GetItems()[:min(3, len(resp.GetItems()))] {
		d.more("· %s %s, by %s", w.GetKindLabel(), w.GetTitle(), w.GetDueOn())
	}
	return nil
}

// trespass has an inspector who was not drawn for it write to an inspection.
func (d *demonstration) trespass(ctx context.Context, i *viewv1.Inspection) error {
	department := i.GetDepartments()[0]
	stranger := ""
	for _, id := range []string{"SCJG-001", "SCJG-002", "SCJG-003"} {
		if !slices.Contains(department.GetInspectors(), id) {
			stranger = id
		}
	}
	req, err := d.record(ctx, i, department, finding{outcome: noProblem})
	if err != nil {
		return err
	}
	path := "/v1/inspections/" + i.GetId() + ":record"
	return d.refused(ctx, d.inspectors[stranger], "tries to record a result for "+i.GetSubjectName()+", drawn for others",
		"inspection.assignment.foreign", path, req, &mingjianv1.RecordResultResponse{})
}

// inspect has the department's first inspector record the result and, where the department is alone, the second stand by it.
func (d *demonstration) inspect(ctx context.Context, i *viewv1.Inspection, department *viewv1.InspectionDepartment, f finding) error {
	team := department.GetInspectors()
	if len(team) < 2 {
		return fmt.Errorf("demo: the team of %s for %s has %d inspectors", department.GetName(), i.GetId(), len(team))
	}
	first, path := d.inspectors[team[0]], "/v1/inspections/"+i.GetId()
	result, err := d.record(ctx, i, department, f)
	if err != nil {
		return err
	}
	if err := first.post(ctx, path+":record", result, &mingjianv1.RecordResultResponse{}); err != nil {
		return err
	}
	d.line(first.name, "records %s at %s", f.outcome, i.GetSubjectName())
	if f.demand != "" {
		order := &mingjianv1.OrderRectificationRequest{InspectionId: i.GetId(), Demand: f.demand, DueOn: d.keep.day().AddDays(30).String()}
		if err := first.post(ctx, path+":orderRectification", order, &mingjianv1.OrderRectificationResponse{}); err != nil {
			return err
		}
		d.more("and orders (责令改正), until %s: %s", order.GetDueOn(), f.demand)
	}
	if len(i.GetDepartments()) == 1 {
		confirm := &mingjianv1.ConfirmResultRequest{InspectionId: i.GetId(), Department: department.GetName()}
		if err := d.inspectors[team[1]].post(ctx, path+":confirm", confirm, &mingjianv1.ConfirmResultResponse{}); err != nil {
			return err
		}
		d.line(team[1], "confirms it (第二名检查人员)")
	}
	if f.to == "" {
		return nil
	}
	over := &mingjianv1.HandOverRequest{InspectionId: i.GetId(), To: f.to, Reason: f.why}
	if err := first.post(ctx, path+":handOver", over, &mingjianv1.HandOverResponse{}); err != nil {
		return err
	}
	d.more("and hands it over (移送) to %s", map[string]string{"abnormal_list": "经营异常名录", "case_filing": "立案"}[f.to])
	return nil
}

// record is the department's result: each line of the check lists of its own matters, who was there, and what came out.
func (d *demonstration) record(ctx context.Context, i *viewv1.Inspection, department *viewv1.InspectionDepartment, f finding) (*mingjianv1.RecordResultRequest, error) {
	req := &mingjianv1.RecordResultRequest{
		InspectionId: i.GetId(), Department: department.GetName(), Manner: "on_site", Outcomes: []string{f.outcome},
		StartedAt: timestamppb.New(d.keep.Began.Add(-90 * time.Minute)), EndedAt: timestamppb.New(d.keep.Began.Add(-30 * time.Minute)),
		CompletedOn: d.keep.day().String(), Visit: &mingjianv1.Visit{Present: department.GetInspectors()},
	}
	if f.outcome == "unreachable" {
		req.Visit.Signature, req.Visit.UnsignedReason = "absent", f.note
	} else {
		req.Visit.Signature, req.Visit.Met = "signed", []*mingjianv1.MetPerson{{Name: "乌有之", Role: "现场负责人"}}
	}
	list := &mingjianv1.GetCatalogueResponse{}
	if err := d.planner.get(ctx, fmt.Sprintf("/v1/catalogues/%s/versions/%d", i.GetCatalogueId(), i.GetCatalogueVersion()), nil, list); err != nil {
		return nil, err
	}
	note := f.note
	for _, item := range list.GetCatalogue().GetItems() {
		task := slices.ContainsFunc(i.GetItems(), func(of *viewv1.InspectionItem) bool { return of.GetNo() == item.GetNo() })
		if !task || !slices.Contains(item.GetDepartments(), department.GetName()) {
			continue
		}
		for _, l := range item.GetCheckList() {
			found := &mingjianv1.Finding{Item: item.GetNo(), Line: l.GetNo(), Result: "compliant"}
			if note != "" {
				found.Result, found.Note, note = "noncompliant", note, ""
			}
			req.Findings = append(req.Findings, found)
		}
	}
	return req, nil
}
