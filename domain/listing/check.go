package listing

import (
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// Limits of texts, in characters, and of lists.
const (
	maxName     = 200
	maxNo       = 128
	maxFacts    = 4000
	maxReason   = 2000
	maxEvidence = 20
	maxFindings = 200
)

func prose(field, value string, limit int) *domain.Fault {
	if redaction.Hard(value) {
		return personal(field)
	}
	return domain.Prose("listing", field, value, limit)
}

func personal(field string) *domain.Fault {
	return domain.Refuse(domain.Invalid, "listing.personal_data", field,
		field+"：不得填写自然人的身份证件号码、银行账号、移动电话（《个人信息保护法》）",
		field+" holds a natural person's identity, bank or phone number, which may not be kept here")
}

// line bounds names and numbers of documents, which may be as long as a bank account.
func line(field, value string, limit int) *domain.Fault {
	if uscc.HoldsResidentID(value) {
		return personal(field)
	}
	return domain.Text("listing", field, value, limit)
}

// day refuses days before the first or after today.
func day(field string, on, first, today calendar.Date) *domain.Fault {
	switch {
	case on.IsZero():
		return domain.Blank("listing", field, "")
	case on.After(today):
		return domain.Refuse(domain.Invalid, "listing.date.future", field, field+"：不得晚于今天", field+" may not be after today")
	case on.Before(first):
		return domain.Refuse(domain.Invalid, "listing.date.early", field,
			field+"：不得早于"+first.String(), field+" may not be before "+first.String())
	}
	return nil
}

// document checks what decides: its name, number and day, from a first day on.
func (d Decision) document(first, today calendar.Date) []*domain.Fault {
	return []*domain.Fault{
		domain.Blank("listing", "authority_name", d.AuthorityName), line("authority_name", d.AuthorityName, maxName),
		domain.Blank("listing", "document_no", strings.TrimSpace(d.DocumentNo)), line("document_no", d.DocumentNo, maxNo),
		day("on", d.On, first, today),
	}
}

// same compares decisions, but for who recorded them.
func (d Decision) same(e Decision) bool {
	return d.AuthorityName == e.AuthorityName && d.DocumentNo == e.DocumentNo && d.On == e.On
}

// grounded finds the ground in the table of its day, for a subject of that kind.
func grounded(list List, g Ground, on calendar.Date, kind string) (table string, row GroundRow, fault *domain.Fault) {
	if list.Label() == "" {
		return "", row, domain.Refuse(domain.Invalid, "listing.list.unknown", "list", "应为经营异常名录或者严重违法失信名单", "a list is abnormal or serious")
	}
	t, ok := TableOn(list, on)
	if ok {
		row, ok = t.Row(g)
	}
	if !ok || kind == soleTrader && !row.SoleTraders {
		return "", row, domain.Refuse(domain.Invalid, "listing.ground.unknown", "ground",
			"当日没有适用于该主体的列入事由："+string(g), "no such ground of entry held for the subject on that day: "+string(g))
	}
	return t.Version, row, nil
}

// soleTrader is how the roster has 个体工商户.
const soleTrader = "individual_business"

// since is the first day of the case as it stands.
func (s State) since() (first calendar.Date) {
	if e, open := s.Current(); open {
		return e.since()
	}
	for _, f := range s.Findings {
		if f.Stage == Waiting && (first.IsZero() || f.Found.On.Before(first)) {
			first = f.Found.On
		}
	}
	return first
}

// since is the day of the latest decision of an entry.
func (e Entry) since() (last calendar.Date) {
	for _, g := range e.Grounds {
		if g.On.After(last) {
			last = g.On
		}
	}
	return last
}

// Applies tells whether a ground of a list held on a day for a subject of that kind.
func Applies(list List, g Ground, on calendar.Date, kind string) bool {
	_, _, fault := grounded(list, g, on, kind)
	return fault == nil
}
