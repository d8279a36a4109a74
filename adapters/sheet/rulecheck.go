package sheet

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Layouts that a date column is read with when the mapping names none.
func dateLayouts() []string { return []string{"2006-01-02", "2006/01/02", "2006年1月2日"} }

func monthLayouts() []string { return []string{"2006-01", "2006/01", "2006年1月"} }

// excelLayout stands for the serial day numbers of a spreadsheet.
const excelLayout = "excel"

func (r *Rule) prepare(t fieldType) error {
	var faults []error
	fault := func(bad bool, format string, args ...any) {
		if bad {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	sources := boolInt(len(r.Column) > 0) + boolInt(r.Const != nil) + boolInt(r.Join != nil)
	fault(sources != 1, "give exactly one of column, const, join")
	fault(r.Join != nil && len(r.Join.Columns) < 2, "join.columns: give at least two")
	fault(r.Const != nil && (r.Default != nil || r.Required), "const: goes without default and required")
	fault(len(r.Date) > 0 && t != typeDate && t != typeMonth, "date: only for fields that are dates")
	fault(t == typeMoney && r.Money != "yuan" && r.Money != "wanyuan" && r.Money != "fen",
		"money: state the unit: yuan, wanyuan or fen")
	fault(t != typeMoney && r.Money != "", "money: only for amounts")
	fault(len(r.Split) > 0 && t != typeList, "split: only for lists")
	fault(slices.Contains(r.Split, ""), "split: a separator is empty")
	fault(r.Otherwise != nil && r.Map == nil && r.Extract == "", "otherwise: goes with map or extract")
	faults = append(faults, r.compile(), r.checkLayouts(t))
	return errors.Join(faults...)
}

func (r *Rule) compile() error {
	if r.Map != nil {
		r.table = make(map[string]string, len(r.Map))
		for from, to := range r.Map {
			key := Fold(Clean(from))
			if other, ok := r.table[key]; ok && other != to {
				return fmt.Errorf("map: %q stands there twice", from)
			}
			r.table[key] = to
		}
	}
	if r.Extract == "" {
		return nil
	}
	var err error
	if r.pattern, err = regexp.Compile(r.Extract); err != nil {
		return fmt.Errorf("extract: %w", err)
	}
	if r.pattern.NumSubexp() > 1 {
		return errors.New("extract: use one group at most; (?:…) groups without capturing")
	}
	return nil
}

// checkLayouts asks that each layout can carry a whole date: the reference date must come back out of it.
func (r *Rule) checkLayouts(t fieldType) error {
	want := time.Date(2011, 12, 25, 0, 0, 0, 0, time.UTC)
	if t == typeMonth {
		want = time.Date(2011, 12, 1, 0, 0, 0, 0, time.UTC)
	}
	for _, layout := range r.Date {
		if layout == excelLayout {
			continue
		}
		got, err := time.Parse(layout, want.Format(layout))
		if err != nil || !got.Equal(want) || strings.TrimSpace(layout) == "" {
			return fmt.Errorf("date: layout %q does not carry year, month and day (2006-01-02 is the reference)", layout)
		}
	}
	return nil
}

func (c *Condition) prepare() error {
	tests := boolInt(len(c.Equals) > 0) + boolInt(c.Matches != "") + boolInt(c.Empty)
	if len(c.Column) == 0 || tests != 1 {
		return errors.New("give column and exactly one of equals, matches, empty")
	}
	if c.Matches == "" {
		return nil
	}
	var err error
	if c.pattern, err = regexp.Compile(c.Matches); err != nil {
		return fmt.Errorf("matches: %w", err)
	}
	return nil
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
