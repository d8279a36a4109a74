package licence_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// TestCategoriesAreThoseOfTheCodeTable: each class of a licence has its place in the table of 双公示.
func TestCategoriesAreThoseOfTheCodeTable(t *testing.T) {
	t.Parallel()
	table, ok := rule.Embedded().CodeTableOn("licence-category", calendar.MustParse("2026-11-28"), "540000")
	if !ok {
		t.Fatal("there is no table")
	}
	for _, c := range []licence.Category{
		licence.Ordinary, licence.Franchise, licence.Recognition, licence.Approval, licence.Registration, licence.OtherCategory,
	} {
		if row, there := table.Of(string(c)); !there || row.Label != c.Label() {
			t.Errorf("%s is %+v, not %s", c, row, c.Label())
		}
	}
}
