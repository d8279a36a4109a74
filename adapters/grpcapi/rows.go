package grpcapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

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
	changed   bool
	duplicate bool // it was this very command that changed something before
	position  es.Position
	warnings  []*mingjianv1.RowRemark
}

// answered is a row with its answer.
type answered struct {
	recorded
	result *mingjianv1.RowResult
}

// record runs the rows. The first is recorded under the call's own command id and the digest of the whole request, so that a
// key which was used for another batch is found out; the ids of the others' commands derive from the call's and the row's id,
// so that a retry finds what it did. What was known already leads to no event anyhow. A row with the id of an earlier one is
// the same or refused.
func (b batch[R]) record(ctx context.Context, req proto.Message, rows []R) ([]*mingjianv1.RowResult, *mingjianv1.Receipt, error) {
	meta, err := b.base.metadata(ctx, req)
	if err != nil {
		return nil, nil, err
	}
	results := make([]answered, len(rows))
	first := map[string]int{}
	var todo []int
	for i, row := range rows {
		id, err := b.id(row)
		earlier, twice := first[id]
		switch {
		case err != nil:
			results[i].result = refusedRow(id, err)
		case twice && !sameRow(rows[earlier], row):
			zh, en := placeOf(rows[earlier], earlier)
			results[i].result = refusedRow(id, domain.Refuse(domain.Conflict, "row.twice", "id",
				zh+"已有同一标识，且内容不同", en+" has the same id and other content"))
		case twice:
			results[i].result = &mingjianv1.RowResult{Id: id, Status: mingjianv1.RowStatus_ROW_STATUS_UNCHANGED, Refusals: nil, Warnings: nil}
		default:
			first[id] = i
			todo = append(todo, i)
		}
	}
	err = firstThenOthers(ctx, len(todo), func(ctx context.Context, n int) (err error) {
		m := meta
		if n > 0 {
			if m, err = b.derived(ctx, meta, rows[todo[n]]); err != nil {
				return err
			}
		}
		results[todo[n]], err = b.one(ctx, m, rows[todo[n]])
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	list, receipt := summary(results)
	return list, receipt, nil
}

// derived is the metadata of a row's own command.
func (b batch[R]) derived(ctx context.Context, call es.Metadata, row R) (es.Metadata, error) {
	id, err := b.id(row)
	if err != nil {
		return call, err
	}
	body, err := proto.MarshalOptions{Deterministic: true}.Marshal(row)
	if err != nil {
		return call, err
	}
	digest := sha256.Sum256(append([]byte(CallOf(ctx).Method+"\n"+b.with+"\n"), body...))
	own := call
	own.Causation, own.Command = call.Command, es.DeriveID(call.Command, b.kind, id)
	own.CommandDigest = hex.EncodeToString(digest[:])
	return own, nil
}

func (b batch[R]) one(ctx context.Context, m es.Metadata, row R) (answered, error) {
	id, err := b.id(row)
	if err != nil {
		return answered{}, err
	}
	got, err := b.run(ctx, m, id, row)
	if err != nil {
		if refuses(err) {
			return answered{result: refusedRow(id, err)}, nil
		}
		return answered{}, err
	}
	result := &mingjianv1.RowResult{Id: id, Status: mingjianv1.RowStatus_ROW_STATUS_UNCHANGED, Refusals: nil, Warnings: got.warnings}
	if got.changed {
		result.Status = mingjianv1.RowStatus_ROW_STATUS_ACCEPTED
	}
	return answered{recorded: got, result: result}, nil
}

// summary is the list of results and the receipt of them all: the latest position, and a duplicate if whatever the rows
// changed was changed by this very call before.
func summary(rows []answered) ([]*mingjianv1.RowResult, *mingjianv1.Receipt) {
	results, places := make([]*mingjianv1.RowResult, len(rows)), make([]es.Position, len(rows))
	fresh, again := false, false
	for i, row := range rows {
		results[i], places[i] = row.result, row.position
		fresh, again = fresh || row.changed && !row.duplicate, again || row.duplicate
	}
	return results, receiptOf("", es.Result[struct{}]{Position: latest(places), Duplicate: again && !fresh})
}

// refuses tells an error that is about the row from one about the whole call: a fault of the machinery, after which it is to
// be tried again, or a key that was used before.
func refuses(err error) bool {
	if reused := (*es.ReusedError)(nil); errors.As(err, &reused) {
		return false
	}
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
		if line := lineField(m); line != nil {
			m.ProtoReflect().Clear(line)
		}
	}
	return proto.Equal(a, b)
}

// lineField is the number of the row's line in a file; the line of a profile is one of business.
func lineField(row proto.Message) protoreflect.FieldDescriptor {
	fields := row.ProtoReflect().Descriptor().Fields()
	if line := fields.ByName("line"); line != nil && line.Kind() != protoreflect.StringKind {
		return line
	}
	return fields.ByName("row")
}

// placeOf names a row by its line in the file, if it has one, else by its place in the batch.
func placeOf(row proto.Message, index int) (zh, en string) {
	if line := lineField(row); line != nil && row.ProtoReflect().Has(line) {
		return fmt.Sprintf("第%v行", row.ProtoReflect().Get(line)), fmt.Sprintf("line %v", row.ProtoReflect().Get(line))
	}
	return fmt.Sprintf("本批第%d行", index+1), fmt.Sprintf("row %d of this batch", index+1)
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

// firstThenOthers runs do for 0 alone and then for the others at the same time where the caller gave a key: if that was used
// for another call, nothing of this one is recorded. Without a key there is nothing to find out, and all go at once.
func firstThenOthers(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	if n == 0 || !CallOf(ctx).Keyed {
		return parallel(ctx, n, do)
	}
	if err := do(ctx, 0); err != nil {
		return err
	}
	return parallel(ctx, n-1, func(ctx context.Context, i int) error { return do(ctx, i+1) })
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
