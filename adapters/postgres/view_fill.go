package postgres

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// A shadow is filled through memory: nobody reads it before the switch, and after a crash it is begun anew. Commits gather in
// a buffer that goes to the server as a whole, so that a row which many records change is written once, and rows that the tables
// can't hold yet are streamed into them without a look at any index.
const (
	bufferBytes = 8 << 20 // gathered before they go; as much may be on its way
	rowBytes    = 256     // what a row takes beside its texts
)

// filling is the buffer of a shadow.
type filling struct {
	set     *viewSet
	at      es.Position // through which commits were taken
	born    int64
	rows    map[projections.Key]*gathered
	size    int     // of what is gathered
	most    int     // from which on it goes
	seen    *filter // keys that the tables may hold
	sending map[projections.Key]*gathered
	sent    chan error  // of what is on its way; nil if nothing is
	stored  es.Position // the checkpoint on the server, once that has arrived
	failed  error       // until the checkpoint is asked for after it was told
	told    bool

	index   sync.Mutex
	indexed map[string]bool // tables that have the index of their key
}

// gathered is a changed row that is not on the server yet.
type gathered struct {
	written      // without a row: it goes
	fresh   bool // the table holds no row of its key
	anew    bool // the row in the table goes first
}

func newFilling(set *viewSet) *filling {
	return &filling{set: set, rows: map[projections.Key]*gathered{}, most: bufferBytes, seen: newFilter(), indexed: map[string]bool{}}
}

// load answers from the buffer and returns the keys to ask the server for.
func (f *filling) load(keys []projections.Key, out map[projections.Key]*projections.Row) (ask []projections.Key) {
	for _, k := range keys {
		p := f.rows[k]
		if p == nil {
			p = f.sending[k]
		}
		switch {
		case p != nil:
			out[k] = p.Row
		case f.seen.has(k):
			ask = append(ask, k)
		}
	}
	return ask
}

// commit takes changes into the buffer. It asks the server whether the set is still there and still this process's.
func (f *filling) commit(ctx context.Context, from, through es.Position, rows *projections.Rows) error {
	if err := f.trouble(); err != nil {
		return err
	}
	if _, _, err := f.set.look(ctx, f.set.views.write); err != nil {
		return err
	}
	if from != f.at {
		return projections.ErrMoved
	}
	for k, row := range rows.Changed {
		if err := f.set.check(k, row); err != nil {
			return err
		}
	}
	for k, row := range rows.Changed {
		f.change(k, row)
	}
	f.at = through
	if f.size < f.most {
		return nil
	}
	return f.send(ctx)
}

func (f *filling) change(k projections.Key, row *projections.Row) {
	p := f.rows[k]
	if p == nil {
		p = &gathered{fresh: !f.seen.has(k)}
		f.rows[k] = p
		f.seen.add(k)
		f.size += rowBytes
	}
	if row == nil {
		p.Row, p.anew = nil, true
		return
	}
	if p.Row == nil {
		f.born++
		p.id = f.born
	}
	p.Row = row
	f.size += len(row.Doc) + len(row.Search)
}

// trouble is what went wrong on the way; told once, the checkpoint tells what came of it.
func (f *filling) trouble() error {
	f.told = f.failed != nil
	return f.failed
}

// arrived waits for what is on its way.
func (f *filling) arrived() error {
	if f.sent != nil {
		f.failed = <-f.sent
		f.sent, f.sending = nil, nil
	}
	return f.trouble()
}

// send puts the buffer on its way once what was before it has arrived.
func (f *filling) send(ctx context.Context) error {
	if err := f.arrived(); err != nil {
		return err
	}
	next := &shipment{f, f.rows, f.stored, f.at, f.born}
	f.sending, f.rows, f.size, f.stored = f.rows, map[projections.Key]*gathered{}, 0, f.at
	sent := make(chan error, 1)
	f.sent = sent
	go func() { sent <- next.write(context.WithoutCancel(ctx)) }()
	return nil
}

