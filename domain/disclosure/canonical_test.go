package disclosure_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gowebpki/jcs"
	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
)

// prose is text with everything that canonical JSON and encoding/json treat differently.
func prose() *rapid.Generator[string] {
	pieces := rapid.OneOf(
		rapid.SampledFrom([]string{"罚款", "〔2026〕", "䶮𫖯", "😀", "\u2028", "\u2029", `"`, `\`, `\u003c`, "<", ">", "&", "/", "\n", "\u00ad", "\ufeff", "é"}),
		rapid.StringOfN(rapid.RuneFrom([]rune("abcXYZ019 甲乙丙é€𝄞")), 0, 8, -1),
	)
	return rapid.Map(rapid.SliceOfN(pieces, 0, 12), func(p []string) string { return strings.Join(p, "") })
}

func line() *rapid.Generator[string] {
	return rapid.Map(prose(), func(s string) string { return "文" + strings.ReplaceAll(s, "\n", "") })
}

func documents() *rapid.Generator[disclosure.Document] {
	return rapid.Custom(func(t *rapid.T) disclosure.Document {
		d := disclosure.Document{
			Schema: disclosure.Schema, RecordID: line().Draw(t, "id"),
			Authority: disclosure.Authority{ID: bureau, Name: line().Draw(t, "authority")},
			Date:      calendar.MustParse("2026-03-16").AddDays(rapid.IntRange(-4000, 4000).Draw(t, "days")),
			Title:     line().Draw(t, "title"),
		}
		for range rapid.IntRange(1, 3).Draw(t, "subjects") {
			d.Subjects = append(d.Subjects, disclosure.Subject{Name: line().Draw(t, "subject")})
		}
		label := rapid.Custom(func(t *rapid.T) disclosure.Labelled {
			return disclosure.Labelled{Code: line().Draw(t, "code"), Label: line().Draw(t, "label")}
		})
		switch d.Kind = rapid.SampledFrom([]disclosure.Kind{disclosure.Penalty, disclosure.Licence, disclosure.Inspection}).Draw(t, "kind"); d.Kind {
		case disclosure.Penalty:
			d.Penalty = &disclosure.PenaltyBody{
				DecisionNo: line().Draw(t, "no"), Facts: prose().Draw(t, "facts"), Content: prose().Draw(t, "content"),
				Kinds: rapid.SliceOfN(label, 0, 3).Draw(t, "kinds"), DecidedOn: d.Date, Status: "in_force",
			}
		case disclosure.Licence:
			d.Licence = &disclosure.LicenceBody{LicenceID: line().Draw(t, "licence"), Content: prose().Draw(t, "content"), ValidTo: d.Date}
		case disclosure.Inspection:
			d.Inspection = &disclosure.InspectionBody{CompletedOn: d.Date, Outcomes: rapid.SliceOfN(label, 1, 3).Draw(t, "outcomes"), Note: prose().Draw(t, "note")}
		}
		return d
	})
}

func TestCanonicalIsRFC8785(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := documents().Draw(t, "document")
		got, digest, err := disclosure.Canonical(doc)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		want, err := jcs.Transform(plain)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("canonical form differs\ngot  %s\nwant %s", got, want)
		}
		if len(digest) != 64 {
			t.Fatalf("digest %q", digest)
		}
		back, err := disclosure.ParseDocument(got)
		if err != nil {
			t.Fatal(err)
		}
		again, _, err := disclosure.Canonical(back)
		if err != nil || !bytes.Equal(again, got) {
			t.Fatalf("parsed to another document: %v\n%s", err, again)
		}
	})
}

func TestRawSurvivesBeingStored(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, digest, err := disclosure.Canonical(documents().Draw(t, "document"))
		if err != nil {
			t.Fatal(err)
		}
		stored, err := json.Marshal(disclosure.Submitted{Document: disclosure.Raw(b), Digest: digest, Reason: "<&>"})
		if err != nil {
			t.Fatal(err)
		}
		e, err := disclosure.Codec().Decode("mingjian.disclosure.submitted.v1", stored)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(b), string(e.(disclosure.Submitted).Document)); diff != "" {
			t.Fatalf("the stored document is another (-canonical +decoded):\n%s", diff)
		}
	})
}

func TestDigestOfAKnownDocument(t *testing.T) {
	d := disclosure.Document{
		Schema: disclosure.Schema, Kind: disclosure.Licence, RecordID: "x.0", Title: "许可",
		Authority: disclosure.Authority{ID: "a1", Name: "甲局"}, Subjects: []disclosure.Subject{{Name: "乙店"}},
		Date:    calendar.MustParse("2026-01-02"),
		Licence: &disclosure.LicenceBody{LicenceID: "x", Action: "granted", Status: "valid"},
	}
	b, digest, err := disclosure.Canonical(d)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"authority":{"id":"a1","name":"甲局"},"date":"2026-01-02","kind":"licence","licence":{"action":"granted","licence_id":"x","status":"valid"},"record_id":"x.0","schema":"mingjian.document.v1","subjects":[{"name":"乙店"}],"title":"许可"}`
	if string(b) != want {
		t.Errorf("got  %s\nwant %s", b, want)
	}
	// sha256sum of the bytes above.
	if want := "f0d885e7720afbf97bf0a956d16457f4e9b441f7d06cdaa364e44d4453923981"; digest != want {
		t.Errorf("digest %s, want %s", digest, want)
	}
}

func TestCanonicalRefuses(t *testing.T) {
	body := func(change func(*disclosure.Document)) disclosure.Document {
		d := penalty("罚款2000元")
		change(&d)
		return d
	}
	for name, c := range map[string]struct {
		doc  disclosure.Document
		code string
	}{
		"another schema":     {body(func(d *disclosure.Document) { d.Schema = "x" }), "disclosure.document.schema"},
		"no body":            {body(func(d *disclosure.Document) { d.Penalty = nil }), "disclosure.document.body"},
		"another body":       {body(func(d *disclosure.Document) { d.Kind = disclosure.Licence }), "disclosure.document.body"},
		"two bodies":         {body(func(d *disclosure.Document) { d.Licence = &disclosure.LicenceBody{} }), "disclosure.document.body"},
		"no record":          {body(func(d *disclosure.Document) { d.RecordID = "" }), "disclosure.required"},
		"no authority":       {body(func(d *disclosure.Document) { d.Authority.Name = "" }), "disclosure.required"},
		"no title":           {body(func(d *disclosure.Document) { d.Title = "" }), "disclosure.required"},
		"no date":            {body(func(d *disclosure.Document) { d.Date = calendar.Date{} }), "disclosure.required"},
		"no subject":         {body(func(d *disclosure.Document) { d.Subjects = nil }), "disclosure.required"},
		"nameless subject":   {body(func(d *disclosure.Document) { d.Subjects = []disclosure.Subject{{ID: "x", Name: " "}} }), "disclosure.subject.nameless"},
		"tab in a name":      {body(func(d *disclosure.Document) { d.Subjects = []disclosure.Subject{{Name: "甲\t乙"}} }), "disclosure.text.control"},
		"line feed in no":    {body(func(d *disclosure.Document) { d.Penalty.DecisionNo = "1\n2" }), "disclosure.text.control"},
		"NUL in prose":       {body(func(d *disclosure.Document) { d.Penalty.Facts = "a\x00" }), "disclosure.text.control"},
		"control in label":   {body(func(d *disclosure.Document) { d.Penalty.Kinds = []disclosure.Labelled{{Label: "a\u0085"}} }), "disclosure.text.control"},
		"resident number":    {body(func(d *disclosure.Document) { d.Penalty.Facts = "当事人（11010519491231002X）" }), "disclosure.personal_data"},
		"telephone":          {body(func(d *disclosure.Document) { d.Penalty.Facts = "当事人（13800138000）" }), "disclosure.personal_data"},
		"bank account":       {body(func(d *disclosure.Document) { d.Penalty.Content = "缴至账号6222021234567890128" }), "disclosure.personal_data"},
		"broken UTF-8":       {body(func(d *disclosure.Document) { d.Penalty.Facts = "\xff" }), "disclosure.text.encoding"},
		"amount over 2^53":   {body(func(d *disclosure.Document) { d.Penalty.FineFen = 1<<53 + 1 }), "disclosure.document.amount"},
		"negative amount":    {body(func(d *disclosure.Document) { d.Penalty.ConfiscatedFen = -1 }), "disclosure.document.amount"},
		"48 KiB":             {body(func(d *disclosure.Document) { d.Penalty.Facts = long(17000) }), "disclosure.document.size"},
		"48 KiB when stored": {body(func(d *disclosure.Document) { d.Penalty.Facts = strings.Repeat("<", 9000) }), "disclosure.document.size"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := disclosure.Canonical(c.doc); !hasCode(err, c.code) {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
	if _, _, err := disclosure.Canonical(body(func(d *disclosure.Document) { d.Penalty.Facts = long(14000) })); err != nil {
		t.Errorf("a document below the limit: %v", err)
	}
}

// TestNoTextGoesUnchecked puts a control character into each text of a document in turn.
func TestNoTextGoesUnchecked(t *testing.T) {
	checked := 0
	for _, kind := range []disclosure.Kind{disclosure.Inspection, disclosure.Penalty, disclosure.Licence} {
		for i := 0; ; i++ {
			doc, n := disclosure.Document{Kind: kind}, 0
			path := poison(reflect.ValueOf(&doc).Elem(), "", &n, i, kind)
			if path == "" {
				break
			}
			checked++
			if _, _, err := disclosure.Canonical(doc); !hasCode(err, "disclosure.text.control") {
				t.Errorf("%s: a control character passes", path)
			}
		}
	}
	if checked < 60 {
		t.Errorf("only %d texts were tried", checked)
	}
}

// poison sets the n-th text below v, filling pointers and lists on its way, and gives its path.
func poison(v reflect.Value, path string, n *int, at int, kind disclosure.Kind) string {
	switch v.Kind() {
	case reflect.String:
		if *n++; *n-1 == at {
			v.SetString("a\x07")
			return path
		}
	case reflect.Pointer:
		if !strings.EqualFold(path, "."+string(kind)) && strings.Count(path, ".") == 1 {
			return ""
		}
		v.Set(reflect.New(v.Type().Elem()))
		return poison(v.Elem(), path, n, at, kind)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		return poison(v.Index(0), path+"[]", n, at, kind)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				if p := poison(v.Field(i), fmt.Sprintf("%s.%s", path, v.Type().Field(i).Name), n, at, kind); p != "" {
					return p
				}
			}
		}
	}
	return ""
}

func TestParseDocumentRefuses(t *testing.T) {
	good, _ := raw(t, penalty("罚款2000元"))
	if _, err := disclosure.ParseDocument(json.RawMessage(good)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]string{
		"nothing":        "",
		"not JSON":       "{",
		"two values":     string(good) + string(good),
		"a space":        strings.Replace(string(good), ":", ": ", 1),
		"other order":    `{"schema":"mingjian.document.v1","kind":"penalty","penalty":{}}`,
		"escaped <":      strings.Replace(string(good), "<", `\u003c`, 1),
		"double name":    `{"kind":"penalty","kind":"penalty","penalty":{},"schema":"mingjian.document.v1"}`,
		"lone surrogate": `{"kind":"penalty","penalty":{},"schema":"mingjian.document.v1","title":"\ud800"}`,
		"a fraction":     strings.Replace(string(good), `"fine_fen":200000`, `"fine_fen":200000.5`, 1),
		"other schema":   strings.Replace(string(good), "document.v1", "document.v9", 1),
		"other kind":     strings.Replace(string(good), `"kind":"penalty"`, `"kind":"licence"`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := disclosure.ParseDocument(json.RawMessage(c)); err == nil {
				t.Errorf("accepted %s", c)
			}
		})
	}
	later := strings.Replace(string(good), `"schema"`, `"reply":"将来的字段","schema"`, 1)
	if _, err := disclosure.ParseDocument(json.RawMessage(later)); err != nil {
		t.Errorf("a field of a later form: %v", err)
	}
}

func FuzzParseDocument(f *testing.F) {
	good, _ := raw(f, penalty("罚款2000元"))
	f.Add([]byte(good))
	f.Add([]byte(`{"a":"\u0001\u2028","b":[1,-2,true,null]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := disclosure.ParseDocument(data)
		if err != nil {
			return
		}
		if want, err := jcs.Transform(data); err != nil || !bytes.Equal(want, data) {
			t.Fatalf("accepted what is not canonical: %v", err)
		}
		if doc.Schema != disclosure.Schema {
			t.Fatalf("schema %q", doc.Schema)
		}
	})
}
