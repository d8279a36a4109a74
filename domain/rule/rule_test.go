package rule_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"pgregory.net/rapid"
)

var day = calendar.MustParse

func TestEmbeddedTablesAreWhole(t *testing.T) {
	t.Parallel()
	tables := rule.Embedded()
	sections := tables.Rules()
	if len(sections) != 6 {
		t.Errorf("%d sections", len(sections))
	}
	for section, heads := range sections {
		for _, h := range heads {
			if h.Source == "" || h.ValidFrom.IsZero() || h.ID == "" {
				t.Errorf("%s: %+v", section, h)
			}
			if strings.Contains(h.Note, "未核实") && h.Confirmed() {
				t.Errorf("%s: %s says that it is not confirmed, and is", section, h.ID)
			}
		}
	}
	if again := rule.Embedded().Version(); again != tables.Version() || !strings.HasPrefix(again, "rules-") {
		t.Errorf("version %q, then %q", tables.Version(), again)
	}
}

const ours = `{
  "thresholds": [
    {"id": "lesser-fine-44", "valid_from": "2026-01-01", "jurisdiction": "440000",
      "source": "省局通知", "party": "organisation", "below_fen": 1000000}
  ],
  "publicity": [
    {"id": "ndrc-36-minor", "valid_from": "2026-04-01", "jurisdiction": "CN", "source": "省局意见",
      "record": "penalty", "outlets": ["credit_china"], "when": {"scheme": "ndrc-36", "class": "minor"},
      "start": "decided", "months": 3, "early": "allowed"}
  ]
}`

