package grpcapi_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/projections"
	authorityview "github.com/mingjian-ledger/mingjian/projections/authority"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

const heirBureau domain.AuthorityID = "heir-bureau"

// reformed lets another authority succeed the own one from a day on, and the doors know of it.
func (w *matrixWorld) reformed(on string) {
	w.Helper()
	authorities(w)
	w.do(rootOf, newAuthority(heirBureau))
	w.do(rootOf, &mingjianv1.SucceedAuthorityRequest{
		AuthorityId: string(ownBureau), SuccessorId: string(heirBureau), Reason: "机构改革", DocumentNo: "藏政发〔2026〕1号", EffectiveOn: on,
	})
	family, stop := authorityview.NewFamily(w.views, w.views)
	w.Cleanup(stop)
	w.family = family
	w.behind(family)
}

// behind puts the services behind a chain that knows of a succession.
func (w *matrixWorld) behind(family grpcapi.Succession) {
	w.Helper()
	chain, err := matrixChain()
	if err != nil {
		w.Fatal(err)
	}
	own := *chain
	own.Succession, own.Clock = family, func() time.Time { return w.now }
	w.conn = grpcapi.NewServer(&own, w.register).InProcess
}

// TestSuccessorsActOnWhatTheyInherit lets staff of the successor send every request about a record of the authority that was
// succeeded, which staff of any other authority are refused (TestEveryWrite).
func TestSuccessorsActOnWhatTheyInherit(t *testing.T) {
	t.Parallel()
	for method, c := range writeCases() {
		if c.open != "" || c.foreign == "draw.party.foreign" || strings.HasSuffix(method, "/TakeOverInspections") {
			continue // nothing to inherit: a party to a draw is one account, and what is taken over is begun in the own name
		}
		t.Run(method[strings.LastIndexByte(method, '/')+1:], func(t *testing.T) {
			t.Parallel()
			c.inherited(t)
		})
	}
}

func (c writeCase) inherited(t *testing.T) {
	w, by, req := c.world(t)
	if c.creates {
		w.do(by, req)
	}
	w.reformed("2026-11-01")
	former, stranger := by, by
	by.authority, stranger.authority = heirBureau, "stranger-bureau"
	if _, err := w.send(former, "", req); faultOf(err) != "identity.authority.succeeded" && by.role != domain.Admin {
		t.Errorf("staff of the former authority are told %v %s", status.Code(err), faultOf(err))
	}
	if got, _ := w.outcome(stranger, "", req); got.fault == "" && len(got.rows) == 0 || len(got.events) > 0 {
		t.Errorf("a stranger: %+v", got)
	}
	if got, _ := w.outcome(by, "", req); got.fault != "" || len(got.rows) > 0 {
		t.Errorf("the successor's %s: %+v", by.role, got)
	}
}

func TestSuccessionBeginsOnItsDay(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	decidedPenalty(w)
	w.reformed("2026-11-19") // tomorrow in Shanghai
	serve := &mingjianv1.ServePenaltyRequest{PenaltyId: w.ids["penalty"], On: "2026-01-18", PublicationNotice: true}
	heir := at(heirBureau, domain.Clerk, "wang")
	read := &mingjianv1.GetPenaltyRequest{PenaltyId: w.ids["penalty"]}
	for _, req := range []proto.Message{serve, read} {
		if _, err := w.send(heir, "", req); status.Code(err) != codes.PermissionDenied {
			t.Errorf("%T before the day: %v", req, err)
		}
	}
	if _, err := w.send(clerk, "", read); err != nil {
		t.Errorf("the own clerk before the day: %v", err)
	}
	w.now = w.now.AddDate(0, 0, 1)
	if _, err := w.send(clerk, "", read); faultOf(err) != "identity.authority.succeeded" {
		t.Errorf("the former clerk on the day: %v", err)
	}
	if got, _ := w.outcome(heir, "", serve); got.fault != "" || len(got.events) != 1 {
		t.Errorf("the successor's clerk on the day: %+v", got)
	}
	if _, err := w.send(heir, "", read); err != nil {
		t.Errorf("the successor's clerk reads: %v", err)
	}
	auditor := caller{role: domain.Auditor, account: "shen", authority: ownBureau}
	if _, err := w.send(auditor, "", read); err != nil {
		t.Errorf("an auditor of the former authority: %v", err)
	}
	resp, err := w.send(clerk, "", &mingjianv1.GetPublicAuthorityRequest{AuthorityId: string(ownBureau)})
	if err != nil {
		t.Fatal(err)
	}
	got := resp.(*mingjianv1.GetPublicAuthorityResponse)
	if got.GetPresentAuthority().GetId() != string(heirBureau) || got.GetAuthority().GetSuccessionDocumentNo() != "藏政发〔2026〕1号" {
		t.Errorf("the former authority is %v", got)
	}
}

// TestNothingIsBegunInAFormersName: a successor goes on with what it inherits; what it begins is its own.
func TestNothingIsBegunInAFormersName(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	decidedPenalty(w)
	w.reformed("2026-11-01")
	got, _ := w.outcome(at(heirBureau, domain.Clerk, "wang"), "", &mingjianv1.DecidePenaltyRequest{Decision: penaltyDecision()})
	if got.fault != "" || len(got.events) == 0 || !strings.Contains(got.events[0], `"authority":"`+string(heirBureau)+`"`) {
		t.Errorf("a new decision: %+v", got)
	}
}

// lostFamily can't tell.
type lostFamily struct{ err error }

func (f lostFamily) Holder(context.Context, string, calendar.Date) (*viewv1.Party, error) {
	return nil, f.err
}
func (f lostFamily) Predecessors(context.Context, string, calendar.Date) ([]*viewv1.Party, error) {
	return nil, f.err
}

func TestWhoCantBePlacedIsNotLetIn(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	decidedPenalty(w)
	w.behind(lostFamily{&projections.QueryError{Table: "authority", Field: "table"}})
	if _, err := w.send(clerk, "", &mingjianv1.GetPenaltyRequest{PenaltyId: w.ids["penalty"]}); status.Code(err) != codes.Unavailable {
		t.Errorf("while the view starts: %v", err)
	}
	w.behind(lostFamily{domain.Refuse(domain.Internal, "internal", "", "", "lost")})
	if _, err := w.send(clerk, "", &mingjianv1.GetPenaltyRequest{PenaltyId: w.ids["penalty"]}); status.Code(err) != codes.Internal {
		t.Errorf("without a view: %v", err)
	}
}
