package esdbtest

import (
	"errors"
	"io"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/genproto/googleapis/rpc/code"
	rpc "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/emptypb"
)

// pending is an append that arrives in parts.
type pending struct {
	options *streams.BatchAppendReq_Options
	events  []*event
	size    int
	err     error
}

// BatchAppend implements the streams service: appends of any number of streams on one call, each in parts, told apart by
// their correlation ids and answered in the order in which they are complete.
func (n *node) BatchAppend(s streams.Streams_BatchAppendServer) error {
	if err := n.admit(s.Context(), Append); err != nil {
		return tell(s, err)
	}
	open := map[string]*pending{}
	for {
		r, err := s.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		id, err := proto.MarshalOptions{Deterministic: true}.Marshal(r.GetCorrelationId())
		if err != nil {
			return status.Error(codes.InvalidArgument, "no correlation id")
		}
		p := open[string(id)]
		if p == nil {
			p = &pending{options: r.GetOptions()}
			open[string(id)] = p
		}
		if p.err == nil {
			p.events, p.err = gather(n, &p.size, p.events, r.GetProposedMessages()...)
		}
		if !r.GetIsFinal() {
			continue
		}
		delete(open, string(id))
		answer, err := n.settle(s, p)
		if err != nil {
			return tell(s, err)
		}
		answer.CorrelationId, answer.StreamIdentifier = r.GetCorrelationId(), p.options.GetStreamIdentifier()
		if err := s.Send(answer); err != nil {
			return err
		}
	}
}

// settle stores a complete append. What a fault says ends the call; what the append is refused for is told as its result.
func (n *node) settle(s streams.Streams_BatchAppendServer, p *pending) (*streams.BatchAppendResp, error) {
	r := &streams.BatchAppendResp{}
	expected, none := int64(0), &emptypb.Empty{}
	switch want := p.options.GetExpectedStreamPosition().(type) {
	case *streams.BatchAppendReq_Options_StreamPosition:
		expected, r.ExpectedStreamPosition = int64(want.StreamPosition), &streams.BatchAppendResp_StreamPosition{StreamPosition: want.StreamPosition}
	case *streams.BatchAppendReq_Options_NoStream:
		expected, r.ExpectedStreamPosition = noStream, &streams.BatchAppendResp_NoStream{NoStream: none}
	case *streams.BatchAppendReq_Options_Any:
		expected, r.ExpectedStreamPosition = anyRevision, &streams.BatchAppendResp_Any{Any: none}
	case *streams.BatchAppendReq_Options_StreamExists:
		expected, r.ExpectedStreamPosition = streamExists, &streams.BatchAppendResp_StreamExists{StreamExists: none}
	default:
		return r, refused(r, code.Code_INVALID_ARGUMENT, &shared.BadRequest{Message: "no expectation"})
	}
	if p.err != nil {
		return r, refused(r, code.Code_INVALID_ARGUMENT, &shared.MaximumAppendSizeExceeded{MaxAppendSize: uint32(n.opt.MaxAppend)})
	}
	name := p.options.GetStreamIdentifier()
	v, err := n.store(s.Context(), string(name.GetStreamName()), expected, p.events)
	switch {
	case v.result == streamDeleted:
		return r, refused(r, code.Code_FAILED_PRECONDITION, &shared.StreamDeleted{StreamIdentifier: name})
	case err != nil:
		return nil, err
	case v.result == wrongVersion:
		w := &shared.WrongExpectedVersion{
			CurrentStreamRevisionOption: &shared.WrongExpectedVersion_CurrentStreamRevision{CurrentStreamRevision: uint64(v.revision)},
		}
		if v.revision < 0 {
			w.CurrentStreamRevisionOption = &shared.WrongExpectedVersion_CurrentNoStream{CurrentNoStream: none}
		}
		return r, refused(r, code.Code_FAILED_PRECONDITION, w)
	}
	r.Result = &streams.BatchAppendResp_Success_{Success: &streams.BatchAppendResp_Success{
		CurrentRevisionOption: &streams.BatchAppendResp_Success_CurrentRevision{CurrentRevision: uint64(v.revision)},
		PositionOption: &streams.BatchAppendResp_Success_Position{
			Position: &shared.AllStreamPosition{CommitPosition: v.position, PreparePosition: v.position},
		},
	}}
	return r, nil
}

// refused sets the result of an append that is not stored.
func refused(r *streams.BatchAppendResp, c code.Code, detail proto.Message) error {
	packed, err := anypb.New(detail)
	r.Result = &streams.BatchAppendResp_Error{Error: &rpc.Status{Code: int32(c), Message: c.String(), Details: []*anypb.Any{packed}}}
	return err
}
