package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// webhookAccess lets integrators keep their own endpoints and administrators all. These methods answer no receipt, so that each use
// of one is entered in the trail by its name and endpoint: that is where what was done with endpoints is told for ever.
func webhookAccess() Access {
	keep := []domain.Role{domain.Integrator, domain.Admin}
	look := []domain.Role{domain.Integrator, domain.Admin, domain.Auditor}
	const service = "/mingjian.v1.WebhookService/"
	return Access{
		service + "CreateEndpoint": keep, service + "ListEndpoints": look, service + "GetEndpoint": look, service + "RotateEndpoint": keep,
		service + "PauseEndpoint": keep, service + "ResumeEndpoint": keep, service + "ReplayEndpoint": keep, service + "TestEndpoint": keep,
		service + "DeleteEndpoint": keep,
	}
}
