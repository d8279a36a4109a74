package reporting

import "github.com/mingjian-ledger/mingjian/domain/calendar"

// Event names a decision event by its place in the log.
type Event struct {
	Stream   string `json:"stream"`
	Revision uint64 `json:"revision"`
	ID       string `json:"id"`
	Digest   string `json:"digest"` // hex SHA-256 of its stored bytes
}

// Stop is when and by what something ended; the zero Stop says that it did not.
type Stop struct {
	On calendar.Date `json:"on,omitzero"`
	By string        `json:"by,omitempty"`
}

// by tells whether it ended by the end of a day.
func (s Stop) by(day calendar.Date) bool { return !s.On.IsZero() && !s.On.After(day) }

// Decision is what the log tells of one decision and what a platform was given of it.
type Decision struct {
	Kind       string        `json:"kind"` // penalty or licence
	Authority  string        `json:"authority"`
	Record     string        `json:"record"`
	Disclosure string        `json:"disclosure"`
	Event      Event         `json:"event"`
	DecidedOn  calendar.Date `json:"decided_on"`
	// Ground is why the decision itself shows that it is not reported, e.g. taken_over or summary; nothing where it does not.
	Ground string `json:"ground,omitempty"`
	// Due is the last day by the period that the ledger set (发改办财金〔2018〕424号); none where no period began.
	Due         calendar.Date `json:"due,omitzero"`
	Provisional bool          `json:"provisional,omitempty"` // a notice of holidays may move the last day still
	Lapsed      Stop          `json:"lapsed,omitzero"`       // the period ended without a publication, e.g. as the record is withheld
	Released    calendar.Date `json:"released,omitzero"`     // first on the platform's outlet
	Gone        Stop          `json:"gone,omitzero"`         // from that outlet, as by withdrawal; none while it stands there
	Status      string        `json:"status,omitempty"`      // how the delivery stands; nothing where there is none
	Rows        []Row         `json:"rows,omitempty"`        // in their order
}

// Row is one row of a platform's sequence and what became of it.
type Row struct {
	Number   uint64        `json:"number"`           // within the platform's rows of the kind, from 1
	Digest   string        `json:"digest,omitempty"` // of its canonical item; nothing before it was submitted
	Shows    bool          `json:"shows"`            // it has the platform show the record, and not take it away
	SentOn   calendar.Date `json:"sent_on,omitzero"` // first
	Verdict  string        `json:"verdict,omitempty"`
	Refused  bool          `json:"refused,omitempty"` // the platform rejected it, at least at first
	Answered calendar.Date `json:"answered_on,omitzero"`
	Receipt  string        `json:"receipt,omitempty"` // hex SHA-256 of the file with the last answer
	Left     bool          `json:"left,omitempty"`    // nobody waits for an answer any more
}

// Verdicts of a platform, as deliveries have them.
const (
	Taken     = "accepted"
	Duplicate = "duplicate"
	Rejected  = "rejected"
)

func (r Row) taken() bool { return r.Shows && (r.Verdict == Taken || r.Verdict == Duplicate) }

func (r Row) waits() bool { return r.Shows && r.Verdict == "" && !r.SentOn.IsZero() && !r.Left }

// Class is how a decision stands.
type Class string

// The classes.
const (
	Exempt  Class = "exempt"  // 无需报送
	InTime  Class = "in_time" // 按期报送并入库
	Late    Class = "late"    // 迟报
	Waiting Class = "waiting" // 已报送，待回执
	Open    Class = "open"    // 未到期
	Omitted Class = "omitted" // 逾期未报（瞒报、漏报）
)

// Classes are all, in the order of tables.
func Classes() []Class { return []Class{Exempt, InTime, Late, Waiting, Open, Omitted} }

// Why says more of a class than its name.
const (
	WhyNoPeriod    = "no_period"    // exempt: the rules began no period for the platform's outlet
	WhyLapsed      = "lapsed"       // exempt: the period ended; omitted: it did so after the last day
	WhyNotReleased = "not_released" // open or omitted: nothing is public on the platform's outlet
	WhyNoRow       = "no_row"       // open or omitted: it is public, and no row was made for the platform
	WhyNotSent     = "not_sent"     // open or omitted: a row is ready and was not submitted
)

// Grounds that stand in a decision itself; others are codes of what the law withholds.
const (
	TakenOver = "taken_over" // an older system decided it, and its periods ran there
	Expired   = "expired"    // a date alone is no decision
)

// Judged is how a decision stands on a day.
type Judged struct {
	Class    Class
	Why      string
	Row      int  // index of the row that was taken, or waits; -1 without one
	Answered bool // the platform said something of it
	Clean    bool // it was taken and never rejected before
	Rejected bool // at least one row was rejected
}

// On is how the decision stands on a day.
func (d Decision) On(day calendar.Date) Judged {
	j := Judged{Row: -1}
	last := -1
	for i, r := range d.Rows {
		if !r.Shows {
			continue
		}
		last = i
		if j.Row >= 0 { // what was sent after it was taken is about later acts
			continue
		}
		j.Answered = j.Answered || r.Verdict != ""
		j.Rejected = j.Rejected || r.Refused
		if r.taken() {
			j.Row, j.Clean = i, !j.Rejected
		}
	}
	j.Class, j.Why = d.class(day, j.Row, last)
	if j.Class == Waiting {
		j.Row = last
	}
	return j
}

func (d Decision) class(day calendar.Date, taken, last int) (Class, string) {
	switch {
	case d.Due.IsZero() && d.Ground != "":
		return Exempt, d.Ground
	case d.Due.IsZero():
		return Exempt, WhyNoPeriod
	case taken >= 0 && d.Rows[taken].SentOn.After(d.Due):
		return Late, d.Rows[taken].Verdict
	case taken >= 0:
		return InTime, d.Rows[taken].Verdict
	case d.Lapsed.by(d.Due):
		return Exempt, d.Lapsed.By
	case d.Gone.by(d.Due):
		return Exempt, d.Gone.By
	case last >= 0 && d.Rows[last].waits():
		return Waiting, d.Status
	case !day.After(d.Due):
		return Open, d.missing()
	}
	return Omitted, d.missing()
}

// missing is why the platform has nothing.
func (d Decision) missing() string {
	switch {
	case !d.Lapsed.On.IsZero():
		return WhyLapsed
	case d.Gone.By != "":
		return d.Gone.By
	case d.Status == "prepared":
		return WhyNotSent
	case d.Status != "":
		return d.Status
	case d.Released.IsZero():
		return WhyNotReleased
	}
	return WhyNoRow
}
