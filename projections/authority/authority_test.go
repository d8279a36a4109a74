package authority_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	events "github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections/authority"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

var day = calendar.MustParse("2026-01-05")

// history makes the records of one stream from its events.
func history(t *testing.T, id string, from uint64, list ...events.Event) []es.Record {
	t.Helper()
	proposed, err := es.Propose(es.Metadata{Command: es.DeriveID("", id)}, list...)
	if err != nil {
		t.Fatal(err)
	}
	var out []es.Record
	for i, p := range proposed {
		out = append(out, es.Record{
			Proposed: p, Stream: es.Stream{Category: events.Decider.Category, ID: id},
			Revision: es.Revision(i), Position: es.At(from+uint64(i), 0),
		})
	}
	return out
}

func TestView(t *testing.T) {
	records := history(t, "xz", 1,
		events.Registered{ID: "xz", Name: "甲局", Code: "11230500001755309F", District: "540000", Level: events.Province, Departments: []string{"市场监管"}},
		events.Renamed{Name: "乙局", Reason: "机构改革", EffectiveOn: day},
		events.Renamed{Name: "丙局", Reason: "机构改革", EffectiveOn: day.AddDays(1)},
		events.DepartmentOpened{Name: "消防"},
		events.DepartmentClosed{Name: "市场监管", Reason: "撤并"},
		events.Succeeded{By: "xz-2", Reason: "机构改革", EffectiveOn: day.AddDays(2), DocumentNo: "藏政发〔2026〕1号"},
	)
	records = append(records, history(t, "aa", 10, events.Registered{ID: "aa", Name: "县局", District: "540100", Level: events.County})...)
	views := projectionstest.Live(t, authority.Projection(), records)

	got, err := authority.Get(t.Context(), views, "xz")
	if err != nil {
		t.Fatal(err)
	}
	want := &viewv1.Authority{
		Id: "xz", Name: "丙局", Code: "11230500001755309F", District: "540000", Level: "province", LevelLabel: "省级",
		Departments: []string{"消防"},
		FormerNames: []*viewv1.FormerName{{Name: "乙局", Until: "2026-01-06"}, {Name: "甲局", Until: "2026-01-05"}},
		State:       authority.Succeeded, StateLabel: "职责已承继", SuccessorId: "xz-2", SucceededOn: "2026-01-07", SuccessionReason: "机构改革",
		SuccessionDocumentNo: "藏政发〔2026〕1号",
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}

	first, next, err := authority.List(t.Context(), views, authority.Filter{PageSize: 1})
	if err != nil || len(first) != 1 || first[0].GetId() != "aa" || first[0].GetState() != authority.Standing {
		t.Fatalf("first page %v, %v", first, err)
	}
	rest, next, err := authority.List(t.Context(), views, authority.Filter{PageSize: 1, PageToken: next})
	if err != nil || len(rest) != 1 || rest[0].GetId() != "xz" || next != "" {
		t.Fatalf("second page %v, %q, %v", rest, next, err)
	}
	if none, err := authority.Get(t.Context(), views, "zz"); none != nil || err != nil {
		t.Errorf("an unknown authority is %v, %v", none, err)
	}
}

func TestEveryLevelHasALabel(t *testing.T) {
	for _, l := range events.Levels() {
		views := projectionstest.Live(t, authority.Projection(), history(t, "x1", 1, events.Registered{ID: "x1", Level: l}))
		got, err := authority.Get(t.Context(), views, "x1")
		if err != nil || got.GetLevelLabel() == "" {
			t.Errorf("level %s: %v, %v", l, got, err)
		}
	}
}
