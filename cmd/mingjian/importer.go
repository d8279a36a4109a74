package main

import (
	"context"
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
	// Once more for the report, still without writing.
	s, err = im.pass(ctx, im.out, true)
	if err == nil {
		err = &codedError{exitRejected, fmt.Errorf("--strict: %d rows are refused, so none was written", s.Refused)}
	}
	return s, err
}

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
	if check {
		what = "checking " + string(im.kind)
	}
	_, total := r.Progress()
	bar := newProgress(im.screen, what, total)
	defer bar.end()
	complete, shown := false, int64(0)
	var batch []sheet.Row
	for !complete {
		row, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			complete = true
		case err != nil:
			return sum, err
		case row.Refused():
			if err := report.Row(row, sheet.Refused); err != nil {
				return sum, err
			}
			continue
		default:
			batch = append(batch, row)
		}
		if len(batch) < batchRows && !complete {
			continue
		}
		if err := im.flush(ctx, report, r.File().SHA256, batch, check); err != nil {
			return sum, fmt.Errorf("at line %d: %w", r.Line(), err)
		}
		batch = batch[:0]
		done, _ := r.Progress()
		bar.add(int(done - shown))
		shown = done
	}
	return report.Close(r.Counts(), complete)
}

func (im *importer) flush(ctx context.Context, report *sheet.Report, digest string, rows []sheet.Row, check bool) error {
	if len(rows) == 0 {
		return nil
	}
	answers, err := im.persist(ctx, digest, rows, check)
	if err != nil {
		return err
	}
	for i, row := range rows {
		for j := range answers[i].problems {
			answers[i].problems[j].Line = row.Line
		}
		if err := report.Row(row, answers[i].outcome, answers[i].problems...); err != nil {
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
