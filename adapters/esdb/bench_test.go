package esdb_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"sync"
	"testing"
	"time"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/mingjian-ledger/mingjian/adapters/esdb"
	"github.com/mingjian-ledger/mingjian/adapters/esdb/esdbtest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest/ratio"
)

var plan = ratio.Flags(flag.CommandLine, time.Now)

// BenchmarkClient measures the store against the bare client on the same server, which is the test cluster: it has no disk and
// no replication, so a store's second request (it reads every append back) shows as it never would on a real one.
func BenchmarkClient(b *testing.B) {
	c := esdbtest.Start(b, esdbtest.Options{})
	s, direct := openStore(b, c.URL(), esdb.Options{}), bare(b, c.URL())
	n := 0
	fresh := func() es.Stream { n++; return es.Stream{Category: "bench", ID: fmt.Sprint(n)} }
	for _, goal := range []struct {
		ratio.Goal
		limit, subject ratio.Load
	}{
		{
			ratio.Goal{ID: "E1", What: "append, 1 writer, of the bare client (which reads nothing back)", AtLeast: 0.4},
			writers(b.Context(), 1, fresh, appendBare(direct)), writers(b.Context(), 1, fresh, appendStore(s)),
		},
		{
			ratio.Goal{ID: "E2", What: "append, 16 writers, of the bare client (which reads nothing back)", AtLeast: 0.4},
			writers(b.Context(), 16, fresh, appendBare(direct)), writers(b.Context(), 16, fresh, appendStore(s)),
		},
		{ratio.Goal{ID: "E3", What: "read a stream of 100 events, hashes checked, of the bare client", AtLeast: 0.5}, readBare(b, s, direct), readStore(b, s)},
	} {
		rate, _, err := plan.Compare(goal.limit, goal.subject)
		if err != nil {
			b.Fatal(err)
		}
		goal.Tier = "EventStoreDB"
		fmt.Fprintln(os.Stdout, goal.Line(rate))
		b.Logf("%s: limit %.6g, subject %.6g", goal.ID, rate.Limit, rate.Subject)
		b.ReportMetric(rate.Median, goal.ID+"-ratio")
	}
}

type appender func(context.Context, es.Stream, []es.Proposed) error

func appendStore(s *esdb.Store) appender {
	return func(ctx context.Context, to es.Stream, events []es.Proposed) error {
		_, err := s.Append(ctx, to, es.NoStream{}, events...)
		return err
	}
}

func appendBare(c *client.Client) appender {
	return func(ctx context.Context, to es.Stream, events []es.Proposed) error {
		id, _ := events[0].ID.Bytes()
		_, err := c.AppendToStream(ctx, to.String(), client.AppendToStreamOptions{ExpectedRevision: client.NoStream{}}, client.EventData{
			EventID: id, EventType: events[0].Type, ContentType: client.ContentTypeJson, Data: events[0].Data, Metadata: events[0].Meta,
		})
		return err
	}
}

// writers appends one event a time to streams of their own, from so many goroutines.
func writers(ctx context.Context, n int, fresh func() es.Stream, run appender) ratio.Load {
	var mu sync.Mutex
	return func(more func() bool) (done ratio.Done, err error) {
		var wg sync.WaitGroup
		for range n {
			wg.Go(func() {
				for more() {
					mu.Lock()
					to := fresh()
					mu.Unlock()
					start := time.Now()
					failed := run(ctx, to, note(to.ID, 1))
					mu.Lock()
					done.Units++
					done.Took = append(done.Took, time.Since(start))
					err = errors.Join(err, failed)
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		return done, err
	}
}

const length = 100

func readStore(b *testing.B, s *esdb.Store) ratio.Load {
	return func(more func() bool) (done ratio.Done, err error) {
		for more() {
			for _, err := range s.Read(b.Context(), stream("read"), 0) {
				if err != nil {
					return done, err
				}
				done.Units++
			}
		}
		return done, nil
	}
}

func readBare(b *testing.B, s *esdb.Store, c *client.Client) ratio.Load {
	b.Helper()
	if _, err := s.Append(b.Context(), stream("read"), es.NoStream{}, note("read", length)...); err != nil {
		b.Fatal(err)
	}
	return func(more func() bool) (done ratio.Done, err error) {
		for more() {
			events, err := c.ReadStream(b.Context(), stream("read").String(), client.ReadStreamOptions{From: client.Revision(0)}, 512)
			if err != nil {
				return done, err
			}
			for {
				if _, err := events.Recv(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					return done, err
				}
				done.Units++
			}
			events.Close()
		}
		return done, nil
	}
}
