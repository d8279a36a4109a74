package exchange_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
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

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/mingjian-ledger/mingjian/adapters/exchange"
)

// server is a real SSH server on the loopback address that serves a folder by SFTP to one key.
type server struct {
	dir     string
	account exchange.Account
	host    ssh.Signer
	logins  atomic.Int64
	// bytes that a connection carries from the client before it is cut; 0 for no end
	cut atomic.Int64
}

func newServer(t *testing.T) *server {
	t.Helper()
	keys := t.TempDir()
	s := &server{dir: t.TempDir(), host: signer(t, "")}
	client := signer(t, filepath.Join(keys, "id"))
	config := &ssh.ServerConfig{PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		if !bytes.Equal(key.Marshal(), client.PublicKey().Marshal()) {
			return nil, errors.New("unknown key")
		}
		return nil, nil
	}}
	config.AddHostKey(s.host)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { s.serve(conn, config) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); all.Wait() })
	known := filepath.Join(keys, "known_hosts")
	if err := os.WriteFile(known, append([]byte("# the city's front end\n"+l.Addr().String()+" "), ssh.MarshalAuthorizedKey(s.host.PublicKey())...), 0o600); err != nil {
		t.Fatal(err)
	}
	s.account = exchange.Account{
		Address: l.Addr().String(), User: "mingjian", KeyFile: filepath.Join(keys, "id"), HostKeys: known, Dir: s.dir, Timeout: time.Minute,
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

func signer(t *testing.T, path string) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	if path != "" {
		block, err := ssh.MarshalPrivateKey(private, "")
		if err == nil {
			err = os.WriteFile(path, pem.EncodeToMemory(block), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *server) serve(raw net.Conn, config *ssh.ServerConfig) {
	conn, channels, requests, err := ssh.NewServerConn(raw, config)
	if err != nil {
		_ = raw.Close()
		return
	}
	s.logins.Add(1)
	go ssh.DiscardRequests(requests)
	for c := range channels {
		channel, requests, err := c.Accept()
		if err != nil {
			break
		}
		go func() {
			for r := range requests {
				_ = r.Reply(r.Type == "subsystem" && string(r.Payload[4:]) == "sftp", nil)
			}
		}()
		if files, err := sftp.NewServer(channel); err == nil {
			_ = files.Serve()
			_ = files.Close()
		}
		_ = channel.Close()
	}
	_ = conn.Wait()
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
	}{"folder": {exchange.Folder{Dir: folder}, folder}, "sftp": {s.open(t), s.dir}} {
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
	if got := tree(t, s.dir); len(got) != 1 || !bytes.Equal(got["big.xlsx"], content) {
		t.Errorf("%d files, %d bytes", len(got), len(got["big.xlsx"]))
	}
	if n := s.logins.Load(); n < 3 {
		t.Errorf("%d connections", n)
	}
	// One that never carries a chunk is given up; what is there stays.
	s.cut.Store(100 << 10)
	_ = d.Close()
	if err := d.Put(t.Context(), "big.xlsx", bytes.NewReader(content[1:]), int64(len(content)-1)); err == nil {
		t.Error("a file arrived over connections that carry nothing")
	}
	if got := tree(t, s.dir); !bytes.Equal(got["big.xlsx"], content) {
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
	s.Key, s.Drop, s.out = whole.Key, srv.open(t), srv.dir
	for n := int64(3 << 10); ; n += 1 << 10 {
		srv.cut.Store(n)
		if _, err := s.run(t); err == nil {
			break
		}
	}
	if _, found := s.check(t, srv.dir, firstBatch); len(found) > 0 {
		t.Errorf("found %v", found)
	}
	if got, want := tree(t, srv.dir), tree(t, whole.out); !maps.EqualFunc(got, want, bytes.Equal) {
		t.Errorf("on the server %v", slices.Sorted(maps.Keys(got)))
	}
}

func TestAnotherServerIsNotSpokenTo(t *testing.T) {
	t.Parallel()
	s, other := newServer(t), newServer(t)
	s.account.HostKeys = other.account.HostKeys
	err := s.open(t).Put(t.Context(), "a", strings.NewReader("x"), 1)
	if wrong := (*exchange.HostKeyError)(nil); !errors.As(err, &wrong) || wrong.Fingerprint != ssh.FingerprintSHA256(s.host.PublicKey()) {
		t.Errorf("a server with another key: %v", err)
	}
	s = newServer(t)
	s.account.KeyFile = other.account.KeyFile
	if err, login := s.open(t).Put(t.Context(), "a", strings.NewReader("x"), 1), (*exchange.LoginError)(nil); !errors.As(err, &login) {
		t.Errorf("with another key: %v", err)
	}
	if n := s.logins.Load(); n != 0 {
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
	line := string(ssh.MarshalAuthorizedKey(s.host.PublicKey()))
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
