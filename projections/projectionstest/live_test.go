package projectionstest

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// recorder is a test that keeps its failures to itself.
type recorder struct {
	testing.TB
	ctx      context.Context
	mu       sync.Mutex
	failures []string
}

func (r *recorder) Helper()                  {}
func (r *recorder) Context() context.Context { return r.ctx }
func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatal(args ...any) {
	r.Errorf("%s", fmt.Sprint(args...))
	runtime.Goexit()
}

// failuresOf runs Live on a projection and returns what it complains about.
func failuresOf(t *testing.T, p projections.Projection, records []es.Record) []string {
	t.Helper()
	r := &recorder{TB: t, ctx: t.Context()}
	done := make(chan struct{})
	go func() {
		defer close(done)
		Live(r, p, records)
	}()
	<-done
	return r.failures
}

func TestLivePassesAProjectionThatKeepsItsPromises(t *testing.T) {
	sink := Live(t, sample(), history(20, 150))
	page, err := sink.List(t.Context(), projections.Query{Table: items, Limit: 10})
	if err != nil || len(page.Rows) == 0 {
		t.Errorf("the sink that Live returns holds %d rows, %v", len(page.Rows), err)
	}
}

// with is the sample, its change of an item done by apply instead.
func with(apply func(rows *projections.Rows, e sampleEvent) error) projections.Projection {
	p := sample()
	p.Project = func(rec es.Record) (projections.Change, error) {
		if rec.Type != samplePut {
			return projections.Change{}, nil
		}
		var e sampleEvent
		if err := json.Unmarshal(rec.Data, &e); err != nil {
			return projections.Change{}, err
		}
		keys := []projections.Key{{Table: items, Key: e.Key}}
		return projections.Change{Keys: keys, Apply: func(rows *projections.Rows) error { return apply(rows, e) }}, nil
	}
	return p
}

// by is the sample, projected by project instead.
func by(project func(es.Record) (projections.Change, error)) projections.Projection {
	p := sample()
	p.Project = project
	return p
}

func TestLiveCatches(t *testing.T) {
	calls := 0
	for name, c := range map[string]struct {
		p    projections.Projection
		says string
	}{
		"StateBesideTheRows": {with(func(rows *projections.Rows, e sampleEvent) error {
			calls++
			row := item0(e)
			row.Doc = fmt.Append(nil, calls)
			rows.Put(items, row)
			return nil
		}), "differs"},
		"WritingIntoALoadedDocument": {with(func(rows *projections.Rows, e sampleEvent) error {
			row, err := rows.Get(items, e.Key)
			if row != nil && len(row.Doc) > 0 {
				row.Doc[0]++
			}
			if row == nil {
				rows.Put(items, item0(e))
			}
			return err
		}), "written into"},
		"ARowOutOfShape": {with(func(rows *projections.Rows, e sampleEvent) error {
			rows.Put(items, projections.Row{Key: e.Key, Columns: []string{"one"}})
			return nil
		}), "has 1 columns, not 3"},
		"ARowNotAskedFor": {with(func(rows *projections.Rows, _ sampleEvent) error {
			_, err := rows.Get(items, "k000")
			return err
		}), "was not asked for"},
		"BrokenBytesPassedOver": {by(func(rec es.Record) (projections.Change, error) {
			c, err := projectSample(rec)
			if err != nil {
				return projections.Change{}, nil //nolint:nilerr // the fault to be caught
			}
			return c, nil
		}), "does not stop"},
		"WritingIntoARecord": {by(func(rec es.Record) (projections.Change, error) {
			rec.Meta[0] = '['
			return projectSample(rec)
		}), "were written into"},
		"StoppedByAStranger": {by(func(rec es.Record) (projections.Change, error) {
			if err := json.Unmarshal(rec.Data, &sampleEvent{}); err != nil {
				return projections.Change{}, err
			}
			return projectSample(rec)
		}), "a type that nobody knows"},
	} {
		t.Run(name, func(t *testing.T) {
			records := history(21, 60)
			if got := strings.Join(failuresOf(t, c.p, records), "\n"); !strings.Contains(got, c.says) {
				t.Errorf("Live says %q, not %q", got, c.says)
			}
		})
	}
}
