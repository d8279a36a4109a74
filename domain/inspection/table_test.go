package inspection_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// TestOutcomesAreThoseOfTheCodeTable: the rules hold the table under the version that outcomes name.
func TestOutcomesAreThoseOfTheCodeTable(t *testing.T) {
	t.Parallel()
	table, ok := rule.Embedded().CodeTableOn("outcome", calendar.MustParse("2026-11-28"), "540000")
	if !ok || table.ID != "outcome-"+inspection.OutcomeTable || len(table.Rows) != len(inspection.Outcomes()) {
		t.Fatalf("%s with %d rows", table.ID, len(table.Rows))
	}
	for i, o := range inspection.Outcomes() {
		if row := table.Rows[i]; row.Code != string(o.Code) || row.Own != string(o.Code) || row.Label != o.Label {
			t.Errorf("row %d is %+v, not %+v", i, row, o)
		}
	}
}
