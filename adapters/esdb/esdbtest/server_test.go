package esdbtest_test

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"go.uber.org/goleak"

	"github.com/mingjian-ledger/mingjian/adapters/esdb/esdbtest"
)

// What a client leaks that was sent on to a dead leader is not the servers'.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("google.golang.org/grpc/internal/grpcsync.(*CallbackSerializer).run"))
}

func connect(t *testing.T, url string) *client.Client {
	t.Helper()
	conf, err := client.ParseConnectionString(url)
	if err != nil {
		t.Fatal(err)
	}
	conf.Logger, conf.MaxDiscoverAttempts = client.NoopLogging(), 1
	c, err := client.NewClient(conf)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// named makes events whose ids derive from letters.
func named(letters string) []client.EventData {
	var out []client.EventData
	for _, l := range strings.Split(letters, "") {
		out = append(out, client.EventData{EventID: uuid.NewSHA1(uuid.Nil, []byte(l)), EventType: "noted", Data: []byte(l), Metadata: []byte("m" + l)})
	}
	return out
}

// attempt is an append and what the real server makes of it.
type attempt struct {
	want     client.ExpectedRevision
	letters  string
	conflict bool
	holds    string // the stream afterwards
}

// The table is the real server's: what follows the expected revision decides, and ids alone make a retry.
func TestAppendsAreJudgedAsByTheRealServer(t *testing.T) {
	c := connect(t, esdbtest.Start(t, esdbtest.Options{}).URL())
	var first client.WriteResult
	for i, a := range []attempt{
		{client.Revision(0), "a", true, ""},
		{client.StreamExists{}, "a", true, ""},
		{client.NoStream{}, "ab", false, "ab"},
		{client.NoStream{}, "ab", false, "ab"},
		{client.NoStream{}, "a", false, "ab"},
		{client.NoStream{}, "abc", true, "ab"},
		{client.NoStream{}, "b", true, "ab"},
		{client.Revision(0), "b", false, "ab"},
		{client.Revision(0), "a", true, "ab"},
		{client.Revision(7), "c", true, "ab"},
		{client.Revision(1), "c", false, "abc"},
		{client.Revision(2), "a", false, "abca"},
		{client.Any{}, "bc", false, "abca"},
		{client.Any{}, "bd", true, "abca"},
		{client.Any{}, "d", false, "abcad"},
		{client.StreamExists{}, "e", false, "abcade"},
	} {
		result, err := c.AppendToStream(t.Context(), "s-1", client.AppendToStreamOptions{ExpectedRevision: a.want}, named(a.letters)...)
		e, _ := errors.AsType[*client.Error](err)
		if conflict := e != nil && e.IsErrorCode(client.ErrorCodeWrongExpectedVersion); conflict != a.conflict || err != nil && !conflict {
			t.Fatalf("%d: %s expecting %v: %v", i, a.letters, a.want, err)
		}
		got := letters(t, c, "s-1", client.Forwards, client.Start{})
		if got != a.holds {
			t.Fatalf("%d: %s expecting %v: the stream holds %s, want %s", i, a.letters, a.want, got, a.holds)
		}
		switch {
		case i == 2:
			first = *result
		case i == 3 && *result != first:
			t.Fatalf("a retry is answered %v, at first it was %v", *result, first)
		}
	}
}

// letters reads a stream.
func letters(t *testing.T, c *client.Client, stream string, d client.Direction, from client.StreamPosition) string {
	t.Helper()
	events, err := c.ReadStream(t.Context(), stream, client.ReadStreamOptions{Direction: d, From: from}, 100)
	if err != nil {
		t.Fatal(err)
	}
	return joined(t, events)
}

func joined(t *testing.T, events *client.ReadStream) (out string) {
	t.Helper()
	defer events.Close()
	for {
		e, err := events.Recv()
		f, _ := errors.AsType[*client.Error](err)
		switch {
		case errors.Is(err, io.EOF) || f != nil && f.IsErrorCode(client.ErrorCodeResourceNotFound):
			return out
		case f != nil && f.IsErrorCode(client.ErrorCodeStreamDeleted):
			return "deleted"
		case err != nil:
			t.Fatal(err)
		}
		if strings.HasPrefix(e.Event.StreamID, "$") {
			out += "$"
			continue
		}
		if string(e.Event.UserMetadata) != "m"+string(e.Event.Data) || e.Event.CreatedDate.IsZero() {
			t.Fatalf("%v", e.Event)
		}
		out += string(e.Event.Data)
	}
}

func TestReads(t *testing.T) {
	c := connect(t, esdbtest.Start(t, esdbtest.Options{}).URL())
	store(t, c, "s-1", "abcd")
	at := map[string]client.Position{}
	events, err := c.ReadStream(t.Context(), "s-1", client.ReadStreamOptions{}, 10)
	if err != nil {
		t.Fatal(err)
	}
	for range 4 {
		e, err := events.Recv()
		if err != nil {
			t.Fatal(err)
		}
		at[string(e.Event.Data)] = e.Event.Position
	}
	events.Close()
	for i, read := range []struct{ got, want string }{
		{letters(t, c, "s-1", client.Forwards, client.Revision(2)), "cd"},
		{letters(t, c, "s-1", client.Forwards, client.Revision(9)), ""},
		{letters(t, c, "s-1", client.Backwards, client.End{}), "dcba"},
		{letters(t, c, "s-1", client.Backwards, client.Revision(1)), "ba"},
		{letters(t, c, "none", client.Forwards, client.Start{}), ""},
		{all(t, c, client.Forwards, client.Start{}, 100), "$$$abcd"},
		{all(t, c, client.Forwards, at["c"], 100), "cd"},
		{all(t, c, client.Backwards, client.End{}, 2), "dc"},
		{all(t, c, client.Backwards, at["c"], 100), "ba$$$"},
		{all(t, c, client.Backwards, client.Start{}, 100), ""},
	} {
		if read.got != read.want {
			t.Errorf("read %d: %q, want %q", i, read.got, read.want)
		}
	}
}

func store(t *testing.T, c *client.Client, stream, letters string) {
	t.Helper()
	if _, err := c.AppendToStream(t.Context(), stream, client.AppendToStreamOptions{}, named(letters)...); err != nil {
		t.Fatal(err)
	}
}

func all(t *testing.T, c *client.Client, d client.Direction, from client.AllPosition, n uint64) string {
	t.Helper()
	events, err := c.ReadAll(t.Context(), client.ReadAllOptions{Direction: d, From: from}, n)
	if err != nil {
		t.Fatal(err)
	}
	return joined(t, events)
}

// heard writes what a subscription says, up to a length: letters for events, a dot for a checkpoint, an exclamation mark for
// caught up, a question mark for fell behind.
func heard(s *client.Subscription, length int, on map[string]func()) (out string) {
	for len(out) < length {
		switch m := s.Recv(); {
		case m.SubscriptionDropped != nil:
			return out + "x"
		case m.EventAppeared != nil && strings.HasPrefix(m.EventAppeared.Event.StreamID, "$"):
			out += "$"
		case m.EventAppeared != nil:
			out += string(m.EventAppeared.Event.Data)
		case m.CheckPointReached != nil:
			out += "."
		case m.CaughtUp != nil:
			out += "!"
		case m.FellBehind != nil:
			out += "?"
		}
		if do := on[out]; do != nil {
			do()
		}
	}
	return out
}

func TestSubscriptions(t *testing.T) {
	filter := func(f client.SubscriptionFilter) client.SubscribeToAllOptions {
		return client.SubscribeToAllOptions{From: client.Start{}, Filter: &f, MaxSearchWindow: 2, CheckpointInterval: 1}
	}
	for name, sub := range map[string]struct {
		o    client.SubscribeToAllOptions
		want string
	}{
		"all":               {client.SubscribeToAllOptions{From: client.Start{}}, "$$$abcd!e"},
		"from the end":      {client.SubscribeToAllOptions{From: client.End{}}, "!e"},
		"by expression":     {filter(client.SubscriptionFilter{Type: client.StreamFilterType, Regex: `^[^$]`}), ".a.bc.d!e."},
		"by prefix":         {filter(client.SubscriptionFilter{Type: client.StreamFilterType, Prefixes: []string{"t-", "u-"}}), "..c.d!e."},
		"by type":           {filter(client.SubscriptionFilter{Type: client.EventFilterType, Prefixes: []string{"not"}}), ".a.bc.d!e."},
		"by the other type": {filter(client.SubscriptionFilter{Type: client.EventFilterType, Regex: `^\$`}), "$$.$..!."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := connect(t, esdbtest.Start(t, esdbtest.Options{}).URL())
			store(t, c, "s-1", "ab")
			store(t, c, "t-1", "cd")
			s, err := c.SubscribeToAll(t.Context(), sub.o)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			live, _, _ := strings.Cut(sub.want, "!")
			if got := heard(s, len(sub.want), map[string]func(){live + "!": func() { store(t, c, "u-1", "e") }}); got != sub.want {
				t.Fatalf("heard %s, want %s", got, sub.want)
			}
		})
	}
}

