package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/mingjian-ledger/mingjian/domain/chain"
	"github.com/mingjian-ledger/mingjian/projections/release"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// feedCursor is how far a receiver came.
type feedCursor struct {
	Epoch    string      `json:"epoch"`
	Sequence uint64      `json:"sequence"`
	Chain    chain.Chain `json:"chain"`
}

// received is a release as it came, with the epoch that its number is of.
type received struct {
	*viewv1.Release
	line  []byte // without the line feed
	epoch string
}

// feedFollower receives a feed.
type feedFollower struct {
	options followOptions
	out     io.Writer
	log     io.Writer
	cursor  feedCursor
	kept    feedCursor // in the cursor's file
	until   uint64     // number to end at; 0 for none
	caught  uint64     // number from which on each release is kept at once
}

// keptEvery is after how many releases the cursor is kept while catching up.
const keptEvery = 100

// errReached ends the following.
var errReached = errors.New("everything is received")

func (f *feedFollower) run(ctx context.Context, source feedSource) error {
	err := f.begin(ctx, source)
	if err == nil && (!f.ends() || f.cursor.Sequence != f.until) {
		err = f.patiently(ctx, func() error {
			err := source.next(ctx, f.cursor, f.take)
			return errors.Join(err, f.keep())
		})
	}
	if errors.Is(err, errReached) {
		err = nil
	}
	err = errors.Join(err, f.keep())
	if final := (*finalError)(nil); errors.As(err, &final) {
		return &codedError{final.code, err}
	}
	if err != nil || !f.options.check {
		if ctx.Err() != nil {
			return nil // that is how one stops to follow
		}
		return err
	}
	return f.compare(ctx, source)
}

func (f *feedFollower) ends() bool { return f.options.untilHead || f.options.check }

// begin finds out where to go on, and how far.
func (f *feedFollower) begin(ctx context.Context, source feedSource) error {
	if err := f.load(); err != nil {
		return err
	}
	var at *uint64
	if f.options.from >= 0 {
		n := uint64(f.options.from)
		at = &n
	}
	var mark feedMark
	err := f.patiently(ctx, func() (err error) {
		if mark, err = source.head(ctx, "", at); err != nil {
			return err
		}
		return errReached
	})
	if !errors.Is(err, errReached) {
		return err
	}
	if f.caught = mark.newest; f.ends() {
		f.until = mark.newest
	}
	if at != nil {
		f.cursor = mark.feedCursor
		remark(f.log, "begins behind release %d with the running digest that the server tells: %s", f.cursor.Sequence, f.cursor.Chain)
		return f.keep()
	}
	return nil
}

// take checks and prints a release.
func (f *feedFollower) take(r received) error {
	if due := f.cursor.Sequence + 1; r.GetSequence() != due {
		return broken("release %d came where %d was due", r.GetSequence(), due)
	}
	next, err := release.Next(f.cursor.Chain, r.Release)
	if err != nil {
		return err
	}
	if next.String() != r.GetChain() {
		return broken("release %d: the running digest is %s, the server says %s: what came before, or this release, is not what was released",
			r.GetSequence(), next, r.GetChain())
	}
	for what, text := range map[string][2]string{"document": {r.GetDocument(), r.GetDigest()}, "tombstone": {r.GetTombstone(), r.GetTombstoneDigest()}} {
		if sum := sha256.Sum256([]byte(text[0])); text[0] != "" && hex.EncodeToString(sum[:]) != text[1] {
			return broken("release %d: the %s does not have the digest %s", r.GetSequence(), what, text[1])
		}
	}
	if _, err := fmt.Fprintf(f.out, "%s\n", r.line); err != nil {
		return &finalError{exitFailed, err}
	}
	f.cursor = feedCursor{r.epoch, r.GetSequence(), next}
	if f.cursor.Sequence >= f.caught || f.cursor.Sequence >= f.kept.Sequence+keptEvery {
		if err := f.keep(); err != nil {
			return err
		}
	}
	if f.ends() && f.cursor.Sequence >= f.until {
		return errReached
	}
	return nil
}

func broken(format string, args ...any) error {
	return &finalError{exitRefuted, fmt.Errorf("the feed is broken: "+format, args...)}
}

// compare asks the server for the running digest at the number that was reached.
func (f *feedFollower) compare(ctx context.Context, source feedSource) error {
	var mark feedMark
	err := f.patiently(ctx, func() (err error) {
		if mark, err = source.head(ctx, f.cursor.Epoch, &f.cursor.Sequence); err != nil {
			return err
		}
		return errReached
	})
	if final := (*finalError)(nil); errors.As(err, &final) {
		return &codedError{final.code, err}
	}
	if !errors.Is(err, errReached) {
		return err
	}
	if mark.Chain != f.cursor.Chain {
		return &codedError{exitRefuted, fmt.Errorf("the running digest over %d releases is %s, the server's is %s", f.cursor.Sequence, f.cursor.Chain, mark.Chain)}
	}
	remark(f.log, "checked: %d releases, running digest %s", f.cursor.Sequence, f.cursor.Chain)
	return nil
}

// patiently does something again and again until an error is final, ever more slowly while nothing comes of it.
func (f *feedFollower) patiently(ctx context.Context, do func() error) error {
	pause := backoff.NewExponentialBackOff()
	for answered := time.Now(); ; {
		before := f.cursor.Sequence
		err := do()
		final, later := (*finalError)(nil), (*laterError)(nil)
		switch {
		case errors.Is(err, errReached) || errors.As(err, &final) || ctx.Err() != nil:
			return err
		case err == nil || f.cursor.Sequence != before:
			pause.Reset()
			answered = time.Now()
		case f.options.giveUp > 0 && time.Since(answered) > f.options.giveUp:
			return err
		}
		if err == nil {
			continue
		}
		wait := pause.NextBackOff()
		if errors.As(err, &later) {
			wait += later.after
		}
		remark(f.log, "%v; again in %s", err, wait.Round(time.Millisecond))
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// load reads the cursor's file, if there is one.
func (f *feedFollower) load() error {
	if f.options.cursor == "" {
		return nil
	}
	data, err := os.ReadFile(f.options.cursor)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(data, &f.cursor)
	}
	if err == nil && f.cursor.Chain.IsZero() != (f.cursor.Sequence == 0) {
		err = errors.New("number and chain don't go together")
	}
	if err != nil {
		return usage("--cursor: %s: %w", f.options.cursor, err)
	}
	f.kept = f.cursor
	return nil
}

// keep writes the cursor so that the file is whole at any time.
func (f *feedFollower) keep() error {
	if f.options.cursor == "" || f.cursor == f.kept {
		return nil
	}
	data, err := json.Marshal(f.cursor)
	if err != nil {
		return err
	}
	if err := replaceFile(f.options.cursor, append(data, '\n')); err != nil {
		return &finalError{exitFailed, fmt.Errorf("--cursor: %w", err)}
	}
	f.kept = f.cursor
	return nil
}

// replaceFile makes a file appear whole or not at all.
func replaceFile(path string, data []byte) error {
	t, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	_, err = t.Write(data)
	if err = errors.Join(err, t.Sync(), t.Close()); err == nil {
		err = os.Rename(t.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(t.Name()))
	}
	return nil
}
