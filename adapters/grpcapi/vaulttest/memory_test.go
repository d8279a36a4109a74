package vaulttest_test

import (
	"errors"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi/vaulttest"
	"github.com/mingjian-ledger/mingjian/domain"
)

func TestMemoryKeepsTheContract(t *testing.T) {
	t.Parallel()
	vaulttest.Suite(t, func(*testing.T) vaulttest.Opened { return vaulttest.Opened{Vault: &vaulttest.Memory{}} })
}

func TestMemoryLiesWhenItIsTold(t *testing.T) {
	t.Parallel()
	for done, want := range map[bool]domain.Kind{false: domain.NotFound, true: domain.Conflict} {
		v, lost := &vaulttest.Memory{}, errors.New("the line went dead")
		p, err := v.Person(t.Context(), "A")
		if err != nil {
			t.Fatal(err)
		}
		v.Fail(lost, done)
		if _, err := v.Seal(t.Context(), "item", []string{p}, nil); !errors.Is(err, lost) {
			t.Fatalf("%v, want the planted error", err)
		}
		if _, err := v.Open(t.Context(), domain.Sealed{Item: "item", Persons: []string{p}}); domain.KindOf(err) != want {
			t.Errorf("done %v: %v", done, err)
		}
	}
}
