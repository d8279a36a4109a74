package grpcapi_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"google.golang.org/grpc"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	"github.com/mingjian-ledger/mingjian/projections/release"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// press publishes penalties and keeps the feed.
type press struct {
	*testing.T
	store  *estest.Store
	views  *projectionstest.Memory
	target projections.Target
	at     es.Position
	server grpcapi.FeedServer
	n      int
}

// pressed is when it is read.
func pressed() time.Time { return time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC) }

func newPress(t *testing.T) *press {
	t.Helper()
	p := &press{T: t, store: estest.NewStore(t), views: projectionstest.NewMemory(t)}
	var err error
	if p.target, err = p.views.Attach(t.Context(), release.Projection()); err != nil {
		t.Fatal(err)
	}
	p.server = grpcapi.FeedServer{
		Base: grpcapi.Base{Store: p.store, Views: p.views, Clock: pressed}, Waiting: p.room(p.views, p.views, grpcapi.WaitingOptions{Seats: 100}),
	}
	return p
}

// room is a place to wait, closed with the test.
func (p *press) room(r projections.Reader, w projections.Watcher, o grpcapi.WaitingOptions) *grpcapi.Waiting {
	p.Helper()
	room, stop := grpcapi.NewWaiting(r, w, o)
	p.Cleanup(stop)
	return room
}

// publish makes n releases that the view shows together.
func (p *press) publish(n int) {
	p.Helper()
	for range n {
		p.n++
		id := fmt.Sprintf("r%03d", p.n)
		p.append(id, es.NoStream{}, published(p, id))
	}
	p.show()
}

