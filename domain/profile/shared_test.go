package profile_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/profile"
)

// codeProblems are the rules that a party's code breaks in an otherwise sound record, a warning marked with ~.
func codeProblems(t *testing.T, p profile.Profile, name, code string) string {
	t.Helper()
	f := licenceFacts()
	f.Party.Name, f.Party.USCC = name, code
	if strings.HasPrefix(code, "92") {
		f.Party.Kind = "individual_business"
	}
	row, problems := p.Row(f, today)
	var out []string
	for _, problem := range problems {
		mark := ""
		if problem.Warning {
			mark = "~"
		}
		out = append(out, mark+problem.Field+" "+string(problem.Rule))
	}
	if !profile.Bars(problems) && row.Value("XK_XDR_SHXYM") != code {
		t.Errorf("%s stands in the row as %s", code, row.Value("XK_XDR_SHXYM"))
	}
	return strings.Join(out, ", ")
}

// Codes that were really issued stand in rows: sound ones, and with a warning those that GB 32100 doesn't give.
func TestRealCodes(t *testing.T) {
	p := at(t, "credit_china", profile.Licence)
	seen := 0
	for code := range strings.FieldsSeq(string(shared(t, "enterprises/uscc-valid.txt"))) {
		if got := codeProblems(t, p, "某公司", code); got != "" && got != "~XK_XDR_SHXYM code" {
			t.Errorf("%s: %s", code, got)
		} else if got == "" {
			seen++
		}
	}
	if seen < 4900 {
		t.Errorf("only %d codes have nothing to warn of", seen)
	}
	rows, err := csv.NewReader(bytes.NewReader(shared(t, "enterprises/uscc-nonconforming.csv"))).ReadAll()
	if err != nil || len(rows) < 200 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		got := codeProblems(t, p, "某公司", row[0])
		for part := range strings.SplitSeq(got, ", ") {
			if part != "~XK_XDR_SHXYM code" {
				t.Errorf("%s (%s): %s", row[0], row[1], got)
			}
		}
	}
}

// Names and codes of real registers stand in rows as they are.
func TestRealEnterprises(t *testing.T) {
	p := at(t, "credit_china", profile.Licence)
	for _, name := range []string{"enterprises/xizang-2019.csv", "enterprises/ningxia-2018.csv"} {
		rows, err := csv.NewReader(bytes.NewReader(shared(t, name))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1:] {
			if got := codeProblems(t, p, row[0], row[1]); got != "" {
				t.Errorf("%s %s: %s", row[0], row[1], got)
			}
		}
	}
}
