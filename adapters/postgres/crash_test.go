package postgres_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// crashed is what is known of a run: what was acknowledged, and what a follower that starts again after each fault saw.
type crashed struct {
	up    sync.RWMutex // held for writing while the server is down, which who failed waits out
	mu    sync.Mutex
	acked map[es.ID]es.Position
	seen  []es.Record
	acks  atomic.Int64
	more  chan struct{} // told after some acknowledgements
}

// wait returns when the server is up.
func (c *crashed) wait() {
	c.up.RLock()
	c.up.RUnlock() //nolint:staticcheck // nothing is to be done meanwhile
}

func (c *crashed) ack(id es.ID, p es.Position) {
	c.mu.Lock()
	c.acked[id] = p
	c.mu.Unlock()
	if c.acks.Add(1)%20 == 0 {
		select {
		case c.more <- struct{}{}:
		default:
		}
	}
}

// The server is killed again and again while two stores append. No acknowledged event is lost or moves, what was stored without
// an answer is recognised, and a follower that starts again where it was sees everything once.
func TestNothingIsLostWhenTheServerIsKilled(t *testing.T) {
	cluster := postgrestest.NewCluster(t)
	url := cluster.NewDatabase(t)
	stores := []*postgres.Store{openStore(t, url, postgres.Options{}), openStore(t, url, postgres.Options{})}
	c := &crashed{acked: map[es.ID]es.Position{}, more: make(chan struct{}, 1)}
	const writers = 8
	var all sync.WaitGroup
	lengths, stop := make([]int, writers), make(chan struct{})
	for w := range writers {
		all.Go(func() {
			name := "w" + strconv.Itoa(w)
			for i := 0; ; i++ {
				select {
				case <-stop:
					lengths[w] = i
					return
				default:
					c.ack(noted(name, i).ID, persist(t, stores[w%2], name, i, c.wait))
				}
			}
		})
	}
	following, enough := context.WithCancel(t.Context())
	defer enough()
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.follow(following, stores[1])
	}()
	for _, kill := range []func() error{
		func() error { return killBackend(t, url) },
		func() error { return errors.Join(cluster.Kill(), cluster.Start()) },
		func() error { return errors.Join(cluster.Kill(), cluster.Start()) },
		func() error { return killBackend(t, url) },
	} {
		<-c.more
		<-c.more
		c.up.Lock()
		err := errors.Join(kill(), answers(t, url))
		c.up.Unlock()
		if err != nil {
			t.Fatal(err)
		}
	}
	<-c.more
	close(stop)
	all.Wait()
	log := whole(t, stores[0])
	for c.count() < len(log) {
		<-c.more
	}
	enough()
	<-done
	c.judge(t, log, lengths)
	clean(t, stores[0])
}

// follow begins again after each fault, as a projection does.
func (c *crashed) follow(ctx context.Context, s *postgres.Store) {
	var through es.Position
	for ctx.Err() == nil {
		for b, err := range s.Follow(ctx, through) {
			if err != nil {
				c.wait()
				break
			}
			through = b.Through
			c.mu.Lock()
			c.seen = append(c.seen, b.Records...)
			c.mu.Unlock()
			select {
			case c.more <- struct{}{}:
			default:
			}
		}
	}
}

func (c *crashed) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.seen)
}

func (c *crashed) judge(t *testing.T, log []es.Record, lengths []int) {
	t.Helper()
	at := map[es.ID]es.Position{}
	next := map[es.Stream]int{}
	for i, r := range log {
		if r.ID != noted(r.Stream.ID, next[r.Stream]).ID || int(r.Revision) != next[r.Stream] {
			t.Fatalf("%s@%d is the event %s", r.Stream, r.Revision, r.ID)
		}
		next[r.Stream]++
		at[r.ID] = r.Position
		if c.seen[i].Hash() != r.Hash() || c.seen[i].Position != r.Position {
			t.Fatalf("the follower's record %d is %s at %s, the log's %s at %s", i, c.seen[i].ID, c.seen[i].Position, r.ID, r.Position)
		}
	}
	if len(c.seen) != len(log) {
		t.Fatalf("the follower saw %d of %d", len(c.seen), len(log))
	}
	for w, n := range lengths {
		if got := next[testStream("w"+strconv.Itoa(w))]; got != n {
			t.Errorf("writer %d has %d events, and %d are stored", w, n, got)
		}
	}
	for id, p := range c.acked {
		if at[id] != p {
			t.Errorf("%s was acknowledged at %s and is at %s", id, p, at[id])
		}
	}
}

// answers returns when a server answers that recovers.
func answers(t *testing.T, url string) error {
	for {
		conn, err := pgx.Connect(t.Context(), url)
		if err == nil {
			return conn.Close(t.Context())
		}
		if t.Context().Err() != nil {
			return err
		}
	}
}

// killBackend kills (9) the server process of a connection that appends, upon which the server ends all others and recovers.
func killBackend(t *testing.T, url string) error {
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(t.Context()) }()
	var pid int
	for err = pgx.ErrNoRows; errors.Is(err, pgx.ErrNoRows); { // until it is seen at work
		err = conn.QueryRow(t.Context(), `SELECT pid FROM pg_stat_activity WHERE application_name = 'mingjian'
			AND (query LIKE 'WITH moved%' OR query = 'COMMIT') LIMIT 1`).Scan(&pid)
	}
	if err != nil {
		return err
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return err
	}
	for err == nil { // until the server has noticed
		_, err = conn.Exec(t.Context(), "SELECT 1")
	}
	return t.Context().Err()
}
