package esdb_test

import (
	"strings"
	"testing"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/mingjian-ledger/mingjian/adapters/esdb"
	"github.com/mingjian-ledger/mingjian/adapters/esdb/esdbtest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

// bare opens the client itself, past the store.
func bare(t testing.TB, url string) *client.Client {
	t.Helper()
	conf, err := client.ParseConnectionString(url)
	if err != nil {
		t.Fatal(err)
	}
	conf.Logger = client.NoopLogging()
	c, err := client.NewClient(conf)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func check(t *testing.T, s *esdb.Store) (out []string) {
	t.Helper()
	if err := s.Check(t.Context(), func(p adapter.Problem) { out = append(out, p.String()) }); err != nil {
		t.Fatal(err)
	}
	return out
}

// readError is the error that reading a stream ends with.
func readError(t *testing.T, s es.Store, of es.Stream) (last error) {
	t.Helper()
	for _, err := range s.Read(t.Context(), of, 0) {
		last = err
	}
	return last
}

func TestASoundLogHasNoProblem(t *testing.T) {
	c := esdbtest.Start(t, esdbtest.Options{})
	s := openStore(t, c.URL(), esdb.Options{})
	if got := check(t, s); len(got) != 0 {
		t.Fatal(got)
	}
	fill(t, s, "a", 1200) // more than two pages
	store(t, s, stream("long"), es.NoStream{}, note("long", 600)...)
	if got := check(t, s); len(got) != 0 {
		t.Fatal(got)
	}
}

// What others did to the log is an error wherever it is met, and Check names it and goes on.
func TestProblems(t *testing.T) {
	for name, spoil := range map[string]struct {
		do             func(*testing.T, *esdbtest.Cluster, *client.Client)
		says           string
		reads, follows bool // whether these still succeed
	}{
		"a changed bit": {do: func(_ *testing.T, c *esdbtest.Cluster, _ *client.Client) { c.Corrupt("plan-a", 1) }, says: "doesn't match its hash"},
		"an event of others": {says: "has no hash", do: func(t *testing.T, _ *esdbtest.Cluster, c *client.Client) {
			_, err := c.AppendToStream(t.Context(), "plan-a", client.AppendToStreamOptions{}, client.EventData{EventType: "x", Data: []byte("{}")})
			must(t, err)
		}},
		"a stream of others": {says: "has no hash", reads: true, do: func(t *testing.T, _ *esdbtest.Cluster, c *client.Client) {
			_, err := c.AppendToStream(t.Context(), "other-1", client.AppendToStreamOptions{}, client.EventData{EventType: "x", Metadata: []byte("{}")})
			must(t, err)
		}},
		"a copied event": {says: "doesn't match its hash", do: func(t *testing.T, _ *esdbtest.Cluster, c *client.Client) {
			events, err := c.ReadStream(t.Context(), "plan-a", client.ReadStreamOptions{}, 1)
			must(t, err)
			defer events.Close()
			e, err := events.Recv()
			must(t, err)
			_, err = c.AppendToStream(t.Context(), "plan-a", client.AppendToStreamOptions{ExpectedRevision: client.Revision(2)}, client.EventData{
				EventID: e.Event.EventID, EventType: e.Event.EventType, Data: e.Event.Data, Metadata: e.Event.UserMetadata,
			})
			must(t, err)
		}},
		"a tombstone": {says: "has revision 9223372036854775807 where 3 belongs", do: func(t *testing.T, _ *esdbtest.Cluster, c *client.Client) {
			_, err := c.TombstoneStream(t.Context(), "plan-a", client.TombstoneStreamOptions{ExpectedRevision: client.Revision(2)})
			must(t, err)
		}},
		"a stream that goes on after it was deleted": {says: "has no hash", do: func(t *testing.T, _ *esdbtest.Cluster, c *client.Client) {
			_, err := c.DeleteStream(t.Context(), "plan-a", client.DeleteStreamOptions{ExpectedRevision: client.Revision(2)})
			must(t, err)
			_, err = c.AppendToStream(t.Context(), "plan-a", client.AppendToStreamOptions{ExpectedRevision: client.NoStream{}}, client.EventData{EventType: "x"})
			must(t, err)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c := esdbtest.Start(t, esdbtest.Options{})
			s := openStore(t, c.URL(), esdb.Options{})
			store(t, s, stream("a"), es.NoStream{}, note("a", 3)...)
			spoil.do(t, c, bare(t, c.URL()))
			fill(t, s, "after", 1)
			if got := check(t, s); len(got) == 0 || !strings.Contains(strings.Join(got, "\n"), spoil.says) {
				t.Errorf("found %q", got)
			}
			if err := readError(t, s, stream("a")); (err == nil) != spoil.reads {
				t.Errorf("read: %v", err)
			}
			if err := fails(t, s, es.Position{}); !as[*adapter.DamageError](err) {
				t.Errorf("follow: %v", err)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A deleted stream takes an append that expects none, which then has other revisions than it was hashed with.
func TestAnAppendToADeletedStreamIsNotAcknowledged(t *testing.T) {
	c := esdbtest.Start(t, esdbtest.Options{})
	s := openStore(t, c.URL(), esdb.Options{})
	store(t, s, stream("a"), es.NoStream{}, note("a", 3)...)
	b := bare(t, c.URL())
	_, err := b.DeleteStream(t.Context(), "plan-a", client.DeleteStreamOptions{})
	must(t, err)
	if _, err := s.Append(t.Context(), stream("a"), es.NoStream{}, note("again", 2)...); !as[*adapter.DamageError](err) {
		t.Fatalf("got %v", err)
	}
	_, err = b.TombstoneStream(t.Context(), "plan-a", client.TombstoneStreamOptions{})
	must(t, err)
	if _, err := s.Append(t.Context(), stream("a"), es.NoStream{}, note("again", 2)...); err == nil {
		t.Fatal("no error from a tombstone")
	}
}

// What is left of a stream that was cut is sound, and still not the stream.
func TestAStreamThatWasCutIsNotRead(t *testing.T) {
	c := esdbtest.Start(t, esdbtest.Options{})
	s := openStore(t, c.URL(), esdb.Options{})
	e := note("a", 5)
	store(t, s, stream("a"), es.NoStream{}, e...)
	c.Cut("plan-a", 2)
	if err := readError(t, s, stream("a")); !as[*adapter.DamageError](err) {
		t.Fatalf("got %v", err)
	}
	again := openStore(t, c.URL(), esdb.Options{})
	if _, err := again.Append(t.Context(), stream("a"), es.Exactly(4), e[:1]...); !as[*adapter.DamageError](err) {
		t.Fatalf("an append that can't know the ids: %v", err)
	}
}

// Stores of several namespaces share a server and don't see each other.
func TestNamespacesAreApart(t *testing.T) {
	c := esdbtest.Start(t, esdbtest.Options{})
	one, two := openStore(t, c.URL()+"&namespace=one.", esdb.Options{}), openStore(t, c.URL(), esdb.Options{Namespace: "two."})
	e, f := note("e", 2), note("f", 3)
	store(t, one, stream("a"), es.NoStream{}, e...)
	store(t, two, stream("a"), es.NoStream{}, f...)
	last := holds(t, one, stream("a"), e...)[1].Position
	holds(t, two, stream("a"), f...)
	if head, err := one.Head(t.Context()); err != nil || head != last {
		t.Errorf("head %s, want %s: %v", head, last, err)
	}
	if all, _ := until(t, one, es.Position{}, caughtUp); len(all) != 2 {
		t.Errorf("%d records", len(all))
	}
	if got := check(t, one); len(got) != 0 {
		t.Error(got)
	}
	if _, err := one.Append(t.Context(), stream("b"), es.NoStream{}, f[:1]...); err != nil {
		t.Errorf("an id of the other namespace: %v", err)
	}
	_, err := bare(t, c.URL()).AppendToStream(t.Context(), "else-1", client.AppendToStreamOptions{}, client.EventData{EventType: "x"})
	must(t, err)
	if all, _ := until(t, two, es.Position{}, caughtUp); len(all) != 3 {
		t.Errorf("%d records", len(all))
	}
}

// The server keeps JSON as JSON, so that its own tools show it, and everything else as bytes.
func TestWhatTheServerKeeps(t *testing.T) {
	c := esdbtest.Start(t, esdbtest.Options{})
	s := openStore(t, c.URL(), esdb.Options{})
	e := note("kept", 2)
	e[1].Data, e[1].Meta = []byte("\x00\xff"), []byte("{\xff")
	store(t, s, es.Stream{Category: "监管", ID: "甲/1-2"}, es.NoStream{}, e...)
	events, err := bare(t, c.URL()).ReadStream(t.Context(), "监管-甲/1-2", client.ReadStreamOptions{}, 2)
	must(t, err)
	defer events.Close()
	for i, want := range []struct{ content, tail string }{
		{"application/json", `,"meta":{"command":"x"}}`}, {"application/octet-stream", `,"bytes":"e/8="}`},
	} {
		got, err := events.Recv()
		must(t, err)
		id, _ := e[i].ID.Bytes()
		if g := got.Event; g.ContentType != want.content || !strings.HasSuffix(string(g.UserMetadata), want.tail) ||
			string(g.Data) != string(e[i].Data) || g.EventID != id || g.EventType != e[i].Type {
			t.Errorf("%d: %s %s %q", i, g.ContentType, g.EventType, g.UserMetadata)
		}
	}
}

func TestAStreamTooLongToKnowIsStillKnown(t *testing.T) {
	c := esdbtest.Start(t, esdbtest.Options{})
	s := openStore(t, c.URL(), esdb.Options{})
	e := note("long", 3000)
	store(t, s, stream("long"), es.NoStream{}, e...)
	again := openStore(t, c.URL(), esdb.Options{})
	if _, err := again.Append(t.Context(), stream("long"), es.Exactly(2999), e[7], e[9]); !as[*es.ReusedError](err) {
		t.Fatalf("got %v", err)
	}
	store(t, again, stream("long"), es.Exactly(2999), note("more", 1)...)
	if n := len(holds(t, again, stream("long"), append(e, note("more", 1)...)...)); n != 3001 {
		t.Fatal(n)
	}
}
