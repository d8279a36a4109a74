package webhook_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/bus"
	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/adapters/vault"
	"github.com/mingjian-ledger/mingjian/adapters/webhook"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

// places make a new place for a store in each technology.
func places() map[string]func(*testing.T) string {
	return map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "webhooks.db") },
		"postgres": func(t *testing.T) string { return postgrestest.New(t) },
	}
}

// everywhere runs a test on each technology; at is a new place.
func everywhere(t *testing.T, test func(t *testing.T, at string)) {
	t.Helper()
	for name, place := range places() {
		t.Run(name, func(t *testing.T) { t.Parallel(); test(t, place(t)) })
	}
}

// clock is where nobody waits: whoever wants to be woken is woken at once, and it is that time. While it is frozen no time passes.
type clock struct {
	mu     sync.Mutex
	now    time.Time
	frozen bool
	left   int // times that somebody is woken before it freezes; 0 for no end
	asleep []sleeper
}

type sleeper struct {
	until time.Time
	wake  chan time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) timer(d time.Duration) (<-chan time.Time, func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	at := make(chan time.Time, 1)
	at <- c.now
	return at, func() {}
}

// frozenTimer is timer where the clock may be frozen.
func (c *clock) frozenTimer(d time.Duration) (<-chan time.Time, func()) {
	c.mu.Lock()
	if c.frozen {
		defer c.mu.Unlock()
		s := sleeper{c.now.Add(d), make(chan time.Time, 1)}
		c.asleep = append(c.asleep, s)
		return s.wake, func() {}
	}
	if c.left > 0 {
		c.left--
		c.frozen = c.left == 0
	}
	c.mu.Unlock()
	return c.timer(d)
}

// step thaws it for a while.
func (c *clock) step(n int) {
	c.mu.Lock()
	c.left = n
	c.mu.Unlock()
	c.thaw()
}

func (c *clock) freeze() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frozen = true
}

// thaw wakes all who sleep.
func (c *clock) thaw() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frozen = false
	for _, s := range c.asleep {
		if s.until.After(c.now) {
			c.now = s.until
		}
		s.wake <- c.now
	}
	c.asleep = nil
}

// board lets tests wait for something to be so.
type board struct {
	mu   sync.Mutex
	cond *sync.Cond
}

func newBoard() *board {
	b := &board{}
	b.cond = sync.NewCond(&b.mu)
	return b
}

// change changes what others wait for.
func (b *board) change(do func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	do()
	b.cond.Broadcast()
}

// until waits until it is so.
func (b *board) until(is func() bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for !is() {
		b.cond.Wait()
	}
}

// feed is a feed of releases.
type feed struct {
	mu       sync.Mutex
	epoch    string
	common   map[string]uint64 // of former epochs
	items    []webhook.Item
	withheld map[uint64]bool
	away     int // times that a message can't be made
}

func (f *feed) publish(disclosure, kind, authority string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.items = append(f.items, webhook.Item{Sequence: uint64(len(f.items) + 1), Disclosure: disclosure, Kind: kind, Authority: authority})
}

func (f *feed) Head(context.Context) (uint64, string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return uint64(len(f.items)), f.epoch, nil
}

func (f *feed) Page(_ context.Context, epoch string, after uint64, limit int) (webhook.Page, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := webhook.Page{Epoch: f.epoch, After: after}
	if common, former := f.common[epoch]; former {
		p.After = min(after, common)
	}
	if p.After < uint64(len(f.items)) {
		p.Items = slices.Clone(f.items[p.After:min(len(f.items), int(p.After)+limit)])
	}
	return p, nil
}

func (f *feed) Message(_ context.Context, sequence uint64) (outbox.Message, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.away > 0 {
		f.away--
		return outbox.Message{}, fmt.Errorf("away")
	}
	i := f.items[sequence-1]
	text := "全文"
	if f.withheld[sequence] {
		text = ""
	}
	return outbox.Message{
		ID: messageID(f.epoch, sequence), Type: outbox.TypePublished, Schema: outbox.SchemaRelease, About: i.Disclosure, Key: "disclosure-" + i.Disclosure,
		Time: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Epoch: f.epoch,
		Data: fmt.Appendf(nil, `{"sequence":"%d","disclosureId":%q,"document":%q}`, sequence, i.Disclosure, text),
	}, nil
}

func messageID(epoch string, sequence uint64) string {
	return string(es.DeriveID("", epoch, fmt.Sprint(sequence)))
}

// world is a producer.
type world struct {
	*testing.T
	at       string // of the store
	clock    *clock
	feed     *feed
	keys     *vault.KeyFile
	log      *logged
	options  webhook.Options
	hooks    *webhook.Webhooks
	stop     func()
	board    *board
	outcomes []string // of tries that are settled
}

type logged struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

