package draw

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// NoStratum is the stratum of subjects without a risk class.
const NoStratum = "none"

// Scope is which subjects of the roster a task may draw. An empty list admits all, but of Statuses: it admits active ones.
type Scope struct {
	Kinds        []string
	Districts    []string // six digits each; a district covers those within it
	Statuses     []string
	Classes      []string
	Industries   []string        // prefixes of the industry code
	Strata       []string        // names of the strata that are drawn from
	CheckedSince calendar.Date   // subjects last inspected on or after this day are left out; zero leaves nobody out
	LineClasses  []string        // classes within the task's line
	ByLineClass  bool            // the strata are the classes within the task's line, not the risk classes
	KeyUnits     bool            // admits 重点单位 of the line alone
	Licensed     bool            // admits holders of a licence of the line alone
	Limits       []Limit         // of the task's matters
	Teams        []TeamOfOfficer // departments whose inspectors are in the pool
}

// TeamOfOfficer names a department within its authority.
type TeamOfOfficer struct {
	Authority  domain.AuthorityID
	Department string
}

// Candidate is a subject of the roster, as far as the scope looks at it.
type Candidate struct {
	ID          string
	Kind        string
	District    string
	Status      string
	Class       string // risk class (信用风险分类), empty for none
	Industry    string
	LineClass   string        // class within the task's line (行业监管类别), empty for none
	KeyUnit     bool          // 重点单位 of that line
	Licensed    bool          // holds a licence of that line
	Succeeded   bool          // it went on as another subject (合并、转型、换码)
	LastChecked calendar.Date // day of the last concluded inspection, zero for none
	Checks      []ItemChecks  // of those matters of the task of which there were any
}

// ItemChecks is how often a subject was or is to be checked for a matter, by whatever authority, in that year of the task's
// window in which it was most often.
type ItemChecks struct {
	Item  string // number in the task's item list
	Times int
	Drawn bool // a draw of the task's own authority led to one of them
}

// Officer is an inspector of the roster.
type Officer struct {
	sortition.Inspector
	Authority domain.AuthorityID
	Suspended bool
}

// Exclusion is the code of why a subject of the roster is not in the pool. Beside these a status is its own reason.
type Exclusion string

// The exclusions.
const (
	OutOfDistrict    Exclusion = "out_of_scope_district"
	DistrictUnknown  Exclusion = "district_unknown"
	OutOfKind        Exclusion = "out_of_scope_kind"
	OutOfClass       Exclusion = "out_of_scope_class"
	OutOfIndustry    Exclusion = "out_of_scope_industry"
	StratumNotDrawn  Exclusion = "stratum_not_drawn"
	CheckedRecently  Exclusion = "checked_recently"
	CapReached       Exclusion = "frequency_cap_reached"
	HasSuccessor     Exclusion = "succeeded"
	OutOfLineClass   Exclusion = "out_of_scope_line_class"
	NoKeyUnit        Exclusion = "no_key_unit"
	NotLicensed      Exclusion = "not_licensed"
	statusUnrecorded Exclusion = "status_unknown"
)

// Label is the exclusion's text.
func (x Exclusion) Label() string {
	labels := map[Exclusion]string{
		OutOfDistrict: "不在抽查区域", DistrictUnknown: "所在区划不明", OutOfKind: "不属于抽查对象类型", OutOfClass: "不属于抽查信用风险类别",
		OutOfIndustry: "不属于抽查行业", StratumNotDrawn: "所在分层不抽取", CheckedRecently: "近期已检查", CapReached: "已达年度检查频次上限", HasSuccessor: "已由其他主体承继",
		OutOfLineClass: "不属于抽查行业监管类别", NoKeyUnit: "非重点单位", NotLicensed: "未持有相应许可证件", statusUnrecorded: "状态不明",
		"active": "存续", "suspended": "歇业", "deregistered": "注销", "revoked": "吊销", "moved_out": "迁出",
	}
	return cmp.Or(labels[x], string(x))
}

// Screen tells why a subject is not in the pool, by the first test that it fails; empty if it is. The tests come in the
// order district, kind, successor, status, class, industry, attributes in the line, stratum, last inspection, cap of the checks in a year.
func (s Scope) Screen(c Candidate) Exclusion {
	stratum := s.Stratum(c)
	switch {
	case len(c.District) != 6 || strings.Trim(c.District, "0123456789") != "":
		return DistrictUnknown
	case len(s.Districts) > 0 && !slices.ContainsFunc(s.Districts, func(d string) bool { return covers(d, c.District) }):
		return OutOfDistrict
	case !admits(s.Kinds, c.Kind):
		return OutOfKind
	case c.Succeeded:
		return HasSuccessor
	case len(s.Statuses) == 0 && c.Status != "active" || !admits(s.Statuses, c.Status):
		return cmp.Or(Exclusion(c.Status), statusUnrecorded)
	case !admits(s.Classes, cmp.Or(c.Class, NoStratum)):
		return OutOfClass
	case len(s.Industries) > 0 && !slices.ContainsFunc(s.Industries, func(p string) bool { return strings.HasPrefix(c.Industry, p) }):
		return OutOfIndustry
	case s.line(c) != "":
		return s.line(c)
	case !slices.Contains(s.Strata, stratum):
		return StratumNotDrawn
	case !s.CheckedSince.IsZero() && !c.LastChecked.Before(s.CheckedSince):
		return CheckedRecently
	case slices.ContainsFunc(c.Checks, s.capReached):
		return CapReached
	}
	return ""
}

// capReached: one matter that may not be checked again this year keeps the subject out of the draw, which is for all of them.
func (s Scope) capReached(c ItemChecks) bool {
	return slices.ContainsFunc(s.Limits, func(l Limit) bool { return l.Item == c.Item && l.MaxPerYear > 0 && c.Times >= l.MaxPerYear })
}

// line tells why the subject's attributes in the task's line keep it out; empty if they don't.
func (s Scope) line(c Candidate) Exclusion {
	switch {
	case !admits(s.LineClasses, cmp.Or(c.LineClass, NoStratum)):
		return OutOfLineClass
	case s.KeyUnits && !c.KeyUnit:
		return NoKeyUnit
	case s.Licensed && !c.Licensed:
		return NotLicensed
	}
	return ""
}

// Stratum is the layer of the pool that the subject is in.
func (s Scope) Stratum(c Candidate) string {
	if s.ByLineClass {
		return cmp.Or(c.LineClass, NoStratum)
	}
	return cmp.Or(c.Class, NoStratum)
}

func admits(list []string, value string) bool { return len(list) == 0 || slices.Contains(list, value) }

// covers is the rule of mingjian/draw/v1: a district covers another whose code begins with its own less trailing 00 pairs.
func covers(district, other string) bool {
	for strings.HasSuffix(district, "00") {
		district = strings.TrimSuffix(district, "00")
	}
	return strings.HasPrefix(other, district)
}

// Admits tells whether an inspector is in the pool: of one of the departments, not suspended, with a licence. Whether the
// licence lasts, and the line and district fit, is for the draw to find and to count.
func (s Scope) Admits(o Officer) bool {
	return !o.Suspended && o.LicenceValidUntil != "" &&
		slices.Contains(s.Teams, TeamOfOfficer{Authority: o.Authority, Department: o.Department})
}
