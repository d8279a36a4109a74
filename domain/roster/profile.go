package roster

import (
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

const (
	maxLines    = 50 // profiles of one subject
	maxLicences = 50 // of one line
)

// ProfileSubject states the attributes of a subject in one business line. Without class, licence and mark it takes the profile
// away.
type ProfileSubject struct {
	By       domain.Actor
	Line     string
	Class    string   // class within the line (行业监管类别), e.g. 食品生产经营风险等级 A to D
	KeyUnit  bool     // 重点单位
	Licences []string // numbers of the licences held
	Source   string
	Month    string // YYYY-MM
}

func (ProfileSubject) subjectCommand() {}

// Profile finds the attributes in a line.
func (s Subject) Profile(line string) (SubjectProfiled, bool) {
	for _, p := range s.Profiles {
		if p.Line == line {
			return p, true
		}
	}
	return SubjectProfiled{}, false
}

func (p SubjectProfiled) empty() bool { return p.Class == "" && !p.KeyUnit && len(p.Licences) == 0 }

func (p SubjectProfiled) same(o SubjectProfiled) bool {
	return p.Line == o.Line && p.Class == o.Class && p.KeyUnit == o.KeyUnit && slices.Equal(p.Licences, o.Licences) &&
		p.Source == o.Source && p.Month == o.Month
}

// profile takes the same attributes for a later month as news, as reclassify does.
func (s Subject) profile(c ProfileSubject) step {
	st := step{faults: []*domain.Fault{
		needed("roster.profile.line", "line", c.Line, maxShort),
		text("roster.profile.class", "line_class", c.Class, 16),
		text("roster.profile.source", "source", c.Source, maxShort),
		month("month", c.Month),
	}}
	if len(c.Licences) > maxLicences {
		st.faults = append(st.faults, domain.Refuse(domain.Invalid, "roster.profile.licences.count", "licences",
			fmt.Sprintf("一个条线的许可证不得超过%d个", maxLicences), fmt.Sprintf("there are at most %d licences of a line", maxLicences)))
	}
	for i, no := range c.Licences {
		st.faults = append(st.faults, needed("roster.profile.licences", fmt.Sprintf("licences[%d]", i), no, maxShort))
	}
	if c.Class == Unclassified {
		st.faults = append(st.faults, domain.Refuse(domain.Invalid, "roster.profile.class.reserved", "line_class",
			"none 表示未分类，不能作为类别", "none stands for unclassified and is no class"))
	}
	had, known := s.Profile(c.Line)
	if c.Month != "" && c.Month < had.Month {
		st.faults = append(st.faults, domain.Refuse(domain.Precondition, "roster.profile.stale", "month",
			"已有"+had.Month+"的行业属性，不能以更早月份覆盖", "attributes for "+had.Month+" are recorded; an earlier month can't replace them"))
	}
	if !known && len(s.Profiles) >= maxLines {
		st.faults = append(st.faults, domain.Refuse(domain.TooLarge, "roster.profile.count", "line",
			fmt.Sprintf("一个检查对象的条线不得超过%d个", maxLines), fmt.Sprintf("a subject has attributes in at most %d lines", maxLines)))
	}
	e := SubjectProfiled{
		Line: c.Line, Class: c.Class, KeyUnit: c.KeyUnit, Licences: sorted(c.Licences), Source: c.Source, Month: c.Month,
	}
	if known && !had.same(e) || !known && !e.empty() {
		st.event = e
	}
	return st
}

// profiled copies, so that a state never shares what a later event changes. A profile that was taken away leaves none.
func profiled(list []SubjectProfiled, e SubjectProfiled) []SubjectProfiled {
	out := slices.DeleteFunc(slices.Clone(list), func(p SubjectProfiled) bool { return p.Line == e.Line })
	if e.empty() {
		return out
	}
	return append(out, e)
}
