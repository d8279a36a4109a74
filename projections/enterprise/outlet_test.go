package enterprise_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections/enterprise"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	"github.com/mingjian-ledger/mingjian/projections/release"
	"github.com/mingjian-ledger/mingjian/projections/statistics"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// shelf is what the portal holds of one disclosure, as a plain reader of the releases would keep it.
type shelf struct {
	there, masked bool
	until         calendar.Date
	doc           disclosure.Document
	withdrawn     bool // it stood on the portal when it was withdrawn
}

func (s shelf) shown(day calendar.Date) bool {
	return s.there && !s.masked && (s.until.IsZero() || !s.until.Before(day))
}

// follow is what becomes of a shelf by an event, whose document, if it has one, is doc.
func (s shelf) follow(e es.Event, doc disclosure.Document) shelf {
	onPortal := func(outlets []rule.Outlet) bool { return slices.Contains(outlets, rule.Portal) }
	switch e := e.(type) {
	case disclosure.Published:
		for _, term := range e.Terms {
			if term.Outlet == rule.Portal {
				return shelf{there: true, until: term.Until, doc: doc}
			}
		}
	case disclosure.Corrected:
		if s.there {
			s.doc = doc
		}
	case disclosure.Withdrawn:
		return shelf{withdrawn: s.there || s.withdrawn && !s.there, doc: s.doc}
	case disclosure.Masked:
		s.masked = s.masked || onPortal(e.Outlets)
	case disclosure.Unmasked:
		s.masked = s.masked && !onPortal(e.Outlets)
	case disclosure.Ended:
		s.there = s.there && !onPortal(e.Outlets)
	}
	return s
}

// course acts on disclosures at random, through the aggregate itself.
type course struct {
	*log
	*rand.Rand
	day    calendar.Date
	states map[string]disclosure.State
	shelf  map[string]shelf
}

func (c *course) do(id string, doc disclosure.Document, cmd disclosure.Command) {
	events, err := disclosure.Decider.Decide(c.states[id], cmd)
	if err != nil {
		return // it was not the time for it
	}
	for _, e := range events {
		c.Disclosure("penalty."+id, e)
		c.states[id] = disclosure.Decider.Evolve(c.states[id], e)
		c.shelf[id] = c.shelf[id].follow(e, doc)
	}
}

func (c *course) step() {
	id := fmt.Sprintf("r%02d", c.IntN(12))
	by := func(account string) domain.Actor { return domain.Actor{Account: account, Authority: bureau} }
	c.day = c.day.AddDays(c.IntN(8))
	var outlets []rule.Outlet
	for _, o := range disclosure.Every() {
		if c.IntN(2) == 0 {
			outlets = append(outlets, o)
		}
	}
	terms := []rule.Term{
		{Outlet: rule.Portal, From: c.day, Until: c.day.AddDays(60), Rule: "p", Version: "1"},
		{Outlet: rule.GSXT, From: c.day, Until: c.day.AddDays(300), Rule: "g", Version: "1"},
		{Outlet: rule.CreditChina, From: c.day, Rule: "c", Version: "1"},
	}
	switch c.IntN(9) {
	case 0, 1, 2, 3:
		d := doc(id, bureau, calendar.MustParse("2026-01-01").AddDays(c.IntN(20)).String(), []string{huimin, anda}[c.IntN(2):]...)
		_, digest, err := disclosure.Canonical(d)
		if err != nil {
			c.Fatal(err)
		}
		c.do(id, d, disclosure.Submit{By: by("wang"), Document: d, Reason: "更正"})
		c.do(id, d, disclosure.Review{By: by("li"), Digest: digest, SecrecyClear: true})
		c.do(id, d, disclosure.Approve{By: by("zhao"), Digest: digest})
		if len(c.states[id].Showing.Outlets) == 0 {
			c.do(id, d, disclosure.Publish{By: by("zhao"), Digest: digest, Today: c.day, Terms: terms, Outlets: outlets})
		}
		c.do(id, d, disclosure.Publish{By: by("zhao"), Digest: digest, Today: c.day, Terms: terms})
	case 4:
		c.do(id, disclosure.Document{}, disclosure.Mask{By: by("zhao"), Today: c.day, Outlets: outlets, Reason: "重整", DocumentNo: "1"})
	case 5:
		c.do(id, disclosure.Document{}, disclosure.Unmask{By: by("zhao"), Today: c.day, Outlets: outlets, Reason: "终止"})
	case 6:
		c.do(id, disclosure.Document{}, disclosure.Withdraw{By: by("zhao"), Today: c.day, Ground: disclosure.GroundError, Reason: "有误"})
	case 7:
		c.do(id, disclosure.Document{}, disclosure.Expire{By: by("daily"), Today: c.day, Outlet: disclosure.Every()[c.IntN(3)]})
	case 8: // the same document on further outlets
		s := c.states[id]
		d := c.shelf[id].doc
		if raw := s.Showing.Document; raw != nil {
			parsed, err := disclosure.ParseDocument([]byte(raw))
			if err != nil {
				c.Fatal(err)
			}
			d = parsed
		}
		c.do(id, d, disclosure.Publish{By: by("zhao"), Digest: s.Draft.Digest, Today: c.day, Terms: terms, Outlets: outlets})
	}
}

