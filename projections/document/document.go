package document

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/projections"
)

// Get reads the document of a row, which must be among the change's keys, into msg; false, with msg emptied, if there is no
// such row.
func Get(rows *projections.Rows, table, key string, msg proto.Message) (bool, error) {
	row, err := rows.Get(table, key)
	if err != nil {
		return false, err
	}
	if row == nil {
		proto.Reset(msg)
		return false, nil
	}
	return true, Decode(row, msg)
}

// Put writes a row with msg as its document; what row.Doc holds does not matter.
func Put(rows *projections.Rows, table string, row projections.Row, msg proto.Message) error {
	doc, err := proto.MarshalOptions{Deterministic: true}.Marshal(msg)
	if err != nil {
		return fmt.Errorf("document: encode %s of %s: %w", row.Key, table, err)
	}
	row.Doc = doc
	rows.Put(table, row)
	return nil
}

// Decode reads the document of a row that a query gave.
func Decode(row *projections.Row, msg proto.Message) error {
	if err := proto.Unmarshal(row.Doc, msg); err != nil {
		return fmt.Errorf("document: decode %s: %w", row.Key, err)
	}
	return nil
}
