package sheet

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

func mustMapping(t testing.TB, yaml string) *Mapping {
	t.Helper()
	m, err := ReadMapping(strings.NewReader(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMappingErrorsNameTheKey(t *testing.T) {
	t.Parallel()
	subject := func(rule string) string { return "kind: subjects\ncolumns:\n  code: {column: c}\n  " + rule }
	tests := map[string]struct{ yaml, want string }{
		"empty":             {"", "empty"},
		"unknown key":       {"kind: subjects\ncolunms: {}", `unknown key "colunms"`},
		"unknown rule key":  {subject("name: {colum: n}"), `unknown key "colum"`},
		"kind":              {"kind: firms\ncolumns: {code: {column: c}}", "kind"},
		"no columns":        {"kind: subjects", "columns"},
		"unknown field":     {subject("title: {column: n}"), "columns.title"},
		"no source":         {subject("name: {required: true}"), "columns.name: give exactly one"},
		"two sources":       {subject("name: {column: n, const: x}"), "columns.name: give exactly one"},
		"join of one":       {subject("name: {join: {columns: a}}"), "columns.name: join.columns"},
		"required const":    {subject("name: {const: x, required: true}"), "columns.name: const"},
		"date of text":      {subject("name: {column: n, date: excel}"), "columns.name: date"},
		"layout":            {subject("registered_on: {column: n, date: yyyy-mm-dd}"), "columns.registered_on: date"},
		"layout of a month": {subject("registered_on: {column: n, date: 2006-01}"), "columns.registered_on: date"},
		"money of text":     {subject("name: {column: n, money: yuan}"), "columns.name: money"},
		"split of text":     {subject("name: {column: n, split: ;}"), "columns.name: split"},
		"lone otherwise":    {subject("name: {column: n, otherwise: x}"), "columns.name: otherwise"},
		"pattern":           {subject("name: {column: n, extract: '('}"), "columns.name: extract"},
		"two groups":        {subject("name: {column: n, extract: '(a)(b)'}"), "columns.name: extract"},
		"two alike":         {subject("name: {column: n, map: {Ａ: x, A: y}}"), "columns.name: map"},
		"unknown default":   {subject("name: {column: n}\ndefaults: {nam: x}"), "defaults.nam"},
		"two defaults":      {subject("name: {column: n, default: x}\ndefaults: {name: y}"), "defaults.name"},
		"no key":            {"kind: subjects\ncolumns: {name: {column: n}}", "subjects need code, or reg_no, or ext"},
		"skip without test": {subject("name: {column: n}\nskip_when: [{column: n}]"), "skip_when[0]"},
		"skip pattern":      {subject("name: {column: n}\nskip_when: [{column: n, matches: '['}]"), "skip_when[0]"},
		"penalty text":      {subject("name: {column: n}\npenalty_text: name"), "penalty_text"},
		"penalty doubts":    {subject("name: {column: n}\npenalty_doubts: warn"), "penalty_doubts"},
		"column of a map":   {subject("name: {column: {a: b}}"), "want a text or a list of texts"},
		"two documents":     {"kind: subjects\ncolumns: {code: {column: c}}\n---\nkind: x", "more than one document"},
		"amount unit": {"kind: penalties\ncolumns:\n  decision_no: {column: a}\n  party_name: {column: b}\n  authority: {column: c}\n" +
			"  decided_on: {column: d}\n  fine_fen: {column: e}", "columns.fine_fen: money: state the unit"},
	}
	for name, test := range tests {
		_, err := ReadMapping(strings.NewReader(test.yaml))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v; want %q", name, err, test.want)
		}
	}
}

func TestMappingReportsEveryFault(t *testing.T) {
	t.Parallel()
	_, err := ReadMapping(strings.NewReader("kind: subjects\ncolumns: {code: {}, nome: {column: x}, name: {column: y, extract: '('}}"))
	for _, want := range []string{"columns.code", "columns.nome", "columns.name"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
}

func TestDemoMappingsLoad(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join(moduleRoot, "deploy", "demo", "mappings", "*.yaml"))
	if err != nil || len(paths) < 4 {
		t.Fatalf("%d mappings, %v", len(paths), err)
	}
	for _, path := range paths {
		if _, err := LoadMapping(path); err != nil {
			t.Error(err)
		}
	}
	if _, err := LoadMapping(filepath.Join(t.TempDir(), "none.yaml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// FuzzMapping wants that no mapping file, however odd, makes the reader fail otherwise than with an error or a problem.
func FuzzMapping(f *testing.F) {
	f.Add("kind: subjects\ncolumns: {code: {column: c, required: true}, registered_on: {column: d, date: excel}}\nempty: [x]")
	f.Add("kind: penalties\npenalty_text: content\ncolumns: {content: {column: c}, decision_no: {column: d}}")
	f.Add("kind: inspectors\ncolumns: {id: {join: {columns: [c, d], with: '-'}}, lines: {column: d, split: ['、', ';']}}")
	f.Add("kind: subjects\ncolumns: {ext: {column: c, prefix: 'x:', map: {a: b}, otherwise: ''}}\nskip_when: [{column: d, empty: true}]")
	f.Fuzz(func(t *testing.T, yaml string) {
		m, err := ReadMapping(strings.NewReader(yaml))
		if err != nil {
			return
		}
		for _, text := range []string{"", "a", "43466", "2019-01-01", "１，０００"} {
			for field, rule := range m.Columns {
				b := bound{field: field, typ: m.schema.fields[field], rule: rule, cols: []int{0}}
				r := &Reader{m: m, dayZero: 1900, opts: Options{PersonalData: PersonalRefuse}, plan: []bound{b}, heads: []string{"c"}}
				row := r.row(record{line: 2, last: 2, cells: []cell{{text: text}}})
				if len(row.Problems) == 0 && row.NaturalKey() == "" {
					t.Fatalf("%s of %q: neither key nor problem: %+v", field, text, row)
				}
			}
		}
	})
}
