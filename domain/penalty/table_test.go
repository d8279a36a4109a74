package penalty_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// TestKindsAreThoseOfTheCodeTable: the rules know the kinds of 行政处罚法 art. 9 by the same codes, words and order.
func TestKindsAreThoseOfTheCodeTable(t *testing.T) {
	t.Parallel()
	table, ok := rule.Embedded().CodeTableOn("penalty-kind", calendar.MustParse("2026-11-28"), "540000")
	kinds := rule.PenaltyKinds()
	if !ok || len(table.Rows) != len(penalty.Kinds()) || len(kinds) != len(penalty.Kinds()) {
		t.Fatalf("%s with %d rows, %d kinds", table.ID, len(table.Rows), len(kinds))
	}
	for i, k := range penalty.Kinds() {
		if row := table.Rows[i]; row.Code != string(k.Code) || row.Label != k.Label || kinds[i] != string(k.Code) {
			t.Errorf("row %d is %+v, not %+v", i, row, k)
		}
	}
}
