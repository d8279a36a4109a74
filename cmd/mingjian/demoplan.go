package main

import (
	"context"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// publishList drafts the item list and has another person publish it: nothing unlisted may be checked.
func (d *demonstration) publishList(ctx context.Context) error {
	d.chapter("Item list 随机抽查事项清单")
	draft := &mingjianv1.DraftVersionRequest{}
	if err := d.body("catalogue", draft); err != nil {
		return err
	}
	draft.CatalogueId, draft.Version = listID, 1
	path := "/v1/catalogues/" + listID + "/versions"
	if err := d.planner.post(ctx, path, draft, &mingjianv1.DraftVersionResponse{}); err != nil {
		return err
	}
	d.line("planner", "drafts version 1 with %d items:", len(draft.GetItems()))
	for _, i := range draft.GetItems() {
		d.more("· %s %s", i.GetNo(), i.GetMatter())
	}
	publish := &mingjianv1.PublishVersionRequest{
		CatalogueId: listID, Version: 1, DocumentNo: "子虚市监发〔" + d.year() + "〕1号", PublishedOn: d.keep.day().String(),
	}
	if err := d.approver.post(ctx, path+"/1:publish", publish, &mingjianv1.PublishVersionResponse{}); err != nil {
		return err
	}
	d.line("approver", "publishes it as %s; it never changes from now on", publish.GetDocumentNo())
	return nil
}

func (d *demonstration) year() string { return d.keep.day().String()[:4] }

// publishPlan drafts, approves and publishes the year's plan and opens its two tasks.
func (d *demonstration) publishPlan(ctx context.Context) error {
	d.chapter("Yearly plan 年度抽查计划 and tasks 抽查任务")
	draft := &mingjianv1.DraftPlanRequest{}
	if err := d.body("plan", draft); err != nil {
		return err
	}
	draft.PlanId, draft.CatalogueId, draft.CatalogueVersion = planID, listID, 1
	if err := d.planner.post(ctx, "/v1/plans", draft, &mingjianv1.DraftPlanResponse{}); err != nil {
		return err
	}
	d.line("planner", "drafts %s (%s), citing version 1 of the list", draft.GetTitle(), planID)
	path, approve := "/v1/plans/"+planID, &mingjianv1.ApprovePlanRequest{PlanId: planID}
	err := d.refused(ctx, d.planner, "tries to approve the own plan", "access.role", path+":approve", approve, &mingjianv1.ApprovePlanResponse{})
	if err != nil {
		return err
	}
	if err := d.approver.post(ctx, path+":approve", approve, &mingjianv1.ApprovePlanResponse{}); err != nil {
		return err
	}
	publish := &mingjianv1.PublishPlanRequest{PlanId: planID, DocumentNo: "子虚市监发〔" + d.year() + "〕2号", PublishedOn: d.keep.day().String()}
	if err := d.planner.post(ctx, path+":publish", publish, &mingjianv1.PublishPlanResponse{}); err != nil {
		return err
	}
	d.line("approver", "approves the plan (审批)")
	d.line("planner", "publishes it as %s", publish.GetDocumentNo())
	return d.openTasks(ctx)
}

func (d *demonstration) openTasks(ctx context.Context) error {
	path := "/v1/plans/" + planID + "/tasks"
	for _, t := range []struct{ id, file, words string }{
		{registrationTask, "task-registration", "untargeted (不定向), one department"},
		{cateringTask, "task-catering", "targeted (定向) at caterers, two departments together (部门联合)"},
	} {
		req := &mingjianv1.OpenTaskRequest{}
		if err := d.body(t.file, req); err != nil {
			return err
		}
		req.PlanId, req.TaskId = planID, t.id
		if err := d.planner.post(ctx, path, req, &mingjianv1.OpenTaskResponse{}); err != nil {
			return err
		}
		d.line("planner", "opens %s %s:", t.id, req.GetTitle())
		d.more("%s, until %s", t.words, req.GetWindowEnd())
	}
	req := &mingjianv1.OpenTaskRequest{}
	if err := d.body("task-registration", req); err != nil {
		return err
	}
	req.PlanId, req.TaskId, req.Number, req.Items = planID, planID+"-T9", 9, []string{"0999"}
	return d.refused(ctx, d.planner, "tries to open a task on an item that no published list has",
		"plan.task.item_unpublished", path, req, &mingjianv1.OpenTaskResponse{})
}
