package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/bus/natstest"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// killsVariable is how often the long form kills the producer.
const killsVariable = "MINGJIAN_TEST_KILLS"

const (
	killsShort = 3
	writers    = 3 // who make releases at the same time
)

// TestChannelsUnderChaos has a server killed again and again, wherever it is, while people make releases and consumers behind a bad
// network receive them by every channel: pulled, streamed, by webhook, from the broker, and as rows in files. Each keeps how far it came
// and makes the running digest of what it got. In the end each digest is the producer's, at the same number; every subject's acts
// came in order; and every row was sent, and every verdict booked, once. Each request goes through the same network and is sent again with its
// key until it is answered.
func TestChannelsUnderChaos(t *testing.T) {
	if os.Getenv("MINGJIAN_TEST_TIER") != "" {
		t.Skip("the ledger of this test is a data directory")
	}
	t.Parallel()
	c := newChannels(t)
	c.found()
	c.underKills()
	c.finish()
	c.prove()
}

// channels is the producer, its consumers and the network between.
type channels struct {
	*testing.T
	dir, data string
	address   string // of the producer, for who is beside it
	kills     int
	args      []string
	network   *network
	nats      *natstest.Process
	pulse     *pulse
	server    *server
	told      []string // what the servers logged
	people    map[string]*person
	tokens    map[string]string // accounts by their tokens
	caller    *caller
	client    *http.Client // of consumers
	feed      string       // where consumers ask

	pulled, streamed, pushed, brokered *receiver

	hook     *hookReceiver
	followed []*following
	platform *creditPlatform

	mu     sync.Mutex
	chance *rand.Rand
}