// flush returns when everything is on the server.
func (s *viewSet) flush(ctx context.Context) error {
	f := s.fill
	if f == nil {
		return nil
	}
	if f.failed != nil && f.told {
		if err := f.recover(ctx); err != nil {
			return err
		}
	}
	if err := f.arrived(); err != nil {
		return err
	}
	if f.at != f.stored {
		if err := f.send(ctx); err != nil {
			return err
		}
	}
	if err := f.arrived(); err != nil {
		return err
	}
	for _, t := range s.sorted() {
		if err := f.keyed(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// recover begins again where the server says.
func (f *filling) recover(ctx context.Context) error {
	_, at, err := f.set.look(ctx, f.set.views.write)
	if err == nil {
		f.at, f.stored, f.failed = at, at, nil
		f.rows, f.size = map[projections.Key]*gathered{}, 0
	}
	return err
}

// settle makes a filled set like a live one.
func (s *viewSet) settle(ctx context.Context) error {
	f := s.fill
	if f == nil || (f.at == es.Position{} && f.failed == nil) {
		return nil
	}
	return s.finish(ctx)
}

// finish builds the indexes, each in one go, and gathers what the planner wants to know.
func (s *viewSet) finish(ctx context.Context) error {
	f := s.fill
	if f == nil {
		return nil
	}
	if err := s.flush(ctx); err != nil {
		return err
	}
	for _, t := range s.sorted() {
		for _, text := range append(t.indexes(), `ANALYZE `+quote(t.name)) {
			if _, err := s.views.write.Exec(ctx, text); err != nil {
				return fmt.Errorf("postgres: finish %s of %s: %w", t.shape.Name, s.projection.Name, moved(err))
			}
		}
	}
	s.place, s.fill = standing{known: true, at: f.at, born: f.born}, nil
	return nil
}

// keyed makes the index of a table's key before the first statement that looks for a row: until then rows come faster.
func (f *filling) keyed(ctx context.Context, t *viewTable) error {
	f.index.Lock()
	defer f.index.Unlock()
	if f.indexed[t.name] {
		return nil
	}
	_, err := f.set.views.write.Exec(ctx, t.keyIndex())
	f.indexed[t.name] = err == nil
	return moved(err)
}

// shipment is a buffer on its way.
type shipment struct {
	*filling
	rows         map[projections.Key]*gathered
	was, becomes es.Position
	born         int64
}

// freight is what a buffer holds for one table.
type freight struct {
	remove       []string
	upsert, copy []written
}

func (l *shipment) write(ctx context.Context) error {
	freights := l.sorted()
	for name, fr := range freights {
		if len(fr.remove)+len(fr.upsert) > 0 {
			if err := l.keyed(ctx, l.set.tables[name]); err != nil {
				return err
			}
		}
	}
	err := pgx.BeginFunc(ctx, l.set.views.write, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, advance, l.set.id, l.was.String(), l.becomes.String(), l.set.epoch, l.born); err != nil {
			return err
		}
		for _, t := range l.set.sorted() {
			if fr := freights[t.shape.Name]; fr != nil {
				if err := t.take(ctx, tx, fr); err != nil {
					return fmt.Errorf("table %s: %w", t.shape.Name, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("postgres: fill %s: %w", l.set.projection.Name, moved(err))
	}
	return nil
}

func (l *shipment) sorted() map[string]*freight {
	out := map[string]*freight{}
	for k, p := range l.rows {
		fr := out[k.Table]
		if fr == nil {
			fr = &freight{}
			out[k.Table] = fr
		}
		if p.anew && !p.fresh && keepable(k.Key) {
			fr.remove = append(fr.remove, k.Key)
		}
		switch {
		case p.Row == nil:
		case p.fresh || p.anew:
			fr.copy = append(fr.copy, p.written)
		default:
			fr.upsert = append(fr.upsert, p.written)
		}
	}
	for _, fr := range out {
		slices.SortFunc(fr.copy, func(a, b written) int { return cmp.Compare(a.id, b.id) })
	}
	return out
}

// take writes what a buffer holds for the table.
func (t *viewTable) take(ctx context.Context, tx pgx.Tx, fr *freight) error {
	batch := &pgx.Batch{}
	if len(fr.remove) > 0 {
		batch.Queue(t.remove(), fr.remove)
	}
	for some := range slices.Chunk(fr.upsert, upsertRows) {
		batch.Queue(t.upsert(), t.arrays(some)...)
	}
	if batch.Len() > 0 {
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return err
		}
	}
	if len(fr.copy) == 0 {
		return nil
	}
	text := fmt.Sprintf(`COPY %s (%s) FROM STDIN (FORMAT binary)`, quote(t.name), strings.Join(t.writes, ", "))
	tag, err := tx.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(t.stream(fr.copy)), text)
	if err == nil && tag.RowsAffected() != int64(len(fr.copy)) {
		err = errors.New("the server took not all rows")
	}
	return err
}
