package grpcapi_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/adapters/grpcapi/vaulttest"
	"github.com/mingjian-ledger/mingjian/adapters/paper"
	"github.com/mingjian-ledger/mingjian/adapters/picture"
	"github.com/mingjian-ledger/mingjian/adapters/sheet"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/draw/drawtest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/lottery"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/domain/profile"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
	"github.com/mingjian-ledger/mingjian/projections"
	authorityview "github.com/mingjian-ledger/mingjian/projections/authority"
	catalogueview "github.com/mingjian-ledger/mingjian/projections/catalogue"
	deadlineview "github.com/mingjian-ledger/mingjian/projections/deadline"
	deliveryview "github.com/mingjian-ledger/mingjian/projections/delivery"
	disclosureview "github.com/mingjian-ledger/mingjian/projections/disclosure"
	disputeview "github.com/mingjian-ledger/mingjian/projections/dispute"
	drawview "github.com/mingjian-ledger/mingjian/projections/draw"
	licenceview "github.com/mingjian-ledger/mingjian/projections/licence"
	listingview "github.com/mingjian-ledger/mingjian/projections/listing"
	penaltyview "github.com/mingjian-ledger/mingjian/projections/penalty"
	personalview "github.com/mingjian-ledger/mingjian/projections/personal"
	planview "github.com/mingjian-ledger/mingjian/projections/plan"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	"github.com/mingjian-ledger/mingjian/projections/release"
	reportingview "github.com/mingjian-ledger/mingjian/projections/reporting"
	returnsview "github.com/mingjian-ledger/mingjian/projections/returns"
	rosterview "github.com/mingjian-ledger/mingjian/projections/roster"
	samplingview "github.com/mingjian-ledger/mingjian/projections/sampling"
	"github.com/mingjian-ledger/mingjian/projections/worklist"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// matrixWorld is all services over the strict store and the strict views, behind the chain, with the policies between.
type matrixWorld struct {
	testing.TB
	now     time.Time
	store   *estest.Store
	views   *projectionstest.Memory
	blobs   *drawtest.Memory
	vault   *vaulttest.Memory
	named   int
	conn    grpc.ClientConnInterface
	targets map[string]projections.Target
	at      map[string]es.Position
	reacted int
	ids     map[string]string // of what the setting made, by a name of its own
	family  grpcapi.Succession

	platforms policy.Platforms // that the policies prepare rows for
}

func newMatrixWorld(t testing.TB) *matrixWorld {
	t.Helper()
	w := &matrixWorld{
		TB: t, now: time.Date(2026, 11, 17, 18, 0, 0, 0, time.UTC), store: estest.NewStore(t), views: projectionstest.NewMemory(t),
		blobs: &drawtest.Memory{}, vault: &vaulttest.Memory{}, targets: map[string]projections.Target{}, at: map[string]es.Position{}, ids: map[string]string{},
	}
	chain, err := matrixChain()
	if err != nil {
		t.Fatal(err)
	}
	w.vault.Name = func() string { // the same in each world, so that what came of a request can be compared
		w.named++
		return fmt.Sprintf("person-%d", w.named)
	}
	w.conn = grpcapi.NewServer(chain.With(w.vault, w.base()), w.register).InProcess
	return w
}

// matrixChain is one for all worlds, since the validator of a request's type is costly to make.
var matrixChain = sync.OnceValues(func() (*grpcapi.Chain, error) {
	return grpcapi.NewChain(grpcapi.Chain{
		Access: grpcapi.AllAccess(), Auth: plainTokens{}, Waiter: upToDate{}, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Patient: time.Second,
		Trail: noTrail(),
	})
})

// upToDate: the views of these worlds follow before anybody asks.
type upToDate struct{}

func (upToDate) WaitViews(context.Context, es.Position) error { return nil }

func (w *matrixWorld) base() grpcapi.Base {
	return grpcapi.Base{Store: w.store, Views: w.views, Clock: func() time.Time { return w.now }, Succession: w.family}
}

