package rule

import (
	"slices"
	"strconv"
	"strings"
)

// Breach is a field of a rule that is not as it has to be.
type Breach struct{ Field, Says string }

// firstBreach is the first thing wrong with a rule. Against empty tables only what a rule says by itself is looked at.
func firstBreach(r row, all Tables) *Breach {
	h := r.head()
	for _, b := range append(h.check(), r.check(all)...) {
		if b.Says != "" {
			return &b
		}
	}
	return nil
}

// check looks at what rules say of each other.
func (t Tables) check() error {
	for _, r := range t.rows() {
		if b := firstBreach(r.row, t); b != nil {
			return &FormatError{ID: r.row.head().ID, Field: b.Field, Says: b.Says}
		}
	}
	return nil
}

func (h *Head) check() []Breach {
	return []Breach{
		need("id", plain(h.ID), "an id has 2 to 64 small letters, digits and hyphens"),
		need("valid_from", !h.ValidFrom.IsZero(), "a rule has its first day"),
		need("valid_to", h.ValidTo.IsZero() || !h.ValidTo.Before(h.ValidFrom), "the last day is not before the first"),
		need("jurisdiction", h.Jurisdiction == National || len(h.Jurisdiction) == 6 && digits(h.Jurisdiction),
			"a jurisdiction is CN or six digits"),
		need("source", strings.TrimSpace(h.Source) != "", "a rule names its source"),
		need("unconfirmed", !slices.Contains(h.Unconfirmed, ""), "a field has a name"),
	}
}

func (p *Publicity) check(all Tables) []Breach {
	return append(p.When.check(all),
		need("record", p.Record != "" && known(p.Record), "a record is inspection, penalty, licence, listing or sampling"),
		need("outlets", len(p.Outlets) > 0, "a rule names its outlets"),
		need("outlets", within(texts(p.Outlets), texts(Outlets())), "an outlet is portal, gsxt or credit_china"),
		need("start", oneOf(p.Start, FromPublication, FromDecision), "a period starts when it is published or decided"),
		need("start", p.Months == 0 && p.EarlyAfter == 0 || p.Start != "", "a period has its start"),
		need("months", p.Months >= 0 && p.Months <= 1200, "a period has 0 to 1200 months"),
		need("early", oneOf(p.Early, EarlyAllowed, EarlyForbidden), "early is allowed or forbidden"),
		need("early_after", p.EarlyAfter >= 0 && (p.EarlyAfter == 0 || p.Early == EarlyAllowed), "only an early end that is allowed has its first day"),
		need("early_after", p.Months == 0 || p.EarlyAfter <= p.Months, "an early end is not after the end"),
		need("restricted", !p.Restricted || p.Months > 0, "what lasts as long as a limit lasts some months at least"),
		need("hidden_en", (p.Hidden == "") == (p.HiddenEN == ""), "a reason is in both languages"),
	)
}

func (w Condition) check(all Tables) []Breach {
	kinds := slices.Concat(w.OnlyKinds, w.AnyKinds)
	return []Breach{
		need("when.procedure", oneOf(w.Procedure, "ordinary", "summary"), "a procedure is ordinary or summary"),
		need("when.kinds", within(kinds, PenaltyKinds()), "a kind is a code of 行政处罚法 art. 9"),
		need("when.fine", oneOf(w.Fine, Lesser), "a fine is lesser, or is not looked at"),
		need("when.list", oneOf(w.List, Abnormal, Serious), "a list is abnormal or serious"),
		need("when.class", (w.Class == "") == (w.Scheme == ""), "a class is one of a scheme"),
		need("when.class", w.Class == "" || len(all.Severities) == 0 || slices.ContainsFunc(all.Severities, func(s Severity) bool {
			return s.Scheme == w.Scheme && s.Class == w.Class
		}), "no severity row has this scheme and class"),
	}
}

func (s *Severity) check(all Tables) []Breach {
	return append(s.When.check(all),
		need("scheme", plain(s.Scheme), "a scheme has 2 to 64 small letters, digits and hyphens"),
		need("record", s.Record != "" && known(s.Record), "a record is inspection, penalty, licence, listing or sampling"),
		need("class", plain(s.Class), "a class has 2 to 64 small letters, digits and hyphens"),
		need("when.class", s.When.Class == "", "a class does not rest on a class"),
	)
}

