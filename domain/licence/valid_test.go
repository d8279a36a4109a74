package licence_test

import (
	"slices"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/licence"
)

func TestValidOn(t *testing.T) {
	suspended := licence.Suspended{Reason: "违法", On: day("2026-02-10")}
	forTenDays := licence.Suspended{Reason: "违法", On: day("2026-02-10"), Until: day("2026-02-19")}
	longTerm := granted(grant(func(g *licence.Granted) { g.ValidTo = licence.LongTerm }))
	taken := func(status licence.Status) licence.Event { return term("1", "2011-04-16", "2013-04-15", status) }
	for name, c := range map[string]struct {
		history   []licence.Event
		good, bad []string
	}{
		"granted": {[]licence.Event{granted(grant())},
			[]string{"2026-01-10", "2028-02-29", "2031-01-09"}, []string{"2026-01-09", "2031-01-10"}},
		"long-term has no end": {[]licence.Event{longTerm},
			[]string{"2026-01-10", "2099-12-31", "2100-01-01", "2150-06-30"}, []string{"2026-01-09"}},
		"renewed without a gap": {[]licence.Event{granted(grant()), licence.Renewed{ValidFrom: day("2031-01-10"), ValidTo: day("2036-01-09")}},
			[]string{"2026-01-10", "2031-01-09", "2031-01-10", "2036-01-09"}, []string{"2036-01-10"}},
		"renewed after a gap": {[]licence.Event{granted(grant()), licence.Renewed{ValidFrom: day("2031-02-01"), ValidTo: day("2036-01-31")}},
			[]string{"2031-01-09", "2031-02-01"}, []string{"2031-01-10", "2031-01-31"}},
		"an amendment changes no term": {[]licence.Event{granted(grant()), licence.Amended{DecidedOn: day("2026-02-01"), Content: "x"}},
			[]string{"2026-01-10", "2031-01-09"}, []string{"2031-01-10"}},
		"suspended with open end": {[]licence.Event{granted(grant()), suspended},
			[]string{"2026-02-09"}, []string{"2026-02-10", "2030-01-01"}},
		"suspended for a time": {[]licence.Event{granted(grant()), forTenDays},
			[]string{"2026-02-09", "2026-02-20"}, []string{"2026-02-10", "2026-02-19"}},
		"resumed": {[]licence.Event{granted(grant()), suspended, licence.Resumed{On: day("2026-03-01")}},
			[]string{"2026-02-09", "2026-03-01", "2031-01-09"}, []string{"2026-02-10", "2026-02-28"}},
		"resumed before the time": {[]licence.Event{granted(grant()), forTenDays, licence.Resumed{On: day("2026-02-15")}},
			[]string{"2026-02-15", "2026-02-19"}, []string{"2026-02-10", "2026-02-14"}},
		"suspended twice": {[]licence.Event{granted(grant()), suspended, licence.Resumed{On: day("2026-02-15")}, licence.Suspended{On: day("2026-03-01")}},
			[]string{"2026-02-15", "2026-02-28"}, []string{"2026-02-12", "2026-03-01", "2027-01-01"}},
		"suspended, then renewed": {[]licence.Event{granted(grant()), suspended, licence.Renewed{ValidFrom: day("2031-01-10"), ValidTo: day("2036-01-09")}},
			[]string{"2026-02-09"}, []string{"2031-01-10"}},
		"revoked": {[]licence.Event{longTerm, licence.Revoked{On: day("2026-03-01")}},
			[]string{"2026-02-28"}, []string{"2026-03-01", "2100-01-01"}},
		"revoked, then cancelled": {[]licence.Event{granted(grant()), licence.Revoked{On: day("2026-03-01")}, licence.Cancelled{On: day("2026-03-10")}},
			[]string{"2026-02-28"}, []string{"2026-03-05", "2026-03-10"}},
		"cancelled": {[]licence.Event{granted(grant()), licence.Cancelled{On: day("2026-03-01")}},
			[]string{"2026-02-28"}, []string{"2026-03-01"}},
		"expired": {[]licence.Event{granted(grant()), licence.Expired{On: day("2031-01-10")}},
			[]string{"2031-01-09"}, []string{"2031-01-10"}},
		"expired, though renewed in time": {[]licence.Event{
			granted(grant()), licence.Expired{On: day("2031-01-10")}, licence.Renewed{ValidFrom: day("2031-01-10"), ValidTo: day("2036-01-09")}},
			[]string{"2031-01-09", "2031-01-10", "2036-01-09"}, []string{"2036-01-10"}},
		"renewed, then expired": {[]licence.Event{
			granted(grant()), licence.Renewed{ValidFrom: day("2031-01-10"), ValidTo: day("2036-01-09")}, licence.Expired{On: day("2036-01-10")}},
			[]string{"2036-01-09"}, []string{"2036-01-10"}},
		"a new certificate changes nothing": {[]licence.Event{granted(grant()), licence.Reissued{On: day("2026-02-01")}},
			[]string{"2026-01-10", "2031-01-09"}, []string{"2026-01-09", "2031-01-10"}},
		"taken over":               {[]licence.Event{taken(licence.StatusInForce)}, []string{"2011-04-16", "2013-04-15"}, []string{"2011-04-15", "2013-04-16"}},
		"taken over, lapsed since": {[]licence.Event{taken(licence.StatusExpired)}, []string{"2011-04-16", "2013-04-15"}, []string{"2013-04-16"}},
		"taken over as revoked":    {[]licence.Event{taken(licence.StatusRevoked)}, nil, []string{"2011-04-16", "2013-04-15"}},
		"taken over as cancelled":  {[]licence.Event{taken(licence.StatusCancelled)}, nil, []string{"2011-04-16"}},
		"taken over as suspended":  {[]licence.Event{taken(licence.StatusSuspended)}, nil, []string{"2011-04-16"}},
		"taken over, then cancelled here": {[]licence.Event{taken(licence.StatusInForce), licence.Cancelled{On: day("2012-01-01")}},
			[]string{"2011-12-31"}, []string{"2012-01-01"}},
		"nothing": {nil, nil, []string{"2026-01-10"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := fold(c.history...)
			for _, d := range c.good {
				if !s.ValidOn(day(d)) {
					t.Errorf("not good on %s", d)
				}
			}
			for _, d := range c.bad {
				if s.ValidOn(day(d)) {
					t.Errorf("good on %s", d)
				}
			}
			if s.ValidOn(calendar.Date{}) {
				t.Error("good on no day")
			}
		})
	}
}

