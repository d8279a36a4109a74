package linear

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// client is one of those who work at once. A killed one forgets all that it knew.
type client struct {
	*load
	random *rand.Rand
	known  map[int]int // streams by how many events it saw of them
	recent int         // stream that it read last
	last   *command    // of which the outcome is not known; it is asked again until it is
}

// command is an append that may be tried several times, with the same ids.
type command struct {
	asked
	events []es.Proposed
}

// work does operations until none is left.
func (c *client) work(ctx context.Context) error {
	for left := c.left.Add(-1); left >= 0; left = c.left.Add(-1) {
		if c.Kills > 0 && left > 0 && left%int64(max(c.Operations/(c.Kills+1), 1)) == 0 && len(c.due) < c.Kills {
			c.due <- struct{}{}
		}
		if err := c.one(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (c *client) one(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	killed := c.random.IntN(c.Mortality) == 0
	if killed {
		go stop() // at some moment of the operation
	}
	var err error
	switch dice := c.random.IntN(100); {
	case c.last != nil:
		err = c.append(ctx, *c.last)
	case dice < 45:
		err = c.read(ctx, c.stream())
	case dice < 55:
		if old, ok := c.repeatable(c.random); ok {
			err = c.append(ctx, old)
			break
		}
		fallthrough
	default:
		err = c.append(ctx, c.fresh(c.stream()))
	}
	if killed {
		clear(c.known)
		c.last = nil
	}
	return err
}

// stream prefers the first ones, so that clients meet.
func (c *client) stream() int { return min(c.random.IntN(c.Streams), c.random.IntN(c.Streams)) }

// fresh is a new command on a stream; most expect what the client knows, which others may have changed meanwhile.
func (c *client) fresh(stream int) command {
	if c.random.IntN(4) > 0 {
		stream = c.recent
	}
	want := c.known[stream] - 1
	if c.random.IntN(20) == 0 {
		want = max(-1, want+1-c.random.IntN(3))
	}
	out := command{asked: asked{stream: stream, want: want}}
	for range 1 + c.random.IntN(3) {
		n := c.tokens.Add(1)
		out.tokens += token(n)
		out.events = append(out.events, es.Proposed{
			ID: es.DeriveID(es.ID(c.namespace), strconv.Itoa(int(n))), Type: "mingjian.test.noted.v1",
			Data: []byte(`{"n":` + strconv.Itoa(int(n)) + `}`), Meta: []byte(`{}`),
		})
	}
	return out
}

func (c *client) append(ctx context.Context, cmd command) error {
	want := es.Expected(es.NoStream{})
	if cmd.want >= 0 {
		want = es.Exactly(cmd.want) //nolint:gosec // not below zero
	}
	called := c.clock.Add(1)
	position, err := c.log.Append(ctx, c.name(cmd.stream), want, cmd.events...)
	o := observed{asked: cmd.asked, called: called, returned: c.clock.Add(1), position: position, append: true}
	_, refused := errors.AsType[*es.ConflictError](err)
	_, reused := errors.AsType[*es.ReusedError](err)
	switch {
	case reused:
		return err // every id stands for one payload here
	case err == nil:
		o.answer = stored
		c.known[cmd.stream] = max(c.known[cmd.stream], cmd.want+1+len(cmd.events))
	case refused:
		o.answer = conflict
		delete(c.known, cmd.stream)
	default:
		c.last = &cmd
		c.note(o, cmd)
		c.standstill()
		return nil
	}
	c.last = nil
	c.note(o, cmd)
	return nil
}

func (c *client) read(ctx context.Context, stream int) error {
	from := 0
	if c.random.IntN(3) == 0 {
		from = c.random.IntN(c.known[stream] + 1)
	}
	called, tokens := c.clock.Add(1), ""
	for r, err := range c.log.Read(ctx, c.name(stream), es.Revision(from)) { //nolint:gosec // not below zero
		if err != nil {
			c.standstill()
			return nil // it saw nothing for certain
		}
		t, err := c.tokenOf(r)
		if err != nil {
			return err
		}
		tokens += t
	}
	c.known[stream], c.recent = max(c.known[stream], from+len(tokens)/width), stream
	c.note(observed{asked: asked{stream: stream, want: from}, called: called, returned: c.clock.Add(1), answer: seen, tokens: tokens}, command{})
	return nil
}
