package exchange

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/chain"
	"github.com/mingjian-ledger/mingjian/domain/returns"
)

// Spreadsheets writes and reads tables.
//
// New begins a file; see returns.Book. Carries MUST refuse every text that Read would not give back as it was. Read yields the
// rows of a file's first table as they were written, an error last; without a format it finds out what the file is.
type Spreadsheets interface {
	New(format string, w io.Writer) (returns.Book, error)
	Carries(format, text string) *domain.Fault
	Read(ctx context.Context, format, path string) iter.Seq2[[]string, error]
}

// Span of rows that are one batch.
type plan struct {
	Version string      `json:"version"`
	From    uint64      `json:"from"`
	To      uint64      `json:"to"`
	Before  chain.Chain `json:"before"`
}

// made is a batch in a folder of this machine, and the copy of it that is kept.
type made struct {
	manifest Manifest
	sent     []string // paths, in the order in which they are put: the manifest last
	audit    []string // the same of the copy
	held     map[uint64]Problem
}

// maker writes one batch.
type maker struct {
	layout Layout
	key    Key
	sheets Spreadsheets
	open   Identities
	dir    string // empty
	plan   plan

	chain chain.Chain
	next  uint64
	parts map[string]*part // by name of the file
	index *bufio.Writer
	held  map[uint64]Problem
}

const auditDir = "audit"

// make writes the batch of the plan's rows and reads every cell of it back.
func (m *maker) make(ctx context.Context, rows iter.Seq2[Row, error]) (out made, err error) {
	m.chain, m.next = m.plan.Before, m.plan.From
	m.parts, m.held = map[string]*part{}, map[uint64]Problem{}
	defer func() {
		for _, p := range m.parts {
			p.discard()
		}
	}()
	if err := os.Mkdir(filepath.Join(m.dir, auditDir), 0o700); err != nil {
		return out, fmt.Errorf("exchange: %w", err)
	}
	index, err := os.OpenFile(filepath.Join(m.dir, m.batch()+indexEnd), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return out, fmt.Errorf("exchange: %w", err)
	}
	m.index = bufio.NewWriter(index)
	err = m.rows(ctx, rows)
	if err = errors.Join(err, m.index.Flush(), index.Close()); err != nil {
		return out, err
	}
	return m.finish(ctx)
}

func (m *maker) batch() string {
	return BatchName(m.layout.Platform, m.layout.Kind, m.plan.From, m.plan.To)
}

func (m *maker) rows(ctx context.Context, rows iter.Seq2[Row, error]) error {
	for row, err := range rows {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		if row.Number != m.next {
			return fmt.Errorf("exchange: row %d comes where %d is due", row.Number, m.next)
		}
		if err := m.row(ctx, row); err != nil {
			return fmt.Errorf("exchange: row %d: %w", row.Number, err)
		}
		if m.next++; row.Number == m.plan.To {
			return nil
		}
	}
	return fmt.Errorf("exchange: the rows end before %d", m.plan.To)
}

func (m *maker) row(ctx context.Context, row Row) error {
	it, err := readItem(row.Item)
	switch {
	case err != nil:
		return err
	case it.Number != row.Number || it.Platform != m.layout.Platform || it.Kind != m.layout.Kind || it.Version != m.layout.Version:
		return errors.New("it is no row of this number, platform, kind and version")
	case !isCanonical(row.Item):
		return errors.New("it is not in canonical form")
	}
	table, ok := tableOf(m.layout.Tables, it.Table)
	if !ok {
		return fmt.Errorf("the profile has no table %q", it.Table)
	}
	m.chain = m.chain.Next(row.Item)
	values, problem, err := m.values(ctx, row, it, table)
	if err != nil {
		return err
	}
	if problem != nil {
		m.held[row.Number] = *problem
		return m.note(entry{Held: problem, Item: row.Item})
	}
	p, err := m.part(it, table)
	if err != nil {
		return err
	}
	if err := p.row(values); err != nil {
		return err
	}
	return m.note(entry{File: p.Name, Line: 1 + p.Rows, Personal: row.Personal, Item: row.Item})
}

// note writes a line of the index. Characters of HTML stand as they are: the row has to stay canonical.
func (m *maker) note(e entry) error {
	enc := json.NewEncoder(m.index)
	enc.SetEscapeHTML(false)
	return enc.Encode(e)
}

// values are the cells of a row, or why there can't be any.
func (m *maker) values(ctx context.Context, row Row, it item, table Table) ([]string, *Problem, error) {
	own, problem, err := m.opened(ctx, row, table)
	if err != nil || problem != nil {
		return nil, problem, err
	}
	out, known := make([]string, len(table.Columns)), 0
	for i, c := range table.Columns {
		value, there := it.Columns[c.Key] // a column without a value is not in it
		if there {
			known++
		}
		if personal, filled := own[c.Key]; filled {
			value = personal
		}
		out[i] = c.written(value)
		if back, ok := c.read(out[i]); !ok || back != value {
			return nil, &Problem{c.Key, "date", c.Title + "：不是日期", c.Key + ": is no date"}, nil
		}
		if f := m.sheets.Carries(m.layout.Format, out[i]); f != nil {
			return nil, &Problem{c.Key, f.Code, c.Title + "：" + f.ZH, c.Key + ": " + f.EN}, nil
		}
	}
	if known != len(it.Columns) {
		return nil, nil, errors.New("it has a column that its table lacks")
	}
	return out, nil, nil
}

// opened are the values of the row's personal columns. What is said of a bad one is said without it.
func (m *maker) opened(ctx context.Context, row Row, table Table) (map[string]string, *Problem, error) {
	if len(row.Personal) == 0 {
		return nil, nil, nil
	}
	for _, key := range row.Personal {
		if !slices.ContainsFunc(table.Columns, func(c Column) bool { return c.Key == key && c.Personal }) {
			return nil, nil, fmt.Errorf("its column %s is not one of the personal ones of the table", key)
		}
	}
	own, problem, err := m.open(ctx, row)
	if domain.KindOf(err) == domain.Gone {
		return nil, &Problem{row.Personal[0], "shredded", "该自然人的个人信息已依法删除，无法填报", "the person's data were destroyed as the law demands: the row can't be filled in"}, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("personal columns: %w", err)
	}
	if problem != nil {
		return nil, problem, nil
	}
	filled := make(map[string]string, len(row.Personal))
	for _, key := range row.Personal {
		if filled[key] = own[key]; filled[key] == "" {
			return nil, &Problem{key, "personal_missing", "封存的身份信息中没有该项", "the sealed identity has nothing for the column " + key}, nil
		}
	}
	return filled, nil, nil
}
