package exchange_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/mingjian-ledger/mingjian/adapters/exchange"
	"github.com/mingjian-ledger/mingjian/adapters/exchange/sftptest"
)

// server is one by SFTP, with an account on it.
type server struct {
	*sftptest.Server
	account exchange.Account
	// bytes that a connection carries from the client before it is cut; 0 for no end
	cut atomic.Int64
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{Server: sftptest.New(t)}
	s.account = exchange.Account{
		Address: s.Address, User: "mingjian", KeyFile: s.KeyFile, HostKeys: s.HostKeys, Dir: s.Dir, Timeout: time.Minute,
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
			if n := s.cut.Load(); err == nil && n > 0 {
				return &shortLived{Conn: conn, left: n}, nil
			}
			return conn, err
		},
	}
	return s
}

// shortLived is a connection that is cut after so many bytes were sent.
type shortLived struct {
	net.Conn
	mu   sync.Mutex
	left int64
}

func (c *shortLived) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left -= int64(len(p)); c.left <= 0 {
		return 0, errors.Join(errors.New("connection reset by the test"), c.Close())
	}
	return c.Conn.Write(p)
}

func (s *server) open(t *testing.T) *exchange.SFTP {
	t.Helper()
	d, err := exchange.OpenSFTP(s.account)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// TestDrops holds both drops to what Drop promises.
func TestDrops(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s := newServer(t)
	for name, c := range map[string]struct {
		drop exchange.Drop
		dir  string
	}{"folder": {exchange.Folder{Dir: folder}, folder}, "sftp": {s.open(t), s.Dir}} {
		put := func(text string) error {
			return c.drop.Put(t.Context(), "a.csv", strings.NewReader(text), int64(len(text)))
		}
		if there, err := c.drop.Has(t.Context(), "a.csv"); there || err != nil {
			t.Errorf("%s: there %v, %v", name, there, err)
		}
		if err := os.WriteFile(filepath.Join(c.dir, ".a.csv.part"), []byte("what a crash left, and longer"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"甲", "", "乙乙"} {
			if err := put(text); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if got := tree(t, c.dir); len(got) != 1 || string(got["a.csv"]) != text {
				t.Errorf("%s: %q, want %q", name, got, text)
			}
		}
		if there, err := c.drop.Has(t.Context(), "a.csv"); !there || err != nil {
			t.Errorf("%s: there %v, %v", name, there, err)
		}
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		if err := c.drop.Put(cancelled, "a.csv", strings.NewReader("x"), 1); err == nil || string(tree(t, c.dir)["a.csv"]) != "乙乙" {
			t.Errorf("%s: cancelled: %v", name, err)
		}
		if err := c.drop.Put(t.Context(), "a.csv", strings.NewReader("short"), 9); err == nil || string(tree(t, c.dir)["a.csv"]) != "乙乙" {
			t.Errorf("%s: content that ends early: %v", name, err)
		}
		for range 2 {
			if err := c.drop.Remove(t.Context(), "a.csv"); err != nil || len(tree(t, c.dir)) != 0 {
				t.Errorf("%s: removed: %v, left %v", name, err, tree(t, c.dir))
			}
		}
		if err := os.RemoveAll(c.dir); err != nil {
			t.Fatal(err)
		}
		if err := put("x"); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: without its folder: %v", name, err)
		}
	}
}

// TestConnectionsAreCut: a file of several megabytes arrives whole over connections of which none carries half of it.
func TestConnectionsAreCut(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	d := s.open(t)
	content := make([]byte, 5<<20+1)
	_, _ = io.ReadFull(rand.Reader, content)
	s.cut.Store(2 << 20)
	if err := d.Put(t.Context(), "big.xlsx", bytes.NewReader(content), int64(len(content))); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, s.Dir); len(got) != 1 || !bytes.Equal(got["big.xlsx"], content) {
		t.Errorf("%d files, %d bytes", len(got), len(got["big.xlsx"]))
	}
	if n := s.Logins.Load(); n < 3 {
		t.Errorf("%d connections", n)
	}
	// One that never carries a chunk is given up; what is there stays.
	s.cut.Store(100 << 10)
	_ = d.Close()
	if err := d.Put(t.Context(), "big.xlsx", bytes.NewReader(content[1:]), int64(len(content)-1)); err == nil {
		t.Error("a file arrived over connections that carry nothing")
	}
	if got := tree(t, s.Dir); !bytes.Equal(got["big.xlsx"], content) {
		t.Error("the file is another one")
	}
}

// TestASenderOverBadConnections sends batches while each connection is cut, and the receiver finds nothing.
func TestASenderOverBadConnections(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	whole := newSender(t, "xlsx", mixed())
	whole.must(t)
	s := newSender(t, "xlsx", mixed())
	s.Key, s.Drop, s.out = whole.Key, srv.open(t), srv.Dir
	for n := int64(3 << 10); ; n += 1 << 10 {
		srv.cut.Store(n)
		if _, err := s.run(t); err == nil {
			break
		}
	}
	if _, found := s.check(t, srv.Dir, firstBatch); len(found) > 0 {
		t.Errorf("found %v", found)
	}
	if got, want := tree(t, srv.Dir), tree(t, whole.out); !maps.EqualFunc(got, want, bytes.Equal) {
		t.Errorf("on the server %v", slices.Sorted(maps.Keys(got)))
	}
}

func TestAnotherServerIsNotSpokenTo(t *testing.T) {
	t.Parallel()
	s, other := newServer(t), newServer(t)
	s.account.HostKeys = other.account.HostKeys
	err := s.open(t).Put(t.Context(), "a", strings.NewReader("x"), 1)
	if wrong := (*exchange.HostKeyError)(nil); !errors.As(err, &wrong) || wrong.Fingerprint != ssh.FingerprintSHA256(s.Host) {
		t.Errorf("a server with another key: %v", err)
	}
	s = newServer(t)
	s.account.KeyFile = other.account.KeyFile
	if err, login := s.open(t).Put(t.Context(), "a", strings.NewReader("x"), 1), (*exchange.LoginError)(nil); !errors.As(err, &login) {
		t.Errorf("with another key: %v", err)
	}
	if n := s.Logins.Load(); n != 0 {
		t.Errorf("%d logins", n)
	}
}

func TestAccountsAreRefused(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	open := file("")
	if err := os.Chmod(open, 0o644); err != nil { //nolint:gosec // that is what is refused
		t.Fatal(err)
	}
	line := string(ssh.MarshalAuthorizedKey(s.Host))
	for name, change := range map[string]func(a *exchange.Account){
		"a key that others read": func(a *exchange.Account) { a.KeyFile = open },
		"no key":                 func(a *exchange.Account) { a.KeyFile = file("secret words") },
		"no host key":            func(a *exchange.Account) { a.HostKeys = file("# none\n") },
		"a spoilt host key":      func(a *exchange.Account) { a.HostKeys = file(line[:40]) },
		"a revoked host key":     func(a *exchange.Account) { a.HostKeys = file("@revoked * " + line) },
		"a missing file":         func(a *exchange.Account) { a.HostKeys = "nowhere" },
	} {
		a := s.account
		change(&a)
		if _, err := exchange.OpenSFTP(a); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
