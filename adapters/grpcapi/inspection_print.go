package grpcapi

import (
	"bytes"
	"context"
	"io"
	"slices"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/mingjian-ledger/mingjian/domain"
	authorityview "github.com/mingjian-ledger/mingjian/projections/authority"
	catalogueview "github.com/mingjian-ledger/mingjian/projections/catalogue"
	planview "github.com/mingjian-ledger/mingjian/projections/plan"
	rosterview "github.com/mingjian-ledger/mingjian/projections/roster"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Papers makes pages to print, HTML in UTF-8. Every text of the paper MUST stand in them as a text. An error is one of w, or of
// the renderer itself; a paper that lacks something MUST give a page with room to write.
type Papers interface {
	Notice(w io.Writer, p *viewv1.InspectionPaper) error
	Sheet(w io.Writer, p *viewv1.InspectionPaper) error
}

const page = "text/html; charset=utf-8"

// KeyCache is the metadata that the gateway makes the Cache-Control of an answer.
const KeyCache = "cache-control"

// PrintNotice prints the notice that is named, else the last one, else a form.
func (s InspectionServer) PrintNotice(ctx context.Context, req *mingjianv1.PrintNoticeRequest) (*mingjianv1.PrintNoticeResponse, error) {
	p, err := s.paper(ctx, req.GetInspectionId())
	if err != nil {
		return nil, err
	}
	notices := p.GetInspection().GetNotices()
	switch at := slices.IndexFunc(notices, func(n *viewv1.InspectionNotice) bool { return n.GetNo() == req.GetNo() }); {
	case req.GetBlank():
	case req.GetNo() != "" && at < 0:
		return nil, domain.Refuse(domain.NotFound, "inspection.notice.missing", "no", "没有该编号的通知书", "there is no notice of that number")
	case at >= 0:
		p.Notice = notices[at]
	case len(notices) > 0:
		p.Notice = notices[len(notices)-1]
	}
	body, err := printed(ctx, p, s.Papers.Notice)
	return &mingjianv1.PrintNoticeResponse{Page: body}, err
}

// PrintSheet prints the record of the visit of one department or of all.
func (s InspectionServer) PrintSheet(ctx context.Context, req *mingjianv1.PrintSheetRequest) (*mingjianv1.PrintSheetResponse, error) {
	p, err := s.paper(ctx, req.GetInspectionId())
	if err != nil {
		return nil, err
	}
	p.Blank = req.GetBlank()
	for _, d := range p.GetInspection().GetDepartments() {
		if req.GetDepartment() == "" || d.GetName() == req.GetDepartment() {
			p.Departments = append(p.Departments, d.GetName())
		}
	}
	if len(p.GetDepartments()) == 0 {
		return nil, domain.Refuse(domain.NotFound, "inspection.department.unknown", "department", "本次检查没有该部门", "no such department takes part")
	}
	body, err := printed(ctx, p, s.Papers.Sheet)
	return &mingjianv1.PrintSheetResponse{Page: body}, err
}

// printed renders a page that no cache may keep: it names people.
func printed(ctx context.Context, p *viewv1.InspectionPaper, render func(io.Writer, *viewv1.InspectionPaper) error) (*httpbody.HttpBody, error) {
	var out bytes.Buffer
	if err := render(&out, p); err != nil {
		return nil, err
	}
	if err := grpc.SetHeader(ctx, metadata.Pairs(KeyCache, "no-store")); err != nil {
		return nil, err
	}
	return &httpbody.HttpBody{ContentType: page, Data: out.Bytes()}, nil
}

// paper collects what is printed of an inspection that the caller may read.
func (s InspectionServer) paper(ctx context.Context, id string) (*viewv1.InspectionPaper, error) {
	v, err := s.read(ctx, id)
	if err != nil {
		return nil, err
	}
	if v.GetDrawId() == "" {
		return nil, domain.Refuse(domain.Precondition, "inspection.paper.taken_over", "", "历史检查记录没有文书可打印", "there are no papers of an older system's record")
	}
	p := &viewv1.InspectionPaper{
		Inspection: v, Subject: nil, Items: nil, Authorities: nil, Inspectors: nil, PlanDocumentNo: "", Notice: nil, Departments: nil, Blank: false,
	}
	if p.Subject, err = rosterview.GetSubject(ctx, s.Views, domain.SubjectID(v.GetSubjectId())); err != nil {
		return nil, err
	}
	plan, err := planview.Get(ctx, s.Views, v.GetPlanId())
	if err != nil {
		return nil, err
	}
	p.PlanDocumentNo = plan.GetDocumentNo()
	if p.Items, err = s.paperItems(ctx, v); err != nil {
		return nil, err
	}
	return p, s.whoTakesPart(ctx, p)
}

// paperItems are the task's matters in the order of the assignment.
func (s InspectionServer) paperItems(ctx context.Context, v *viewv1.Inspection) ([]*viewv1.CatalogueItem, error) {
	list, err := catalogueview.Get(ctx, s.Views, v.GetCatalogueId(), int(v.GetCatalogueVersion()))
	if err != nil {
		return nil, err
	}
	var out []*viewv1.CatalogueItem
	for _, i := range v.GetItems() {
		at := slices.IndexFunc(list.GetItems(), func(c *viewv1.CatalogueItem) bool { return c.GetNo() == i.GetNo() })
		if at >= 0 {
			out = append(out, list.GetItems()[at])
			continue
		}
		item := &viewv1.CatalogueItem{} //nolint:exhaustruct_v5 // an older assignment has no more
		item.No, item.Matter, item.Basis = i.GetNo(), i.GetMatter(), i.GetBasis()
		out = append(out, item)
	}
	return out, nil
}

// whoTakesPart finds the authorities and the inspectors.
func (s InspectionServer) whoTakesPart(ctx context.Context, p *viewv1.InspectionPaper) error {
	ids := []string{p.GetInspection().GetAuthorityId()}
	for _, d := range p.GetInspection().GetDepartments() {
		if !slices.Contains(ids, d.GetAuthorityId()) {
			ids = append(ids, d.GetAuthorityId())
		}
		for _, id := range d.GetInspectors() {
			who, err := rosterview.GetInspector(ctx, s.Views, domain.InspectorID(id))
			if err != nil {
				return err
			}
			if who != nil {
				p.Inspectors = append(p.Inspectors, who)
			}
		}
	}
	for _, id := range ids {
		a, err := authorityview.Get(ctx, s.Views, id)
		if err != nil {
			return err
		}
		if a != nil {
			p.Authorities = append(p.Authorities, a)
		}
	}
	return nil
}
