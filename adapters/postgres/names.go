package postgres

import (
	"context"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// names are the interned categories and event types, which are few. Texts of committed ids never change.
type names struct {
	pool  *pgxpool.Pool
	mu    sync.RWMutex
	texts map[int32]string
}

// text is the text of an id; one that is not known yet was made since the last load.
func (n *names) text(ctx context.Context, id int32) (string, error) {
	if text, ok := n.known(id); ok {
		return text, nil
	}
	if err := n.refresh(ctx); err != nil {
		return "", fmt.Errorf("read names: %w", err)
	}
	text, ok := n.known(id)
	if !ok {
		return "", errMissingName(id)
	}
	return text, nil
}

// errMissingName is a number in a record that stands for nothing.
type errMissingName int32

func (id errMissingName) Error() string { return fmt.Sprintf("name %d is missing", int32(id)) }

func (n *names) known(id int32) (text string, ok bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	text, ok = n.texts[id]
	return text, ok
}

// refresh reads all names anew.
func (n *names) refresh(ctx context.Context) error {
	texts := map[int32]string{}
	if err := twice(ctx, n.pool, func() error {
		found, err := n.pool.Query(ctx, "SELECT id, text FROM name")
		if err != nil {
			return err
		}
		var id int32
		var text string
		_, err = pgx.ForEachRow(found, []any{&id, &text}, func() error {
			texts[id] = text
			return nil
		})
		return err
	}); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.texts = texts
	return nil
}
