package inspection_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/inspection"
)

func TestWhatAnOutcomeTells(t *testing.T) {
	t.Parallel()
	absent := map[inspection.Outcome]bool{
		inspection.Deregistered: true, inspection.Revoked: true, inspection.Rescinded: true, inspection.MovedOut: true, inspection.Closed: true,
	}
	for _, row := range inspection.Outcomes() {
		problem := !absent[row.Code] && row.Code != inspection.NoProblem && row.Code != inspection.NoSuchActivity
		if row.Code.Inspected() == absent[row.Code] || row.Code.Problem() != problem {
			t.Errorf("%s: inspected %v, problem %v", row.Code, row.Code.Inspected(), row.Code.Problem())
		}
	}
	if o := inspection.Outcome("spotless"); o.Inspected() || o.Problem() {
		t.Error("a code that is not in the table tells something")
	}
}
