package sheet

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Mapping tells how the columns of one kind of file become target fields. It is read from YAML by LoadMapping; an unknown
// key, a field that the kind does not have, or a rule that cannot work is an error that names the key.
type Mapping struct {
	Kind      Kind              `yaml:"kind"`
	About     string            `yaml:"about"`      // for readers of the file
	Sheet     string            `yaml:"sheet"`      // XLSX: name of the sheet; the first one without
	HeaderRow int               `yaml:"header_row"` // line of the headings; without, the first of 20 rows that has the columns
	Empty     *[]string         `yaml:"empty"`      // texts that mean "no value"; without: N/A NULL - -- —
	Columns   map[string]Rule   `yaml:"columns"`    // target field → rule
	Defaults  map[string]string `yaml:"defaults"`   // target field → value where the row has none
	SkipWhen  []Condition       `yaml:"skip_when"`  // rows that are none of this import's business
	// PenaltyText names the target field whose text ExtractPenalty reads for kinds, fine_fen and confiscated_fen.
	PenaltyText string `yaml:"penalty_text"`
	// PenaltyDoubts is "refuse" (or empty) or "warn": what a doubt about kinds or amounts does to the row.
	PenaltyDoubts string `yaml:"penalty_doubts"`

	schema schema
	empty  map[string]bool
}

// Rule is how one target field is filled: from a column, from several joined, or with a constant; then in this order
// extract, split, map, prefix and suffix, and the reading of dates and amounts.
type Rule struct {
	Column    Strings           `yaml:"column"` // heading, or alternatives of which the file has one
	Const     *string           `yaml:"const"`
	Join      *Join             `yaml:"join"`
	Default   *string           `yaml:"default"` // in place of an empty value; read like a cell of the file
	Required  bool              `yaml:"required"`
	Extract   string            `yaml:"extract"` // regular expression: its only group, or all it matches
	Split     Strings           `yaml:"split"`   // separators of a list
	Map       map[string]string `yaml:"map"`     // value table
	Otherwise *string           `yaml:"otherwise"`
	Prefix    string            `yaml:"prefix"`
	Suffix    string            `yaml:"suffix"`
	Fold      bool              `yaml:"fold"`  // fold the full-width characters of a wording too
	Date      Strings           `yaml:"date"`  // layouts in the manner of Go's time package, and "excel" for serial numbers
	Money     string            `yaml:"money"` // unit of the amounts: yuan, wanyuan or fen

	pattern *regexp.Regexp
	table   map[string]string
}

// Join puts several columns together, leaving out the empty ones.
type Join struct {
	Columns Strings `yaml:"columns"`
	With    string  `yaml:"with"`
}

// Condition is one test on one column of the file.
type Condition struct {
	Column  Strings `yaml:"column"`
	Equals  Strings `yaml:"equals"`  // any of these values
	Matches string  `yaml:"matches"` // regular expression
	Empty   bool    `yaml:"empty"`

	pattern *regexp.Regexp
}

// Strings is a list that may be written as a single text.
type Strings []string

// UnmarshalYAML takes a scalar or a sequence of scalars.
func (s *Strings) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*s = Strings{node.Value}
		return nil
	}
	var list []string
	if err := node.Decode(&list); err != nil {
		return fmt.Errorf("line %d: want a text or a list of texts", node.Line)
	}
	*s = list
	return nil
}

// LoadMapping reads and checks the mapping file at path.
func LoadMapping(path string) (*Mapping, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("mapping: %w", err)
	}
	defer f.Close()
	m, err := ReadMapping(f)
	if err != nil {
		return nil, fmt.Errorf("mapping %s: %w", path, err)
	}
	return m, nil
}

var unknownKey = regexp.MustCompile(`field (\S+) not found in type \S+`)

