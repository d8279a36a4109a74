package sortition

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
)

// DecodeBundle reads a bundle that is in memory. It takes one reading of a document only: UTF-8 without halves of surrogate
// pairs, no member twice, none that the form does not know, names in their exact case, no null. A document that is anything
// else is a *StepError of StepForm. What the document says is for Verify to judge.
func DecodeBundle(document []byte) (Bundle, error) {
	r := newBundleReader(bytes.NewReader(document))
	r.subject = func(s Subject) { r.bundle.Subjects = append(r.bundle.Subjects, s) }
	if err := r.read(); err != nil {
		return Bundle{}, err
	}
	if r.listed {
		r.bundle.Subjects = list(r.bundle.Subjects)
	}
	return r.bundle, nil
}

// bundleReader reads a bundle element by element, so that no more than one element's text is held at a time.
type bundleReader struct {
	forms   forms
	text    *textReader
	in      *json.Decoder
	raw     json.RawMessage
	names   map[string]string
	bundle  Bundle
	subject func(Subject) // where the candidates go
	listed  bool          // the document has a list of candidates
}

func newBundleReader(source io.Reader) *bundleReader {
	text := &textReader{source: source}
	return &bundleReader{forms: forms{}, names: map[string]string{}, text: text, in: json.NewDecoder(text)}
}

// read tells apart what cannot be read from what is not a bundle.
func (r *bundleReader) read() error {
	err := r.document()
	if err == nil {
		return nil
	}
	if r.text.err != nil {
		return fmt.Errorf("read bundle: %w", r.text.err)
	}
	var input *InputError
	switch {
	case errors.As(err, &input):
		return asStep(StepForm, input)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &StepError{Step: StepForm, Field: "bundle", Want: "a whole document", Got: io.ErrUnexpectedEOF.Error()}
	}
	return &StepError{Step: StepForm, Field: "bundle", Want: "a JSON document", Got: short(err.Error())}
}

func (r *bundleReader) document() error {
	switch token, err := r.in.Token(); {
	case err != nil:
		return err
	case token != json.Delim('{'):
		return refuse("bundle", "must be an object", "")
	}
	members := r.forms.of(reflect.TypeFor[Bundle]())
	var seen []string
	for r.in.More() {
		token, err := r.in.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		field, known := members[name]
		if !known || slices.Contains(seen, name) {
			return refuse(short(name), "must be a member of the form, given once", "")
		}
		seen = append(seen, name)
		if err := r.member(name, field); err != nil {
			return err
		}
	}
	if _, err := r.in.Token(); err != nil {
		return err
	}
	if _, err := r.in.Token(); !errors.Is(err, io.EOF) {
		return refuse("bundle", "must have nothing after its object", "")
	}
	return nil
}

func (r *bundleReader) member(name string, field reflect.StructField) error {
	value := reflect.ValueOf(&r.bundle).Elem().FieldByIndex(field.Index)
	if value.Kind() != reflect.Slice {
		return r.value(func() string { return name }, value.Addr().Interface())
	}
	switch name {
	case "subjects":
		r.listed = true
		return r.list(name, r.candidate)
	case "selected":
		r.bundle.Selected = []Selection{}
		return r.list(name, r.selection)
	}
	value.Set(reflect.MakeSlice(value.Type(), 0, 0))
	return r.list(name, func(path func() string) error {
		element := reflect.New(value.Type().Elem())
		err := r.value(path, element.Interface())
		value.Set(reflect.Append(value, element.Elem()))
		return err
	})
}

func (r *bundleReader) list(name string, each func(path func() string) error) error {
	switch token, err := r.in.Token(); {
	case err != nil:
		return err
	case token != json.Delim('['):
		return refuse(name, "must be a list", "")
	}
	for i := 0; r.in.More(); i++ {
		if err := each(func() string { return fmt.Sprintf("%s[%d]", name, i) }); err != nil {
			return err
		}
	}
	_, err := r.in.Token()
	return err
}

// candidate reads one of the many: a pool line, which is how published bundles have them, needs no second look.
func (r *bundleReader) candidate(path func() string) error {
	if err := r.in.Decode(&r.raw); err != nil {
		return err
	}
	subject, ok := parseSubject(string(r.raw))
	if !ok {
		if err := r.forms.decode(r.raw, path(), &subject); err != nil {
			return err
		}
	}
	r.subject(subject)
	return nil
}

// selection reads a drawn subject. Strata, departments and inspectors come again and again: each name is kept once.
func (r *bundleReader) selection(path func() string) error {
	var s Selection
	if err := r.value(path, &s); err != nil {
		return err
	}
	s.Stratum = r.once(s.Stratum)
	for i := range s.Teams {
		team := &s.Teams[i]
		team.Department = r.once(team.Department)
		for j, inspector := range team.Inspectors {
			team.Inspectors[j] = r.once(inspector)
		}
	}
	for i := range s.Shortfalls {
		s.Shortfalls[i].Department = r.once(s.Shortfalls[i].Department)
	}
	r.bundle.Selected = append(r.bundle.Selected, s)
	return nil
}

func (r *bundleReader) once(name string) string {
	if kept, known := r.names[name]; known {
		return kept
	}
	r.names[name] = name
	return name
}

func (r *bundleReader) value(path func() string, into any) error {
	if err := r.in.Decode(&r.raw); err != nil {
		return err
	}
	return r.forms.decode(r.raw, path(), into)
}

// forms keeps the members of each kind of object by name.
type forms map[reflect.Type]map[string]reflect.StructField

func (f forms) of(form reflect.Type) map[string]reflect.StructField {
	members, known := f[form]
	if known {
		return members
	}
	members = map[string]reflect.StructField{}
	for _, field := range reflect.VisibleFields(form) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name != "" {
			members[name] = field
		}
	}
	f[form] = members
	return members
}

func (f forms) decode(raw []byte, path string, into any) error {
	if halfPair(raw) {
		return refuse(path, "must have no half of a surrogate pair", "")
	}
	in := json.NewDecoder(bytes.NewReader(raw))
	in.UseNumber()
	if err := f.check(in, reflect.TypeOf(into), path); err != nil {
		return err
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return refuse(path, "must be as in the form", err.Error())
	}
	return nil
}

// check walks through a value beside the type that it is read into.
func (f forms) check(in *json.Decoder, form reflect.Type, path string) error {
	token, err := in.Token()
	if err != nil {
		return err
	}
	for form.Kind() == reflect.Pointer {
		form = form.Elem()
	}
	switch token {
	case nil:
		return refuse(path, "must not be null", "")
	case json.Delim('{'):
		return f.checkObject(in, form, path)
	case json.Delim('['):
		if form.Kind() != reflect.Slice {
			return refuse(path, "must not be a list", "")
		}
		for i := 0; in.More(); i++ {
			if err := f.check(in, form.Elem(), fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
		_, err = in.Token()
	}
	return err
}

func (f forms) checkObject(in *json.Decoder, form reflect.Type, path string) error {
	if form.Kind() != reflect.Struct {
		return refuse(path, "must not be an object", "")
	}
	members := f.of(form)
	var seen []string
	for in.More() {
		token, err := in.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		member, known := members[name]
		inner := path + "." + short(name)
		if !known || slices.Contains(seen, name) {
			return refuse(inner, "must be a member of the form, given once", "")
		}
		seen = append(seen, name)
		if err := f.check(in, member.Type, inner); err != nil {
			return err
		}
	}
	_, err := in.Token()
	return err
}
