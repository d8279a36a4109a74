package vault_test

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/adapters/vault"
	"github.com/mingjian-ledger/mingjian/domain"
)

// TestServersThatStartAtOnceMakeOneVault: the first master key, the index and each person come into being once, though each
// server has its own view of the key file.
func TestServersThatStartAtOnceMakeOneVault(t *testing.T) {
	t.Parallel()
	p := place{t.TempDir(), postgrestest.New(t)}
	servers := []*vault.Store{p.open(t), p.open(t), p.open(t)}
	const numbers = 5
	var ids [numbers][3]string
	errs := make([]error, numbers*len(servers))
	var wg sync.WaitGroup
	for n := range numbers {
		for i, s := range servers {
			wg.Go(func() { ids[n][i], errs[n*len(servers)+i] = s.Person(t.Context(), fmt.Sprint("number ", n)) })
		}
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	for n, of := range ids {
		if of[0] != of[1] || of[1] != of[2] {
			t.Errorf("number %d is %v", n, of)
		}
	}
	if names, _ := masters(t, p); len(names) != 1 {
		t.Errorf("master keys %v", names)
	}
	sealed := seal(t, servers[0], "item", "text", ids[0][0])
	opens(t, servers[1], sealed, "text")
	if err := servers[2].Shred(t.Context(), ids[0][0]); err != nil {
		t.Fatal(err)
	}
	if _, err := servers[0].Open(t.Context(), sealed); domain.KindOf(err) != domain.Gone {
		t.Errorf("shredded by another server: %v", err)
	}
}

// TestARotationBesideServersLosesNobody: persons become known in other servers all the while, and each opens afterwards under
// the one master key that is left.
func TestARotationBesideServersLosesNobody(t *testing.T) {
	t.Parallel()
	p := place{t.TempDir(), postgrestest.New(t)}
	all := filled(t, p, 5)
	operator, server := p.open(t), p.open(t)
	rotated := make(chan struct{})
	done := make(chan []domain.Sealed)
	go func() {
		var mine []domain.Sealed
		defer func() { done <- mine }()
		for i, last := 0, false; !last; i++ {
			select {
			case <-rotated:
				last = true
			default:
			}
			id, err := server.Person(t.Context(), fmt.Sprint("new ", i))
			if err != nil {
				t.Errorf("person %d: %v", i, err)
				return
			}
			sealed, err := server.Seal(t.Context(), fmt.Sprint("new-", i), []string{id}, []byte("text"))
			if err != nil {
				t.Errorf("seal %d: %v", i, err)
				return
			}
			mine = append(mine, sealed)
		}
	}()
	for range 3 {
		if _, err := operator.Rotate(t.Context(), nil); err != nil {
			t.Errorf("rotate: %v", err)
		}
	}
	close(rotated)
	mine := <-done
	if names, _ := masters(t, p); len(names) != 1 || len(mine) == 0 {
		t.Fatalf("master keys %v, %d new persons", names, len(mine))
	}
	for i, sealed := range all {
		opens(t, server, sealed, fmt.Sprint("text ", i))
	}
	for _, sealed := range mine {
		opens(t, p.open(t), sealed, "text")
		break
	}
	for _, sealed := range mine {
		opens(t, server, sealed, "text")
	}
}

// TestAServerWithACopyOfFormerMasterKeysIsRefused: what it would wrap nobody could unwrap.
func TestAServerWithACopyOfFormerMasterKeysIsRefused(t *testing.T) {
	t.Parallel()
	p := place{t.TempDir(), postgrestest.New(t)}
	filled(t, p, 1)
	other := place{t.TempDir(), p.url}
	text, err := os.ReadFile(p.key())
	if err == nil {
		err = os.WriteFile(other.key(), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	stale := other.open(t)
	person(t, stale, "before")
	operator := p.open(t)
	if _, err := operator.Rotate(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	var without *vault.MasterError
	if _, err := stale.Person(t.Context(), "after"); !errors.As(err, &without) || without.Where != other.key() {
		t.Errorf("a new person: %v", err)
	}
	if _, err := other.try(t, other.keys()); !errors.As(err, &without) {
		t.Errorf("opened again: %v", err)
	}
	var n int
	if err := p.raw(t, "").QueryRowContext(t.Context(), `SELECT count(DISTINCT master) FROM person`).Scan(&n); err != nil || n != 1 {
		t.Errorf("persons are wrapped by %d master keys, %v", n, err)
	}
}
