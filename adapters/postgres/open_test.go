package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		make  func(t *testing.T, url string)
		check func(error) bool
	}{
		"a schema that is too new": {
			func(t *testing.T, url string) {
				if err := openStore(t, url, postgres.Options{}).Close(); err != nil {
					t.Fatal(err)
				}
				execute(t, url, "INSERT INTO mingjian_events.migration (version, name, floor) VALUES (99, '0099_later.sql', 98)")
			},
			func(err error) bool {
				e, ok := errors.AsType[*postgres.NewerSchemaError](err)
				return ok && e.Have == 99 && e.Floor == 98 && e.Schema == "mingjian_events"
			},
		},
		"a schema of another program": {
			func(t *testing.T, url string) {
				execute(t, url, "CREATE SCHEMA mingjian_events CREATE TABLE theirs (a integer)")
			},
			func(err error) bool { _, ok := errors.AsType[*postgres.ForeignSchemaError](err); return ok },
		},
		"a server that forgets": {
			func(t *testing.T, url string) { set(t, url, "synchronous_commit = off") },
			func(err error) bool {
				e, ok := errors.AsType[*postgres.NotDurableError](err)
				return ok && e.Setting == "synchronous_commit" && e.Value == "off" && strings.Contains(err.Error(), "must be on")
			},
		},
		"a standby that forgets": {
			func(t *testing.T, url string) { set(t, url, "synchronous_commit = local") },
			func(err error) bool { _, ok := errors.AsType[*postgres.NotDurableError](err); return ok },
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := postgrestest.New(t)
			c.make(t, url)
			for range 2 {
				if _, err := postgres.Open(t.Context(), url, postgres.Options{}); !c.check(err) {
					t.Fatalf("answered %v", err)
				}
			}
		})
	}
}

// set changes a setting for new sessions of a database.
func set(t *testing.T, url, setting string) {
	t.Helper()
	execute(t, url, "ALTER DATABASE "+url[strings.LastIndex(url, "/")+1:strings.Index(url, "?")]+" SET "+setting)
}

func TestOpenRefusesAServerWithoutFsync(t *testing.T) {
	url := postgrestest.NewCluster(t, "fsync=off").NewDatabase(t)
	_, err := postgres.Open(t.Context(), url, postgres.Options{})
	if e, ok := errors.AsType[*postgres.NotDurableError](err); !ok || e.Setting != "fsync" {
		t.Fatalf("answered %v", err)
	}
}

