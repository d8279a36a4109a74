package grpcapi

import (
	"context"
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	catalogueview "github.com/mingjian-ledger/mingjian/projections/catalogue"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

func findingsOf(list []*mingjianv1.Finding) []inspection.Finding {
	var out []inspection.Finding
	for _, f := range list {
		out = append(out, inspection.Finding{
			Item: f.GetItem(), Line: f.GetLine(), Basis: f.GetBasis(), Result: inspection.FindingResult(f.GetResult()), Note: f.GetNote(),
		})
	}
	return out
}

// visit takes the certificates of who was there from the roster.
func (s InspectionServer) visit(ctx context.Context, v *mingjianv1.Visit) (inspection.Visit, error) {
	out := inspection.Visit{
		Place: v.GetPlace(), Present: nil, Met: nil, Statement: v.GetStatement(),
		Signature: inspection.Signature{State: inspection.SignatureState(v.GetSignature()), Reason: v.GetUnsignedReason(), Witness: v.GetWitness()},
	}
	for _, p := range v.GetMet() {
		out.Met = append(out.Met, personOf(p))
	}
	for _, id := range v.GetPresent() {
		who, err := es.Load(ctx, s.Store, roster.Inspectors, id)
		if err != nil {
			return out, fmt.Errorf("grpcapi: certificate of %s: %w", id, err)
		}
		out.Present = append(out.Present, certificate(domain.InspectorID(id), who.State))
	}
	return out, nil
}

func personOf(p *mingjianv1.MetPerson) inspection.Person {
	return inspection.Person{Name: p.GetName(), Role: p.GetRole()}
}

func certificate(id domain.InspectorID, who roster.Inspector) inspection.Certificate {
	return inspection.Certificate{Inspector: id, Name: who.Name, No: who.LicenceNo, ValidUntil: who.LicenceValidUntil}
}

// checkLists are those of the task's matters in the version that the plan pins, which never changes; an older assignment names
// none.
func (s InspectionServer) checkLists(ctx context.Context, id string) ([]inspection.CheckList, error) {
	i, err := es.Load(ctx, s.Store, inspection.Decider, id)
	if err != nil {
		return nil, fmt.Errorf("grpcapi: check lists of %s: %w", id, err)
	}
	a := i.State.Assigned
	if a == nil || a.Catalogue == "" {
		return nil, nil
	}
	version, err := catalogueview.Get(ctx, s.Views, a.Catalogue, a.Version)
	if err != nil {
		return nil, err
	}
	if version == nil {
		return nil, domain.Refuse(domain.Unavailable, "inspection.check_list.behind", "", "抽查事项清单尚未就绪，请稍后重试",
			"the item list is not in the views yet; try again in a moment")
	}
	var out []inspection.CheckList
	for _, item := range version.GetItems() {
		if !slices.ContainsFunc(a.Items, func(i inspection.Item) bool { return i.No == item.GetNo() }) {
			continue
		}
		list := inspection.CheckList{Item: item.GetNo(), Departments: item.GetDepartments(), Manners: nil, Lines: nil}
		for _, m := range item.GetManners() {
			list.Manners = append(list.Manners, inspection.Manner(m))
		}
		for _, l := range item.GetCheckList() {
			list.Lines = append(list.Lines, inspection.CheckLine{No: l.GetNo(), Basis: l.GetBasis()})
		}
		out = append(out, list)
	}
	return out, nil
}
