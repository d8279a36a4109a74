package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/mingjian-ledger/mingjian/adapters/sheet"
)

// batchRows is how many rows go in one call; the API takes up to 500.
const batchRows = 500

// rowAnswer is what the server said of one row.
type rowAnswer struct {
	outcome  sheet.Outcome
	problems []sheet.Problem
}

// rowSink records rows; check alone decides without recording.
type rowSink interface {
	put(ctx context.Context, fileDigest string, rows []sheet.Row, check bool) ([]rowAnswer, error)
}

// importer carries one file into the ledger, holding one batch of rows at a time.
type importer struct {
	kind    sheet.Kind
	path    string
	options sheet.Options
	flags   *importFlags
	sink    rowSink
	out     io.Writer // of the report; nil for none
	screen  io.Writer
	twins   twins // of a checking pass
}

// run imports the file; in strict mode a first pass decides on every row before anything is written.
func (im *importer) run(ctx context.Context) (sheet.Summary, error) {
	if !im.flags.strict {
		return im.pass(ctx, im.out, false)
	}
	s, err := im.pass(ctx, nil, true)
	if err != nil {
		return s, err
	}
	if s.Refused == 0 {
		return im.pass(ctx, im.out, false)
	}
	return im.pass(ctx, im.out, true) // once more for the report, still without writing
}

// pass goes through the file once. What ends it before the end of the file leaves a report that says how far it came.
func (im *importer) pass(ctx context.Context, out io.Writer, check bool) (sum sheet.Summary, err error) {
	r, err := sheet.Open(im.path, im.options)
	if err != nil {
		return sum, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	report, err := sheet.NewReport(out, r)
	if err != nil {
		return sum, err
	}
	what := "importing " + string(im.kind)
	if im.twins = nil; check {
		what, im.twins = "checking "+string(im.kind), twins{}
	}
	failed := im.rows(ctx, r, report, what, check)
	sum, err = report.Close(r.Counts(), failed == nil)
	return sum, errors.Join(failed, err)
}

// rows carries batch after batch, bad rows among the good ones, so that the report has them in their order.
func (im *importer) rows(ctx context.Context, r *sheet.Reader, report *sheet.Report, what string, check bool) error {
	_, total := r.Progress()
	bar := newProgress(im.screen, what, total)
	defer bar.end()
	var batch []sheet.Row
	for {
		row, err := r.Next()
		switch {
		case err == nil:
			batch = append(batch, row)
		case !errors.Is(err, io.EOF):
			return err
		}
		if len(batch) == batchRows || err != nil {
			if err := im.flush(ctx, report, r.File().SHA256, batch, check); err != nil {
				return fmt.Errorf("at line %d: %w", batch[0].Line, err)
			}
			batch = batch[:0]
			done, _ := r.Progress()
			bar.add(int(done - bar.done))
		}
		if err != nil {
			return nil
		}
	}
}

func (im *importer) flush(ctx context.Context, report *sheet.Report, digest string, rows []sheet.Row, check bool) error {
	var good []sheet.Row
	for _, row := range rows {
		if !row.Refused() {
			good = append(good, row)
		}
	}
	var answers []rowAnswer
	if len(good) > 0 {
		var err error
		if answers, err = im.persist(ctx, digest, good, check); err != nil {
			return err
		}
	}
	for _, row := range rows {
		answer := rowAnswer{outcome: sheet.Refused}
		if !row.Refused() {
			answer, answers = answers[0], answers[1:]
			for i, p := range answer.problems {
				answer.problems[i] = row.Place(p)
			}
			if p, found := im.twins.find(row); found && answer.outcome != sheet.Refused {
				answer.outcome, answer.problems = sheet.Refused, append(answer.problems, p)
			}
		}
		if err := report.Row(row, answer.outcome, answer.problems...); err != nil {
			return err
		}
	}
	return nil
}

// persist tries a batch again while the server is merely unavailable; the rows' own keys make that safe.
func (im *importer) persist(ctx context.Context, digest string, rows []sheet.Row, check bool) ([]rowAnswer, error) {
	for pause := 200 * time.Millisecond; ; pause *= 2 {
		answers, err := im.sink.put(ctx, digest, rows, check)
		if err == nil && len(answers) != len(rows) {
			err = fmt.Errorf("%d rows were sent and %d answered", len(rows), len(answers))
		}
		if status.Code(err) != codes.Unavailable || pause > 10*time.Second {
			return answers, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// twins finds rows that say different things of one record, where nothing is written that would show it. It takes some fifty
// bytes a row, which only a checking pass spends.
type twins map[[16]byte]twin

type twin struct {
	digest uint64
	line   int
}

// find is the problem of a row whose record an earlier one names with other content.
func (t twins) find(row sheet.Row) (sheet.Problem, bool) {
	if t == nil {
		return sheet.Problem{}, false
	}
	key, digest := sha256.Sum256([]byte(row.NaturalKey())), row.Digest()
	is := twin{binary.BigEndian.Uint64(digest[:]), row.Line}
	was, seen := t[[16]byte(key[:16])]
	if !seen {
		t[[16]byte(key[:16])] = is
	}
	return sheet.Problem{
		Line: row.Line, Rule: "row.twice", Severity: sheet.Refuse,
		Text: sheet.Text{
			ZH: fmt.Sprintf("第%d行已有同一记录，且内容不同", was.line),
			EN: fmt.Sprintf("line %d is about the same record and says something else", was.line),
		},
	}, seen && was.digest != is.digest
}
