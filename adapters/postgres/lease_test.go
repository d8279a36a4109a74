package postgres_test

import (
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

// tap is a proxy before a server, which a test may cut.
type tap struct {
	listener net.Listener
	server   string

	mu    sync.Mutex
	cut   chan struct{} // closed while nothing is held back
	dead  bool
	conns []net.Conn
}

// through is a proxy, and the URL that leads through it.
func through(t *testing.T, at string) (*tap, string) {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	open := make(chan struct{})
	close(open)
	w := &tap{listener: l, server: u.Host, cut: open}
	go w.accept()
	t.Cleanup(w.kill)
	u.Host = l.Addr().String()
	return w, u.String()
}

func (w *tap) accept() {
	for {
		near, err := w.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", w.server) //nolint:noctx // ended by kill
		if err != nil {
			_ = near.Close()
			continue
		}
		w.mu.Lock()
		if w.conns = append(w.conns, near, far); w.dead {
			_, _ = near.Close(), far.Close()
		}
		w.mu.Unlock()
		go w.copy(near, far)
		go w.copy(far, near)
	}
}

// copy passes on what comes, unless the tap is cut: then it waits, with the connection open.
func (w *tap) copy(to, from net.Conn) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buffer := make([]byte, 4096)
	for {
		n, err := from.Read(buffer)
		w.mu.Lock()
		gate := w.cut
		w.mu.Unlock()
		<-gate
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// silence holds all back until mended.
func (w *tap) silence() (mend func()) {
	gate := make(chan struct{})
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = gate
	return sync.OnceFunc(func() { close(gate) })
}

// kill ends all connections, and lets none begin.
func (w *tap) kill() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dead = true
	_ = w.listener.Close()
	for _, c := range w.conns {
		_ = c.Close()
	}
}

func TestLeasesKeepTheContract(t *testing.T) {
	t.Parallel()
	projectionstest.LeaseSuite(t, func(t *testing.T) *projectionstest.LeaseSubject {
		at := postgrestest.New(t)
		var mu sync.Mutex
		taps := map[projections.Leases]*tap{}
		of := func(l projections.Leases) *tap {
			mu.Lock()
			defer mu.Unlock()
			return taps[l]
		}
		return &projectionstest.LeaseSubject{
			Process: func(name string) projections.Leases {
				w, here := through(t, at)
				// The server's own clock ends it after this time of silence, which a case that cuts the tap waits for.
				l, err := postgres.OpenLeases(t.Context(), here, postgres.LeaseOptions{Name: name, Serves: true, Term: 3 * time.Second})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() {
					w.kill()
					if err := l.Close(); err != nil {
						t.Error(err)
					}
				})
				mu.Lock()
				defer mu.Unlock()
				taps[l] = w
				return l
			},
			Cut: func(l projections.Leases) func() {
				mend := of(l).silence()
				t.Cleanup(mend)
				return mend
			},
			Kill: func(l projections.Leases) { of(l).kill() },
		}
	})
}

