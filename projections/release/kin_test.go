package release_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/projections/release"
)

// TestAListOfThePastHoldsWhatPredecessorsMade: those of both authorities in one order, page by page, each once.
func TestAListOfThePastHoldsWhatPredecessorsMade(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	for _, x := range []struct{ id, authority, date, subject string }{
		{"a", bureau, "2026-03-11", huimin}, {"b", county, "2026-03-12", huimin}, {"c", bureau, "2026-03-13", anda},
		{"d", county, "2026-03-13", huimin}, {"e", "other", "2026-03-14", huimin}, {"f", bureau, "2026-03-10", huimin},
	} {
		l.Disclosure("penalty."+x.id, l.Published(doc(x.id, x.authority, x.date, x.subject), 1))
	}
	l.Disclosure("penalty.b", l.Corrected(doc("b", bureau, "2026-03-12", huimin), 2)) // the successor put it right
	r := l.live()
	kin := func(_ context.Context, id string) ([]string, error) {
		if id == bureau {
			return []string{county}, nil
		}
		return nil, nil
	}
	for _, c := range []struct{ authority, subject, from, to, asOf, want string }{
		{bureau, "", "", "", "release:6", "d c b a f"}, {bureau, "", "", "", "release:7", "d c b a f"}, {bureau, "", "", "", "release:2", "b a"},
		{county, "", "", "", "release:6", "d b"}, {county, "", "", "", "release:7", "d"}, {bureau, huimin, "", "", "release:6", "d b a f"},
		{bureau, "", "2026-03-11", "2026-03-12", "release:6", "b a"}, {"other", "", "", "", "release:6", "e"},
	} {
		for size := 1; size <= 5; size++ {
			f := release.Filter{Kind: "penalty", Authority: c.authority, Subject: c.subject, From: c.from, To: c.to, AsOf: c.asOf, PageSize: size}
			p := asOf(t, r, c.asOf, nil)
			p.Kin = kin
			var got []string
			for {
				list, next, err := p.List(t.Context(), f)
				if err != nil || len(list) > size {
					t.Fatalf("%d of %+v: %v", len(list), f, err)
				}
				if len(list) > 0 {
					got = append(got, ids(list))
				}
				if f.PageToken = next; next == "" {
					break
				}
			}
			if got := strings.Join(got, " "); got != c.want {
				t.Errorf("%+v in pages of %d: %q", c, size, got)
			}
		}
	}
	p := asOf(t, r, "release:6", nil)
	lost := errors.New("lost")
	p.Kin = func(context.Context, string) ([]string, error) { return nil, lost }
	if _, _, err := p.List(t.Context(), release.Filter{Kind: "penalty", Authority: bureau, PageSize: 5}); !errors.Is(err, lost) {
		t.Errorf("who succeeded whom can't be told: %v", err)
	}
}
