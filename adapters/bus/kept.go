package bus

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/message/router/middleware"
	"github.com/nats-io/nats.go/jetstream"
)

// tail reads with a consumer of its own that leaves no trace.
func (j *jetStream) tail(ctx context.Context, t Tail) iter.Seq2[kept, error] {
	return func(yield func(kept, error) bool) {
		messages, left, err := j.browse(ctx, t)
		if err != nil {
			yield(kept{}, err)
			return
		}
		if messages == nil {
			return
		}
		defer messages.Stop()
		for {
			m, err := messages.Next(jetstream.NextContext(ctx))
			if err != nil {
				yield(kept{}, err)
				return
			}
			meta, err := m.Metadata()
			if err != nil {
				yield(kept{}, err)
				return
			}
			if !yield(kept{m.Subject(), meta.Timestamp, m.Data()}, nil) {
				return
			}
			if !t.Follow && meta.NumPending == 0 || left > 0 && meta.Sequence.Stream >= left {
				return
			}
		}
	}
}

// browse begins to read; of what is not followed it tells the number of the last message, and nil if there is none.
func (j *jetStream) browse(ctx context.Context, t Tail) (messages jetstream.MessagesContext, last uint64, err error) {
	name, err := streamOf(t.Subject)
	if err != nil {
		return nil, 0, err
	}
	if err := j.ensure(ctx); err != nil {
		return nil, 0, err
	}
	config := jetstream.OrderedConsumerConfig{FilterSubjects: []string{t.Subject}, DeliverPolicy: jetstream.DeliverAllPolicy} //nolint:exhaustruct // the rest is as NATS has it
	switch {
	case t.New:
		config.DeliverPolicy = jetstream.DeliverNewPolicy
	case !t.Since.IsZero():
		config.DeliverPolicy, config.OptStartTime = jetstream.DeliverByStartTimePolicy, &t.Since
	}
	consumer, err := j.js.OrderedConsumer(ctx, name, config)
	if err != nil {
		return nil, 0, err
	}
	if !t.Follow {
		info, err := consumer.Info(ctx)
		if err != nil || info.NumPending == 0 {
			return nil, 0, err
		}
		stream, err := j.js.Stream(ctx, name)
		if err != nil {
			return nil, 0, err
		}
		last = stream.CachedInfo().State.LastSeq
	}
	messages, err = consumer.Messages()
	return messages, last, err
}

// redrive moves what is on the poison subject to those of its handlers. A message is removed from the one when the other has it.
func (j *jetStream) redrive(ctx context.Context, handler string) (moved int, err error) {
	if err := j.ensure(ctx); err != nil {
		return 0, err
	}
	stream, err := j.js.Stream(ctx, streamAgain)
	if err != nil {
		return 0, err
	}
	state := stream.CachedInfo().State
	for seq := state.FirstSeq; seq <= state.LastSeq; seq++ {
		raw, err := stream.GetMsg(ctx, seq, jetstream.WithGetMsgSubject(Poison))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return moved, nil
		}
		if err != nil {
			return moved, err
		}
		if seq = raw.Sequence; seq > state.LastSeq {
			return moved, nil
		}
		to := raw.Header.Get(middleware.PoisonedHandlerKey)
		if to == "" || handler != "" && to != handler {
			continue
		}
		again := message.NewMessageWithContext(ctx, raw.Header.Get(uuidHeader), raw.Data)
		for name := range raw.Header {
			if kind(name) == headerOfMessage {
				again.Metadata.Set(name, raw.Header.Get(name))
			}
		}
		if err := j.publish(redrive+"."+to, again); err != nil {
			return moved, err
		}
		if err := stream.DeleteMsg(ctx, raw.Sequence); err != nil {
			return moved, fmt.Errorf("message %d: %w", raw.Sequence, err)
		}
		moved++
	}
	return moved, nil
}
