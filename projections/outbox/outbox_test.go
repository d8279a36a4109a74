package outbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	"github.com/mingjian-ledger/mingjian/projections/release"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

var errAway = errors.New("away")

// bus keeps what it takes, and fails as often as it is told.
type bus struct {
	took  []outbox.Message
	given []string
	fails int
}

func (b *bus) Publish(_ context.Context, messages ...outbox.Message) error {
	for _, m := range messages {
		b.given = append(b.given, m.ID)
	}
	if b.fails > 0 {
		b.fails--
		return errAway
	}
	b.took = append(b.took, messages...)
	return nil
}

func second(context.Context) (string, error) { return "2-5f0c2a9e", nil }

// feed is the public feed over a view of all releases.
type feed struct{ release.Past }

func (f feed) Released(ctx context.Context, at es.Position) (*viewv1.Release, error) {
	item, err := f.Item(ctx, at)
	if item == nil && err == nil {
		err = errAway
	}
	return item, err
}

// acts is a log with every act of disclosure.
func acts(t *testing.T) *projectionstest.Releases {
	l := projectionstest.NewReleases(t)
	a := projectionstest.Penalty("a", projectionstest.Bureau, "2026-03-16", projectionstest.Huimin)
	b := projectionstest.Penalty("b.1", projectionstest.Bureau, "2026-03-16", projectionstest.Huimin)
	raw, digest := l.Raw(a)
	stone := disclosure.Stone{Tombstone: disclosure.Raw(`{"act":"x"}`), TombstoneDigest: "5f"}
	l.Disclosure("penalty.a", disclosure.Submitted{Document: raw, Digest: digest}, l.Published(a, 1))
	l.Disclosure("penalty.a", l.Corrected(a, 2))
	l.Disclosure("penalty.a", disclosure.Masked{Outlets: []rule.Outlet{rule.Portal}, Reason: "重整期间", Number: 3, On: projectionstest.Day(), Stone: stone})
	l.Disclosure("penalty.b.1", l.Adopted(b))
	l.Disclosure("penalty.a", disclosure.Unmasked{Outlets: []rule.Outlet{rule.Portal}, Reason: "重整终止", Document: raw, Digest: digest, Number: 4, On: projectionstest.Day()})
	l.Disclosure("penalty.a", disclosure.Ended{Outlets: []rule.Outlet{rule.Portal}, Cause: disclosure.Repaired, Number: 5, On: projectionstest.Day(), Stone: stone})
	l.Disclosure("penalty.b.1", projectionstest.Withdrawn(2))
	return l
}

