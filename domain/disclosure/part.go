package disclosure

import (
	"reflect"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
)

// Omission tells the public that a part is left out, and by which article (区分处理, 政府信息公开条例 art. 37).
type Omission struct {
	Part   string   `json:"part"` // field of the body, e.g. "penalty.facts"
	Ground Labelled `json:"ground"`
	Basis  string   `json:"basis"`
}

// Parts lists the fields of a document of a kind that can be left out: those without which it is still a document.
func Parts(kind Kind) []string {
	_, body := bodyOf(reflect.ValueOf(&Document{Kind: kind}).Elem(), kind)
	if body == nil {
		return nil
	}
	var out []string
	for i := range body.NumField() {
		f := body.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if strings.Contains(options, "omitempty") && f.Type.Kind() == reflect.String {
			out = append(out, string(kind)+"."+name)
		}
	}
	return out
}

// bodyOf is the field of a document that holds its body, and the body's type.
func bodyOf(doc reflect.Value, kind Kind) (reflect.Value, reflect.Type) {
	for i := range doc.NumField() {
		name, _, _ := strings.Cut(doc.Type().Field(i).Tag.Get("json"), ",")
		if f := doc.Field(i); name == string(kind) && f.Kind() == reflect.Pointer {
			return f, f.Type().Elem()
		}
	}
	return reflect.Value{}, nil
}

// LeaveOut gives the document without what is withheld of it now, each omission with its ground. What a document does not
// hold can't be left out of it.
func (s State) LeaveOut(doc Document) Document {
	for _, w := range s.Withholdings {
		if !w.Lifted {
			doc = leaveOut(doc, w.Decision)
		}
	}
	return doc
}

func leaveOut(doc Document, w Withheld) Document {
	field, body := bodyOf(reflect.ValueOf(&doc).Elem(), doc.Kind)
	if body == nil || field.IsNil() {
		return doc
	}
	copied := reflect.New(body)
	copied.Elem().Set(field.Elem())
	omitted := slices.Clone(doc.Omitted)
	for i := range body.NumField() {
		name, _, _ := strings.Cut(body.Field(i).Tag.Get("json"), ",")
		part := string(doc.Kind) + "." + name
		if !slices.Contains(w.Parts, part) || copied.Elem().Field(i).IsZero() {
			continue
		}
		copied.Elem().Field(i).SetZero()
		omitted = append(omitted, Omission{Part: part, Ground: w.Ground, Basis: w.Basis})
	}
	field.Set(copied)
	doc.Omitted = omitted
	return doc
}

// partial checks the parts that are to be left out of what is under way, and gives what is left.
func partial(doc Document, w Withheld) (Document, error) {
	known := Parts(doc.Kind)
	for _, p := range w.Parts {
		if !slices.Contains(known, p) {
			return doc, domain.Refuse(domain.Invalid, "disclosure.withhold.part", "parts",
				p+"不能单独不予公开，可以不予公开的有："+strings.Join(known, "、"), p+" can't be left out; what can be: "+strings.Join(known, ", "))
		}
	}
	left := leaveOut(doc, w)
	if len(left.Omitted) == len(doc.Omitted) {
		return doc, domain.Refuse(domain.Invalid, "disclosure.withhold.empty", "parts",
			"文稿中没有这些内容", "the document holds nothing of these parts")
	}
	return left, nil
}
