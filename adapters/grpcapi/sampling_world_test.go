package grpcapi_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"

	"github.com/mingjian-ledger/mingjian/adapters/blob"
	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/projections"
	samplingview "github.com/mingjian-ledger/mingjian/projections/sampling"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// samplingWorld is the sampling service and the public one over real stores, with the policies between.
type samplingWorld struct {
	*testing.T
	store    *sqlite.Store
	group    *projections.Group
	sampling grpcapi.SamplingServer
	public   grpcapi.PublicServer
	now      time.Time
	n        int
}

func newSamplingWorld(t *testing.T) *samplingWorld {
	t.Helper()
	dir := t.TempDir()
	w := &samplingWorld{T: t, now: time.Date(2026, 3, 20, 2, 0, 0, 0, time.UTC)}
	var err error
	if w.store, err = sqlite.Open(t.Context(), filepath.Join(dir, "events.db"), sqlite.Options{}); err != nil {
		t.Fatal(err)
	}
	views, err := sqlite.OpenViews(t.Context(), filepath.Join(dir, "views.db"))
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.Open(filepath.Join(dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return w.now }
	reactions := policy.Reactions{Store: w.store, Blobs: blobs, Clock: clock, Refused: func(_ context.Context, rec es.Record, err error) {
		t.Errorf("policy refused after %s: %v", rec.Type, err)
	}}
	w.group, err = projections.NewGroup(w.store, views, slog.New(slog.DiscardHandler), []projections.Projection{samplingview.Projection()},
		[]projections.Reactor{{Name: "policy", React: reactions.Handle}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background()) //nolint:usetesting // ends in Cleanup, after the last request
	ended := make(chan error, 1)
	go func() { ended <- w.group.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		_, _ = views.Close(), w.store.Close()
	})
	base := grpcapi.Base{Store: w.store, Views: views, Clock: clock}
	w.sampling, w.public = grpcapi.SamplingServer{Base: base, Blobs: blobs}, grpcapi.PublicServer{Base: base, Blobs: blobs, Fairness: grpcapi.NewFairnessDesk()}
	return w
}

// as is a call of somebody at the own bureau, with a command id of its own.
func (w *samplingWorld) as(role domain.Role, account string) context.Context {
	w.n++
	return grpcapi.WithCall(w.Context(), grpcapi.Call{
		Actor: domain.Actor{Account: account, Role: role, Authority: ownBureau}, Method: "/test/" + account, Command: es.DeriveID("", fmt.Sprint("call ", w.n)),
	})
}

func (w *samplingWorld) clerk() context.Context  { return w.as(domain.Clerk, "wang") }
func (w *samplingWorld) reader() context.Context { return w.as(domain.Auditor, "shen") }

// settle lets the policies and the views catch up.
func (w *samplingWorld) settle() {
	w.Helper()
	if err := w.group.Settle(w.Context()); err != nil {
		w.Fatal(err)
	}
}

// done demands that a call was accepted, and lets all follow it.
func done[R interface{ GetReceipt() *mingjianv1.Receipt }](w *samplingWorld, resp R, err error) R {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
	w.settle()
	return resp
}

func (w *samplingWorld) refused(kind domain.Kind, code string, err error) {
	w.Helper()
	if !refusedAs(err, kind, code) {
		w.Errorf("want %s, got %v", code, err)
	}
}

// prepare opens the campaign and publishes all but its results.
func (w *samplingWorld) prepare() {
	w.Helper()
	opened, err := w.sampling.OpenSampling(w.as(domain.Planner, "zhao"), newSampling())
	done(w, opened, err)
	drafted, err := w.sampling.DraftSamplingPlan(w.as(domain.Planner, "zhao"), newPlanOfSampling())
	done(w, drafted, err)
	scheme, err := w.sampling.DraftSamplingScheme(w.as(domain.Planner, "zhao"), newScheme())
	done(w, scheme, err)
	selection, err := w.sampling.DraftSamplingLaboratories(w.as(domain.Planner, "zhao"), newSelection())
	done(w, selection, err)
	for _, act := range []string{"plan", "scheme", "laboratories"} {
		req := &mingjianv1.PublishSamplingRequest{SamplingId: matrixSampling, Act: act, Version: 1, DocumentNo: "1号"}
		_, err := w.sampling.PublishSampling(w.as(domain.Planner, "zhao"), req)
		w.refused(domain.Forbidden, "sampling.same_person", err)
		published, err := w.sampling.PublishSampling(w.as(domain.Approver, "sun"), req)
		done(w, published, err)
	}
}

// publishList publishes the results as they are.
func (w *samplingWorld) publishList(reason string) {
	w.Helper()
	list, err := w.sampling.GetSamplingList(w.as(domain.Approver, "sun"), &mingjianv1.GetSamplingListRequest{SamplingId: matrixSampling})
	if err != nil {
		w.Fatal(err)
	}
	published, err := w.sampling.PublishSamplingResults(w.as(domain.Approver, "sun"), &mingjianv1.PublishSamplingResultsRequest{
		SamplingId: matrixSampling, ListDigest: list.GetResults().GetListDigest(), DocumentNo: "9号", Reason: reason,
	})
	done(w, published, err)
}

// listStream collects the pieces of a list.
type listStream struct {
	grpc.ServerStreamingServer[mingjianv1.GetPublicSamplingListResponse]
	ctx  context.Context //nolint:containedctx // a stream carries its context
	text strings.Builder
}

func (s *listStream) Context() context.Context { return s.ctx }

func (s *listStream) Send(m *mingjianv1.GetPublicSamplingListResponse) error {
	s.text.Write(slices.Clone(m.GetChunk()))
	return nil
}

func (w *samplingWorld) list(version uint32) (string, error) {
	s := &listStream{ctx: w.Context()}
	err := w.public.GetPublicSamplingList(&mingjianv1.GetPublicSamplingListRequest{Id: matrixSampling, Version: version}, s)
	return s.text.String(), err
}
