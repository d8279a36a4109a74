package profile

import (
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Fact names a fact in profiles' files.
type Fact string

// The facts that this package itself asks for by name.
const (
	PartyKind      Fact = "party.kind"
	IdentityKind   Fact = "identity.kind"
	IdentityNumber Fact = "identity.number"
)

// shape is what a fact is, and so what columns and tests it is good for.
type shape int

const (
	isText shape = iota + 1
	isDay
	isMoney
	isCoded
	isProof
)

// reading is a fact's value: the member of its shape is set.
type reading struct {
	text  string
	day   calendar.Date
	fen   domain.Fen
	coded []Coded
}

func (r reading) given() bool {
	return r.text != "" || !r.day.IsZero() || r.fen != 0 || len(r.coded) > 0
}

// codes are the codes, of a text none.
func (r reading) codes() []string {
	var out []string
	for _, c := range r.coded {
		out = append(out, c.Code)
	}
	return out
}

type factRow struct {
	fact  Fact
	shape shape
	read  func(given) reading
}

// given is facts as of a day.
type given struct {
	Facts
	today calendar.Date
}

func text(of func(given) string) func(given) reading {
	return func(g given) reading { return reading{text: trimmed(of(g))} }
}

func day(of func(given) calendar.Date) func(given) reading {
	return func(g given) reading { return reading{day: of(g)} }
}

func money(of func(given) domain.Fen) func(given) reading {
	return func(g given) reading { return reading{fen: of(g)} }
}

func coded(of func(given) Coded) func(given) reading {
	return func(g given) reading {
		if c := of(g); c.Code != "" {
			return reading{coded: []Coded{c}}
		}
		return reading{}
	}
}

// factTable is every fact that a profile may name.
var factTable = []factRow{
	{"today", isDay, day(func(g given) calendar.Date { return g.today })},
	{"record", isText, text(func(g given) string { return g.Record })},
	{PartyKind, isCoded, coded(func(g given) Coded { return Coded{Code: g.Party.Kind} })},
	{"party.name", isText, text(func(g given) string { return g.Party.Name })},
	{"party.uscc", isText, text(func(g given) string { return g.Party.USCC })},
	{"party.no_code", isCoded, coded(func(g given) Coded { return flag(g.Party.NoCode) })},
	{"party.registration", isText, text(func(g given) string { return g.Party.Registration })},
	{"party.organisation", isText, text(func(g given) string { return g.Party.Organisation })},
	{"party.tax", isText, text(func(g given) string { return g.Party.Tax })},
	{"party.institution", isText, text(func(g given) string { return g.Party.Institution })},
	{"party.association", isText, text(func(g given) string { return g.Party.Association })},
	{"party.legal_representative", isText, text(func(g given) string { return g.Party.LegalRepresentative })},
	{IdentityKind, isProof, coded(func(g given) Coded { return flag(g.Party.HasIdentity) })},
	{IdentityNumber, isProof, coded(func(g given) Coded { return flag(g.Party.HasIdentity) })},
	{"authority.name", isText, text(func(g given) string { return g.Authority.Name })},
	{"authority.uscc", isText, text(func(g given) string { return g.Authority.USCC })},
	{"authority.district", isText, text(func(g given) string { return g.District })},
	{"source.name", isText, text(func(g given) string { return g.Source.Name })},
	{"source.uscc", isText, text(func(g given) string { return g.Source.USCC })},
	{"title", isText, text(func(g given) string { return g.Title })},
	{"document_no", isText, text(func(g given) string { return g.DocumentNo })},
	// 如无行政许可决定文书编号，填写许可编号
	{"document_or_licence_no", isText, text(func(g given) string {
		if no := trimmed(g.DocumentNo); no != "" {
			return no
		}
		return g.LicenceNo
	})},
	{"content", isText, text(func(g given) string { return g.Content })},
	{"decided_on", isDay, day(func(g given) calendar.Date { return g.DecidedOn })},
	{"status", isCoded, coded(func(g given) Coded {
		if g.Withdrawn {
			return Coded{Code: Withdrawn}
		}
		return g.Status
	})},
	{"public_until", isDay, day(func(g given) calendar.Date { return g.PublicUntil })},
	{"remark", isText, text(func(g given) string { return g.Remark })},
	{"penalty.violation", isText, text(func(g given) string { return g.Violation })},
	{"penalty.story", isText, text(func(g given) string { return g.Story })},
	{"penalty.basis", isText, text(func(g given) string { return g.Basis })},
	{"penalty.kinds", isCoded, func(g given) reading { return reading{coded: g.Kinds} }},
	{"penalty.fine", isMoney, money(func(g given) domain.Fen { return g.Fine })},
	{"penalty.confiscated", isMoney, money(func(g given) domain.Fen { return g.Confiscated })},
	{"penalty.licence_affected", isText, text(func(g given) string { return g.LicenceAffected })},
	{"penalty.effective_until", isDay, day(func(g given) calendar.Date { return g.EffectiveUntil })},
	{"licence.action", isCoded, coded(func(g given) Coded { return g.Action })},
	{"licence.category", isCoded, coded(func(g given) Coded { return g.Category })},
	{"licence.certificate", isText, text(func(g given) string { return g.Certificate })},
	{"licence.no", isText, text(func(g given) string { return g.LicenceNo })},
	{"licence.valid_from", isDay, day(func(g given) calendar.Date { return g.ValidFrom })},
	{"licence.valid_to", isDay, day(func(g given) calendar.Date { return g.ValidTo })},
}

// Withdrawn is the code of the status of what stands no more on a platform, beside the aggregate's own.
const Withdrawn = "withdrawn"

// Facts that are yes or no have the code yes, or none.
func flag(yes bool) Coded {
	if yes {
		return Coded{Code: "yes"}
	}
	return Coded{}
}

func (f Fact) row() (factRow, bool) {
	i := slices.IndexFunc(factTable, func(r factRow) bool { return r.fact == f })
	if i < 0 {
		return factRow{}, false
	}
	return factTable[i], true
}

func (g given) read(f Fact) reading {
	row, ok := f.row()
	if !ok {
		return reading{}
	}
	return row.read(g)
}

// all tells whether all conditions hold; of none they do.
func (g given) all(conditions []Condition) bool {
	return !slices.ContainsFunc(conditions, func(c Condition) bool { return !g.holds(c) })
}

func (g given) holds(c Condition) bool { return g.test(c) != c.Not }

func (g given) test(c Condition) bool {
	is := g.read(c.Fact)
	switch {
	case c.Given != nil:
		return is.given() == *c.Given
	case len(c.In) > 0:
		return slices.ContainsFunc(is.codes(), func(code string) bool { return slices.Contains(c.In, code) })
	case len(c.Prefix) > 0:
		return slices.ContainsFunc(c.Prefix, func(p string) bool { return strings.HasPrefix(is.text, p) })
	case len(c.Holds) > 0:
		return slices.ContainsFunc(c.Holds, func(h string) bool { return strings.Contains(is.text, h) })
	case c.NotBefore != "": // what isn't there is another rule's
		other := g.read(c.NotBefore).day
		return is.day.IsZero() || other.IsZero() || !is.day.Before(other)
	case c.NotAfter != "":
		other := g.read(c.NotAfter).day
		return is.day.IsZero() || other.IsZero() || !is.day.After(other)
	case c.NamedIn != "":
		return namedIn(is.fen, g.read(c.NamedIn).text)
	}
	return false
}
