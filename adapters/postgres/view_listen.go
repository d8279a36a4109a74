package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

const (
	// viewChannel is where commits and switches are told.
	viewChannel = "mingjian_views"
	// noticeBytes is what the server takes of one notice, with a margin.
	noticeBytes = 7900
	// listenCheck is how long a connection may be silent before it is asked whether it is still there.
	listenCheck = 15 * time.Second
)

// notice is what a commit or a switch says to other processes.
type notice struct {
	By         string              `json:"by"` // the process that made it
	Projection string              `json:"projection"`
	Set        int64               `json:"set"`
	Through    string              `json:"through"`
	Keys       map[string][]string `json:"keys,omitempty"`  // by table
	Whole      []string            `json:"whole,omitempty"` // tables of which any row may have changed
}

func (s *viewSet) notice(through es.Position, changed []projections.Key) notice {
	n := notice{By: s.views.name, Projection: s.projection.Name, Set: s.id, Through: through.String(), Keys: map[string][]string{}}
	for _, k := range changed {
		if k.Key == "" {
			n.Whole = append(n.Whole, k.Table)
		} else {
			n.Keys[k.Table] = append(n.Keys[k.Table], k.Key)
		}
	}
	return n
}

// text is the payload; keys that don't fit are told as their whole tables, those of the fullest first.
func (n notice) text() string {
	for {
		b, err := json.Marshal(n)
		if err != nil {
			panic(err) // texts and numbers always encode
		}
		if len(b) <= noticeBytes || len(n.Keys) == 0 {
			return string(b)
		}
		fullest, most := "", -1
		for table, keys := range n.Keys {
			size := 0
			for _, k := range keys {
				size += len(k)
			}
			if size > most {
				fullest, most = table, size
			}
		}
		delete(n.Keys, fullest)
		n.Whole = append(n.Whole, fullest)
	}
}

func readNotice(text string) (n notice, err error) {
	if err = json.Unmarshal([]byte(text), &n); err != nil {
		err = fmt.Errorf("a notice on channel %s that is not ours: %w", viewChannel, err)
	}
	return n, err
}

func (n notice) changed() (out []projections.Key) {
	for table, keys := range n.Keys {
		for _, k := range keys {
			out = append(out, projections.Key{Table: table, Key: k})
		}
	}
	for _, table := range n.Whole {
		out = append(out, projections.Key{Table: table})
	}
	return out
}

// Elsewhere is projections.Elsewhere's. Each call has a connection of its own.
func (v *Views) Elsewhere(ctx context.Context) iter.Seq2[projections.Advance, error] {
	return func(yield func(projections.Advance, error) bool) {
		if err := v.listen(ctx, func(a projections.Advance) bool { return yield(a, nil) }); err != nil {
			if ctx.Err() != nil {
				err = ctx.Err()
			}
			yield(projections.Advance{}, fmt.Errorf("postgres: listen to what other processes do: %w", err))
		}
	}
}

// told is what was yielded last of a projection.
type told struct {
	set     int64
	through es.Position
}

func (v *Views) listen(ctx context.Context, yield func(projections.Advance) bool) (err error) {
	conn, err := pgx.ConnectConfig(ctx, v.read.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // nothing is lost with it
	if _, err := conn.Exec(ctx, `LISTEN `+viewChannel); err != nil {
		return err
	}
	last := map[string]told{}
	fresh := func(projection string, t told) bool {
		was := last[projection]
		if t.set < was.set || t.set == was.set && t.through.Compare(was.through) <= 0 && was.set != 0 {
			return false // it was in the checkpoints already
		}
		last[projection] = t
		return true
	}
	present, err := v.present(ctx, conn)
	if err != nil {
		return err
	}
	for projection, t := range present {
		if fresh(projection, t) && !yield(projections.Advance{Projection: projection, Through: t.through}) {
			return nil
		}
	}
	for {
		n, err := hear(ctx, conn)
		if err != nil {
			return err
		}
		if n.By == v.name {
			continue
		}
		through, err := es.ParsePosition(n.Through)
		if err == nil {
			err = v.heard(ctx, n)
		}
		if err != nil {
			return err
		}
		if fresh(n.Projection, told{n.Set, through}) && !yield(projections.Advance{Projection: n.Projection, Through: through}) {
			return nil
		}
	}
}

// present brings the readers to the live sets as they are, tells the watchers that anything may have changed, and returns where
// the sets stand.
func (v *Views) present(ctx context.Context, conn *pgx.Conn) (map[string]told, error) {
	rows, err := conn.Query(ctx, `SELECT projection, id, checkpoint FROM generation WHERE state = 'live'`)
	if err != nil {
		return nil, err
	}
	out := map[string]told{}
	var name, text string
	var t told
	_, err = pgx.ForEachRow(rows, []any{&name, &t.set, &text}, func() (err error) {
		t.through, err = es.ParsePosition(text)
		out[name] = t
		return err
	})
	if err != nil {
		return nil, err
	}
	var changed []projections.Key
	for _, set := range v.live.Load().sets {
		if out[set.projection.Name].set != set.id {
			if _, err := v.replaced(ctx, set); err != nil {
				return nil, err
			}
		}
		changed = append(changed, set.everything()...)
	}
	v.watchers.Tell(changed)
	return out, nil
}

// hear waits for a notice. A connection that is silent is asked now and then: a server that vanished says nothing.
func hear(ctx context.Context, conn *pgx.Conn) (n notice, err error) {
	for {
		wait, cancel := context.WithTimeout(ctx, listenCheck)
		said, err := conn.WaitForNotification(wait)
		cancel()
		switch {
		case err == nil:
			return readNotice(said.Payload)
		case ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded):
			return n, err
		}
		wait, cancel = context.WithTimeout(ctx, listenCheck)
		err = conn.Ping(wait)
		cancel()
		if err != nil {
			return n, err
		}
	}
}

// heard brings the readers to another live set if that is what was told, and tells the watchers.
func (v *Views) heard(ctx context.Context, n notice) error {
	if set := v.live.Load().sets[n.Projection]; set != nil && set.id < n.Set {
		if _, err := v.replaced(ctx, set); err != nil {
			return err
		}
	}
	v.watchers.Tell(n.changed())
	return nil
}