func TestAReleaseMessageIsTheFeedsItem(t *testing.T) {
	t.Parallel()
	l := acts(t)
	records := l.Store.All()
	typed, made := map[string]bool{}, map[string]int{}
	// At every moment the outbox may be: what was released since then changes what may be shown.
	for known := 2; known <= len(records); known++ {
		view := release.Past{Reader: projectionstest.Live(t, release.Projection(), records[:known]), Today: projectionstest.Day()}
		list, _, err := view.Feed(t.Context(), 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		b := &bus{}
		o := outbox.Outbox{Bus: b, Releases: feed{view}, Streams: l.Store, Epoch: second}
		for _, rec := range records[:known] {
			if err := o.Reactor().React(t.Context(), rec); err != nil {
				t.Fatal(err)
			}
		}
		for _, m := range b.took {
			made[m.ID+" "+m.Again]++
		}
		took := once(t, l, b.took, list)
		if len(took) != len(list) {
			t.Fatalf("%d messages of %d releases", len(took), len(list))
		}
		for i, m := range took {
			got := &viewv1.Release{}
			if err := protojson.Unmarshal(m.Data, got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(list[i], got, protocmp.Transform()); diff != "" {
				t.Error(diff)
			}
			id := map[string]string{"penalty.a": "a", "penalty.b.1": "b=2E1"}[m.About]
			if m.Subject != "mingjian.v1.public.release.penalty."+projectionstest.Bureau+"."+id || m.Key != "disclosure-"+m.About {
				t.Errorf("%s of %s goes to %s, keyed %s", m.Type, m.About, m.Subject, m.Key)
			}
			if m.Epoch != "2-5f0c2a9e" {
				t.Errorf("%s of %s is of epoch %q", m.Type, m.About, m.Epoch)
			}
			typed[m.Type] = true
			if outbox.Types()[m.Type] != m.Schema {
				t.Errorf("%s is not known by %s", m.Type, m.Schema)
			}
		}
	}
	if len(typed) != 7 {
		t.Errorf("of seven kinds of act came %v", typed)
	}
	// Whatever came meanwhile: an event that is there k times makes the same messages k times.
	for id, times := range made {
		own := id
		if _, because, _ := strings.Cut(id, " "); because != "" {
			own = because + " "
		}
		if times != made[own] {
			t.Errorf("%s was made %d times, that of its event %d times", id, times, made[own])
		}
	}
}

// then is the feed when it had so many releases.
func then(t *testing.T, l *projectionstest.Releases, n int) []*viewv1.Release {
	t.Helper()
	for known := 2; known <= len(l.Store.All()); known++ {
		view := release.Past{Reader: projectionstest.Live(t, release.Projection(), l.Store.All()[:known]), Today: projectionstest.Day()}
		if list, _, err := view.Feed(t.Context(), 0, 100); err != nil || len(list) == n {
			return list
		}
	}
	return nil
}

// once are the messages that come for the first time. Before that of a release after which nothing of its disclosure is shown come those of
// all that it had, in their order and as the feed shows them, and what was on the bus before goes with the first.
func once(t *testing.T, l *projectionstest.Releases, took []outbox.Message, list []*viewv1.Release) (first []outbox.Message) {
	t.Helper()
	var again []outbox.Message
	for _, m := range took {
		if again = append(again, m); m.Again != "" {
			continue
		}
		first = append(first, m)
		var want, got []string
		shown := false
		for _, r := range then(t, l, len(first)) {
			if r.GetDisclosureId() == m.About {
				shown = shown || r.GetDocument() != ""
				want = append(want, first[r.GetSequence()-1].ID)
			}
		}
		if shown {
			want = want[len(want)-1:]
		}
		for i, a := range again {
			if got = append(got, a.ID); a.Sole != (i == 0 && !shown) || a.Again != "" && a.Again != m.ID || a.Subject != m.Subject {
				t.Errorf("release %d of %d: %s is sole %t and comes again because of %s", len(first), len(list), a.ID, a.Sole, a.Again)
			}
			if known := first[slices.IndexFunc(first, func(f outbox.Message) bool { return f.ID == a.ID })]; !bytes.Equal(known.Data, a.Data) {
				t.Errorf("%s comes again as %s", known.Data, a.Data)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("release %d of %d comes with %q, want %q", len(first), len(list), got, want)
		}
		again = nil
	}
	return first
}

func TestAnEventMakesTheSameMessagesAgain(t *testing.T) {
	t.Parallel()
	l := acts(t)
	view := release.Past{Reader: projectionstest.Live(t, release.Projection(), l.Store.All()), Today: projectionstest.Day()}
	b := &bus{}
	o := outbox.Outbox{Bus: b, Releases: feed{view}, Streams: l.Store, Epoch: second}
	for range 2 {
		for _, rec := range l.Store.All() {
			if err := o.Reactor().React(t.Context(), rec); err != nil {
				t.Fatal(err)
			}
		}
	}
	half := len(b.took) / 2
	if diff := cmp.Diff(b.took[:half], b.took[half:]); diff != "" {
		t.Error(diff)
	}
	ids := map[string]bool{}
	for _, m := range b.took[:half] {
		if !json.Valid(m.Data) {
			t.Errorf("%s", m.Data)
		}
		ids[m.ID+m.Again] = true
	}
	if len(ids) != half {
		t.Errorf("%d ids of %d messages", len(ids), half)
	}
}

// TestWhatFailedComesAgain: a bus that is away, and a feed that is behind, hold the outbox at its place, whatever long.
func TestWhatFailedComesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := acts(t)
		records := l.Store.All()
		late := &lateFeed{Releases: feed{release.Past{Reader: projectionstest.Live(t, release.Projection(), records), Today: projectionstest.Day()}}, fails: 3}
		b := &bus{fails: 300}
		o := outbox.Outbox{Bus: b, Releases: late, Streams: l.Store, Epoch: second}
		views := projectionstest.NewMemory(t)
		target, err := views.Attach(t.Context(), o.Reactor().Keeps())
		if err != nil {
			t.Fatal(err)
		}
		r := projections.NewReactorRunner(o.Reactor(), l.Store, target, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- r.Run(ctx) }()
		if err := r.Wait(t.Context(), records[len(records)-1].Position); err != nil {
			t.Fatal(err)
		}
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		first := slices.DeleteFunc(slices.Clone(b.took), func(m outbox.Message) bool { return m.Again != "" })
		if len(first) != 7 || len(b.given) != 300+len(b.took) {
			t.Errorf("%d messages were taken, %d for the first time, and %d given", len(b.took), len(first), len(b.given))
		}
		for i := range 300 {
			if b.given[i] != b.took[0].ID {
				t.Errorf("try %d is of %s: the outbox went on past %s", i, b.given[i], b.took[0].ID)
			}
		}
	})
}

type lateFeed struct {
	outbox.Releases
	fails int
}

