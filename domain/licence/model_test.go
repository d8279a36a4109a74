package licence_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/licence"
)

// window is how many days from the first of 2026 the plain model tells of.
const window = 300

// plain tells for each day of the window whether the licence was good, by painting days.
func plain(history []licence.Event) (good [window]bool) {
	var term, suspended, ended, lapsed [window]bool
	paint := func(of *[window]bool, from, to calendar.Date, value bool) {
		for i := range of {
			if d := day("2026-01-01").AddDays(i); !d.Before(from) && (to.IsZero() || !d.After(to)) {
				of[i] = value
			}
		}
	}
	never := calendar.Date{}
	for _, e := range history {
		switch e := e.(type) {
		case licence.Granted:
			paint(&term, e.ValidFrom, e.ValidTo, true)
		case licence.Renewed:
			paint(&term, e.ValidFrom, e.ValidTo, true)
			lapsed = [window]bool{}
		case licence.Suspended:
			paint(&suspended, e.On, e.Until, true)
		case licence.Resumed:
			paint(&suspended, e.On, never, false)
		case licence.Revoked:
			paint(&ended, e.On, never, true)
		case licence.Cancelled:
			paint(&ended, e.On, never, true)
		case licence.Expired:
			paint(&lapsed, e.On, never, true)
		case licence.Amended, licence.Reissued, licence.TermTakenOver:
		}
	}
	for i := range good {
		good[i] = term[i] && !suspended[i] && !ended[i] && !lapsed[i]
	}
	return good
}

// anyDay is one of the window; anyEvent is of whatever kind.
func anyDay(t *rapid.T, what string) calendar.Date {
	return day("2026-01-01").AddDays(rapid.IntRange(0, window-1).Draw(t, what))
}

func anyEvent(t *rapid.T) licence.Event {
	on, until := anyDay(t, "on"), calendar.Date{}
	if rapid.Bool().Draw(t, "until a day") {
		until = anyDay(t, "until")
	}
	return rapid.SampledFrom([]licence.Event{
		granted(grant(func(g *licence.Granted) { g.ValidFrom, g.ValidTo = on, on.AddDays(60) })),
		licence.Renewed{DocumentNo: "延续", DecidedOn: on, ValidFrom: on, ValidTo: on.AddDays(80)},
		licence.Suspended{Reason: "违法", On: on, Until: until}, licence.Resumed{Reason: "改正", On: on},
		licence.Revoked{Reason: "欺骗", On: on, Ground: licence.GroundAnnulled}, licence.Cancelled{Reason: "申请", On: on}, licence.Expired{On: on},
		licence.Amended{DocumentNo: "变更", DecidedOn: on, Content: "x", Reason: "y"}, licence.Reissued{Reason: "遗失", On: on},
	}).Draw(t, "event")
}

// asked is the command that leads to an event.
func asked(e licence.Event, today calendar.Date) licence.Command {
	switch e := e.(type) {
	case licence.Renewed:
		return licence.Renew{By: clerk, Today: today, Renewal: e}
	case licence.Suspended:
		return licence.Suspend{By: clerk, Today: today, Suspension: e}
	case licence.Resumed:
		return licence.Resume{By: clerk, Today: today, Resumption: e}
	case licence.Revoked:
		return licence.Revoke{By: clerk, Today: today, Revocation: e}
	case licence.Cancelled:
		return licence.Cancel{By: clerk, Today: today, Cancellation: e}
	case licence.Expired:
		return licence.Expire{By: clerk, Today: today, On: e.On}
	case licence.Amended:
		return licence.Amend{By: clerk, Today: today, Amendment: e}
	case licence.Reissued:
		return licence.Reissue{By: clerk, Today: today, Reissue: e}
	case licence.Granted, licence.TermTakenOver:
	}
	return nil
}

func agree(t *rapid.T, history []licence.Event) {
	s, want := fold(history...), plain(history)
	for i := range want {
		d := day("2026-01-01").AddDays(i)
		if got := s.ValidOn(d); got != want[i] {
			t.Fatalf("on %s: %v, day by day %v: %+v", d, got, want[i], history)
		}
		if why := licence.Validity(s.Decisions, d); why.Label() == "" || (why == licence.WhyValid) != want[i] {
			t.Fatalf("on %s: %q", d, why)
		}
	}
}

// TestValidityEqualsAPlainModel holds it for every day: of histories as they are decided, and of any others.
func TestValidityEqualsAPlainModel(t *testing.T) {
	t.Run("any history", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) { agree(t, rapid.SliceOfN(rapid.Custom(anyEvent), 0, 12).Draw(t, "history")) })
	})
	t.Run("as decided", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			history := []licence.Event{granted(grant(func(g *licence.Granted) { g.ValidTo = day("2026-03-10") }))}
			s := fold(history...)
			for range rapid.IntRange(0, 15).Draw(t, "commands") {
				cmd := asked(anyEvent(t), day("2026-10-27"))
				if cmd == nil {
					continue
				}
				events, err := licence.Decider.Decide(s, cmd)
				if err != nil {
					continue
				}
				for _, e := range events {
					s = licence.Decider.Evolve(s, e)
					history = append(history, e)
				}
			}
			agree(t, history)
		})
	})
}
