package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// TestScriptedYear takes two fictional authorities through the year 2023, and through what it led to until June 2024, over a real
// register of 2,207 firms: the binary's own wiring and doors, a data directory, and a clock of the test's. People act over REST, each with a token; what they did is kept
// in maps, and in the end everything public is counted again from these and from the stored events, by code that shares
// nothing with the views.
func TestScriptedYear(t *testing.T) {
	t.Parallel()
	y := newYear(t)
	y.serve(func() {
		y.step("authorities and rosters", y.fillRosters)
		y.step("item list and plan", y.publishPlan)
		y.step("licences", y.grantLicences)
		for _, task := range yearTasks() {
			y.step(task.id+" "+task.title, func() { y.carryOut(task) })
		}
		y.step("the last re-checks", y.closeYear)
		y.step("what the year led to, until June", y.liveOn)
		y.step("bundles verify", y.verifyBundles)
		y.step("pools, selections and teams, counted again", y.recountDraws)
		y.step("public records of the drawn firms", y.lookUpFirms)
		y.step("public lists", y.readLists)
		y.step("punctuality, counted again from the rows and the events", y.recountPunctuality)
		y.step("feed", y.readFeed)
		y.step("coverage and hits, counted again from the bundles", y.recountFairness)
		y.step("public statistics", y.takeStatistics)
	})
	y.step("statistics and feed, counted again from the events", y.recountStatistics)
	y.step("every event and every view", y.verifyLedger)
}

// year is the year under way and the test's own log of it.
type year struct {
	*testing.T
	clock  yearClock
	data   string // directory
	config config // of its instance
	in     *instance
	// settling waits until the views and the policies have taken in all that was done; jobs does what the date demands.
	settling func(context.Context) error
	jobs     func(context.Context) error
	staff
	notary    *person
	head      *person // of the bureau, who decides
	publisher *person

	firms      map[string]*yearFirm
	officers   map[string]*yearInspector
	draws      []*yearDraw
	work       workdays
	diary      diary
	desk       desk
	penalties  map[string]*yearPenalty // by the ledger's id
	cases      int
	petitions  int
	lateFines  int                     // that parties paid
	listings   map[string]*yearListing // by firm
	licences   map[string]*yearLicence // by firm
	seized     int                     // licences that were taken away
	results    map[string]*yearResult  // by the inspection's id
	statistics map[publicFigure]int    // as the public saw them in the end
	released   uint64                  // releases in the feed
}

func newYear(t *testing.T) *year {
	t.Helper()
	y := &year{
		T: t, data: filepath.Join(t.TempDir(), "d"), firms: readFirms(t), officers: map[string]*yearInspector{}, results: map[string]*yearResult{},
		work: readWorkdays(t), diary: diary{days: map[string][]appointment{}}, desk: desk{shown: map[string]*yearShown{}},
		penalties: map[string]*yearPenalty{}, listings: map[string]*yearListing{}, licences: map[string]*yearLicence{},
	}
	y.config = onTier(t, config{Data: y.data, HTTP: "127.0.0.1:0", Patience: time.Minute, Drain: time.Minute})
	y.clock.turn(t, "2022-12-28", 9)
	return y
}

// serve opens the doors over the directory for the time of the work.
func (y *year) serve(work func()) {
	y.Helper()
	c := y.config
	c.clock = y.clock.now
	err := serve(y.Context(), c, slog.New(slog.DiscardHandler), func(ctx context.Context, in *instance, d *doors) error {
		y.in, y.settling, y.jobs = in, in.group.Settle, y.doJobs
		y.hire(d.url())
		work()
		return nil
	})
	if err != nil {
		y.Fatal(err)
	}
}

// step is a part of the year. A year with a part that failed is over.
func (y *year) step(name string, do func()) {
	whole := y.T
	defer func() { y.T = whole }()
	began := es.Position{}
	ok := whole.Run(name, func(t *testing.T) {
		y.T = t
		began = y.through()
		do()
	})
	if !ok {
		whole.FailNow()
	}
	whole.Logf("%s %s: through %s to %s", y.clock.today(), name, began, y.through())
}

// settle waits until the views and the policies have taken in all that was done.
func (y *year) settle() {
	y.Helper()
	if err := y.settling(y.Context()); err != nil {
		y.Fatal(err)
	}
}

// events reads the whole log.
func (y *year) events(each func(es.Record)) {
	y.Helper()
	store, err := y.config.openEvents(y.Context(), true)
	if err != nil {
		y.Fatal(err)
	}
	defer func() { _ = store.Close() }() // it was read
	for batch, err := range store.Follow(y.Context(), es.Position{}) {
		if err != nil {
			y.Fatal(err)
		}
		for _, rec := range batch.Records {
			each(rec)
		}
		if batch.CaughtUp {
			return
		}
	}
}

// yearClock shows what the test set, and never goes back.
type yearClock struct {
	at    atomic.Int64
	shown clockFile // to other processes; to none if empty
}

func (c *yearClock) now() time.Time { return time.Unix(c.at.Load(), 0).UTC() }

func (c *yearClock) today() calendar.Date { return calendar.DateOf(c.now()) }

// turn sets the clock to an hour of a day in Asia/Shanghai.
func (c *yearClock) turn(t *testing.T, day string, hour int) {
	t.Helper()
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	then := at.Add(time.Duration(hour-8) * time.Hour).Unix()
	if then < c.at.Load() {
		t.Fatalf("the clock would go back to %s %d:00", day, hour)
	}
	c.at.Store(then)
	if c.shown != "" {
		c.shown.set(t, then)
	}
}
