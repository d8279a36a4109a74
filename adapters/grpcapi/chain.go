package grpcapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"buf.build/go/protovalidate"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/audit"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// Names of the metadata that calls carry; the gateway maps HTTP headers of the same names.
const (
	KeyAuthorization = "authorization"
	KeyIdempotency   = "idempotency-key"
	KeyRequestID     = "x-request-id"
	KeySandbox       = "mingjian-sandbox"  // "true" where what is told is fictional
	KeyPosition      = "mingjian-position" // of a write where it stands, else what the views held when the answer was begun
	KeyAsOf          = "mingjian-as-of"    // the latest release that they held, see release.Heads
)

// Authenticator knows who a bearer token belongs to. It MUST answer a Fault of kind Unauthorized for any token that is not
// valid now, and any other error only if it could not find out.
type Authenticator interface {
	Authenticate(ctx context.Context, token string) (domain.Actor, error)
}

// Waiter lets a read see a write: it returns once all views hold everything up to the position, or with ctx's error.
type Waiter interface {
	WaitViews(ctx context.Context, p es.Position) error
}

// Chain is the one way into every service.
type Chain struct {
	Access  Access
	Auth    Authenticator
	Waiter  Waiter
	Log     *slog.Logger
	Patient time.Duration // longest wait for a view
	// Fresh tells how far the views are, cheaply: their position and the latest release, each empty while it is
	// not known. It may be nil.
	Fresh   func(ctx context.Context) (position, asOf string)
	Epochs  *Epochs // of the ledger, which positions are of; nil where it was never restored
	Observe func(method string, code codes.Code, took time.Duration)
	// Trace follows each admitted call: it answers the context of the work, and is told the code at its end. It may be nil.
	Trace func(ctx context.Context, method string, command es.ID, began time.Time) (context.Context, func(codes.Code))
	Vault Vault // for the identities and the personal texts in requests; they are refused without one
	// Parties tells whom the record that a request is about is of; nil where nobody knows.
	Parties func(ctx context.Context, req proto.Message) (redaction.Context, error)
	Trail   *Trail // of who read what is not public
	// Succession makes staff of an authority answer for those that it succeeded; nil where none ever is. Clock tells the day.
	Succession Succession
	Clock      func() time.Time
	Sandbox    bool // every answer says that it is fictional
	// Away tells of an error that a store can't be reached for now; nil where none ever is away.
	Away func(error) bool

	valid      protovalidate.Validator
	classes    map[string]audit.Class
	identities *holders
}

// NewChain completes the chain.
func NewChain(c Chain) (*Chain, error) {
	v, err := protovalidate.New()
	if err != nil {
		return nil, fmt.Errorf("grpcapi: validator: %w", err)
	}
	c.valid, c.classes, c.identities = v, c.Access.classes(), &holders{}
	if len(c.classes) > 0 && c.Trail == nil {
		return nil, errors.New("grpcapi: reads of what is not public need a trail")
	}
	return &c, nil
}

// namespace is the parent of all command ids that derive from an Idempotency-Key.
var namespace = es.DeriveID("", "mingjian", "idempotency-key")

// Unary is the chain for calls with one request.
func (c *Chain) Unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (resp any, err error) {
	ctx, done := c.begin(ctx, info.FullMethod, &err)
	defer done()
	if ctx, err = c.admit(ctx, info.FullMethod); err != nil {
		return nil, err
	}
	if ctx, req, err = c.inspect(ctx, req); err != nil {
		return nil, err
	}
	fresh := c.fresh(ctx) // before the answer, which is at least as new
	if resp, err = next(ctx, req); err != nil {
		_ = grpc.SetHeader(ctx, fresh) // the refusal matters more
		return nil, err
	}
	if err = c.audited(ctx, req.(proto.Message)); err != nil {
		return nil, err
	}
	if r, ok := resp.(receipted); ok && r.GetReceipt() != nil {
		fresh.Set(KeyPosition, r.GetReceipt().GetPosition())
	}
	return resp, grpc.SetHeader(ctx, fresh)
}

