package esdb

import (
	"context"
	"errors"
	"sync"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// pool lends clients, each to one borrower at a time. A client that has lost its server is closed by the borrower who saw it,
// which nobody else can be using: the client itself would start to look for another node, forget the connection it had and, if
// it found none, leave whoever asks next waiting for ever.
type pool struct {
	conf  *client.Configuration
	slots chan struct{}

	mu      sync.Mutex
	idle    []*client.Client
	closed  bool
	pending sync.WaitGroup // clients that still look for a node although nobody waits for them
}

func newPool(conf *client.Configuration, size int) *pool {
	return &pool{conf: conf, slots: make(chan struct{}, size)}
}

// take lends a connected client beside the limit, for a Follow.
func (p *pool) take(ctx context.Context) (*client.Client, error) {
	p.mu.Lock()
	if n := len(p.idle); n > 0 {
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return c, nil
	}
	p.mu.Unlock()
	conf := *p.conf
	c, err := client.NewClient(&conf)
	if err != nil {
		return nil, err
	}
	if err := p.settle(ctx, c); err != nil {
		return nil, err
	}
	return c, nil
}

// settle waits until a client has a node; if it finds none, or ctx ends first, the client is closed. It can't be called off
// while it looks, so it is left to itself: it gives up after maxDiscoverAttempts.
func (p *pool) settle(ctx context.Context, c *client.Client) error {
	found := make(chan error, 1)
	p.pending.Go(func() {
		_, err := c.GetServerVersion()
		found <- err
	})
	select {
	case err := <-found:
		if err != nil {
			_ = c.Close()
		}
		return err
	case <-ctx.Done():
		p.pending.Go(func() {
			_ = errors.Join(<-found, c.Close())
		})
		return ctx.Err()
	}
}

// give takes a client back, to lend it again or to close it.
func (p *pool) give(c *client.Client, sound bool) {
	p.mu.Lock()
	if sound = sound && !p.closed && len(p.idle) < cap(p.slots); sound {
		p.idle = append(p.idle, c)
	}
	p.mu.Unlock()
	if !sound {
		_ = c.Close()
	}
}

// forget closes the clients that nobody uses: they are connected to a node that is gone, or no longer leads.
func (p *pool) forget() {
	p.mu.Lock()
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	for _, c := range idle {
		_ = c.Close()
	}
}

func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.forget()
	p.pending.Wait()
}