func TestSubscriptionsToStreams(t *testing.T) {
	server := esdbtest.Start(t, esdbtest.Options{})
	c := connect(t, server.URL())
	store(t, c, "s-1", "ab")
	for _, sub := range []struct {
		from client.StreamPosition
		want string
	}{{client.Start{}, "ab!c"}, {client.Revision(0), "bc!d"}, {client.End{}, "!e"}} {
		s, err := c.SubscribeToStream(t.Context(), "s-1", client.SubscribeToStreamOptions{From: sub.from})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		live, next, _ := strings.Cut(sub.want, "!")
		if got := heard(s, len(sub.want), map[string]func(){live + "!": func() { store(t, c, "s-1", next) }}); got != sub.want {
			t.Fatalf("heard %s, want %s", got, sub.want)
		}
	}
	server.Fault(esdbtest.Subscribe, esdbtest.Behind, 3) // the confirmation counts
	s, err := c.SubscribeToStream(t.Context(), "s-1", client.SubscribeToStreamOptions{From: client.Revision(3)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := heard(s, 5, map[string]func(){"e!": func() { store(t, c, "s-1", "f") }}); got != "e!?f!" {
		t.Fatalf("heard %s", got)
	}
}

func TestDeletedStreams(t *testing.T) {
	c := connect(t, esdbtest.Start(t, esdbtest.Options{}).URL())
	store(t, c, "s-1", "ab")
	if _, err := c.DeleteStream(t.Context(), "s-1", client.DeleteStreamOptions{ExpectedRevision: client.Revision(5)}); err == nil {
		t.Fatal("deleted at another revision")
	}
	if _, err := c.DeleteStream(t.Context(), "s-1", client.DeleteStreamOptions{ExpectedRevision: client.Revision(1)}); err != nil {
		t.Fatal(err)
	}
	if got := letters(t, c, "s-1", client.Forwards, client.Start{}); got != "" {
		t.Fatalf("holds %s", got)
	}
	r, err := c.AppendToStream(t.Context(), "s-1", client.AppendToStreamOptions{ExpectedRevision: client.NoStream{}}, named("c")...)
	if err != nil || r.NextExpectedVersion != 2 {
		t.Fatalf("goes on at %v: %v", r, err)
	}
	if got := letters(t, c, "s-1", client.Forwards, client.Start{}); got != "c" {
		t.Fatalf("holds %s", got)
	}
	if _, err := c.TombstoneStream(t.Context(), "s-1", client.TombstoneStreamOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := letters(t, c, "s-1", client.Forwards, client.Start{}); got != "deleted" {
		t.Fatalf("holds %s", got)
	}
	_, err = c.AppendToStream(t.Context(), "s-1", client.AppendToStreamOptions{}, named("d")...)
	if e, _ := errors.AsType[*client.Error](err); e == nil || !e.IsErrorCode(client.ErrorCodeStreamDeleted) {
		t.Fatalf("got %v", err)
	}
}

// The gossip names the leader, which the client goes to; a node that lost the lead passes appends on and reads what it has.
func TestLeaders(t *testing.T) {
	server := esdbtest.Start(t, esdbtest.Options{Nodes: 3})
	for leader := range 3 {
		server.Lead(leader)
		c := connect(t, server.URL())
		stream := "s-" + strconv.Itoa(leader)
		store(t, c, stream, "a")
		server.Lag(leader)
		server.Lead((leader + 1) % 3)
		store(t, c, stream, "b")
		if got := letters(t, c, stream, client.Forwards, client.Start{}); got != "a" {
			t.Fatalf("the follower read %s", got)
		}
		if got := letters(t, connect(t, server.URL()), stream, client.Forwards, client.Start{}); got != "ab" {
			t.Fatalf("the leader read %s", got)
		}
	}
}

func TestFaultsComeInTheOrderTold(t *testing.T) {
	server := esdbtest.Start(t, esdbtest.Options{})
	for i, action := range []esdbtest.Action{esdbtest.Forbidden, esdbtest.Lose, esdbtest.Refuse, esdbtest.Abort} {
		f := server.Fault(esdbtest.Append, action, 0)
		c := connect(t, server.URL()) // one that saw a server unavailable leaks its connection
		_, err := c.AppendToStream(t.Context(), "s-1", client.AppendToStreamOptions{}, named(string(rune('a'+i)))...)
		e, _ := errors.AsType[*client.Error](err)
		want := []client.ErrorCode{client.ErrorCodeAccessDenied, client.ErrorUnavailable, client.ErrorUnavailable, client.ErrorAborted}[i]
		if e == nil || !e.IsErrorCode(want) {
			t.Fatalf("%d: %v", i, err)
		}
		<-f.Struck()
	}
	c := connect(t, server.URL())
	if got := letters(t, c, "s-1", client.Forwards, client.Start{}); got != "bd" {
		t.Fatalf("holds %s", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	f := server.Fault(esdbtest.Append, esdbtest.SilentDo, 0)
	go func() { <-f.Struck(); cancel() }()
	if _, err := c.AppendToStream(ctx, "s-1", client.AppendToStreamOptions{}, named("e")...); err == nil {
		t.Fatal("no error")
	}
	if got := letters(t, c, "s-1", client.Forwards, client.Start{}); got != "bde" {
		t.Fatalf("holds %s", got)
	}
	if n := server.Calls(esdbtest.Append); n != 5 {
		t.Fatalf("counted %d appends", n)
	}
}
