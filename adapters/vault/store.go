package vault

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain"
)

// Store is a vault in one SQLite file or in a schema of PostgreSQL. It is the grpcapi.Vault of an instance.
type Store struct {
	db     *sql.DB
	q      querier // db
	tables technology
	keys   KeyService

	mu    sync.Mutex
	index []byte // index key, once it was unwrapped
}

// technology is what differs between databases.
type technology interface {
	// numbered tells whether parameters are $1, $2 and so on.
	numbered() bool
	// shared tells whether other processes may write at the same time.
	shared() bool
	// begin is the first thing in a write transaction: one waits for the other, in whatever process.
	begin(ctx context.Context, tx querier) error
	// idle is the statement that forgets persons for whom nothing was sealed.
	idle() string
	// erasing are the statements that take the key, the lookup and the texts of a person out of the tables.
	erasing() []string
	// due marks the moment after which the tables are to be rewritten.
	due(ctx context.Context, q querier) ([]byte, error)
	// rewrite leaves nothing on disk of what was taken out of the tables up to that moment, or answers errRead.
	rewrite(ctx context.Context, due []byte) error
}

// errRead says that somebody still reads a former state.
var errRead = errors.New("somebody reads it as it was; shred again")

// start readies a vault whose tables are there, and closes it if it can't.
func (s *Store) start(ctx context.Context) (*Store, error) {
	err := s.restoring(ctx)
	if err == nil {
		err = s.sweep(ctx)
	}
	if err == nil {
		if err = s.rewriteIfDue(ctx); errors.Is(err, errRead) && s.tables.shared() {
			err = nil // the others serve as well; whoever shreds or opens next does it
		}
	}
	if err == nil {
		_, err = s.indexKey(ctx, false)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// sweep forgets persons for whom nothing was sealed: a crash, or a refusal, came between.
func (s *Store) sweep(ctx context.Context) error {
	return s.write(ctx, "forget persons without a text", func(tx querier) error {
		_, err := tx.ExecContext(ctx, s.tables.idle())
		return err
	})
}

// write runs a write transaction.
func (s *Store) write(ctx context.Context, what string, do func(querier) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("vault: %s: %w", what, err)
	}
	q := s.over(tx)
	if err = s.tables.begin(ctx, q); err == nil {
		err = do(q)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("vault: %s: %w", what, err), tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("vault: %s: %w", what, err)
	}
	return nil
}

// querier is a database or a transaction, in which each "?" is the next parameter.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// over is a database or a transaction with parameters as this vault writes them.
func (s *Store) over(q querier) querier {
	if s.tables.numbered() {
		return numbered{q}
	}
	return q
}

// numbered gives parameters their numbers.
type numbered struct{ q querier }

func number(query string) string {
	var b strings.Builder
	for i, part := range strings.Split(query, "?") {
		if i > 0 {
			b.WriteString("$" + strconv.Itoa(i))
		}
		b.WriteString(part)
	}
	return b.String()
}

func (n numbered) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return n.q.ExecContext(ctx, number(query), args...)
}

func (n numbered) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return n.q.QueryRowContext(ctx, number(query), args...)
}

func (n numbered) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return n.q.QueryContext(ctx, number(query), args...)
}

// Close closes the database; the write-ahead log of a file goes into it.
func (s *Store) Close() error { return s.db.Close() }

func missing(what, zh, en string) *domain.Fault {
	return domain.Refuse(domain.Invalid, "vault."+what, "", zh, en)
}
