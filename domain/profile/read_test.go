package profile_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/profile"
)

// mini is a small sound file; tests change it.
const mini = `{"profiles": [
  {"platform": "city", "kind": "penalty", "version": "2026", "label": "某市", "label_en": "a city", "source": "对接说明", "from": "2026-01-01",
   "dates": {"file": "yyyy-MM-dd", "interface": "yyyy-MM-dd"}, "withdrawal": "delete",
   "tables": [{"name": "all", "label": "处罚", "parties": ["legal"]}],
   "fields": [
     {"key": "MC", "label": "名称", "fact": "party.name", "obligation": "M", "type": "text", "max": 10},
     {"key": "LB", "label": "类别", "fact": "penalty.kinds", "obligation": "O", "type": "codes", "codes": {"rows": [{"own": "fine", "words": "罚款"}]}},
     {"key": "FK", "label": "罚款", "fact": "penalty.fine", "obligation": "C", "type": "money", "when": [{"fact": "penalty.kinds", "in": ["fine"]}]},
     {"key": "RQ", "label": "日期", "fact": "decided_on", "obligation": "M", "type": "date"}
   ],
   "checks": [{"rule": "future", "field": "RQ", "must": [{"fact": "decided_on", "not_after": "today"}], "zh": "晚了", "en": "late"}]}
]}`

func TestReadAFile(t *testing.T) {
	ps, err := profile.Embedded().With([]byte(mini))
	if err != nil {
		t.Fatal(err)
	}
	p, ok := ps.At("city", profile.Penalty, today)
	if !ok || p.ID() != "city/penalty/2026" {
		t.Fatalf("found %s", p.ID())
	}
	if got, want := values(rowOf(t, p, func() profile.Facts { f := penaltyFacts(); f.Party.Name = "乌有公司"; return f }()).Columns),
		"MC=乌有公司\nLB=罚款\nFK=0.200000\nRQ=2026-03-16"; got != want {
		t.Errorf("got %s", got)
	}
	if len(profile.Embedded().All()) != len(ps.All())-1 {
		t.Error("reading a file changed the embedded profiles")
	}
}