// merged are the embedded tables with a file of an operator.
func merged(t testing.TB, file string) rule.Tables {
	t.Helper()
	more, err := rule.Read([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	tables, err := rule.Embedded().Merge(more)
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

func TestAnOperatorsFileTakesTheRulesPlace(t *testing.T) {
	t.Parallel()
	base, tables := rule.Embedded(), merged(t, ours)
	c := rule.Case{
		Record: rule.Penalty, Procedure: "ordinary", Kinds: []string{"fine"}, FineFen: 5000_00,
		Jurisdiction: "440106", DecidedOn: day("2026-05-11"), PublishedOn: day("2026-05-12"),
	}
	before, hiddenBefore := base.Terms(c)
	after, hiddenAfter := tables.Terms(c)
	if len(before) != 3 || len(hiddenBefore) != 0 || before[2].Rule != "ndrc-36-ordinary" {
		t.Errorf("before: %+v, %+v", before, hiddenBefore)
	}
	if len(after) != 3 || len(hiddenAfter) != 0 || after[2].Rule != "ndrc-36-minor" || after[2].Until != day("2026-08-11") ||
		after[0].Rule != "samr-2025-3-months" {
		t.Errorf("after: %+v, %+v", after, hiddenAfter)
	}
	if before[0].Version == after[0].Version || after[0].Version != tables.Version() || before[0].Version != base.Version() {
		t.Errorf("versions %s and %s", before[0].Version, after[0].Version)
	}
	c.Jurisdiction = "450100" // the neighbour's threshold does not hold there
	if terms, _ := tables.Terms(c); terms[0].Rule != "samr-2025-ordinary" {
		t.Errorf("next door: %+v", terms)
	}
}

func TestAFileThatIsNotUnderstoodIsRefusedWithLineAndField(t *testing.T) {
	t.Parallel()
	const head = `"valid_from": "2026-01-01", "jurisdiction": "CN", "source": "x"`
	clock := func(more string) string {
		return "{\n\"clocks\": [\n{\"id\": \"c-1\", " + head + ", \"trigger\": \"aa.bb\", \"met_by\": [\"cc.dd\"], \"duty\": \"d\", \"duty_en\": \"d\", " + more + "}]}"
	}
	for name, test := range map[string]struct{ file, want string }{
		"no object":            {`[]`, "line 1: a file of rules is a JSON object"},
		"unknown section":      {"{\n\"rules\": []}", "line 2: rules: a section is"},
		"no list":              {"{\"clocks\": {}}", "line 1: a section is a list"},
		"unknown field":        {clock(`"unit": "working", "days": 7`), `unknown field "days"`},
		"wrong type":           {clock("\n" + `"unit": "working", "n": "7"`), "n: a string does not belong here"},
		"broken":               {"{\n\n\"clocks\": [}", "line 3: "},
		"more":                 {"{}{}", "nothing comes after the object"},
		"no id":                {`{"clocks":[{}]}`, "line 1: id: an id has"},
		"no source":            {`{"clocks":[{"id":"c-1","valid_from":"2026-01-01","jurisdiction":"CN"}]}`, "line 1: c-1: source: a rule names its source"},
		"no such day":          {`{"clocks":[{"id":"c-1","valid_from":"2026-02-30"}]}`, "2026-02-30"},
		"ends before it began": {`{"clocks":[{"id":"c-1","valid_from":"2026-02-03","valid_to":"2026-02-02"}]}`, "valid_to: the last day is not before the first"},
		"jurisdiction":         {`{"clocks":[{"id":"c-1","valid_from":"2026-02-03","jurisdiction":"33"}]}`, "jurisdiction: a jurisdiction is CN or six digits"},
		"unit":                 {clock(`"unit": "weeks", "n": 2`), "line 3: c-1: unit: a unit is working, calendar or date"},
		"date with days":       {clock(`"unit": "date", "n": 2, "day": "10"`), "n: a clock in days"},
		"no such date":         {clock(`"unit": "date", "day": "13-01"`), "day: a day is MM-DD or DD"},
		"twice": {"{\"thresholds\": [\n{\"id\": \"t-1\", " + head + ", \"party\": \"person\", \"below_fen\": 1},\n{\"id\": \"t-1\", " +
			head + ", \"party\": \"person\", \"below_fen\": 2}]}", "line 3: t-1: id: an id is there once"},
		"outlet": {"{\"publicity\": [{\"id\": \"p-1\", " + head + ", \"record\": \"penalty\", \"outlets\": [\"wall\"]}]}", "outlets: an outlet is"},
		"kind": {"{\"publicity\": [{\"id\": \"p-1\", " + head + ", \"record\": \"penalty\", \"outlets\": [\"portal\"], \"when\": {\"only_kinds\": [\"scolding\"]}}]}",
			"when.kinds: a kind is a code"},
		"no start": {"{\"publicity\": [{\"id\": \"p-1\", " + head + ", \"record\": \"penalty\", \"outlets\": [\"portal\"], \"months\": 3}]}", "start: a period has its start"},
		"one language": {"{\"publicity\": [{\"id\": \"p-1\", " + head + ", \"record\": \"penalty\", \"outlets\": [\"portal\"], \"hidden\": \"x\"}]}",
			"hidden_en: a reason is in both languages"},
		"rows twice": {"{\"codes\": [{\"id\": \"t-1\", " + head + ", \"name\": \"ab\", \"rows\": [{\"code\": \"1\", \"label\": \"x\"}, {\"code\": \"1\", \"label\": \"y\"}]}]}",
			"rows: the code 1 is there once"},
	} {
		_, err := rule.Read([]byte(test.file))
		format, ok := errors.AsType[*rule.FormatError](err)
		if !ok || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		} else if format.Line == 0 {
			t.Errorf("%s: no line in %v", name, err)
		}
	}
}

func TestAMergeIsRefusedThatSpeaksOfWhatThereIsNot(t *testing.T) {
	t.Parallel()
	more, err := rule.Read([]byte(`{"publicity": [{"id": "p-1", "valid_from": "2026-01-01", "jurisdiction": "CN", "source": "x",
		"record": "penalty", "outlets": ["portal"], "when": {"scheme": "ndrc-36", "class": "dreadful"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = rule.Embedded().Merge(more); err == nil || !strings.Contains(err.Error(), "p-1: when.class: no severity row") {
		t.Errorf("%v", err)
	}
}

// genCase draws any case, also those that no law knows.
func genCase(t *rapid.T) rule.Case {
	date := func(label string) calendar.Date {
		return day("2007-01-01").AddDays(rapid.IntRange(0, 9000).Draw(t, label))
	}
	c := rule.Case{
		Record: rapid.SampledFrom([]rule.Record{
			rule.Inspection, rule.Penalty, rule.Licence, rule.Listing, rule.Sampling, "", "x",
		}).Draw(t, "record"),
		Procedure:    rapid.SampledFrom([]string{"ordinary", "summary", ""}).Draw(t, "procedure"),
		Kinds:        rapid.SliceOfNDistinct(rapid.SampledFrom(rule.PenaltyKinds()), 0, 4, rapid.ID).Draw(t, "kinds"),
		FineFen:      rapid.Int64Range(0, 1_000_000_00).Draw(t, "fine"),
		Party:        rapid.SampledFrom([]rule.Party{rule.Person, rule.Organisation, ""}).Draw(t, "party"),
		List:         rapid.SampledFrom([]rule.List{rule.Abnormal, rule.Serious, ""}).Draw(t, "list"),
		Problem:      rapid.Bool().Draw(t, "problem"),
		Jurisdiction: rapid.SampledFrom([]string{"", "310113", "520103", "350200", "999999"}).Draw(t, "place"),
		DecidedOn:    date("decided"), PublishedOn: date("published"),
	}
	if rapid.Bool().Draw(t, "restricted") {
		c.RestrictedUntil = date("until")
	}
	return c
}

func TestEveryOutletShowsARecordOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	tables := rule.Embedded()
	rapid.Check(t, func(t *rapid.T) {
		c := genCase(t)
		terms, hidden := tables.Terms(c)
		var outlets []rule.Outlet
		for _, term := range terms {
			outlets = append(outlets, term.Outlet)
			switch {
			case term.Rule == "" || term.Version != tables.Version():
				t.Fatalf("no rule: %+v", term)
			case term.From != c.PublishedOn:
				t.Fatalf("it begins on another day: %+v", term)
			case !term.Until.IsZero() && term.Until.Before(term.From):
				t.Fatalf("it ends before it begins: %+v", term)
			case (term.Early == rule.EarlyAllowed) == term.Earliest.IsZero(), !term.Earliest.IsZero() && term.Earliest.Before(term.From):
				t.Fatalf("early end: %+v", term)
			}
		}
		for _, h := range hidden {
			outlets = append(outlets, h.Outlet)
			if h.ZH == "" || h.EN == "" || h.Version == "" || (h.Code == "no_rule") != (h.Rule == "") {
				t.Fatalf("no reason: %+v", h)
			}
		}
		slices.Sort(outlets)
		want := rule.Outlets()
		slices.Sort(want)
		if !slices.Equal(outlets, want) {
			t.Fatalf("outlets %v", outlets)
		}
	})
}

// TestARuleOfAnotherDaySaysNothing: what a day's rules say does not change when rules of later days come.
func TestARuleOfAnotherDaySaysNothing(t *testing.T) {
	t.Parallel()
	later := merged(t, `{"publicity": [{"id": "later", "valid_from": "2033-01-01", "jurisdiction": "CN", "source": "x",
		"record": "penalty", "outlets": ["portal", "gsxt", "credit_china"], "hidden": "无", "hidden_en": "none"}]}`)
	rapid.Check(t, func(t *rapid.T) {
		c := genCase(t)
		was, hidden := rule.Embedded().Terms(c)
		is, hiddenNow := later.Terms(c)
		same := slices.EqualFunc(was, is, func(a, b rule.Term) bool { a.Version, b.Version = "", ""; return a == b }) &&
			slices.EqualFunc(hidden, hiddenNow, func(a, b rule.NotShown) bool { a.Version, b.Version = "", ""; return a == b })
		if !same {
			t.Fatalf("%+v %+v became %+v %+v", was, hidden, is, hiddenNow)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(ours))
	f.Add([]byte(`{"clocks":[{"id":"c-1","valid_from":"2026-01-01","jurisdiction":"CN","source":"x","trigger":"aa.bb","met_by":["cc.dd"],"duty":"d","duty_en":"d","unit":"date","day":"02-30"}]}`))
	f.Add([]byte(`{"codes": [], "items": []}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		tables, err := rule.Read(data)
		if err != nil {
			if _, ok := errors.AsType[*rule.FormatError](err); !ok {
				t.Fatalf("another error: %v", err)
			}
			return
		}
		for _, c := range tables.Clocks {
			if due := c.Due(calendar.Embedded(), day("2024-01-31")); due.Date.Before(day("2024-01-31")) {
				t.Fatalf("%s is due before it starts: %+v", c.ID, due)
			}
		}
		tables.Catalogue(day("2026-01-01"), "310000")
	})
}