// fresh is what an answer says of how new it is.
func (c *Chain) fresh(ctx context.Context) metadata.MD {
	md := metadata.MD{}
	if c.Sandbox {
		md.Set(KeySandbox, "true")
	}
	if name := c.Epochs.Name(ctx); name != "" {
		md.Set(KeyEpoch, name)
	}
	if c.Fresh == nil {
		return md
	}
	position, asOf := c.Fresh(ctx)
	if position != "" {
		md.Set(KeyPosition, position)
	}
	if asOf != "" {
		md.Set(KeyAsOf, asOf)
	}
	return md
}

// Stream is the chain for streaming calls; every message received is checked like a request.
func (c *Chain) Stream(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) (err error) {
	ctx, done := c.begin(stream.Context(), info.FullMethod, &err)
	defer done()
	if strings.HasPrefix(info.FullMethod, "/grpc.reflection.") || strings.HasPrefix(info.FullMethod, "/grpc.health.") {
		return next(srv, stream)
	}
	if ctx, err = c.admit(ctx, info.FullMethod); err != nil {
		return err
	}
	if err = stream.SetHeader(c.fresh(ctx)); err != nil {
		return err
	}
	return next(srv, &checkedStream{ServerStream: stream, ctx: ctx, chain: c})
}

// begin gives the call its request id, and at its end turns panics and errors into statuses and observes the outcome.
func (c *Chain) begin(ctx context.Context, method string, err *error) (context.Context, func()) {
	id := one(ctx, KeyRequestID)
	if len(id) == 0 || len(id) > 64 || uscc.HoldsResidentID(id) { // it is logged
		id = uuid.NewString()
	}
	r := &request{id: id, began: time.Now()}
	ctx = context.WithValue(ctx, requestKey{}, r)
	return ctx, func() {
		if p := recover(); p != nil {
			*err = fmt.Errorf("grpcapi: panic: %v", p)
		}
		if *err != nil {
			*err = c.toStatus(r.within(ctx), method, *err)
		}
		if c.Observe != nil {
			c.Observe(method, status.Code(*err), time.Since(r.began))
		}
		if r.ended != nil {
			r.ended(status.Code(*err))
		}
	}
}

// admit finds out who calls and whether the role may. Health and reflection carry no data and are open.
func (c *Chain) admit(ctx context.Context, method string) (context.Context, error) {
	if strings.HasPrefix(method, "/grpc.health.") {
		return ctx, nil
	}
	roles, known := c.Access[method]
	if !known {
		return ctx, domain.Refuse(domain.Forbidden, "access.method", "", "该方法未开放", "this method is open to nobody")
	}
	call := Call{Method: method}
	if token, given := strings.CutPrefix(one(ctx, KeyAuthorization), "Bearer "); given {
		actor, err := c.Auth.Authenticate(ctx, token)
		if err != nil {
			return ctx, err
		}
		call.Actor = actor
	}
	public := slices.Contains(roles, Public)
	switch {
	case !public && call.Actor.Account == "":
		return ctx, domain.Refuse(domain.Unauthorized, "identity.required", "Authorization", "请提供访问令牌", "a bearer token is required")
	case !public && !slices.Contains(roles, call.Actor.Role):
		return ctx, domain.Refuse(domain.Forbidden, "access.role", "", "当前角色无权进行此操作", "this role may not do this")
	case !public:
		var err error
		if call.Actor, err = c.placed(ctx, call.Actor); err != nil {
			return ctx, err
		}
	}
	key := one(ctx, KeyIdempotency)
	call.Keyed = key != ""
	switch {
	case len(key) > 255:
		return ctx, domain.Refuse(domain.Invalid, "idempotency_key.length", "Idempotency-Key", "幂等键不得超过255个字符", "an Idempotency-Key has at most 255 characters")
	case key == "":
		key = uuid.NewString()
	}
	call.Command = es.DeriveID(namespace, call.Actor.Account, key)
	return c.traced(WithCall(ctx, call), call), nil
}

