package exchange

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/chain"
)

// checker goes through the index and the tables of a batch together.
type checker struct {
	m      Manifest
	tables map[string]*reading
	chain  chain.Chain
	next   uint64
	held   int
	found  []Finding
}

// reading is a table being read, a row at a time.
type reading struct {
	File
	table Table
	line  int
	next  func() ([]string, error, bool)
	stop  func()
}

// manyFindings end a check: a batch of which this much is wrong is another one.
const manyFindings = 100

func checkRows(ctx context.Context, sheets Spreadsheets, m Manifest, dir string) ([]Finding, error) {
	c := &checker{m: m, tables: map[string]*reading{}, chain: m.Chain.Before, next: m.From}
	for _, f := range m.Files {
		table, ok := tableOf(m.Tables, f.Table)
		if !ok || c.tables[f.Name] != nil {
			return []Finding{{f.Name, "it is of no table of the manifest, or named twice"}}, nil
		}
		next, stop := iter.Pull2(tableRows(ctx, sheets, m.Format, filepath.Join(dir, f.Name), table))
		defer stop()
		c.tables[f.Name] = &reading{File: f, table: table, line: 1, next: next, stop: stop}
	}
	for e, err := range entries(filepath.Join(dir, m.Index.Name)) {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return c.found, err
		}
		c.entry(e)
		if len(c.found) >= manyFindings {
			return c.found, nil
		}
	}
	c.end()
	return c.found, nil
}

// entries yields the lines of an index, an error last.
func entries(path string) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		f, err := os.Open(path) //nolint:gosec // a file of a batch
		if err != nil {
			yield(entry{}, fmt.Errorf("exchange: index: %w", err))
			return
		}
		defer func() { _ = f.Close() }()
		readEntries(f, yield)
	}
}

func readEntries(r io.Reader, yield func(entry, error) bool) {
	lines := bufio.NewReaderSize(r, 64<<10)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return
		}
		var e entry
		if err == nil {
			dec := json.NewDecoder(bytes.NewReader(line))
			dec.DisallowUnknownFields()
			err = dec.Decode(&e)
		}
		if err != nil {
			err = fmt.Errorf("exchange: index: line %d: %w", n, err)
		}
		if !yield(e, err) || err != nil {
			return
		}
	}
}

func (c *checker) fault(where, format string, args ...any) {
	c.found = append(c.found, Finding{where, fmt.Sprintf(format, args...)})
}

func (c *checker) entry(e entry) {
	row := fmt.Sprintf("row %d", c.next)
	it, err := readItem(e.Item)
	c.chain = c.chain.Next(e.Item)
	c.next++
	switch {
	case err != nil:
		c.fault(row, "%v", err)
		return
	case !isCanonical(e.Item):
		c.fault(row, "it is not in canonical form")
	case it.Number != c.next-1:
		c.fault(row, "number %d stands in its place", it.Number)
	case it.Platform != c.m.Platform || it.Kind != c.m.Kind || it.Version != c.m.Version:
		c.fault(row, "it is of another platform, kind or version")
	}
	if e.Held != nil {
		c.held++
		return
	}
	t := c.tables[e.File]
	if t == nil || t.Action != it.Action || t.Table != it.Table {
		c.fault(row, "it stands in no table of its kind")
		return
	}
	cells, err, ok := t.next()
	if t.line++; err != nil || !ok || e.Line != t.line {
		c.fault(row, "it does not stand on line %d of %s", e.Line, e.File)
		return
	}
	c.cells(row, it, e.Personal, t.table, cells)
}

// cells compares what stands in the table with the row. Of personal columns it is known only whether they are filled.
func (c *checker) cells(row string, it item, personal []string, table Table, cells []string) {
	known := 0
	for i, column := range table.Columns {
		want, there := it.Columns[column.Key]
		if there {
			known++
		}
		filled := slices.Contains(personal, column.Key)
		got, ok := column.read(cells[i])
		switch {
		case filled && column.Personal:
			if c.m.Audit == (got != "") {
				c.fault(row, "column %s is blank where it is to be filled, or filled where it is to be blank", column.Key)
			}
		case filled:
			c.fault(row, "column %s is filled and no personal one", column.Key)
		case !ok || got != want:
			c.fault(row, "column %s says something else than the row that was chained", column.Key)
		}
	}
	if known != len(it.Columns) {
		c.fault(row, "it has a column that its table lacks")
	}
}

func (c *checker) end() {
	if c.next != c.m.To+1 || uint64(c.m.Rows) != c.m.To-c.m.From+1 { //nolint:gosec // compared only
		c.fault(c.m.Index.Name, "it has the rows to %d, and the manifest says %d rows to %d", c.next-1, c.m.Rows, c.m.To)
	}
	if c.held != c.m.Held {
		c.fault(c.m.Index.Name, "%d rows are held, and the manifest says %d", c.held, c.m.Held)
	}
	if c.chain != c.m.Chain.After {
		c.fault(c.m.Index.Name, "the running digest behind its rows is %s instead of %s", c.chain, c.m.Chain.After)
	}
	for _, f := range c.m.Files {
		t := c.tables[f.Name]
		if _, err, more := t.next(); err != nil || more {
			c.fault(f.Name, "it has rows that the index does not name")
		}
		if t.line-1 != f.Rows {
			c.fault(f.Name, "it has %d rows, and the manifest says %d", t.line-1, f.Rows)
		}
	}
}