func published(t testing.TB, id string) disclosure.Published {
	t.Helper()
	raw, digest, err := disclosure.Canonical(disclosure.Document{
		Schema: disclosure.Schema, Kind: disclosure.Licence, RecordID: id, Title: id, Date: calendar.MustParse("2026-03-16"),
		Authority: disclosure.Authority{ID: "XZ", Name: "市场监管局"}, Subjects: []disclosure.Subject{{Name: "甲店"}},
		Licence: &disclosure.LicenceBody{Action: "granted"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return disclosure.Published{Document: disclosure.Raw(raw), Digest: digest, Number: 1}
}

func (p *press) append(id string, expected es.Expected, event disclosure.Event) {
	p.Helper()
	proposed, err := es.Propose(es.Metadata{Command: es.DeriveID("", id+event.EventType())}, event)
	if err != nil {
		p.Fatal(err)
	}
	if _, err := p.store.Append(p.Context(), es.Stream{Category: disclosure.Decider.Category, ID: "licence." + id}, expected, proposed...); err != nil {
		p.Fatal(err)
	}
}

// show brings the view up to the log.
func (p *press) show() {
	p.Helper()
	records := p.store.All()
	through := records[len(records)-1].Position
	if err := projections.Apply(p.Context(), release.Projection(), p.target, p.at, es.Batch{Records: records, Through: through}); err != nil {
		p.Fatal(err)
	}
	p.at = through
}

// follower is the stream of one reader. It passes on what is sent.
type follower struct {
	grpc.ServerStream
	ctx  context.Context //nolint:containedctx // a gRPC stream carries its context
	sent chan uint64
	kept *[]*viewv1.Release // what was sent, if it is wanted; to be read when the follower has left
}

func (f follower) Context() context.Context { return f.ctx }

func (f follower) Send(r *mingjianv1.FollowReleasesResponse) error {
	if f.kept != nil {
		*f.kept = append(*f.kept, r.GetRelease())
	}
	select {
	case f.sent <- r.GetRelease().GetSequence():
		return nil
	case <-f.ctx.Done():
		return f.ctx.Err()
	}
}

// TestFollowersHearOfWhatIsReleasedElsewhere: the process that they asked projects nothing and is only told.
func TestFollowersHearOfWhatIsReleasedElsewhere(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	there, here := p.views.Process(), p.views.Process()
	var err error
	if p.target, err = there.Hold(t.Context(), release.Projection(), 1); err != nil {
		t.Fatal(err)
	}
	if _, err := here.Join(t.Context(), release.Projection()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	listened := make(chan struct{})
	go func() {
		defer close(listened)
		for _, err := range here.Elsewhere(ctx) { // until ctx ends
			if err != nil && ctx.Err() == nil {
				t.Errorf("elsewhere: %v", err)
			}
		}
	}()
	p.server = grpcapi.FeedServer{
		Base:    grpcapi.Base{Store: p.store, Views: here, Clock: pressed},
		Waiting: p.room(here, here, grpcapi.WaitingOptions{Seats: 1, Poll: time.Hour}),
	}
	sent, ended := p.follow(ctx, 0)
	for n := uint64(1); n <= 20; n++ {
		p.publish(1)
		p.expect(sent, ended, n, n)
	}
	cancel()
	<-listened
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func (p *press) follow(ctx context.Context, after uint64) (<-chan uint64, <-chan error) {
	f, ended := follower{ctx: ctx, sent: make(chan uint64)}, make(chan error, 1)
	go func() {
		ended <- p.server.FollowReleases(&mingjianv1.FollowReleasesRequest{After: after}, f)
	}()
	return f.sent, ended
}

func (p *press) expect(sent <-chan uint64, ended <-chan error, from, to uint64) {
	p.Helper()
	for want := from; want <= to; want++ {
		select {
		case got := <-sent:
			if got != want {
				p.Fatalf("number %d came in the place of %d", got, want)
			}
		case err := <-ended:
			p.Fatalf("ended before %d: %v", want, err)
		case <-time.After(time.Minute):
			p.Fatalf("%d never came", want)
		}
	}
}

func TestFollowingSendsWhatThereIsAndWhatComes(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	p.publish(250)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	sent, ended := p.follow(ctx, 3)
	p.expect(sent, ended, 4, 250)
	for range 5 {
		p.publish(30)
		p.expect(sent, ended, uint64(p.n-29), uint64(p.n))
	}
	leave()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("left with %v", err)
	}
}

func TestFollowersLeaveWhenTheServerGoesDown(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	closing := make(chan struct{})
	p.server.Closing = closing
	p.publish(1)
	sent, ended := p.follow(t.Context(), 0)
	p.expect(sent, ended, 1, 1)
	close(closing)
	if err := <-ended; domain.KindOf(err) != domain.Unavailable {
		t.Errorf("left with %v", err)
	}
}

func TestListingTheFeed(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	list := func(after uint64, limit int32) *mingjianv1.ListReleasesResponse {
		t.Helper()
		got, err := p.server.ListReleases(t.Context(), &mingjianv1.ListReleasesRequest{After: after, Limit: limit})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := list(0, 10); len(got.GetReleases()) != 0 || got.GetNext() != 0 || got.GetHead() != 0 {
		t.Errorf("an empty feed: %v", got)
	}
	p.publish(130)
	for _, c := range []struct {
		after       uint64
		limit       int32
		count, next int
	}{{0, 0, 100, 100}, {100, 0, 30, 130}, {0, 7, 7, 7}, {129, 1000, 1, 130}, {130, 5, 0, 130}} {
		got := list(c.after, c.limit)
		if len(got.GetReleases()) != c.count || got.GetNext() != uint64(c.next) || got.GetHead() != 130 {
			t.Errorf("after %d, %d: %d releases, next %d, head %d", c.after, c.limit, len(got.GetReleases()), got.GetNext(), got.GetHead())
		}
	}
}

func TestAReaderAheadOfTheFeedIsToldSo(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	p.publish(2)
	_, err := p.server.ListReleases(t.Context(), &mingjianv1.ListReleasesRequest{After: 3})
	if f := (*domain.Fault)(nil); !errors.As(err, &f) || f.Code != "feed.after.ahead" || f.Kind != domain.Unavailable {
		t.Errorf("list: %v", err)
	}
	_, ended := p.follow(t.Context(), 3)
	if err := <-ended; domain.KindOf(err) != domain.Unavailable {
		t.Errorf("follow: %v", err)
	}
}

// TestBothFeedsWithholdWhatIsPublicNoMore: pages and the stream tell the same, also of what was taken away while it followed.
func TestBothFeedsWithholdWhatIsPublicNoMore(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	p.publish(3)
	digest := ""
	for _, step := range []struct {
		releases int
		withheld []uint64
	}{{3, nil}, {4, []uint64{2}}} {
		if step.withheld != nil {
			p.append("r002", es.Exactly(0), disclosure.Withdrawn{Ground: disclosure.GroundIllegal, Reason: "确认违法", Digest: digest, Number: 2})
			p.show()
		}
		page, err := p.server.ListReleases(t.Context(), &mingjianv1.ListReleasesRequest{})
		if err != nil || len(page.GetReleases()) != step.releases {
			t.Fatalf("%d releases: %v", len(page.GetReleases()), err)
		}
		digest = page.GetReleases()[1].GetDigest()
		ctx, leave := context.WithCancel(t.Context())
		var kept []*viewv1.Release
		f, ended := follower{ctx: ctx, sent: make(chan uint64), kept: &kept}, make(chan error, 1)
		go func() { ended <- p.server.FollowReleases(&mingjianv1.FollowReleasesRequest{}, f) }()
		p.expect(f.sent, ended, 1, uint64(step.releases))
		leave()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("the stream ended: %v", err)
		}
		for name, list := range map[string][]*viewv1.Release{"page": page.GetReleases(), "stream": kept} {
			for _, r := range list {
				out := slices.Contains(step.withheld, r.GetSequence())
				if isPublication := r.GetKind() == viewv1.ReleaseKind_RELEASE_KIND_PUBLISHED; r.GetWithheld() != out || (r.GetDocument() != "") != (isPublication && !out) {
					t.Errorf("%s: %d withheld %t with %q", name, r.GetSequence(), r.GetWithheld(), r.GetDocument())
				}
				if r.GetDigest() == "" {
					t.Errorf("%s: %d has no digest", name, r.GetSequence())
				}
			}
		}
	}
}
