package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"iter"
	"time"
)

// Schema is the name of the PostgreSQL schema of a Database, so that other stores may share its database.
const Schema = "mingjian_blobs"

//go:embed schema/*.sql
var scripts embed.FS

// Scripts are the steps that make the schema, in the order of their names.
func Scripts() (fs.FS, error) { return fs.Sub(scripts, "schema") }

const (
	chunkSize = 1 << 20
	pageSize  = 1000            // digests at once of a walk
	tidyTime  = 5 * time.Second // for removing what a failed Put left
)

// Database keeps contents in tables of PostgreSQL, for any number of processes at once. It holds no connection between two
// chunks, however slow the other end is.
type Database struct{ db *sql.DB }

// OpenDatabase takes a database whose schema the Scripts made, and removes what writers that ended left a day ago or earlier.
// Close closes it.
func OpenDatabase(ctx context.Context, db *sql.DB) (*Database, error) {
	if _, err := db.ExecContext(ctx, `DELETE FROM writing WHERE NOT whole AND begun_at < now() - interval '1 day'`); err != nil {
		return nil, fmt.Errorf("blob: remove unfinished content: %w", err)
	}
	return &Database{db}, nil
}

// OpenDatabaseReadOnly takes a database for reading alone.
func OpenDatabaseReadOnly(db *sql.DB) *Database { return &Database{db} }

// Close closes the database.
func (d *Database) Close() error { return d.db.Close() }

// Put stores content; see draw.Blobs. Chunks are committed one by one under the number of a writing that nothing names, which
// the last transaction gives its digest.
func (d *Database) Put(ctx context.Context, r io.Reader) (digest string, size int64, err error) {
	w := &writing{db: d.db, h: sha256.New()}
	defer func() {
		if err != nil {
			digest, size, err = "", 0, fmt.Errorf("blob: put: %w", errors.Join(err, w.discard(ctx)))
		}
	}()
	if err := d.db.QueryRowContext(ctx, `INSERT INTO writing DEFAULT VALUES RETURNING id`).Scan(&w.id); err != nil {
		return "", 0, err
	}
	var chunk bytes.Buffer
	for {
		chunk.Reset()
		_, err := io.CopyN(&chunk, cancellable{ctx, r}, chunkSize)
		if err != nil && !errors.Is(err, io.EOF) {
			return "", 0, err
		}
		if chunk.Len() > 0 {
			if err := w.add(ctx, chunk.Bytes()); err != nil {
				return "", 0, err
			}
		}
		if err != nil {
			break
		}
	}
	digest = hex.EncodeToString(w.h.Sum(nil))
	return digest, w.size, w.name(ctx, digest)
}

// writing is a content under way.
type writing struct {
	db     *sql.DB
	id     int64
	chunks int
	size   int64
	h      hash.Hash
}

func (w *writing) add(ctx context.Context, data []byte) error {
	if _, err := w.db.ExecContext(ctx, `INSERT INTO chunk (writing, number, data) VALUES ($1, $2, $3)`, w.id, w.chunks, data); err != nil {
		return err
	}
	w.h.Write(data)
	w.chunks++
	w.size += int64(len(data))
	return nil
}

// name makes the written chunks the content of a digest. One that is there already is replaced: its bytes may be spoilt, and
// these are whole.
func (w *writing) name(ctx context.Context, digest string) error {
	tx, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := w.nameWithin(ctx, tx, digest); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func (w *writing) nameWithin(ctx context.Context, tx *sql.Tx, digest string) error {
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('mingjian names a content ' || $1::text, 0))`, digest); err != nil {
		return err
	}
	done, err := tx.ExecContext(ctx, `UPDATE writing SET whole = true WHERE id = $1`, w.id)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, errors.New("it took so long that it was taken for abandoned"))
	}
	var former sql.NullInt64
	err = tx.QueryRowContext(ctx, `SELECT writing FROM content WHERE digest = $1`, digest).Scan(&former)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO content (digest, writing) VALUES ($1, $2)
		ON CONFLICT (digest) DO UPDATE SET writing = excluded.writing`, digest, w.id); err != nil || !former.Valid {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM writing WHERE id = $1`, former.Int64)
	return err
}

// discard removes the chunks of a writing that failed, unless its outcome is unknown and it has its name. What can't be
// removed now, OpenDatabase removes later.
func (w *writing) discard(ctx context.Context) error {
	if w.id == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyTime)
	defer cancel()
	_, err := w.db.ExecContext(ctx, `DELETE FROM writing WHERE id = $1 AND NOT whole`, w.id)
	return err
}

// Open reads content; see draw.Blobs. A context that ends ends the reading too.
func (d *Database) Open(ctx context.Context, digest string) (io.ReadCloser, error) {
	if !isDigest(digest) {
		return nil, missing(nil)
	}
	c := &chunks{ctx: ctx, db: d.db, digest: digest}
	var there int64
	err := d.db.QueryRowContext(ctx, `SELECT c.writing, k.data FROM content c LEFT JOIN chunk k ON k.writing = c.writing AND k.number = 0
		WHERE c.digest = $1`, digest).Scan(&there, &c.left)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, missing(err)
	}
	if err != nil {
		return nil, fmt.Errorf("blob: open: %w", err)
	}
	c.next, c.ended = 1, c.left == nil
	return &checked{f: c, h: sha256.New(), want: digest}, nil
}

// chunks reads a content. Its digest may come to name another writing meanwhile, of the same bytes in the same chunks.
type chunks struct {
	ctx    context.Context //nolint:containedctx // it lives as long as one reading
	db     *sql.DB
	digest string
	next   int
	left   []byte // of the last chunk
	ended  bool
}

func (c *chunks) Read(p []byte) (int, error) {
	for len(c.left) == 0 && !c.ended {
		err := c.db.QueryRowContext(c.ctx, `SELECT k.data FROM content c JOIN chunk k ON k.writing = c.writing AND k.number = $2
			WHERE c.digest = $1`, c.digest, c.next).Scan(&c.left)
		if errors.Is(err, sql.ErrNoRows) {
			c.ended = true
			break
		}
		if err != nil {
			return 0, fmt.Errorf("blob: read: %w", err)
		}
		c.next++
	}
	if c.ended {
		return 0, io.EOF
	}
	n := copy(p, c.left)
	c.left = c.left[n:]
	return n, nil
}

func (c *chunks) Close() error { return nil }

// Walk yields the digests of all contents, ascending, for fsck and backup. Contents put meanwhile may be missing. An error is
// yielded once, last.
func (d *Database) Walk(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for after := ""; ; {
			page, err := d.page(ctx, after)
			if err != nil {
				yield("", fmt.Errorf("blob: walk: %w", err))
				return
			}
			for _, digest := range page {
				if !yield(digest, nil) {
					return
				}
			}
			if len(page) < pageSize {
				return
			}
			after = page[len(page)-1]
		}
	}
}

func (d *Database) page(ctx context.Context, after string) (page []string, err error) {
	rows, err := d.db.QueryContext(ctx, `SELECT digest FROM content WHERE digest > $1 ORDER BY digest LIMIT $2`, after, pageSize)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var digest string
		if err := rows.Scan(&digest); err != nil {
			return nil, err
		}
		page = append(page, digest)
	}
	return page, rows.Err()
}