func newChannels(t *testing.T) *channels {
	t.Helper()
	seed, kills := uint64(time.Now().UnixNano()), killsShort //nolint:gosec // after 1970
	for name, into := range map[string]func(string) error{
		"MINGJIAN_TEST_SEED": func(s string) (err error) { seed, err = strconv.ParseUint(s, 10, 64); return err },
		killsVariable:        func(s string) (err error) { kills, err = strconv.Atoi(s); return err },
	} {
		if given := os.Getenv(name); given != "" {
			if err := into(given); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Logf("MINGJIAN_TEST_SEED=%d", seed)
	c := &channels{
		T: t, dir: t.TempDir(), address: freeAddress(t), kills: kills, network: newNetwork(t), nats: natstest.Spawn(t), pulse: newPulse(),
		people: map[string]*person{}, tokens: map[string]string{},
		chance: rand.New(rand.NewPCG(seed, 3)), client: &http.Client{Timeout: 15 * time.Second}, //nolint:gosec // moments, no secrets
	}
	c.data = filepath.Join(c.dir, "d")
	c.Cleanup(c.client.CloseIdleConnections)
	acts := "http://" + c.network.way("acts", c.address)
	c.caller = newCaller(seed, func() map[string]string { return map[string]string{"producer": acts} })
	c.feed = "http://" + c.network.way("feed", c.address)
	for name, r := range map[string]**receiver{"pull": &c.pulled, "stream": &c.streamed, "webhook": &c.pushed, "broker": &c.brokered} {
		*r = newReceiver(name, c.dir, c.pulse)
	}
	c.platform = newCreditPlatform(c)
	c.hook = newHookReceiver(c)
	c.args = append([]string{
		"--data", c.data, "--http", c.address, "--patience", "10s", "--drain", "20s", "--bus", "nats://" + c.network.way("bus", c.nats.Addr()),
		"--webhook-networks", "127.0.0.0/8", "--webhook-ports", c.hook.port, "--webhook-plain",
	}, c.platform.flags()...)
	c.Cleanup(func() {
		if c.server != nil && !c.server.ended {
			_, _ = c.server.stop(syscall.SIGKILL) // the test failed before
		}
		c.failed()
	})
	return c
}

// freeAddress is one on which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // bound and left at once
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// failed prints what the servers logged of note, if the test failed.
func (c *channels) failed() {
	if !c.Failed() {
		return
	}
	for n, log := range c.told {
		var lines []string
		for line := range strings.Lines(log) {
			if !strings.Contains(line, "level=INFO") && !strings.Contains(line, "a webhook") {
				lines = append(lines, line)
			}
		}
		c.Logf("server %d:\n%s", n+1, strings.Join(lines[max(0, len(lines)-30):], ""))
	}
}

// lot is a number below n, by chance.
func (c *channels) lot(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.chance.IntN(n)
}

// run runs a process of the program to its end.
func (c *channels) run(args ...string) string {
	c.Helper()
	cmd := exec.CommandContext(c.Context(), itself, args...) //nolint:gosec // the program
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		c.Fatalf("%s: %v\n%s%s", strings.Join(args, " "), err, out, said.String())
	}
	return string(out)
}

// start starts the producer where it was.
func (c *channels) start() {
	c.Helper()
	s, err := launch(itself, c.dir, os.Environ(), c.args...)
	if err != nil {
		c.Fatal(err)
	}
	c.server = s
}

// stop ends the producer.
func (c *channels) stop(signal os.Signal) {
	c.Helper()
	log, err := c.server.stop(signal)
	c.told = append(c.told, log)
	if err != nil && signal == syscall.SIGTERM {
		c.Errorf("the server ended with %v", err)
	}
}

// found makes what there is before the first release: people, their authority, and the endpoint, whose secret is shown once.
func (c *channels) found() {
	c.Helper()
	for account, role := range map[string]string{
		"root": "admin", "wang": "clerk", "li": "reviewer", "zhao": "approver", "platform": "integrator",
	} {
		args := []string{"token", "create", "--data", c.data, "--account", account, "--role", role}
		if role != "integrator" {
			args = append(args, "--authority", string(homeBureau))
		}
		token, _, _ := strings.Cut(c.run(args...), "\n")
		c.tokens[token] = account
		c.people[account] = &person{client: &restClient{base: "http://" + c.address, http: &http.Client{Transport: c.caller}}, name: account, token: token}
	}
	c.start()
	bureau := &mingjianv1.RegisterAuthorityRequest{
		Id: string(homeBureau), Name: "子虚市市场监督管理局", Code: "11540900MB9X00015L", District: "540100", Level: "city",
	}
	if err := c.people["root"].post(c.Context(), "/v1/authorities", bureau, &mingjianv1.RegisterAuthorityResponse{}); err != nil {
		c.Fatal(err)
	}
	c.hook.register()
}

// underKills has everybody work while the producer is killed and started again, until every consumer of releases has them all.
func (c *channels) underKills() {
	c.Helper()
	ctx, cancel := context.WithCancel(c.Context())
	var all, load sync.WaitGroup
	defer func() {
		cancel()
		load.Wait()
		all.Wait()
	}()
	for _, consume := range []func(context.Context){c.pull, c.stream, c.browse, c.hook.mind, c.platform.serve} {
		all.Go(func() { consume(ctx) })
	}
	c.follow()
	enough := make(chan struct{})
	for n := range writers {
		load.Go(func() {
			if err := c.write(ctx, n+1, enough); err != nil && ctx.Err() == nil {
				c.Errorf("writer %d: %v", n+1, err)
				cancel()
			}
		})
	}
	for n := range c.kills {
		how, come := c.moment(ctx)
		if !come {
			return
		}
		c.stop(syscall.SIGKILL)
		c.Logf("kill %d %s; %d acts, %d releases", n+1, how, c.pulse.count("act"), c.pulse.count("release"))
		c.start()
		if c.lot(2) == 0 {
			c.hook.replay(ctx)
		}
		c.followed[n%len(c.followed)].again()
	}
	c.moment(ctx)
	close(enough)
	load.Wait()
	c.arrive(ctx)
}

// arrive waits until each consumer has all that was released, for a minute at most.
func (c *channels) arrive(ctx context.Context) {
	c.Helper()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	released := uint64(c.pulse.count("release")) //nolint:gosec // some hundreds
	for _, r := range c.consumers() {
		if !c.pulse.await(ctx, func() bool { return r.reached() >= released }) {
			c.Errorf("a minute after the last release, %d, there came no further than %s; %d items", released, r, len(r.items))
		}
	}
}

// consumers are those of releases that this process is.
func (c *channels) consumers() []*receiver {
	return []*receiver{c.pulled, c.streamed, c.pushed, c.brokered}
}

// moment waits for as many acts, or releases at one of the consumers, as chance says.
func (c *channels) moment(ctx context.Context) (how string, come bool) {
	what := []string{"act", "release", "pull", "stream", "webhook", "broker"}[c.lot(6)]
	more := 1 + c.lot(8)
	counted, acts := c.pulse.count(what), c.pulse.count("act")
	come = c.pulse.await(ctx, func() bool {
		return c.pulse.count(what) >= counted+more || c.pulse.count("act") >= acts+40
	})
	return fmt.Sprintf("at %s %d", what, counted+more), come
}