func (w *matrixWorld) register(r grpc.ServiceRegistrar) {
	base := w.base()
	papers, err := paper.New()
	if err != nil {
		w.Fatal(err)
	}
	desk, err := grpcapi.NewIntakeDesk(base.Clock, 1)
	if err != nil {
		w.Fatal(err)
	}
	mingjianv1.RegisterAuthorityServiceServer(r, grpcapi.AuthorityServer{Base: base})
	mingjianv1.RegisterAuthorityReportingServiceServer(r, grpcapi.AuthorityReportingServer{Base: base})
	mingjianv1.RegisterDeliveryServiceServer(r, grpcapi.DeliveryServer{Base: base, Platforms: matrixPlatforms()})
	mingjianv1.RegisterCatalogueServiceServer(r, grpcapi.CatalogueServer{Base: base})
	mingjianv1.RegisterDeadlineServiceServer(r, grpcapi.DeadlineServer{Base: base})
	mingjianv1.RegisterHolidayServiceServer(r, grpcapi.HolidayServer{Base: base})
	mingjianv1.RegisterPublicDutyServiceServer(r, grpcapi.PublicDutyServer{Base: base})
	mingjianv1.RegisterProfileServiceServer(r, grpcapi.ProfileServer{Base: base, Profiles: profile.Embedded()})
	mingjianv1.RegisterCertificateServiceServer(r, grpcapi.CertificateServer{Base: base, Papers: papers, Public: "https://gs.example.org"})
	mingjianv1.RegisterDisclosureServiceServer(r, grpcapi.DisclosureServer{Base: base})
	mingjianv1.RegisterDisputeServiceServer(r, grpcapi.DisputeServer{Base: base})
	mingjianv1.RegisterDrawServiceServer(r, grpcapi.DrawServer{Base: base, Blobs: w.blobs, Sources: []sortition.Source{hashBeacon{}, lottery.Source{}}})
	mingjianv1.RegisterEvidenceServiceServer(r, grpcapi.EvidenceServer{Base: base, Vault: w.vault, Blobs: w.blobs, Pictures: picture.Cleaner{}})
	mingjianv1.RegisterPublicEvidenceServiceServer(r, grpcapi.PublicEvidenceServer{Base: base, Blobs: w.blobs})
	mingjianv1.RegisterHistoryServiceServer(r, grpcapi.HistoryServer{Base: base})
	mingjianv1.RegisterInspectionServiceServer(r, grpcapi.InspectionServer{Base: base, Papers: papers})
	mingjianv1.RegisterLicenceServiceServer(r, grpcapi.LicenceServer{Base: base})
	mingjianv1.RegisterOutletServiceServer(r, grpcapi.OutletServer{Base: base})
	mingjianv1.RegisterRepairServiceServer(r, grpcapi.RepairServer{Base: base})
	mingjianv1.RegisterReviewServiceServer(r, grpcapi.ReviewServer{Base: base})
	mingjianv1.RegisterListingServiceServer(r, grpcapi.ListingServer{Base: base})
	mingjianv1.RegisterPenaltyFollowServiceServer(r, grpcapi.PenaltyFollowServer{Base: base})
	mingjianv1.RegisterPersonalServiceServer(r, grpcapi.PersonalServer{Base: base, Vault: w.vault})
	mingjianv1.RegisterPenaltyServiceServer(r, grpcapi.PenaltyServer{Base: base, Vault: w.vault})
	mingjianv1.RegisterRedactionServiceServer(r, grpcapi.RedactionServer{Base: base, Vault: w.vault})
	mingjianv1.RegisterConfirmationServiceServer(r, grpcapi.ConfirmationServer{Base: base})
	mingjianv1.RegisterPlanServiceServer(r, grpcapi.PlanServer{Base: base})
	mingjianv1.RegisterPublicAuthorityServiceServer(r, grpcapi.PublicAuthorityServer{Base: base})
	mingjianv1.RegisterReturnServiceServer(r, grpcapi.ReturnServer{Base: base, Books: sheet.Books{}, Blobs: w.blobs})
	mingjianv1.RegisterReportingServiceServer(r, grpcapi.ReportingServer{Base: base, Books: sheet.Books{}, Platforms: matrixPlatforms()})
	mingjianv1.RegisterPublicDisputeServiceServer(r, grpcapi.PublicDisputeServer{Base: base, Desk: desk})
	mingjianv1.RegisterRosterServiceServer(r, grpcapi.RosterServer{Base: base})
	mingjianv1.RegisterSamplingServiceServer(r, grpcapi.SamplingServer{Base: base, Blobs: w.blobs})
	mingjianv1.RegisterWorkServiceServer(r, grpcapi.WorkServer{Base: base})
}

// caller is who sends a request; the token says it all.
type caller struct {
	role      domain.Role
	account   string
	authority domain.AuthorityID
	inspector domain.InspectorID
}

func at(authority domain.AuthorityID, role domain.Role, account string) caller {
	return caller{role: role, account: account, authority: authority}
}

func home(role domain.Role, account string) caller { return at(ownBureau, role, account) }

func inspectorOf(authority domain.AuthorityID, id string) caller {
	return caller{role: domain.Inspector, account: strings.ToLower(id), authority: authority, inspector: domain.InspectorID(id)}
}

var (
	rootOf   = caller{role: domain.Admin, account: "root", authority: ownBureau}
	planner  = home(domain.Planner, "zhao")
	approver = home(domain.Approver, "sun")
	reviewer = home(domain.Reviewer, "li")
	clerk    = home(domain.Clerk, "wang")
)

func (c caller) token() string {
	return fmt.Sprintf("%s|%s|%s|%s", c.role, c.account, c.authority, c.inspector)
}

