package esdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/cenkalti/backoff/v5"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

// leading demands the leader. The client's own RequiresLeader puts the header into the context of incoming calls, which is
// never sent; without it a node that lags behind, or that lost the lead, would answer.
func leading(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "requires-leader", "true")
}

// fate is what an answer says about trying again.
type fate int

const (
	final  fate = iota // an answer, good or bad
	moved              // the node doesn't lead; the client connects to the one that does
	broken             // the outcome is unknown, and so is the state of the client
)

// judge tells errors apart by their codes. The client wraps some of its errors and its FromError sees only bare ones.
func judge(err error) fate {
	if err == nil {
		return final
	}
	if e, ok := errors.AsType[*client.Error](err); ok {
		switch e.Code() {
		case client.ErrorCodeNotLeader:
			return moved
		case client.ErrorCodeWrongExpectedVersion, client.ErrorCodeStreamDeleted, client.ErrorCodeResourceNotFound,
			client.ErrorCodeAccessDenied, client.ErrorCodeUnauthenticated, client.ErrorCodeUnsupportedFeature:
			return final
		default: // by the status below
		}
	}
	if isOurs(err) {
		return final
	}
	switch status.Code(err) {
	case codes.InvalidArgument, codes.PermissionDenied, codes.Unauthenticated, codes.Unimplemented, codes.FailedPrecondition:
		return final
	default:
		return broken
	}
}

// isOurs tells errors of this package, which leave the client sound.
func isOurs(err error) bool {
	_, old := errors.AsType[*oldServerError](err)
	_, damage := errors.AsType[*adapter.DamageError](err)
	_, lost := errors.AsType[*lostTailError](err)
	return old || damage || lost || errors.Is(err, errStopped)
}

// is tells whether an error is the client's with a code.
func is(err error, code client.ErrorCode) bool {
	e, ok := errors.AsType[*client.Error](err)
	return ok && e.IsErrorCode(code)
}

// call runs one request, and runs it again with growing pauses while no node answers or leads. It ends with an answer, with
// ctx, with the store's patience, or with the store.
func (s *Store) call(ctx context.Context, request func(context.Context, *client.Client) error) error {
	select {
	case s.pool.slots <- struct{}{}:
		defer func() { <-s.pool.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	end := time.Now().Add(s.opt.Patience)
	for pause := pauses(); ; {
		err := s.try(ctx, request)
		if judge(err) == final {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		wait := pause.NextBackOff()
		if time.Now().Add(wait).After(end) {
			return fmt.Errorf("no answer within %s: %w", s.opt.Patience, err)
		}
		s.opt.Log.WarnContext(ctx, "EventStoreDB doesn't answer; trying again", slog.Any("error", err))
		if err := s.wait(ctx, wait); err != nil {
			return err
		}
	}
}

// try runs a request once.
func (s *Store) try(ctx context.Context, request func(context.Context, *client.Client) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.opt.Deadline)
	defer cancel()
	c, err := s.pool.take(ctx)
	if err != nil {
		return err
	}
	err = request(leading(ctx), c)
	s.handBack(ctx, c, err)
	return err
}

// handBack returns a client to the pool after an answer, by what the answer says about it.
func (s *Store) handBack(ctx context.Context, c *client.Client, err error) {
	switch judge(err) {
	case final:
		s.pool.give(c, true)
	case moved:
		s.pool.forget()
		if s.pool.settle(ctx, c) == nil { // else it is closed
			s.pool.give(c, true)
		}
	case broken:
		s.pool.give(c, false)
		if !errors.Is(ctx.Err(), context.Canceled) {
			s.pool.forget()
		}
	}
}

func pauses() *backoff.ExponentialBackOff {
	p := backoff.NewExponentialBackOff()
	p.InitialInterval, p.MaxInterval = 20*time.Millisecond, 5*time.Second
	return p
}

// wait pauses, unless ctx or the store ends.
func (s *Store) wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-s.ctx.Done():
		return context.Cause(s.ctx)
	}
}
