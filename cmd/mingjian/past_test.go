package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/enterprise"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	"github.com/mingjian-ledger/mingjian/projections/release"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

const (
	pastActs    = 5000
	pastMoments = 1000
)

// pastSinks are the stores of views there are.
func pastSinks() map[string]func(*testing.T) projectionstest.Views {
	return map[string]func(*testing.T) projectionstest.Views{
		"memory": func(t *testing.T) projectionstest.Views { return projectionstest.NewMemory(t) },
		"sqlite": func(t *testing.T) projectionstest.Views {
			v, err := sqlite.OpenViews(t.Context(), filepath.Join(t.TempDir(), "views.db"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = v.Close() })
			return v
		},
		"postgres": func(t *testing.T) projectionstest.Views {
			v, err := postgres.OpenViews(t.Context(), postgrestest.New(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = v.Close() })
			return v
		},
	}
}

// TestThePastEqualsAReplay holds what both doors answer for a thousand moments of a random history to a model that replays
// it, on every store of views, filled live and rebuilt; for a hundred in PostgreSQL, unless MINGJIAN_TEST_TIER is server.
func TestThePastEqualsAReplay(t *testing.T) {
	t.Parallel()
	s := newPastStory(t, 20261128)
	s.tell(pastActs)
	for name, open := range pastSinks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			views := open(t)
			last := s.records[len(s.records)-1].Position
			targets := map[string]projections.Target{}
			for _, p := range []projections.Projection{release.Projection(), enterprise.Projection()} {
				target, err := views.Attach(t.Context(), p)
				if targets[p.Name] = target; err == nil {
					err = projections.Fill(t.Context(), p, projectionstest.NewLog(200, s.records...), target, last, nil)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			moments := pastMoments
			if name == "postgres" && os.Getenv("MINGJIAN_TEST_TIER") != "server" {
				moments /= 10
			}
			ask(t, s, views, moments, 1)
			for _, p := range []projections.Projection{release.Projection(), enterprise.Projection()} {
				shadow, err := views.Shadow(t.Context(), p)
				if err == nil {
					err = projections.Fill(t.Context(), p, projectionstest.NewLog(3000, s.records...), shadow, last, nil)
				}
				if err != nil {
					t.Fatal(err)
				}
				for d, err := range projections.Diff(t.Context(), targets[p.Name], shadow) {
					if t.Errorf("%v differs once rebuilt", d.Key); err != nil || t.Failed() {
						t.Fatal(err)
					}
				}
				if err := views.Switch(t.Context(), p, last, shadow); err != nil {
					t.Fatal(err)
				}
			}
			ask(t, s, views, moments/10, 2)
		})
	}
}

// asker asks both doors of one store and compares with the model.
type asker struct {
	*testing.T
	story    *pastStory
	rnd      *rand.Rand
	public   grpcapi.PublicServer
	listings grpcapi.PublicListingServer
	inside   grpcapi.HistoryServer
	today    string
	at       pastMoment
	asOf     string
	whose    string // enterprise that something happened to at the moment
}

func ask(t *testing.T, s *pastStory, views projections.Reader, moments int, seed uint64) {
	now := s.now
	if last := s.model.releases[len(s.model.releases)-1].publicAt; now.Before(last) {
		now = last
	}
	base := grpcapi.Base{Views: views, Clock: func() time.Time { return now }}
	a := &asker{
		T: t, story: s, rnd: rand.New(rand.NewPCG(seed, 12)), //nolint:gosec // a repeatable test, not a secret
		public: grpcapi.PublicServer{Base: base}, listings: grpcapi.PublicListingServer{Base: base}, inside: grpcapi.HistoryServer{Base: base}, today: calendar.DateOf(now).String(),
	}
	ids := s.model.ids()
	for range moments {
		a.pick(now)
		a.record(ids[a.rnd.IntN(len(ids))])
		a.list()
		a.enterprise(cmp.Or(a.whose, s.subject(a.rnd.IntN(storySubjects))))
		if t.Failed() {
			t.Fatalf("as of %s (%+v)", a.asOf, a.at)
		}
	}
}

