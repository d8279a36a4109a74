package grpcapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// Base is what every service needs.
type Base struct {
	Store es.Store
	Views projections.Reader // with the records of those that an authority succeeded in its lists, see projections.Widen
	Clock func() time.Time
	Rules rule.Tables // those of the program if it is zero
	// Succession tells who holds the tasks of an authority that was succeeded; nil where none ever is.
	Succession Succession
}

// Today is the civil date in Asia/Shanghai.
func (b Base) Today() calendar.Date { return calendar.DateOf(b.Clock()) }

// Tables are the rules by which periods are counted and records are public.
func (b Base) Tables() rule.Tables {
	if b.Rules.Version() == "" {
		return rule.Embedded()
	}
	return b.Rules
}

// checking is the base over a store that records nothing, for batches that are only checked; else the base itself.
func (b Base) checking(only bool) Base {
	if only {
		b.Store = checkOnly{b.Store}
	}
	return b
}

// checkOnly decides like the store it reads and stores nothing.
type checkOnly struct{ es.Store }

func (checkOnly) Append(context.Context, es.Stream, es.Expected, ...es.Proposed) (es.Position, error) {
	return es.Position{}, nil
}

// Call is the identity of one request: who asks, and under which command id. The interceptors put it into the context.
type Call struct {
	Actor   domain.Actor
	Method  string // full method name
	Command es.ID  // from the Idempotency-Key, or fresh
	Keyed   bool   // the caller gave an Idempotency-Key

	identities map[string]sealedIdentity // by commitment: what became of the identities in the request
	taken      redacted[proto.Message]   // what the chain took out of the texts of the request
	vault      Vault                     // where it is sealed
}

type callKey struct{}

// WithCall puts the call into the context.
func WithCall(ctx context.Context, c Call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// CallOf is the call in the context; the zero Call, whose actor may do nothing, without one.
func CallOf(ctx context.Context) Call {
	c, _ := ctx.Value(callKey{}).(Call)
	return c
}

// metadata describes the command that req asks for. The digest covers method and request, so that one key used for two
// different requests is told from a retry.
func (b Base) metadata(ctx context.Context, req proto.Message) (es.Metadata, error) {
	call := CallOf(ctx)
	if after := req.ProtoReflect().Descriptor().Fields().ByName("after"); after != nil {
		// What the views must hold is no part of what is asked: a retry may well name a later position.
		req = proto.Clone(req)
		req.ProtoReflect().Clear(after)
	}
	body, err := proto.MarshalOptions{Deterministic: true}.Marshal(req)
	if err != nil {
		return es.Metadata{}, err
	}
	digest := sha256.Sum256(append([]byte(call.Method+"\n"), body...))
	return es.Metadata{
		Command: call.Command, CommandDigest: hex.EncodeToString(digest[:]),
		Correlation: call.Command, Causation: call.Command,
		Actor: call.Actor.Account, Role: string(call.Actor.Role), Authority: string(call.Actor.Authority),
		RecordedAt: b.Clock().UTC(),
	}, nil
}

// write runs one command for req on the stream id of the decider's category.
func write[S, C any, E es.Event](ctx context.Context, b Base, d es.Decider[S, C, E], id string, req proto.Message, cmd C) (*mingjianv1.Receipt, error) {
	meta, err := b.metadata(ctx, req)
	if err != nil {
		return nil, err
	}
	call := CallOf(ctx)
	if meta.Redaction, err = sealedBeside(ctx, b, call.vault, d, id, meta, call.taken, cmd); err != nil {
		return nil, err
	}
	res, err := es.Transact(ctx, b.Store, d, id, cmd, meta)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.Receipt{
		Id: id, Revision: uint64(res.Revision), Position: res.Position.String(), Duplicate: res.Duplicate,
	}, nil
}

// firstAnswer is the receipt of the same request if the stream holds it already, nil if it doesn't: for requests whose
// command is made of facts that may have changed since, so that the request would be refused when it is sent again.
func firstAnswer[S, C any, E es.Event](ctx context.Context, b Base, d es.Decider[S, C, E], id string, req proto.Message) (*mingjianv1.Receipt, error) {
	var none C
	d.Decide = func(S, C) ([]E, error) { return nil, nil }
	receipt, err := write(ctx, b, d, id, req, none)
	if err != nil || !receipt.GetDuplicate() {
		return nil, err
	}
	return receipt, nil
}
