package grpcapi_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/catalogue"
	"github.com/mingjian-ledger/mingjian/domain/draw/drawtest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/lottery"
	"github.com/mingjian-ledger/mingjian/domain/plan"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
	"github.com/mingjian-ledger/mingjian/domain/sortition/sortitiontest"
	"github.com/mingjian-ledger/mingjian/projections"
	catalogueview "github.com/mingjian-ledger/mingjian/projections/catalogue"
	drawview "github.com/mingjian-ledger/mingjian/projections/draw"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	"github.com/mingjian-ledger/mingjian/projections/release"
	rosterview "github.com/mingjian-ledger/mingjian/projections/roster"
	"github.com/mingjian-ledger/mingjian/projections/worklist"
)

const (
	drawBureau domain.AuthorityID = "11540000MB0000001A"
	drawFire   domain.AuthorityID = "11540000MB0000002B"
	drawTask                      = "xz2026-t1"
)

// staffWorld is the services of draws and inspections over the strict store and the strict views, and the policies between.
type staffWorld struct {
	*testing.T
	now         time.Time
	store       *estest.Store
	views       *projectionstest.Memory
	blobs       *drawtest.Memory
	draws       grpcapi.DrawServer
	inspections grpcapi.InspectionServer
	work        grpcapi.WorkServer
	n           int
	reacted     int
	targets     map[string]projections.Target
	at          map[string]es.Position
}

func newStaffWorld(t *testing.T) *staffWorld {
	t.Helper()
	w := &staffWorld{
		T: t, now: time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC), store: estest.NewStore(t), views: projectionstest.NewMemory(t),
		blobs: &drawtest.Memory{}, targets: map[string]projections.Target{}, at: map[string]es.Position{},
	}
	base := grpcapi.Base{Store: w.store, Views: w.views, Clock: func() time.Time { return w.now }}
	w.draws = grpcapi.DrawServer{Base: base, Blobs: w.blobs, Sources: []sortition.Source{hashBeacon{}, lottery.Source{}}}
	w.inspections, w.work = grpcapi.InspectionServer{Base: base}, grpcapi.WorkServer{Base: base}
	w.sync()
	return w
}

// sync brings the policies and the views up to the log.
func (w *staffWorld) sync() {
	w.Helper()
	reactions := policy.Reactions{Store: w.store, Blobs: w.blobs, Clock: func() time.Time { return w.now },
		Refused: func(_ context.Context, rec es.Record, err error) {
			w.Errorf("policy refused after %s: %v", rec.Type, err)
		}}
	for ; w.reacted < len(w.store.All()); w.reacted++ {
		if err := reactions.Handle(w.Context(), w.store.All()[w.reacted]); err != nil {
			w.Fatal(err)
		}
	}
	for _, p := range []projections.Projection{catalogueview.Projection(), rosterview.Projection(), drawview.Projection(), release.Projection(), worklist.Projection()} {
		if w.targets[p.Name] == nil {
			target, err := w.views.Attach(w.Context(), p)
			if err != nil {
				w.Fatal(err)
			}
			w.targets[p.Name] = target
		}
		var fresh []es.Record
		for _, r := range w.store.All() {
			if r.Position.Compare(w.at[p.Name]) > 0 {
				fresh = append(fresh, r)
			}
		}
		if len(fresh) == 0 {
			continue
		}
		through := fresh[len(fresh)-1].Position
		if err := projections.Apply(w.Context(), p, w.targets[p.Name], w.at[p.Name], es.Batch{Records: fresh, Through: through}); err != nil {
			w.Fatal(err)
		}
		w.at[p.Name] = through
	}
}

// add records events without asking anybody.
func (w *staffWorld) add(category, id string, events ...es.Event) {
	w.Helper()
	w.n++
	proposed, err := es.Propose(es.Metadata{Command: es.DeriveID("", fmt.Sprint("fixture", w.n)), RecordedAt: w.now}, events...)
	if err != nil {
		w.Fatal(err)
	}
	stream, want := es.Stream{Category: category, ID: id}, es.Expected(es.NoStream{})
	for r, err := range w.store.Read(w.Context(), stream, 0) {
		if err != nil {
			w.Fatal(err)
		}
		want = es.Exactly(r.Revision)
	}
	if _, err := w.store.Append(w.Context(), stream, want, proposed...); err != nil {
		w.Fatal(err)
	}
}

// as is a call of an account, with a command id of its own.
func (w *staffWorld) as(account string, role domain.Role, authority domain.AuthorityID) context.Context {
	w.n++
	return w.again(account, role, authority, fmt.Sprint("call", w.n))
}

// again is a call with a chosen command id, as a retry has it.
func (w *staffWorld) again(account string, role domain.Role, authority domain.AuthorityID, key string) context.Context {
	call := grpcapi.Call{
		Actor:  domain.Actor{Account: account, Role: role, Authority: authority},
		Method: "/test/" + account, Command: es.DeriveID("", key),
	}
	if role == domain.Inspector {
		call.Actor.Inspector = domain.InspectorID(account)
	}
	return grpcapi.WithCall(w.Context(), call)
}

func (w *staffWorld) planner() context.Context { return w.as("planner", domain.Planner, drawBureau) }

