package release_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	"github.com/mingjian-ledger/mingjian/projections/release"
)

// model is what should be public: the plain filter that lists are compared with.
type model map[string]entry

type entry struct {
	authority, date string
	subjects        []string
	acts            int
	public          bool
}

func (m model) list(f release.Filter) string {
	var hits []string
	for id, e := range m {
		if e.public && (f.Authority == "" || f.Authority == e.authority) && (f.From == "" || e.date >= f.From) &&
			(f.To == "" || e.date <= f.To) && (f.Subject == "" || slices.Contains(e.subjects, f.Subject)) {
			hits = append(hits, id)
		}
	}
	slices.SortFunc(hits, func(a, b string) int { return -cmp.Or(cmp.Compare(m[a].date, m[b].date), cmp.Compare(a, b)) })
	return strings.Join(hits, " ")
}

// live publishes, corrects, withdraws and publishes anew at random.
func (m model) live(l *log, seed uint64, n int) {
	rnd := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a repeatable test, not a secret
	for range n {
		id := fmt.Sprintf("r%02d", rnd.IntN(40))
		e := m[id]
		e.acts++
		if e.public && rnd.IntN(3) == 0 {
			l.Disclosure("penalty."+id, withdrawn(e.acts))
			e.public = false
			m[id] = e
			continue
		}
		e.authority = []string{bureau, county}[rnd.IntN(2)]
		e.date = calendar.MustParse("2026-01-01").AddDays(rnd.IntN(12)).String()
		e.subjects = []string{huimin, anda, "reg:320105000012345"}[rnd.IntN(2):][:1+rnd.IntN(2)]
		d := doc(id, e.authority, e.date, e.subjects...)
		if e.public {
			l.Disclosure("penalty."+id, l.Corrected(d, e.acts))
		} else {
			l.Disclosure("penalty."+id, l.Published(d, e.acts))
		}
		e.public = true
		m[id] = e
	}
}

func filters() []release.Filter {
	var out []release.Filter
	for _, authority := range []string{"", bureau, county, "nobody"} {
		for _, subject := range []string{"", huimin, anda, "reg:320105000012345"} {
			for _, dates := range [][2]string{{}, {"2026-01-03", ""}, {"", "2026-01-08"}, {"2026-01-04", "2026-01-04"}, {"2026-02-01", "2026-01-01"}} {
				out = append(out, release.Filter{Kind: "penalty", Authority: authority, Subject: subject, From: dates[0], To: dates[1]})
			}
		}
	}
	return out
}

func all(t testing.TB, r projections.Reader, f release.Filter, size int) string {
	t.Helper()
	var out []string
	f.PageSize = size
	for {
		list, next, err := release.List(t.Context(), r, f)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) > 0 {
			out = append(out, ids(list))
		}
		if next == "" {
			return strings.Join(out, " ")
		}
		f.PageToken = next
	}
}

func TestListsEqualAPlainFilter(t *testing.T) {
	for seed := range uint64(4) {
		l, m := newLog(t), model{}
		m.live(l, seed, 150)
		r := l.live()
		for _, f := range filters() {
			for _, size := range []int{1, 4, 1000} {
				if got, want := all(t, r, f, size), m.list(f); got != want {
					t.Errorf("seed %d, %+v by %d:\ngot  %s\nwant %s", seed, f, size, got, want)
				}
			}
		}
		for _, kind := range []string{"inspection", "licence"} {
			if got := all(t, r, release.Filter{Kind: kind}, 10); got != "" {
				t.Errorf("seed %d: %s lists %s", seed, kind, got)
			}
		}
	}
}

// TestPagingIsStableWhileRecordsArrive reads a page, publishes beside it, and reads on.
func TestPagingIsStableWhileRecordsArrive(t *testing.T) {
	l := newLog(t)
	for i := range 20 {
		id := fmt.Sprintf("r%02d", i)
		l.Disclosure("penalty."+id, l.Published(doc(id, bureau, "2026-01-15", huimin), 1))
	}
	sink, p := projectionstest.NewMemory(t), release.Projection()
	target, err := sink.Attach(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	at := es.Position{}
	apply := func() {
		records := l.Store.All()
		through := records[len(records)-1].Position
		if err := projections.Apply(t.Context(), p, target, at, es.Batch{Records: records, Through: through}); err != nil {
			t.Fatal(err)
		}
		at = through
	}
	apply()
	for _, f := range []release.Filter{{Kind: "penalty", PageSize: 3}, {Kind: "penalty", Subject: huimin, PageSize: 3}} {
		var seen []string
		for i := 0; ; i++ {
			list, next, err := release.List(t.Context(), sink, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range list {
				if id := r.GetRelease().GetRecordId(); strings.HasPrefix(id, "r") {
					seen = append(seen, id)
				}
			}
			if next == "" {
				break
			}
			f.PageToken = next
			for _, date := range []string{"2026-01-14", "2026-01-15", "2026-01-16"} {
				id := fmt.Sprintf("n%02d/%s/%s", i, date, f.Subject)
				l.Disclosure("penalty."+id, l.Published(doc(id, bureau, date, huimin), 1))
			}
			apply()
		}
		if len(seen) != 20 || !slices.IsSortedFunc(seen, func(a, b string) int { return -strings.Compare(a, b) }) {
			t.Errorf("%+v saw %v", f, seen)
		}
	}
}
