package esdbtest

import (
	"context"
	"strconv"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
)

// Delete implements the streams service.
func (n *node) Delete(ctx context.Context, r *streams.DeleteReq) (*streams.DeleteResp, error) {
	expected := anyRevision
	switch want := r.GetOptions().GetExpectedStreamRevision().(type) {
	case *streams.DeleteReq_Options_Revision:
		expected = int64(want.Revision)
	case *streams.DeleteReq_Options_NoStream:
		expected = noStream
	default: // any, or that the stream exists, which is asked for anyway
	}
	at, err := n.removed(ctx, string(r.GetOptions().GetStreamIdentifier().GetStreamName()), expected, false)
	return &streams.DeleteResp{PositionOption: &streams.DeleteResp_Position_{
		Position: &streams.DeleteResp_Position{CommitPosition: at, PreparePosition: at},
	}}, err
}

// Tombstone implements the streams service.
func (n *node) Tombstone(ctx context.Context, r *streams.TombstoneReq) (*streams.TombstoneResp, error) {
	expected := anyRevision
	switch want := r.GetOptions().GetExpectedStreamRevision().(type) {
	case *streams.TombstoneReq_Options_Revision:
		expected = int64(want.Revision)
	case *streams.TombstoneReq_Options_NoStream:
		expected = noStream
	default:
	}
	at, err := n.removed(ctx, string(r.GetOptions().GetStreamIdentifier().GetStreamName()), expected, true)
	return &streams.TombstoneResp{PositionOption: &streams.TombstoneResp_Position_{
		Position: &streams.TombstoneResp_Position{CommitPosition: at, PreparePosition: at},
	}}, err
}

func (n *node) removed(ctx context.Context, name string, expected int64, forGood bool) (uint64, error) {
	err := n.admit(ctx, Append)
	var v verdict
	if err == nil {
		switch v = n.log.remove(name, expected, forGood); v.result {
		case streamDeleted:
			err = deleted(name)
		case wrongVersion:
			err = failure(codes.FailedPrecondition, "wrong expected version", "exception", "wrong-expected-version",
				"stream-name", name, "expected-version", strconv.FormatInt(expected, 10), "actual-version", strconv.FormatInt(v.revision, 10))
		case stored:
		}
	}
	if e, ok := err.(*exception); ok { //nolint:errorlint // made here and never wrapped
		_ = grpc.SetTrailer(ctx, e.trailers)
	}
	return v.position, err
}
