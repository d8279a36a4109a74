package esdbtest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const jsonContent = "application/json"

// message is a proposed event in either of the two forms of the protocol.
type message interface {
	GetId() *shared.UUID
	GetMetadata() map[string]string
	GetCustomMetadata() []byte
	GetData() []byte
}

// propose makes an event of a message.
func propose(m message) (*event, error) {
	e := &event{data: m.GetData(), meta: m.GetCustomMetadata()}
	var ok bool
	for _, field := range []struct {
		name string
		to   *string
	}{{"type", &e.typ}, {"content-type", &e.content}} {
		if *field.to, ok = m.GetMetadata()[field.name]; !ok {
			return nil, failure(codes.InvalidArgument, "metadata "+field.name+" is missing",
				"exception", "missing-required-metadata-property", "required-metadata-properties", "type,content-type")
		}
	}
	if text := m.GetId().GetString_(); text != "" {
		id, err := uuid.Parse(text)
		if err != nil {
			return nil, status.Error(codes.InvalidArgument, "no UUID")
		}
		e.id = id
		return e, nil
	}
	s := m.GetId().GetStructured()
	binary.BigEndian.PutUint64(e.id[:8], uint64(s.GetMostSignificantBits()))
	binary.BigEndian.PutUint64(e.id[8:], uint64(s.GetLeastSignificantBits()))
	return e, nil
}

// gather adds messages to an append, up to the largest that is taken.
func gather[M message](n *node, size *int, events []*event, messages ...M) ([]*event, error) {
	for _, m := range messages {
		if *size += len(m.GetData()); *size > n.opt.MaxAppend {
			return nil, failure(codes.InvalidArgument, fmt.Sprintf("maximum append size of %d exceeded", n.opt.MaxAppend),
				"exception", "maximum-append-size-exceeded", "maximum-append-size", strconv.Itoa(n.opt.MaxAppend))
		}
		e, err := propose(m)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, nil
}

func deleted(stream string) error {
	return failure(codes.FailedPrecondition, "stream is deleted", "exception", "stream-deleted", "stream-name", stream)
}

// Append implements the streams service.
func (n *node) Append(s streams.Streams_AppendServer) error { return tell(s, n.append(s)) }

func (n *node) append(s streams.Streams_AppendServer) error {
	if err := n.admit(s.Context(), Append); err != nil {
		return err
	}
	first, err := s.Recv()
	if err != nil {
		return err
	}
	options := first.GetOptions()
	name, expected := string(options.GetStreamIdentifier().GetStreamName()), int64(0)
	switch want := options.GetExpectedStreamRevision().(type) {
	case *streams.AppendReq_Options_Revision:
		expected = int64(want.Revision)
	case *streams.AppendReq_Options_NoStream:
		expected = noStream
	case *streams.AppendReq_Options_Any:
		expected = anyRevision
	case *streams.AppendReq_Options_StreamExists:
		expected = streamExists
	default:
		return status.Error(codes.InvalidArgument, "no options, or no expectation")
	}
	var events []*event
	for size := 0; ; {
		m, err := s.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if events, err = gather(n, &size, events, m.GetProposedMessage()); err != nil {
			return err
		}
	}
	v, err := n.store(s.Context(), name, expected, events)
	if err != nil {
		return err
	}
	return s.SendAndClose(appended(v, expected))
}

// store appends, unless a fault strikes.
func (n *node) store(ctx context.Context, name string, expected int64, events []*event) (verdict, error) {
	f := n.take(Append)
	if err := f.before(ctx); err != nil {
		return verdict{}, err
	}
	v := n.log.append(name, expected, events)
	if err := f.afterwards(ctx); err != nil {
		return v, err
	}
	if v.result == streamDeleted {
		return v, deleted(name)
	}
	return v, nil
}

func appended(v verdict, expected int64) *streams.AppendResp {
	if v.result == stored {
		return &streams.AppendResp{Result: &streams.AppendResp_Success_{Success: &streams.AppendResp_Success{
			CurrentRevisionOption: &streams.AppendResp_Success_CurrentRevision{CurrentRevision: uint64(v.revision)},
			PositionOption: &streams.AppendResp_Success_Position{
				Position: &streams.AppendResp_Position{CommitPosition: v.position, PreparePosition: v.position},
			},
		}}}
	}
	w := &streams.AppendResp_WrongExpectedVersion{
		CurrentRevisionOption: &streams.AppendResp_WrongExpectedVersion_CurrentRevision{CurrentRevision: uint64(v.revision)},
	}
	if v.revision < 0 {
		w.CurrentRevisionOption = &streams.AppendResp_WrongExpectedVersion_CurrentNoStream{CurrentNoStream: &shared.Empty{}}
	}
	switch expected {
	case noStream:
		w.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: &shared.Empty{}}
	case anyRevision:
		w.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedAny{ExpectedAny: &shared.Empty{}}
	case streamExists:
		w.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedStreamExists{ExpectedStreamExists: &shared.Empty{}}
	default:
		w.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedRevision{ExpectedRevision: uint64(expected)}
	}
	return &streams.AppendResp{Result: &streams.AppendResp_WrongExpectedVersion_{WrongExpectedVersion: w}}
}
