package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/returns"
)

// part is one table of a batch being written, beside the copy with its personal columns blank if it has such.
type part struct {
	File
	table  Table
	format string
	sent   *tableFile
	kept   *tableFile // nil if the copy is the same
}

// tableFile is a file of one table. It keeps a digest of the cells that it was given, to be compared with those that are read back.
type tableFile struct {
	path  string
	file  *os.File
	book  returns.Book
	cells hash.Hash
}

// part is the table for a row, begun if it is the first.
func (m *maker) part(it item, table Table) (*part, error) {
	name := m.batch() + "." + string(it.Action) + "." + table.Name + extension(m.layout.Format)
	if p := m.parts[name]; p != nil {
		return p, nil
	}
	p := &part{File: File{Digest: Digest{Name: name}, Action: it.Action, Table: table.Name}, table: table, format: m.layout.Format}
	m.parts[name] = p
	var err error
	if p.sent, err = m.begin(filepath.Join(m.dir, name), table); err == nil && table.personal() {
		p.kept, err = m.begin(filepath.Join(m.dir, auditDir, name), table)
	}
	return p, err
}

func (m *maker) begin(path string, table Table) (f *tableFile, err error) {
	f = &tableFile{path: path, cells: sha256.New()}
	if f.file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		return f, err
	}
	if f.book, err = m.sheets.New(m.layout.Format, f.file); err != nil {
		return f, err
	}
	columns := make([]returns.Column, len(table.Columns))
	for i, c := range table.Columns {
		columns[i] = returns.Column{Key: c.Key, Title: c.Title, Kind: returns.Text}
	}
	return f, f.book.Sheet(returns.Sheet{Name: table.Name, Columns: columns})
}

func (p *part) row(values []string) error {
	p.Rows++
	if err := p.sent.row(values); err != nil || p.kept == nil {
		return err
	}
	blank := slices.Clone(values)
	for i, c := range p.table.Columns {
		if c.Personal {
			blank[i] = ""
		}
	}
	return p.kept.row(blank)
}

func (f *tableFile) row(values []string) error {
	cells := make([]returns.Cell, len(values))
	for i, v := range values {
		cells[i] = returns.Cell{Text: v}
	}
	digestCells(f.cells, values)
	return f.book.Row(cells)
}

// digestCells tells the cells of a row apart by their lengths.
func digestCells(h hash.Hash, values []string) {
	for _, v := range values {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(v))))
		h.Write([]byte(v))
	}
}

func (f *tableFile) close() error {
	err := f.book.Close()
	return errors.Join(err, f.file.Close())
}

func (p *part) discard() {
	for _, f := range []*tableFile{p.sent, p.kept} {
		if f == nil {
			continue
		}
		if f.book != nil {
			f.book.Discard()
		}
		if f.file != nil {
			_ = f.file.Close()
		}
	}
}

// finish ends the tables, reads them back, and writes manifests and signatures.
func (m *maker) finish(ctx context.Context) (out made, err error) {
	out.manifest = Manifest{
		Form: manifestForm, Batch: m.batch(), Platform: m.layout.Platform, Kind: m.layout.Kind, Version: m.layout.Version,
		From: m.plan.From, To: m.plan.To, Rows: int(m.next - m.plan.From), Held: len(m.held), //nolint:gosec // as many as a batch holds
		Chain: Span{m.plan.Before, m.chain}, Format: m.layout.Format, Tables: m.layout.Tables, Key: m.key.Public().ID(),
	}
	kept := out.manifest
	kept.Audit = true
	for _, name := range m.names() {
		p := m.parts[name]
		same, err := p.finish(ctx, m.sheets)
		if err != nil {
			return out, fmt.Errorf("exchange: %s: %w", name, err)
		}
		out.manifest.Files, out.sent = append(out.manifest.Files, p.File), append(out.sent, p.sent.path)
		kept.Files, out.audit = append(kept.Files, same.File), append(out.audit, same.sent.path)
	}
	index := filepath.Join(m.dir, m.batch()+indexEnd)
	if out.manifest.Index, err = digestOf(index); err != nil {
		return out, err
	}
	kept.Index = out.manifest.Index
	signed, err := m.sign(out.manifest, m.dir)
	if err != nil {
		return out, err
	}
	signedCopy, err := m.sign(kept, filepath.Join(m.dir, auditDir))
	out.sent = append(append(out.sent, index), signed...)
	out.audit = append(append(out.audit, index), signedCopy...)
	out.held = m.held
	return out, err
}

func (m *maker) names() []string {
	var out []string
	for name := range m.parts {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// finish closes the table and its copy; the copy is what it returns.
func (p *part) finish(ctx context.Context, sheets Spreadsheets) (kept *part, err error) {
	if err := p.sent.finish(ctx, sheets, p, &p.Digest); err != nil || p.kept == nil {
		return p, err
	}
	kept = &part{File: p.File, table: p.table, format: p.format, sent: p.kept}
	return kept, p.kept.finish(ctx, sheets, p, &kept.Digest)
}

func (f *tableFile) finish(ctx context.Context, sheets Spreadsheets, p *part, d *Digest) (err error) {
	if err := f.close(); err != nil {
		return err
	}
	back := sha256.New()
	line := 0
	for cells, err := range tableRows(ctx, sheets, p.format, f.path, p.table) {
		if err != nil {
			return err
		}
		line++
		digestCells(back, cells)
	}
	if line != p.Rows || !slices.Equal(back.Sum(nil), f.cells.Sum(nil)) {
		return errors.New("the table is not read back as it was written")
	}
	*d, err = digestOf(f.path)
	return err
}

// sign writes a manifest and its signature into a folder.
func (m *maker) sign(manifest Manifest, dir string) (paths []string, err error) {
	text, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("exchange: manifest: %w", err)
	}
	text = append(text, '\n')
	signature := filepath.Join(dir, manifest.Batch+signatureEnd)
	named := filepath.Join(dir, manifest.Batch+manifestEnd)
	if err := errors.Join(os.WriteFile(signature, m.key.sign(text), 0o600), os.WriteFile(named, text, 0o600)); err != nil {
		return nil, fmt.Errorf("exchange: manifest: %w", err)
	}
	return []string{signature, named}, nil
}
