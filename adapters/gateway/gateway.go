package gateway

import (
	"context"
	"fmt"
	"net/http"
	"net/textproto"

	"github.com/google/uuid"
	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// Options are what the gateway serves beside the services.
type Options struct {
	Conn     grpc.ClientConnInterface // in process, through the interceptor chain
	Versions Versions
	OpenAPI  []byte                              // the document served at /openapi.json
	Ready    func(ctx context.Context) Readiness // served at /readyz
	Metrics  http.Handler                        // served at /metrics
	MaxBody  int64                               // bytes of one request body; 0 means DefaultMaxBody
	// Fresh tells how far the views are, cheaply: their position and the latest release, for the Mingjian-Position and the
	// Mingjian-As-Of of reads. What is empty is not known yet, and not said.
	Fresh func(ctx context.Context) (position, asOf string)
	// Looked is told of each look-up of an enterprise's record, whether it was answered from ready bytes. It may be nil.
	Looked func(ready bool)
	// Epoch names the ledger's present epoch, cheaply, for the Mingjian-Epoch of all answers; nil for none.
	Epoch func(ctx context.Context) string
	// Sandbox marks all answers with the header Mingjian-Sandbox: what they tell is fictional.
	Sandbox bool
	More    map[string]http.Handler // further patterns, e.g. a portal
}

// DefaultMaxBody bounds a request body in bytes; imports send batches below it.
const DefaultMaxBody = 4 << 20

// New makes the handler of the REST door.
func New(ctx context.Context, o Options) (http.Handler, error) {
	if o.MaxBody == 0 {
		o.MaxBody = DefaultMaxBody
	}
	api := runtime.NewServeMux(
		runtime.WithErrorHandler(onError),
		runtime.WithRoutingErrorHandler(onRouting),
		runtime.WithIncomingHeaderMatcher(incoming),
		runtime.WithOutgoingHeaderMatcher(outgoing),
		runtime.WithForwardResponseOption(fresher),
		runtime.WithMarshalerOption(runtime.MIMEWildcard, pages{&runtime.HTTPBodyMarshaler{Marshaler: newAnswers()}}),
	)
	for _, register := range services {
		if err := register(ctx, api, o.Conn); err != nil {
			return nil, fmt.Errorf("gateway: register: %w", err)
		}
	}
	mux := http.NewServeMux()
	mux.Handle("/v1/", api)
	mux.Handle("/v1/public/", tagged(api))
	mux.Handle("/v1/feed/", taggedBy(newLines(api, o.Conn), newPacking().send))
	mux.Handle("POST /v1/public/correction-requests", small(api))
	mux.Handle("GET /v1/public/draws/{id}/bundle", bundle(o.Conn)) // streamed, so not held back for a tag
	mux.Handle("GET /v1/public/samplings/{id}/lists/{version}", samplingList(o.Conn))
	mux.Handle("GET /v1/returns/{name}", files(o.Conn, api))
	mux.Handle("GET /v1/annual-report:export", annualReport(o.Conn))
	mux.Handle("GET /v1/reporting:proof", reportingProof(o.Conn))
	mux.Handle("GET /v1/reporting:report", reportingReport(o.Conn))
	mux.Handle("GET /openapi.json", fixed(o.OpenAPI, "application/json"))
	mux.HandleFunc("GET /healthz", alive)
	mux.HandleFunc("GET /livez", alive)
	mux.HandleFunc("GET /readyz", readiness(o.Ready))
	mux.Handle("GET /metrics", o.Metrics)
	for pattern, h := range o.More {
		mux.Handle(pattern, h)
	}
	if _, taken := o.More["/"]; !taken {
		mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
			onRouting(r.Context(), nil, nil, w, r, http.StatusNotFound)
		})
	}
	return o.edge(newReady(mux, o.Versions, o.Looked)), nil
}

// nosniff is a header's value, made once.
var nosniff = []string{"nosniff"}

// edge gives every request its id and size limit and every answer the headers they all have.
func (o Options) edge(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get("X-Request-Id")
		if id == "" || len(id) > 64 || uscc.HoldsResidentID(id) { // it is logged
			id = uuid.NewString()
			r.Header.Set("X-Request-Id", id)
		}
		h := w.Header()
		h["X-Request-Id"] = []string{id}
		h["X-Content-Type-Options"] = nosniff
		if o.Sandbox {
			h["Mingjian-Sandbox"] = []string{"true"}
		}
		if o.Epoch != nil {
			if name := o.Epoch(r.Context()); name != "" {
				h["Mingjian-Epoch"] = []string{name}
			}
		}
		if o.Fresh != nil && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
			position, asOf := o.Fresh(r.Context())
			if position != "" {
				h["Mingjian-Position"] = []string{position}
			}
			if asOf != "" {
				h["Mingjian-As-Of"] = []string{asOf}
			}
		}
		if r.ContentLength > o.MaxBody {
			o.tooLarge(w, r)
			return
		}
		if r.Body != nil && r.Body != http.NoBody {
			body := &limited{ReadCloser: http.MaxBytesReader(w, r.Body, o.MaxBody)}
			r.Body = body
			r = r.WithContext(context.WithValue(r.Context(), limitKey{}, body))
		}
		next.ServeHTTP(w, r)
	})
}

func (o Options) tooLarge(w http.ResponseWriter, r *http.Request) {
	Problem{Status: http.StatusRequestEntityTooLarge, Detail: localized(r,
		fmt.Sprintf("请求体不得超过 %d 字节", o.MaxBody), fmt.Sprintf("a request body has at most %d bytes", o.MaxBody))}.write(w, r)
}

// incoming passes on what the chain reads; nothing else of a request's headers reaches the services.
func incoming(key string) (string, bool) {
	switch textproto.CanonicalMIMEHeaderKey(key) {
	case "Idempotency-Key":
		return "idempotency-key", true
	case "X-Request-Id":
		return "x-request-id", true
	case "Mingjian-Purpose":
		return "mingjian-purpose", true
	case "Traceparent":
		return "traceparent", true
	case "Mingjian-Epoch":
		return "mingjian-epoch", true
	}
	return "", false // grpc-gateway itself passes Authorization on
}

func outgoing(key string) (string, bool) {
	return "Cache-Control", key == "cache-control"
}

// fresher puts what the chain says of how new an answer is in the place of what the edge said before any waiting.
func fresher(ctx context.Context, w http.ResponseWriter, _ proto.Message) error {
	md, _ := runtime.ServerMetadataFromContext(ctx)
	for header, key := range map[string]string{"Mingjian-Position": "mingjian-position", "Mingjian-As-Of": "mingjian-as-of", "Mingjian-Epoch": "mingjian-epoch"} {
		if v := md.HeaderMD.Get(key); len(v) > 0 {
			w.Header()[header] = v[:1]
		}
	}
	return nil
}

// pages gives a page that stands in a field of an answer the type that it says it has; grpc-gateway asks for the type of the
// whole answer.
type pages struct{ *runtime.HTTPBodyMarshaler }

func (p pages) ContentType(v any) string {
	if part, ok := v.(interface{ XXX_ResponseBody() any }); ok {
		v = part.XXX_ResponseBody()
	}
	return p.HTTPBodyMarshaler.ContentType(v)
}

func fixed(body []byte, kind string) http.Handler {
	a := render(body, kind)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { send(w, r, a) })
}
