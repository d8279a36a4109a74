package airgap_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/adapters/airgap"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/ledger"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections"
	authorityview "github.com/mingjian-ledger/mingjian/projections/authority"
	"github.com/mingjian-ledger/mingjian/projections/enterprise"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	"github.com/mingjian-ledger/mingjian/projections/release"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// planted is in all that may not leave.
const planted = "PLANTED"

// world is an inner and an outer ledger with a folder between them.
type world struct {
	testing.TB
	rand         *rand.Rand
	inner, outer *estest.Store
	n            int // of what happened inside
	shown        []string
	dir          string
	sender       *airgap.Sender
	receiver     *airgap.Receiver
	now          time.Time
}

func newWorld(t testing.TB, seed uint64) *world {
	t.Helper()
	w := &world{
		TB: t, rand: rand.New(rand.NewPCG(seed, 1)), inner: estest.NewStore(t), outer: estest.NewStore(t), dir: t.TempDir(),
		now: time.Date(2026, 3, 20, 8, 0, 0, 0, time.UTC),
	}
	folder, err := airgap.OpenFolder(filepath.Join(w.dir, "gap"))
	w.check(err)
	in, out := w.key("in"), w.key("out")
	w.sender = &airgap.Sender{
		Log: w.inner, Folder: folder, State: filepath.Join(w.dir, "state"), Key: in, Peers: []ed25519.PublicKey{out.Public().(ed25519.PublicKey)},
	}
	w.receiver = &airgap.Receiver{Folder: folder, Key: out, Peers: []ed25519.PublicKey{in.Public().(ed25519.PublicKey)}}
	w.onto(w.outer)
	return w
}

// onto has another process receive, into a log.
func (w *world) onto(log *estest.Store) {
	former := w.receiver
	w.outer = log
	w.receiver = &airgap.Receiver{
		Log: log, Folder: former.Folder, Key: former.Key, Peers: former.Peers, Patience: former.Patience,
		Clock: func() time.Time { w.now = w.now.Add(time.Second); return w.now },
	}
}

// bulk is a log that takes many events at once.
type bulk struct{ *estest.Store }

func (b bulk) Import(ctx context.Context, records []es.Record) (at []es.Position, err error) {
	for _, r := range records {
		want := es.Expected(es.NoStream{})
		if r.Revision > 0 {
			want = es.Exactly(r.Revision - 1)
		}
		p, err := b.Append(ctx, r.Stream, want, r.Proposed)
		if err != nil {
			return at, err
		}
		at = append(at, p)
	}
	return at, nil
}

func (w *world) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) key(name string) ed25519.PrivateKey {
	w.Helper()
	path := filepath.Join(w.dir, name+".pem")
	_, err := airgap.MakeKey(path)
	w.check(err)
	key, err := airgap.ReadKey(path)
	w.check(err)
	return key
}

// add appends events to a stream of the inner log.
func (w *world) add(category, id string, events ...es.Event) {
	w.Helper()
	w.n++
	proposed, err := es.Propose(es.Metadata{
		Command: es.DeriveID("", "inner", fmt.Sprint(w.n)), CommandDigest: strings.Repeat("d", 64), Actor: planted + ".account", Role: "approver",
		Authority: projectionstest.Bureau, RecordedAt: time.Date(2026, 3, 20, 8, 0, w.n, w.n, time.UTC),
		Redaction: []byte(`{"sealed":"` + planted + `"}`),
	}, events...)
	w.check(err)
	stream, want := es.Stream{Category: category, ID: id}, es.Expected(es.NoStream{})
	for r, err := range w.inner.Read(w.Context(), stream, 0) {
		w.check(err)
		want = es.Exactly(r.Revision)
	}
	_, err = w.inner.Append(w.Context(), stream, want, proposed...)
	w.check(err)
}

