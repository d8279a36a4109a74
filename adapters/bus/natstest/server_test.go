package natstest_test

import (
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/mingjian-ledger/mingjian/adapters/bus/natstest"
)

func TestMain(m *testing.M) { natstest.Main(m) }

// runs is a server that can be ended and started again.
type runs interface {
	URL() string
	Start()
}

// TestWhatWasAcknowledgedSurvives also shows that a server comes back at its address.
func TestWhatWasAcknowledgedSurvives(t *testing.T) {
	t.Parallel()
	inside, outside := natstest.New(t, natstest.Options{}), natstest.Spawn(t)
	for name, c := range map[string]struct {
		runs
		end func()
	}{"stopped": {inside, inside.Stop}, "killed": {outside, outside.Kill}} {
		js := connect(t, c.URL())
		if _, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "S", Subjects: []string{"s"}}); err != nil {
			t.Fatal(name, err)
		}
		for range 10 {
			if _, err := js.Publish(t.Context(), "s", []byte("x")); err != nil {
				t.Fatal(name, err)
			}
		}
		c.end()
		c.Start()
		s, err := connect(t, c.URL()).Stream(t.Context(), "S")
		if err != nil {
			t.Fatal(name, err)
		}
		if n := s.CachedInfo().State.Msgs; n != 10 {
			t.Errorf("%s: %d of 10 messages are there", name, n)
		}
	}
}

func TestProxyCutsConnections(t *testing.T) {
	t.Parallel()
	p := natstest.NewProxy(t, natstest.New(t, natstest.Options{}).Addr())
	lost := make(chan struct{})
	c, err := nats.Connect(p.URL(), nats.NoReconnect(), nats.ClosedHandler(func(*nats.Conn) { close(lost) }))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	p.Down()
	<-lost
	if _, err := nats.Connect(p.URL()); err == nil {
		t.Error("a proxy that is down lets a connection through")
	}
	p.Up()
	connect(t, p.URL())
}

func connect(t *testing.T, url string) jetstream.JetStream {
	t.Helper()
	c, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	js, err := jetstream.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return js
}
