package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/canonical"
	"github.com/mingjian-ledger/mingjian/domain/chain"
	"github.com/mingjian-ledger/mingjian/domain/profile"
)

// Row is a row as it is to be sent.
type Row struct {
	Number   uint64
	Item     []byte        // canonical JSON with the number, as profile.Item has it; personal columns are not in it
	Personal []string      // keys of the columns that are filled while the row is written
	Identity domain.Sealed // what they are filled from
}

// Rows are the rows of a platform and kind.
//
// From MUST yield them in the order of their numbers from the given one on, without a gap, an error last; MUST yield the same
// under a number for ever; and MUST be callable again. Before is the running digest before a number.
type Rows interface {
	From(ctx context.Context, number uint64) iter.Seq2[Row, error]
	Before(ctx context.Context, number uint64) (chain.Chain, error)
}

// Identities opens the personal columns of a row, or says why they can't be filled, without what they are. An error of kind Gone
// says that the person's data were destroyed.
type Identities func(ctx context.Context, row Row) (map[string]string, *Problem, error)

// item is what this package reads of a row's canonical form.
type item struct {
	Action   profile.Action    `json:"action"`
	Columns  map[string]string `json:"columns"`
	Number   uint64            `json:"number"`
	Platform string            `json:"platform"`
	Kind     profile.Kind      `json:"kind"`
	Record   string            `json:"record"`
	Table    string            `json:"table"`
	Version  string            `json:"version"`
}

func readItem(text []byte) (it item, err error) {
	if err := json.Unmarshal(text, &it); err != nil {
		return it, fmt.Errorf("exchange: a row is no JSON: %w", err)
	}
	if it.Number == 0 || it.Record == "" || it.Table == "" || it.Columns == nil {
		return it, fmt.Errorf("exchange: a row lacks its number, record, table or columns")
	}
	if !slices.Contains([]profile.Action{profile.Add, profile.Modify, profile.Delete}, it.Action) {
		return it, fmt.Errorf("exchange: row %d: unknown action", it.Number)
	}
	return it, nil
}

// isCanonical tells whether a row stands as RFC 8785 has it.
func isCanonical(text []byte) bool {
	again, err := canonical.JSON(text)
	return err == nil && bytes.Equal(again, text)
}

// Layout is how a platform takes the rows of a kind.
type Layout struct {
	Platform string
	Kind     profile.Kind
	Version  string
	Format   string // as Spreadsheets know it
	Tables   []Table
}

// Table is a template.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
}

// Column is one of its columns.
type Column struct {
	Key      string           `json:"key"`
	Title    string           `json:"title"`
	Date     profile.DateForm `json:"date,omitempty"` // of a column of days; rows have them as YYYY-MM-DD
	Personal bool             `json:"personal,omitempty"`
}

func (t Table) titles() []string {
	out := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		out[i] = c.Title
	}
	return out
}

func (t Table) personal() bool {
	return slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Personal })
}

func tableOf(tables []Table, name string) (Table, bool) {
	i := slices.IndexFunc(tables, func(t Table) bool { return t.Name == name })
	if i < 0 {
		return Table{}, false
	}
	return tables[i], true
}

// written is a value as it stands in the column's cells.
func (c Column) written(value string) string {
	if c.Date == "" {
		return value
	}
	return c.Date.Write(value)
}

// read is its inverse; false for what written never gives.
func (c Column) read(cell string) (string, bool) {
	if c.Date == "" || cell == "" {
		return cell, true
	}
	return c.Date.Read(cell)
}

// LayoutOf is the layout of a profile.
func LayoutOf(p profile.Profile, format string) Layout {
	l := Layout{Platform: p.Platform, Kind: p.Kind, Version: p.Version, Format: format}
	for _, t := range p.Tables {
		table := Table{Name: t.Name}
		for _, f := range p.Columns(t.Name) {
			c := Column{Key: f.Key, Title: f.Label, Personal: f.Personal()}
			if f.Type == profile.Day {
				c.Date = p.Dates[profile.File]
			}
			table.Columns = append(table.Columns, c)
		}
		l.Tables = append(l.Tables, table)
	}
	return l
}
