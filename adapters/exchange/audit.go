package exchange

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
)

// keep keeps the copy of a batch. It gives the digest of its manifest, which names the digests of the rest, and the signature.
func (s *Sender) keep(ctx context.Context, paths []string) (manifest, signature string, err error) {
	for _, path := range paths {
		text, digest := []byte(nil), ""
		if strings.HasSuffix(path, signatureEnd) {
			text, err = os.ReadFile(path) //nolint:gosec // in the working folder
			signature = strings.TrimSuffix(string(text), "\n")
		} else {
			digest, err = s.keepFile(ctx, path)
			manifest = digest // the last is the manifest
		}
		if err != nil {
			return "", "", fmt.Errorf("exchange: copy: %w", err)
		}
	}
	return manifest, signature, nil
}

func (s *Sender) keepFile(ctx context.Context, path string) (digest string, err error) {
	f, err := os.Open(path) //nolint:gosec // in the working folder
	if err != nil {
		return "", err
	}
	digest, _, err = s.Archive.Put(ctx, f)
	return digest, errors.Join(err, f.Close())
}

// audited reads of the copy what the batch is and which of its rows are held.
func (s *Sender) audited(ctx context.Context, p pending) (Sent, map[uint64]Problem, error) {
	m, _, err := manifestOf(ctx, s.Archive, p.Audit)
	if err != nil {
		return Sent{}, nil, err
	}
	held := map[uint64]Problem{}
	number := m.From
	err = index(ctx, s.Archive, m, func(e entry) bool {
		if e.Held != nil {
			held[number] = *e.Held
		}
		number++
		return true
	})
	return Sent{Batch: m.Batch, Audit: p.Audit, Signature: p.Sign, Rows: m.Rows, Held: m.Held}, held, err
}

func manifestOf(ctx context.Context, archive Archive, digest string) (m Manifest, text []byte, err error) {
	r, err := archive.Open(ctx, digest)
	if err != nil {
		return m, nil, fmt.Errorf("exchange: copy: %w", err)
	}
	text, err = io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return m, nil, fmt.Errorf("exchange: copy: %w", err)
	}
	m, err = readManifest(text)
	return m, text, err
}

// index shows the lines of a copy's index until see has seen enough.
func index(ctx context.Context, archive Archive, m Manifest, see func(entry) bool) error {
	r, err := archive.Open(ctx, m.Index.SHA256)
	if err != nil {
		return fmt.Errorf("exchange: copy: %w", err)
	}
	readEntries(r, func(e entry, fault error) bool {
		err = fault
		return fault == nil && see(e)
	})
	return errors.Join(err, r.Close())
}

// Copies are the copies of the batches that were sent from a folder.
type Copies struct {
	Archive Archive
	Dir     string
}

// List lists the batches in the order in which they were sent.
func (c Copies) List() ([]Sent, error) { return state{c.Dir}.sent() }

// Sending tells whether a batch is on its way, or any if it is empty: files may be there, while not all is told of them yet.
func (c Copies) Sending(batch string) (bool, error) {
	if batch == "" {
		all, err := filepath.Glob(state{c.Dir}.pendingPath("*", "*"))
		return len(all) > 0, err
	}
	b, ok := parseBatch(batch)
	if !ok {
		return false, nil
	}
	p, there, err := state{c.Dir}.pending(b.platform, b.kind)
	return there && p.From == b.from && p.To == b.to, err
}

// find is a batch that was sent.
func (c Copies) find(ctx context.Context, batch string) (sent Sent, m Manifest, text []byte, err error) {
	all, err := c.List()
	if err != nil {
		return sent, m, nil, err
	}
	for _, one := range all {
		if one.Batch == batch {
			m, text, err = manifestOf(ctx, c.Archive, one.Audit)
			return one, m, text, err
		}
	}
	return sent, m, nil, domain.Refuse(domain.NotFound, "exchange.batch.unknown", "batch", "没有报送过该批次", "no such batch was sent")
}

// Write writes the copy of a batch into a folder, for Check.
func (c Copies) Write(ctx context.Context, batch, dir string) error {
	sent, m, text, err := c.find(ctx, batch)
	if err != nil {
		return err
	}
	for _, d := range m.digests() {
		r, err := c.Archive.Open(ctx, d.SHA256)
		if err != nil {
			return fmt.Errorf("exchange: copy: %w", err)
		}
		if err := errors.Join(writeFile(filepath.Join(dir, d.Name), r), r.Close()); err != nil {
			return fmt.Errorf("exchange: copy: %w", err)
		}
	}
	return errors.Join(writeFile(filepath.Join(dir, m.Batch+signatureEnd), strings.NewReader(sent.Signature+"\n")),
		writeFile(filepath.Join(dir, m.Batch+manifestEnd), bytes.NewReader(text)))
}

func writeFile(path string, r io.Reader) error {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // in a folder that the user named
	if err != nil {
		return err
	}
	_, err = io.Copy(out, r)
	return errors.Join(err, out.Close())
}

// Number is the row on a line of a table that was sent; the heading is line 1.
func (c Copies) Number(ctx context.Context, file string, line int) (number uint64, err error) {
	batch, _, _ := strings.Cut(file, ".")
	_, m, _, err := c.find(ctx, batch)
	if err != nil {
		return 0, err
	}
	at := m.From
	err = index(ctx, c.Archive, m, func(e entry) bool {
		if e.File == file && e.Line == line {
			number = at
		}
		at++
		return number == 0
	})
	if err == nil && number == 0 {
		err = domain.Refuse(domain.NotFound, "exchange.line.unknown", "line", "该文件没有这一行", "the file that was sent has no such line")
	}
	return number, err
}

// Read reads the whole copy of a batch against its digests.
func (c Copies) Read(ctx context.Context, sent Sent) (m Manifest, err error) {
	if m, _, err = manifestOf(ctx, c.Archive, sent.Audit); err != nil {
		return m, err
	}
	if m.Batch != sent.Batch {
		return m, fmt.Errorf("exchange: copy: it is of %s", m.Batch)
	}
	for _, d := range m.digests() {
		r, err := c.Archive.Open(ctx, d.SHA256)
		if err == nil {
			_, err = io.Copy(io.Discard, r)
			err = errors.Join(err, r.Close())
		}
		if err != nil {
			return m, fmt.Errorf("exchange: copy: %s: %w", d.Name, err)
		}
	}
	return m, nil
}

// State names the files of the folder by which a sender goes on: the journal, and the batches at which it is. They name no person.
func (c Copies) State() (names []string, err error) {
	there, err := os.ReadDir(c.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, f := range there {
		if f.Type().IsRegular() && (f.Name() == journal || strings.HasSuffix(f.Name(), pendingEnd)) {
			names = append(names, f.Name())
		}
	}
	return names, err
}
