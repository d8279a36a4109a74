package main

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/gap"
)

// TestALedgerThatBecomesAnOuterOneTakesNothingOfItsOwn while a server has it open, as where another process begins to receive.
func TestALedgerThatBecomesAnOuterOneTakesNothingOfItsOwn(t *testing.T) {
	t.Parallel()
	log := estest.NewStore(t)
	store := innerAlone{log, &atomic.Bool{}}
	add := func(category, id string) error {
		p, err := es.Propose(es.Metadata{Command: es.DeriveID("", category, id)}, es.Event(authority.DepartmentOpened{Name: "科"}))
		if err != nil {
			t.Fatal(err)
		}
		_, err = store.Append(t.Context(), es.Stream{Category: category, ID: id}, es.NoStream{}, p...)
		return err
	}
	if err := errors.Join(add("authority", "A"), add("plan", "A")); err != nil {
		t.Fatal(err)
	}
	attach := gap.Attach{Attached: gap.Attached{Ledger: "1-0a0b0c0d/0123456789abcdef", By: "gap"}}
	if _, err := es.Transact(t.Context(), log, gap.Decider, gap.Stream, gap.Command(attach), es.Metadata{Command: es.DeriveID("", "attach")}); err != nil {
		t.Fatal(err)
	}
	for _, category := range []string{"authority", "subject", "disclosure"} {
		fault := (*domain.Fault)(nil)
		if err := add(category, "B"); !errors.As(err, &fault) || fault.Code != "ledger.outer" || fault.Kind != domain.Precondition {
			t.Errorf("%s: %v", category, err)
		}
	}
	if err := add("dispute", "B"); err != nil {
		t.Errorf("what is no act is refused: %v", err)
	}
	if n := len(log.All()); n != 4 {
		t.Errorf("%d events", n)
	}
}
