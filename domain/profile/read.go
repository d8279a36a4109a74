package profile

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

//go:embed profiles/*.json
var files embed.FS

// Embedded gives the profiles of this package. They are read once.
func Embedded() Profiles { return embedded() }

var embedded = sync.OnceValue(func() Profiles {
	var all Profiles
	for _, name := range []string{"credit_china_penalty", "credit_china_licence", "provincial"} {
		data, err := files.ReadFile("profiles/" + name + ".json")
		if err != nil {
			panic(err) // the profiles are part of the program
		}
		if all, err = all.With(data); err != nil {
			panic(fmt.Errorf("profiles/%s.json: %w", name, err))
		}
	}
	return all
})

// FormatError says what is wrong in a file of profiles, and where.
type FormatError struct {
	Line    int    // from 1, where the profile or the value begins; 0 if the file is none of JSON's forms
	Profile string // id, as far as it is known
	Field   string // path within the profile, e.g. fields[3].max
	Says    string
}

func (e *FormatError) Error() string {
	out := "profiles: "
	if e.Line > 0 {
		out += fmt.Sprintf("line %d: ", e.Line)
	}
	for _, part := range []string{e.Profile, e.Field} {
		if part != "" {
			out += part + ": "
		}
	}
	return out + e.Says
}

// written is a profile as a file has it. Like names another profile that is there already: what isn't said here is as it is
// there, columns and checks of the same key take the place of that one's, others come after them.
type written struct {
	Like   string            `json:"like"`
	Drop   []string          `json:"drop"` // keys of the columns of the other one that this has not, with their checks
	Scalar                   // what is said of the whole
	Fields []json.RawMessage `json:"fields"`
	Checks []json.RawMessage `json:"checks"`
}

// Scalar are the members of a profile that a file may leave to the profile that it is like.
type Scalar struct {
	Platform   string               `json:"platform"`
	Kind       Kind                 `json:"kind"`
	Version    string               `json:"version"`
	Label      string               `json:"label"`
	LabelEN    string               `json:"label_en"`
	Source     string               `json:"source"`
	From       string               `json:"from"`
	Until      string               `json:"until"`
	Dates      map[Channel]DateForm `json:"dates"`
	Withdrawal Action               `json:"withdrawal"`
	Tables     []Table              `json:"tables"`
	Unverified []string             `json:"unverified"`
	Note       string               `json:"note"`
}

// With gives the profiles with those of a file: a JSON object with a list "profiles". An id that is there already is refused,
// since what a profile says never changes. What is wrong in the file is a *FormatError.
func (ps Profiles) With(data []byte) (Profiles, error) {
	var file struct {
		Profiles []json.RawMessage `json:"profiles"`
	}
	if says := strict(data, &file); says != "" {
		return ps, &FormatError{Line: lineOf(data, data), Says: says}
	}
	all := Profiles{slices.Clone(ps.all)}
	for _, raw := range file.Profiles {
		line := lineOf(data, raw)
		p, fault := all.read(raw)
		if fault == nil {
			fault = all.admits(p)
		}
		if fault != nil {
			if fault.Line = line; p.Kind != "" {
				fault.Profile = p.ID()
			}
			return ps, fault
		}
		all.all = append(all.all, p)
	}
	slices.SortStableFunc(all.all, func(a, b Profile) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.Kind, b.Kind), a.From.Compare(b.From))
	})
	return all, nil
}

// admits refuses what could not be told from a profile that is there.
func (ps Profiles) admits(p Profile) *FormatError {
	for _, other := range ps.all {
		switch {
		case other.ID() == p.ID():
			return &FormatError{Field: "version", Says: "there is such a profile; what it says never changes, so another one needs another version"}
		case other.Platform == p.Platform && other.Kind == p.Kind && other.From == p.From:
			return &FormatError{Field: "from", Says: "a profile of the platform and kind begins on that day: " + other.ID()}
		}
	}
	return p.check()
}

