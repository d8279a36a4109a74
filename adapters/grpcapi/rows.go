package grpcapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"sync/atomic"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// rowsAtOnce bounds how many rows of a batch are under way, so that the store commits many of them together.
const rowsAtOnce = 64

// batch judges and records many rows, each as a command of its own on the stream of its id.
type batch[R proto.Message] struct {
	base Base
	kind string                  // keeps the command ids of rows of different kinds apart
	with string                  // what the request says about all rows
	id   func(R) (string, error) // of the stream
	// run records one row under the given metadata. An error that is a Fault refuses the row, any other ends the batch.
	run func(ctx context.Context, m es.Metadata, id string, row R) (recorded, error)
}

// recorded is what came of a row that was not refused.
type recorded struct {
	changed  bool
	position es.Position
	warnings []*mingjianv1.RowRemark
}

// record runs the rows. The id of a row's command derives from the call's and the row's id, so that a retry of the call finds
// what it did, however the rows are cut into calls; what was known already leads to no event anyhow. A row with the id of
// an earlier one is the same or refused.
func (b batch[R]) record(ctx context.Context, req proto.Message, rows []R) ([]*mingjianv1.RowResult, *mingjianv1.Receipt, error) {
	meta, err := b.base.metadata(ctx, req)
	if err != nil {
		return nil, nil, err
	}
	results := make([]*mingjianv1.RowResult, len(rows))
	places := make([]es.Position, len(rows))
	first := map[string]int{}
	var todo []int
	for i, row := range rows {
		id, err := b.id(row)
		earlier, twice := first[id]
		switch {
		case err != nil:
			results[i] = refusedRow(id, err)
		case twice && !sameRow(rows[earlier], row):
			results[i] = refusedRow(id, domain.Refuse(domain.Conflict, "row.twice", "id",
				fmt.Sprintf("本批第%d行已有同一标识，且内容不同", earlier+1), fmt.Sprintf("row %d of this batch has the same id and other content", earlier+1)))
		case twice:
			results[i] = &mingjianv1.RowResult{Id: id, Status: mingjianv1.RowStatus_ROW_STATUS_UNCHANGED, Refusals: nil, Warnings: nil}
		default:
			first[id] = i
			todo = append(todo, i)
		}
	}
	err = parallel(ctx, len(todo), func(ctx context.Context, n int) (err error) {
		i := todo[n]
		results[i], places[i], err = b.one(ctx, meta, rows[i])
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return results, receiptOf("", es.Result[struct{}]{Position: latest(places)}), nil
}

func (b batch[R]) one(ctx context.Context, meta es.Metadata, row R) (*mingjianv1.RowResult, es.Position, error) {
	id, err := b.id(row)
	if err != nil {
		return nil, es.Position{}, err
	}
	body, err := proto.MarshalOptions{Deterministic: true}.Marshal(row)
	if err != nil {
		return nil, es.Position{}, err
	}
	digest := sha256.Sum256(append([]byte(CallOf(ctx).Method+"\n"+b.with+"\n"), body...))
	meta.Causation, meta.Command = meta.Command, es.DeriveID(meta.Command, b.kind, id)
	meta.CommandDigest = hex.EncodeToString(digest[:])
	got, err := b.run(ctx, meta, id, row)
	if err != nil {
		if refuses(err) {
			return refusedRow(id, err), es.Position{}, nil
		}
		return nil, es.Position{}, err
	}
	result := &mingjianv1.RowResult{Id: id, Status: mingjianv1.RowStatus_ROW_STATUS_UNCHANGED, Refusals: nil, Warnings: got.warnings}
	if got.changed {
		result.Status = mingjianv1.RowStatus_ROW_STATUS_ACCEPTED
	}
	return result, got.position, nil
}

// refuses tells an error that is about the row from one of the machinery, after which the call is to be tried again.
func refuses(err error) bool {
	faults := faultsOf(err)
	for _, f := range faults {
		if f.Kind == domain.Internal || f.Kind == domain.Unavailable {
			return false
		}
	}
	return len(faults) > 0
}

func refusedRow(id string, err error) *mingjianv1.RowResult {
	result := &mingjianv1.RowResult{Id: id, Status: mingjianv1.RowStatus_ROW_STATUS_REFUSED, Refusals: nil, Warnings: nil}
	for _, f := range faultsOf(err) {
		result.Refusals = append(result.Refusals, &mingjianv1.RowRemark{Code: f.Code, Field: f.Field, MessageZh: f.ZH, MessageEn: f.EN})
	}
	return result
}

// sameRow compares what rows say, not where in the file they stand.
func sameRow(a, b proto.Message) bool {
	a, b = proto.Clone(a), proto.Clone(b)
	for _, m := range []proto.Message{a, b} {
		if line := m.ProtoReflect().Descriptor().Fields().ByName("line"); line != nil {
			m.ProtoReflect().Clear(line)
		}
	}
	return proto.Equal(a, b)
}

func latest(places []es.Position) (last es.Position) {
	for _, p := range places {
		if last.Compare(p) < 0 {
			last = p
		}
	}
	return last
}

// decided runs a command and tells whether the stream holds events of it.
func decided[S, C any, E es.Event](ctx context.Context, b Base, d es.Decider[S, C, E], id string, m es.Metadata, cmd C) (es.Result[S], bool, error) {
	events, decide := 0, d.Decide
	d.Decide = func(s S, c C) ([]E, error) {
		list, err := decide(s, c)
		events = len(list)
		return list, err
	}
	res, err := es.Transact(ctx, b.Store, d, id, cmd, m)
	return res, events > 0 || res.Duplicate, err
}

func receiptOf[S any](id string, res es.Result[S]) *mingjianv1.Receipt {
	return &mingjianv1.Receipt{
		Id: id, Revision: uint64(res.Revision), Position: res.Position.String(), Duplicate: res.Duplicate,
	}
}

// parallel runs do for 0 to n-1, at most rowsAtOnce at a time. The first error ends it and is returned.
func parallel(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(n, rowsAtOnce) {
		workers.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := do(ctx, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	workers.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}
