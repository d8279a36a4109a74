package gateway_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"

	"github.com/mingjian-ledger/mingjian/adapters/gateway"
	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/draw/drawtest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/catalogue"
	"github.com/mingjian-ledger/mingjian/projections/dispute"
	drawview "github.com/mingjian-ledger/mingjian/projections/draw"
	"github.com/mingjian-ledger/mingjian/projections/enterprise"
	"github.com/mingjian-ledger/mingjian/projections/plan"
	"github.com/mingjian-ledger/mingjian/projections/release"
	"github.com/mingjian-ledger/mingjian/projections/sampling"
	"github.com/mingjian-ledger/mingjian/projections/statistics"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

const (
	huimin = "91320105780688132K"
	bureau = "11320100MB0000001X"
)

// maxBody is small, so that a body over it is quickly made.
const maxBody = 1 << 16

// world is the REST door over real stores, with the public services behind the chain and no other.
type world struct {
	waiting *grpcapi.Waiting // with one seat
	testing.TB
	store *sqlite.Store
	views *sqlite.Views
	blobs *drawtest.Memory
	group *projections.Group
	url   string
	next  map[es.Stream]es.Revision
	n     int
}

var views = []projections.Projection{
	release.Projection(), enterprise.Projection(), statistics.Projection(), catalogue.Projection(), plan.Projection(), drawview.Projection(),
	sampling.Projection(), dispute.Projection(),
}

// WaitViews is grpcapi.Waiter's.
func (w *world) WaitViews(ctx context.Context, p es.Position) error {
	for _, v := range views {
		if err := w.group.Wait(ctx, v.Name, p); err != nil {
			return err
		}
	}
	return nil
}

// Authenticate is grpcapi.Authenticator's: it knows nobody.
func (w *world) Authenticate(context.Context, string) (domain.Actor, error) {
	return domain.Actor{}, domain.Refuse(domain.Unauthorized, "identity.token.invalid", "", "令牌无效", "the token is unknown")
}

func open(t testing.TB) *world {
	t.Helper()
	dir := t.TempDir()
	w := &world{TB: t, blobs: &drawtest.Memory{}, next: map[es.Stream]es.Revision{}}
	var err error
	if w.store, err = sqlite.Open(t.Context(), filepath.Join(dir, "events.db"), sqlite.Options{}); err != nil {
		t.Fatal(err)
	}
	if w.views, err = sqlite.OpenViews(t.Context(), filepath.Join(dir, "views.db")); err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	if w.group, err = projections.NewGroup(w.store, w.views, quiet, views, nil); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background()) //nolint:usetesting // ends after the last request, in Cleanup
	ended := make(chan error, 1)
	go func() { ended <- w.group.Run(ctx) }()
	server := httptest.NewServer(w.handler(quiet))
	w.url = server.URL
	t.Cleanup(func() {
		server.Close()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		_, _ = w.views.Close(), w.store.Close()
	})
	w.append("sample", "first", started{})
	w.settle() // from here on every view is attached
	return w
}

// started is of concern to no view.
type started struct{}

func (started) EventType() string { return "sample.started.v1" }

func (w *world) handler(log *slog.Logger) http.Handler {
	w.Helper()
	base := grpcapi.Base{Store: w.store, Views: w.views, Clock: func() time.Time { return time.Date(2026, 3, 20, 8, 0, 0, 0, time.UTC) }}
	access := grpcapi.Access{}
	for _, service := range []grpc.ServiceDesc{
		mingjianv1.PublicService_ServiceDesc, mingjianv1.FeedService_ServiceDesc, mingjianv1.AuthorityService_ServiceDesc,
		mingjianv1.PublicDisputeService_ServiceDesc, mingjianv1.PublicListingService_ServiceDesc,
		mingjianv1.HistoryService_ServiceDesc,
	} {
		for _, m := range service.Methods {
			access["/"+service.ServiceName+"/"+m.MethodName] = []domain.Role{grpcapi.Public}
		}
		for _, m := range service.Streams {
			access["/"+service.ServiceName+"/"+m.StreamName] = []domain.Role{grpcapi.Public}
		}
	}
	chain, err := grpcapi.NewChain(grpcapi.Chain{Access: access, Auth: w, Waiter: w.group, Log: log, Patient: 10 * time.Second})
	if err != nil {
		w.Fatal(err)
	}
	desk, err := grpcapi.NewIntakeDesk(base.Clock, 0)
	if err != nil {
		w.Fatal(err)
	}
	var stopWaiting func()
	w.waiting, stopWaiting = grpcapi.NewWaiting(w.views, w.views, grpcapi.WaitingOptions{Seats: 1})
	w.Cleanup(stopWaiting)
	server := grpcapi.NewServer(chain, func(r grpc.ServiceRegistrar) {
		mingjianv1.RegisterPublicDisputeServiceServer(r, grpcapi.PublicDisputeServer{Base: base, Desk: desk})
		mingjianv1.RegisterPublicListingServiceServer(r, grpcapi.PublicListingServer{Base: base})
		mingjianv1.RegisterPublicServiceServer(r, grpcapi.PublicServer{Base: base, Blobs: w.blobs, Fairness: grpcapi.NewFairnessDesk()})
		mingjianv1.RegisterFeedServiceServer(r, grpcapi.FeedServer{Base: base, Waiting: w.waiting})
		mingjianv1.RegisterHistoryServiceServer(r, grpcapi.HistoryServer{Base: base})
		mingjianv1.RegisterAuthorityServiceServer(r, mingjianv1.UnimplementedAuthorityServiceServer{})
	})
	versions, stop := enterprise.NewVersions(w.views, w.views, 100, base.Today)
	w.Cleanup(stop)
	handler, err := gateway.New(w.Context(), gateway.Options{
		Conn: server.InProcess, Versions: versions, OpenAPI: []byte(`{"swagger":"2.0"}`), Ready: readiness(w.group),
		Metrics: http.NotFoundHandler(), MaxBody: maxBody, Fresh: func(context.Context) (string, string) { return "as of now", "sequence=7, time=2026-03-20T08:00:00Z" },
	})
	if err != nil {
		w.Fatal(err)
	}
	return handler
}

