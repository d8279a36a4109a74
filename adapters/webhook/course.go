package webhook

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// course is the pushing to one endpoint. It belongs to one goroutine; tries run in others and say when they end.
type course struct {
	*Webhooks
	id   string
	busy map[string]bool // disclosures of which a release is under way
	done chan string
}

// serve pushes to an endpoint until it is active no more, or ctx ends.
func (w *Webhooks) serve(ctx context.Context, id string) {
	c := &course{Webhooks: w, id: id, busy: map[string]bool{}, done: make(chan string, lanes)}
	defer func() {
		for len(c.busy) > 0 {
			delete(c.busy, <-c.done)
		}
	}()
	for ctx.Err() == nil {
		changed := w.changes.next()
		over, due, err := c.round(ctx)
		if err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "pushing to an endpoint stands still", slog.String("endpoint", id), slog.Any("error", err))
		}
		if over && len(c.busy) == 0 {
			return
		}
		delete(c.busy, w.wait(ctx, changed, c.done, w.again(due, err)))
	}
}

// round begins what can be begun, and tells when the next is due.
func (c *course) round(ctx context.Context) (over bool, due time.Time, err error) {
	e, err := find(ctx, c.Store.q, c.id)
	switch now := c.Clock(); {
	case unknown(err), err == nil && e.state != stateActive:
		return true, due, nil
	case err != nil:
		return false, due, fmt.Errorf("webhook: read endpoint: %w", err)
	case now.Before(e.notBefore):
		return false, e.notBefore, nil
	}
	if e, err = c.fill(ctx, e); err != nil {
		return false, due, err
	}
	free := lanes
	if e.streak > 0 {
		free = 1
	}
	now := c.Clock()
	list, err := c.Store.heads(ctx, c.id, now, free+len(c.busy))
	if err != nil {
		return false, due, err
	}
	for _, p := range list {
		if !c.busy[p.disclosure] && len(c.busy) < free {
			c.busy[p.disclosure] = true
			go c.try(ctx, e, p)
		}
	}
	due, err = c.Store.next(ctx, c.id, now)
	return false, due, err
}

// fill looks at the feed behind the endpoint's place while there is room, up to the first page of which something is wanted.
func (c *course) fill(ctx context.Context, e endpoint) (endpoint, error) {
	for ctx.Err() == nil {
		room, err := c.Store.room(ctx, c.id)
		if err != nil || !room {
			return e, err
		}
		page, err := c.Feed.Page(ctx, e.epoch, e.through, pageSize)
		if err != nil {
			return e, fmt.Errorf("webhook: read the feed after %d: %w", e.through, err)
		}
		if len(page.Items) == 0 && page.After == e.through && page.Epoch == e.epoch {
			return e, nil
		}
		if err := c.Store.enqueue(ctx, e, page); err != nil {
			return e, err
		}
		if e, err = find(ctx, c.Store.q, c.id); err != nil {
			return e, err
		}
		for _, i := range page.Items {
			if e.wants(i) {
				return e, nil
			}
		}
	}
	return e, ctx.Err()
}

// message is what is posted.
type message struct {
	id   string
	body []byte
}

func (w *Webhooks) message(ctx context.Context, sequence uint64) (message, error) {
	m, err := w.Feed.Message(ctx, sequence)
	if err != nil {
		return message{}, fmt.Errorf("webhook: message of release %d: %w", sequence, err)
	}
	body, err := w.Encode(ctx, m)
	return message{m.ID, body}, err
}

// try sends one release once and keeps what came of it. When ctx ends before there is an answer nothing is kept: it comes again.
func (c *course) try(ctx context.Context, e endpoint, p piece) {
	defer func() { c.done <- p.disclosure }()
	select {
	case c.lanes <- struct{}{}:
		defer func() { <-c.lanes }()
	case <-ctx.Done():
		return
	}
	did := attempt{sequence: p.sequence, disclosure: p.disclosure, try: p.tries + 1, at: c.Clock()}
	tracing, end := c.Trace(ctx, "push webhook")
	m, err := c.message(tracing, p.sequence)
	did.message, did.result = m.id, c.send(tracing, e, m, err)
	did.took = c.Clock().Sub(did.at)
	if ctx.Err() != nil && did.outcome != outcomeDelivered {
		end("cancelled")
		return
	}
	defer end(did.outcome)
	c.metrics.tried(did)
	keeping, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTime)
	defer cancel()
	if did.outcome == outcomeUnready {
		err = c.Store.postpone(keeping, e, p, c.Clock().Add(wait(1, c.Chance())))
	} else {
		err = c.Store.settle(keeping, e, p, c.judge(keeping, e, p, did))
	}
	if err != nil {
		c.Log.WarnContext(ctx, "what came of a webhook is not kept: it comes again", slog.String("endpoint", c.id), slog.Any("error", err))
	}
}

// send posts a message that could be made.
func (w *Webhooks) send(ctx context.Context, e endpoint, m message, err error) result {
	var pairs []pair
	if err == nil {
		pairs, err = opened(ctx, w.Store.keys, e.id, e.secrets, w.Clock())
	}
	if err != nil {
		if ctx.Err() == nil {
			w.Log.WarnContext(ctx, "a webhook can't be made", slog.String("endpoint", e.id), slog.Any("error", err))
		}
		return result{outcome: outcomeUnready}
	}
	return w.sender.post(ctx, e.url, m, pairs)
}

// judge says what follows from a try.
func (c *course) judge(ctx context.Context, e endpoint, p piece, did attempt) settled {
	out := settled{attempt: did}
	if did.outcome == outcomeDelivered {
		return out
	}
	now, streak := c.Clock(), e.streak+1
	out.due = now.Add(max(wait(did.try, c.Chance()), did.after))
	switch {
	case did.whole():
		out.wait = now.Add(max(pause(streak, c.Chance()), did.after))
	case streak >= streakFailed:
		out.wait = now.Add(pause(streak-streakFailed+1, c.Chance()))
	}
	switch {
	case did.outcome == outcomeGone:
		out.state, out.reason = stateDisabled, "接收方答复410，不再接收 · the receiver answered 410 Gone"
	case !p.since.IsZero() && now.Sub(p.since) >= giveUp:
		out.state, out.reason = statePaused, fmt.Sprintf("编号%d的公示自%s起推送失败 · release %d has failed since %s (%s)",
			p.sequence, p.since.Format(time.RFC3339), p.sequence, p.since.Format(time.RFC3339), did.outcome)
	}
	if out.state != "" {
		c.Log.WarnContext(ctx, "an endpoint of webhooks is pushed to no more", slog.String("endpoint", e.id), slog.String("host", hostOf(e.url)),
			slog.String("state", out.state), slog.Uint64("release", p.sequence), slog.String("outcome", did.outcome))
	}
	return out
}
