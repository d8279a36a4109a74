package projectionstest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

var crashCases = map[string]func(*bench){
	"BeforeCheckpoint": crash(beforeCheckpoint),
	"BeforeLoad":       crash(beforeLoad),
	"AfterLoad":        crash(afterLoad),
	"CommitNotApplied": crash(commitNotApplied),
	"CommitApplied":    crash(commitApplied),
	"CommitBreaks": func(b *bench) {
		p := sample()
		records := history(5, 80)
		clean := clean(b, p, 7, records)
		live := b.attach(p)
		mend := b.Break(items, written(records[40:]))
		err := drive(b, p, live, NewLog(7, records...))
		if err == nil || errors.Is(err, projections.ErrMoved) {
			b.Fatalf("driving over a row that can't be written: %v", err)
		}
		mend()
		b.must(drive(b, p, live, NewLog(7, records...)))
		b.wantSame(live, clean)
	},
	"SourceBreaks": func(b *bench) {
		p := sample()
		records := history(6, 80)
		live := b.attach(p)
		log := NewLog(5, records...)
		for n := range 6 {
			log.Interrupt(n, ErrInjected)
			b.is(drive(b, p, live, log), ErrInjected)
		}
		b.must(drive(b, p, live, log))
		b.wantSame(live, clean(b, p, 7, records))
	},
	"RedeliveryHasNoEffect": func(b *bench) {
		p := sample()
		records := history(7, 90)
		live := b.attach(p)
		b.apply(p, live, 9, records...)
		for _, from := range []int{0, 45, 81, 89} {
			batch := es.Batch{Records: records[from:], Through: at(90)}
			b.must(projections.Apply(b.ctx(), p, live, at(90), batch))
			b.is(projections.Apply(b.ctx(), p, live, at(from), batch), projections.ErrMoved)
		}
		b.wantSame(live, clean(b, p, 90, records))
	},
	"AnyCutIntoBatches": func(b *bench) {
		p := sample()
		records := history(8, 120)
		live := b.attach(p)
		b.apply(p, live, 120, records...)
		big := b.all(projections.Query{Table: items, Search: "公司", Limit: 7})
		for _, size := range []int{1, 2, 13} {
			cut := b.shadow(p)
			b.apply(p, cut, size, records...)
			b.wantSame(cut, live)
			b.must(b.Views.Switch(b.ctx(), p, at(120), cut))
			b.wantKeys(projections.Query{Table: items, Search: "公司", Limit: 7}, big...)
			live = cut
		}
	},
}

// crash drives a projection over a target that breaks off at the step, starting anew each time, to the clean run's end.
func crash(s step) func(*bench) {
	return func(b *bench) {
		p := sample()
		records := history(4, 100)
		for _, every := range []int{2, 3, 5} {
			live := b.attach(p)
			f := &flaky{Target: live, at: s, every: every}
			log := NewLog(3, records...)
			err, tries := ErrInjected, 0
			for ; err != nil && tries < 200; tries++ {
				b.is(err, ErrInjected)
				log.Interrupt(every, ErrInjected)
				err = drive(b, p, f, log)
			}
			b.must(err)
			if f.faults == 0 {
				b.Errorf("every %d: no fault struck", every)
			}
			b.wantSame(live, clean(b, p, 100, records))
			b.startOver(p)
		}
	}
}

// written is the key of the first row put by the records.
func written(records []es.Record) string {
	i := slices.IndexFunc(records, func(r es.Record) bool { return r.Type == samplePut })
	return records[i].Stream.ID
}

// startOver replaces the live tables by empty ones.
func (b *bench) startOver(p projections.Projection) {
	b.Helper()
	b.must(b.Views.Switch(b.ctx(), p, b.checkpoint(b.attach(p)), b.shadow(p)))
}

// drive applies the log from the target's checkpoint to its end, as a runner does that gives up on the first error.
func drive(b *bench, p projections.Projection, target projections.Target, log *Log) error {
	from, err := target.Checkpoint(b.ctx())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(b.ctx())
	defer cancel()
	for batch, err := range log.Follow(ctx, from) {
		if err != nil {
			return err
		}
		if err := projections.Apply(ctx, p, target, from, batch); err != nil {
			return fmt.Errorf("at %s: %w", from, err)
		}
		from = batch.Through
		if batch.CaughtUp {
			return nil
		}
	}
	return errors.New("the source ended")
}

// clean is what an undisturbed run makes of the records, in a sink of its own.
func clean(b *bench, p projections.Projection, size int, records []es.Record) projections.Target {
	b.Helper()
	target, err := NewMemory(b).Attach(b.ctx(), p)
	b.must(err)
	b.must(drive(b, p, target, NewLog(size, records...)))
	return target
}