// A setting may also change under a store that is open: what it appends on a new connection it does not acknowledge.
func TestAppendRefusesAServerThatForgets(t *testing.T) {
	url := postgrestest.New(t)
	s := openStore(t, url, postgres.Options{})
	fill(t, s, 1, 1)
	set(t, url, "synchronous_commit = off")
	execute(t, url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	for range 3 { // the first finds that its connection is gone
		if _, err := s.Append(t.Context(), testStream("0"), after(1), noted("0", 1)); err == nil {
			t.Fatal("acknowledged")
		}
	}
	set(t, url, "synchronous_commit = remote_write")
	persist(t, s, "0", 1)
	clean(t, s)
}

func TestOpenRefusesAnotherEncoding(t *testing.T) {
	url := postgrestest.New(t)
	execute(t, url, "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
	at := strings.LastIndex(url, "/")
	_, err := postgres.Open(t.Context(), url[:at]+"/latin?sslmode=disable", postgres.Options{})
	if err == nil || !strings.Contains(err.Error(), "UTF8") {
		t.Fatalf("answered %v", err)
	}
}

func TestErrorsKeepThePassword(t *testing.T) {
	for _, url := range []string{
		"postgres://clerk:geheim@127.0.0.1:1/ledger?sslmode=disable", "postgres://clerk:geheim@[::1", "postgres://clerk:ge%zzheim@127.0.0.1/x",
		"host=127.0.0.1 port=1 user=clerk password=geheim dbname=x sslmode=disable", "host=127.0.0.1 port=x password=geheim",
		"postgres://clerk@127.0.0.1:1/ledger?password=geheim&sslmode=nonsense",
	} {
		_, err := postgres.Open(t.Context(), url, postgres.Options{})
		if err == nil || strings.Contains(err.Error(), "heim") {
			t.Errorf("answered %v", err)
		}
	}
}

func TestReadOnly(t *testing.T) {
	url := postgrestest.New(t)
	if _, err := postgres.Open(t.Context(), url, postgres.Options{ReadOnly: true}); err == nil || !strings.Contains(err.Error(), "open it for writing once") {
		t.Fatalf("without a log: %v", err)
	}
	w := openStore(t, url, postgres.Options{})
	fill(t, w, 2, 3)
	r := openStore(t, url, postgres.Options{ReadOnly: true})
	if _, err := r.Append(t.Context(), testStream("0"), after(3), noted("0", 3)); err == nil {
		t.Fatal("appended")
	}
	clean(t, r)
	for b, err := range r.Follow(t.Context(), es.Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		if through, _ := b.Through.Pair(); through == 7 {
			break
		}
		if _, err := w.Append(t.Context(), testStream("0"), after(3), noted("0", 3)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAClosedStore(t *testing.T) {
	s := openStore(t, postgrestest.New(t), postgres.Options{})
	fill(t, s, 1, 1)
	caughtUp, ended := make(chan struct{}, 1), make(chan error, 1)
	go func() {
		for b, err := range s.Follow(t.Context(), es.Position{}) {
			if err != nil {
				ended <- err
			} else if b.CaughtUp {
				caughtUp <- struct{}{}
			}
		}
	}()
	<-caughtUp
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-ended; !errors.Is(err, postgres.ErrClosed) {
		t.Errorf("the follower ended with %v", err)
	}
	_, appended := s.Append(t.Context(), testStream("0"), after(1), noted("0", 1))
	_, head := s.Head(t.Context())
	checked := s.Check(t.Context(), func(adapter.Problem) {})
	var read error
	for _, read = range s.Read(t.Context(), testStream("0"), 0) {
		continue
	}
	for what, err := range map[string]error{"append": appended, "head": head, "check": checked, "read": read} {
		if !errors.Is(err, postgres.ErrClosed) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Texts that the server can't keep are refused alone; who appends at the same time is not disturbed.
func TestAppendRefusesWhatTheServerCannotKeep(t *testing.T) {
	s := openStore(t, postgrestest.New(t), postgres.Options{})
	good := make(chan error, 20)
	for i := range cap(good) {
		go func() {
			name := strings.Repeat("名", i+1)
			_, err := s.Append(t.Context(), testStream(name), after(0), noted(name, 0))
			good <- err
		}()
	}
	e := noted("x", 0)
	badType := e
	badType.Type = "a\x00b"
	for what, try := range map[string]struct {
		stream es.Stream
		event  es.Proposed
	}{
		"zero": {testStream("a\x00b"), e}, "no text": {testStream("\xff"), e}, "long": {testStream(strings.Repeat("x", 3000)), e}, "type": {testStream("x"), badType},
	} {
		if _, err := s.Append(t.Context(), try.stream, es.NoStream{}, try.event); err == nil {
			t.Errorf("%s: no error", what)
		}
		for _, err := range s.Read(t.Context(), try.stream, 0) {
			t.Errorf("%s: read %v", what, err)
		}
	}
	for range cap(good) {
		if err := <-good; err != nil {
			t.Error(err)
		}
	}
	clean(t, s)
}

// Two stores of one log: each hears from the other that it appended, without looking for it.
func TestAFollowerHearsOfAnotherStoresAppend(t *testing.T) {
	url := postgrestest.New(t)
	opt := postgres.Options{Poll: time.Hour}
	a, b := openStore(t, url, opt), openStore(t, url, opt)
	for n := range 3 {
		execute(t, url, "NOTIFY mingjian_events, '1000000'", "NOTIFY mingjian_events, 'nonsense'") // anybody may
		follow(t, b, n, func() { persist(t, a, "a", n) })
	}
}

// follow follows from after the n-th event, does what will append the next one, and returns when it is there.
func follow(t *testing.T, s *postgres.Store, n int, then func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for b, err := range s.Follow(ctx, es.At(uint64(n), 0)) {
		switch {
		case err != nil:
			t.Fatalf("after %d: %v", n, err)
		case len(b.Records) > 0:
			return
		}
		then()
	}
}

// silently appends a record without telling anybody, as if the notification had been lost.
func silently(t *testing.T, url string, last es.Record) {
	t.Helper()
	next := last
	next.Revision++
	next.ID = noted("silent", int(next.Revision)).ID
	hash := next.Hash()
	id, _ := next.ID.Bytes()
	conn := dial(t, url)
	for _, statement := range []struct {
		query string
		args  []any
	}{
		{"SET search_path = mingjian_events", nil},
		{"BEGIN", nil},
		{`INSERT INTO event SELECT position + 1, stream, revision + 1, type, $1::uuid, $2, meta, data FROM event WHERE position = $3`,
			[]any{id, hash[:], at(last)}},
		{"UPDATE head SET position = position + 1", nil},
		{"COMMIT", nil},
	} {
		if _, err := conn.Exec(t.Context(), statement.query, statement.args...); err != nil {
			t.Fatalf("%s: %v", statement.query, err)
		}
	}
}

func TestALostNotificationIsMadeUpFor(t *testing.T) {
	url := postgrestest.New(t)
	w := openStore(t, url, postgres.Options{Poll: time.Hour})
	last := fill(t, w, 1, 1)[0]
	polling := openStore(t, url, postgres.Options{Poll: time.Millisecond})
	follow(t, polling, 1, func() { silently(t, url, last) })
	// One whose listening connection is lost looks once it listens again.
	listening := openStore(t, url, postgres.Options{Poll: time.Hour})
	log := whole(t, w)
	follow(t, listening, 2, func() {
		silently(t, url, log[1])
		execute(t, url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	})
	persist(t, w, "0", 3) // its connections were lost too
	clean(t, w)
}
