package grpcapi_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/ledger"
	"github.com/mingjian-ledger/mingjian/projections/release"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// restore has the log go on from where it is, as one that was put back does.
func (p *press) restore() ledger.Epochs {
	p.Helper()
	records := p.store.All()
	last := records[len(records)-1]
	cmd := ledger.BeginEpoch{
		ID: es.DeriveID("", "epoch"), Events: uint64(len(records)), Position: last.Position.String(), Hash: strings.Repeat("ab", 32), Reason: "恢复", By: "ops",
	}
	m := es.Metadata{Command: es.DeriveID("", "begin"), RecordedAt: pressed()}
	if _, err := es.Transact(p.Context(), p.store, ledger.Decider, ledger.Stream, ledger.Command(cmd), m); err != nil {
		p.Fatal(err)
	}
	all, err := ledger.Read(p.Context(), p.store, p.store)
	if err != nil || len(all) != 2 {
		p.Fatalf("%+v, %v", all, err)
	}
	return all
}

// TestWhatEpochsHaveInCommonIsToldByAViewThatKnows has a view that fills from the first event while the log is in its second
// epoch: what it shows so far is less than what both epochs have.
func TestWhatEpochsHaveInCommonIsToldByAViewThatKnows(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	p.publish(2)
	for _, id := range []string{"late1", "late2"} { // which the view does not show yet
		p.append(id, es.NoStream{}, published(t, id))
	}
	epochs := p.restore()
	p.server.Epochs = grpcapi.NewEpochs(p.store, p.store)
	describes := grpcapi.LedgerServer{Base: p.server.Base, Epochs: p.server.Epochs}
	ask := func(ctx context.Context, after uint64) error {
		_, err := p.server.ListReleases(ctx, &mingjianv1.ListReleasesRequest{Epoch: epochs[0].Name(), After: after})
		return err
	}

	_, err := describes.GetLedger(t.Context(), &mingjianv1.GetLedgerRequest{})
	refused(t, err, domain.Unavailable, "feed.behind")
	refused(t, ask(t.Context(), 2), domain.Unavailable, "feed.behind")
	refused(t, ask(t.Context(), 4), domain.Unavailable, "feed.behind")

	p.show()
	got, err := describes.GetLedger(t.Context(), &mingjianv1.GetLedgerRequest{})
	if err != nil || len(got.GetEpochs()) != 2 || got.GetEpochs()[1].GetLastCommonSequence() != 4 {
		t.Errorf("%v, %v", got, err)
	}
	if err := ask(t.Context(), 4); err != nil {
		t.Errorf("a reader who has no more than both have: %v", err)
	}
	refused(t, ask(t.Context(), 5), domain.Conflict, "feed.epoch")

	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := release.Through(ended, p.views, epochs[1].Began); !errors.Is(err, context.Canceled) {
		t.Errorf("after the caller left: %v", err)
	}
}

func refused(t *testing.T, err error, kind domain.Kind, code string) {
	t.Helper()
	if !refusedAs(err, kind, code) {
		t.Errorf("%v, want %s", err, code)
	}
}
