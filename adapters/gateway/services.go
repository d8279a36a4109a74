package gateway

import (
	"context"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// register adds one service's REST paths.
type register func(context.Context, *runtime.ServeMux, grpc.ClientConnInterface) error

// services are all services with REST paths; a test finds the one that is missing.
var services = []register{
	service(mingjianv1.RegisterAuditServiceHandlerClient, mingjianv1.NewAuditServiceClient),
	service(mingjianv1.RegisterAuthorityServiceHandlerClient, mingjianv1.NewAuthorityServiceClient),
	service(mingjianv1.RegisterCatalogueServiceHandlerClient, mingjianv1.NewCatalogueServiceClient),
	service(mingjianv1.RegisterAuthorityReportingServiceHandlerClient, mingjianv1.NewAuthorityReportingServiceClient),
	service(mingjianv1.RegisterDeliveryServiceHandlerClient, mingjianv1.NewDeliveryServiceClient),
	service(mingjianv1.RegisterCertificateServiceHandlerClient, mingjianv1.NewCertificateServiceClient),
	service(mingjianv1.RegisterDisclosureServiceHandlerClient, mingjianv1.NewDisclosureServiceClient),
	service(mingjianv1.RegisterDisputeServiceHandlerClient, mingjianv1.NewDisputeServiceClient),
	service(mingjianv1.RegisterDrawServiceHandlerClient, mingjianv1.NewDrawServiceClient),
	service(mingjianv1.RegisterEvidenceServiceHandlerClient, mingjianv1.NewEvidenceServiceClient),
	service(mingjianv1.RegisterPublicEvidenceServiceHandlerClient, mingjianv1.NewPublicEvidenceServiceClient),
	service(mingjianv1.RegisterFeedServiceHandlerClient, mingjianv1.NewFeedServiceClient),
	service(mingjianv1.RegisterInspectionServiceHandlerClient, mingjianv1.NewInspectionServiceClient),
	service(mingjianv1.RegisterLicenceServiceHandlerClient, mingjianv1.NewLicenceServiceClient),
	service(mingjianv1.RegisterOutletServiceHandlerClient, mingjianv1.NewOutletServiceClient),
	service(mingjianv1.RegisterRedactionServiceHandlerClient, mingjianv1.NewRedactionServiceClient),
	service(mingjianv1.RegisterConfirmationServiceHandlerClient, mingjianv1.NewConfirmationServiceClient),
	service(mingjianv1.RegisterListingServiceHandlerClient, mingjianv1.NewListingServiceClient),
	service(mingjianv1.RegisterPenaltyFollowServiceHandlerClient, mingjianv1.NewPenaltyFollowServiceClient),
	service(mingjianv1.RegisterPenaltyServiceHandlerClient, mingjianv1.NewPenaltyServiceClient),
	service(mingjianv1.RegisterPersonalServiceHandlerClient, mingjianv1.NewPersonalServiceClient),
	service(mingjianv1.RegisterPlanServiceHandlerClient, mingjianv1.NewPlanServiceClient),
	service(mingjianv1.RegisterProfileServiceHandlerClient, mingjianv1.NewProfileServiceClient),
	service(mingjianv1.RegisterPublicAuthorityServiceHandlerClient, mingjianv1.NewPublicAuthorityServiceClient),
	service(mingjianv1.RegisterPublicDisputeServiceHandlerClient, mingjianv1.NewPublicDisputeServiceClient),
	service(mingjianv1.RegisterPublicListingServiceHandlerClient, mingjianv1.NewPublicListingServiceClient),
	service(mingjianv1.RegisterPublicLicenceServiceHandlerClient, mingjianv1.NewPublicLicenceServiceClient),
	service(mingjianv1.RegisterPublicServiceHandlerClient, mingjianv1.NewPublicServiceClient),
	service(mingjianv1.RegisterRepairServiceHandlerClient, mingjianv1.NewRepairServiceClient),
	service(mingjianv1.RegisterReportingServiceHandlerClient, mingjianv1.NewReportingServiceClient),
	service(mingjianv1.RegisterReviewServiceHandlerClient, mingjianv1.NewReviewServiceClient),
	service(mingjianv1.RegisterReturnServiceHandlerClient, mingjianv1.NewReturnServiceClient),
	service(mingjianv1.RegisterRosterServiceHandlerClient, mingjianv1.NewRosterServiceClient),
	service(mingjianv1.RegisterSamplingServiceHandlerClient, mingjianv1.NewSamplingServiceClient),
	service(mingjianv1.RegisterDeadlineServiceHandlerClient, mingjianv1.NewDeadlineServiceClient),
	service(mingjianv1.RegisterHolidayServiceHandlerClient, mingjianv1.NewHolidayServiceClient),
	service(mingjianv1.RegisterLedgerServiceHandlerClient, mingjianv1.NewLedgerServiceClient),
	service(mingjianv1.RegisterPublicDutyServiceHandlerClient, mingjianv1.NewPublicDutyServiceClient),
	service(mingjianv1.RegisterWebhookServiceHandlerClient, mingjianv1.NewWebhookServiceClient),
	service(mingjianv1.RegisterWorkServiceHandlerClient, mingjianv1.NewWorkServiceClient),
	// After PublicService, whose path to a record would take the path to its versions: of two that fit the later one is taken.
	service(mingjianv1.RegisterHistoryServiceHandlerClient, mingjianv1.NewHistoryServiceClient),
}

func service[C any](add func(context.Context, *runtime.ServeMux, C) error, client func(grpc.ClientConnInterface) C) register {
	return func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
		return add(ctx, mux, client(conn))
	}
}
