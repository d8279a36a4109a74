package enterprise_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/projections/enterprise"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	"github.com/mingjian-ledger/mingjian/projections/release"
)

// said is what a disclosure last said.
type said struct {
	date     string
	subjects []string
	acts     int
	public   bool
}

// TestRecordsEqualAPlainCount releases at random and counts beside it.
func TestRecordsEqualAPlainCount(t *testing.T) {
	parties := []string{huimin, anda, "reg:320105000012345", ""}
	for seed := range uint64(4) {
		rnd := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // a repeatable test, not a secret
		l, model := newLog(t), map[string]said{}
		for range 120 {
			id := fmt.Sprintf("r%02d", rnd.IntN(25))
			s := model[id]
			s.acts++
			if s.public && rnd.IntN(3) == 0 {
				l.Disclosure("penalty."+id, withdrawn(s.acts))
				s.public = false
				model[id] = s
				continue
			}
			s.date = calendar.MustParse("2026-01-01").AddDays(rnd.IntN(9)).String()
			s.subjects = parties[rnd.IntN(3):][:1+rnd.IntN(2)]
			d := doc(id, bureau, s.date, s.subjects...)
			if s.public {
				l.Disclosure("penalty."+id, l.Corrected(d, s.acts))
			} else {
				l.Disclosure("penalty."+id, l.Published(d, s.acts))
			}
			s.public = true
			model[id] = s
		}
		r := l.live()
		for _, p := range parties[:3] {
			e := get(t, r, p)
			wantEntries, wantCounts := expected(model, p)
			if entries(e) != wantEntries || counts(e) != wantCounts {
				t.Errorf("seed %d, %s:\ngot  %s, %s\nwant %s, %s", seed, p, counts(e), entries(e), wantCounts, wantEntries)
			}
		}
	}
}

func expected(model map[string]said, subject string) (list, counts string) {
	var hits []string
	public, gone := 0, 0
	for id, s := range model {
		switch {
		case !slices.Contains(s.subjects, subject):
			continue
		case s.public:
			public++
		default:
			gone++
		}
		hits = append(hits, id)
	}
	slices.SortFunc(hits, func(a, b string) int { return -cmp.Or(cmp.Compare(model[a].date, model[b].date), cmp.Compare(a, b)) })
	return strings.Join(hits, " "), fmt.Sprintf("0 %d 0 %d", public, gone)
}

// TestNumbersAreTheFeeds holds the two views to one numbering.
func TestNumbersAreTheFeeds(t *testing.T) {
	l := newLog(t)
	for i := range 9 {
		id := fmt.Sprintf("r%d", i%4)
		d := doc(id, bureau, "2026-03-16", huimin)
		switch {
		case i < 4:
			b, digest := l.Raw(d)
			l.Disclosure("penalty."+id, disclosure.Submitted{Document: b, Digest: digest}, l.Published(d, 1))
		case i%2 == 0:
			l.Disclosure("penalty."+id, l.Corrected(d, i))
		default:
			l.Disclosure("penalty."+id, withdrawn(i))
		}
	}
	feed := projectionstest.Live(t, release.Projection(), l.Store.All())
	list, _, err := release.Feed(t.Context(), feed, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]uint64{}
	for _, rel := range list {
		numbers[rel.GetDisclosureId()] = rel.GetSequence()
	}
	for _, e := range get(t, projectionstest.Live(t, enterprise.Projection(), l.Store.All()), huimin).GetEntries() {
		if e.GetSequence() != numbers[e.GetDisclosureId()] {
			t.Errorf("%s is %d here and %d in the feed", e.GetDisclosureId(), e.GetSequence(), numbers[e.GetDisclosureId()])
		}
	}
}
