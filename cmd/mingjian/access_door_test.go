package main

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/mingjian-ledger/mingjian/adapters/gateway"
)

// unanswered is the code of a method that is declared and that no server answers.
const unanswered = "unanswered"

// door is one of the two ways in. call answers with the code of the fault, empty without one.
type door interface {
	name() string
	call(t *testing.T, m protoreflect.MethodDescriptor, req proto.Message, token string) string
}

var pathField = regexp.MustCompile(`\{([a-z_]+)(=\*\*)?\}`)

func httpRule(m protoreflect.MethodDescriptor) *annotations.HttpRule {
	r, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
	return r
}

// restPath is the verb and the path of a request over REST.
func restPath(m protoreflect.MethodDescriptor, req proto.Message) (verb, at string, found bool) {
	switch p := httpRule(m).GetPattern().(type) {
	case *annotations.HttpRule_Get:
		verb, at = http.MethodGet, p.Get
	case *annotations.HttpRule_Post:
		verb, at = http.MethodPost, p.Post
	default:
		return "", "", false
	}
	fields := m.Input().Fields()
	return verb, pathField.ReplaceAllStringFunc(at, func(s string) string {
		return req.ProtoReflect().Get(fields.ByName(protoreflect.Name(pathField.FindStringSubmatch(s)[1]))).String()
	}), true
}

// shaped is a request with what its path needs and nothing else; of what it names nothing exists.
func shaped(m protoreflect.MethodDescriptor) proto.Message {
	req := blank(m.Input())
	template := httpRule(m).GetGet() + httpRule(m).GetPost()
	for _, found := range pathField.FindAllStringSubmatch(template, -1) {
		fd := m.Input().Fields().ByName(protoreflect.Name(found[1]))
		switch fd.Kind() {
		case protoreflect.Uint32Kind:
			req.ProtoReflect().Set(fd, protoreflect.ValueOfUint32(7))
		case protoreflect.Int32Kind:
			req.ProtoReflect().Set(fd, protoreflect.ValueOfInt32(7))
		default:
			req.ProtoReflect().Set(fd, protoreflect.ValueOfString("none"))
		}
	}
	// A stream without an end would be waited for: a reader who is ahead is told so at once.
	if fd := m.Input().Fields().ByName("after"); fd != nil && fd.Kind() == protoreflect.Uint64Kind {
		req.ProtoReflect().Set(fd, protoreflect.ValueOfUint64(1<<40))
	}
	return req
}

func blank(d protoreflect.MessageDescriptor) proto.Message {
	typ, err := protoregistry.GlobalTypes.FindMessageByName(d.FullName())
	if err != nil {
		panic(err) // the services' code is linked
	}
	return typ.New().Interface()
}

type grpcDoor struct{ conn *grpc.ClientConn }

func openGRPC(t *testing.T, addr string) door {
	t.Helper()
	conn, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return grpcDoor{conn}
}

func (grpcDoor) name() string { return "gRPC" }

func (d grpcDoor) call(t *testing.T, m protoreflect.MethodDescriptor, req proto.Message, token string) string {
	t.Helper()
	ctx := t.Context()
	if token != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
	}
	method := "/" + string(m.Parent().FullName()) + "/" + string(m.Name())
	if !m.IsStreamingServer() {
		return codeOf(t, d.conn.Invoke(ctx, method, req, blank(m.Output())))
	}
	stream, err := d.conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, method)
	if err == nil {
		err = errors.Join(stream.SendMsg(req), stream.CloseSend())
	}
	if err == nil {
		err = stream.RecvMsg(blank(m.Output()))
	}
	return codeOf(t, err)
}

func codeOf(t *testing.T, err error) string {
	t.Helper()
	if err == nil || errors.Is(err, io.EOF) {
		return ""
	}
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			return info.GetReason()
		}
	}
	if status.Code(err) == codes.Unimplemented {
		return unanswered
	}
	t.Errorf("no fault of the API: %v", err)
	return err.Error()
}

// restDoor is the address of the REST door.
type restDoor string

func (restDoor) name() string { return "REST" }

func (d restDoor) call(t *testing.T, m protoreflect.MethodDescriptor, msg proto.Message, token string) string {
	t.Helper()
	verb, at, found := restPath(m, msg)
	if !found {
		t.Errorf("%s has no path", m.FullName())
		return "path.none"
	}
	if fd := msg.ProtoReflect().Descriptor().Fields().ByName("after"); fd != nil && msg.ProtoReflect().Has(fd) {
		at += "?after=" + msg.ProtoReflect().Get(fd).String()
	}
	var body io.Reader
	if verb == http.MethodPost {
		text, err := protojson.Marshal(msg)
		if err != nil {
			t.Fatal(err)
		}
		body = strings.NewReader(string(text))
	}
	req, err := http.NewRequestWithContext(t.Context(), verb, string(d)+at, body)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	switch resp.StatusCode {
	case http.StatusOK:
		return ""
	case http.StatusNotImplemented:
		return unanswered
	}
	var problem gateway.Problem
	if err := json.Unmarshal(answer, &problem); err != nil || problem.Code == "" {
		t.Errorf("%s %s: %s without a problem document: %s", verb, at, resp.Status, answer)
	}
	// Nobody is told 401 who is known, and nobody 403 who is not.
	unknown := strings.HasPrefix(problem.Code, "identity.")
	if unknown != (resp.StatusCode == http.StatusUnauthorized) || strings.HasPrefix(problem.Code, "access.") && resp.StatusCode != http.StatusForbidden {
		t.Errorf("%s %s: %s with %s", verb, at, resp.Status, problem.Code)
	}
	return problem.Code
}