// task opens the task that all draws here are for, over the subjects and inspectors given.
func (w *staffWorld) task(change func(*plan.Task), subjects []roster.SubjectRegistered, inspectors []roster.InspectorEnrolled) {
	w.Helper()
	task := plan.Task{
		ID: drawTask, Number: 1, Title: "食品经营联合抽查", Kind: plan.Untargeted, Items: []string{"1"}, Line: "registration",
		Scope: plan.Scope{Statuses: []string{"active"}}, Strata: []plan.Stratum{{Name: "none", Count: 3}},
		Departments: []plan.Department{{Name: "市场监管", Authority: drawBureau, TeamSize: 2, Lead: true}, {Name: "消防", Authority: drawFire, TeamSize: 1}},
		WindowStart: calendar.MustParse("2026-11-01"), WindowEnd: calendar.MustParse("2026-12-31"),
	}
	change(&task)
	w.add("catalogue", "food", catalogue.VersionDrafted{Catalogue: "food", Authority: drawBureau, Version: 1, Items: []catalogue.Item{
		{No: "1", Matter: "营业执照公示", Line: "registration", Basis: []string{"条例第十条"}}}},
		catalogue.VersionPublished{Version: 1, PublishedOn: calendar.MustParse("2026-01-01")})
	w.add("plan", "xz2026", plan.Drafted{Plan: "xz2026", Authority: drawBureau, Year: 2026, Catalogue: "food", Version: 1}, plan.Approved{By: "x"},
		plan.Published{DocumentNo: "1", PublishedOn: calendar.MustParse("2026-01-02")}, plan.TaskOpened{Task: task})
	for _, s := range subjects {
		w.add("subject", string(s.ID), s)
	}
	for _, i := range inspectors {
		w.add("inspector", string(i.ID), i)
	}
	w.sync()
}

func drawSubject(id domain.SubjectID) roster.SubjectRegistered {
	return roster.SubjectRegistered{ID: id, Name: "公司" + string(id), Kind: roster.Enterprise, District: "540102", Status: roster.Active, Authority: drawBureau}
}

func drawInspector(id domain.InspectorID, of domain.AuthorityID, department string) roster.InspectorEnrolled {
	return roster.InspectorEnrolled{ID: id, Name: string(id), Authority: of, Department: department, LicenceNo: "1",
		LicenceValidUntil: calendar.MustParse("2027-12-31"), Lines: []string{"registration"}, Districts: []string{"540000"}}
}

// simple is a task over eight subjects and five inspectors.
func (w *staffWorld) simple() {
	w.Helper()
	var subjects []roster.SubjectRegistered
	for n := range 8 {
		subjects = append(subjects, drawSubject(domain.SubjectID(fmt.Sprintf("ext:r:%d", n))))
	}
	w.task(func(*plan.Task) {}, subjects, []roster.InspectorEnrolled{
		drawInspector("XZ-001", drawBureau, "市场监管"), drawInspector("XZ-002", drawBureau, "市场监管"), drawInspector("XZ-003", drawBureau, "市场监管"),
		drawInspector("XZ-004", drawFire, "消防"), drawInspector("XZ-005", drawFire, "消防"),
	})
}

// hashBeacon is a source whose values are the SHA-256 of their signatures, one round a minute.
type hashBeacon struct{}

func (hashBeacon) Knows(name string) bool { return name == "hash-beacon" }

func (hashBeacon) Signs() bool { return true }

func (h hashBeacon) PublishedAt(terms sortition.BeaconTerms) (time.Time, error) {
	n, err := strconv.Atoi(terms.Round)
	if err != nil || n < 1 || n > 50 || strconv.Itoa(n) != terms.Round || !h.Knows(terms.Name) {
		return time.Time{}, errors.New("no such round")
	}
	return time.Date(2026, 11, 20, 8, n, 0, 0, time.UTC), nil
}

func (h hashBeacon) Verify(terms sortition.BeaconTerms, value, signature []byte) error {
	if _, err := h.PublishedAt(terms); err != nil {
		return err
	}
	if sum := sha256.Sum256(signature); !bytes.Equal(sum[:], value) {
		return errors.New("the value is not of the signature")
	}
	return nil
}

func TestTheHashBeaconKeepsTheContract(t *testing.T) {
	t.Parallel()
	sortitiontest.SourceSuite(t, func(*testing.T) sortitiontest.Published {
		value := sha256.Sum256(signature)
		return sortitiontest.Published{
			Source: hashBeacon{}, Terms: sortition.BeaconTerms{Name: "hash-beacon", Round: "1", NotBefore: "2026-11-20T08:01:00Z"}, Value: value[:],
			Signature: signature, PublishedAt: time.Date(2026, 11, 20, 8, 1, 0, 0, time.UTC), NoRounds: []string{"", "0", "01", "x", "51"},
		}
	})
}

// refusedAs tells whether a fault of that kind and code is among the joined ones.
func refusedAs(err error, kind domain.Kind, code string) bool {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			if refusedAs(e, kind, code) {
				return true
			}
		}
	}
	f := (*domain.Fault)(nil)
	return errors.As(err, &f) && f.Kind == kind && f.Code == code
}
