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
