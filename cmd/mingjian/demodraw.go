package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Parties to the draws: each seals a nonce, so that none of them alone can choose the outcome.
const (
	bureauParty     = "子虚市市场监督管理局"
	disciplineParty = "驻局纪检监察组"
)

func (d *demonstration) registrationDraw(ctx context.Context) error {
	d.chapter("Random draw 随机抽取 for " + registrationTask)
	id, err := d.draw(ctx, registrationTask)
	if err != nil {
		return err
	}
	d.more("(A future round of the public drand beacon can be bound as well; this demo assumes no network.)")
	return d.replaceFirst(ctx, id)
}

func (d *demonstration) cateringDraw(ctx context.Context) error {
	d.chapter("Random draw 随机抽取 for the joint check (联合抽查) " + cateringTask)
	_, err := d.draw(ctx, cateringTask)
	return err
}

// draw freezes, commits, reveals and runs the draw of a task and tells who was drawn.
func (d *demonstration) draw(ctx context.Context, task string) (string, error) {
	id, err := d.freeze(ctx, task)
	if err != nil {
		return "", err
	}
	path := "/v1/draws/" + id
	fix := &mingjianv1.FixTermsRequest{DrawId: id, Parties: []*mingjianv1.PartyChoice{
		{Name: bureauParty, Account: plannerAccount}, {Name: disciplineParty, Account: disciplineAccount},
	}}
	if err := d.planner.post(ctx, path+":fixTerms", fix, &mingjianv1.FixTermsResponse{}); err != nil {
		return "", err
	}
	view, err := d.drawView(ctx, id)
	if err != nil {
		return "", err
	}
	d.line("planner", "fixes the terms (抽取条件) %s", short(view.GetTerms()))
	if err := d.seal(ctx, view); err != nil {
		return "", err
	}
	if err := d.planner.post(ctx, path+":run", &mingjianv1.RunRequest{DrawId: id}, &mingjianv1.RunResponse{}); err != nil {
		return "", err
	}
	if view, err = d.drawView(ctx, id); err != nil {
		return "", err
	}
	d.line("planner", "runs the draw: %d of %d, seed %s", view.GetSelected(), view.GetSubjects().GetCount(), short(view.GetSeed()))
	if err := d.assigned(ctx, view, ""); err != nil {
		return "", err
	}
	drawn, err := d.drawnSubjects(ctx, view)
	if err != nil {
		return "", err
	}
	for _, s := range drawn {
		d.more("· %s %s", s.GetSubjectId(), s.GetSubjectName())
	}
	d.line("policy", "assigns the inspections (派发检查) to the teams that were drawn")
	d.results.draws = append(d.results.draws, id)
	return id, nil
}

// freeze takes the rosters down, unless this was done before: a task is drawn once.
func (d *demonstration) freeze(ctx context.Context, task string) (string, error) {
	list := &mingjianv1.ListDrawsResponse{}
	if err := d.planner.get(ctx, "/v1/draws", url.Values{"task_id": {task}}, list); err != nil {
		return "", err
	}
	id := ""
	if len(list.GetDraws()) > 0 {
		id = list.GetDraws()[0].GetId()
	} else {
		req, resp := &mingjianv1.FreezeRequest{PlanId: planID, TaskId: task, After: d.client.through().String()}, &mingjianv1.FreezeResponse{}
		if err := d.planner.post(ctx, "/v1/draws", req, resp); err != nil {
			return "", err
		}
		id = resp.GetReceipt().GetId()
	}
	view, err := d.drawView(ctx, id)
	if err != nil {
		return "", err
	}
	d.line("planner", "freezes the rosters (冻结名录): draw %s", id)
	d.more("%d firms, %d inspectors; conflicts of interest: %d; root %s", view.GetSubjects().GetCount(), view.GetInspectors().GetCount(),
		view.GetConflicts().GetCount(), short(view.GetSubjects().GetRoot()))
	var out []string
	for _, x := range view.GetExclusions() {
		out = append(out, fmt.Sprintf("%s %d", x.GetLabel(), x.GetCount()))
	}
	if len(out) > 0 {
		d.more("left out, with the reason: %s", strings.Join(out, "，"))
	}
	return id, nil
}

func (d *demonstration) drawView(ctx context.Context, id string) (*viewv1.Draw, error) {
	resp := &mingjianv1.GetDrawResponse{}
	err := d.planner.get(ctx, "/v1/draws/"+id, nil, resp)
	return resp.GetDraw(), err
}