// traced begins to follow a call.
func (c *Chain) traced(ctx context.Context, call Call) context.Context {
	r, ok := ctx.Value(requestKey{}).(*request)
	if !ok || c.Trace == nil {
		return ctx
	}
	r.traced, r.ended = c.Trace(ctx, call.Method, call.Command, r.began)
	return r.traced
}

// inspect checks the shape of a request, takes identities and personal texts out of it and waits for the views if it names a position. It answers the
// request as the service gets it.
func (c *Chain) inspect(ctx context.Context, req any) (context.Context, any, error) {
	m, ok := req.(proto.Message)
	if !ok {
		return ctx, nil, fmt.Errorf("grpcapi: request is a %T", req)
	}
	if err := c.valid.Validate(m); err != nil {
		return ctx, nil, err
	}
	if c.classes[CallOf(ctx).Method] != "" {
		if _, err := purpose(ctx, m); err != nil { // before the work, not after it
			return ctx, nil, err
		}
	}
	if err := c.await(ctx, m); err != nil {
		return ctx, nil, err
	}
	ctx, m, err := c.withoutIdentities(ctx, m)
	if err != nil {
		return ctx, nil, err
	}
	return c.withoutPersonalTexts(ctx, m)
}

// await waits for the views if a request names a position.
func (c *Chain) await(ctx context.Context, req proto.Message) error {
	read, ok := req.(interface{ GetAfter() string })
	if !ok || read.GetAfter() == "" {
		return nil
	}
	p, err := es.ParsePosition(read.GetAfter())
	if err != nil {
		return domain.Refuse(domain.Invalid, "after.form", "after", "after 应为写入时返回的位置", "after is a position that a write returned")
	}
	if err := c.Epochs.sameHistory(ctx, one(ctx, KeyEpoch), p); err != nil {
		return err
	}
	waiting, cancel := context.WithTimeout(ctx, c.Patient)
	defer cancel()
	err = c.Waiter.WaitViews(waiting, p)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return c.Epochs.behind(ctx, p)
	}
	return err
}

type receipted interface{ GetReceipt() *mingjianv1.Receipt }

// request is one transport attempt.
type request struct {
	id     string
	began  time.Time
	traced context.Context //nolint:containedctx // that of the work, for what is logged at the end; nil if it isn't traced
	ended  func(codes.Code)
}

// within is the context of the work if there is one.
func (r *request) within(ctx context.Context) context.Context {
	if r.traced != nil {
		return r.traced
	}
	return ctx
}

type requestKey struct{}

// RequestID is the id of this transport attempt, for logs only.
func RequestID(ctx context.Context) string {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r.id
	}
	return ""
}

func one(ctx context.Context, key string) string {
	if v := metadata.ValueFromIncomingContext(ctx, key); len(v) == 1 {
		return v[0]
	}
	return ""
}

type checkedStream struct {
	grpc.ServerStream
	ctx   context.Context //nolint:containedctx // a gRPC stream carries its context
	chain *Chain
}

func (s *checkedStream) Context() context.Context { return s.ctx }

func (s *checkedStream) RecvMsg(m any) error {
	if err := s.ServerStream.RecvMsg(m); err != nil {
		return err
	}
	return s.chain.received(s.ctx, m)
}

// received is inspect for a message of a stream. What it asks for is entered before anything of the answer leaves.
func (c *Chain) received(ctx context.Context, m any) error {
	_, req, err := c.inspect(ctx, m)
	if err != nil {
		return err
	}
	if req != m {
		return errors.New("grpcapi: a stream takes no identities")
	}
	return c.audited(ctx, req.(proto.Message))
}