// ReadMapping decodes one YAML document of at most 1 MiB and checks it.
func ReadMapping(r io.Reader) (*Mapping, error) {
	m := &Mapping{}
	dec := yaml.NewDecoder(io.LimitReader(r, 1<<20))
	dec.KnownFields(true)
	if err := dec.Decode(m); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the file is empty")
		}
		return nil, errors.New(unknownKey.ReplaceAllString(err.Error(), `unknown key "$1"`))
	}
	if err := dec.Decode(&struct{}{}); !errors.Is(err, io.EOF) {
		return nil, errors.New("the file holds more than one document")
	}
	if err := m.prepare(); err != nil {
		return nil, err
	}
	return m, nil
}

// prepare checks the mapping against its kind and compiles what can be compiled; it reports every fault it finds.
func (m *Mapping) prepare() error {
	var ok bool
	if m.schema, ok = schemaOf(m.Kind); !ok {
		return fmt.Errorf("kind: %q is not one of subjects, inspectors, inspections, licences, penalties", m.Kind)
	}
	if len(m.Columns) == 0 {
		return errors.New("columns: no target field is filled")
	}
	m.empty = map[string]bool{"": true}
	for _, e := range m.empties() {
		m.empty[strings.ToUpper(Fold(Clean(e)))] = true
	}
	var faults []error
	for field, rule := range m.Columns {
		err := rule.prepare(m.schema.fields[field])
		if m.schema.fields[field] == 0 {
			err = fmt.Errorf("%s have no such field; there are: %s", m.Kind, m.schema.names())
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("columns.%s: %w", field, err))
		}
		m.Columns[field] = rule
	}
	faults = append(faults, m.checkDefaults()...)
	faults = append(faults, m.checkKey(), m.checkPenaltyText())
	for i := range m.SkipWhen {
		if err := m.SkipWhen[i].prepare(); err != nil {
			faults = append(faults, fmt.Errorf("skip_when[%d]: %w", i, err))
		}
	}
	return errors.Join(faults...)
}

func (m *Mapping) empties() []string {
	if m.Empty != nil {
		return *m.Empty
	}
	return []string{"N/A", "NULL", "-", "--", "—"}
}

func (m *Mapping) isEmpty(cleaned string) bool {
	return cleaned == "" || m.empty[strings.ToUpper(Fold(cleaned))]
}

func (m *Mapping) checkDefaults() []error {
	var faults []error
	for field, value := range m.Defaults {
		rule, mapped := m.Columns[field]
		switch {
		case m.schema.fields[field] == 0:
			faults = append(faults, fmt.Errorf("defaults.%s: %s have no such field; there are: %s", field, m.Kind, m.schema.names()))
		case mapped && (rule.Default != nil || rule.Const != nil):
			faults = append(faults, fmt.Errorf("defaults.%s: columns.%s has a default or const already", field, field))
		case mapped:
			rule.Default = &value
			m.Columns[field] = rule
		default:
			rule = Rule{Const: &value}
			if m.schema.fields[field] == typeMoney {
				rule.Money = "fen"
			}
			m.Columns[field] = rule
		}
	}
	return faults
}

// checkKey asks that the mapping can name what a row is about.
func (m *Mapping) checkKey() error {
	wants := make([]string, 0, len(m.schema.key))
	for _, set := range m.schema.key {
		missing := false
		for _, field := range set {
			if _, ok := m.Columns[field]; !ok {
				missing = true
			}
		}
		if !missing {
			return nil
		}
		wants = append(wants, strings.Join(set, " + "))
	}
	return fmt.Errorf("columns: %s need %s", m.Kind, strings.Join(wants, ", or "))
}

func (m *Mapping) checkPenaltyText() error {
	if m.PenaltyDoubts != "" && (m.PenaltyText == "" || m.PenaltyDoubts != string(Refuse) && m.PenaltyDoubts != string(Warn)) {
		return errors.New("penalty_doubts: refuse or warn, together with penalty_text")
	}
	if m.PenaltyText == "" {
		return nil
	}
	if m.Kind != Penalties {
		return errors.New("penalty_text: only for penalties")
	}
	if _, ok := m.Columns[m.PenaltyText]; !ok || m.schema.fields[m.PenaltyText] != typeProse {
		return fmt.Errorf("penalty_text: %q is not a mapped text field", m.PenaltyText)
	}
	return nil
}