// drawnSubjects are those that the draw itself selected, by id; who came from the reserve is left out.
func (d *demonstration) drawnSubjects(ctx context.Context, view *viewv1.Draw) ([]*viewv1.DrawnSubject, error) {
	resp := &mingjianv1.ListDrawnSubjectsResponse{}
	if err := d.planner.get(ctx, "/v1/draws/"+view.GetId()+"/subjects", url.Values{"page_size": {"1000"}}, resp); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(resp.GetSubjects(), func(s *viewv1.DrawnSubject) bool {
		return slices.ContainsFunc(view.GetReplacements(), func(r *viewv1.DrawReplacement) bool { return r.GetSubjectIn() == s.GetSubjectId() })
	}), nil
}

// seal has both parties commit, and reveal once both have.
func (d *demonstration) seal(ctx context.Context, view *viewv1.Draw) error {
	var terms sortition.Digest
	if err := terms.UnmarshalText([]byte(view.GetTerms())); err != nil {
		return fmt.Errorf("demo: terms of %s: %w", view.GetId(), err)
	}
	path := "/v1/draws/" + view.GetId()
	parties := []struct {
		name string
		who  *person
	}{{bureauParty, d.planner}, {disciplineParty, d.discipline}}
	for _, p := range parties {
		commitment := sortition.Seal(terms, p.name, d.keep.nonce(view.GetId(), p.name))
		req := &mingjianv1.CommitRequest{DrawId: view.GetId(), Party: p.name, Commitment: commitment.String()}
		if err := p.who.post(ctx, path+":commit", req, &mingjianv1.CommitResponse{}); err != nil {
			return err
		}
		d.line(p.who.name, "commits (承诺) for %s: %s", p.name, short(req.GetCommitment()))
	}
	if view.GetTaskId() == registrationTask {
		other := sortition.Seal(terms, disciplineParty, d.keep.nonce(view.GetId(), "another"))
		req := &mingjianv1.CommitRequest{DrawId: view.GetId(), Party: disciplineParty, Commitment: other.String()}
		err := d.refused(ctx, d.discipline, "tries to put another commitment in its place", "draw.party.committed", path+":commit", req, &mingjianv1.CommitResponse{})
		if err != nil {
			return err
		}
	}
	for _, p := range parties {
		req := &mingjianv1.RevealRequest{DrawId: view.GetId(), Party: p.name, Nonce: d.keep.nonceText(view.GetId(), p.name)}
		if err := p.who.post(ctx, path+":reveal", req, &mingjianv1.RevealResponse{}); err != nil {
			return err
		}
	}
	d.line("parties", "reveal (揭示) their nonces; each opens its commitment")
	return nil
}

// replaceFirst finds the first firm that was drawn deregistered and has the reserve order give another.
func (d *demonstration) replaceFirst(ctx context.Context, id string) error {
	view, err := d.drawView(ctx, id)
	if err != nil {
		return err
	}
	drawn, err := d.drawnSubjects(ctx, view)
	if err != nil {
		return err
	}
	out := drawn[0]
	status := &mingjianv1.RecordSubjectStatusRequest{
		SubjectId: out.GetSubjectId(), Status: "deregistered", Reason: "办理注销登记", EffectiveOn: d.keep.day().String(),
	}
	if err := d.clerk.post(ctx, "/v1/subjects/"+out.GetSubjectId()+":recordStatus", status, &mingjianv1.RecordSubjectStatusResponse{}); err != nil {
		return err
	}
	d.line("clerk", "records that %s was struck off (注销)", out.GetSubjectName())
	req := &mingjianv1.ReplaceRequest{DrawId: id, SubjectOut: out.GetSubjectId(), Reason: "busy"}
	path := "/v1/draws/" + id + ":replace"
	err = d.refused(ctx, d.planner, "tries to replace it for a reason that is not on the list", "draw.replace.reason", path, req, &mingjianv1.ReplaceResponse{})
	if err != nil {
		return err
	}
	req.Reason = "deregistered"
	if err := d.planner.post(ctx, path, req, &mingjianv1.ReplaceResponse{}); err != nil {
		return err
	}
	if view, err = d.drawView(ctx, id); err != nil {
		return err
	}
	in := view.GetReplacements()[0]
	d.line("planner", "replaces it, since it is deregistered; the reserve order (候补顺序) gives %s", in.GetSubjectIn())
	return d.assigned(ctx, view, in.GetSubjectIn())
}

// assigned waits until the policy has assigned an inspection to the teams of every firm that is drawn now, also to the one
// that came from the reserve.
func (d *demonstration) assigned(ctx context.Context, view *viewv1.Draw, replacement string) error {
	return eventually(ctx, "wait for the assignments of "+view.GetId(), func(ctx context.Context) (bool, error) {
		list, err := d.inspectionsOf(ctx, view.GetTaskId())
		arrived := replacement == "" || slices.ContainsFunc(list, func(i *viewv1.Inspection) bool { return i.GetSubjectId() == replacement })
		return uint64(len(list)) == view.GetSelected() && arrived, err
	})
}
