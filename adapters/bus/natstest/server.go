package natstest

import (
	"crypto/tls"
	"fmt"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// readyWait is how long a server may take to listen.
const readyWait = 30 * time.Second

// Options are what a server asks of its clients.
type Options struct {
	User, Password string
	Token          string
	TLS            *tls.Config
	Lazy           bool                  // without sync always
	More           func(*server.Options) // changes what is left
}

// Server is a server in this process.
type Server struct {
	t      testing.TB
	o      Options
	folder string
	port   int
	server *server.Server
}

// New starts a server that ends with the test.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{t: t, o: o, folder: filepath.Join(t.TempDir(), "jetstream"), port: freePort(t)}
	t.Cleanup(s.Stop)
	s.Start()
	return s
}

// Start starts it again after Stop.
func (s *Server) Start() {
	s.t.Helper()
	running, err := run(s.options())
	if err != nil {
		s.t.Fatal("natstest: ", err)
	}
	s.server = running
}

// Stop ends it; what it acknowledged is on the disk.
func (s *Server) Stop() {
	if s.server != nil {
		s.server.Shutdown()
		s.server.WaitForShutdown()
		s.server = nil
	}
}

// Addr is host and port.
func (s *Server) Addr() string { return addr(s.port) }

// URL is where clients connect that need no name.
func (s *Server) URL() string { return "nats://" + s.Addr() }

func (s *Server) options() *server.Options {
	opts := options(s.folder, s.port)
	opts.SyncAlways = !s.o.Lazy
	opts.Username, opts.Password, opts.Authorization, opts.TLSConfig = s.o.User, s.o.Password, s.o.Token, s.o.TLS
	if s.o.TLS != nil {
		opts.TLSTimeout = 5
	}
	if s.o.More != nil {
		s.o.More(opts)
	}
	return opts
}

func options(folder string, port int) *server.Options {
	return &server.Options{ //nolint:exhaustruct // the rest is as NATS has it
		Host: "127.0.0.1", Port: port, NoLog: true, NoSigs: true, JetStream: true, StoreDir: folder, SyncAlways: true,
		JetStreamMaxStore: 1 << 40, JetStreamMaxMemory: 1 << 30,
	}
}

func run(opts *server.Options) (*server.Server, error) {
	s, err := server.NewServer(opts)
	if err != nil {
		return nil, err
	}
	s.Start()
	if !s.ReadyForConnections(readyWait) {
		s.Shutdown()
		return nil, fmt.Errorf("the server on port %d is not ready", opts.Port)
	}
	return s, nil
}

func addr(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // bound and left at once
	if err != nil {
		t.Fatal("natstest: ", err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error("natstest: ", err)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}
