package sqlite_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

// noted is the i-th event of a test.
func noted(stream string, i int) es.Proposed {
	return es.Proposed{
		ID:   es.DeriveID(es.ID(stream), strconv.Itoa(i)),
		Type: "mingjian.test.noted.v1",
		Data: fmt.Appendf(nil, `{"stream":%q,"i":%d,"text":"明鉴 %0200d"}`, stream, i, i),
		Meta: fmt.Appendf(nil, `{"command":%q,"schema":1}`, es.DeriveID(es.ID(stream), strconv.Itoa(i), "command")),
	}
}

func testStream(name string) es.Stream { return es.Stream{Category: "test", ID: name} }

func after(i int) es.Expected {
	if i == 0 {
		return es.NoStream{}
	}
	return es.Exactly(i - 1)
}

// fill appends n events to each of some streams and returns the log.
func fill(t testing.TB, s *sqlite.Store, streams, n int) []es.Record {
	t.Helper()
	for i := range n {
		for j := range streams {
			name := strconv.Itoa(j)
			if _, err := s.Append(t.Context(), testStream(name), after(i), noted(name, i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return whole(t, s)
}

// whole reads the log to its end.
func whole(t testing.TB, s *sqlite.Store) []es.Record {
	t.Helper()
	records, err := drain(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return records
}

func drain(ctx context.Context, s *sqlite.Store) (out []es.Record, err error) {
	for b, err := range s.Follow(ctx, es.Position{}) {
		if err != nil {
			return out, err
		}
		if out = append(out, b.Records...); b.CaughtUp {
			break
		}
	}
	return out, nil
}

// problems is what Check finds.
func problems(t testing.TB, s *sqlite.Store) (found []string) {
	t.Helper()
	if err := s.Check(t.Context(), func(p adapter.Problem) { found = append(found, p.String()) }); err != nil {
		t.Fatal(err)
	}
	return found
}

func clean(t testing.TB, s *sqlite.Store) {
	t.Helper()
	if found := problems(t, s); len(found) > 0 {
		t.Fatalf("check: %q", found)
	}
}