// grow lets things happen inside, at least one of them an act, and some that are none.
func (w *world) grow(acts int) {
	w.Helper()
	for range acts {
		switch i := w.rand.IntN(9); {
		case i == 0:
			w.add("authority", fmt.Sprint("A", w.n), authority.Registered{ID: domain.AuthorityID(fmt.Sprint("A", w.n)), Name: "宁安市某局", District: "640100", Level: authority.City})
		case i == 1:
			id := domain.SubjectID(fmt.Sprint("S", w.n))
			w.add("subject", string(id), roster.SubjectRegistered{
				ID: id, Name: fmt.Sprint("宁安第", w.n, "商行"), Kind: roster.IndividualBusiness, District: "640104", Status: roster.Active,
				Address: planted, Scope: planted, Industry: planted, Source: roster.Source{FileDigest: planted, Line: 3},
			}, roster.SubjectReclassified{Class: planted})
		case i < 5 && len(w.shown) > 0:
			w.later(w.shown[w.rand.IntN(len(w.shown))])
		default:
			w.publish(fmt.Sprint("p", w.n))
		}
	}
}

func (w *world) document(id, more string) (disclosure.Raw, string) {
	w.Helper()
	d := projectionstest.Penalty(id, projectionstest.Bureau, "2026-03-16", projectionstest.Huimin)
	d.Title += more
	b, digest, err := disclosure.Canonical(d)
	w.check(err)
	return disclosure.Raw(b), digest
}

// publish goes through the steps, with another document that is withheld.
func (w *world) publish(id string) {
	b, digest := w.document(id, "")
	d := "penalty." + id
	w.add("disclosure", d, disclosure.Submitted{Disclosure: d, Document: b, Digest: digest, By: planted, Reason: planted},
		disclosure.Reviewed{Digest: digest, By: planted, Opinion: planted}, disclosure.Approved{Digest: digest, By: planted, Opinion: planted})
	w.add("disclosure", d, disclosure.Published{Document: b, Digest: digest, Number: 1, By: planted, On: projectionstest.Day()})
	w.add("disclosure", d+"w", disclosure.Submitted{Disclosure: d + "w", Document: disclosure.Raw(`{"title":"` + planted + `"}`), By: planted})
	w.add("plan", id, note{planted})
	w.shown = append(w.shown, id)
}

type note struct {
	Text string `json:"text"`
}

func (note) EventType() string { return "mingjian.note.v1" }

// later is something that becomes of what was published.
func (w *world) later(id string) {
	d, day, outlets := "penalty."+id, projectionstest.Day().AddDays(1), []rule.Outlet{rule.Portal}
	b, digest := w.document(id, fmt.Sprint("更", w.n))
	stone := disclosure.Stone{Tombstone: disclosure.Raw(`{"schema":"mingjian.tombstone.v1"}`), TombstoneDigest: "5f"}
	w.add("disclosure", d, []es.Event{
		disclosure.Corrected{Document: b, Digest: digest, FormerDigest: "f", Reason: "更正", Number: w.n, By: planted, On: day},
		disclosure.Masked{Outlets: outlets, Reason: "重整", DocumentNo: planted, Digest: digest, Number: w.n, By: planted, On: day, Stone: stone},
		disclosure.Unmasked{Outlets: outlets, Reason: "恢复", DocumentNo: planted, Document: b, Digest: digest, Number: w.n, By: planted, On: day},
		disclosure.Ended{Outlets: outlets, Cause: disclosure.Repaired, Reason: "修复", Rule: "gsxt.penalty", Repair: planted, Digest: digest, Number: w.n, By: planted, On: day, Stone: stone},
		disclosure.Withdrawn{Ground: disclosure.GroundError, Reason: "有误", Digest: digest, Number: w.n, By: planted, On: day, Stone: stone},
		disclosure.Published{Document: b, Digest: digest, Number: w.n, By: planted, On: day},
	}[w.rand.IntN(6)])
}

func (w *world) send() airgap.Sent {
	w.Helper()
	sent, err := w.sender.Send(w.Context(), 0)
	w.check(err)
	return sent
}

func (w *world) receive() airgap.Received {
	w.Helper()
	got, err := w.receiver.Receive(w.Context())
	w.check(err)
	return got
}

