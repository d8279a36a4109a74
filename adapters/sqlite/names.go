package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"sync"
)

// names are the interned categories and event types, which are few. Texts of committed ids never change.
type names struct {
	db    *sql.DB
	mu    sync.RWMutex
	texts map[int64]string
}

// text is the text of an id; one that is not known yet was made by another process, or since the last load.
func (n *names) text(ctx context.Context, id int64) (string, error) {
	n.mu.RLock()
	text, ok := n.texts[id]
	n.mu.RUnlock()
	if ok {
		return text, nil
	}
	if err := n.refresh(ctx); err != nil {
		return "", err
	}
	n.mu.RLock()
	defer n.mu.RUnlock()
	if text, ok = n.texts[id]; !ok {
		return "", fmt.Errorf("name %d is missing", id)
	}
	return text, nil
}

// refresh reads all names anew.
func (n *names) refresh(ctx context.Context) error {
	texts, err := n.load(ctx)
	if err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.texts = texts
	return nil
}

func (n *names) load(ctx context.Context) (map[int64]string, error) {
	rows, err := n.db.QueryContext(ctx, "SELECT id, text FROM name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	texts := map[int64]string{}
	for rows.Next() {
		var id int64
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			return nil, err
		}
		texts[id] = text
	}
	return texts, rows.Err()
}

// ids is the other direction, from a fresh look at the file.
func (n *names) ids(ctx context.Context) (map[string]int64, error) {
	texts, err := n.load(ctx)
	if err != nil {
		return nil, err
	}
	ids := make(map[string]int64, len(texts))
	for id, text := range maps.All(texts) {
		ids[text] = id
	}
	return ids, nil
}
