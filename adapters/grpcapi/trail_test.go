package grpcapi_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/audit"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

func trailClock() time.Time { return time.Date(2026, 11, 27, 17, 0, 0, 0, time.UTC) } // the 28th in Shanghai

func entry(n int) audit.Read {
	return audit.Read{Account: "he", Role: domain.Clerk, Authority: "XZ", Method: "m", Class: audit.Unpublished, Record: fmt.Sprintf("id=%d", n), RequestID: "r"}
}

// held is a store that lets appends wait, counts them, and can fail.
type held struct {
	es.Store
	mu      sync.Mutex
	begun   chan struct{} // told of each append, if not nil
	gate    chan struct{} // each append takes one, if not nil
	appends int
	fail    error
}

func (h *held) Append(ctx context.Context, s es.Stream, want es.Expected, events ...es.Proposed) (es.Position, error) {
	if h.begun != nil {
		h.begun <- struct{}{}
		<-h.gate
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.appends++
	if h.fail != nil {
		return es.Position{}, h.fail
	}
	return h.Store.Append(ctx, s, want, events...)
}

func (h *held) Read(ctx context.Context, s es.Stream, from es.Revision) iter.Seq2[es.Record, error] {
	return h.Store.Read(ctx, s, from)
}

func TestEntriesThatComeTogetherGoIntoOneAppend(t *testing.T) {
	t.Parallel()
	memory := estest.NewStore(t)
	store := &held{Store: memory, begun: make(chan struct{}), gate: make(chan struct{})}
	trail := grpcapi.NewTrail(store, trailClock)
	errs := make(chan error)
	enter := func(n int) { go func() { errs <- trail.Enter(t.Context(), entry(n)) }() }
	enter(0)
	<-store.begun // the first is on its way; those who come now wait for one append
	const more = 40
	for n := range more {
		enter(n + 1)
	}
	trail.AwaitWaiting("XZ:2026-11-28", more)
	store.gate <- struct{}{}
	<-store.begun
	store.gate <- struct{}{}
	for range more + 1 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	seen := map[string]bool{}
	for _, r := range memory.All() {
		if r.Stream != (es.Stream{Category: "audit", ID: "XZ:2026-11-28"}) || seen[string(r.Data)] {
			t.Errorf("%s: %s", r.Stream, r.Data)
		}
		seen[string(r.Data)] = true
	}
	if len(seen) != more+1 || store.appends != 2 {
		t.Errorf("%d entries with %d appends", len(seen), store.appends)
	}
}

func TestAnotherWriterOfTheTrailCostsALook(t *testing.T) {
	t.Parallel()
	memory := estest.NewStore(t)
	one, other := grpcapi.NewTrail(memory, trailClock), grpcapi.NewTrail(memory, trailClock)
	for n := range 6 {
		trail := one
		if n%2 == 1 {
			trail = other
		}
		if err := trail.Enter(t.Context(), entry(n)); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(memory.All()); got != 6 {
		t.Errorf("%d entries", got)
	}
}

// shelf answers two methods of which one is audited as personal.
type shelf struct {
	mingjianv1.UnimplementedPersonalServiceServer
	mingjianv1.UnimplementedPenaltyServiceServer
	mingjianv1.UnimplementedPublicServiceServer
}

func (shelf) OpenPersonal(context.Context, *mingjianv1.OpenPersonalRequest) (*mingjianv1.OpenPersonalResponse, error) {
	return &mingjianv1.OpenPersonalResponse{Text: "secret"}, nil
}

func (shelf) GetPenalty(_ context.Context, req *mingjianv1.GetPenaltyRequest) (*mingjianv1.GetPenaltyResponse, error) {
	if req.GetPenaltyId() == "none" {
		return nil, domain.Refuse(domain.NotFound, "penalty.missing", "penalty_id", "没有", "none")
	}
	return &mingjianv1.GetPenaltyResponse{}, nil
}

func (shelf) ServePenalty(context.Context, *mingjianv1.ServePenaltyRequest) (*mingjianv1.ServePenaltyResponse, error) {
	return &mingjianv1.ServePenaltyResponse{Receipt: &mingjianv1.Receipt{Position: "1"}}, nil
}

func (shelf) GetReleased(context.Context, *mingjianv1.GetReleasedRequest) (*mingjianv1.GetReleasedResponse, error) {
	return &mingjianv1.GetReleasedResponse{}, nil
}

func audited(t *testing.T, store es.Store) grpc.ClientConnInterface {
	t.Helper()
	chain, err := grpcapi.NewChain(grpcapi.Chain{
		Access: grpcapi.AllAccess(), Auth: plainTokens{}, Waiter: upToDate{}, Patient: time.Second, Log: slog.New(slog.DiscardHandler),
		Trail: grpcapi.NewTrail(store, trailClock),
	})
	if err != nil {
		t.Fatal(err)
	}
	return grpcapi.NewServer(chain, func(r grpc.ServiceRegistrar) {
		mingjianv1.RegisterPersonalServiceServer(r, shelf{})
		mingjianv1.RegisterPenaltyServiceServer(r, shelf{})
		mingjianv1.RegisterPublicServiceServer(r, shelf{})
	}).InProcess
}

func TestWhatIsEntered(t *testing.T) {
	t.Parallel()
	memory := estest.NewStore(t)
	conn := audited(t, memory)
	ctx := func(more ...string) context.Context {
		return metadata.AppendToOutgoingContext(t.Context(), append([]string{"authorization", "Bearer " + clerk.token(), "x-request-id", "r-1"}, more...)...)
	}
	penalties, personal, public := mingjianv1.NewPenaltyServiceClient(conn), mingjianv1.NewPersonalServiceClient(conn), mingjianv1.NewPublicServiceClient(conn)
	want := audit.Read{Account: clerk.account, Role: clerk.role, Authority: clerk.authority, RequestID: "r-1"}
	unpublished, opened := want, want
	unpublished.Method, unpublished.Class, unpublished.Record, unpublished.Purpose = "mingjian.v1.PenaltyService/GetPenalty", audit.Unpublished, "penalty_id=3f", "复核"
	opened.Method, opened.Class, opened.Record, opened.Purpose = "mingjian.v1.PersonalService/OpenPersonal", audit.Personal, "item=i1", "送达"

	for name, c := range map[string]struct {
		call func() error
		code codes.Code
		want []audit.Read
	}{
		"what is not published": {func() error {
			_, err := penalties.GetPenalty(ctx("mingjian-purpose", "%E5%A4%8D%E6%A0%B8"), &mingjianv1.GetPenaltyRequest{PenaltyId: "3f"})
			return err
		}, codes.OK, []audit.Read{unpublished}},
		"personal data": {func() error {
			_, err := personal.OpenPersonal(ctx(), &mingjianv1.OpenPersonalRequest{Item: "i1", Purpose: "送达"})
			return err
		}, codes.OK, []audit.Read{opened}},
		"what was not found": {func() error {
			_, err := penalties.GetPenalty(ctx(), &mingjianv1.GetPenaltyRequest{PenaltyId: "none"})
			return err
		}, codes.NotFound, nil},
		"a purpose with a number in it": {func() error {
			_, err := penalties.GetPenalty(ctx("mingjian-purpose", "13900000000"), &mingjianv1.GetPenaltyRequest{PenaltyId: "3f"})
			return err
		}, codes.InvalidArgument, nil},
		"no purpose where one is needed": {func() error {
			_, err := personal.OpenPersonal(ctx(), &mingjianv1.OpenPersonalRequest{Item: "i1"})
			return err
		}, codes.InvalidArgument, nil},
		"a write, which is an event itself": {func() error {
			_, err := penalties.ServePenalty(ctx(), &mingjianv1.ServePenaltyRequest{PenaltyId: "3f", On: "2026-11-01"})
			return err
		}, codes.OK, nil},
		"what is public, read by staff": {func() error {
			_, err := public.GetReleased(ctx(), &mingjianv1.GetReleasedRequest{DisclosureId: "penalty.3f"})
			return err
		}, codes.OK, nil},
	} {
		before := len(memory.All())
		if err := c.call(); status.Code(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
		var got []audit.Read
		for _, r := range memory.All()[before:] {
			event, err := audit.Codec().Decode(r.Type, r.Data)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, event.(audit.Read))
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: entered %+v, want %+v", name, got, c.want)
		}
	}
}

func TestWhatCanNotBeEnteredIsNotShown(t *testing.T) {
	t.Parallel()
	store := &held{Store: estest.NewStore(t), fail: errors.New("disk full")}
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+clerk.token())
	resp, err := mingjianv1.NewPersonalServiceClient(audited(t, store)).OpenPersonal(ctx, &mingjianv1.OpenPersonalRequest{Item: "i1", Purpose: "送达"})
	if status.Code(err) != codes.Unavailable || faultOf(err) != "audit.unavailable" || resp.GetText() != "" {
		t.Errorf("%v, %v", resp, err)
	}
}

func TestAChainWithoutATrailShowsThePublicOnly(t *testing.T) {
	t.Parallel()
	c := grpcapi.Chain{Access: grpcapi.AllAccess(), Auth: plainTokens{}, Waiter: upToDate{}, Log: slog.New(slog.DiscardHandler)}
	if _, err := grpcapi.NewChain(c); err == nil {
		t.Error("a chain reads what is not public and enters nothing")
	}
}
