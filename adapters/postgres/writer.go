package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

// commitPatience bounds one commit with all that it waits for: other processes' turns, the server, the network.
const commitPatience = time.Minute

// idleTrust is how long a connection that is not used counts as sound.
const idleTrust = time.Second

// steadyAfter is after how many batches in a row that found the log as it was left this process counts as the only one that
// appends.
const steadyAfter = 4

// insert stores a plan if the log ends where the plan says; it waits for whoever is about to append, and stores nothing if the
// log has moved on. The arrays are unnested in the list of columns, side by side: as a table in FROM the server would write them
// down once more before it inserts them, which is a fifth of its work.
const insert = `WITH moved AS (
	UPDATE head SET position = position + cardinality($2::bigint[]) WHERE position = $1::bigint RETURNING 1
), opened AS (
	INSERT INTO stream (id, category, text) SELECT s.* FROM moved, unnest($9::bigint[], $10::integer[], $11::text[]) s
)
INSERT INTO event (position, stream, revision, type, id, hash, meta, data)
SELECT generate_series($1::bigint + 1, $1::bigint + cardinality($2::bigint[])), unnest($2::bigint[]), unnest($3::bigint[]),
	unnest($4::integer[]), unnest($5::uuid[]), unnest($6::bytea[]), unnest($7::bytea[]), unnest($8::bytea[])
FROM moved`

// What a batch is decided by.
const (
	lock        = `SELECT position FROM head FOR UPDATE`
	findNames   = `SELECT id, text FROM name WHERE id > $1 ORDER BY id`
	findStreams = `SELECT q.n, s.id, (SELECT max(e.revision) FROM event e WHERE e.stream = s.id)
		FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS q (category, text, n)
		JOIN name c ON c.text = q.category JOIN stream s ON s.category = c.id AND s.text = q.text`
	findEvents = `SELECT e.id, e.stream, e.revision, e.position, t.text, e.data
		FROM unnest($1::uuid[]) AS q (id) JOIN event e ON e.id = q.id JOIN name t ON t.id = e.type`
	addNames = `INSERT INTO name (id, text) SELECT * FROM unnest($1::integer[], $2::text[])`
)

// writer owns the connection that appends. It is used by one goroutine, and not through callers' contexts: a batch belongs to
// many of them.
//
// The row of head orders the appends of all processes. While nobody else appends, what the writer remembers is what the database
// holds, and a batch is one statement, which only stores if that is so. Otherwise the writer takes the row, looks up what the
// batch is about, and stores.
type writer struct {
	config *pgx.ConnConfig
	conn   *pgx.Conn // nil when it is lost
	used   time.Time // when it was of use last

	position uint64 // the end of the log when this process saw it last
	steady   int    // batches in a row that found the log as it was left; negative if it is not known at all
	heads    adapter.Ends[head]
	ids      map[string]int32 // names
	lastName int32
	looks    int // how often it looked before it stored
}

// writing makes a configuration one for appending. A process that stops half-way must not hold the others up.
func writing(config *pgx.ConnConfig) *pgx.ConnConfig {
	config = config.Copy()
	config.RuntimeParams["idle_in_transaction_session_timeout"] = "15s"
	config.RuntimeParams["lock_timeout"] = "30s"
	return config
}

// connect makes sure that there is a connection, to a server that keeps what it acknowledges. One that was idle may have been
// lost meanwhile, which nobody needs to be told of yet.
func (w *writer) connect(ctx context.Context) error {
	if w.conn != nil && time.Since(w.used) > idleTrust && w.conn.Ping(ctx) != nil {
		w.close()
		w.forget()
	}
	if w.conn != nil {
		return nil
	}
	conn, err := pgx.ConnectConfig(ctx, w.config)
	if err != nil {
		return fmt.Errorf("postgres: connect to append: %w", err)
	}
	if err := durable(ctx, conn); err != nil {
		return errors.Join(err, conn.Close(ctx))
	}
	w.conn, w.used = conn, time.Now()
	return nil
}

// close ends the connection, and whatever the server was doing for it.
func (w *writer) close() {
	if w.conn != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = w.conn.Close(ctx)
		w.conn = nil
	}
}

// commit stores what it can of the batch in one transaction, and sets each request's answer. An error of commit itself is
// everybody's, and their outcome is unknown; nothing is remembered then.
func (w *writer) commit(batch []*request) error {
	ctx, cancel := context.WithTimeout(context.Background(), commitPatience)
	defer cancel()
	if err := w.connect(ctx); err != nil {
		return err
	}
	p, err := w.store(ctx, batch)
	if err != nil {
		w.close()
		w.forget()
		return fmt.Errorf("postgres: commit: %w", err)
	}
	w.used = time.Now()
	for i, r := range batch {
		r.pos, r.err = p.answers[i].pos, p.answers[i].err
	}
	return nil
}