// A profile that is like another one says what differs.
func TestLikeAnother(t *testing.T) {
	ps, err := profile.Embedded().With([]byte(`{"profiles": [{"like": "credit_china/penalty/2018", "version": "2027", "from": "2027-01-01",
		"fields": [{"key": "CF_SY", "label": "违法事实", "fact": "penalty.story", "obligation": "M", "type": "prose", "max": 10},
			{"key": "CF_ID", "label": "编号", "fact": "record", "obligation": "M", "type": "text"}],
		"drop": ["CF_CFJGDM"]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	p, _ := ps.At("credit_china", profile.Penalty, day("2027-01-01"))
	if before, _ := ps.At("credit_china", profile.Penalty, day("2026-12-31")); p.Version != "2027" || before.Version != "2018" {
		t.Errorf("from 2027 holds %s, before it %s", p.Version, before.Version)
	}
	f := penaltyFacts()
	f.Authority.USCC = firmCode // no column, no check
	row, problems := p.Row(f, today)
	if got, want := told(problems), "CF_SY length 违法事实：共18字，不得超过10字"; got != want || row.Columns != nil {
		t.Errorf("told %s", got)
	}
	if _, ok := p.Field("CF_CFJGDM"); ok || len(p.Fields) != 30 || p.Fields[29].Key != "CF_ID" || p.Label == "" || p.Withdrawal != profile.Delete {
		t.Errorf("%d columns, the last is %s", len(p.Fields), p.Fields[len(p.Fields)-1].Key)
	}
	if old := at(t, "credit_china", profile.Penalty); len(old.Fields) != 30 || old.Fields[29].Key != "BZ" {
		t.Error("the other one was changed")
	}
}

// A file that isn't understood whole is refused, and the error names the place.
func TestReadRefuses(t *testing.T) {
	tests := []struct{ old, new, want string }{
		{`"max": 10`, `"max_length": 10`, `line 2: city/penalty/2026: fields[0]: unknown field "max_length"`},
		{`"source"`, `"sauce"`, `line 2: unknown field "sauce"`},
		{`{"profiles"`, `{"profile"`, `line 1: unknown field "profile"`},
		{`"own": "fine"`, `"mine": "fine"`, `line 2: city/penalty/2026: fields[1]: unknown field "mine"`},
		{`"not_after"`, `"not_later"`, `line 2: city/penalty/2026: checks[0]: unknown field "not_later"`},
		{`"max": 10`, `"max": "10"`, `line 2: city/penalty/2026: fields[0]: max: a string does not belong here`},
		{`"max": 10`, `"max": -1`, `line 2: city/penalty/2026: fields.MC.max: a length in characters, of texts and words`},
		{`"from": "2026-01-01"`, `"from": "2026-02-30"`, `line 2: city/penalty/2026: from: date "2026-02-30": not a day written YYYY-MM-DD`},
		{`"from": "2026-01-01",`, ``, `line 2: city/penalty/2026: from: the first day is said`},
		{`"from": "2026-01-01"`, `"from": "2026-01-01", "until": "2025-01-01"`, `line 2: city/penalty/2026: until: the last day is not before the first`},
		{`"city"`, `"City"`, `line 2: City/penalty/2026: platform: a name of 1 to 40 small letters, digits, _ or -`},
		{`"kind": "penalty"`, `"kind": "fine"`, `line 2: city/fine/2026: kind: penalty or licence`},
		{`"version": "2026"`, `"version": ""`, `line 2: city/penalty/: version: a name of 1 to 40 small letters, digits, _ or -`},
		{`"label_en": "a city", `, ``, `line 2: city/penalty/2026: label: label, label_en and source are said`},
		{`"file": "yyyy-MM-dd"`, `"file": "dd.MM.yyyy"`, `line 2: city/penalty/2026: dates.file: a form is yyyy/MM/dd, yyyy-MM-dd or yyyy-MM-dd HH:mm:ss`},
		{`"file": "yyyy-MM-dd", `, ``, `line 2: city/penalty/2026: dates: file and interface have a form each`},
		{`"delete"`, `"drop"`, `line 2: city/penalty/2026: withdrawal: delete or modify`},
		{`"delete"`, `"modify"`, `line 2: city/penalty/2026: withdrawal: to modify there has to be a column of the fact status with words for withdrawn`},
		{`["legal"]`, `["firm"]`, `line 2: city/penalty/2026: tables[0].parties: each of legal, individual_business and natural is in one table at most: firm`},
		{`["legal"]`, `[]`, `line 2: city/penalty/2026: tables[0].parties: a table is for somebody`},
		{`"key": "LB"`, `"key": "MC"`, `line 2: city/penalty/2026: fields[1]: is there twice: MC`},
		{`"key": "MC"`, `"key": "mc"`, `line 2: city/penalty/2026: fields.mc.key: a key of its own, of 1 to 40 capitals, digits and _`},
		{`"obligation": "O"`, `"obligation": "X"`, `line 2: city/penalty/2026: fields.LB.obligation: M, C or O`},
		{`"obligation": "O"`, `"obligation": "C"`, `line 2: city/penalty/2026: fields.LB.when: a column of obligation C says when, and no other`},
		{`"obligation": "C"`, `"obligation": "M"`, `line 2: city/penalty/2026: fields.FK.when: a column of obligation C says when, and no other`},
		{`"fact": "party.name"`, `"fact": "party.nome"`, `line 2: city/penalty/2026: fields.MC.fact: no such fact: party.nome`},
		{`"fact": "party.name", `, ``, `line 2: city/penalty/2026: fields.MC.fact: what has to be filled is filled by a fact`},
		{`"fact": "party.name"`, `"fact": "penalty.fine"`, `line 2: city/penalty/2026: fields.MC.fact: a column of this type can't hold that fact`},
		{`"type": "date"`, `"type": "day"`, `line 2: city/penalty/2026: fields.RQ.type: text, prose, date, money, uscc, registration, codes or proof`},
		{`, "codes": {"rows": [{"own": "fine", "words": "罚款"}]}`, ``, `line 2: city/penalty/2026: fields.LB.codes: a list of words belongs to type codes and to the kind of a person's document`},
		{`{"own": "fine", "words": "罚款"}`, ``, `line 2: city/penalty/2026: fields.LB.codes.rows: there is one row at least`},
		{`"words": "罚款"`, `"words": ""`, `line 2: city/penalty/2026: fields.LB.codes.rows[0]: an own code and the platform's words, which don't hold what joins several`},
		{`"in": ["fine"]`, `"in": []`, `line 2: city/penalty/2026: fields.FK.when[0]: exactly one of given, in, prefix, holds, not_before, not_after and named_in`},
		{`"in": ["fine"]`, `"in": ["fine"], "given": true`, `line 2: city/penalty/2026: fields.FK.when[0]: exactly one of given, in, prefix, holds, not_before, not_after and named_in`},
		{`"in": ["fine"]`, `"prefix": ["fine"]`, `line 2: city/penalty/2026: fields.FK.when[0].prefix: a test that the fact is not good for`},
		{`"not_after": "today"`, `"not_after": "content"`, `line 2: city/penalty/2026: checks[0].must[0].not_after: a test that the fact is not good for`},
		{`"field": "RQ"`, `"field": "XX"`, `line 2: city/penalty/2026: checks[0].field: no such column: XX`},
		{`"zh": "晚了"`, `"zh": ""`, `line 2: city/penalty/2026: checks[0].zh: what is wrong is said in Chinese (zh) and English (en)`},
		{`"max": 10`, `"max": 10, "unverified": ["length"]`, `line 2: city/penalty/2026: fields.MC.unverified: one of label, obligation, when, empty_when, type, max, codes, stand_in, not length`},
		{`"max": 10`, `"max": 10, "tables": ["some"]`, `line 2: city/penalty/2026: fields.MC.tables: no such table: some`},
		{`"max": 10`, `"max": 10, "lenient": ["check"]`, `line 2: city/penalty/2026: fields.MC.lenient: belongs to type uscc`},
		{`"max": 10`, `"max": 10, "stand_in": {"value": "无", "when": []}`, `line 2: city/penalty/2026: fields.MC.stand_in: a value and when it is written, of a column that is not personal`},
		{`"city", "kind"`, `"credit_china", "kind"`, ``}, // another day, another version: that is how one follows another
		{`"city", "kind": "penalty", "version": "2026"`, `"credit_china", "kind": "penalty", "version": "2018"`, `line 2: credit_china/penalty/2018: version: there is such a profile; what it says never changes, so another one needs another version`},
		{`"platform": "city"`, `"like": "city/penalty/1"`, `line 2: /penalty/2026: like: no such profile: city/penalty/1`},
		{`"platform": "city"`, `"platform": "city", "drop": ["MC"]`, `line 2: city/penalty/2026: drop: no such column: MC`},
		{"]}\n]}", "]}\n]} {}", `line 1: nothing comes after the object`},
		{"]}\n]}", "]}", `line 1: unexpected EOF`},
	}
	for _, tt := range tests {
		t.Run(tt.new, func(t *testing.T) {
			text := strings.Replace(mini, tt.old, tt.new, 1)
			if text == mini {
				t.Fatal("nothing was changed")
			}
			ps, err := profile.Embedded().With([]byte(text))
			fault, ok := errors.AsType[*profile.FormatError](err)
			if tt.want == "" && err == nil {
				return
			}
			if !ok || fault.Error() != "profiles: "+tt.want {
				t.Errorf("got  %v\nwant profiles: %s", err, tt.want)
			}
			if len(ps.All()) != len(profile.Embedded().All()) {
				t.Error("a part of the file was taken")
			}
		})
	}
	t.Run("the same first day", func(t *testing.T) {
		twice := strings.Replace(mini, "]}\n]}", `]}, {"like": "city/penalty/2026", "version": "b", "from": "2026-01-01"}]}`, 1)
		if _, err := profile.Embedded().With([]byte(twice)); err == nil || !strings.Contains(err.Error(), "city/penalty/b: from: a profile of the platform and kind begins on that day: city/penalty/2026") {
			t.Error(err)
		}
	})
}

func FuzzWith(f *testing.F) {
	f.Add([]byte(mini))
	f.Add([]byte(`{"profiles": [{"like": "provincial/licence/2018", "version": "x", "from": "2030-01-01", "drop": ["XK_XDR_MC"]}]}`))
	f.Add([]byte(`{"profiles": [null, {}]}`))
	f.Add([]byte(`{"profiles": [{"fields": [null], "checks": [null], "dates": null}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		ps, err := profile.Embedded().With(data)
		if err != nil {
			if _, ok := errors.AsType[*profile.FormatError](err); !ok {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		for _, p := range ps.All() {
			for _, facts := range []profile.Facts{penaltyFacts(), licenceFacts()} {
				row, problems := p.Row(facts, today)
				if (row.Table == "") != profile.Bars(problems) {
					t.Fatalf("%s: table %q with %v", p.ID(), row.Table, problems)
				}
				if back, bad, ok := p.Read(p.Written(row, profile.File), profile.File); !ok || len(back) != len(row.Columns) {
					t.Fatalf("%s: %s does not come back", p.ID(), bad)
				}
			}
			if !json.Valid(p.Schema()) {
				t.Fatalf("%s: no schema", p.ID())
			}
		}
		_ = ps.Markdown()
	})
}

var (
	writeProfiles = flag.Bool("write-profiles", false, "write deploy/profiles.md anew")
	update        = flag.Bool("update", false, "add profiles to testdata/digests.txt that are not there yet; one that is there is never changed")
)

func TestDocumentation(t *testing.T) {
	path := filepath.Join("..", "..", "deploy", "profiles.md")
	want := profile.Embedded().Markdown()
	if *writeProfiles {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s is not what the profiles say (%v); go test ./domain/profile -run Documentation -write-profiles writes it", path, err)
	}
	for _, p := range profile.Embedded().All() {
		for _, f := range p.Fields {
			if !strings.Contains(want, "\n| "+f.Key+" | "+f.Label) {
				t.Errorf("%s: %s is not told of", p.ID(), f.Key)
			}
		}
	}
}

// What a profile says under its id never changes: rows name it for good.
func TestProfilesStay(t *testing.T) {
	path := filepath.Join("testdata", "digests.txt")
	had, err := os.ReadFile(path)
	if err != nil && !*update {
		t.Fatal(err)
	}
	text := string(had)
	for _, p := range profile.Embedded().All() {
		data, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprintf("%s %x\n", p.ID(), sha256.Sum256(data))
		switch {
		case strings.Contains(text, line):
		case strings.Contains(text, p.ID()+" "):
			t.Errorf("%s says something else than it did; give what is new another version", p.ID())
		case *update:
			text += line
		default:
			t.Errorf("%s is not in %s; -update adds it", p.ID(), path)
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
