package sqlite_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

// Whatever bit of the file is flipped: no altered record is ever returned, and what is lost or altered is reported.
func TestAFlippedBitIsReported(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "events.db")
	s := openStore(t, path, sqlite.Options{})
	want := fill(t, s, 7, 40)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	chance := rand.New(rand.NewPCG(1, 2))
	seen := 0
	for range 150 {
		at := chance.IntN(len(file))
		bit := byte(1) << chance.IntN(8)
		file[at] ^= bit
		if flipped(t, filepath.Join(t.TempDir(), "events.db"), file, at, want) {
			seen++
		}
		file[at] ^= bit
	}
	if seen < 100 {
		t.Fatalf("only %d of 150 flips were seen; the pages are full of records", seen)
	}
}

// flipped opens a damaged file and tells whether the damage was reported.
func flipped(t *testing.T, path string, file []byte, at int, want []es.Record) bool {
	t.Helper()
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		return true
	}
	defer s.Close()
	got, followErr := drain(t.Context(), s)
	for i, r := range got {
		if i >= len(want) || r.Hash() != want[i].Hash() || r.Position != want[i].Position {
			t.Fatalf("byte %d: position %s came back altered: %s", at, r.Position, r.Data)
		}
	}
	found := problems(t, s)
	if len(found) == 0 && (followErr != nil || len(got) != len(want)) {
		t.Fatalf("byte %d: Follow gave %d of %d records and %v, Check found nothing", at, len(got), len(want), followErr)
	}
	return len(found) > 0
}

func TestADamagedRecordIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	s := openStore(t, path, sqlite.Options{})
	victim := fill(t, s, 3, 5)[7]
	corrupt(t, path, victim)
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

// A WAL whose end was lost, as by a disk that lies about syncs, opens without an error. The log is then a prefix of what it
// was, and a follower that had seen more is told.
func TestALostTailIsAPrefixAndAFollowerIsTold(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, filepath.Join(dir, "events.db"), sqlite.Options{})
	want := fill(t, s, 5, 20)
	files := map[string][]byte{}
	for _, name := range []string{"events.db", "events.db-wal"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = data
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wal := files["events.db-wal"]
	chance := rand.New(rand.NewPCG(3, 4))
	for range 12 {
		cut := len(wal)/2 + chance.IntN(len(wal)/2)
		torn := t.TempDir()
		for name, data := range map[string][]byte{"events.db": files["events.db"], "events.db-wal": wal[:cut]} {
			if err := os.WriteFile(filepath.Join(torn, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s := openStore(t, filepath.Join(torn, "events.db"), sqlite.Options{})
		got := whole(t, s)
		for i, r := range got {
			if r.Hash() != want[i].Hash() {
				t.Fatalf("cut at %d: position %s is another", cut, r.Position)
			}
		}
		clean(t, s)
		if len(got) == len(want) {
			continue
		}
		for _, err := range s.Follow(t.Context(), want[len(want)-1].Position) {
			if err == nil {
				t.Fatalf("cut at %d: the follower of %d records was not told that %d are left", cut, len(want), len(got))
			}
		}
	}
}

func TestCheckFindsGapsAndOrphans(t *testing.T) {
	for name, c := range map[string]struct{ statement, want string }{
		"missing position":   {"DELETE FROM event WHERE position = 4", "position 4: missing, and all up to 5"},
		"missing revision":   {"DELETE FROM event WHERE position = 4", "position 7: stream 1 has revision 2 where 1 belongs"},
		"missing stream":     {"DELETE FROM stream WHERE id = 2", "position 2: the record at 2 (-@0): name 0 is missing"},
		"stream without any": {"INSERT INTO stream VALUES (9, 1, 'x')", "stream 9 (x) has no events"},
		"renamed stream":     {"UPDATE stream SET text = 'x' WHERE id = 1", "position 1: the record at 1 (test-x@0): doesn't match its hash"},
		"renamed type":       {"UPDATE name SET text = 'x' WHERE id = 1", "position 1: the record at 1 (test-0@0): doesn't match its hash"},
		"moved": {"UPDATE event SET position = 100 WHERE position = 1",
			"position 4: stream 1 has revision 1 before its predecessor"},
		"other id": {"UPDATE event SET id = randomblob(16) WHERE position = 2", "position 2: the record at 2 (test-1@0): doesn't match its hash"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "events.db")
			s := openStore(t, path, sqlite.Options{})
			fill(t, s, 3, 4)
			tamper(t, path, c.statement)
			found := problems(t, s)
			for _, f := range found {
				if f == c.want {
					return
				}
			}
			t.Fatalf("found %q, want among them %q", found, c.want)
		})
	}
}

func TestAMissingRecordIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	s := openStore(t, path, sqlite.Options{})
	log := fill(t, s, 2, 4)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	tamper(t, path, "DELETE FROM event WHERE position = 5")
	s = openStore(t, path, sqlite.Options{}) // the first one has proved the records and remembers them
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

func TestEventsAreNeverUpdatedOrDeleted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	s := openStore(t, path, sqlite.Options{})
	fill(t, s, 1, 3)
	for _, statement := range []string{"UPDATE event SET data = ''", "DELETE FROM event", "REPLACE INTO event SELECT * FROM event"} {
		if err := execute(t, path, statement); err == nil {
			t.Errorf("%s: no error", statement)
		}
	}
	clean(t, s)
}
