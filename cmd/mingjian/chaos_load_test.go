package main

import (
	"context"
	"fmt"
	"net/http"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

const (
	furtherWriters = 3  // who open tasks while the year goes by
	furtherTasks   = 40 // of one plan
)

// further is a plan beside the year's, with the tasks that were opened.
type further struct {
	id    string
	tasks []string
}

// openTasks drafts one plan for the next year after the other and opens tasks under each, until it is to stop or a call fails. Each
// task is an event, a row, a number of the statistics and a message.
func (c *chaos) openTasks(ctx context.Context, writer int, stop <-chan struct{}) error {
	client := &restClient{base: c.public.client.base, http: &http.Client{Transport: c.caller}}
	as := func(p *person) *person { return &person{client: client, name: p.name, token: p.token} }
	planner, approver := as(c.planner), as(c.approver)
	for n := 1; ; n++ {
		p := &further{id: fmt.Sprintf("XZ-2024W%dN%d", writer, n)}
		draft := &mingjianv1.DraftPlanRequest{PlanId: p.id, Year: 2024, Title: "2024年度抽查计划之" + p.id, CatalogueId: yearList, CatalogueVersion: 1}
		if err := planner.post(ctx, "/v1/plans", draft, &mingjianv1.DraftPlanResponse{}); err != nil {
			return err
		}
		path := "/v1/plans/" + p.id
		if err := approver.post(ctx, path+":approve", &mingjianv1.ApprovePlanRequest{PlanId: p.id}, &mingjianv1.ApprovePlanResponse{}); err != nil {
			return err
		}
		publish := &mingjianv1.PublishPlanRequest{PlanId: p.id, DocumentNo: "虚市监发〔2023〕" + p.id + "号"}
		if err := planner.post(ctx, path+":publish", publish, &mingjianv1.PublishPlanResponse{}); err != nil {
			return err
		}
		c.began(p)
		for number := range uint32(furtherTasks) {
			select {
			case <-stop:
				return nil
			default:
			}
			if err := planner.post(ctx, path+"/tasks", furtherTask(p.id, number+1), &mingjianv1.OpenTaskResponse{}); err != nil {
				return err
			}
			c.opened(p, fmt.Sprintf("%s-T%d", p.id, number+1))
		}
	}
}

func furtherTask(plan string, number uint32) *mingjianv1.OpenTaskRequest {
	kind, scope := "untargeted", (*mingjianv1.TaskScope)(nil)
	if number%2 == 0 {
		kind, scope = "targeted", districts("540600")
	}
	return &mingjianv1.OpenTaskRequest{
		PlanId: plan, TaskId: fmt.Sprintf("%s-T%d", plan, number), Number: number, Title: fmt.Sprint("抽查任务之", number), Kind: kind,
		Items: []string{"0101", "0102"}, Line: registrationLine, Scope: scope, Strata: counts(1, 1, 1, 1),
		Departments: []*mingjianv1.TaskDepartment{{Name: yearCredit, TeamSize: 2}}, WindowStart: "2024-11-01", WindowEnd: "2024-12-20", WorkloadCap: 5,
	}
}

func (c *chaos) began(p *further) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.plans = append(c.plans, p)
}

func (c *chaos) opened(p *further, task string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p.tasks = append(p.tasks, task)
}
