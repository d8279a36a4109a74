package grpcapi_test

import (
	"context"
	"iter"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// nowhere takes every event and keeps none, for worlds that look at something else than the trail.
type nowhere struct{}

func (nowhere) Append(context.Context, es.Stream, es.Expected, ...es.Proposed) (es.Position, error) {
	return es.At(1, 0), nil
}

func (nowhere) Read(context.Context, es.Stream, es.Revision) iter.Seq2[es.Record, error] {
	return func(func(es.Record, error) bool) {}
}

func noTrail() *grpcapi.Trail { return grpcapi.NewTrail(nowhere{}, time.Now) }
