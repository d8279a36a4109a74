package main

import (
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/ledger"
)

type noted struct{}

func (noted) EventType() string { return "mingjian.note.v1" }

// TestAnOutboxOfAnotherHistoryGoesOnBehindWhatIsCommon: in the numbers of the log as it is.
func TestAnOutboxOfAnotherHistoryGoesOnBehindWhatIsCommon(t *testing.T) {
	t.Parallel()
	for name, renumbered := range map[string]bool{"put back": false, "numbered anew": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := estest.NewStore(t)
			begun, err := es.Propose(es.Metadata{Command: es.DeriveID("", "first")}, noted{}, noted{})
			if err == nil {
				_, err = store.Append(t.Context(), es.Stream{Category: "note", ID: "n"}, es.NoStream{}, begun...)
			}
			if err != nil {
				t.Fatal(err)
			}
			cmd := ledger.BeginEpoch{
				ID: es.DeriveID("", "epoch"), Events: 2, Position: "900", Hash: strings.Repeat("ab", 32), Renumbered: renumbered, Reason: "迁移", By: "ops",
			}
			if err := recordOfItself(t.Context(), store, "ops", time.Unix(1, 0), cmd); err != nil {
				t.Fatal(err)
			}
			in := &instance{epochs: grpcapi.NewEpochs(store, store)}
			common, want := es.At(900, 0), es.At(900, 0)
			if renumbered {
				common, want = es.Position{}, store.All()[2].Position // what the stray tells, see epoch.Stray
			}
			if got, err := in.publishedBefore(t.Context(), common); err != nil || got != want {
				t.Errorf("goes on behind %s, %v, want %s", got, err, want)
			}
		})
	}
}
