package grpcapi_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// tokens knows two accounts and can be out of order.
type tokens struct{ down bool }

func (a *tokens) Authenticate(_ context.Context, token string) (domain.Actor, error) {
	switch {
	case a.down:
		return domain.Actor{}, errors.New("identity: disk on fire at /var/secret")
	case token == "planner":
		return domain.Actor{Account: "li", Role: domain.Planner, Authority: "XZ"}, nil
	case token == "clerk":
		return domain.Actor{Account: "he", Role: domain.Clerk, Authority: "XZ"}, nil
	}
	return domain.Actor{}, domain.Refuse(domain.Unauthorized, "identity.token.invalid", "", "令牌无效", "the token is unknown")
}

// views hold everything up to position 9.
type views struct{}

func (views) WaitViews(ctx context.Context, p es.Position) error {
	if p.Compare(es.At(9, 0)) <= 0 {
		return nil
	}
	<-ctx.Done()
	return ctx.Err()
}

// feed does what the request's after says, and remembers the call.
type feed struct {
	mingjianv1.UnimplementedFeedServiceServer
	call grpcapi.Call
}

func (f *feed) ListReleases(ctx context.Context, req *mingjianv1.ListReleasesRequest) (*mingjianv1.ListReleasesResponse, error) {
	f.call = grpcapi.CallOf(ctx)
	switch req.GetAfter() {
	case 1:
		panic("a bug with a secret in it")
	case 2:
		return nil, errors.New("sql: password=secret")
	case 3:
		return nil, domain.Require(
			domain.Refuse(domain.Invalid, "x.name.required", "name", "名称必填", "name is required"),
			domain.Refuse(domain.Invalid, "x.code.form", "code", "代码格式不正确", "code is malformed"))
	case 4:
		return nil, domain.Refuse(domain.Gone, "record.withdrawn", "", "已撤回", "withdrawn")
	case 5:
		return nil, &es.ReusedError{ID: "k"}
	case 6:
		return nil, &es.ConflictError{}
	}
	return &mingjianv1.ListReleasesResponse{}, nil
}

const method = "/mingjian.v1.FeedService/ListReleases"

type door struct {
	client mingjianv1.FeedServiceClient
	feed   *feed
	auth   *tokens
	log    *bytes.Buffer
}

func open(t *testing.T, access grpcapi.Access) *door {
	t.Helper()
	d := &door{feed: &feed{}, auth: &tokens{}, log: &bytes.Buffer{}}
	chain, err := grpcapi.NewChain(grpcapi.Chain{
		Access: access, Auth: d.auth, Waiter: views{}, Patient: 10 * time.Millisecond, Log: slog.New(slog.NewJSONHandler(d.log, nil)),
		Trail: noTrail(),
		Fresh: func(context.Context) (string, string) { return "17", "sequence=3, time=2026-03-20T08:00:00Z" },
	})
	if err != nil {
		t.Fatal(err)
	}
	lis := bufconn.Listen(1 << 16)
	srv := grpc.NewServer(grpc.UnaryInterceptor(chain.Unary), grpc.StreamInterceptor(chain.Stream))
	mingjianv1.RegisterFeedServiceServer(srv, d.feed)
	go func() { _ = srv.Serve(lis) }()
	conn, err := grpc.NewClient("passthrough:///x", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return lis.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(); srv.Stop() })
	d.client = mingjianv1.NewFeedServiceClient(conn)
	return d
}

// ask returns the code of the answer and the reason in its ErrorInfo.
func (d *door) ask(t *testing.T, req *mingjianv1.ListReleasesRequest, md ...string) (codes.Code, string) {
	t.Helper()
	_, err := d.client.ListReleases(metadata.AppendToOutgoingContext(t.Context(), md...), req)
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			return status.Code(err), info.GetReason()
		}
	}
	return status.Code(err), ""
}

