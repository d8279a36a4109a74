package profile_test

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain/profile"
)

// compiled is a profile's schema, which has to be one of JSON Schema 2020-12.
func compiled(t testing.TB, p profile.Profile) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(p.Schema()))
	if err != nil {
		t.Fatalf("%s: %v", p.ID(), err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("urn:schema", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("urn:schema")
	if err != nil {
		t.Fatalf("%s: %v", p.ID(), err)
	}
	return s
}

// shown is a row's columns as an item has them.
func shown(columns []profile.Column) map[string]any {
	out := map[string]any{}
	for _, c := range columns {
		if c.Value != "" {
			out[c.Key] = c.Value
		}
	}
	return out
}

// Every row there is fits its profile's schema.
func TestRowsFitTheSchema(t *testing.T) {
	all := profile.Embedded().All()
	schemas := map[string]*jsonschema.Schema{}
	for _, p := range all {
		schemas[p.ID()] = compiled(t, p)
	}
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(all).Draw(t, "profile")
		row, problems := p.Row(anyFacts(t), today)
		if profile.Bars(problems) {
			return
		}
		if err := schemas[p.ID()].Validate(shown(row.Columns)); err != nil {
			t.Fatalf("%s: %v", p.ID(), err)
		}
	})
	for _, p := range all {
		for _, party := range []profile.Party{firm(), trader(), person()} {
			f := penaltyFacts()
			if p.Kind == profile.Licence {
				f = licenceFacts()
			}
			f.Party = party
			if err := schemas[p.ID()].Validate(shown(rowOf(t, p, f).Columns)); err != nil {
				t.Errorf("%s: %s: %v", p.ID(), party.Kind, err)
			}
		}
	}
}

// What a profile refuses, its schema refuses as far as columns show it.
func TestSchemaRefuses(t *testing.T) {
	tests := []struct {
		name, platform string
		kind           profile.Kind
		party          profile.Party
		change         func(map[string]any)
	}{
		{"without what is mandatory", "credit_china", profile.Penalty, firm(), func(c map[string]any) { delete(c, "CF_WSH") }},
		{"an unknown column", "credit_china", profile.Penalty, firm(), func(c map[string]any) { c["CF_ZT"] = "0" }},
		{"a personal column", "credit_china", profile.Penalty, person(), func(c map[string]any) { c["CF_XDR_ZJHM"] = "E1" }},
		{"a firm without code", "credit_china", profile.Penalty, firm(), func(c map[string]any) { delete(c, "CF_XDR_SHXYM") }},
		{"a person with a code", "credit_china", profile.Penalty, person(), func(c map[string]any) { c["CF_XDR_SHXYM"] = firmCode }},
		{"a placeholder without a number of registration", "credit_china", profile.Penalty, trader(), func(c map[string]any) { c["CF_XDR_SHXYM"] = placeholder }},
		{"a fine without amount", "credit_china", profile.Penalty, firm(), func(c map[string]any) { delete(c, "CF_NR_FK") }},
		{"an amount without fine", "credit_china", profile.Penalty, firm(), func(c map[string]any) { c["CF_CFLB"] = "警告" }},
		{"a fine among others without amount", "credit_china", profile.Penalty, firm(), func(c map[string]any) { c["CF_CFLB"] = "警告;罚款"; delete(c, "CF_NR_FK") }},
		{"an amount in yuan", "credit_china", profile.Penalty, firm(), func(c map[string]any) { c["CF_NR_FK"] = "2000" }},
		{"an amount as a number", "credit_china", profile.Penalty, firm(), func(c map[string]any) { c["CF_NR_FK"] = 0.2 }},
		{"an unknown kind", "credit_china", profile.Penalty, firm(), func(c map[string]any) { c["CF_CFLB"] = "罚金" }},
		{"a day with slashes", "credit_china", profile.Licence, firm(), func(c map[string]any) { c["XK_JDRQ"] = "2026/04/01" }},
		{"no day", "credit_china", profile.Licence, firm(), func(c map[string]any) { c["XK_JDRQ"] = "2026-02-30" }},
		{"an unknown status", "credit_china", profile.Licence, firm(), func(c map[string]any) { c["XK_ZT"] = "3" }},
		{"too long", "credit_china", profile.Licence, firm(), func(c map[string]any) { c["XK_WSH"] = string(bytes.Repeat([]byte("1"), 65)) }},
		{"nothing", "credit_china", profile.Licence, firm(), func(c map[string]any) { c["XK_XDR_MC"] = "" }},
		{"a firm's column of a person", "provincial", profile.Licence, person(), func(c map[string]any) { c["XK_FRDB"] = "张三" }},
		{"a firm as a trader", "provincial", profile.Licence, trader(), func(c map[string]any) { c["XK_XDR_LB"] = "个体工商户" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := penaltyFacts()
			if tt.kind == profile.Licence {
				f = licenceFacts()
			}
			f.Party = tt.party
			p := at(t, tt.platform, tt.kind)
			columns := shown(rowOf(t, p, f).Columns)
			tt.change(columns)
			if compiled(t, p).Validate(columns) == nil {
				t.Errorf("the schema takes %v", columns)
			}
		})
	}
}
