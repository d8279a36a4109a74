package gateway_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/mingjian-ledger/mingjian/adapters/drand"
	"github.com/mingjian-ledger/mingjian/adapters/gateway"
	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/adapters/nistbeacon"
	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/catalogue"
	"github.com/mingjian-ledger/mingjian/domain/draw/drawtest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/lottery"
	"github.com/mingjian-ledger/mingjian/domain/plan"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
	"github.com/mingjian-ledger/mingjian/projections"
	catalogueview "github.com/mingjian-ledger/mingjian/projections/catalogue"
	drawview "github.com/mingjian-ledger/mingjian/projections/draw"
	"github.com/mingjian-ledger/mingjian/projections/enterprise"
	planview "github.com/mingjian-ledger/mingjian/projections/plan"
	rosterview "github.com/mingjian-ledger/mingjian/projections/roster"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// drawWorld is the REST door over real stores with everything that draws need behind it: the whole access table, the policies,
// the real sources of randomness, and a clock that the test moves.
type drawWorld struct {
	*world
	now     time.Time
	sources []sortition.Source
}

// insider is who sends a request; the token says it all.
type insider struct {
	role      domain.Role
	account   string
	authority domain.AuthorityID
}

// Authenticate is grpcapi.Authenticator's: it believes what a token says.
func (w *drawWorld) Authenticate(_ context.Context, token string) (domain.Actor, error) {
	parts := strings.Split(token, "|")
	a := domain.Actor{Role: domain.Role(parts[0]), Account: parts[1], Authority: domain.AuthorityID(parts[2])}
	if a.Role == domain.Inspector {
		a.Inspector = domain.InspectorID(a.Account)
	}
	return a, nil
}