// TestAnswersSayHowNewTheyAre also when they refuse or stream.
func TestAnswersSayHowNewTheyAre(t *testing.T) {
	t.Parallel()
	d := open(t, grpcapi.Access{method: {grpcapi.Public}, "/mingjian.v1.FeedService/FollowReleases": {grpcapi.Public}})
	said := func(what string, md metadata.MD) {
		if p, a := md.Get(grpcapi.KeyPosition), md.Get(grpcapi.KeyAsOf); len(p) != 1 || p[0] != "17" || len(a) != 1 || a[0] != "sequence=3, time=2026-03-20T08:00:00Z" {
			t.Errorf("%s: %v", what, md)
		}
	}
	for _, after := range []uint64{0, 4} {
		var md metadata.MD
		_, _ = d.client.ListReleases(t.Context(), &mingjianv1.ListReleasesRequest{After: after}, grpc.Header(&md))
		said(fmt.Sprint("after ", after), md)
	}
	stream, err := d.client.FollowReleases(t.Context(), &mingjianv1.FollowReleasesRequest{})
	if err != nil {
		t.Fatal(err)
	}
	md, err := stream.Header()
	if err != nil {
		t.Fatal(err)
	}
	said("a stream", md)
}

func TestWhoGetsIn(t *testing.T) {
	t.Parallel()
	staffed := grpcapi.Access{method: {domain.Planner}}
	for name, c := range map[string]struct {
		access grpcapi.Access
		bearer string
		code   codes.Code
		reason string
	}{
		"a method without a row":         {grpcapi.Access{}, "Bearer planner", codes.PermissionDenied, "access.method"},
		"nobody":                         {staffed, "", codes.Unauthenticated, "identity.required"},
		"an unknown token":               {staffed, "Bearer stranger", codes.Unauthenticated, "identity.token.invalid"},
		"another scheme":                 {staffed, "Basic planner", codes.Unauthenticated, "identity.required"},
		"another role":                   {staffed, "Bearer clerk", codes.PermissionDenied, "access.role"},
		"the role":                       {staffed, "Bearer planner", codes.OK, ""},
		"the public":                     {grpcapi.Access{method: {grpcapi.Public}}, "", codes.OK, ""},
		"a bad token on a public method": {grpcapi.Access{method: {grpcapi.Public}}, "Bearer stranger", codes.Unauthenticated, "identity.token.invalid"},
	} {
		d := open(t, c.access)
		if code, reason := d.ask(t, &mingjianv1.ListReleasesRequest{}, "authorization", c.bearer); code != c.code || reason != c.reason {
			t.Errorf("%s: %v %q, want %v %q", name, code, reason, c.code, c.reason)
		}
	}
}

func TestHowErrorsLeave(t *testing.T) {
	t.Parallel()
	d := open(t, grpcapi.Access{method: {grpcapi.Public}})
	for after, want := range map[uint64]struct {
		code   codes.Code
		reason string
	}{
		1: {codes.Internal, "internal"}, 2: {codes.Internal, "internal"}, 3: {codes.InvalidArgument, "x.name.required"},
		4: {codes.NotFound, "record.withdrawn"}, 5: {codes.AlreadyExists, "command.reused"}, 6: {codes.Unavailable, "command.contended"},
	} {
		if code, reason := d.ask(t, &mingjianv1.ListReleasesRequest{After: after}); code != want.code || reason != want.reason {
			t.Errorf("after %d: %v %q, want %v %q", after, code, reason, want.code, want.reason)
		}
	}
	if code, reason := d.ask(t, &mingjianv1.ListReleasesRequest{Limit: 5000}); code != codes.InvalidArgument || reason != "request.int32.gte_lte" {
		t.Errorf("a limit out of range: %v %q", code, reason)
	}
	_, err := d.client.ListReleases(t.Context(), &mingjianv1.ListReleasesRequest{Limit: 5000})
	for _, detail := range status.Convert(err).Details() {
		if zh, ok := detail.(*errdetails.LocalizedMessage); ok && zh.GetMessage() != "请求字段 limit 超出允许的数值范围" {
			t.Errorf("a limit out of range, in Chinese: %q", zh.GetMessage())
		}
	}
	_, err = d.client.ListReleases(t.Context(), &mingjianv1.ListReleasesRequest{After: 2})
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the caller sees the cause: %v", err)
	}
	_, err = d.client.ListReleases(t.Context(), &mingjianv1.ListReleasesRequest{After: 3})
	if text := status.Convert(err).Message(); text != "name is required; code is malformed" {
		t.Errorf("not all mistakes are told: %q", text)
	}
	d.auth.down = true
	if code, _ := d.ask(t, &mingjianv1.ListReleasesRequest{}, "authorization", "Bearer planner"); code != codes.Internal {
		t.Errorf("identity out of order: %v", code)
	}
}

