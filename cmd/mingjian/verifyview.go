package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// views compares each view with a fresh rebuild up to the same position.
func (v *verifier) views(ctx context.Context) error {
	if v.config.viewsAt().local() {
		return v.fileViews(ctx)
	}
	return v.sharedViews(ctx)
}

// fileViews looks at a copy, since a file of views can't be opened without bringing it to the definitions of this program.
func (v *verifier) fileViews(ctx context.Context) (err error) {
	at := v.config.viewsAt()
	if missing(at.path()) {
		fmt.Fprintln(v.out, "views: there are none; the next start makes them")
		return nil
	}
	scratch, err := os.MkdirTemp(filepath.Dir(at.path()), "verify-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	copied := filepath.Join(scratch, "copy.db")
	if err := sqlite.BackupViews(ctx, at.path(), copied, nil); err != nil {
		return v.unreadable(ctx, err)
	}
	live, err := sqlite.OpenViews(ctx, copied)
	if err != nil {
		return v.unreadable(ctx, err)
	}
	defer func() { err = errors.Join(err, live.Close()) }()
	fresh, err := sqlite.OpenViews(ctx, filepath.Join(scratch, "fresh.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, fresh.Close()) }()
	for _, p := range allProjections() {
		was, err := live.Attach(ctx, p)
		if err != nil {
			return v.unreadable(ctx, err)
		}
		if err := v.view(ctx, p, was, fresh); err != nil {
			return err
		}
	}
	return nil
}

// sharedViews looks at tables that servers write meanwhile, and changes none. What is rebuilt goes to a file of the system's
// temporary folder.
func (v *verifier) sharedViews(ctx context.Context) (err error) {
	store, err := v.config.openViews(ctx)
	if err != nil {
		return v.unreadable(ctx, err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	live, ok := store.(projections.Shared)
	if !ok {
		return fmt.Errorf("%s can't be looked at without changing it", v.config.viewsAt())
	}
	scratch, err := os.MkdirTemp("", "mingjian-verify-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	fresh, err := sqlite.OpenViews(ctx, filepath.Join(scratch, "fresh.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, fresh.Close()) }()
	for _, p := range allProjections() {
		_, err := live.Join(ctx, p)
		if errors.Is(err, projections.ErrAbsent) {
			fmt.Fprintf(v.out, "view %s: there is none as this program has it; the next start makes it\n", p.Name)
			continue
		}
		var was projections.Target
		if err == nil {
			was, err = live.Attach(ctx, p) // it is there, so that nothing is made
		}
		if err != nil {
			return v.unreadable(ctx, err)
		}
		if err := v.view(ctx, p, was, fresh); err != nil {
			return err
		}
	}
	return nil
}

// unreadable is a finding, unless the check itself was ended or this program is too old to judge.
func (v *verifier) unreadable(ctx context.Context, err error) error {
	newer, newerSchema := (*sqlite.NewerSchemaError)(nil), (*postgres.NewerSchemaError)(nil)
	if ctx.Err() != nil || errors.As(err, &newer) || errors.As(err, &newerSchema) {
		return err
	}
	v.problem("views: %v", err)
	return nil
}

// readings is how often a view is compared that moves on while it is read.
const readings = 20

// view compares one view. Its rows are read as they are after its checkpoint, so that what was read counts if the checkpoint is
// still the same afterwards.
func (v *verifier) view(ctx context.Context, p projections.Projection, was projections.Target, fresh projections.Sink) error {
	is, err := fresh.Attach(ctx, p)
	if err != nil {
		return err
	}
	at, err := was.Checkpoint(ctx)
	if err != nil {
		return v.unreadable(ctx, err)
	}
	for range readings {
		if ok, err := v.reached(ctx, p, is, at); err != nil || !ok {
			return err
		}
		keys, err := differences(ctx, was, is)
		if err != nil {
			return v.unreadable(ctx, err)
		}
		now, err := was.Checkpoint(ctx)
		if err != nil {
			return v.unreadable(ctx, err)
		}
		if now == at {
			v.judgeView(p, keys, at)
			return nil
		}
		at = now
	}
	return fmt.Errorf("view %s moved on during each of %d readings: verify it when less is written", p.Name, readings)
}

// reached brings a rebuild to the checkpoint of the view, unless that can't be.
func (v *verifier) reached(ctx context.Context, p projections.Projection, is projections.Target, at es.Position) (bool, error) {
	head, err := v.events.Head(ctx)
	if err != nil {
		return false, err
	}
	if at.Compare(head) > 0 {
		v.problem("view %s is at %s, beyond the end of the log at %s: the log was put back to an older state", p.Name, at, head)
		return false, nil
	}
	if err := projections.Fill(ctx, p, v.events, is, at, nil); err != nil {
		v.problem("view %s can't be rebuilt: %v", p.Name, err)
		return false, nil
	}
	return true, nil
}

// shownDifferences is how many rows of a view are named.
const shownDifferences = 10

// differing are the rows that differ: some by key, and how many there are.
type differing struct {
	keys []projections.Key
	all  int
}

func differences(ctx context.Context, was, is projections.Target) (f differing, err error) {
	for d, err := range projections.Diff(ctx, was, is) {
		if err != nil {
			return f, err
		}
		if f.all++; f.all <= shownDifferences {
			f.keys = append(f.keys, d.Key)
		}
	}
	return f, nil
}

func (v *verifier) judgeView(p projections.Projection, f differing, at es.Position) {
	for _, key := range f.keys {
		v.problem("view %s: row %q of %s differs from a fresh rebuild", p.Name, key.Key, key.Table)
	}
	if f.all > shownDifferences {
		v.problem("view %s: %d rows differ in all", p.Name, f.all)
	}
	fmt.Fprintf(v.out, "view %s: compared with a rebuild up to %s\n", p.Name, at)
}
