package personal_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/person"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
	"github.com/mingjian-ledger/mingjian/projections/personal"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

type log struct {
	t       *testing.T
	records []es.Record
}

func add[E es.Event](l *log, category, id string, events ...E) {
	l.t.Helper()
	n := len(l.records)
	meta := es.Metadata{
		Command: es.DeriveID("", fmt.Sprint(n)), Authority: "xz", RecordedAt: time.Date(2026, 11, 28, 1, n, 0, 0, time.UTC),
	}
	proposed, err := es.Propose(meta, events...)
	if err != nil {
		l.t.Fatal(err)
	}
	for i, p := range proposed {
		l.records = append(l.records, es.Record{
			Proposed: p, Stream: es.Stream{Category: category, ID: id}, Revision: es.Revision(n + i), Position: es.At(uint64(n+i+1), 0),
		})
	}
}

// beside adds an event whose metadata refer to the texts of the request.
func (l *log) beside(category, id string, event inspection.Event, served *domain.Sealed) {
	l.t.Helper()
	add(l, category, id, event)
	last := &l.records[len(l.records)-1]
	meta, err := last.Metadata()
	if err != nil {
		l.t.Fatal(err)
	}
	if meta.Redaction, err = json.Marshal(redaction.Overlay{Served: *served}); err != nil {
		l.t.Fatal(err)
	}
	if last.Meta, err = json.Marshal(meta); err != nil {
		l.t.Fatal(err)
	}
}

func sealed(item string, persons ...string) *domain.Sealed {
	return &domain.Sealed{Item: item, Persons: persons, Commitment: strings.Repeat("5a", 32)}
}

func history(t *testing.T) *log {
	l, day := &log{t: t}, calendar.MustParse("2026-11-01")
	add(l, "penalty", "p-1", penalty.Event(penalty.Decided{Penalty: "p-1", DecidedOn: day, Parties: []penalty.Party{
		{Name: "甲", Person: "a", Identity: sealed("i1", "a")}, {Name: "乙公司"}, {Name: "丙", Person: "b", Identity: sealed("i2", "a", "b")},
	}}))
	add(l, "penalty", "p-3", penalty.Event(penalty.Decided{Penalty: "p-3", DecidedOn: day, Parties: []penalty.Party{{Name: "乙公司"}},
		CoParties: []penalty.Party{{Name: "丙", Person: "b", Identity: sealed("i2", "a", "b")}}}))
	add(l, "penalty", "p-2", penalty.Event(penalty.Decided{Penalty: "p-2", DecidedOn: day, Parties: []penalty.Party{{Name: "乙公司"}}}))
	holder := licence.Holder{Name: "甲", Person: "a", Identity: sealed("i3", "a")}
	amended := licence.Event(licence.Amended{DecidedOn: day, Holder: &holder})
	add(l, "licence", "l-1", amended, amended)
	l.beside("inspection", "n-1", inspection.Event(inspection.RectificationOrdered{Demand: "改正", DueOn: day}), sealed("i4", "c"))
	asked := person.ShreddingRequested{Person: "a", Ground: person.Unlawful, Reason: "错录", By: "zhao", Authority: "xz"}
	add(l, "person", "a", person.Event(asked))
	add(l, "person", "a", person.Event(person.ShreddingDropped{Person: "a", Reason: "复议", By: "root"}))
	add(l, "person", "a", person.Event(asked))
	add(l, "person", "a", person.Event(person.Shredded{Person: "a", Ground: person.Unlawful, By: "root"}))
	add(l, "person", "b", person.Event(person.ShreddingRequested{Person: "b", Ground: person.OtherLaw, Reason: "x", By: "zhao", Authority: "xz"}))
	return l
}

func TestReferencesAreListedByRecordAndPerson(t *testing.T) {
	l := history(t)
	views := projectionstest.Live(t, personal.Projection(), l.records)
	for name, c := range map[string]struct {
		filter personal.Filter
		want   []string
	}{
		"a penalty":                   {personal.Filter{Record: "p-1"}, []string{"i1", "i2"}},
		"one without natural persons": {personal.Filter{Record: "p-2"}, nil},
		"another record that refers":  {personal.Filter{Record: "p-3"}, []string{"i2"}},
		"a record of another kind":    {personal.Filter{Record: "n-1"}, []string{"i4"}},
		"whom that tells of":          {personal.Filter{Person: "c"}, []string{"i4"}},
		"a person":                    {personal.Filter{Person: "a"}, []string{"i1", "i2", "i3"}},
		"another":                     {personal.Filter{Person: "b"}, []string{"i2"}},
	} {
		c.filter.PageSize = 10
		list, _, err := personal.List(t.Context(), views, c.filter)
		var got []string
		for _, v := range list {
			got = append(got, v.GetItem())
		}
		slices.Sort(got)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v, want %v", name, got, err, c.want)
		}
	}
	for _, f := range []personal.Filter{{PageSize: 1}, {Record: "p-1", Person: "a", PageSize: 1}} {
		if _, _, err := personal.List(t.Context(), views, f); domain.KindOf(err) != domain.Invalid {
			t.Errorf("%+v: %v", f, err)
		}
	}
	got, err := personal.Get(t.Context(), views, "i2")
	want := &viewv1.PersonalItem{
		Item: "i2", Persons: []string{"a", "b"}, Commitment: strings.Repeat("5a", 32), RecordKind: "penalty", RecordId: "p-1",
		AuthorityId: "xz", RecordedAt: "2026-11-28T01:00:00Z",
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if _, err := personal.Get(t.Context(), views, "none"); domain.KindOf(err) != domain.NotFound {
		t.Error(err)
	}
}

func TestShreddingsAreListedByState(t *testing.T) {
	l := history(t)
	views := projectionstest.Live(t, personal.Projection(), l.records)
	list, _, err := personal.Shreddings(t.Context(), views, "shredded", 10, "")
	want := []*viewv1.Shredding{{
		Person: "a", State: "shredded", StateLabel: "已删除", Ground: "unlawful", GroundLabel: person.Unlawful.Label(), Reason: "错录",
		AuthorityId: "xz", RequestedBy: "zhao", RequestedAt: "2026-11-28T01:08:00Z", AnsweredBy: "root", AnsweredAt: "2026-11-28T01:09:00Z",
	}}
	if diff := cmp.Diff(want, list, protocmp.Transform()); err != nil || diff != "" {
		t.Error(err, diff)
	}
	for state, n := range map[string]int{"": 2, "requested": 1, "dropped": 0} {
		if list, _, err := personal.Shreddings(t.Context(), views, state, 10, ""); err != nil || len(list) != n {
			t.Errorf("%q: %v, %v", state, list, err)
		}
	}
	until := projectionstest.Live(t, personal.Projection(), l.records[:8])
	if list, _, err := personal.Shreddings(t.Context(), until, "dropped", 10, ""); err != nil || len(list) != 1 || list[0].GetDropReason() != "复议" {
		t.Errorf("%v, %v", list, err)
	}
}
