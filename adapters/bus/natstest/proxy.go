package natstest

import (
	"io"
	"net"
	"sync"
	"testing"
)

// Proxy is a way to a server that can be cut.
type Proxy struct {
	target   string
	listener net.Listener
	all      sync.WaitGroup

	mu     sync.Mutex
	down   bool
	routes map[*route]bool
}

// route is one connection through it.
type route struct{ client, server net.Conn }

func (r *route) cut() {
	_ = r.client.Close()
	_ = r.server.Close()
}

// NewProxy stands before host:port until the test ends.
func NewProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed by the cleanup
	if err != nil {
		t.Fatal("natstest: ", err)
	}
	p := &Proxy{target: target, listener: l, routes: map[*route]bool{}}
	p.all.Go(p.accept)
	t.Cleanup(func() {
		_ = l.Close()
		p.Down()
		p.all.Wait()
	})
	return p
}

// URL is where clients connect.
func (p *Proxy) URL() string { return "nats://" + p.listener.Addr().String() }

// Cut breaks all connections; new ones go through.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for r := range p.routes {
		r.cut()
	}
	clear(p.routes)
}

// Down breaks all connections and refuses new ones until Up.
func (p *Proxy) Down() {
	p.mu.Lock()
	p.down = true
	p.mu.Unlock()
	p.Cut()
}

// Up lets connections through again.
func (p *Proxy) Up() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = false
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target) //nolint:noctx // loopback
		if err != nil {
			_ = client.Close()
			continue
		}
		r := &route{client, server}
		p.mu.Lock()
		if p.down {
			p.mu.Unlock()
			r.cut()
			continue
		}
		p.routes[r] = true
		p.mu.Unlock()
		for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
			p.all.Go(func() {
				_, _ = io.Copy(way[0], way[1])
				r.cut()
				p.mu.Lock()
				delete(p.routes, r)
				p.mu.Unlock()
			})
		}
	}
}