// pick is a moment named in one of the four ways, sometimes before the first release.
func (a *asker) pick(now time.Time) {
	m := a.story.model
	first := m.releases[0].publicAt.Add(-48 * time.Hour)
	random := first.Add(time.Duration(a.rnd.Int64N(int64(now.Sub(first)))))
	a.whose = ""
	switch a.rnd.IntN(6) {
	case 0:
		n := a.rnd.Uint64N(uint64(len(m.releases) + 1))
		a.at, a.asOf = pastMoment{number: n}, fmt.Sprint("release:", n)
		if n > 0 {
			a.at.position, a.at.at = m.releases[n-1].position, m.releases[n-1].publicAt
		}
	case 1:
		p, _ := a.story.records[a.rnd.IntN(len(a.story.records))].Position.Pair()
		p -= uint64(a.rnd.IntN(3)) //nolint:gosec // between two events as well
		a.at, a.asOf = pastMoment{number: m.lastBefore(p), position: p}, fmt.Sprint("position:", p)
		if a.at.number > 0 {
			a.at.at = m.releases[a.at.number-1].publicAt
		}
	case 2:
		day := calendar.DateOf(random).AddDays(-1)
		at := day.AddDays(1).StartsAt().Add(-time.Nanosecond)
		a.at, a.asOf = pastMoment{number: m.lastAt(at), at: at, byTime: true}, day.String()
	case 3: // about the instant at which something was recorded in the register, or became public
		known := slices.Sorted(maps.Keys(m.enterprises))
		a.whose = known[a.rnd.IntN(len(known))]
		changes := m.enterprises[a.whose]
		random = changes[a.rnd.IntN(len(changes))].at.Add(time.Duration(a.rnd.IntN(3)-1) * time.Second)
		if a.rnd.IntN(2) == 0 { // where a clock may have been set back to
			random = random.Add(-time.Duration(a.rnd.IntN(3*3600)) * time.Second)
		}
		if random.After(now) {
			random = now
		}
		a.at, a.asOf = pastMoment{number: m.lastAt(random), at: random, byTime: true}, random.Format(time.RFC3339Nano)
	case 4: // the very instant of a release
		random = m.releases[a.rnd.IntN(len(m.releases))].publicAt
		fallthrough
	default:
		a.at, a.asOf = pastMoment{number: m.lastAt(random), at: random, byTime: true}, random.Format(time.RFC3339Nano)
	}
}

func (a *asker) auditor() context.Context {
	return grpcapi.WithCall(a.Context(), grpcapi.Call{Actor: domain.Actor{Account: "shen", Role: domain.Auditor}})
}

// pastLine tells of a record what a list shows: which, with which document or none, and why it is public no more.
func pastLine(r *viewv1.Released) string {
	doc := "nothing"
	if r.GetRelease().GetDocument() != "" {
		doc = r.GetRelease().GetDigest()
	}
	if r.GetRelease().GetDocument() == "" && r.GetRelease().GetTitle() != "" {
		doc = "a title without its document"
	}
	return fmt.Sprintf("%s %d %s %s", r.GetRelease().GetDisclosureId(), r.GetRelease().GetSequence(), doc, removalLine(r.GetRemoval()))
}

func removalLine(r *viewv1.Removal) string {
	if r == nil {
		return "stands"
	}
	return fmt.Sprintf("removed by %d: %s", r.GetSequence(), r.GetReason())
}

