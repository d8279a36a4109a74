package esdbtest

import (
	"encoding/binary"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Read implements the streams service: reads and subscriptions, of streams and of $all.
func (n *node) Read(r *streams.ReadReq, s streams.Streams_ReadServer) error {
	o := r.GetOptions()
	op := Read
	if o.GetSubscription() != nil {
		op = Subscribe
	}
	err := n.admit(s.Context(), op)
	if err != nil {
		return tell(s, err)
	}
	f := n.take(op)
	if err := f.before(s.Context()); err != nil {
		return tell(s, err)
	}
	out := &sender{node: n, to: s, fault: f, text: o.GetUuidOption().GetString_() != nil, inStream: o.GetStream() != nil}
	keep, err := filter(o.GetFilter())
	backwards := o.GetReadDirection() == streams.ReadReq_Options_Backwards
	switch {
	case err != nil:
	case op == Subscribe && backwards:
		err = status.Error(codes.InvalidArgument, "a subscription goes forwards")
	case op == Subscribe:
		err = n.subscribe(o, keep, out)
	case o.GetStream() != nil:
		err = n.readStream(o, backwards, out)
	default:
		err = n.readAll(o, backwards, keep, out)
	}
	return tell(s, err)
}

// filter makes a predicate of the request's filter; without one all are kept.
func filter(o *streams.ReadReq_Options_FilterOptions) (func(*event) bool, error) {
	name := func(e *event) string { return e.stream }
	expression := o.GetStreamIdentifier()
	if expression == nil {
		name, expression = func(e *event) string { return e.typ }, o.GetEventType()
	}
	switch {
	case o == nil:
		return func(*event) bool { return true }, nil
	case expression.GetRegex() != "":
		pattern, err := regexp.Compile(expression.GetRegex())
		if err != nil {
			return nil, status.Error(codes.InvalidArgument, "no regular expression")
		}
		return func(e *event) bool { return pattern.MatchString(name(e)) }, nil
	case len(expression.GetPrefix()) > 0:
		return func(e *event) bool {
			return slices.ContainsFunc(expression.GetPrefix(), func(p string) bool { return strings.HasPrefix(name(e), p) })
		}, nil
	default:
		return nil, status.Error(codes.InvalidArgument, "no filter expression")
	}
}

func (n *node) readStream(o *streams.ReadReq_Options, backwards bool, out *sender) error {
	name := string(o.GetStream().GetStreamIdentifier().GetStreamName())
	events, exists, tombstoned := n.log.of(name, n.visible())
	switch {
	case tombstoned:
		return deleted(name)
	case !exists:
		return out.send(&streams.ReadResp{Content: &streams.ReadResp_StreamNotFound_{StreamNotFound: &streams.ReadResp_StreamNotFound{
			StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(name)},
		}}})
	}
	from := uint64(0)
	switch at := o.GetStream().GetRevisionOption().(type) {
	case *streams.ReadReq_Options_StreamOptions_Revision:
		if from = at.Revision; from > math.MaxInt64 {
			return status.Error(codes.InvalidArgument, "no revision")
		}
	case *streams.ReadReq_Options_StreamOptions_End:
		from = math.MaxInt64
	default:
	}
	events = slices.DeleteFunc(events, func(e *event) bool {
		return backwards && e.revision > from || !backwards && e.revision < from
	})
	if backwards {
		slices.Reverse(events)
	}
	return out.events(events[:min(uint64(len(events)), o.GetCount())])
}

func (n *node) readAll(o *streams.ReadReq_Options, backwards bool, keep func(*event) bool, out *sender) error {
	limit := n.visible()
	at := 0
	switch p := o.GetAll().GetAllOption().(type) {
	case *streams.ReadReq_Options_AllOptions_Position:
		at = min(n.log.index(p.Position.GetCommitPosition()), limit)
	case *streams.ReadReq_Options_AllOptions_End:
		at = limit
	default:
	}
	lo, hi := at, limit
	if backwards {
		lo, hi = 0, at
	}
	events, _ := n.log.from(lo, hi)
	if backwards {
		slices.Reverse(events)
	}
	events = slices.DeleteFunc(events, func(e *event) bool { return !keep(e) })
	return out.events(events[:min(uint64(len(events)), o.GetCount())])
}

// sender answers one read or subscription.
type sender struct {
	*node
	to       streams.Streams_ReadServer
	fault    *Fault
	sent     int
	text     bool // ids as text
	inStream bool
}

func (s *sender) send(r *streams.ReadResp) error {
	if s.fault.passing(s.sent, Drop) {
		return errUnavailable
	}
	s.sent++
	s.node.sent.Add(1)
	return s.to.Send(r)
}

func (s *sender) events(events []*event) error {
	for _, e := range events {
		if err := s.event(e); err != nil {
			return err
		}
	}
	return nil
}

func (s *sender) event(e *event) error {
	r := &streams.ReadResp_ReadEvent_RecordedEvent{
		Id:               &shared.UUID{},
		StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(e.stream)},
		StreamRevision:   e.revision, CommitPosition: e.position, PreparePosition: e.position,
		Metadata: map[string]string{
			"type": e.typ, "content-type": e.content, "created": strconv.FormatInt(e.created.UnixNano()/100, 10),
		},
		CustomMetadata: e.meta, Data: e.data,
	}
	if s.text {
		r.Id.Value = &shared.UUID_String_{String_: uuid.UUID(e.id).String()}
	} else {
		r.Id.Value = &shared.UUID_Structured_{Structured: &shared.UUID_Structured{
			MostSignificantBits:  int64(binary.BigEndian.Uint64(e.id[:8])),
			LeastSignificantBits: int64(binary.BigEndian.Uint64(e.id[8:])),
		}}
	}
	out := &streams.ReadResp_ReadEvent{Event: r, Position: &streams.ReadResp_ReadEvent_CommitPosition{CommitPosition: e.position}}
	if s.inStream && s.since(22, 6) < 0 {
		r.CommitPosition, r.PreparePosition = math.MaxUint64, math.MaxUint64
		out.Position = &streams.ReadResp_ReadEvent_NoPosition{NoPosition: &shared.Empty{}}
	}
	return s.send(&streams.ReadResp{Content: &streams.ReadResp_Event{Event: out}})
}

// since compares the server's version with another.
func (c *Cluster) since(major, minor int) int {
	return slices.Compare(c.version[:], []int{major, minor})
}
