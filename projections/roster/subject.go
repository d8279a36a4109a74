package roster

import (
	"cmp"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func subjectChange(id string, event roster.SubjectEvent, recorded calendar.Date) projections.Change {
	switch e := event.(type) {
	case roster.SubjectSucceeded:
		return successionChange(id, string(e.Successor), &e)
	case roster.SubjectSuccessionRevoked:
		return successionChange(id, string(e.Successor), nil)
	case roster.SubjectRegistered, roster.SubjectRedescribed, roster.SubjectRenamed, roster.SubjectMoved,
		roster.SubjectStatusRecorded, roster.SubjectReclassified, roster.SubjectProfiled,
		roster.SubjectRepresented:
	}
	return projections.Change{
		Keys: []projections.Key{{Table: SubjectTable, Key: id}},
		Apply: func(rows *projections.Rows) error {
			view := &viewv1.RosterSubject{}
			if _, err := document.Get(rows, SubjectTable, id, view); err != nil {
				return err
			}
			view.Id = id
			former := view.GetCode()
			applySubject(view, event)
			recodeSubject(rows, view, former, recorded)
			changed(rows)
			return document.Put(rows, SubjectTable, subjectRow(view), view)
		},
	}
}

func applySubject(v *viewv1.RosterSubject, event roster.SubjectEvent) {
	switch e := event.(type) {
	case roster.SubjectRegistered:
		v.Name, v.AuthorityId, v.District, v.Address = e.Name, string(e.Authority), e.District, e.Address
		v.Code, v.CodeFindings, v.RegisteredOn = e.Code, findings(e.CodeFindings), e.RegisteredOn.String()
		v.Scope, v.Industry, v.RegistrationAuthority = e.Scope, e.Industry, e.RegistrationAuthority
		v.Kind, v.KindLabel = string(e.Kind), kind(e.Kind)
		v.Status, v.StatusLabel = string(e.Status), status(e.Status)
	case roster.SubjectRedescribed:
		v.Code, v.CodeFindings, v.RegisteredOn = e.Code, findings(e.CodeFindings), e.RegisteredOn.String()
		v.Scope, v.Industry, v.RegistrationAuthority = e.Scope, e.Industry, e.RegistrationAuthority
		v.Kind, v.KindLabel = string(e.Kind), kind(e.Kind)
	case roster.SubjectRenamed:
		former := &viewv1.FormerName{Name: v.GetName(), Until: e.EffectiveOn.String()}
		v.Name, v.FormerNames = e.Name, slices.Insert(v.GetFormerNames(), 0, former)
	case roster.SubjectMoved:
		v.District, v.Address = e.District, e.Address
	case roster.SubjectStatusRecorded:
		v.Status, v.StatusLabel = string(e.Status), status(e.Status)
	case roster.SubjectReclassified:
		v.RiskClass, v.ClassSource, v.ClassMonth = e.Class, e.Source, e.Month
	case roster.SubjectProfiled:
		v.Profiles = profiles(v.GetProfiles(), e)
	case roster.SubjectRepresented:
		v.LegalRepresentative = e.Name
	case roster.SubjectSucceeded, roster.SubjectSuccessionRevoked: // of two subjects
	}
}

// profiles are by line; one that says nothing is none.
func profiles(list []*viewv1.LineProfile, e roster.SubjectProfiled) []*viewv1.LineProfile {
	at, known := slices.BinarySearchFunc(list, e.Line, func(p *viewv1.LineProfile, line string) int { return cmp.Compare(p.GetLine(), line) })
	if known {
		list = slices.Delete(list, at, at+1)
	}
	if e.Class == "" && !e.KeyUnit && len(e.Licences) == 0 {
		return list
	}
	return slices.Insert(list, at, &viewv1.LineProfile{
		Line: e.Line, LineClass: e.Class, KeyUnit: e.KeyUnit, Licences: e.Licences, Source: e.Source, Month: e.Month,
	})
}

func subjectRow(v *viewv1.RosterSubject) projections.Row {
	city := v.GetDistrict()
	if len(city) > 4 {
		city = city[:4]
	}
	return projections.Row{Key: v.GetId(), Columns: []string{
		v.GetAuthorityId(), city, v.GetDistrict(), v.GetKind(), v.GetStatus(),
		cmp.Or(v.GetRiskClass(), roster.Unclassified), projections.Clip(v.GetIndustry()),
	}}
}

func findings(list []uscc.Finding) []string {
	var out []string
	for _, f := range list {
		out = append(out, f.String())
	}
	return out
}

func kind(k roster.Kind) string {
	switch k {
	case roster.Enterprise:
		return "企业"
	case roster.IndividualBusiness:
		return "个体工商户"
	case roster.Cooperative:
		return "农民专业合作社"
	case roster.Institution:
		return "机关、事业单位、社会组织"
	case roster.Other:
		return "其他"
	}
	return ""
}

func status(s roster.Status) string {
	switch s {
	case roster.Active:
		return "存续"
	case roster.Suspended:
		return "歇业"
	case roster.Deregistered:
		return "注销"
	case roster.Revoked:
		return "吊销"
	case roster.MovedOut:
		return "迁出"
	}
	return ""
}
