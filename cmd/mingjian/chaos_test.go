package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/bus/natstest"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// chaosVariable is how long the long form runs.
const chaosVariable = "MINGJIAN_TEST_CHAOS"

// TestServersUnderChaos has three servers on one PostgreSQL and one NATS live through the scripted year, and tasks opened beside
// it, while the database, the bus and each server are killed, stopped or stand still, in turn, and come back. Each request
// goes to any of the servers and is sent again with its key until one answers it. In the end what was acknowledged is in the log,
// once; the views are what a rebuild makes of it; the public numbers are those counted from the events; the bus has every
// message in order; and all servers are ready. The short form has every kind of fault once, and one task of the year.
func TestServersUnderChaos(t *testing.T) {
	t.Parallel()
	c := newChaos(t)
	for _, name := range c.names {
		if err := c.start(name); err != nil {
			t.Fatal(err)
		}
	}
	c.hire(c.address("a"))
	c.public.client.http = &http.Client{Transport: c.caller}
	c.step("authorities and rosters", c.fillRosters)
	c.step("item list and plan", c.publishPlan)
	c.underFaults(func() {
		c.step("licences", c.grantLicences)
		for n, task := range yearTasks() {
			if n == 0 || !c.over() {
				c.step(task.id+" "+task.title, func() { c.carryOut(task) })
				c.tasks++
			}
		}
		if c.whole = !c.over(); c.whole {
			c.step("the last re-checks", c.closeYear)
			c.step("what the year led to, until June", c.liveOn)
		}
	})
	c.prove()
}

// chaos is the year on servers that come and go.
type chaos struct {
	*year
	test     *testing.T // of the whole, for who works beside the steps of the year
	database *postgrestest.Cluster
	nats     *natstest.Process
	folder   string
	names    []string
	caller   *caller
	log      eventLog      // of the database, read
	limit    time.Duration // of the faults; 0 for one round
	ended    chan struct{} // closed after the last fault
	tasks    int           // of the year that were carried out
	whole    bool          // the year came to its end

	mu      sync.Mutex
	servers map[string]*server
	told    map[string]string // logs of servers that ended
	faults  map[string]int
	plans   []*further
}

func newChaos(t *testing.T) *chaos {
	t.Helper()
	seed := uint64(crashSeed)
	if given := os.Getenv("MINGJIAN_TEST_SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("MINGJIAN_TEST_SEED=%d", seed)
	c := &chaos{
		year: newYear(t), test: t, database: postgrestest.NewCluster(t), nats: natstest.Spawn(t), folder: t.TempDir(), names: []string{"a", "b", "c"},
		ended: make(chan struct{}), servers: map[string]*server{}, told: map[string]string{}, faults: map[string]int{},
	}
	if given := os.Getenv(chaosVariable); given != "" {
		var err error
		if c.limit, err = time.ParseDuration(given); err != nil {
			t.Fatal(err)
		}
	}
	c.caller = newCaller(seed, c.addresses)
	c.config = onDatabase(config{Data: c.data}, c.database.NewDatabase(t))
	c.clock.shown = clockFile(c.folder + "/clock")
	c.clock.turn(t, "2022-12-28", 10)
	c.settling, c.jobs = c.settleAll, c.jobsSomewhere
	store, err := c.config.openIdentity(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.in = &instance{identity: store}
	if c.log, err = c.config.openEvents(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, name := range c.names {
			_ = c.end(name, syscall.SIGKILL) // it may be gone
		}
		c.failed()
		_ = errors.Join(store.Close(), c.log.Close()) // they were read
	})
	return c
}

// start starts a server, or starts it again.
func (c *chaos) start(name string) error {
	env := append(os.Environ(), clockVariable+"="+string(c.clock.shown), jobsVariable+"="+socketOf(c.folder, name))
	args := append([]string{"--replica", name, "--patience", "1m", "--drain", "1m", "--bus", c.nats.URL()}, storeArgs(c.config)...)
	s, err := launch(inTheYear, c.folder, env, args...)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.servers[name] = s
	return nil
}

// end ends a server by a signal and takes it from those that are called.
func (c *chaos) end(name string, signal syscall.Signal) error {
	c.mu.Lock()
	s := c.servers[name]
	if signal == syscall.SIGKILL {
		delete(c.servers, name) // after the kill it would be the same: callers are in the midst of something
	}
	c.mu.Unlock()
	if s == nil {
		return nil
	}
	log, err := s.stop(signal)
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.servers, name)
	c.told[name] += log
	if signal == syscall.SIGKILL {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s ended with %w", name, err)
	}
	return nil
}

// addresses are those of the servers that were started.
func (c *chaos) addresses() map[string]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := map[string]string{}
	for name, s := range c.servers {
		out[name] = s.url
	}
	return out
}

func (c *chaos) address(name string) string { return c.addresses()[name] }

// over tells whether the last fault is over.
func (c *chaos) over() bool {
	select {
	case <-c.ended:
		return true
	default:
		return false
	}
}

// settleAll waits until views and policies hold all that was done, whatever is done beside it meanwhile: what policies add is
// taken in by the rounds after the first, and no policy's act has a third one follow.
func (c *chaos) settleAll(ctx context.Context) error {
	last := es.Position{}
	for range 4 {
		head, err := c.logEnd(ctx)
		if err != nil || head == last {
			return err
		}
		for !c.reached(ctx, head) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			pause(ctx, 20*time.Millisecond)
		}
		last = head
	}
	return nil
}

// logEnd asks for the end of the log until the database answers.
func (c *chaos) logEnd(ctx context.Context) (es.Position, error) {
	for {
		head, err := c.log.Head(ctx)
		if err == nil || ctx.Err() != nil {
			return head, err
		}
		pause(ctx, 50*time.Millisecond)
	}
}

// reached tells whether one of the servers knows everything to hold the log up to a position.
func (c *chaos) reached(ctx context.Context, p es.Position) bool {
	_, base := c.caller.any()
	told, _, err := readiness(ctx, base)
	if err != nil || len(told.Projections) == 0 {
		return false
	}
	for _, one := range told.Projections {
		if at, err := es.ParsePosition(one.Position); err != nil || at.Compare(p) < 0 {
			return false
		}
	}
	return true
}

// jobsSomewhere has a server do the jobs of the day, and another if that one does not come to the end.
func (c *chaos) jobsSomewhere(ctx context.Context) error {
	for ctx.Err() == nil {
		if name, _ := c.caller.any(); name != "" && c.jobsAt(ctx, name) == nil {
			return nil
		}
		pause(ctx, 50*time.Millisecond)
	}
	return ctx.Err()
}

func (c *chaos) jobsAt(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://jobs/", nil)
	if err != nil {
		return err
	}
	resp, err := jobsClient(socketOf(c.folder, name)).Do(req)
	if err != nil {
		return err
	}
	if err = resp.Body.Close(); err == nil && resp.StatusCode != http.StatusOK {
		err = errors.New(resp.Status)
	}
	return err
}

// failed prints what servers logged of note, if the test failed.
func (c *chaos) failed() {
	if !c.test.Failed() {
		return
	}
	for name, log := range c.told {
		lines := slices.DeleteFunc(strings.Split(log, "\n"), func(l string) bool { return strings.Contains(l, "level=INFO") })
		c.test.Logf("%s, the last of %d lines:\n%s", name, len(lines), strings.Join(lines[max(0, len(lines)-150):], "\n"))
	}
}
