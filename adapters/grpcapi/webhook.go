package grpcapi

import (
	"context"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Webhooks keeps the receivers to whom releases are pushed. Whether the caller may is asked before. An endpoint that there is not is a
// Fault of kind NotFound in every method.
//
// Create makes one of the address, contact and filter of spec, beginning with release from, or with what comes from now on if that is 0.
// Create and Rotate answer the secret once: the same command again gets the same endpoint without it, and MUST be *es.ReusedError if it
// asks for another. Get answers the latest attempts, the latest first. List answers in the order of ids; no account means all.
type Webhooks interface {
	Create(ctx context.Context, by domain.Actor, command es.ID, spec *viewv1.WebhookEndpoint, from uint64) (*viewv1.WebhookEndpoint, *viewv1.WebhookSecret, error)
	Get(ctx context.Context, id string) (*viewv1.WebhookEndpoint, []*viewv1.WebhookAttempt, error)
	List(ctx context.Context, account, after string, limit int) (list []*viewv1.WebhookEndpoint, next string, err error)
	Delete(ctx context.Context, id string) error
	WebhookActs
}

// WebhookActs change an endpoint that there is, and note who did that and why. What is so already is no act.
//
// Rotate makes a new secret, beside which the former ones sign for the overlap. Pause and Resume stop and go on; Resume tries at once what
// failed. Replay sets the place back to before a release. Test posts a message that is no release, whatever the state.
type WebhookActs interface {
	Rotate(ctx context.Context, by domain.Actor, command es.ID, id string, overlap time.Duration, reason string) (*viewv1.WebhookEndpoint, *viewv1.WebhookSecret, error)
	Pause(ctx context.Context, by domain.Actor, id, reason string) (*viewv1.WebhookEndpoint, error)
	Resume(ctx context.Context, by domain.Actor, id, reason string) (*viewv1.WebhookEndpoint, error)
	Replay(ctx context.Context, by domain.Actor, id string, from uint64, reason string) (*viewv1.WebhookEndpoint, error)
	Test(ctx context.Context, command es.ID, id string) (*viewv1.WebhookAttempt, error)
}

// WebhookServer lets accounts keep their endpoints.
type WebhookServer struct {
	mingjianv1.UnimplementedWebhookServiceServer
	Webhooks Webhooks
}

// own answers an endpoint that the caller may see: its own, or any for those who see all.
func (s WebhookServer) own(ctx context.Context, id string) (*viewv1.WebhookEndpoint, []*viewv1.WebhookAttempt, error) {
	by := CallOf(ctx).Actor
	e, attempts, err := s.Webhooks.Get(ctx, id)
	if err == nil && e.GetAccount() != by.Account && !seesAll(by) {
		err = domain.Refuse(domain.Forbidden, "webhook.foreign", "endpoint_id", "该推送端点属于其他账户", "the endpoint belongs to another account")
	}
	if err != nil {
		return nil, nil, err
	}
	return e, attempts, nil
}

// CreateEndpoint sets one up for the caller.
func (s WebhookServer) CreateEndpoint(ctx context.Context, req *mingjianv1.CreateEndpointRequest) (*mingjianv1.CreateEndpointResponse, error) {
	call := CallOf(ctx)
	spec := new(viewv1.WebhookEndpoint)
	spec.Url, spec.Contact, spec.RecordKinds, spec.AuthorityIds = req.GetUrl(), req.GetContact(), req.GetRecordKinds(), req.GetAuthorityIds()
	e, secret, err := s.Webhooks.Create(ctx, call.Actor, call.Command, spec, req.GetFrom())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.CreateEndpointResponse{Endpoint: e, Secret: secret}, nil
}

// ListEndpoints is a page of those that the caller may see.
func (s WebhookServer) ListEndpoints(ctx context.Context, req *mingjianv1.ListEndpointsRequest) (*mingjianv1.ListEndpointsResponse, error) {
	by := CallOf(ctx).Actor
	account := req.GetAccount()
	switch {
	case seesAll(by):
	case account != "" && account != by.Account:
		return nil, domain.Refuse(domain.Forbidden, "webhook.foreign", "account", "不得查看其他账户的推送端点", "endpoints of another account are not shown")
	default:
		account = by.Account
	}
	list, next, err := s.Webhooks.List(ctx, account, req.GetPageToken(), pageSize(req.GetPageSize()))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListEndpointsResponse{Endpoints: list, NextPageToken: next}, nil
}

// GetEndpoint is one with its attempts.
func (s WebhookServer) GetEndpoint(ctx context.Context, req *mingjianv1.GetEndpointRequest) (*mingjianv1.GetEndpointResponse, error) {
	e, attempts, err := s.own(ctx, req.GetEndpointId())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetEndpointResponse{Endpoint: e, Attempts: attempts}, nil
}

// usualOverlap is how long a former secret signs, unless asked otherwise.
const usualOverlap = 24

// RotateEndpoint makes a new secret.
func (s WebhookServer) RotateEndpoint(ctx context.Context, req *mingjianv1.RotateEndpointRequest) (*mingjianv1.RotateEndpointResponse, error) {
	hours := time.Duration(req.GetOverlapHours())
	switch {
	case req.GetAtOnce() && hours > 0:
		return nil, domain.Refuse(domain.Invalid, "webhook.overlap.both", "at_once", "立即停用与并行期不能同时填写", "a former secret ends at once or after an overlap, not both")
	case hours == 0 && !req.GetAtOnce():
		hours = usualOverlap
	}
	if _, _, err := s.own(ctx, req.GetEndpointId()); err != nil {
		return nil, err
	}
	call := CallOf(ctx)
	e, secret, err := s.Webhooks.Rotate(ctx, call.Actor, call.Command, req.GetEndpointId(), hours*time.Hour, req.GetReason())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RotateEndpointResponse{Endpoint: e, Secret: secret}, nil
}

// acted asks whether the caller may, and does it.
func (s WebhookServer) acted(ctx context.Context, id string, do func(domain.Actor) (*viewv1.WebhookEndpoint, error)) (*viewv1.WebhookEndpoint, error) {
	if _, _, err := s.own(ctx, id); err != nil {
		return nil, err
	}
	return do(CallOf(ctx).Actor)
}

// PauseEndpoint stops the pushing.
func (s WebhookServer) PauseEndpoint(ctx context.Context, req *mingjianv1.PauseEndpointRequest) (*mingjianv1.PauseEndpointResponse, error) {
	e, err := s.acted(ctx, req.GetEndpointId(), func(by domain.Actor) (*viewv1.WebhookEndpoint, error) {
		return s.Webhooks.Pause(ctx, by, req.GetEndpointId(), req.GetReason())
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.PauseEndpointResponse{Endpoint: e}, nil
}

// ResumeEndpoint goes on.
func (s WebhookServer) ResumeEndpoint(ctx context.Context, req *mingjianv1.ResumeEndpointRequest) (*mingjianv1.ResumeEndpointResponse, error) {
	e, err := s.acted(ctx, req.GetEndpointId(), func(by domain.Actor) (*viewv1.WebhookEndpoint, error) {
		return s.Webhooks.Resume(ctx, by, req.GetEndpointId(), req.GetReason())
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ResumeEndpointResponse{Endpoint: e}, nil
}

// ReplayEndpoint pushes from a release on again.
func (s WebhookServer) ReplayEndpoint(ctx context.Context, req *mingjianv1.ReplayEndpointRequest) (*mingjianv1.ReplayEndpointResponse, error) {
	e, err := s.acted(ctx, req.GetEndpointId(), func(by domain.Actor) (*viewv1.WebhookEndpoint, error) {
		return s.Webhooks.Replay(ctx, by, req.GetEndpointId(), req.GetFrom(), req.GetReason())
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ReplayEndpointResponse{Endpoint: e}, nil
}

// TestEndpoint posts a message that is no release.
func (s WebhookServer) TestEndpoint(ctx context.Context, req *mingjianv1.TestEndpointRequest) (*mingjianv1.TestEndpointResponse, error) {
	if _, _, err := s.own(ctx, req.GetEndpointId()); err != nil {
		return nil, err
	}
	a, err := s.Webhooks.Test(ctx, CallOf(ctx).Command, req.GetEndpointId())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.TestEndpointResponse{Attempt: a}, nil
}

// DeleteEndpoint removes one.
func (s WebhookServer) DeleteEndpoint(ctx context.Context, req *mingjianv1.DeleteEndpointRequest) (*mingjianv1.DeleteEndpointResponse, error) {
	if _, _, err := s.own(ctx, req.GetEndpointId()); err != nil {
		return nil, err
	}
	if err := s.Webhooks.Delete(ctx, req.GetEndpointId()); err != nil {
		return nil, err
	}
	return &mingjianv1.DeleteEndpointResponse{}, nil
}
