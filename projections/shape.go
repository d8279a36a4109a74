package projections

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
)

// Check tells whether the definition can be kept by any sink: a name, well-formed names of tables and columns, indexes over
// columns of their table, no name twice.
func (p Projection) Check() error {
	if p.Name == "" || len(p.Name) > 100 {
		return fmt.Errorf("projections: %q is not a name of 1 to 100 bytes", p.Name)
	}
	seen := map[string]bool{}
	for _, t := range p.Tables {
		if err := t.check(); err != nil {
			return fmt.Errorf("projections: %s: %w", p.Name, err)
		}
		if seen[t.Name] {
			return fmt.Errorf("projections: %s declares table %s twice", p.Name, t.Name)
		}
		seen[t.Name] = true
	}
	return nil
}

func (t Table) check() error {
	if !identifier(t.Name) {
		return fmt.Errorf("table name %q is not lower-case letters, digits and _ (at most 40)", t.Name)
	}
	for i, c := range t.Columns {
		if !identifier(c) || slices.Contains(t.Columns[:i], c) {
			return fmt.Errorf("column %q of table %s is ill-formed or declared twice", c, t.Name)
		}
	}
	for i, index := range t.Indexes {
		if len(index) == 0 || slices.ContainsFunc(t.Indexes[:i], func(o []string) bool { return slices.Equal(o, index) }) {
			return fmt.Errorf("index %v of table %s is empty or declared twice", index, t.Name)
		}
		for j, c := range index {
			if !slices.Contains(t.Columns, c) || slices.Contains(index[:j], c) {
				return fmt.Errorf("index %v of table %s: %q is not one of its columns, or twice", index, t.Name, c)
			}
		}
	}
	return nil
}

func identifier(s string) bool {
	if s == "" || len(s) > 40 || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for _, c := range []byte(s) {
		if c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// Definition is a digest of the projection's tables, in hex. A sink that finds another one stored under the projection's name
// starts anew.
func (p Projection) Definition() string {
	b, err := json.Marshal(p.Tables)
	if err != nil {
		panic(err) // strings, slices and a bool always encode
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
