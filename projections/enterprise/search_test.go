package enterprise_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/enterprise"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

// search gives the ids of all hits, read in pages of the size.
func search(t testing.TB, r projections.Reader, text string, size int) string {
	t.Helper()
	var ids []string
	token := ""
	for {
		hits, next, err := enterprise.Search(t.Context(), r, text, day, size, token)
		if err != nil {
			t.Fatalf("search %q: %v", text, err)
		}
		for _, h := range hits {
			ids = append(ids, h.GetId())
		}
		if token = next; token == "" {
			return strings.Join(ids, " ")
		}
	}
}

func TestSearchFindsNamesFormerNamesAndCodes(t *testing.T) {
	l := newLog(t)
	l.subject(huimin, registered(huimin, "宁安市惠民食品（集团）有限公司"),
		roster.SubjectRenamed{Name: "ＡＢＣ商贸有限公司", EffectiveOn: calendar.MustParse("2020-01-01")})
	l.Disclosure("penalty.a", l.Published(doc("a", bureau, "2026-03-16", anda), 1))
	r := l.live()
	for text, want := range map[string]string{
		"惠民":                 huimin,
		"食品(集团)":             huimin,
		"食品【集团】":             huimin,
		"食 品　（集 团":           huimin,
		"abc商":               huimin,
		"Ａｂｃ":                huimin,
		"91320105780688132k": huimin,
		"7806 8813":          huimin,
		"公司":                 huimin + " " + anda,
		"惠民集团":               "",
		"集团)有限公司ABC":         "",
		"有限公司913":            "",
		"91640100750825125W": anda,
	} {
		for _, size := range []int{1, 50} {
			if got := search(t, r, text, size); got != want {
				t.Errorf("%q finds %q, want %q", text, got, want)
			}
		}
	}
}

func TestSearchRefusesWhatIsTooShortOrTooLong(t *testing.T) {
	l := newLog(t)
	l.subject(huimin, registered(huimin, "惠民"))
	r := l.live()
	for _, text := range []string{"", "惠", " 惠 　", "\u200b\u200b", strings.Repeat("惠", 65)} {
		_, _, err := enterprise.Search(t.Context(), r, text, day, 10, "")
		if f := (*domain.Fault)(nil); !errors.As(err, &f) || f.Code != "enterprise.query.length" || f.Kind != domain.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestManyNamesStayWithinARow(t *testing.T) {
	l := newLog(t)
	events := []es.Event{registered(huimin, "第一名"+strings.Repeat("长", 150))}
	for i := range 120 {
		events = append(events, roster.SubjectRenamed{Name: fmt.Sprintf("改名%03d", i) + strings.Repeat("长", 150), EffectiveOn: day})
	}
	l.subject(huimin, events...)
	r := l.live()
	if n := len(get(t, r, huimin).GetFormerNames()); n != 100 {
		t.Errorf("%d former names", n)
	}
	if search(t, r, "改名119", 5) != huimin || search(t, r, "改名118", 5) != huimin || search(t, r, "第一名", 5) != "" {
		t.Error("the latest names are to be found, the oldest dropped")
	}
}

func TestVersionChangesWithTheRecord(t *testing.T) {
	l := newLog(t)
	l.subject(huimin, registered(huimin, "惠民"))
	sink, p := projectionstest.NewMemory(t), enterprise.Projection()
	target, err := sink.Attach(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	fresh, stop := enterprise.NewVersions(sink, sink, 10, func() calendar.Date { return day })
	defer stop()
	at := es.Position{}
	step := func() string {
		t.Helper()
		records := l.Store.All()
		through := records[len(records)-1].Position
		if err := projections.Apply(t.Context(), p, target, at, es.Batch{Records: records, Through: through}); err != nil {
			t.Fatal(err)
		}
		at = through
		kept, found, err := fresh.EnterpriseVersion(t.Context(), huimin)
		version, found2, err2 := enterprise.Version(t.Context(), sink, huimin, day)
		if kept != version || !found || !found2 || errors.Join(err, err2) != nil {
			t.Fatalf("kept %q %v %v, read %q %v %v", kept, found, err, version, found2, err2)
		}
		return version
	}
	seen := map[string]string{step(): "registered"}
	for name, change := range map[string]func(){
		"renamed":   func() { l.subject(huimin, roster.SubjectRenamed{Name: "新名", EffectiveOn: day}) },
		"published": func() { l.Disclosure("penalty.a", l.Published(doc("a", bureau, "2026-03-16", huimin), 1)) },
	} {
		change()
		if v := step(); seen[v] != "" {
			t.Errorf("%s has the version of %s", name, seen[v])
		} else {
			seen[v] = name
		}
	}
	for _, change := range []func(){
		func() { l.Disclosure("penalty.a", l.Corrected(doc("a", bureau, "2026-03-17", huimin), 2)) },
		func() { l.Disclosure("penalty.a", withdrawn(3)) },
	} {
		before := step()
		change()
		if step() == before {
			t.Error("a release left the version as it was")
		}
	}
	before := step()
	l.Disclosure("penalty.b", l.Published(doc("b", bureau, "2026-03-16", anda), 1))
	if step() != before {
		t.Error("another enterprise's release changed the version")
	}
	if err := sink.Switch(t.Context(), p, at, rebuilt(t, sink, p, l.Store.All(), at)); err != nil {
		t.Fatal(err)
	}
	if after, found, err := fresh.EnterpriseVersion(t.Context(), huimin); after == before || !found || err != nil {
		t.Errorf("a rebuild, which may have changed its text, left the version at %q: %v, %v", after, found, err)
	}
	if _, found, err := fresh.EnterpriseVersion(t.Context(), "reg:000000000000000"); found || err != nil {
		t.Errorf("nobody: %v, %v", found, err)
	}
}

// rebuilt is a shadow that took the records.
func rebuilt(t *testing.T, sink *projectionstest.Memory, p projections.Projection, records []es.Record, through es.Position) projections.Target {
	t.Helper()
	shadow, err := sink.Shadow(t.Context(), p)
	if err == nil {
		err = projections.Apply(t.Context(), p, shadow, es.Position{}, es.Batch{Records: records, Through: through})
	}
	if err != nil {
		t.Fatal(err)
	}
	return shadow
}
