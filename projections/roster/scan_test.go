package roster_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian-ledger/mingjian/domain"
	events "github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	"github.com/mingjian-ledger/mingjian/projections/roster"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

var districts = []string{"540100", "540102", "540103", "540300", "540321", "540400", "640100", ""}

// crowd is a roster of more than one page, its subjects coming to be in no order.
func crowd(t *testing.T) (projections.Reader, []*viewv1.RosterSubject) {
	t.Helper()
	b := &book{t: t}
	const n = 2500
	chance := rand.New(rand.NewPCG(1, 2))
	var all []*viewv1.RosterSubject
	for _, i := range chance.Perm(n) {
		id := fmt.Sprintf("reg:%015d", i)
		e := registered(id, districts[i%len(districts)], domain.AuthorityID([]string{"xz", "xz", "nx"}[i%3]))
		e.Kind, e.Status = events.Kinds()[i%5], events.Statuses()[i%4]
		e.Industry = []string{"A03", "A01", "H62", ""}[i%4]
		list := []events.SubjectEvent{e}
		v := &viewv1.RosterSubject{
			Id: id, District: e.District, AuthorityId: string(e.Authority), Kind: string(e.Kind), Status: string(e.Status), Industry: e.Industry,
		}
		if i%7 < 2 {
			v.RiskClass = []string{"A", "B"}[i%7]
			list = append(list, events.SubjectReclassified{Class: v.RiskClass})
		}
		b.subject(id, list...)
		all = append(all, v)
	}
	memory := projectionstest.NewMemory(t)
	target, err := memory.Attach(t.Context(), roster.Projection())
	if err != nil {
		t.Fatal(err)
	}
	source := projectionstest.NewLog(500, b.records...)
	if err := projections.Fill(t.Context(), roster.Projection(), source, target, b.records[len(b.records)-1].Position, nil); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(all, func(a, b *viewv1.RosterSubject) int { return strings.Compare(a.GetId(), b.GetId()) })
	return memory, all
}

func ids[M any](t *testing.T, seq iter.Seq2[M, error], id func(M) string) []string {
	t.Helper()
	out := []string{}
	for v, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, id(v))
	}
	return out
}

// admitted is the filter spelled out.
func admitted(f roster.SubjectFilter, v *viewv1.RosterSubject) bool {
	one := func(list []string, fits func(string) bool) bool {
		return len(list) == 0 || slices.ContainsFunc(list, fits)
	}
	is := func(s string) func(string) bool { return func(w string) bool { return w == s } }
	class := v.GetRiskClass()
	if class == "" {
		class = "none"
	}
	return (f.Authority == "" || f.Authority == v.GetAuthorityId()) &&
		one(f.Districts, func(d string) bool {
			for len(d) > 0 && strings.HasSuffix(d, "00") {
				d = d[:len(d)-2]
			}
			return v.GetDistrict() != "" && strings.HasPrefix(v.GetDistrict(), d)
		}) &&
		one(f.Kinds, is(v.GetKind())) && one(f.Statuses, is(v.GetStatus())) && one(f.Classes, is(class)) &&
		one(f.Industries, func(p string) bool { return strings.HasPrefix(v.GetIndustry(), p) })
}

func filters() map[string]roster.SubjectFilter {
	many := []string{}
	for i := range 20 {
		many = append(many, fmt.Sprintf("5401%02d", i+1))
	}
	return map[string]roster.SubjectFilter{
		"all":                 {},
		"authority":           {Authority: "xz"},
		"nobody's":            {Authority: "qh"},
		"province":            {Authority: "xz", Districts: []string{"540000"}},
		"country":             {Authority: "nx", Districts: []string{"000000"}},
		"city":                {Authority: "xz", Districts: []string{"540100"}},
		"county":              {Authority: "xz", Districts: []string{"540102"}},
		"cities and counties": {Authority: "xz", Districts: []string{"540321", "540100", "540102", "540400", "540321"}},
		"many counties":       {Authority: "xz", Districts: many},
		"district of anyone":  {Districts: []string{"540300"}},
		"kinds":               {Authority: "xz", Kinds: []string{"enterprise", "other"}},
		"statuses":            {Authority: "xz", Statuses: []string{"active"}},
		"classes":             {Authority: "xz", Classes: []string{"A", "none"}},
		"industries":          {Authority: "xz", Industries: []string{"A", "H62"}},
		"everything at once": {
			Authority: "xz", Districts: []string{"540100", "540300"}, Kinds: []string{"enterprise"}, Statuses: []string{"active", "revoked"},
			Classes: []string{"B", "none"}, Industries: []string{"A0"},
		},
	}
}

func TestSubjectsOfAFilterInOrder(t *testing.T) {
	views, all := crowd(t)
	for name, f := range filters() {
		want := []string{}
		for _, v := range all {
			if admitted(f, v) {
				want = append(want, v.GetId())
			}
		}
		got := ids(t, roster.Subjects(t.Context(), views, f), (*viewv1.RosterSubject).GetId)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		for _, size := range []int{7, 1000} {
			if diff := cmp.Diff(want, listed(t, views, f, size)); diff != "" {
				t.Errorf("%s, listed by %d: %s", name, size, diff)
			}
		}
	}
}

func listed(t *testing.T, views projections.Reader, f roster.SubjectFilter, size int) []string {
	t.Helper()
	out := []string{}
	for p := (roster.Page{Size: size}); ; {
		page, next, err := roster.ListSubjects(t.Context(), views, f, p)
		if err != nil || len(page) > size {
			t.Fatalf("%d rows, %v", len(page), err)
		}
		for _, v := range page {
			out = append(out, v.GetId())
		}
		if p.Token = next; next == "" {
			return out
		}
	}
}

