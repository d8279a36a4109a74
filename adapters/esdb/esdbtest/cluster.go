package esdbtest

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
)

// Options of a cluster. The zero value is one node without TLS.
type Options struct {
	Nodes          int    // default 1
	TLS            bool   // with a certificate of its own, which the URL names
	User, Password string // demanded of every request if set, and in the URL; clients only send them with TLS
	MaxAppend      int    // bytes of data in one append. Default 16 MiB; a real server's is 1 MiB unless configured
	Version        string // default 24.10.0; before 23.10 no caught-up is sent, before 22.6 no position in streams
}

// Cluster is a number of nodes over one log.
type Cluster struct {
	opt     Options
	log     *journal
	faults  faults
	secure  *secure
	sent    atomic.Int64
	version [2]int

	mu     sync.Mutex
	nodes  []*node
	leader int
	calls  map[Op]int
}

// node is one server of a cluster.
type node struct {
	streams.UnimplementedStreamsServer
	serverfeatures.UnimplementedServerFeaturesServer
	*Cluster
	at      int
	address string
	server  *grpc.Server // nil while it is stopped
	served  chan struct{}
	lagging int // events that are replicated; negative if all are
}

// Start runs a cluster until the test ends; node 0 leads.
func Start(t testing.TB, o Options) *Cluster {
	t.Helper()
	c := &Cluster{opt: o, log: newJournal(), calls: map[Op]int{}}
	if c.opt.Nodes == 0 {
		c.opt.Nodes = 1
	}
	if c.opt.MaxAppend == 0 {
		c.opt.MaxAppend = 16 << 20
	}
	if c.opt.Version == "" {
		c.opt.Version = "24.10.0"
	}
	if _, err := fmt.Sscanf(c.opt.Version, "%d.%d", &c.version[0], &c.version[1]); err != nil {
		t.Fatalf("esdbtest: version %q: %v", c.opt.Version, err)
	}
	if o.TLS {
		var err error
		if c.secure, err = newSecure(t.TempDir()); err != nil {
			t.Fatalf("esdbtest: %v", err)
		}
	}
	for i := range c.opt.Nodes {
		c.nodes = append(c.nodes, &node{Cluster: c, at: i, address: "127.0.0.1:0", lagging: -1})
		if err := c.Restart(i); err != nil {
			t.Fatalf("esdbtest: %v", err)
		}
	}
	t.Cleanup(func() {
		for i := range c.nodes {
			c.Stop(i)
		}
	})
	return c
}

// URL names all nodes, with what a client needs to be let in.
func (c *Cluster) URL() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	addresses := make([]string, len(c.nodes))
	for i, n := range c.nodes {
		addresses[i] = n.address
	}
	user, query := "", url.Values{"tls": {fmt.Sprint(c.secure != nil)}}
	if c.opt.User != "" {
		user = url.UserPassword(c.opt.User, c.opt.Password).String() + "@"
	}
	if c.secure != nil {
		query.Set("tlsCaFile", c.secure.file)
	}
	return "esdb://" + user + strings.Join(addresses, ",") + "?" + query.Encode()
}

// Restart lets a stopped node serve again, at its old address.
func (c *Cluster) Restart(i int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.nodes[i]
	if n.server != nil {
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(c.context(), "tcp", n.address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	options := []grpc.ServerOption{
		grpc.MaxRecvMsgSize(17 << 20),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: time.Second, PermitWithoutStream: true}),
		grpc.WaitForHandlers(true),
	}
	if c.secure != nil {
		options = append(options, grpc.Creds(c.secure.credentials))
	}
	n.address, n.server, n.served = listener.Addr().String(), grpc.NewServer(options...), make(chan struct{})
	streams.RegisterStreamsServer(n.server, n)
	gossip.RegisterGossipServer(n.server, gossiper{node: n})
	serverfeatures.RegisterServerFeaturesServer(n.server, n)
	server, served := n.server, n.served
	go func() {
		defer close(served)
		_ = server.Serve(listener) // ends with Stop
	}()
	return nil
}

// Stop kills a node: its connections are cut.
func (c *Cluster) Stop(i int) {
	c.mu.Lock()
	n := c.nodes[i]
	server, served := n.server, n.served
	n.server = nil
	c.mu.Unlock()
	if server != nil {
		server.Stop()
		<-served
	}
}

// Lead makes a node the leader.
func (c *Cluster) Lead(i int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leader = i
	c.nodes[i].lagging = -1
}

// Lag lets a node replicate no more; Lead ends that.
func (c *Cluster) Lag(i int) {
	n := c.log.length()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.nodes[i].lagging = n
}

// Calls is how many requests of a kind came so far.
func (c *Cluster) Calls(op Op) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls[op]
}

// Sent is how many messages reads and subscriptions were sent so far.
func (c *Cluster) Sent() int64 { return c.sent.Load() }

// System appends system events.
func (c *Cluster) System(n int) {
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	for range n {
		c.log.add(system("$stats-127.0.0.1:2113"))
	}
}

// Corrupt changes a bit of a stored event's data, or its type if it has no data.
func (c *Cluster) Corrupt(stream string, revision uint64) {
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	at := c.log.streams[stream].places[revision]
	damaged := *c.log.events[at]
	if len(damaged.data) == 0 {
		damaged.typ += "?"
	} else {
		damaged.data = append([]byte(nil), damaged.data...)
		damaged.data[len(damaged.data)/2] ^= 1
	}
	c.log.events[at] = &damaged
}

// Cut hides a stream's events before a revision from its readers, as a stream's metadata can.
func (c *Cluster) Cut(stream string, first uint64) {
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	c.log.streams[stream].first = first
}

// LoseTail drops the last events of the log, as a restore of an older backup does.
func (c *Cluster) LoseTail(n int) { c.log.cut(n) }
