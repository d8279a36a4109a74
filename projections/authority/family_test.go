package authority_test

import (
	"fmt"
	"strings"
	"testing"

	events "github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/authority"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

// bureau is one that is registered and perhaps succeeded from a day on.
func bureau(t *testing.T, id string, from uint64, by string, on calendar.Date) []es.Record {
	t.Helper()
	list := []events.Event{events.Registered{ID: "x", Name: id + "局", District: "540000", Level: events.County}}
	if by != "" {
		list = append(list, events.Succeeded{By: "x", Reason: "机构改革", EffectiveOn: on})
	}
	records := history(t, id, from, list...)
	for i := range records {
		records[i].Data = []byte(strings.ReplaceAll(string(records[i].Data), `"x"`, fmt.Sprintf("%q", []string{id, by}[i])))
	}
	return records
}

// reform: five bureaus become one over two days, and later that one goes into another.
func reform(t *testing.T) []es.Record {
	t.Helper()
	var all []es.Record
	for i, b := range []struct {
		id, by string
		on     calendar.Date
	}{
		{"food", "market", day}, {"trade", "market", day}, {"quality", "market", day.AddDays(1)}, {"price", "trade", day},
		{"market", "grand", day.AddDays(30)}, {"grand", "", calendar.Date{}},
	} {
		all = append(all, bureau(t, b.id, uint64(1+2*i), b.by, b.on)...)
	}
	return all
}

func TestFamily(t *testing.T) {
	t.Parallel()
	views := projectionstest.Live(t, authority.Projection(), reform(t))
	f, stop := authority.NewFamily(views, views)
	defer stop()
	for _, c := range []struct {
		id     string
		on     calendar.Date
		holder string
		before string
	}{
		{"food", day.AddDays(-1), "", ""},
		{"food", day, "market", ""},
		{"price", day, "market", ""}, // along the chain
		{"trade", day, "market", "price"},
		{"quality", day, "", ""},
		{"quality", day.AddDays(1), "market", ""},
		{"market", day, "", "food trade price"},
		{"market", day.AddDays(1), "", "food quality trade price"},
		{"grand", day.AddDays(29), "", ""},
		{"grand", day.AddDays(30), "", "market food quality trade price"},
		{"price", day.AddDays(30), "grand", ""},
		{"unknown", day, "", ""},
	} {
		holder, err := f.Holder(t.Context(), c.id, c.on)
		if err != nil || holder.GetId() != c.holder || c.holder != "" && holder.GetName() != c.holder+"局" {
			t.Errorf("%s on %s is held by %v, %v, want %q", c.id, c.on, holder, err, c.holder)
		}
		list, err := f.Predecessors(t.Context(), c.id, c.on)
		var ids []string
		for _, p := range list {
			ids = append(ids, p.GetId())
		}
		if got := strings.Join(ids, " "); err != nil || got != c.before {
			t.Errorf("%s on %s holds the tasks of %q, %v, want %q", c.id, c.on, got, err, c.before)
		}
	}
}

func TestFamilyFollowsAndItsVersionChanges(t *testing.T) {
	t.Parallel()
	records := reform(t)
	views := projectionstest.NewMemory(t)
	target, err := views.Attach(t.Context(), authority.Projection())
	if err != nil {
		t.Fatal(err)
	}
	f, stop := authority.NewFamily(views, views)
	defer stop()
	version := func(on calendar.Date) string {
		v, err := f.Version(t.Context(), on)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	log := projectionstest.NewLog(10, records...)
	empty := version(day)
	if err := projections.Fill(t.Context(), authority.Projection(), log, target, es.At(2, 0), nil); err != nil {
		t.Fatal(err)
	}
	if holder, err := f.Holder(t.Context(), "food", day); err != nil || holder.GetId() != "market" {
		t.Errorf("held by %v, %v", holder, err)
	}
	if version(day) == empty || version(day) != version(day.AddDays(400)) || version(day) == version(day.AddDays(-1)) {
		t.Errorf("versions %s, %s, %s after %s", version(day.AddDays(-1)), version(day), version(day.AddDays(400)), empty)
	}
}

// TestACircleEnds: two commands at one moment can make a circle, which nothing may hang on.
func TestACircleEnds(t *testing.T) {
	t.Parallel()
	views := projectionstest.Live(t, authority.Projection(), append(bureau(t, "a1", 1, "b1", day), bureau(t, "b1", 3, "a1", day)...))
	f, stop := authority.NewFamily(views, views)
	defer stop()
	if _, err := f.Holder(t.Context(), "a1", day); err != nil {
		t.Error(err)
	}
	if list, err := f.Predecessors(t.Context(), "a1", day); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}
