package rule

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// FormatError says what is wrong in a file of rules, and where.
type FormatError struct {
	Line  int    // from 1; 0 if it is about the tables as a whole
	ID    string // of the rule, if it has one
	Field string
	Says  string
}

func (e *FormatError) Error() string {
	where := ""
	if e.Line > 0 {
		where = fmt.Sprintf("line %d: ", e.Line)
	}
	if e.ID != "" {
		where += e.ID + ": "
	}
	if e.Field != "" {
		where += e.Field + ": "
	}
	return "rules: " + where + e.Says
}

// Read reads a file of rules: a JSON object with the sections publicity, severities, thresholds, clocks, codes and items, each a
// list of rules, any of them left out. A breach of the form is a *FormatError. What a rule says of others is checked by Merge.
func Read(data []byte) (Tables, error) {
	var t Tables
	in := &reader{data: data, json: json.NewDecoder(bytes.NewReader(data)), ids: map[string]bool{}}
	in.json.DisallowUnknownFields()
	if err := in.delim('{', "a file of rules is a JSON object"); err != nil {
		return Tables{}, err
	}
	for in.json.More() {
		key, err := in.json.Token()
		if err != nil {
			return Tables{}, in.broken(err)
		}
		name, _ := key.(string)
		if err := in.section(&t, name); err != nil {
			return Tables{}, err
		}
	}
	if err := in.delim('}', "the object ends"); err != nil {
		return Tables{}, err
	}
	if _, err := in.json.Token(); !errors.Is(err, io.EOF) {
		return Tables{}, in.fault("", "nothing comes after the object")
	}
	return t.sealed(), nil
}

type reader struct {
	data []byte
	json *json.Decoder
	ids  map[string]bool
}

func (in *reader) section(t *Tables, name string) (err error) {
	switch name {
	case "publicity":
		t.Publicity, err = list[Publicity](in)
	case "severities":
		t.Severities, err = list[Severity](in)
	case "thresholds":
		t.Thresholds, err = list[Threshold](in)
	case "clocks":
		t.Clocks, err = list[Clock](in)
	case "codes":
		t.Codes, err = list[CodeTable](in)
	case "items":
		t.Items, err = list[Item](in)
	default:
		return in.fault(name, "a section is publicity, severities, thresholds, clocks, codes or items")
	}
	return err
}

func list[R any, P interface {
	*R
	row
}](in *reader) ([]R, error) {
	if err := in.delim('[', "a section is a list"); err != nil {
		return nil, err
	}
	var out []R
	for in.json.More() {
		line := in.line(in.next())
		var r R
		if err := in.json.Decode(&r); err != nil {
			return nil, in.broken(err)
		}
		h := P(&r).head()
		if in.ids[h.ID] && h.ID != "" {
			return nil, &FormatError{Line: line, ID: h.ID, Field: "id", Says: "an id is there once"}
		}
		in.ids[h.ID] = true
		if breach := firstBreach(P(&r), Tables{}); breach != nil {
			return nil, &FormatError{Line: line, ID: h.ID, Field: breach.Field, Says: breach.Says}
		}
		out = append(out, r)
	}
	return out, in.delim(']', "a list ends")
}

func (in *reader) delim(want json.Delim, says string) error {
	got, err := in.json.Token()
	if err != nil {
		return in.broken(err)
	}
	if got != want {
		return in.fault("", says)
	}
	return nil
}

// next is where the next value begins.
func (in *reader) next() int64 {
	at := in.json.InputOffset()
	for at < int64(len(in.data)) && strings.IndexByte(" \t\r\n,", in.data[at]) >= 0 {
		at++
	}
	return at
}

func (in *reader) line(offset int64) int {
	return 1 + bytes.Count(in.data[:min(offset, int64(len(in.data)))], []byte("\n"))
}

func (in *reader) fault(field, says string) error {
	return &FormatError{Line: in.line(in.json.InputOffset()), Field: field, Says: says}
}

// broken tells where the JSON is not what was wanted, in the words of the decoder.
func (in *reader) broken(err error) error {
	says := strings.TrimPrefix(err.Error(), "json: ")
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return &FormatError{Line: in.line(in.next()), Field: wrong.Field, Says: "a " + wrong.Value + " does not belong here"}
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return &FormatError{Line: in.line(syntax.Offset), Says: says}
	}
	return &FormatError{Line: in.line(in.next()), Says: says}
}
