package gateway_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/mingjian-ledger/mingjian/adapters/gateway"
)

// unsized hides the length of a body, so that it is sent in chunks.
type unsized struct{ io.Reader }

func TestBodiesOverTheLimitAreRefused(t *testing.T) {
	w := open(t)
	text := `{"name":"` + strings.Repeat("长", maxBody/3) + `"}`
	for how, body := range map[string]io.Reader{"declared": strings.NewReader(text), "in chunks": unsized{strings.NewReader(text)}} {
		a := w.send(http.MethodPost, "/v1/authorities", body, "Content-Type", "application/json")
		if p := a.problem(t); a.status != http.StatusRequestEntityTooLarge || p.Code != "request.too_large" {
			t.Errorf("%s: %d %s", how, a.status, a.body)
		}
	}
	if a := w.send(http.MethodPost, "/v1/authorities", unsized{strings.NewReader(`{"name":"` + strings.Repeat("长", maxBody/4) + `"}`)}); a.status == http.StatusRequestEntityTooLarge {
		t.Errorf("below the limit: %d %s", a.status, a.body)
	}
}

func TestBodiesThatCannotBeReadAreRefused(t *testing.T) {
	w := open(t)
	for name, body := range map[string]string{
		"an unknown field":  `{"name":"市场监管局","colour":"red"}`,
		"no JSON":           `name=x`,
		"a cut-off body":    `{"name":`,
		"another type":      `{"name":7}`,
		"broken UTF-8":      "{\"name\":\"\xff\"}",
		"a list as message": `[]`,
	} {
		a := w.send(http.MethodPost, "/v1/authorities", strings.NewReader(body), "Accept-Language", "en")
		if p := a.problem(t); a.status != http.StatusBadRequest || p.Code != "request.malformed" || !strings.HasPrefix(p.Detail, "the request can't be read") {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

func TestMethodsThatAPathDoesNotKnow(t *testing.T) {
	w := open(t)
	for _, c := range [][2]string{{http.MethodPost, record}, {http.MethodDelete, "/v1/public/penalties"}, {http.MethodPut, "/v1/authorities"}} {
		if a := w.send(c[0], c[1], nil); a.status != http.StatusMethodNotAllowed || a.problem(t).Code != "method.unsupported" {
			t.Errorf("%s %s: %d %s", c[0], c[1], a.status, a.body)
		}
	}
}

func TestAnswersTellRequestAndPosition(t *testing.T) {
	w := open(t)
	w.enrol(huimin, "惠民")
	w.settle()
	for _, path := range []string{record, record, "/v1/public/penalties", "/v1/feed/releases"} {
		a := w.get(path)
		if a.header.Get("Mingjian-Position") != "as of now" || a.header.Get("Mingjian-As-Of") != "sequence=7, time=2026-03-20T08:00:00Z" || a.header.Get("X-Request-Id") == "" || a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", path, a.header)
		}
	}
	if a := w.get("/nowhere", "X-Request-Id", strings.Repeat("x", 65)); len(a.header.Get("X-Request-Id")) != 36 {
		t.Errorf("an overlong request id is passed on: %s", a.header.Get("X-Request-Id"))
	}
}

func TestBadTokensAreRefusedOnPublicPathsToo(t *testing.T) {
	w := open(t)
	a := w.get("/v1/public/penalties", "Authorization", "Bearer x")
	if p := a.problem(t); a.status != http.StatusUnauthorized || p.Code != "identity.token.invalid" || a.header.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// called is a connection that keeps which method was called last, and answers nothing.
type called struct{ method string }

func (c *called) Invoke(_ context.Context, method string, _, _ any, _ ...grpc.CallOption) error {
	c.method = method
	return status.Error(codes.Unimplemented, "")
}

func (c *called) NewStream(_ context.Context, _ *grpc.StreamDesc, method string, _ ...grpc.CallOption) (grpc.ClientStream, error) {
	c.method = method
	return nil, status.Error(codes.Unimplemented, "")
}

// EnterpriseVersion is gateway.Versions': no record is ready.
func (c *called) EnterpriseVersion(context.Context, string) (string, bool, error) {
	return "", false, nil
}

// TestEveryRuleReachesItsMethod asks for each path that a proto declares. A pattern may fit the path of another method, too; then
// the order of registration decides, which nobody sees in a proto.
func TestEveryRuleReachesItsMethod(t *testing.T) {
	t.Parallel()
	conn, asked := &called{}, 0
	door, err := gateway.New(t.Context(), gateway.Options{Conn: conn, Versions: conn, Metrics: http.NotFoundHandler()})
	if err != nil {
		t.Fatal(err)
	}
	protoregistry.GlobalFiles.RangeFilesByPackage("mingjian.v1", func(f protoreflect.FileDescriptor) bool {
		for i := range f.Services().Len() {
			methods := f.Services().Get(i).Methods()
			for j := range methods.Len() {
				m := methods.Get(j)
				method, path := rule(m)
				if path == "" {
					continue
				}
				asked++
				conn.method = ""
				door.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader("{}")))
				if want := fmt.Sprintf("/%s/%s", m.Parent().FullName(), m.Name()); conn.method != want {
					t.Errorf("%s %s calls %q, not %s: is its service in services.go?", method, path, conn.method, want)
				}
			}
		}
		return true
	})
	if asked < 30 {
		t.Errorf("only %d rules found", asked)
	}
}

// rule gives the HTTP method and a path with x for each variable, 1 for a number.
func rule(m protoreflect.MethodDescriptor) (method, path string) {
	r, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
	switch {
	case r.GetGet() != "":
		method, path = http.MethodGet, r.GetGet()
	case r.GetPost() != "":
		method, path = http.MethodPost, r.GetPost()
	}
	for {
		before, rest, found := strings.Cut(path, "{")
		if !found {
			return method, path
		}
		name, after, _ := strings.Cut(rest, "}")
		name, _, _ = strings.Cut(name, "=")
		value := "x"
		if f := m.Input().Fields().ByName(protoreflect.Name(name)); f != nil && f.Kind() != protoreflect.StringKind {
			value = "1"
		}
		path = before + value + after
	}
}
