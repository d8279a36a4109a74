package esdbtest_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/mingjian-ledger/mingjian/adapters/esdb/esdbtest"
)

// raw speaks the protocol without the client, which has no batch append and no filtered read.
func raw(t *testing.T, server *esdbtest.Cluster) streams.StreamsClient {
	t.Helper()
	u, err := url.Parse(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(u.Host, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return streams.NewStreamsClient(conn)
}

func textID(id string) *shared.UUID { return &shared.UUID{Value: &shared.UUID_String_{String_: id}} }

func proposed(letters string) (out []*streams.BatchAppendReq_ProposedMessage) {
	for _, e := range named(letters) {
		out = append(out, &streams.BatchAppendReq_ProposedMessage{
			Id: textID(e.EventID.String()), Data: e.Data, CustomMetadata: e.Metadata,
			Metadata: map[string]string{"type": e.EventType, "content-type": "application/octet-stream"},
		})
	}
	return out
}

// Appends come in parts, interleaved; each is judged for itself and the call goes on.
func TestBatchAppend(t *testing.T) {
	server := esdbtest.Start(t, esdbtest.Options{MaxAppend: 3})
	c := connect(t, server.URL())
	call, err := raw(t, server).BatchAppend(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	empty := func(stream string) *streams.BatchAppendReq_Options {
		return &streams.BatchAppendReq_Options{
			StreamIdentifier:       &shared.StreamIdentifier{StreamName: []byte(stream)},
			ExpectedStreamPosition: &streams.BatchAppendReq_Options_NoStream{NoStream: &emptypb.Empty{}},
		}
	}
	for _, r := range []*streams.BatchAppendReq{
		{CorrelationId: textID("1"), Options: empty("s-1"), ProposedMessages: proposed("a")},
		{CorrelationId: textID("2"), Options: empty("s-2"), ProposedMessages: proposed("xyz"), IsFinal: true},
		{CorrelationId: textID("1"), ProposedMessages: proposed("b"), IsFinal: true},
		{CorrelationId: textID("3"), Options: empty("s-1"), ProposedMessages: proposed("c"), IsFinal: true},
		{CorrelationId: textID("4"), Options: empty("s-1"), ProposedMessages: proposed("ab"), IsFinal: true},
		{CorrelationId: textID("5"), Options: empty("s-3"), ProposedMessages: proposed("abcd"), IsFinal: true},
		{CorrelationId: textID("6"), ProposedMessages: proposed("e"), IsFinal: true},
	} {
		if err := call.Send(r); err != nil {
			t.Fatal(err)
		}
	}
	position := uint64(0)
	for _, want := range []struct {
		id, refused string
		revision    uint64
	}{{"2", "", 2}, {"1", "", 1}, {"3", "WrongExpectedVersion", 0}, {"4", "", 1}, {"5", "MaximumAppendSizeExceeded", 0}, {"6", "BadRequest", 0}} {
		r, err := call.Recv()
		if err != nil {
			t.Fatal(err)
		}
		if got := r.GetCorrelationId().GetString_(); got != want.id {
			t.Fatalf("answer to %s, want %s", got, want.id)
		}
		if want.refused != "" {
			if d := r.GetError().GetDetails(); len(d) != 1 || !strings.HasSuffix(d[0].GetTypeUrl(), "."+want.refused) {
				t.Errorf("%s: %v", want.id, r.GetResult())
			}
			continue
		}
		s := r.GetSuccess()
		if s.GetCurrentRevision() != want.revision {
			t.Errorf("%s: %v", want.id, r.GetResult())
		}
		if p := s.GetPosition().GetCommitPosition(); want.id == "1" {
			position = p
		} else if want.id == "4" && p != position {
			t.Errorf("the retry is at %d, at first it was at %d", p, position)
		}
	}
	for stream, want := range map[string]string{"s-1": "ab", "s-2": "xyz", "s-3": ""} {
		if got := letters(t, c, stream, client.Forwards, client.Start{}); got != want {
			t.Errorf("%s holds %q, want %q", stream, got, want)
		}
	}
	if err := call.CloseSend(); err != nil {
		t.Fatal(err)
	}
	if _, err := call.Recv(); err == nil {
		t.Fatal("the call goes on")
	}
}

// A filtered read counts what it gives, not what it looks at.
func TestFilteredReads(t *testing.T) {
	server := esdbtest.Start(t, esdbtest.Options{})
	c := connect(t, server.URL())
	for _, l := range strings.Split("abcdef", "") {
		store(t, c, "s-"+l, l)
	}
	for direction, want := range map[streams.ReadReq_Options_ReadDirection]string{
		streams.ReadReq_Options_Forwards: "abcde", streams.ReadReq_Options_Backwards: "fedcb",
	} {
		all := &streams.ReadReq_Options_AllOptions{AllOption: &streams.ReadReq_Options_AllOptions_Start{}}
		if direction == streams.ReadReq_Options_Backwards {
			all.AllOption = &streams.ReadReq_Options_AllOptions_End{}
		}
		call, err := raw(t, server).Read(t.Context(), &streams.ReadReq{Options: &streams.ReadReq_Options{
			StreamOption: &streams.ReadReq_Options_All{All: all}, ReadDirection: direction,
			CountOption: &streams.ReadReq_Options_Count{Count: 5},
			FilterOption: &streams.ReadReq_Options_Filter{Filter: &streams.ReadReq_Options_FilterOptions{
				Filter: &streams.ReadReq_Options_FilterOptions_StreamIdentifier{
					StreamIdentifier: &streams.ReadReq_Options_FilterOptions_Expression{Prefix: []string{"s-"}},
				},
			}},
			UuidOption: &streams.ReadReq_Options_UUIDOption{Content: &streams.ReadReq_Options_UUIDOption_String_{String_: &shared.Empty{}}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for r, err := call.Recv(); err == nil; r, err = call.Recv() {
			e := r.GetEvent().GetEvent()
			if e.GetId().GetString_() != named(string(e.GetData()))[0].EventID.String() {
				t.Errorf("id %v", e.GetId())
			}
			got += string(e.GetData())
		}
		if got != want {
			t.Errorf("%s: read %s, want %s", direction, got, want)
		}
	}
}