// settle sends and receives until the outer ledger has all acts.
func (w *world) settle() {
	w.Helper()
	var got airgap.Received
	for range 6 {
		sent := w.send()
		if got = w.receive(); got.Acts == sent.Acts && got.Receipt.Again == nil && got.Receipt.Refused == "" {
			return
		}
	}
	w.Fatalf("it does not settle: %+v", got)
}

// set takes a log back to its first records.
func back(t testing.TB, from *estest.Store, records int) *estest.Store {
	t.Helper()
	to := estest.NewStore(t)
	for _, r := range from.All()[:records] {
		want := es.Expected(es.NoStream{})
		if r.Revision > 0 {
			want = es.Exactly(r.Revision - 1)
		}
		if _, err := to.Append(t.Context(), r.Stream, want, r.Proposed); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// epoch has the inner log say that it was restored.
func (w *world) epoch() {
	w.Helper()
	all := w.inner.All()
	w.n++
	m := es.Metadata{Command: es.DeriveID("", "epoch", fmt.Sprint(w.n)), RecordedAt: time.Date(2026, 3, 20, 8, 0, w.n, 0, time.UTC)}
	_, err := es.Transact(w.Context(), w.inner, ledger.Decider, ledger.Stream, ledger.Command(ledger.BeginEpoch{
		ID: es.DeriveID("", "epoch id", fmt.Sprint(w.n)), Events: uint64(len(all)), Position: all[len(all)-1].Position.String(),
		Hash: strings.Repeat("ab", 32), Reason: "恢复", By: "he.ops",
	}), m)
	w.check(err)
}

// bundles are the files in the folder, by name.
func (w *world) bundles() []string {
	w.Helper()
	paths, err := filepath.Glob(filepath.Join(w.dir, "gap", "bundles", "*.bundle"))
	w.check(err)
	return paths
}

func (w *world) read(path string) []byte {
	w.Helper()
	b, err := os.ReadFile(path)
	w.check(err)
	return b
}

func (w *world) write(path string, b []byte) {
	w.Helper()
	w.check(os.WriteFile(path, b, 0o600))
}

// equal demands that what the public sees of both ledgers is the same.
func (w *world) equal() {
	w.Helper()
	want, got := w.seen(w.inner), w.seen(w.outer)
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		w.Errorf("outside it is otherwise (-inside +outside):\n%s", diff)
	}
	if len(want.Feed) == 0 || len(want.Enterprises) == 0 {
		w.Errorf("nothing was compared: %d releases, %d enterprises", len(want.Feed), len(want.Enterprises))
	}
}

type seen struct {
	Feed        []*viewv1.Release
	Enterprises []*viewv1.Enterprise
	Authorities []*viewv1.Authority
}

func (w *world) seen(store *estest.Store) (s seen) {
	w.Helper()
	r := w.view(release.Projection(), store)
	for more := true; more; {
		page, head, err := release.Feed(w.Context(), r, uint64(len(s.Feed)), projections.MaxLimit)
		w.check(err)
		s.Feed = append(s.Feed, page...)
		more = uint64(len(s.Feed)) < head
	}
	for _, act := range s.Feed {
		act.Position = "" // each log's own
	}
	r = w.view(enterprise.Projection(), store)
	for after := ""; ; {
		page, err := r.List(w.Context(), projections.Query{Table: enterprise.Table, After: after, Limit: projections.MaxLimit})
		w.check(err)
		for _, row := range page.Rows {
			e, err := enterprise.Get(w.Context(), r, row.Key, projectionstest.Day())
			w.check(err)
			s.Enterprises = append(s.Enterprises, e)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if !slices.ContainsFunc(store.All(), func(r es.Record) bool { return r.Stream.Category == "authority" }) {
		return s
	}
	var err error
	s.Authorities, _, err = authorityview.List(w.Context(), w.view(authorityview.Projection(), store), authorityview.Filter{PageSize: projections.MaxLimit})
	w.check(err)
	return s
}

func (w *world) view(p projections.Projection, store *estest.Store) projections.Reader {
	w.Helper()
	known := slices.DeleteFunc(store.All(), func(r es.Record) bool { return !airgap.Carries(r.Stream.Category) })
	return projectionstest.Live(w, p, known)
}
