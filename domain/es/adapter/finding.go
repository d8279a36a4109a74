package adapter

import (
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Problem is a finding of a store's Check.
type Problem struct {
	Position es.Position // zero if it is not about one record
	What     string
}

func (p Problem) String() string {
	if p.Position == (es.Position{}) {
		return p.What
	}
	return fmt.Sprintf("position %s: %s", p.Position, p.What)
}

// DamageError says that a record is not what was stored, or can't be read.
type DamageError struct {
	Position es.Position
	Stream   es.Stream
	Revision es.Revision
	Err      error
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("the record at %s (%s@%d): %v", e.Position, e.Stream, e.Revision, e.Err)
}

func (e *DamageError) Unwrap() error { return e.Err }
