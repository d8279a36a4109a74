package outbox

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Name is the reactor's name.
const Name = "outbox"

// Releases is the public feed.
//
// Released returns what the feed shows today of the release whose event stands at a position. It waits until
// the feed has come that far; an error passes.
type Releases interface {
	Released(ctx context.Context, at es.Position) (*viewv1.Release, error)
}

// Streams reads single streams, as es.Store does.
type Streams interface {
	Read(ctx context.Context, stream es.Stream, from es.Revision) iter.Seq2[es.Record, error]
}

// Outbox publishes.
type Outbox struct {
	Bus      Publisher
	Releases Releases
	Streams  Streams
	Epoch    func(context.Context) (string, error) // the ledger's present one, as ledger.Epoch names it
}

// Reactor is the outbox as what follows the log. Its checkpoint is that of the bus as well: whoever changes to another bus with an
// old checkpoint begins there.
func (o Outbox) Reactor() projections.Reactor {
	return projections.Reactor{Name: Name, React: o.react}
}

func (o Outbox) react(ctx context.Context, rec es.Record) error {
	facts, err := o.facts(ctx, rec)
	if err != nil {
		return err
	}
	messages, err := Messages(rec, facts)
	if err != nil {
		return projections.Final(err)
	}
	if len(messages) == 0 {
		return nil
	}
	epoch, err := o.Epoch(ctx)
	if err != nil {
		return err
	}
	for i := range messages {
		messages[i].Epoch = epoch
	}
	return o.Bus.Publish(ctx, messages...)
}

// Facts are what messages tell beside their event.
type Facts struct {
	Item    *viewv1.Release // of a release: as the feed shows it
	Sole    bool            // of a release: after its act no outlet showed anything of the disclosure
	Earlier []Earlier       // of a sole release: those that its disclosure had before it, in their order
	Before  []es.Record     // of a task or an inspection: the records of its stream up to the event and with it
}

// Earlier is a release that was made before another one of its disclosure.
type Earlier struct {
	Record es.Record
	Item   *viewv1.Release // as the feed shows it
}

func (o Outbox) facts(ctx context.Context, rec es.Record) (f Facts, err error) {
	switch {
	case disclosure.Releases(rec.Type):
		if f.Item, err = o.Releases.Released(ctx, rec.Position); err != nil {
			return f, fmt.Errorf("outbox: release at %s: %w", rec.Position, err)
		}
		var before []es.Record
		if before, f.Sole, err = o.upTo(ctx, rec); err == nil && f.Sole {
			f.Earlier, err = o.earlier(ctx, before)
		}
		return f, err
	case tells(rec.Type):
		for before, err := range o.Streams.Read(ctx, rec.Stream, 0) {
			if err != nil {
				return f, fmt.Errorf("outbox: read %s: %w", rec.Stream, err)
			}
			f.Before = append(f.Before, before)
			if before.Revision == rec.Revision {
				break
			}
		}
	}
	return f, nil
}

// upTo are the acts of a disclosure before that of a record, and whether after it no outlet showed anything. That follows from the
// log alone: what comes again because of an act is the same whenever it is made, or a repetition would take out of the bus what came
// later and is not taken twice.
func (o Outbox) upTo(ctx context.Context, rec es.Record) (before []es.Record, gone bool, err error) {
	var now disclosure.Showing
	for one, err := range o.Streams.Read(ctx, rec.Stream, 0) {
		if err != nil {
			return nil, false, fmt.Errorf("outbox: read %s: %w", rec.Stream, err)
		}
		if !disclosure.Releases(one.Type) {
			continue
		}
		e, err := disclosure.Codec().Decode(one.Type, one.Data)
		if err != nil {
			return nil, false, projections.Final(fmt.Errorf("outbox: %s@%d: %w", one.Stream, one.Revision, err))
		}
		if now = now.After(e); one.Revision >= rec.Revision {
			break
		}
		before = append(before, one)
	}
	return before, !slices.ContainsFunc(now.Outlets, func(s disclosure.Standing) bool { return s.Ended == "" && !s.Masked }), nil
}

// earlier are releases as the feed shows them.
func (o Outbox) earlier(ctx context.Context, acts []es.Record) (list []Earlier, err error) {
	for _, act := range acts {
		item, err := o.Releases.Released(ctx, act.Position)
		if err != nil {
			return nil, fmt.Errorf("outbox: release at %s: %w", act.Position, err)
		}
		list = append(list, Earlier{act, item})
	}
	return list, nil
}

// Concerns says that events of a type may become messages.
func Concerns(typ string) bool { return disclosure.Releases(typ) || tells(typ) }

// Messages makes the messages of an event. Of one that is nobody's business outside there are none.
func Messages(rec es.Record, facts Facts) ([]Message, error) {
	switch {
	case disclosure.Releases(rec.Type):
		return releaseMessages(rec, facts)
	case tells(rec.Type):
		return taskMessages(rec, facts.Before)
	}
	return nil, nil
}

// messageOf is what all messages of an event have in common.
func messageOf(rec es.Record, typ, schema string) (Message, error) {
	meta, err := rec.Metadata()
	if err != nil {
		return Message{}, err
	}
	return Message{
		ID: string(es.DeriveID(rec.ID, typ)), Type: typ, Schema: schema, Key: rec.Stream.String(), Time: meta.RecordedAt.UTC(),
	}, nil
}
