package sheet

import (
	"strings"
	"testing"
)

func TestPlaceNamesColumnAndValue(t *testing.T) {
	t.Parallel()
	m, err := ReadMapping(strings.NewReader("kind: subjects\ncolumns:\n  code: {column: 代码}\n  name: {column: 名称}\n  district: {column: 区划}\n  kind: {const: enterprise}\n"))
	if err != nil {
		t.Fatal(err)
	}
	path := tempFile(t, "f.csv", "代码,名称,区划\nab １,证件11010519491231002X,\n")
	row := all(t, open(t, path, Options{Mapping: m, PersonalData: PersonalWarn}))[0]
	for field, want := range map[string]Problem{
		"code":     {Line: 2, Field: "code", Column: "代码", Value: "ab １"},
		"name":     {Line: 2, Field: "name", Column: "名称", Value: "11**************2X"},
		"district": {Line: 2, Field: "district", Column: "区划"},
		"kind":     {Line: 2, Field: "kind"},
		"industry": {Line: 2, Field: "industry"},
		"":         {Line: 2},
	} {
		if got := row.Place(Problem{Line: 9, Field: field}); got != want {
			t.Errorf("%s: %+v, want %+v", field, got, want)
		}
	}
}

// TestAProblemTellsNobodysName looks at problems of a row about a natural person, and about a trader whose own name trails the
// firm's.
func TestAProblemTellsNobodysName(t *testing.T) {
	t.Parallel()
	path := tempFile(t, "f.csv", "content,decision_no,party,authority,decided_on\n"+
		"当事人：慕容白露，罚款伍佰元,1号,慕容白露,虚构局,2026-03-04\n"+
		"罚款伍佰元，由夏侯大海缴纳,2号,虚构果店；夏侯大海,虚构局,2026-03-04\n")
	for _, row := range all(t, open(t, path, Options{Mapping: demoMapping(t, "samr-penalties.yaml")})) {
		values := []string{row.Place(Problem{Field: "party_name"}).Value, row.Place(Problem{Field: "content"}).Value}
		for _, p := range row.Problems {
			values = append(values, p.Value)
		}
		said := strings.Join(values, "|")
		if len(values) < 3 || strings.Contains(said, "白露") || strings.Contains(said, "大海") || strings.Count(said, "某") < 2 {
			t.Errorf("line %d: %s", row.Line, said)
		}
	}
}