// plainTokens believes what a token says.
type plainTokens struct{}

func (plainTokens) Authenticate(_ context.Context, token string) (domain.Actor, error) {
	parts := strings.Split(token, "|")
	if len(parts) != 4 {
		return domain.Actor{}, domain.Refuse(domain.Unauthorized, "identity.token.invalid", "", "令牌无效", "the token is unknown")
	}
	return domain.Actor{
		Role: domain.Role(parts[0]), Account: parts[1], Authority: domain.AuthorityID(parts[2]), Inspector: domain.InspectorID(parts[3]),
	}, nil
}

// methodOf finds the one method that takes such a request.
func methodOf(req proto.Message) (m protoreflect.MethodDescriptor) {
	eachMethod(func(method protoreflect.MethodDescriptor) {
		if method.Input() == req.ProtoReflect().Descriptor() {
			m = method
		}
	})
	return m
}

func fullName(m protoreflect.MethodDescriptor) string {
	return "/" + string(m.Parent().FullName()) + "/" + string(m.Name())
}

// send calls the method that takes such a request; without a key the call has none.
func (w *matrixWorld) send(by caller, key string, req proto.Message) (proto.Message, error) {
	w.Helper()
	m := methodOf(req)
	typ, err := protoregistry.GlobalTypes.FindMessageByName(m.Output().FullName())
	if err != nil {
		w.Fatal(err)
	}
	pairs := []string{grpcapi.KeyAuthorization, "Bearer " + by.token()}
	if key != "" {
		pairs = append(pairs, grpcapi.KeyIdempotency, key)
	}
	resp := typ.New().Interface()
	err = w.conn.Invoke(metadata.AppendToOutgoingContext(w.Context(), pairs...), fullName(m), req, resp)
	return resp, err
}

// do sends what has to be accepted, remembers the receipt's id under a name if one is given, and lets all follow it.
func (w *matrixWorld) do(by caller, req proto.Message, name ...string) {
	w.Helper()
	resp, err := w.send(by, "", req)
	if err != nil {
		w.Fatalf("setting: %s: %v", methodOf(req).Name(), err)
	}
	if got, ok := resp.(interface {
		GetResults() []*mingjianv1.RowResult
	}); ok {
		for _, r := range got.GetResults() {
			if r.GetStatus() == mingjianv1.RowStatus_ROW_STATUS_REFUSED {
				w.Fatalf("setting: %s: %v", methodOf(req).Name(), r)
			}
		}
	}
	for _, n := range name {
		w.ids[n] = resp.(interface{ GetReceipt() *mingjianv1.Receipt }).GetReceipt().GetId()
	}
	w.follow()
}

// faultOf is the reason in an answer's ErrorInfo.
func faultOf(err error) string {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			return info.GetReason()
		}
	}
	return ""
}

func matrixViews() []projections.Projection {
	return []projections.Projection{
		authorityview.Projection(),
		catalogueview.Projection(),
		deadlineview.Projection(),
		deliveryview.Projection(),
		reportingview.Projection(),
		disclosureview.Projection(),
		disputeview.Projection(),
		drawview.Projection(),
		licenceview.Projection(),
		listingview.Projection(),
		penaltyview.Projection(),
		personalview.Projection(),
		planview.Projection(),
		release.Projection(),
		returnsview.Projection(),
		rosterview.Projection(),
		samplingview.Projection(),
		worklist.Projection(),
	}
}

// follow brings the policies and the views up to the log.
func (w *matrixWorld) follow() {
	w.Helper()
	reactions := policy.Reactions{Store: w.store, Blobs: w.blobs, Clock: func() time.Time { return w.now }, Open: w,
		Platforms: w.platforms, Held: w,
		Refused: func(_ context.Context, rec es.Record, err error) {
			w.Errorf("policy refused after %s: %v", rec.Type, err)
		}}
	for ; w.reacted < len(w.store.All()); w.reacted++ {
		rec := w.store.All()[w.reacted]
		if err := errors.Join(reactions.Handle(w.Context(), rec), reactions.Deliver(w.Context(), rec)); err != nil {
			w.Fatal(err)
		}
	}
	all := w.store.All()
	for _, p := range matrixViews() {
		if w.targets[p.Name] == nil {
			target, err := w.views.Attach(w.Context(), p)
			if err != nil {
				w.Fatal(err)
			}
			w.targets[p.Name] = target
		}
		from, _ := w.at[p.Name].Pair()
		if from == uint64(len(all)) {
			continue
		}
		fresh := all[from:] // the strict store numbers its log from 1
		through := fresh[len(fresh)-1].Position
		if err := projections.Apply(w.Context(), p, w.targets[p.Name], w.at[p.Name], es.Batch{Records: fresh, Through: through}); err != nil {
			w.Fatal(err)
		}
		w.at[p.Name] = through
	}
}
