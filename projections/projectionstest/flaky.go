package projectionstest

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// step is a moment at which a flaky target breaks off.
type step int

const (
	beforeCheckpoint step = iota
	beforeLoad
	afterLoad
	commitNotApplied // the commit did nothing and an error came back
	commitApplied    // the commit took effect and an error came back
	steps
)

// flaky is a target that breaks off at one step, each time the count of such steps reaches a multiple of every.
type flaky struct {
	projections.Target
	at     step
	every  int
	count  int
	faults int
}

func (f *flaky) strike(s step) error {
	if s != f.at {
		return nil
	}
	f.count++
	if f.count%f.every != 0 {
		return nil
	}
	f.faults++
	return ErrInjected
}

func (f *flaky) Checkpoint(ctx context.Context) (es.Position, error) {
	if err := f.strike(beforeCheckpoint); err != nil {
		return es.Position{}, err
	}
	return f.Target.Checkpoint(ctx)
}

func (f *flaky) Load(ctx context.Context, keys []projections.Key) (map[projections.Key]*projections.Row, error) {
	if err := f.strike(beforeLoad); err != nil {
		return nil, err
	}
	rows, err := f.Target.Load(ctx, keys)
	return rows, cmpErr(err, f.strike(afterLoad))
}

func (f *flaky) Commit(ctx context.Context, from, through es.Position, rows *projections.Rows) error {
	if err := f.strike(commitNotApplied); err != nil {
		return err
	}
	return cmpErr(f.Target.Commit(ctx, from, through, rows), f.strike(commitApplied))
}
