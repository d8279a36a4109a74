package audit_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/domain"
	events "github.com/mingjian-ledger/mingjian/domain/audit"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections/audit"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// trail is one entry for each read, at the given instants.
func trail(t *testing.T, at []string, reads ...events.Read) (records []es.Record) {
	t.Helper()
	for i, r := range reads {
		recorded, err := time.Parse(time.RFC3339, at[i])
		if err != nil {
			t.Fatal(err)
		}
		proposed, err := es.Propose(es.Metadata{Command: es.DeriveID("", fmt.Sprint(i)), RecordedAt: recorded}, events.Event(r))
		if err != nil {
			t.Fatal(err)
		}
		stream := es.Stream{Category: events.Decider.Category, ID: events.Day(r.Authority, calendar.DateOf(recorded))}
		records = append(records, es.Record{Proposed: proposed[0], Stream: stream, Revision: es.Revision(i), Position: es.At(uint64(i+1), 0)})
	}
	return records
}

func read(account, authority, record string) events.Read {
	return events.Read{
		Account: account, Role: domain.Clerk, Authority: domain.AuthorityID(authority), Method: "mingjian.v1.PenaltyService/GetPenalty",
		Class: events.Unpublished, Record: record, Purpose: "复核", RequestID: "r1",
	}
}

func TestTheTrailIsListed(t *testing.T) {
	records := trail(t, []string{"2026-11-27T15:59:59Z", "2026-11-27T16:00:00Z", "2026-11-28T15:59:59Z"},
		read("he", "xz", "penalty_id=1"), read("ma", "nx", "penalty_id=1"), read("he", "xz", "licence_id=2"))
	views := projectionstest.Live(t, audit.Projection(), records)
	ids := func(f audit.Filter) (out []int) {
		t.Helper()
		f.PageSize = 10
		list, next, err := audit.List(t.Context(), views, f)
		if err != nil || next != "" {
			t.Fatalf("%+v: %v %q", f, err, next)
		}
		for _, v := range list {
			out = append(out, slices.IndexFunc(records, func(r es.Record) bool { return string(r.ID) == v.GetId() }))
		}
		return out
	}
	day := calendar.MustParse("2026-11-28") // in Shanghai, from 16:00 UTC of the 27th on
	for name, c := range map[string]struct {
		filter audit.Filter
		want   []int
	}{
		"all, the latest first": {audit.Filter{}, []int{2, 1, 0}},
		"an authority":          {audit.Filter{Authority: "xz"}, []int{2, 0}},
		"an account":            {audit.Filter{Account: "ma"}, []int{1}},
		"a record":              {audit.Filter{Record: "penalty_id=1"}, []int{1, 0}},
		"a day":                 {audit.Filter{From: day, To: day}, []int{2, 1}},
		"until a day":           {audit.Filter{To: day.AddDays(-1)}, []int{0}},
	} {
		if got := ids(c.filter); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	_, _, err := audit.List(t.Context(), views, audit.Filter{Authority: "xz", Account: "he", PageSize: 10})
	if fault := (*domain.Fault)(nil); !errors.As(err, &fault) || fault.Code != "audit.query" {
		t.Errorf("two conditions: %v", err)
	}
	list, _, err := audit.List(t.Context(), views, audit.Filter{Account: "ma", PageSize: 1})
	want := []*viewv1.AuditedRead{{
		Id: string(records[1].ID), At: "2026-11-27T16:00:00Z", Account: "ma", Role: "clerk", AuthorityId: "nx",
		Method: "mingjian.v1.PenaltyService/GetPenalty", Class: "unpublished", ClassLabel: "未公开信息", Record: "penalty_id=1", Purpose: "复核", RequestId: "r1",
	}}
	if diff := cmp.Diff(want, list, protocmp.Transform()); err != nil || diff != "" {
		t.Error(err, diff)
	}
}
