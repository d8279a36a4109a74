package bus_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/bus"
	"github.com/mingjian-ledger/mingjian/adapters/bus/bustest"
	"github.com/mingjian-ledger/mingjian/adapters/bus/natstest"
)

func TestMain(m *testing.M) { natstest.Main(m) }

// open opens a bus that the test closes.
func open(t testing.TB, address string) *bus.Bus {
	t.Helper()
	b, err := bus.Open(t.Context(), address, bus.Options{Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// quick are settings under which what nobody acknowledges is given again soon.
const quick = "?ack_wait=300ms&publish_wait=300ms"

func TestEmbeddedBusKeepsThePromises(t *testing.T) {
	t.Parallel()
	bustest.Suite(t, func(t *testing.T) *bustest.Subject {
		return &bustest.Subject{Bus: open(t, bus.Embedded)}
	}, bustest.Features{})
}

func TestJetStreamKeepsThePromises(t *testing.T) {
	t.Parallel()
	bustest.Suite(t, func(t *testing.T) *bustest.Subject {
		address := natstest.New(t, natstest.Options{}).URL() + "?ack_wait=10s"
		return &bustest.Subject{Bus: open(t, address), Another: func() *bus.Bus { return open(t, address) }}
	}, bustest.Features{Keeps: true})
}