func (ps Profiles) read(raw []byte) (Profile, *FormatError) {
	var w written
	if says := strict(raw, &w); says != "" {
		return Profile{}, &FormatError{Says: says}
	}
	var base Profile
	if w.Like != "" {
		i := slices.IndexFunc(ps.all, func(p Profile) bool { return p.ID() == w.Like })
		if i < 0 {
			return w.over(base), &FormatError{Field: "like", Says: "no such profile: " + w.Like}
		}
		base = ps.all[i]
	}
	p := w.over(base)
	if fault := w.days(&p); fault != nil {
		return p, fault
	}
	for _, key := range w.Drop {
		if _, ok := base.Field(key); !ok {
			return p, &FormatError{Field: "drop", Says: "no such column: " + key}
		}
	}
	p.Fields = slices.DeleteFunc(slices.Clone(base.Fields), func(f Field) bool { return slices.Contains(w.Drop, f.Key) })
	p.Checks = slices.DeleteFunc(slices.Clone(base.Checks), func(c Check) bool { return slices.Contains(w.Drop, c.Field) })
	var fault *FormatError
	if p.Fields, fault = laid(p.Fields, w.Fields, "fields", func(f Field) string { return f.Key }); fault != nil {
		return p, fault
	}
	p.Checks, fault = laid(p.Checks, w.Checks, "checks", func(c Check) string { return string(c.Rule) + " " + c.Field })
	return p, fault
}

// days are always said anew, whatever the profile is like.
func (w written) days(p *Profile) *FormatError {
	for _, d := range []struct {
		name, text string
		into       *calendar.Date
	}{{"from", w.From, &p.From}, {"until", w.Until, &p.Until}} {
		*d.into = calendar.Date{}
		if d.text == "" {
			continue
		}
		var err error
		if *d.into, err = calendar.Parse(d.text); err != nil {
			return wrong(d.name, err.Error())
		}
	}
	return nil
}

// over puts what is said of the whole over another profile.
func (w written) over(p Profile) Profile {
	p.Platform, p.Kind = cmp.Or(w.Platform, p.Platform), cmp.Or(w.Kind, p.Kind)
	p.Version = w.Version
	p.Label, p.LabelEN = cmp.Or(w.Label, p.Label), cmp.Or(w.LabelEN, p.LabelEN)
	p.Source, p.Note = cmp.Or(w.Source, p.Source), cmp.Or(w.Note, p.Note)
	p.Withdrawal = cmp.Or(w.Withdrawal, p.Withdrawal)
	if w.Dates != nil {
		p.Dates = w.Dates
	}
	if w.Tables != nil {
		p.Tables = w.Tables
	}
	if w.Unverified != nil {
		p.Unverified = w.Unverified
	}
	return p
}

// laid reads a list over another one: what has the same key takes its place.
func laid[T any](base []T, list []json.RawMessage, name string, key func(T) string) ([]T, *FormatError) {
	var seen []string
	for i, raw := range list {
		var v T
		path := fmt.Sprintf("%s[%d]", name, i)
		if says := strict(raw, &v); says != "" {
			return nil, &FormatError{Field: path, Says: says}
		}
		k := key(v)
		if slices.Contains(seen, k) {
			return nil, &FormatError{Field: path, Says: "is there twice: " + k}
		}
		seen = append(seen, k)
		if at := slices.IndexFunc(base, func(other T) bool { return key(other) == k }); at >= 0 {
			base[at] = v
		} else {
			base = append(base, v)
		}
	}
	return base, nil
}

// strict decodes one value with nothing unknown in it and nothing after it; what is wrong otherwise is told.
func strict(data []byte, v any) (says string) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return cmp.Or(wrong.Field, "the value") + ": a " + wrong.Value + " does not belong here"
		}
		return strings.TrimPrefix(err.Error(), "json: ")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return "nothing comes after the object"
	}
	return ""
}

// lineOf is the line on which a part of the data begins.
func lineOf(data, part []byte) int {
	at := max(0, bytes.Index(data, part))
	return 1 + bytes.Count(data[:at], []byte("\n"))
}
