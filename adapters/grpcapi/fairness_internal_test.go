package grpcapi

import (
	"fmt"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
)

// TestTheDeskKeepsABoundedNumber: what was used last stays, and of one period the latest.
func TestTheDeskKeepsABoundedNumber(t *testing.T) {
	t.Parallel()
	d := NewFairnessDesk()
	of := func(year int, places uint64, draws byte) *measured {
		return &measured{period: period{"局", year, year}, draws: [32]byte{draws}, places: places}
	}
	first := of(1, fairnessPlaces/2, 0)
	d.keep(first)
	d.keep(of(2, fairnessPlaces/2, 0))
	if d.find(of(1, 0, 0)) != first {
		t.Error("what fits is not kept")
	}
	d.keep(of(3, 1, 0))
	if d.find(of(2, 0, 0)) != nil || d.find(of(1, 0, 0)) != first || d.find(of(3, 0, 0)) == nil {
		t.Error("not the one that was not used for longest went")
	}
	d.keep(of(3, 1, 7))
	if d.find(of(3, 0, 0)) != nil || d.find(of(3, 0, 7)) == nil || len(d.kept) != 2 {
		t.Errorf("of one period, %d are kept", len(d.kept))
	}
	d.keep(of(4, 2*fairnessPlaces, 0))
	if len(d.kept) != 1 || d.find(of(4, 0, 0)) == nil {
		t.Errorf("beside a large one, %d are kept", len(d.kept)-1)
	}
	for year := range 500 {
		d.keep(of(year, 1, 0))
	}
	if n := len(d.kept); n < 2 || n > 65 {
		t.Errorf("%d are kept", n)
	}
}

func TestWhatAResultCounts(t *testing.T) {
	t.Parallel()
	document := func(draw, outcomes string) string {
		return fmt.Sprintf(`{"schema":%q,"kind":"inspection","date":"2026-11-20","subjects":[{"id":"ext:a:1"}],`+
			`"inspection":{"draw_id":%q,"manner":"on_site","completed_on":"2026-11-20","outcomes":[%s]}}`, disclosure.Schema, draw, outcomes)
	}
	for document, want := range map[string]string{
		document("T-1", `{"code":"no_problem"}`):                                                       "{T-1 ext:a:1 on_site false} true",
		document("T-1", `{"code":"no_such_activity"}`):                                                 "{T-1 ext:a:1 on_site false} true",
		document("T-1", `{"code":"no_such_activity"},{"code":"unreachable"}`):                          "{T-1 ext:a:1 on_site true} true",
		document("T-1", `{"code":"closed"}`):                                                           "{T-1 ext:a:1 on_site false} false",
		document("T-1", `{"code":"closed"},{"code":"info_false"}`):                                     "{T-1 ext:a:1 on_site true} true",
		document("", `{"code":"no_problem"}`):                                                          "{   false} false",
		`{"kind":"penalty","date":"2026-11-20","subjects":[{}],"penalty":{"decided_on":"2026-11-20"}}`: "{   false} false",
	} {
		result, counts, err := InspectionResult(document)
		if got := fmt.Sprint(result, counts); err != nil || got != want {
			t.Errorf("%s: %s, want %s, %v", document, got, want, err)
		}
	}
	if _, _, err := InspectionResult("{"); err == nil {
		t.Error("a document that is none is taken")
	}
}
