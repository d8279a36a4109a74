package rule

import (
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Record is a kind of record that rules speak of.
type Record string

// The kinds of record.
const (
	Inspection Record = "inspection" // 检查结果
	Penalty    Record = "penalty"    // 行政处罚
	Licence    Record = "licence"    // 行政许可
	Listing    Record = "listing"    // 列入名录
	Sampling   Record = "sampling"   // 监督抽检
)

// List is a list that subjects are entered on.
type List string

// The lists.
const (
	Abnormal List = "abnormal" // 经营异常名录
	Serious  List = "serious"  // 严重违法失信名单
)

// Party is what kind of party a threshold speaks of.
type Party string

// The kinds of party.
const (
	Person       Party = "person"       // 自然人
	Organisation Party = "organisation" // 法人、其他组织、个体工商户
)

// Case is what the rules ask of a record.
type Case struct {
	Record          Record
	Procedure       string   // ordinary or summary, of a penalty
	Kinds           []string // of a penalty, codes of 行政处罚法 art. 9
	FineFen         int64
	Party           Party // nothing is an organisation
	List            List
	Problem         bool          // an inspection found something wrong (负面结果)
	Jurisdiction    string        // of the authority: six digits (GB/T 2260)
	DecidedOn       calendar.Date // of the document
	PublishedOn     calendar.Date // first day on which it is to be public; the rules of this day apply
	RestrictedUntil calendar.Date // last day of a limit on business or profession (限制开展生产经营活动, 限制从业)
}

// Start is from when a publicity period counts.
type Start string

// The starts.
const (
	FromPublication Start = "published" // 自公示之日起
	FromDecision    Start = "decided"   // 自文书认定之日起
)

// Fine is a class of amounts.
type Fine string

// Lesser is a fine below the threshold that holds at the place (较低数额罚款); no fine at all is below it too.
const Lesser Fine = "lesser"

// Condition is which cases a rule is about; what it leaves out does not matter to it.
type Condition struct {
	Procedure string   `json:"procedure,omitempty"`
	OnlyKinds []string `json:"only_kinds,omitempty"` // there is a kind, and none but these
	AnyKinds  []string `json:"any_kinds,omitempty"`  // there is one of these
	Fine      Fine     `json:"fine,omitempty"`
	List      List     `json:"list,omitempty"`
	Problem   bool     `json:"problem,omitempty"`
	Scheme    string   `json:"scheme,omitempty"` // with Class: the case is of that class by that scheme
	Class     string   `json:"class,omitempty"`
}

// Publicity is how long records are public on an outlet (公示期), or that they are not.
type Publicity struct {
	Head
	Record   Record    `json:"record"`
	Outlets  []Outlet  `json:"outlets"`
	When     Condition `json:"when,omitzero"`
	Hidden   string    `json:"hidden,omitempty"` // why it is not published, for people; nothing if it is
	HiddenEN string    `json:"hidden_en,omitempty"`
	Start    Start     `json:"start,omitempty"`
	Months   int       `json:"months,omitempty"` // after which it ends by itself; 0 if no rule ends it
	// Restricted: while a limit on business or profession lasts longer, so does the publication.
	Restricted bool     `json:"restricted,omitempty"`
	Early      EarlyEnd `json:"early,omitempty"`       // nothing: the rule knows no early end
	EarlyAfter int      `json:"early_after,omitempty"` // months before which repair can't end it
}

// NotShown is why an outlet does not show a record.
type NotShown struct {
	Outlet  Outlet `json:"outlet"`
	Code    string `json:"code"`           // hidden: a rule says so; over: its longest term is over; no_rule: nothing brings it there
	Rule    string `json:"rule,omitempty"` // id of the rule
	Version string `json:"version"`        // of the tables
	ZH      string `json:"zh"`
	EN      string `json:"en"`
}

// Outlets lists all outlets.
func Outlets() []Outlet { return []Outlet{Portal, GSXT, CreditChina} }

// Terms says of each outlet how long it shows a record, or why it does not.
func (t Tables) Terms(c Case) ([]Term, []NotShown) {
	var terms []Term
	var hidden []NotShown
	for _, outlet := range Outlets() {
		rule := pick(t.Publicity, c.PublishedOn, c.Jurisdiction, func(p Publicity) bool { return p.about(outlet, c, t) })
		if rule == nil {
			hidden = append(hidden, NotShown{
				Outlet: outlet, Code: "no_rule", Version: t.Version(),
				ZH: "没有规定要求在该渠道公示", EN: "no rule of that day brings it to this outlet",
			})
			continue
		}
		if rule.Hidden != "" {
			hidden = append(hidden, NotShown{
				Outlet: outlet, Code: "hidden", Rule: rule.ID, Version: t.Version(), ZH: rule.Hidden, EN: rule.HiddenEN,
			})
			continue
		}
		term := rule.term(outlet, c, t.Version())
		if !term.Until.IsZero() && term.Until.Before(c.PublishedOn) {
			hidden = append(hidden, NotShown{
				Outlet: outlet, Code: "over", Rule: rule.ID, Version: t.Version(),
				ZH: "最长公示期已于" + term.Until.String() + "届满", EN: "its longest term ended on " + term.Until.String(),
			})
			continue
		}
		terms = append(terms, term)
	}
	return terms, hidden
}

func (p Publicity) about(outlet Outlet, c Case, t Tables) bool {
	if p.Record != c.Record {
		return false
	}
	for _, o := range p.Outlets {
		if o == outlet {
			return p.When.holds(c, t)
		}
	}
	return false
}

// term counts the periods. The day on which one begins is not counted, and it ends with the day of that number, or the last of
// a month without it (民法典 art. 201, 202); no holiday prolongs it.
func (p Publicity) term(outlet Outlet, c Case, version string) Term {
	start := c.PublishedOn
	if p.Start == FromDecision && !c.DecidedOn.IsZero() {
		start = c.DecidedOn
	}
	term := Term{Outlet: outlet, From: c.PublishedOn, Early: p.Early, Rule: p.ID, Version: version}
	if p.Months > 0 {
		term.Until = start.AddMonths(p.Months)
		if p.Restricted && c.RestrictedUntil.After(term.Until) {
			term.Until = c.RestrictedUntil
		}
	}
	if p.Early == EarlyAllowed {
		term.Earliest = c.PublishedOn
		if after := start.AddMonths(p.EarlyAfter).AddDays(1); p.EarlyAfter > 0 && after.After(term.Earliest) {
			term.Earliest = after
		}
	}
	return term
}

func (w Condition) holds(c Case, t Tables) bool {
	switch {
	case w.Procedure != "" && w.Procedure != c.Procedure,
		w.List != "" && w.List != c.List,
		w.Problem && !c.Problem,
		len(w.OnlyKinds) > 0 && (len(c.Kinds) == 0 || !within(c.Kinds, w.OnlyKinds)),
		len(w.AnyKinds) > 0 && !meets(c.Kinds, w.AnyKinds),
		w.Fine == Lesser && c.FineFen > 0 && !t.lesser(c),
		w.Class != "" && t.Class(w.Scheme, c) != w.Class:
		return false
	}
	return true
}
