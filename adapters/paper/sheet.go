package paper

import (
	"cmp"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/inspection"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// sheet is the record of one department's visit. Without a record it is a form.
type sheet struct {
	*viewv1.InspectionPaper
	Department *viewv1.InspectionDepartment
	Filled     bool
	Matters    []matter
	Outcomes   []choice
}

// matter is one of the task with its lines.
type matter struct {
	*viewv1.CatalogueItem
	Lines []line
}

// line is one of a check list, or the matter as a whole, with what was found.
type line struct {
	No, Content, Basis, Note string
	Opinions                 []choice
}

// choice is a box to tick.
type choice struct {
	Label  string
	Ticked bool
}

func sheetOf(p *viewv1.InspectionPaper, name string) sheet {
	s := sheet{InspectionPaper: p, Department: department(p, name)}
	s.Filled = s.Department.GetRecorded() && !p.GetBlank()
	var found []*viewv1.InspectionFinding
	if s.Filled {
		found = slices.Clone(s.Department.GetFindings())
	}
	alone := len(p.GetInspection().GetDepartments()) == 1
	for _, item := range p.GetItems() {
		own := alone || slices.Contains(item.GetDepartments(), name) || len(item.GetDepartments()) == 0
		if m := matterOf(item, &found, own); len(m.Lines) > 0 {
			s.Matters = append(s.Matters, m)
		}
	}
	for _, o := range inspection.Outcomes() {
		ticked := s.Filled && slices.ContainsFunc(s.Department.GetOutcomes(), func(c *viewv1.CodedLabel) bool { return c.GetCode() == string(o.Code) })
		s.Outcomes = append(s.Outcomes, choice{Label: o.Label, Ticked: ticked})
	}
	return s
}

// matterOf takes the findings that are about the matter out of the list. Of another department's matter only what was found
// is shown.
func matterOf(item *viewv1.CatalogueItem, found *[]*viewv1.InspectionFinding, own bool) matter {
	m := matter{CatalogueItem: item}
	take := func(no string) *viewv1.InspectionFinding {
		for n, f := range *found {
			if f.GetItem() == item.GetNo() && f.GetLine() == no {
				*found = slices.Delete(*found, n, n+1)
				return f
			}
		}
		return nil
	}
	for _, l := range item.GetCheckList() {
		if f := take(l.GetNo()); f != nil || own {
			m.Lines = append(m.Lines, lineOf(l.GetNo(), l.GetContent(), l.GetBasis(), f))
		}
	}
	if f := take(""); f != nil || own && len(item.GetCheckList()) == 0 {
		m.Lines = append(m.Lines, lineOf("", cmp.Or(item.GetContent(), item.GetMatter()), "", f))
	}
	for _, f := range slices.Clone(*found) { // lines of a time before there was a list
		if f.GetItem() == item.GetNo() {
			m.Lines = append(m.Lines, lineOf(f.GetLine(), "", "", take(f.GetLine())))
		}
	}
	return m
}

func lineOf(no, content, basis string, f *viewv1.InspectionFinding) line {
	out := line{No: no, Content: content, Basis: cmp.Or(f.GetBasis(), basis), Note: f.GetNote()}
	for _, o := range []struct {
		code  inspection.FindingResult
		label string
	}{{inspection.Compliant, "符合"}, {inspection.Noncompliant, "不符合"}, {inspection.NotApplicable, "不涉及"}} {
		out.Opinions = append(out.Opinions, choice{Label: o.label, Ticked: f.GetResult() == string(o.code)})
	}
	return out
}

// Authority is that of the department.
func (s sheet) Authority() string { return authority(s.InspectionPaper, s.Department.GetAuthorityId()) }

// Present are the inspectors who were there; where that was not recorded, and in a form, the whole team.
func (s sheet) Present() []*viewv1.InspectionCertificate {
	if there := s.Visit().GetPresent(); len(there) > 0 {
		return there
	}
	return certificates(s.InspectionPaper, s.Department.GetInspectors())
}

// Visit is what was recorded of it; nil in a form.
func (s sheet) Visit() *viewv1.InspectionVisit {
	if !s.Filled {
		return nil
	}
	return s.Department.GetVisit()
}

// Unrefused tells that the subject's side signed, or may still.
func (s sheet) Unrefused() bool {
	state := inspection.SignatureState(s.Visit().GetSignature())
	return state == "" || state == inspection.Signed
}

// Manner is how it was inspected, boxes in a form.
func (s sheet) Manner() string {
	if !s.Filled {
		return ""
	}
	return s.Department.GetManner()
}

// Began and Ended are the times of the visit, RecordedAt when it was recorded here.
func (s sheet) Began() string      { return s.time(s.Department.GetStartedAt()) }
func (s sheet) Ended() string      { return s.time(s.Department.GetEndedAt()) }
func (s sheet) RecordedAt() string { return s.time(s.Department.GetRecordedAt()) }

func (s sheet) time(t string) string {
	if !s.Filled {
		return ""
	}
	return t
}

// Corrections are those of the department, oldest first.
func (s sheet) Corrections() []*viewv1.InspectionCorrection {
	if !s.Filled {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.GetInspection().GetCorrections()), func(c *viewv1.InspectionCorrection) bool {
		return c.GetDepartment() != s.Department.GetName()
	})
}

// Orders are what the department ordered to be put right.
func (s sheet) Orders() []*viewv1.InspectionRectification {
	if !s.Filled {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.GetInspection().GetRectifications()), func(r *viewv1.InspectionRectification) bool {
		return r.GetDepartment() != s.Department.GetName()
	})
}

// NameOf is an inspector's name.
func (s sheet) NameOf(id string) string {
	return certificates(s.InspectionPaper, []string{id})[0].GetName()
}

// Labels are the texts of outcomes.
func (s sheet) Labels(list []*viewv1.CodedLabel) []string {
	var out []string
	for _, o := range list {
		out = append(out, o.GetLabel())
	}
	return out
}