// TestViewsTellWhatAReaderOfTheReleasesKnows compares the lists, the records of enterprises and the counts with a plain reader,
// today and later, when terms have run out that nobody ended.
func TestViewsTellWhatAReaderOfTheReleasesKnows(t *testing.T) {
	for seed := range uint64(6) {
		c := &course{newLog(t), rand.New(rand.NewPCG(seed, 7)), day, map[string]disclosure.State{}, map[string]shelf{}} //nolint:gosec // a repeatable test, not a secret
		for range 220 {
			c.step()
		}
		all := c.Store.All()
		lists, counted := projectionstest.Live(t, release.Projection(), all), projectionstest.Live(t, statistics.Projection(), all)
		records := projectionstest.Live(t, enterprise.Projection(), all)
		for _, on := range []calendar.Date{c.day, c.day.AddDays(30), c.day.AddDays(61), c.day.AddDays(1000)} {
			var ids, ofHuimin []string
			for _, id := range slices.Sorted(maps.Keys(c.shelf)) {
				if s := c.shelf[id]; s.shown(on) {
					ids = append(ids, id)
					if slices.ContainsFunc(s.doc.Subjects, func(p disclosure.Subject) bool { return p.ID == huimin }) {
						ofHuimin = append(ofHuimin, id)
					}
				}
			}
			list, _, err := release.List(t.Context(), lists, release.Filter{Kind: "penalty", Day: on, PageSize: 100})
			if got := idsOf(list, func(r *viewv1.Released) string { return r.GetRelease().GetRecordId() }); err != nil || got != strings.Join(ids, " ") {
				t.Errorf("seed %d on %s: listed %s, want %s: %v", seed, on, got, ids, err)
			}
			of, _, err := release.List(t.Context(), lists, release.Filter{Kind: "penalty", Subject: huimin, Day: on, PageSize: 100})
			if got := idsOf(of, func(r *viewv1.Released) string { return r.GetRelease().GetRecordId() }); err != nil || got != strings.Join(ofHuimin, " ") {
				t.Errorf("seed %d on %s: listed of a subject %s, want %s: %v", seed, on, got, ofHuimin, err)
			}
			e, err := enterprise.Get(t.Context(), records, huimin, on)
			if err != nil {
				t.Fatal(err)
			}
			full := slices.DeleteFunc(e.GetEntries(), func(x *viewv1.EnterpriseEntry) bool {
				return x.GetKind() == viewv1.ReleaseKind_RELEASE_KIND_WITHDRAWN
			})
			if got := idsOf(full, (*viewv1.EnterpriseEntry).GetRecordId); got != strings.Join(ofHuimin, " ") || int(e.GetCounts().GetPenalties()) != len(ofHuimin) {
				t.Errorf("seed %d on %s: the record holds %s and counts %d, want %s", seed, on, got, e.GetCounts().GetPenalties(), ofHuimin)
			}
			sum, err := statistics.List(t.Context(), counted, statistics.Filter{Measure: statistics.PenaltiesByKind, Day: on})
			if n := total(sum); err != nil || n != len(ids) {
				t.Errorf("seed %d on %s: %d are counted, want %d: %v", seed, on, n, len(ids), err)
			}
		}
	}
}

func idsOf[V any](list []V, id func(V) string) string {
	var out []string
	for _, v := range list {
		out = append(out, id(v))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func total(list []*viewv1.Statistic) int {
	n := 0
	for _, s := range list {
		n += int(s.GetCount()) //nolint:gosec // a few
	}
	return n
}

// TestTheVersionChangesWithTheDayOnceATermIsOver: bytes that were rendered yesterday may show what is public no more.
func TestTheVersionChangesWithTheDayOnceATermIsOver(t *testing.T) {
	l := newLog(t)
	p := l.Published(doc("a", bureau, "2026-03-16", huimin), 1)
	p.Terms = []rule.Term{{Outlet: rule.Portal, From: day, Until: day.AddDays(10), Rule: "p", Version: "1"}}
	l.Disclosure("penalty.a", p)
	l.Disclosure("penalty.b", l.Published(doc("b", bureau, "2026-03-16", huimin, anda), 1))
	r := l.live()
	version := func(id string, on calendar.Date) string {
		t.Helper()
		v, found, err := enterprise.Version(t.Context(), r, id, on)
		if err != nil || !found {
			t.Fatal(found, err)
		}
		return v
	}
	last, next := day.AddDays(10), day.AddDays(11)
	if version(huimin, day) != version(huimin, last) || version(huimin, last) == version(huimin, next) {
		t.Error("the version changes with the end of a term, and not before")
	}
	if version(anda, day) != version(anda, next) {
		t.Error("without a term the day changes nothing")
	}
	hits, _, err := enterprise.Search(t.Context(), r, huimin, next, 10, "")
	if err != nil || len(hits) != 1 || hits[0].GetCounts().GetPenalties() != 1 {
		t.Errorf("hits %v, %v", hits, err)
	}
}