func leases(t *testing.T, at string, o postgres.LeaseOptions) *postgres.Leases {
	t.Helper()
	l, err := postgres.OpenLeases(t.Context(), at, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func take(t *testing.T, l projections.Leases, name string) projections.Lease {
	t.Helper()
	lease, err := l.Take(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return lease
}

func awaited(t *testing.T, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-t.Context().Done():
		t.Fatal("it was not said")
	}
}

func isOpen(c <-chan struct{}) bool {
	select {
	case <-c:
		return false
	default:
		return true
	}
}

func TestLeaseIsRenewedUntilItsRowIsGone(t *testing.T) {
	t.Parallel()
	at := postgrestest.New(t)
	l := leases(t, at, postgres.LeaseOptions{Serves: true, Term: time.Minute, Beat: 20 * time.Millisecond})
	lease := take(t, l, "a")
	conn := dial(t, at)
	expires := func() (at time.Time) {
		if err := conn.QueryRow(t.Context(), "SELECT expires FROM mingjian_leases.process").Scan(&at); err != nil {
			t.Fatal(err)
		}
		return at
	}
	for before := expires(); !expires().After(before); {
	}
	if !isOpen(lease.Lost()) {
		t.Error("a lease that is renewed was lost")
	}
	execute(t, at, "DELETE FROM mingjian_leases.process")
	awaited(t, lease.Lost())
	lease.Release(t.Context())
	if again := take(t, l, "a"); again.Epoch() <= lease.Epoch() {
		t.Errorf("epoch %d comes after %d", again.Epoch(), lease.Epoch())
	}
	// Epochs grow even where the table is lost.
	second := take(t, l, "b")
	execute(t, at, "DELETE FROM mingjian_leases.lease")
	second.Release(t.Context())
	if again := take(t, l, "b"); again.Epoch() <= second.Epoch() {
		t.Errorf("epoch %d comes after %d", again.Epoch(), second.Epoch())
	}
}

// A command leaves to the servers what it does not ask for, and does all itself where none serves.
func TestCommandsLeaveLeasesToServers(t *testing.T) {
	t.Parallel()
	at := postgrestest.New(t)
	command := leases(t, at, postgres.LeaseOptions{Name: "command", Term: time.Minute})
	held := map[string]projections.Lease{}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		held[name] = take(t, command, name)
	}
	server := leases(t, at, postgres.LeaseOptions{Name: "server", Serves: true, Term: time.Minute})
	for name, lease := range held {
		next := make(chan projections.Lease, 1)
		go func() {
			lease, err := server.Take(t.Context(), name)
			if err != nil {
				t.Error(err)
			}
			next <- lease
		}()
		awaited(t, lease.Asked())
		lease.Release(t.Context())
		held[name] = <-next
	}
	back := make(chan projections.Lease, 1)
	withdraw := command.Ask("a")
	defer withdraw()
	go func() {
		lease, err := command.Take(t.Context(), "a")
		if err != nil {
			t.Error(err)
		}
		back <- lease
	}()
	awaited(t, held["a"].Asked())
	held["a"].Release(t.Context())
	<-back
	for name, lease := range held {
		if name != "a" && !isOpen(lease.Asked()) {
			t.Errorf("a command has the server give up %s", name)
		}
	}
	holders, err := server.Holders(t.Context())
	if err != nil || holders["a"] != "command" || holders["b"] != "server" || len(holders) != 5 {
		t.Errorf("held by %v, %v", holders, err)
	}
}

func TestLeasesOutliveTheirServer(t *testing.T) {
	t.Parallel()
	c := postgrestest.NewCluster(t)
	l := leases(t, c.NewDatabase(t), postgres.LeaseOptions{Serves: true, Term: time.Minute, Beat: 100 * time.Millisecond})
	lease := take(t, l, "a")
	if err := c.Kill(); err != nil {
		t.Fatal(err)
	}
	awaited(t, lease.Lost())
	lease.Release(t.Context())
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if again := take(t, l, "a"); again.Epoch() <= lease.Epoch() {
		t.Errorf("epoch %d comes after %d", again.Epoch(), lease.Epoch())
	}
}

func TestClosedLeasesRefuse(t *testing.T) {
	t.Parallel()
	at := postgrestest.New(t)
	l, err := postgres.OpenLeases(t.Context(), at, postgres.LeaseOptions{Serves: true, Term: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	lease := take(t, l, "a")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	awaited(t, lease.Lost())
	if _, err := l.Take(t.Context(), "b"); err == nil {
		t.Error("taken from closed leases")
	}
	take(t, leases(t, at, postgres.LeaseOptions{Serves: true, Term: time.Hour}), "a") // given back at once
	if _, err := postgres.OpenLeases(t.Context(), "postgres://mingjian:secret@127.0.0.1:1/none?connect_timeout=1", postgres.LeaseOptions{}); err == nil {
		t.Error("opened where no server is")
	}
}