// wanted is the line that the model has for a shot; empty if the caller is told nothing.
func (a *asker) wanted(id string, d *pastDisclosure, s pastShot, inside, listed bool) string {
	by := d.removal(s, a.today)
	why := "stands"
	if by != nil {
		why = fmt.Sprintf("removed by %d: %s", by.by, by.reason)
	}
	doc := "nothing"
	if inside || by == nil {
		sum := sha256.Sum256(s.raw)
		doc = hex.EncodeToString(sum[:])
	}
	if listed && !inside && by != nil && by.status != "withdrawn" {
		return ""
	}
	return fmt.Sprintf("%s %d %s %s", id, s.by, doc, why)
}

// record asks for one disclosure.
func (a *asker) record(id string) {
	d := a.story.model.disclosures[id]
	shot := d.at(a.at.number)
	want := [2]string{"record.unknown.then", "record.unknown.then"}
	switch {
	case shot == nil:
	case shot.status == "elsewhere":
		want = [2]string{"record.unknown", "record.unknown"}
	case shot.status != "public":
		want[0] = "record." + shot.status + " " + shot.reason
		want[1] = want[0]
	case shot.over(a.at.day()):
		want = [2]string{"record.ended 公示期届满", "record.ended 公示期届满"}
	default:
		want = [2]string{a.wanted(id, d, *shot, false, false), a.wanted(id, d, *shot, true, false)}
	}
	outside, err0 := a.public.GetReleased(a.Context(), &mingjianv1.GetReleasedRequest{DisclosureId: id, AsOf: a.asOf})
	inside, err1 := a.inside.GetRecordAsOf(a.auditor(), &mingjianv1.GetRecordAsOfRequest{DisclosureId: id, AsOf: a.asOf})
	for i, got := range []string{said(outside.GetReleased(), err0), said(inside.GetReleased(), err1)} {
		if got != want[i] {
			a.Errorf("%s, inside %t:\n got %s\nwant %s", id, i == 1, got, want[i])
		}
	}
	if n := len(outside.GetReleased().GetHistory()); err0 == nil && n != min(100, a.acts(d)-1) {
		a.Errorf("%s has %d earlier acts, want %d", id, n, a.acts(d)-1)
	}
}

// acts counts those of a disclosure up to the moment.
func (a *asker) acts(d *pastDisclosure) (n int) {
	for _, s := range d.shots {
		if s.number <= a.at.number {
			n++
		}
	}
	return n
}

// said is the line of a record, or the code of a refusal with the reason at its end.
func said(r *viewv1.Released, err error) string {
	if err == nil {
		return pastLine(r)
	}
	f, ok := err.(*domain.Fault) //nolint:errorlint // the server answers it bare
	switch {
	case !ok:
		return err.Error()
	case f.Kind != domain.Gone:
		return f.Code
	}
	return f.Code + " " + f.ZH[strings.LastIndex(f.ZH, "：")+len("："):]
}

// stood are the lines of a list at the moment, in its order.
func (a *asker) stood(f *mingjianv1.ListRecordsAsOfRequest, inside bool) (out []string) {
	type hit struct{ date, id, line string }
	var hits []hit
	for id, d := range a.story.model.disclosures {
		s := d.at(a.at.number)
		if s == nil || s.status != "public" || s.over(a.at.day()) || string(d.kind) != f.GetRecordKind() ||
			f.GetAuthorityId() != "" && f.GetAuthorityId() != string(s.doc.Authority.ID) ||
			f.GetEnterpriseId() != "" && (!s.about(f.GetEnterpriseId()) || strings.Contains(f.GetEnterpriseId(), "/")) ||
			f.GetDateFrom() != "" && s.doc.Date.String() < f.GetDateFrom() || f.GetDateTo() != "" && s.doc.Date.String() > f.GetDateTo() {
			continue
		}
		if line := a.wanted(id, d, *s, inside, true); line != "" {
			hits = append(hits, hit{s.doc.Date.String(), id, line})
		}
	}
	slices.SortFunc(hits, func(a, b hit) int { return -cmp.Or(cmp.Compare(a.date, b.date), cmp.Compare(a.id, b.id)) })
	for _, h := range hits {
		out = append(out, h.line)
	}
	return out
}
