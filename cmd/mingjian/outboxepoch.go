package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
)

// epoch names the present one.
func (in *instance) epoch(ctx context.Context) (string, error) {
	all, err := in.epochs.All(ctx)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all.Now().Name(), nil
}

// beginOutbox has an outbox that published nothing yet begin with the present epoch of a restored ledger: whoever listens has
// what came before, and would take the whole history for news. A ledger in its first epoch is published from its first event.
func (in *instance) beginOutbox(ctx context.Context) error {
	epochs, err := in.epochs.All(ctx)
	if err != nil || len(epochs) < 2 {
		return err
	}
	keeps := outbox.Outbox{}.Reactor().Keeps()
	at, target, err := in.place(ctx, keeps)
	if err != nil || at != (es.Position{}) {
		return err
	}
	if target == nil {
		if target, err = in.views.Attach(ctx, keeps); err != nil {
			return err
		}
	}
	began := epochs.Now().Began
	err = target.Commit(ctx, at, began, projections.NewRows(nil))
	if errors.Is(err, projections.ErrMoved) {
		return nil // by another server, that did the same
	}
	if err == nil {
		in.log.WarnContext(ctx, "the outbox begins with the present epoch of the restored ledger; projection realign --again has it publish all of its history",
			slog.String("epoch", epochs.Now().Name()), slog.String("position", began.String()))
	}
	return err
}

// publishedBefore is where an outbox goes on that is of another history: behind what both have in common. In a log that numbers
// that anew it is behind the beginning of the epoch which did so.
func (in *instance) publishedBefore(ctx context.Context, common es.Position) (es.Position, error) {
	epochs, err := in.epochs.All(ctx)
	for _, e := range epochs {
		if e.Renumbered {
			common = later(common, e.Began)
		}
	}
	return common, err
}

func later(a, b es.Position) es.Position {
	if a.Compare(b) < 0 {
		return b
	}
	return a
}

// makesMessage tells whether the first event of a log makes one. Of a release there is always one.
func makesMessage(first es.Record) (bool, error) {
	if disclosure.Releases(first.Type) {
		return true, nil
	}
	messages, err := outbox.Messages(first, outbox.Facts{Before: []es.Record{first}})
	return len(messages) > 0, err
}

// publishAgain sets the outbox to the first event, of which no message is made: an outbox at the very beginning would be taken
// for one that never published anything, see beginOutbox.
func (in *instance) publishAgain(ctx context.Context) (string, error) {
	at, target, err := in.place(ctx, outbox.Outbox{}.Reactor().Keeps())
	if err != nil {
		return "", err
	}
	for batch, err := range in.events.Follow(ctx, es.Position{}) {
		switch {
		case err != nil:
			return "", err
		case len(batch.Records) == 0 && batch.CaughtUp:
			return "the log has no events to publish", nil
		case len(batch.Records) == 0:
			continue
		}
		first := batch.Records[0]
		if tells, err := makesMessage(first); err != nil || tells {
			return "", errors.Join(err, errors.New("the first event of the log makes a message, so that an outbox behind it would leave one out"))
		}
		to := first.Position
		if err := target.Commit(ctx, at, to, projections.NewRows(nil)); err != nil {
			return "", fmt.Errorf("%s: %w", outbox.Name, err)
		}
		return fmt.Sprintf("%s was at %s: publishes all messages again", outbox.Name, at), nil
	}
	return "", ctx.Err()
}