// forget is for when the database may not hold what the writer remembers.
func (w *writer) forget() {
	w.steady, w.ids, w.lastName = -1, nil, 0
	w.heads.Clear()
}

// store brings a batch into the database and remembers what came of it.
func (w *writer) store(ctx context.Context, batch []*request) (*plan, error) {
	if w.steady >= steadyAfter {
		if p, ok := w.decide(batch, nil, false); ok {
			stored, err := w.guess(ctx, p)
			if err != nil {
				return nil, err
			}
			if stored {
				w.remember(p)
				return p, nil
			}
		}
	}
	found, err := w.look(ctx, batch)
	if err != nil {
		return nil, err
	}
	p, _ := w.decide(batch, found, true)
	if err := w.finish(ctx, p); err != nil {
		return nil, err
	}
	w.remember(p)
	return p, nil
}

// remember takes over what a stored plan made of the log.
func (w *writer) remember(p *plan) {
	w.position = p.after + uint64(len(p.ids))
	for s, h := range p.heads {
		w.heads.Put(s, h)
	}
	for i, text := range p.namedText {
		w.ids[text] = p.named[i]
		w.lastName = p.named[i]
	}
}

// guess stores a plan that was made by memory alone. It answers false if memory was wrong: another process has appended since,
// or an id or a stream is there already.
func (w *writer) guess(ctx context.Context, p *plan) (bool, error) {
	tag, err := w.conn.Exec(ctx, insert, p.arguments()...)
	if fault, ok := errors.AsType[*pgconn.PgError](err); ok && fault.Code == "23505" {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return tag.RowsAffected() == int64(len(p.ids)), nil
}

func (p *plan) arguments() []any {
	return []any{
		int64(p.after), p.streams, p.revisions, p.types, p.ids, p.hashes, p.metas, p.data, p.opened, p.categories, p.texts,
	}
}

// look begins a transaction, waits for this process's turn, and reads what the batch is to be decided by.
func (w *writer) look(ctx context.Context, batch []*request) (found map[[16]byte]place, err error) {
	var categories, texts []string
	var ids [][16]byte
	for _, r := range batch {
		categories, texts = append(categories, r.stream.Category), append(texts, r.stream.ID)
		for _, e := range r.events {
			ids = append(ids, e.id)
		}
	}
	w.looks++
	found = map[[16]byte]place{}
	var b pgx.Batch
	b.Queue("BEGIN ISOLATION LEVEL READ COMMITTED")
	b.Queue(lock).QueryRow(w.turn)
	b.Queue(findNames, w.lastName).Query(w.learnNames)
	b.Queue(findStreams, categories, texts).Query(func(rows pgx.Rows) error {
		var n, id, last int64
		_, err := pgx.ForEachRow(rows, []any{&n, &id, &last}, func() error {
			w.heads.Put(batch[n-1].stream, head{id: id, next: es.Revision(last) + 1})
			return nil
		})
		return err
	})
	b.Queue(findEvents, ids).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var id [16]byte
			var revision, position int64
			var at place
			if err := rows.Scan(&id, &at.stream, &revision, &position, &at.typ, &at.data); err != nil {
				return err
			}
			at.revision, at.position = uint64(revision), uint64(position)
			found[id] = at
		}
		return rows.Err()
	})
	return found, w.conn.SendBatch(ctx, &b).Close()
}

// turn notes where the log ends, now that nobody else can append. If that is not where this process left it, its memory of streams
// is worth nothing.
func (w *writer) turn(row pgx.Row) error {
	var position int64
	if err := row.Scan(&position); err != nil {
		return err
	}
	switch {
	case w.steady >= 0 && uint64(position) == w.position:
		w.steady++
	default:
		w.steady = 0
		w.heads.Clear()
	}
	w.position = uint64(position)
	return nil
}

func (w *writer) learnNames(rows pgx.Rows) error {
	if w.ids == nil {
		w.ids = map[string]int32{}
	}
	var id int32
	var text string
	_, err := pgx.ForEachRow(rows, []any{&id, &text}, func() error {
		w.ids[text], w.lastName = id, id
		return nil
	})
	return err
}

// finish stores a plan that was made under the lock, and commits.
func (w *writer) finish(ctx context.Context, p *plan) error {
	var b pgx.Batch
	if len(p.named) > 0 {
		b.Queue(addNames, p.named, p.namedText)
	}
	if len(p.ids) > 0 {
		b.Queue(insert, p.arguments()...).Exec(func(tag pgconn.CommandTag) error {
			if n := tag.RowsAffected(); n != int64(len(p.ids)) {
				return fmt.Errorf("%d of %d events were inserted after %d", n, len(p.ids), p.after)
			}
			return nil
		})
	}
	b.Queue("COMMIT").Exec(func(tag pgconn.CommandTag) error {
		if tag.String() != "COMMIT" {
			return fmt.Errorf("the transaction ended with %s", tag)
		}
		return nil
	})
	return w.conn.SendBatch(ctx, &b).Close()
}