// limited counts the rows that are read and fails from a page on.
type limited struct {
	projections.Reader
	lists, failAt, rows, most int
}

var errBroken = errors.New("broken")

func (l *limited) List(ctx context.Context, q projections.Query) (projections.Page, error) {
	if l.lists++; l.failAt > 0 && l.lists >= l.failAt {
		return projections.Page{}, errBroken
	}
	p, err := l.Reader.List(ctx, q)
	l.rows += len(p.Rows)
	l.most = max(l.most, len(p.Rows))
	return p, err
}

func TestAPassReadsTheNarrowestRange(t *testing.T) {
	views, all := crowd(t)
	f := roster.SubjectFilter{Authority: "xz", Districts: []string{"540102", "540400"}}
	want := 0
	for _, v := range all {
		if admitted(f, v) {
			want++
		}
	}
	count := &limited{Reader: views}
	ids(t, roster.Subjects(t.Context(), count, f), (*viewv1.RosterSubject).GetId)
	if count.rows != want {
		t.Errorf("read %d rows for %d subjects", count.rows, want)
	}
	if count.most > projections.MaxLimit {
		t.Errorf("held %d rows at once", count.most)
	}
}

func TestAPassStopsWhenItsCallerDoes(t *testing.T) {
	views, _ := crowd(t)
	for _, f := range []roster.SubjectFilter{{}, {Authority: "xz", Districts: []string{"540100", "540300"}}} {
		count := &limited{Reader: views}
		for _, err := range roster.Subjects(t.Context(), count, f) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		if count.lists > 2 {
			t.Errorf("%v: read %d pages for one row", f, count.lists)
		}
	}
}

func TestAPassYieldsAnErrorOnceLast(t *testing.T) {
	views, _ := crowd(t)
	for name, f := range filters() {
		for failAt := 1; failAt <= 3; failAt++ {
			broken := &limited{Reader: views, failAt: failAt}
			var failed int
			for v, err := range roster.Subjects(t.Context(), broken, f) {
				if failed > 0 {
					t.Fatalf("%s: something came after the error", name)
				}
				if err != nil {
					if failed++; !errors.Is(err, errBroken) || v != nil {
						t.Errorf("%s: yielded %v, %v", name, v, err)
					}
				}
			}
			if reached := broken.lists >= failAt; reached != (failed == 1) {
				t.Errorf("%s: page %d reached %v, %d errors", name, failAt, reached, failed)
			}
		}
	}
}

func TestInspectorsAndConflictsInOrder(t *testing.T) {
	b := &book{t: t}
	for _, i := range []struct {
		id, department string
		authority      domain.AuthorityID
	}{{"b", "消防", "nx"}, {"a", "市场监管", "xz"}, {"c", "市场监管", "nx"}, {"a-1", "消防", "xz"}, {"a.1", "市场监管", "qh"}} {
		b.inspector(i.id, enrolled(i.id, i.department, i.authority),
			events.ConflictDeclared{Subject: "reg:2", Ground: events.Interest}, events.ConflictDeclared{Subject: "91", Ground: events.Interest})
	}
	b.inspector("b", events.InspectorSuspended{Reason: "培训"})
	views := projectionstest.Live(t, roster.Projection(), b.records)
	for name, tc := range map[string]struct {
		f    roster.InspectorFilter
		want []string
	}{
		"all":         {roster.InspectorFilter{}, []string{"a", "a-1", "a.1", "b", "c"}},
		"two":         {roster.InspectorFilter{Authorities: []string{"xz", "nx", "xz"}}, []string{"a", "a-1", "b", "c"}},
		"departments": {roster.InspectorFilter{Authorities: []string{"nx", "xz"}, Departments: []string{"消防"}}, []string{"a-1", "b"}},
		"at work":     {roster.InspectorFilter{Authorities: []string{"nx"}, Statuses: []string{roster.Active}}, []string{"c"}},
	} {
		got := ids(t, roster.Inspectors(t.Context(), views, tc.f), (*viewv1.RosterInspector).GetId)
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	pair := func(c *viewv1.RosterConflict) string { return c.GetInspectorId() + "/" + c.GetSubjectId() }
	want := []string{"a/91", "a/reg:2", "a-1/91", "a-1/reg:2", "b/91", "b/reg:2", "c/91", "c/reg:2"}
	got := ids(t, roster.Conflicts(t.Context(), views, roster.ConflictFilter{Authorities: []string{"xz", "nx"}}), pair)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	one, _, err := roster.ListConflicts(t.Context(), views, "", "a", roster.Page{Size: 10})
	if err != nil || len(one) != 2 || pair(one[0]) != "a/91" {
		t.Errorf("conflicts of one: %v, %v", one, err)
	}
	list, _, err := roster.ListInspectors(t.Context(), views, "xz", "消防", roster.Page{Size: 10})
	if err != nil || len(list) != 1 || list[0].GetId() != "a-1" {
		t.Errorf("inspectors of a department: %v, %v", list, err)
	}
	if list, _, err = roster.ListInspectors(t.Context(), views, "", "", roster.Page{Size: 10}); err != nil || len(list) != 5 {
		t.Errorf("all inspectors: %v, %v", list, err)
	}
	_, _, err = roster.ListInspectors(t.Context(), views, "", "消防", roster.Page{Size: 10})
	if f := (*domain.Fault)(nil); !errors.As(err, &f) || f.Code != "roster.filter" {
		t.Errorf("a department of any authority: %v", err)
	}
}