// nist is the beacon of the pulse that is kept beside its adapter, counted from that pulse.
func nist(t testing.TB) *nistbeacon.Beacon {
	t.Helper()
	b, err := nistbeacon.New("nist", published(t, "nist-certificate.pem"), published(t, "nist-pulse-1921300.json"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func published(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "nistbeacon", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// The clock of drawn worlds starts half an hour before round 1000 of drand is published.
var speaks = drand.RoundTime(1000)

func openDraws(t *testing.T) *drawWorld {
	t.Helper()
	quicknet, err := drand.NewQuicknet()
	if err != nil {
		t.Fatal(err)
	}
	w := &drawWorld{
		world: &world{TB: t, blobs: &drawtest.Memory{}, next: map[es.Stream]es.Revision{}}, now: speaks.Add(-30 * time.Minute),
		sources: []sortition.Source{quicknet, lottery.Source{}, nist(t)},
	}
	dir := t.TempDir()
	if w.store, err = sqlite.Open(t.Context(), filepath.Join(dir, "events.db"), sqlite.Options{}); err != nil {
		t.Fatal(err)
	}
	if w.views, err = sqlite.OpenViews(t.Context(), filepath.Join(dir, "views.db")); err != nil {
		t.Fatal(err)
	}
	quiet, clock := slog.New(slog.DiscardHandler), func() time.Time { return w.now }
	reactions := policy.Reactions{Store: w.store, Blobs: w.blobs, Clock: clock, Refused: func(_ context.Context, rec es.Record, err error) {
		t.Errorf("policy refused after %s: %v", rec.Type, err)
	}}
	w.group, err = projections.NewGroup(w.store, w.views, quiet,
		[]projections.Projection{catalogueview.Projection(), drawview.Projection(), rosterview.Projection(), planview.Projection(), enterprise.Projection()},
		[]projections.Reactor{{Name: "policy", React: reactions.Handle}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background()) //nolint:usetesting // ends after the last request, in Cleanup
	ended := make(chan error, 1)
	go func() { ended <- w.group.Run(ctx) }()
	server := httptest.NewServer(w.door(quiet, clock))
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
	w.settle()
	w.rosters()
	return w
}

func (w *drawWorld) door(log *slog.Logger, clock func() time.Time) http.Handler {
	w.Helper()
	base := grpcapi.Base{Store: w.store, Views: w.views, Clock: clock}
	chain, err := grpcapi.NewChain(grpcapi.Chain{Access: grpcapi.AllAccess(), Auth: w, Waiter: w.group, Log: log, Patient: 10 * time.Second, Trail: grpcapi.NewTrail(w.store, clock)})
	if err != nil {
		w.Fatal(err)
	}
	server := grpcapi.NewServer(chain, func(r grpc.ServiceRegistrar) {
		mingjianv1.RegisterDrawServiceServer(r, grpcapi.DrawServer{Base: base, Blobs: w.blobs, Sources: w.sources})
		mingjianv1.RegisterPlanServiceServer(r, grpcapi.PlanServer{Base: base})
		mingjianv1.RegisterInspectionServiceServer(r, grpcapi.InspectionServer{Base: base})
		mingjianv1.RegisterPublicServiceServer(r, grpcapi.PublicServer{Base: base, Blobs: w.blobs})
	})
	versions, stop := enterprise.NewVersions(w.views, w.views, 100, base.Today)
	w.Cleanup(stop)
	handler, err := gateway.New(w.Context(), gateway.Options{
		Conn: server.InProcess, Versions: versions, OpenAPI: []byte(`{}`), Ready: readiness(w.group), Metrics: http.NotFoundHandler(),
	})
	if err != nil {
		w.Fatal(err)
	}
	return handler
}

const fireBrigade domain.AuthorityID = "11320100MB0000002X"

// rosters are eight subjects, three inspectors of the bureau and two of the fire brigade, and a published plan.
func (w *drawWorld) rosters() {
	w.Helper()
	for n := range 8 {
		w.enrol(fmt.Sprintf("ext:r:%d", n), fmt.Sprintf("第%d商店", n))
	}
	for n, of := range []domain.AuthorityID{bureau, bureau, bureau, fireBrigade, fireBrigade} {
		department := "市场监管"
		if of == fireBrigade {
			department = "消防"
		}
		id := domain.InspectorID(fmt.Sprintf("I-%d", n))
		w.append("inspector", string(id), roster.InspectorEnrolled{
			ID: id, Name: string(id), Authority: of, Department: department, LicenceNo: "1", LicenceValidUntil: calendar.MustParse("2027-12-31"),
			Lines: []string{"registration"}, Districts: []string{"000000"},
		})
	}
	w.append("catalogue", "list", catalogue.VersionDrafted{Catalogue: "list", Authority: bureau, Version: 1, Items: []catalogue.Item{
		{No: "1", Matter: "营业执照公示", Line: "registration", Basis: []string{"条例第十条"}}}},
		catalogue.VersionPublished{Version: 1, PublishedOn: calendar.MustParse("2023-01-01")})
	w.append("plan", "plan", plan.Drafted{Plan: "plan", Authority: bureau, Year: 2023, Catalogue: "list", Version: 1}, plan.Approved{By: "x"},
		plan.Published{DocumentNo: "1", PublishedOn: calendar.MustParse("2023-01-02")})
}

// frozen opens a task, freezes its first draw and gives the draw's id.
func (w *drawWorld) frozen(task string) string {
	w.Helper()
	w.append("plan", "plan", plan.TaskOpened{Task: plan.Task{
		ID: task, Number: 1, Title: "联合抽查", Kind: plan.Untargeted, Items: []string{"1"}, Line: "registration",
		Scope: plan.Scope{Statuses: []string{"active"}}, Strata: []plan.Stratum{{Name: "none", Count: 3}},
		Departments: []plan.Department{{Name: "市场监管", Authority: bureau, TeamSize: 2, Lead: true}, {Name: "消防", Authority: fireBrigade, TeamSize: 1}},
		WindowStart: calendar.MustParse("2023-08-01"), WindowEnd: calendar.MustParse("2023-12-31"),
	}})
	w.settle()
	w.do(zhao, "/v1/draws", `{"planId":"plan","taskId":"`+task+`"}`)
	return task + "-1"
}

// ask sends a request in a language.
func (w *drawWorld) ask(who insider, language, path, body string) answer {
	w.Helper()
	return w.send(http.MethodPost, path, strings.NewReader(body),
		"Authorization", fmt.Sprintf("Bearer %s|%s|%s", who.role, who.account, who.authority), "Accept-Language", language, "Content-Type", "application/json")
}

// do sends a request that is taken, a second after the one before.
func (w *drawWorld) do(who insider, path, body string) {
	w.Helper()
	w.now = w.now.Add(time.Second)
	if a := w.ask(who, "zh", path, body); a.status != http.StatusOK {
		w.Fatalf("%s %s: %d %s", path, body, a.status, a.body)
	}
	w.settle()
}

// refusal is a request that is refused, and how.
type refusal struct {
	name       string
	who        insider
	path, body string
	status     int
	code       string
	zh, en     string // what the sentences say
}

// refuse sends each request in both languages and reads the problem documents. Nothing may be recorded.
func (w *drawWorld) refuse(list ...refusal) {
	w.Helper()
	before, err := w.store.Head(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	for _, r := range list {
		for language, says := range map[string]string{"zh": r.zh, "en": r.en} {
			a := w.ask(r.who, language, r.path, r.body)
			p := a.problem(w)
			said := p.Detail
			code := p.Code
			if len(p.Errors) == 1 {
				said, code = p.Errors[0].Detail, p.Errors[0].Code
			}
			if a.status != r.status || code != r.code || !strings.Contains(said, says) || p.Type != "urn:mingjian:problem:"+p.Code || p.Title == "" {
				w.Errorf("%s, in %s: %d %s", r.name, language, a.status, a.body)
			}
			if chinese := strings.ContainsFunc(p.Title, func(c rune) bool { return unicode.Is(unicode.Han, c) }); chinese != (language == "zh") {
				w.Errorf("%s, in %s: the title is %s", r.name, language, p.Title)
			}
		}
	}
	if after, err := w.store.Head(w.Context()); err != nil || after.Compare(before) != 0 {
		w.Errorf("refused and recorded: %s, before %s, %v", after, before, err)
	}
}

// public is the draw as everybody sees it.
func (w *drawWorld) public(id string) *viewv1.Draw {
	w.Helper()
	resp := &mingjianv1.GetPublicDrawResponse{}
	if a := w.get("/v1/public/draws/" + id); a.status != http.StatusOK {
		w.Fatal(a.body)
	} else if err := protojson.Unmarshal([]byte(a.body), resp); err != nil {
		w.Fatal(err)
	}
	return resp.GetDraw()
}
