package draw

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// WriteBundle writes the published document from which anyone recomputes the draw (mingjian/draw/v1 §7): the form of
// sortition.Bundle, one element of a list a line. Pools and selection are copied from the blob store line by line, so that
// memory stays flat. A draw that is not drawn is a Precondition fault, before anything is written.
func WriteBundle(ctx context.Context, w io.Writer, blobs Blobs, s State) error {
	if s.Drawn == nil {
		return domain.Refuse(domain.Precondition, "draw.bundle.undrawn", "", "尚未抽取，没有可验证的抽取包", "the draw has no bundle before it is drawn")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	f, drawn := s.Frozen, s.Drawn
	terms := s.Terms()
	b := &bundleWriter{ctx: ctx, blobs: blobs, out: bufio.NewWriterSize(w, 1<<16)}
	b.member("version", sortition.Version)
	b.member("draw_id", f.Draw)
	b.member("task_id", f.Task)
	b.member("number", f.Number)
	b.member("line", f.Line)
	b.member("window_end", terms.WindowEnd)
	b.member("workload_cap", f.WorkloadCap)
	b.member("strata", terms.Strata)
	b.member("departments", terms.Departments)
	b.list("subjects", f.Subjects.Digest)
	b.list("inspectors", f.Inspectors.Digest)
	b.list("conflicts", f.Conflicts.Digest)
	b.member("exclusions", append([]sortition.Exclusion{}, f.Exclusions...))
	if s.Beacon != nil {
		b.member("beacon", sortition.Beacon{
			BeaconTerms: *s.Fixed.Beacon, Value: s.Beacon.Value, Signature: s.Beacon.Signature, Entries: s.entries(),
		})
	}
	b.member("reveals", s.Opened())
	b.member("commitments", s.sealings())
	b.member("committed_at", instant(s.Fixed.FixedAt))
	b.member("replacements", s.Replacements())
	b.member("subject_root", f.Subjects.Root)
	b.member("inspector_root", f.Inspectors.Root)
	b.member("conflict_root", f.Conflicts.Root)
	b.member("terms", s.Fixed.Terms)
	b.member("seed", drawn.Seed)
	b.list("selected", drawn.Selection.Digest)
	if err := b.close(); err != nil {
		return fmt.Errorf("draw: write the bundle of %s: %w", f.Draw, err)
	}
	return nil
}

func (s State) sealings() []sortition.Commitment {
	out := make([]sortition.Commitment, len(s.Commitments))
	for i, c := range s.Commitments {
		out[i] = sortition.Commitment{Party: c.Party, Commitment: c.Commitment, CommittedAt: instant(c.CommittedAt)}
	}
	return out
}

// entries names parties, and for people of the draw's authority the authority: accounts are not published.
func (s State) entries() []sortition.Entry {
	out := make([]sortition.Entry, len(s.Entries))
	for i, e := range s.Entries {
		out[i] = sortition.Entry{By: cmp.Or(e.By.Party, string(e.By.Authority)), Value: e.Value, EnteredAt: instant(e.EnteredAt)}
	}
	return out
}

func instant(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }

// bundleWriter writes one JSON object member by member. After an error it does nothing more.
type bundleWriter struct {
	ctx   context.Context //nolint:containedctx // lives for one call
	blobs Blobs
	out   *bufio.Writer
	begun bool
	err   error
}

func (b *bundleWriter) text(s string) {
	if b.err == nil {
		_, b.err = b.out.WriteString(s)
	}
}

func (b *bundleWriter) name(name string) {
	if b.begun {
		b.text(",\n \"" + name + "\": ")
		return
	}
	b.begun = true
	b.text("{\n \"" + name + "\": ")
}

func (b *bundleWriter) member(name string, value any) {
	b.name(name)
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil && b.err == nil {
		b.err = err
	}
	b.text(string(bytes.TrimSuffix(text.Bytes(), []byte("\n"))))
}

// list copies a blob of JSON lines as a list. The blob's own check, at its end, tells whether what was copied is right.
func (b *bundleWriter) list(name, digest string) {
	b.name(name)
	b.text("[")
	if b.err != nil {
		return
	}
	r, err := b.blobs.Open(b.ctx, digest)
	if err != nil {
		b.err = err
		return
	}
	defer func() { _ = r.Close() }() // only read from
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 1<<16), 1<<22)
	for separator := "\n  "; lines.Scan() && b.err == nil; separator = ",\n  " {
		b.text(separator)
		b.text(lines.Text())
	}
	if b.err == nil {
		b.err = lines.Err()
	}
	b.text("]")
}

func (b *bundleWriter) close() error {
	b.text("\n}\n")
	if b.err != nil {
		return b.err
	}
	return b.out.Flush()
}
