package postgres_test

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// wire stands between a store and its server, and can keep the server's answers for itself.
type wire struct {
	net.Listener
	server string
	mute   atomic.Bool
}

func newWire(t *testing.T, server string) *wire {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{Listener: l, server: server}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(client)
		}
	}()
	return w
}

// carry connects a client. What the server says while the wire is mute ends the connection.
func (w *wire) carry(client net.Conn) {
	defer client.Close()
	dialer := net.Dialer{Timeout: time.Minute}
	server, err := dialer.DialContext(context.Background(), "tcp", w.server)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		defer server.Close()
		pass(client, server, func() bool { return true })
	}()
	pass(server, client, func() bool { return !w.mute.Load() })
}

func pass(from, to net.Conn, may func() bool) {
	b := make([]byte, 1<<16)
	for {
		n, err := from.Read(b)
		if err != nil || !may() {
			return
		}
		if _, err := to.Write(b[:n]); err != nil {
			return
		}
	}
}

// through is the URL of a database by way of the wire.
func (w *wire) through(t *testing.T, direct string) string {
	t.Helper()
	config, err := pgx.ParseConfig(direct)
	if err != nil {
		t.Fatal(err)
	}
	return "postgres://" + config.User + "@" + w.Addr().String() + "/" + config.Database + "?sslmode=disable"
}

// An append whose answer is lost after the commit is stored, the caller is told of an error, and the same ids get the answer that
// was lost. So it is with the statement that guesses, which a process that appends alone uses, and with the one that doesn't.
func TestALostAnswerIsFoundAgain(t *testing.T) {
	cluster := postgrestest.NewCluster(t)
	direct := cluster.NewDatabase(t)
	w := newWire(t, cluster.Addr())
	s, other := openStore(t, w.through(t, direct), postgres.Options{Poll: time.Hour}), openStore(t, direct, postgres.Options{})
	execute(t, direct,
		`CREATE FUNCTION mingjian_events.gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			PERFORM pg_advisory_xact_lock_shared(77); RETURN NULL;
		END $$`,
		`CREATE TRIGGER gate AFTER INSERT ON mingjian_events.event FOR EACH ROW EXECUTE FUNCTION mingjian_events.gate()`)
	gate := dial(t, direct)
	n, others := 0, 0
	write := func() (es.Position, error) {
		return s.Append(t.Context(), testStream("a"), after(n), noted("a", n))
	}
	for _, alone := range []bool{true, false, true, false} {
		for range 8 { // until it counts as alone
			if _, err := write(); err != nil {
				t.Fatal(err)
			}
			n++
		}
		if !alone {
			if _, err := other.Append(t.Context(), testStream("b"), after(others), noted("b", others)); err != nil {
				t.Fatal(err)
			}
			others++
		}
		ask(t, gate, "SELECT pg_advisory_lock(77)")
		answer := make(chan error, 1)
		go func() {
			_, err := write()
			answer <- err
		}()
		for ask(t, gate, "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == "0" {
			continue // it has not come to the gate yet
		}
		w.mute.Store(true)
		ask(t, gate, "SELECT pg_advisory_unlock(77)")
		err := <-answer
		w.mute.Store(false)
		if err == nil {
			t.Fatal("an append without an answer from the server was acknowledged")
		}
		head, err := other.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		again, err := write()
		if err != nil || again != head {
			t.Fatalf("the retry answered %s and %v; the event is at %s", again, err, head)
		}
		n++
	}
	clean(t, other)
}

// ask answers the first column of a row as text.
func ask(t *testing.T, conn *pgx.Conn, query string) string {
	t.Helper()
	var out any
	if err := conn.QueryRow(t.Context(), query).Scan(&out); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	text, _ := out.(string)
	return text
}