func TestCommandIDs(t *testing.T) {
	t.Parallel()
	d := open(t, grpcapi.Access{method: {domain.Planner, domain.Clerk}})
	id := func(token string, md ...string) es.ID {
		if code, reason := d.ask(t, &mingjianv1.ListReleasesRequest{}, append(md, "authorization", "Bearer "+token)...); code != codes.OK {
			t.Fatalf("%v %q", code, reason)
		}
		return d.feed.call.Command
	}
	first, fresh := id("planner", "idempotency-key", "k1"), id("planner")
	switch {
	case first != id("planner", "idempotency-key", "k1"):
		t.Error("a retry has another command id")
	case first == id("planner", "idempotency-key", "k2"):
		t.Error("another key has the same command id")
	case first == id("clerk", "idempotency-key", "k1"):
		t.Error("another account's key has the same command id")
	case fresh == id("planner"):
		t.Error("calls without a key share a command id")
	}
	if code, reason := d.ask(t, &mingjianv1.ListReleasesRequest{}, "authorization", "Bearer planner",
		"idempotency-key", strings.Repeat("k", 256)); code != codes.InvalidArgument || reason != "idempotency_key.length" {
		t.Errorf("a long key: %v %q", code, reason)
	}
	if d.feed.call.Actor.Role != domain.Planner || d.feed.call.Method != method {
		t.Errorf("the call is %+v", d.feed.call)
	}
}

// followed is what a tracer was told of one call.
type followed struct {
	method  string
	command es.ID
	codes   []codes.Code
}

// A tracer is told of each call that was admitted, once it ended, with the code that the caller sees; the work and what is
// logged of it have the tracer's context.
func TestTracersFollowAdmittedCalls(t *testing.T) {
	t.Parallel()
	type key struct{}
	var calls []*followed
	var logged bytes.Buffer
	chain, err := grpcapi.NewChain(grpcapi.Chain{
		Access: grpcapi.Access{mingjianv1.FeedService_ListReleases_FullMethodName: {domain.Planner}}, Auth: &tokens{}, Waiter: views{}, Trail: noTrail(),
		Log: slog.New(tracedLines{slog.NewTextHandler(&logged, nil), key{}}), Patient: time.Second,
		Trace: func(ctx context.Context, method string, command es.ID, began time.Time) (context.Context, func(codes.Code)) {
			f := &followed{method: method, command: command}
			if began.IsZero() || grpcapi.RequestID(ctx) == "" {
				t.Error("the tracer is told too little")
			}
			calls = append(calls, f)
			return context.WithValue(ctx, key{}, "the tracer's"), func(c codes.Code) { f.codes = append(f.codes, c) }
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	service := &feed{}
	ask := func(token string, after uint64) {
		ctx := metadata.NewIncomingContext(t.Context(), metadata.Pairs(grpcapi.KeyAuthorization, "Bearer "+token))
		info := &grpc.UnaryServerInfo{FullMethod: mingjianv1.FeedService_ListReleases_FullMethodName}
		_, _ = chain.Unary(ctx, &mingjianv1.ListReleasesRequest{After: after}, info, func(ctx context.Context, req any) (any, error) {
			if ctx.Value(key{}) == nil {
				t.Error("the work has another context")
			}
			return service.ListReleases(ctx, req.(*mingjianv1.ListReleasesRequest))
		})
	}
	ask("nobody", 0)
	ask("clerk", 0)
	ask("planner", 2)
	ask("planner", 1)
	if len(calls) != 2 {
		t.Fatalf("%d calls were followed, want those that were admitted", len(calls))
	}
	for _, f := range calls {
		if f.method != mingjianv1.FeedService_ListReleases_FullMethodName || fmt.Sprint(f.codes) != "[Internal]" {
			t.Errorf("followed %+v", f)
		}
	}
	if calls[1].command != service.call.Command {
		t.Error("the tracer was told another command id than the service")
	}
	if n := strings.Count(logged.String(), "traced=true"); n != 2 {
		t.Errorf("%d lines have the tracer's context:\n%s", n, logged.String())
	}
}

// tracedLines says of each line whether its context has the key.
type tracedLines struct {
	slog.Handler
	key any
}

func (l tracedLines) Handle(ctx context.Context, r slog.Record) error {
	r.AddAttrs(slog.Bool("traced", ctx.Value(l.key) != nil))
	return l.Handler.Handle(ctx, r)
}