// TestTermsComeInAnyOrder folds three terms in all orders: the licence says the same each time.
func TestTermsComeInAnyOrder(t *testing.T) {
	a := term("a", "2011-04-16", "2013-04-15", licence.StatusExpired)
	b := term("b", "2013-04-16", "2015-04-15", licence.StatusRevoked)
	c := term("c", "2013-04-16", "2015-04-15", licence.StatusInForce)
	c.Holder.Name = "EIGHT STAR"
	want := fold(a, b, c)
	if want.Current.Holder.Name != "EIGHT STAR" || want.Current.Status != licence.StatusInForce {
		t.Fatalf("the last term is not what the licence says: %+v", want.Current)
	}
	for _, order := range [][]licence.Event{{a, c, b}, {b, a, c}, {b, c, a}, {c, a, b}, {c, b, a}} {
		got := fold(order...)
		if got.Current != want.Current {
			t.Errorf("another licence: %+v, want %+v", got.Current, want.Current)
		}
		for _, d := range []string{"2011-04-15", "2012-01-01", "2014-01-01", "2015-04-16"} {
			if got.ValidOn(day(d)) != want.ValidOn(day(d)) {
				t.Errorf("on %s it depends on the order", d)
			}
		}
	}
}

func TestDecisionsStandAtTheirRevision(t *testing.T) {
	s := fold(examples()...)
	var actions []licence.Action
	for _, d := range s.Decisions {
		actions = append(actions, d.Action)
	}
	want := []licence.Action{
		licence.ActGrant, licence.ActAmend, licence.ActRenew, licence.ActSuspend, licence.ActResume, licence.ActRevoke, licence.ActCancel,
		licence.ActExpire, licence.ActRenew, licence.ActRevoke, licence.ActReissue,
	}
	if !slices.Equal(actions, want) {
		t.Errorf("decisions %v", actions)
	}
	if d := s.Decisions[0]; d.Holder.Name != "宁安市惠民食品有限公司" || d.Status != licence.StatusInForce {
		t.Errorf("the grant says %+v", d)
	}
	if d := s.Decisions[3]; d.Holder.Name != "宁安市惠民食品集团有限公司" || d.Status != licence.StatusSuspended || d.ValidTo != day("2036-01-09") {
		t.Errorf("the suspension says %+v", d)
	}
	if s = fold(examples()[:9]...); s.Current.Status != licence.StatusExpired {
		t.Errorf("an older term changed what was decided here: %+v", s.Current)
	}
}
