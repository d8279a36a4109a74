package profile

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/canonical"
)

// Item is a row with its place in the sequence of its platform and kind, and with what it is about.
type Item struct {
	Number     uint64 // from 1
	Action     Action
	Record     string // id of the record
	Disclosure string // id of the disclosure
	Act        int    // number of the act of disclosure that it follows
	Row        Row
}

// Canonical is the item's canonical JSON (RFC 8785): what both sides chain. Personal columns are not in it, nor are
// columns without a value. Numbers beyond 2^53 are an error.
func (i Item) Canonical() ([]byte, error) {
	columns := make(map[string]string, len(i.Row.Columns))
	for _, c := range i.Row.Columns {
		if c.Value != "" && !slices.Contains(i.Row.Personal, c.Key) {
			columns[c.Key] = c.Value
		}
	}
	plain, err := json.Marshal(map[string]any{
		"platform": i.Row.Platform, "kind": i.Row.Kind, "version": i.Row.Version, "table": i.Row.Table,
		"number": i.Number, "action": i.Action, "record": i.Record,
		"release": map[string]any{"disclosure": i.Disclosure, "act": i.Act}, "columns": columns,
	})
	if err != nil {
		return nil, fmt.Errorf("profile: encode item: %w", err)
	}
	return canonical.JSON(plain)
}