// append adds events to a stream and returns the position of the last.
func (w *world) append(category, id string, events ...es.Event) es.Position {
	w.Helper()
	w.n++
	stream := es.Stream{Category: category, ID: id}
	proposed, err := es.Propose(es.Metadata{
		Command: es.DeriveID("", fmt.Sprint(w.n)), RecordedAt: time.Date(2026, 3, 20, 8, 0, w.n%60, 0, time.UTC),
	}, events...)
	if err != nil {
		w.Fatal(err)
	}
	want := es.Expected(es.NoStream{})
	if r, ok := w.next[stream]; ok {
		want = es.Exactly(r - 1)
	}
	p, err := w.store.Append(w.Context(), stream, want, proposed...)
	if err != nil {
		w.Fatal(err)
	}
	w.next[stream] += es.Revision(len(events))
	return p
}

func (w *world) settle() {
	w.Helper()
	if err := w.group.Settle(w.Context()); err != nil {
		w.Fatal(err)
	}
}

func (w *world) publish(id, date, content string) es.Position {
	w.Helper()
	b, digest := w.document(id, date, content)
	return w.append(disclosure.Decider.Category, "penalty."+id, disclosure.Published{Document: b, Digest: digest, Number: 1})
}

func (w *world) correct(id, date, content string) es.Position {
	w.Helper()
	b, digest := w.document(id, date, content)
	return w.append(disclosure.Decider.Category, "penalty."+id, disclosure.Corrected{Document: b, Digest: digest, Number: 2, Reason: "更正"})
}

// tombstone has what encoding/json would escape.
const tombstone = `{"act":"withdrawn","reason":"复议撤销 <甲> & 乙"}`

func (w *world) withdraw(id string) es.Position {
	w.Helper()
	return w.append(disclosure.Decider.Category, "penalty."+id, disclosure.Withdrawn{
		Ground: disclosure.GroundRevoked, Reason: "复议撤销", Number: 2, Stone: disclosure.Stone{Tombstone: disclosure.Raw(tombstone), TombstoneDigest: "5f"},
	})
}

func (w *world) document(id, date, content string) (disclosure.Raw, string) {
	w.Helper()
	on := calendar.MustParse(date)
	b, digest, err := disclosure.Canonical(disclosure.Document{
		Schema: disclosure.Schema, Kind: disclosure.Penalty, RecordID: id, Title: "处罚" + id, Date: on,
		Authority: disclosure.Authority{ID: bureau, Name: "宁安市市场监督管理局"},
		Subjects:  []disclosure.Subject{{ID: huimin, Name: "宁安市惠民食品有限公司"}},
		Penalty: &disclosure.PenaltyBody{
			DecisionNo: id, Kinds: []disclosure.Labelled{{Code: "fine", Label: "罚款"}}, FineFen: 100, Content: content, DecidedOn: on, Status: "in_force",
		},
	})
	if err != nil {
		w.Fatal(err)
	}
	return disclosure.Raw(b), digest
}

func (w *world) enrol(id, name string) es.Position {
	w.Helper()
	return w.append(roster.Subjects.Category, id, roster.SubjectRegistered{
		ID: domain.SubjectID(id), Name: name, Kind: roster.Enterprise, District: "320105", Status: roster.Active, Authority: bureau,
	})
}

// answer is a response read whole.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) problem(t testing.TB) (p gateway.Problem) {
	t.Helper()
	if kind := a.header.Get("Content-Type"); !strings.HasPrefix(kind, "application/problem+json") {
		t.Errorf("content type %q", kind)
	}
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		t.Fatalf("no problem document: %v: %s", err, a.body)
	}
	if p.Status != a.status {
		t.Errorf("status %d with a problem of %d", a.status, p.Status)
	}
	return p
}

// send makes a request; header holds names and values in turn.
func (w *world) send(method, path string, body io.Reader, header ...string) answer {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), method, w.url+path, body)
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "identity") // else the client of net/http asks for gzip itself, and hides it
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		w.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(b)}
}

func (w *world) get(path string, header ...string) answer {
	w.Helper()
	return w.send(http.MethodGet, path, nil, header...)
}

var _ draw.Blobs = (*drawtest.Memory)(nil)
