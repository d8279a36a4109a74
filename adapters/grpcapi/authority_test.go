package grpcapi_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

func TestAuthorityService(t *testing.T) {
	o := newOffice(t)
	s := grpcapi.AuthorityServer{Base: o.base}
	for _, id := range []string{"xz-bureau", "nx-bureau"} {
		got, err := s.RegisterAuthority(o.as(domain.Admin, "root"), &mingjianv1.RegisterAuthorityRequest{
			Id: id, Name: "市场监督管理局", Code: "11230500001755309F", District: "540000", Level: "province", Departments: []string{"市场监管"},
		})
		if must(o, got, err).GetReceipt().GetId() != id {
			t.Errorf("receipt %v", got)
		}
	}
	_, err := s.RegisterAuthority(o.as(domain.Admin, "root"), &mingjianv1.RegisterAuthorityRequest{Id: "局"})
	o.refused(err, "authority_id.form")
	_, err = s.RenameAuthority(o.as(domain.Admin, "root"), &mingjianv1.RenameAuthorityRequest{
		AuthorityId: "xz-bureau", Name: "市场监管局", Reason: "机构改革", EffectiveOn: "2026-02-30",
	})
	o.refused(err, "date.form")
	_, err = s.RenameAuthority(o.as(domain.Admin, "root"), &mingjianv1.RenameAuthorityRequest{
		AuthorityId: "xz-bureau", Name: "市场监管局", Reason: "机构改革", EffectiveOn: "2026-02-28",
	})
	must(o, 0, err)
	_, err = s.OpenDepartment(o.as(domain.Admin, "root"), &mingjianv1.OpenDepartmentRequest{AuthorityId: "xz-bureau", Name: "消防"})
	must(o, 0, err)
	_, err = s.CloseDepartment(o.as(domain.Admin, "root"), &mingjianv1.CloseDepartmentRequest{AuthorityId: "xz-bureau", Name: "市场监管", Reason: "撤并"})
	must(o, 0, err)

	succeed := &mingjianv1.SucceedAuthorityRequest{AuthorityId: "xz-bureau", SuccessorId: "qh-bureau", Reason: "机构改革", EffectiveOn: "2026-03-01"}
	_, err = s.SucceedAuthority(o.as(domain.Admin, "root"), succeed)
	o.refused(err, "authority.successor.missing")
	succeed.SuccessorId = "nx-bureau"
	_, err = s.SucceedAuthority(o.as(domain.Admin, "root"), succeed)
	must(o, 0, err)
	_, err = s.SucceedAuthority(o.as(domain.Admin, "root"), &mingjianv1.SucceedAuthorityRequest{
		AuthorityId: "nx-bureau", SuccessorId: "xz-bureau", Reason: "机构改革", EffectiveOn: "2026-03-01",
	})
	o.refused(err, "authority.successor.missing")

	o.sync()
	got, err := s.GetAuthority(o.as(domain.Auditor, "zheng"), &mingjianv1.GetAuthorityRequest{AuthorityId: "xz-bureau"})
	a := must(o, got, err).GetAuthority()
	if a.GetName() != "市场监管局" || a.GetSuccessorId() != "nx-bureau" || len(a.GetDepartments()) != 1 || a.GetDepartments()[0] != "消防" {
		t.Errorf("authority is %v", a)
	}
	_, err = s.GetAuthority(o.as(domain.Auditor, "zheng"), &mingjianv1.GetAuthorityRequest{AuthorityId: "qh"})
	o.refused(err, "authority.missing")
	page, err := s.ListAuthorities(o.as(domain.Auditor, "zheng"), &mingjianv1.ListAuthoritiesRequest{PageSize: 1})
	if list := must(o, page, err); len(list.GetAuthorities()) != 1 || list.GetAuthorities()[0].GetId() != "nx-bureau" || list.GetNextPageToken() == "" {
		t.Errorf("first page %v", list)
	}
}
