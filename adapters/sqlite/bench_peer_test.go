//go:build linux

package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/mingjian-ledger/mingjian/adapters/bus/natstest"
	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest/ratio"
)

func BenchmarkP4(b *testing.B) {
	const n = 64
	for b.Loop() {
		s := openStore(b, filepath.Join(b.TempDir(), "events.db"), sqlite.Options{})
		settle(b, s)
		rate, _ := compare(b, appending(b, n, jetStream(b)), appending(b, n, storing(b, s)))
		print(b, ratio.Goal{ID: "P4", What: "durable append, 64 writers / JetStream, sync always", AtLeast: 2.5}, rate)
	}
}

// jetStream publishes to a server in this process that syncs before it acknowledges; ids are recognised, as they are by the store.
func jetStream(b *testing.B) func(int, es.Stream, es.Expected, es.Proposed) error {
	b.Helper()
	conn, err := nats.Connect(natstest.New(b, natstest.Options{}).URL())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := js.CreateStream(b.Context(), jetstream.StreamConfig{Name: "bench", Subjects: []string{"bench.*"}, Storage: jetstream.FileStorage}); err != nil {
		b.Fatal(err)
	}
	ctx := b.Context()
	return func(_ int, stream es.Stream, _ es.Expected, e es.Proposed) error {
		m := nats.NewMsg("bench." + stream.ID)
		m.Data = e.Data
		m.Header.Set("meta", string(e.Meta))
		_, err := js.PublishMsg(ctx, m, jetstream.WithMsgID(string(e.ID)))
		return err
	}
}
