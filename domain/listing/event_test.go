package listing_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/listing"
)

func examples() []listing.Event {
	again := found(find(func(c *listing.Find) { c.Inspection = "xz-2026-t1-1:91320105780688132K" }), 2, func(f *listing.Found) { f.Entry = 1 })
	consented := entered(1, listing.Unreachable, 1)
	consented.ConsentNo = "宁市监函〔2026〕3号"
	return []listing.Event{
		found(find(), 1), consented, again, found(find(serious), 3),
		listing.Dismissed{Finding: 2, Reason: "已取得联系", On: today, By: "sun"},
		listing.Retracted{Finding: 2, Reason: "检查结果已更正"},
		listing.Notified{Finding: 3, DocumentNo: "告〔2026〕1号", On: day("2026-03-05"), By: "wang"},
		listing.GroundAdded{Entry: 1, Findings: []int{4}, Ground: listing.FalseInfo, Table: "abnormal-2014", ConsentNo: "函1", Decision: decision("异〔2026〕2号", "2026-03-20")},
		applied(),
		listing.RemovalRefused{Entry: 1, Application: 1, Reason: "仍无法联系", Decision: decision("不移〔2026〕1号", "2026-04-02")},
		removed(2), rescinded(),
		listing.Transferred{To: "11320200MB0000002X", Reason: "住所迁出", On: today, By: "sun"},
	}
}

func TestGoldens(t *testing.T) { estest.Golden(t, "testdata/events", listing.Codec(), examples()...) }

func TestFold(t *testing.T) { estest.Fold(t, listing.Decider, examples()...) }

func FuzzDecode(f *testing.F) {
	for _, typ := range listing.Codec().Types() {
		f.Add(typ, []byte(`{"listing":"x","finding":1,"entry":1,"application":1,"findings":[1],"on":"2026-01-02"}`))
	}
	f.Fuzz(func(t *testing.T, typ string, data []byte) {
		e, err := listing.Codec().Decode(typ, data)
		if err != nil {
			return
		}
		s := listing.State{}
		for range 2 {
			s = listing.Decider.Evolve(s, e)
		}
		_, _ = s.Current()
		_ = s.Busy()
	})
}

func TestRecordIDs(t *testing.T) {
	id := listing.ID(listing.Abnormal, firm.ID)
	if got, n, err := listing.ParseRecordID(listing.RecordID(id, 12)); got != id || n != 12 || err != nil {
		t.Errorf("%s %d %v", got, n, err)
	}
	for _, bad := range []string{"", id, id + ".", id + ".0", id + ".01", id + ".-1", ".1"} {
		if _, _, err := listing.ParseRecordID(bad); !hasCode(err, "listing.record_id.form") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if id == listing.ID(listing.Serious, firm.ID) || id == listing.ID(listing.Abnormal, trader.ID) {
		t.Error("two cases have one id")
	}
}

// TestTables holds the tables to what the rest builds on.
func TestTables(t *testing.T) {
	seen := map[string]bool{}
	cured := map[listing.Ground]bool{}
	for _, r := range listing.Remedies() {
		if r.Code.Label() == "" || len(r.Lists) == 0 || seen[string(r.Code)] {
			t.Errorf("remedy %+v", r)
		}
		seen[string(r.Code)] = true
		for _, g := range r.Cures {
			cured[g] = true
		}
	}
	for _, table := range listing.Tables() {
		if on, ok := listing.TableOn(table.List, table.From); !ok || on.Version != table.Version || seen[table.Version] || table.List.Label() == "" {
			t.Errorf("table %s", table.Version)
		}
		seen[table.Version] = true
		if before, ok := listing.TableOn(table.List, table.From.AddDays(-1)); ok && before.Version == table.Version {
			t.Errorf("table %s holds before its day", table.Version)
		}
		for _, row := range table.Grounds {
			if row.Label == "" || row.Basis == "" || listing.RowOf(table.Version, row.Code) != row || table.List == listing.Abnormal && !cured[row.Code] {
				t.Errorf("%s: %+v", table.Version, row)
			}
		}
	}
	if (listing.RowOf("none", listing.FalseInfo) != listing.GroundRow{}) || listing.List("x").Label() != "" || listing.Remedy("x").Label() != "" {
		t.Error("what is not there has words")
	}
}