func (t *Threshold) check(Tables) []Breach {
	return []Breach{
		need("party", t.Party == Person || t.Party == Organisation, "a party is person or organisation"),
		need("below_fen", t.BelowFen >= 0, "an amount is not negative"),
	}
}

func (c *Clock) check(Tables) []Breach {
	return []Breach{
		need("trigger", happening(c.Trigger), "a trigger is written like penalty.decided"),
		need("met_by", len(c.MetBy) > 0 && !slices.ContainsFunc(c.MetBy, not(happening)), "a clock says what stops it, like disclosure.published"),
		need("lapsed_by", !slices.ContainsFunc(c.LapsedBy, not(happening)), "what ends a duty is written like penalty.revoked"),
		need("duty", strings.TrimSpace(c.Duty) != "", "a clock says what is due"),
		need("duty_en", strings.TrimSpace(c.DutyEN) != "", "a clock says what is due, in English too"),
		need("record", known(c.Record), "a record is inspection, penalty, licence, listing or sampling"),
		need("outlet", oneOf(c.Outlet, Outlets()...), "an outlet is portal, gsxt or credit_china"),
		need("unit", c.Unit == Working || c.Unit == Calendar || c.Unit == OnDate, "a unit is working, calendar or date"),
		need("n", c.N >= 0 && c.N <= 3660 && (c.N > 0) == (c.Unit != OnDate), "a clock in days has 1 to 3660 of them, another none"),
		need("day", (c.Day != "") == (c.Unit == OnDate) && (c.Day == "" || day(c.Day)), "a day is MM-DD or DD, for the unit date"),
		need("extension", c.Extension >= 0 && (c.Extension == 0 || c.Unit != OnDate), "an extension is in days"),
	}
}

func (c *CodeTable) check(Tables) []Breach {
	out := []Breach{
		need("name", plain(c.Name), "a name has 2 to 64 small letters, digits and hyphens"),
		need("rows", len(c.Rows) > 0, "a table has rows"),
	}
	seen := map[string]bool{}
	for _, r := range c.Rows {
		out = append(out, need("rows", r.Code != "" && r.Label != "", "a row has a code and a label"),
			need("rows", !seen[r.Code+"\n"+r.Own], "the code "+r.Code+" is there once"))
		seen[r.Code+"\n"+r.Own] = true
	}
	return out
}

// PenaltyKinds lists the codes of the kinds of penalty, in the order of 行政处罚法 art. 9.
func PenaltyKinds() []string {
	return []string{
		"warning", "criticism", "fine", "confiscation_gains", "confiscation_goods", "licence_suspended", "grade_lowered",
		"licence_revoked", "activity_limited", "business_suspended", "closure", "profession_limited", "detention", "other",
	}
}

func need(field string, ok bool, says string) Breach {
	if ok {
		return Breach{}
	}
	return Breach{field, says}
}

// happening tells whether a word names something that happens to a record.
func happening(s string) bool {
	record, what, ok := strings.Cut(s, ".")
	return ok && plain(record) && plain(strings.ReplaceAll(what, ".", ""))
}

func not(is func(string) bool) func(string) bool { return func(s string) bool { return !is(s) } }

func known(r Record) bool { return oneOf(r, Inspection, Penalty, Licence, Listing, Sampling) }

func texts[S ~string](words []S) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return out
}

func plain(s string) bool {
	ok := func(c rune) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' }
	return len(s) >= 2 && len(s) <= 64 && !strings.ContainsFunc(s, func(c rune) bool { return !ok(c) })
}

func digits(s string) bool {
	_, err := strconv.ParseUint(s, 10, 64)
	return err == nil && s[0] != '+'
}

func day(s string) bool {
	month, of, yearly := strings.Cut(s, "-")
	if !yearly {
		month, of = "01", s
	}
	m, d := number(month), number(of)
	return m >= 1 && m <= 12 && d >= 1 && d <= 31
}
