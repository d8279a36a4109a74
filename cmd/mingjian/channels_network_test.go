package main

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// badNetwork is what may befall each connection, by chance: it is slow or narrow, its data come in pieces, it ends in the midst of
// something, is reset, or swallows what is sent until it ends.
func badNetwork() []string {
	return []string{
		`{"name": "late", "type": "latency", "toxicity": 0.5, "attributes": {"latency": 4, "jitter": 4}}`,
		`{"name": "pieces", "type": "slicer", "toxicity": 0.3, "attributes": {"average_size": 600, "size_variation": 500, "delay": 50}}`,
		`{"name": "narrow", "type": "bandwidth", "toxicity": 0.3, "attributes": {"rate": 400}}`,
		`{"name": "drop", "type": "limit_data", "toxicity": 0.25, "attributes": {"bytes": 24000}}`,
		`{"name": "lost", "type": "limit_data", "stream": "upstream", "toxicity": 0.1, "attributes": {"bytes": 4000}}`,
		`{"name": "reset", "type": "reset_peer", "toxicity": 0.15, "attributes": {"timeout": 60}}`,
		`{"name": "mute", "type": "timeout", "toxicity": 0.1, "attributes": {"timeout": 150}}`,
	}
}

// network leads to addresses over bad connections.
type network struct {
	*testing.T
	proxies *toxiproxy.ApiServer
}

func newNetwork(t *testing.T) *network {
	return &network{t, toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())}
}

// way is the address of a bad way to another one.
func (n *network) way(name, to string) string {
	n.Helper()
	p := toxiproxy.NewProxy(n.proxies, name, "127.0.0.1:0", to)
	for _, toxic := range badNetwork() {
		if _, err := p.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
			n.Fatal(err)
		}
	}
	if err := p.Start(); err != nil {
		n.Fatal(err)
	}
	n.Cleanup(p.Stop)
	return p.Listen
}

// pulse counts what happens, by what it is, and wakes who waits for more of it.
type pulse struct {
	mu     sync.Mutex
	counts map[string]int
	grown  chan struct{}
}

func newPulse() *pulse { return &pulse{counts: map[string]int{}, grown: make(chan struct{})} }

func (p *pulse) beat(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts[what]++
	close(p.grown)
	p.grown = make(chan struct{})
}

func (p *pulse) count(what string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts[what]
}

// await returns true once it is so, which is asked after each beat, and false when ctx ends before.
func (p *pulse) await(ctx context.Context, so func() bool) bool {
	for {
		p.mu.Lock()
		grown := p.grown
		p.mu.Unlock()
		if so() {
			return true
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return false
		}
	}
}