func newWorld(t *testing.T, at string, receivers ...*receiver) *world {
	t.Helper()
	if at == "" {
		at = filepath.Join(t.TempDir(), "webhooks.db")
	}
	w := &world{
		T: t, at: at, clock: &clock{now: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)}, log: &logged{}, board: newBoard(),
		feed: &feed{epoch: "1-0a", common: map[string]uint64{}, withheld: map[uint64]bool{}},
	}
	w.keys = vault.NewKeyFile(filepath.Join(t.TempDir(), "master.key"), w.clock.read)
	trust := x509.NewCertPool()
	w.options = webhook.Options{
		Feed: w.feed, Clock: w.clock.read, Timer: w.clock.frozenTimer, Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Encode:  func(ctx context.Context, m outbox.Message) ([]byte, error) { return bus.Encode(ctx, "", m) },
		Targets: webhook.Targets{Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Ports: []uint16{443}},
		TLS:     &tls.Config{RootCAs: trust, MinVersion: tls.VersionTLS12}, Trace: w.trace,
	}
	for _, r := range receivers {
		trust.AddCert(r.certificate)
		w.options.Targets.Ports = append(w.options.Targets.Ports, r.port)
	}
	w.open()
	t.Cleanup(func() {
		w.halt()
		if err := w.options.Store.Close(); err != nil {
			t.Error(err)
		}
		if said := w.log.all.String(); strings.Contains(said, "whsec_") || strings.Contains(said, "token=") || strings.Contains(said, "/in?") {
			t.Errorf("the log tells what it must not: %s", said)
		}
	})
	return w
}

func (w *world) trace(ctx context.Context, _ string) (context.Context, func(string)) {
	return ctx, func(outcome string) { w.board.change(func() { w.outcomes = append(w.outcomes, outcome) }) }
}

// openStore opens the endpoints of a file or of a database's URL.
func openStore(t *testing.T, at string, keys webhook.Keys, now func() time.Time) (*webhook.Store, error) {
	t.Helper()
	if !strings.Contains(at, "://") {
		return webhook.Open(t.Context(), at, keys, now)
	}
	scripts, err := webhook.Scripts()
	if err != nil {
		return nil, err
	}
	db, err := postgres.OpenSQL(t.Context(), at, postgres.Schema{Name: webhook.Schema, Scripts: scripts}, 6, false)
	if err != nil {
		return nil, err
	}
	return webhook.OpenDatabase(db, keys, now), nil
}

func (w *world) open() {
	w.Helper()
	store, err := openStore(w.T, w.at, w.keys, w.clock.read)
	if err != nil {
		w.Fatal(err)
	}
	w.options.Store = store
	w.hooks = webhook.New(w.options)
}

// push begins to push.
func (w *world) push() {
	ctx, cancel := context.WithCancel(w.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.hooks.Run(ctx)
	}()
	w.stop = func() {
		cancel()
		<-done
	}
}

// halt ends it where it is.
func (w *world) halt() {
	if w.stop != nil {
		w.stop()
		w.stop = nil
	}
}

// restart is another process on the same store.
func (w *world) restart() {
	w.Helper()
	w.halt()
	if err := w.options.Store.Close(); err != nil {
		w.Fatal(err)
	}
	w.open()
	w.push()
}

// publish releases so many acts of each disclosure in turn.
func (w *world) publish(each int, disclosures ...string) {
	for range each {
		for _, d := range disclosures {
			w.feed.publish(d, "penalty", "xz-bureau")
		}
	}
	w.hooks.News()
}

// settled waits for so many tries since the beginning.
func (w *world) settled(n int) []string {
	var out []string
	w.board.until(func() bool {
		out = slices.Clone(w.outcomes)
		return len(out) >= n
	})
	return out
}

// delivered waits for so many tries that were deliveries.
func (w *world) delivered(n int) {
	w.board.until(func() bool {
		did := 0
		for _, o := range w.outcomes {
			if o == "delivered" {
				did++
			}
		}
		return did >= n
	})
}

func integrator() domain.Actor {
	return domain.Actor{Account: "credit.platform", Role: domain.Integrator}
}

// create sets an endpoint up at a receiver, which gets to know the secret.
func (w *world) create(r *receiver, from uint64, change ...func(*viewv1.WebhookEndpoint)) string {
	w.Helper()
	spec := &viewv1.WebhookEndpoint{Url: r.url + "/in?token=geheim", Contact: "值班室 0891-6320000"}
	for _, c := range change {
		c(spec)
	}
	e, secret, err := w.hooks.Create(w.Context(), integrator(), es.DeriveID("", w.Name(), r.url, fmt.Sprint(spec)), spec, from)
	if err != nil {
		w.Fatal(err)
	}
	r.learn(secret)
	return e.GetId()
}

func (w *world) get(id string) (*viewv1.WebhookEndpoint, []*viewv1.WebhookAttempt) {
	w.Helper()
	e, attempts, err := w.hooks.Get(w.Context(), id)
	if err != nil {
		w.Fatal(err)
	}
	return e, attempts
}
