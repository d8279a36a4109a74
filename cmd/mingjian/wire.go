package main

import (
	"context"
	"log/slog"

	"google.golang.org/grpc"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/adapters/paper"
	"github.com/mingjian-ledger/mingjian/adapters/picture"
	"github.com/mingjian-ledger/mingjian/adapters/sheet"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/audit"
	"github.com/mingjian-ledger/mingjian/projections/authority"
	"github.com/mingjian-ledger/mingjian/projections/catalogue"
	"github.com/mingjian-ledger/mingjian/projections/deadline"
	"github.com/mingjian-ledger/mingjian/projections/delivery"
	"github.com/mingjian-ledger/mingjian/projections/disclosure"
	"github.com/mingjian-ledger/mingjian/projections/dispute"
	"github.com/mingjian-ledger/mingjian/projections/draw"
	"github.com/mingjian-ledger/mingjian/projections/enterprise"
	"github.com/mingjian-ledger/mingjian/projections/epoch"
	"github.com/mingjian-ledger/mingjian/projections/licence"
	"github.com/mingjian-ledger/mingjian/projections/listing"
	"github.com/mingjian-ledger/mingjian/projections/penalty"
	"github.com/mingjian-ledger/mingjian/projections/personal"
	"github.com/mingjian-ledger/mingjian/projections/plan"
	"github.com/mingjian-ledger/mingjian/projections/release"
	"github.com/mingjian-ledger/mingjian/projections/reporting"
	"github.com/mingjian-ledger/mingjian/projections/returns"
	"github.com/mingjian-ledger/mingjian/projections/roster"
	"github.com/mingjian-ledger/mingjian/projections/sampling"
	"github.com/mingjian-ledger/mingjian/projections/statistics"
	"github.com/mingjian-ledger/mingjian/projections/worklist"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// allProjections are all views.
func allProjections() []projections.Projection {
	return []projections.Projection{
		audit.Projection(),
		authority.Projection(),
		catalogue.Projection(),
		deadline.Projection(),
		delivery.Projection(),
		disclosure.Projection(),
		dispute.Projection(),
		draw.Projection(),
		enterprise.Projection(),
		epoch.Projection(),
		licence.Projection(),
		listing.Projection(),
		penalty.Projection(),
		personal.Projection(),
		plan.Projection(),
		release.Projection(),
		reporting.Projection(),
		returns.Projection(),
		roster.Projection(),
		sampling.Projection(),
		statistics.Projection(),
		worklist.Projection(),
	}
}

// reactors are the policies: what follows from an event without anybody asking. On an outer ledger nothing does, and neither while
// a command has the ledger open that is not told by which rules.
func (in *instance) reactors() []projections.Reactor {
	if in.outer.Load() || in.config.unruled {
		return nil // they reacted inside, or do when a server starts
	}
	reactions := policy.Reactions{
		Store: in.store(), Blobs: in.blobs, Clock: in.config.now, Rules: in.rules, Open: openDeadlines{in},
		Platforms: policy.Platforms{}, Held: heldDeliveries{in},
		Refused: func(ctx context.Context, cause es.Record, refusal error) {
			in.log.WarnContext(ctx, "what a policy asked for was refused",
				slog.String("cause", cause.Stream.String()), slog.String("type", cause.Type), slog.Any("refusal", refusal))
		},
	}
	all := []projections.Reactor{{Name: "policy", React: reactions.Handle}}
	for _, name := range in.platforms.Names {
		all = append(all, delivering(reactions, in.platforms, name, in.platforms.Adopted)...)
	}
	for i, r := range all {
		all[i] = in.tracing.Reactor(r)
	}
	return all
}

// store is the event log with its appends measured and traced.
func (in *instance) store() es.Store { return innerAlone{in.observed(in.events), &in.outer} }

// base is what every service needs.
func (in *instance) base() grpcapi.Base {
	return grpcapi.Base{Store: in.store(), Views: in.wide(), Clock: in.config.now, Rules: in.rules, Succession: in.family}
}

// services registers every service on a door.
func (in *instance) services() (func(grpc.ServiceRegistrar), error) {
	sources, err := bindable(in.config.Beacons)
	if err != nil {
		return nil, err
	}
	papers, err := paper.New()
	if err != nil {
		return nil, err
	}
	base := in.base()
	desk, err := grpcapi.NewIntakeDesk(in.config.now, in.config.Proxies)
	if err != nil {
		return nil, err
	}
	waiting, stop := grpcapi.NewWaiting(in.views, in.views, grpcapi.WaitingOptions{Seats: max(in.config.FeedWaiting, 1)})
	in.stopWatching = append(in.stopWatching, stop)
	return func(r grpc.ServiceRegistrar) {
		mingjianv1.RegisterAuditServiceServer(r, grpcapi.AuditServer{Base: base})
		mingjianv1.RegisterAuthorityServiceServer(r, grpcapi.AuthorityServer{Base: base})
		mingjianv1.RegisterAuthorityReportingServiceServer(r, grpcapi.AuthorityReportingServer{Base: base})
		mingjianv1.RegisterDeliveryServiceServer(r, grpcapi.DeliveryServer{Base: base, Platforms: in.platforms})
		mingjianv1.RegisterCatalogueServiceServer(r, grpcapi.CatalogueServer{Base: base})
		mingjianv1.RegisterDeadlineServiceServer(r, grpcapi.DeadlineServer{Base: base})
		mingjianv1.RegisterHolidayServiceServer(r, grpcapi.HolidayServer{Base: base})
		mingjianv1.RegisterPublicDutyServiceServer(r, grpcapi.PublicDutyServer{Base: base})
		mingjianv1.RegisterProfileServiceServer(r, grpcapi.ProfileServer{Base: base, Profiles: in.platforms.Profiles})
		mingjianv1.RegisterCertificateServiceServer(r, grpcapi.CertificateServer{Base: base, Papers: papers, Public: in.config.publicURL()})
		mingjianv1.RegisterDisclosureServiceServer(r, grpcapi.DisclosureServer{Base: base})
		mingjianv1.RegisterDisputeServiceServer(r, grpcapi.DisputeServer{Base: base})
		mingjianv1.RegisterDrawServiceServer(r, grpcapi.DrawServer{
			Base: base, Blobs: in.blobs, Sources: sources,
		})
		mingjianv1.RegisterEvidenceServiceServer(r, grpcapi.EvidenceServer{Base: base, Vault: in.vault, Blobs: in.blobs, Pictures: picture.Cleaner{}})
		mingjianv1.RegisterPublicEvidenceServiceServer(r, grpcapi.PublicEvidenceServer{Base: base, Blobs: in.blobs})
		mingjianv1.RegisterFeedServiceServer(r, grpcapi.FeedServer{Base: base, Waiting: waiting, Closing: in.closing, Epochs: in.epochs, Public: in.config.publicURL(), Sandbox: in.config.Sandbox})
		mingjianv1.RegisterHistoryServiceServer(r, grpcapi.HistoryServer{Base: base})
		mingjianv1.RegisterInspectionServiceServer(r, grpcapi.InspectionServer{Base: base, Papers: papers})
		mingjianv1.RegisterLedgerServiceServer(r, grpcapi.LedgerServer{Base: base, Epochs: in.epochs})
		mingjianv1.RegisterLicenceServiceServer(r, grpcapi.LicenceServer{Base: base})
		mingjianv1.RegisterOutletServiceServer(r, grpcapi.OutletServer{Base: base})
		mingjianv1.RegisterRepairServiceServer(r, grpcapi.RepairServer{Base: base})
		mingjianv1.RegisterReviewServiceServer(r, grpcapi.ReviewServer{Base: base})
		mingjianv1.RegisterListingServiceServer(r, grpcapi.ListingServer{Base: base})
		mingjianv1.RegisterPenaltyFollowServiceServer(r, grpcapi.PenaltyFollowServer{Base: base})
		mingjianv1.RegisterConfirmationServiceServer(r, grpcapi.ConfirmationServer{Base: base})
		mingjianv1.RegisterPenaltyServiceServer(r, grpcapi.PenaltyServer{Base: base, Vault: in.vault})
		mingjianv1.RegisterRedactionServiceServer(r, grpcapi.RedactionServer{Base: base, Vault: in.vault})
		mingjianv1.RegisterPersonalServiceServer(r, grpcapi.PersonalServer{Base: base, Vault: in.vault})
		mingjianv1.RegisterPlanServiceServer(r, grpcapi.PlanServer{Base: base})
		mingjianv1.RegisterPublicAuthorityServiceServer(r, grpcapi.PublicAuthorityServer{Base: base})
		mingjianv1.RegisterPublicDisputeServiceServer(r, grpcapi.PublicDisputeServer{Base: base, Desk: desk})
		mingjianv1.RegisterPublicListingServiceServer(r, grpcapi.PublicListingServer{Base: base})
		mingjianv1.RegisterPublicLicenceServiceServer(r, grpcapi.PublicLicenceServer{Base: base})
		mingjianv1.RegisterPublicServiceServer(r, grpcapi.PublicServer{Base: base, Blobs: in.blobs, Fairness: grpcapi.NewFairnessDesk()})
		mingjianv1.RegisterReturnServiceServer(r, grpcapi.ReturnServer{Base: base, Books: sheet.Books{}, Blobs: in.blobs})
		mingjianv1.RegisterReportingServiceServer(r, grpcapi.ReportingServer{Base: base, Books: sheet.Books{}, Platforms: in.platforms})
		mingjianv1.RegisterRosterServiceServer(r, grpcapi.RosterServer{Base: base})
		mingjianv1.RegisterSamplingServiceServer(r, grpcapi.SamplingServer{Base: base, Blobs: in.blobs})
		mingjianv1.RegisterWebhookServiceServer(r, grpcapi.WebhookServer{Webhooks: in.hooks.pushes})
		mingjianv1.RegisterWorkServiceServer(r, grpcapi.WorkServer{Base: base})
	}, nil
}
