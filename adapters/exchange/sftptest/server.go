package sftptest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// Server serves a folder.
type Server struct {
	Dir      string
	Address  string                 // host:port
	Host     ssh.PublicKey          // its own
	KeyFile  string                 // private key that it lets in
	HostKeys string                 // file of known hosts that has it
	Logins   atomic.Int64           // clients that it let in
	Watch    atomic.Pointer[func()] // called before each answer; nil for nobody
}

// New starts one that ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	keys := t.TempDir()
	host, _ := newKey(t)
	client, text := newKey(t)
	config := &ssh.ServerConfig{PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		if !bytes.Equal(key.Marshal(), client.PublicKey().Marshal()) {
			return nil, errors.New("unknown key")
		}
		return nil, nil
	}}
	config.AddHostKey(host)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{
		Dir: t.TempDir(), Address: l.Addr().String(), Host: host.PublicKey(), KeyFile: filepath.Join(keys, "id"), HostKeys: filepath.Join(keys, "known_hosts"),
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
	known := append([]byte("# the city's front end\n"+s.Address+" "), ssh.MarshalAuthorizedKey(s.Host)...)
	if err := errors.Join(os.WriteFile(s.KeyFile, text, 0o600), os.WriteFile(s.HostKeys, known, 0o600)); err != nil {
		t.Fatal(err)
	}
	return s
}

func newKey(t testing.TB) (ssh.Signer, []byte) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	return s, pem.EncodeToMemory(block)
}

func (s *Server) serve(raw net.Conn, config *ssh.ServerConfig) {
	conn, channels, requests, err := ssh.NewServerConn(raw, config)
	if err != nil {
		_ = raw.Close()
		return
	}
	s.Logins.Add(1)
	go ssh.DiscardRequests(requests)
	for offered := range channels {
		channel, requests, err := offered.Accept()
		if err != nil {
			break
		}
		go func() {
			for r := range requests {
				_ = r.Reply(r.Type == "subsystem" && string(r.Payload[4:]) == "sftp", nil)
			}
		}()
		if files, err := sftp.NewServer(watched{channel, s}); err == nil {
			_ = files.Serve()
			_ = files.Close()
		}
		_ = channel.Close()
	}
	_ = conn.Wait()
}

type watched struct {
	io.ReadWriteCloser
	of *Server
}

func (w watched) Write(answer []byte) (int, error) {
	if watch := w.of.Watch.Load(); watch != nil {
		(*watch)()
	}
	return w.ReadWriteCloser.Write(answer)
}