func (f *lateFeed) Released(ctx context.Context, at es.Position) (*viewv1.Release, error) {
	if f.fails > 0 {
		f.fails--
		return nil, errAway
	}
	return f.Releases.Released(ctx, at)
}

// broken are streams that can't be read.
type broken struct{}

func (broken) Read(context.Context, es.Stream, es.Revision) iter.Seq2[es.Record, error] {
	return func(yield func(es.Record, error) bool) { yield(es.Record{}, errAway) }
}

func TestFaultsPassOrStop(t *testing.T) {
	t.Parallel()
	item := &viewv1.Release{Kind: viewv1.ReleaseKind_RELEASE_KIND_PUBLISHED, DisclosureId: "penalty.a", Position: "7"}
	other := &viewv1.Release{Kind: viewv1.ReleaseKind_RELEASE_KIND_PUBLISHED, DisclosureId: "penalty.b", Position: "7"}
	unknown := &viewv1.Release{DisclosureId: "penalty.a", Position: "7"}
	rec := func(category, typ, data string) es.Record {
		r := golden(t, category, typ, 0)
		r.Stream.ID, r.Position = "penalty.a", es.At(7, 0)
		if data != "" {
			r.Data = []byte(data)
		}
		return r
	}
	for name, c := range map[string]struct {
		rec   es.Record
		item  *viewv1.Release
		err   error
		final bool
	}{
		"the feed can't be read":         {rec: rec("disclosure", "mingjian.disclosure.published.v1", ""), err: errAway},
		"the feed has another's release": {rec: rec("disclosure", "mingjian.disclosure.published.v1", ""), item: other, final: true},
		"an act of no known kind":        {rec: rec("disclosure", "mingjian.disclosure.published.v1", ""), item: unknown, final: true},
		"the stream can't be read":       {rec: rec("inspection", "mingjian.inspection.recorded.v1", ""), err: errAway},
		"bytes that don't decode":        {rec: rec("inspection", "mingjian.inspection.recorded.v1", `{"department":7}`), final: true},
		"a plan that nobody drafted":     {rec: rec("plan", "mingjian.plan.task_opened.v1", ""), final: true},
		"a release":                      {rec: rec("disclosure", "mingjian.disclosure.published.v1", ""), item: item},
		"nobody's business":              {rec: rec("inspection", "mingjian.inspection.confirmed.v1", "")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := outbox.Outbox{Bus: &bus{}, Releases: fixed{c.item, c.err}, Streams: alone{c.rec}, Epoch: second}
			if c.err != nil {
				o.Streams = broken{}
			}
			views := projectionstest.NewMemory(t)
			target, err := views.Attach(t.Context(), o.Reactor().Keeps())
			if err != nil {
				t.Fatal(err)
			}
			err = o.Reactor().React(t.Context(), c.rec)
			if c.err != nil && !errors.Is(err, c.err) || (err != nil) != (c.err != nil || c.final) {
				t.Fatalf("err = %v", err)
			}
			if !c.final {
				return
			}
			r := projections.NewReactorRunner(o.Reactor(), projectionstest.NewLog(1, c.rec), target, slog.New(slog.DiscardHandler))
			if err := r.Run(t.Context()); err == nil {
				t.Error("the outbox goes on")
			}
		})
	}
}

// TestNothingIsPublishedOfAnEpochThatIsNotKnown, and nothing is passed over.
func TestNothingIsPublishedOfAnEpochThatIsNotKnown(t *testing.T) {
	t.Parallel()
	l := acts(t)
	view := release.Past{Reader: projectionstest.Live(t, release.Projection(), l.Store.All()), Today: projectionstest.Day()}
	b := &bus{}
	o := outbox.Outbox{Bus: b, Releases: feed{view}, Streams: l.Store, Epoch: func(context.Context) (string, error) { return "", errAway }}
	told := false
	for _, rec := range l.Store.All() {
		err := o.Reactor().React(t.Context(), rec)
		if outbox.Concerns(rec.Type) != (err != nil) || err != nil && !errors.Is(err, errAway) {
			t.Errorf("%s: %v", rec.Type, err)
		}
		told = told || err != nil
	}
	if !told || len(b.given) > 0 {
		t.Errorf("given %v", b.given)
	}
}

type fixed struct {
	item *viewv1.Release
	err  error
}

func (f fixed) Released(context.Context, es.Position) (*viewv1.Release, error) {
	return f.item, f.err
}

// alone is a stream of one record.
type alone struct{ rec es.Record }

func (a alone) Read(context.Context, es.Stream, es.Revision) iter.Seq2[es.Record, error] {
	return func(yield func(es.Record, error) bool) { yield(a.rec, nil) }
}
