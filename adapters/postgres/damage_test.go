package postgres_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

func TestADamagedRecordIsNamed(t *testing.T) {
	url := postgrestest.New(t)
	victim := fill(t, openStore(t, url, postgres.Options{}), 3, 5)[7]
	corrupt(t, url, victim)
	s := openStore(t, url, postgres.Options{})
	for _, err := range s.Read(t.Context(), victim.Stream, victim.Revision) {
		damage, ok := errors.AsType[*adapter.DamageError](err)
		if !ok || damage.Position != victim.Position || damage.Stream != victim.Stream || damage.Revision != victim.Revision {
			t.Fatalf("read: %v", err)
		}
	}
	found := problems(t, s)
	if len(found) != 1 || found[0] != "position 8: the record at 8 (test-1@2): doesn't match its hash" {
		t.Fatalf("check: %q", found)
	}
}

func TestCheckFindsGapsAndOrphans(t *testing.T) {
	url := postgrestest.New(t)
	s := openStore(t, url, postgres.Options{})
	fill(t, s, 3, 4)
	for name, c := range map[string]struct{ statement, back, want string }{
		"missing position": {"CREATE TABLE gone AS SELECT * FROM event WHERE position = 4; DELETE FROM event WHERE position = 4", "INSERT INTO event SELECT * FROM gone; DROP TABLE gone",
			"position 4: missing, and all up to 5"},
		"missing revision": {"CREATE TABLE gone AS SELECT * FROM event WHERE position = 4; DELETE FROM event WHERE position = 4", "INSERT INTO event SELECT * FROM gone; DROP TABLE gone",
			"position 7: stream 1 has revision 2 where 1 belongs"},
		"missing tail": {"CREATE TABLE gone AS SELECT * FROM event WHERE position = 12; DELETE FROM event WHERE position = 12", "INSERT INTO event SELECT * FROM gone; DROP TABLE gone",
			"position 12: noted as the end of the log, whose last record is at 11"},
		"missing stream": {"CREATE TABLE gone AS SELECT * FROM stream WHERE id = 2; DELETE FROM stream WHERE id = 2", "INSERT INTO stream SELECT * FROM gone; DROP TABLE gone",
			"position 2: the record at 2 (-@0): name 0 is missing"},
		"stream without any": {"INSERT INTO stream VALUES (9, 1, 'x')", "DELETE FROM stream WHERE id = 9", "stream 9 (x) has no events"},
		"renamed stream": {"UPDATE stream SET text = 'x' WHERE id = 1", "UPDATE stream SET text = '0' WHERE id = 1",
			"position 1: the record at 1 (test-x@0): doesn't match its hash"},
		"renamed type": {"UPDATE name SET text = text || 'x' WHERE text LIKE 'mingjian%'", "UPDATE name SET text = rtrim(text, 'x') WHERE text LIKE 'mingjian%'",
			"position 1: the record at 1 (test-0@0): doesn't match its hash"},
		"moved": {"UPDATE event SET position = 100 WHERE position = 1", "UPDATE event SET position = 1 WHERE position = 100",
			"position 4: stream 1 has revision 1 before its predecessor"},
		"other metadata": {"UPDATE event SET meta = meta || '\\x20' WHERE position = 2", "UPDATE event SET meta = substr(meta, 1, length(meta) - 1) WHERE position = 2",
			"position 2: the record at 2 (test-1@0): doesn't match its hash"},
	} {
		for _, statement := range strings.Split(c.statement, "; ") {
			tamper(t, url, statement)
		}
		if found := problems(t, s); !slices.Contains(found, c.want) {
			t.Errorf("%s: found %q, want among them %q", name, found, c.want)
		}
		for _, statement := range strings.Split(c.back, "; ") {
			tamper(t, url, statement)
		}
		clean(t, s)
	}
}

func TestAMissingRecordIsAnError(t *testing.T) {
	url := postgrestest.New(t)
	log := fill(t, openStore(t, url, postgres.Options{}), 2, 4)
	tamper(t, url, "DELETE FROM event WHERE position = 5")
	s := openStore(t, url, postgres.Options{})
	got, err := drain(t.Context(), s)
	if err == nil || !strings.Contains(err.Error(), "position 5 is missing") {
		t.Errorf("Follow gave %d records and %v", len(got), err)
	}
	var last error
	for r, err := range s.Read(t.Context(), log[4].Stream, 0) {
		if last = err; err == nil && r.Revision > 1 {
			t.Errorf("Read went on at revision %d", r.Revision)
		}
	}
	if last == nil || !strings.Contains(last.Error(), "revision 2 is missing") {
		t.Errorf("Read ended with %v", last)
	}
}

// A database that was put back to an older state while a follower was ahead of it: the follower is told, now and when it begins
// again, and so is one that was following all the while.
func TestALostTailIsToldToFollowers(t *testing.T) {
	url := postgrestest.New(t)
	s := openStore(t, url, postgres.Options{})
	log := fill(t, s, 2, 4)
	tamper(t, url, "DELETE FROM event WHERE position > 6")
	tamper(t, url, "UPDATE head SET position = 6")
	for _, of := range []*postgres.Store{s, openStore(t, url, postgres.Options{})} {
		for _, err := range of.Follow(t.Context(), log[7].Position) {
			if err == nil {
				t.Fatal("the follower was not told")
			}
		}
	}
	last := error(nil)
	for b, err := range s.Follow(t.Context(), log[5].Position) { // this store knows of 8
		if last = err; len(b.Records) > 0 {
			t.Fatalf("got %d records after the lost tail", len(b.Records))
		}
	}
	if last == nil || !strings.Contains(last.Error(), "the log ends at 6") {
		t.Errorf("ended with %v", last)
	}
}

func TestEventsAreNeverUpdatedOrDeleted(t *testing.T) {
	url := postgrestest.New(t)
	s := openStore(t, url, postgres.Options{})
	fill(t, s, 1, 3)
	for _, statement := range []string{"UPDATE event SET data = ''", "DELETE FROM event", "DELETE FROM event WHERE position = 99", "TRUNCATE event"} {
		conn := dial(t, url)
		if _, err := conn.Exec(t.Context(), "SET search_path = mingjian_events"); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(t.Context(), statement); err == nil {
			t.Errorf("%s: no error", statement)
		}
	}
	clean(t, s)
}
