package penalty_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
)

var day = calendar.MustParse

func fold(history ...penalty.Event) (s penalty.State) {
	for _, e := range history {
		s = penalty.Decider.Evolve(s, e)
	}
	return s
}

func payment(fen domain.Fen, on string) penalty.Performed {
	return penalty.Performed{Kind: penalty.Paid, AmountFen: fen, On: day(on)}
}

// TestLateFine counts cases by hand. The decision is of 2026-03-16, over 2000 yuan, and served that day: 15 days are over on
// 2026-03-31. Three in a hundred a day of 2000 yuan are 60.
func TestLateFine(t *testing.T) {
	served := penalty.Served{On: decidedOn, PublicationNotice: true}
	halves := penalty.InstalmentsGranted{Instalments: []penalty.Instalment{{day("2026-04-30"), 120000}, {day("2026-05-31"), 80000}}, On: decidedOn}
	review := func(until string) penalty.Challenged {
		c := penalty.Challenged{Kind: penalty.Reconsideration, DocumentNo: "1", From: day("2026-04-03")}
		if until != "" {
			c.Until = day(until)
		}
		return c
	}
	for name, c := range map[string]struct {
		history      []penalty.Event
		on           string
		late, unpaid domain.Fen
	}{
		"not served":                         {nil, "2026-12-31", 0, 200000},
		"the last day":                       {[]penalty.Event{served}, "2026-03-31", 0, 200000},
		"the first day late":                 {[]penalty.Event{served}, "2026-04-01", 6000, 206000},
		"ten days late":                      {[]penalty.Event{served}, "2026-04-10", 60000, 260000},
		"33 days are 99 in a hundred":        {[]penalty.Event{served}, "2026-05-03", 198000, 398000},
		"34 days are capped":                 {[]penalty.Event{served}, "2026-05-04", 200000, 400000},
		"years late":                         {[]penalty.Event{served}, "9999-12-31", 200000, 400000},
		"paid in time":                       {[]penalty.Event{served, payment(200000, "2026-03-31")}, "2026-05-04", 0, 0},
		"the day of payment counts":          {[]penalty.Event{served, payment(200000, "2026-04-01")}, "2026-05-04", 6000, 6000},
		"paid with what was due":             {[]penalty.Event{served, payment(206000, "2026-04-01")}, "2026-05-04", 6000, 0},
		"half paid in time":                  {[]penalty.Event{served, payment(100000, "2026-03-20")}, "2026-04-10", 30000, 130000},
		"half paid late":                     {[]penalty.Event{served, payment(100000, "2026-04-05")}, "2026-04-10", 45000, 145000},
		"another day for paying":             {[]penalty.Event{penalty.Served{On: decidedOn, PayBy: day("2026-04-09")}}, "2026-04-10", 6000, 206000},
		"instalments in time":                {[]penalty.Event{served, halves}, "2026-04-30", 0, 200000},
		"the first instalment late":          {[]penalty.Event{served, halves}, "2026-05-01", 3600, 203600},
		"the first paid, the second late":    {[]penalty.Event{served, halves, payment(120000, "2026-04-30")}, "2026-06-01", 2400, 82400},
		"both late":                          {[]penalty.Event{served, halves}, "2026-06-01", 117600, 317600}, // 31 days of 36 yuan, and one of 60
		"during a review":                    {[]penalty.Event{served, review("")}, "2026-12-31", 12000, 212000},
		"after the review":                   {[]penalty.Event{served, review(""), review("2026-04-12")}, "2026-04-14", 24000, 224000},
		"amended":                            {[]penalty.Event{served, amended}, "2026-04-10", 30000, 130000},
		"before it was amended":              {[]penalty.Event{served, penalty.Amended{FineFen: 1, On: day("2026-04-11")}}, "2026-04-10", 60000, 260000},
		"revoked":                            {[]penalty.Event{served, penalty.Revoked{On: day("2026-04-10")}}, "2026-04-10", 0, 0},
		"the day before it was revoked":      {[]penalty.Event{served, penalty.Revoked{On: day("2026-04-10")}}, "2026-04-09", 54000, 254000},
		"what else was performed is no fine": {[]penalty.Event{served, penalty.Performed{Kind: penalty.Confiscated, AmountFen: 277, On: decidedOn}}, "2026-04-01", 6000, 206000},
	} {
		t.Run(name, func(t *testing.T) {
			due := fold(append([]penalty.Event{decided(decision())}, c.history...)...).DueOn(day(c.on))
			if due.LateFen != c.late || due.UnpaidFen != c.unpaid || due.AsOf != day(c.on) {
				t.Errorf("%+v, want late %d, unpaid %d", due, c.late, c.unpaid)
			}
		})
	}
	// 3 in a hundred of 33 分 are 0.99: one day is nothing, the parts of several days add up.
	odd := decided(decision(func(d *penalty.Decided) { d.FineFen = 33 }))
	for on, want := range map[string]domain.Fen{"2026-04-01": 0, "2026-04-02": 1, "2026-04-10": 9, "2026-05-03": 32, "2026-05-04": 33} {
		if got := fold(odd, served).DueOn(day(on)).LateFen; got != want {
			t.Errorf("of 33 分 until %s: %d, want %d", on, got, want)
		}
	}
	most := decided(decision(func(d *penalty.Decided) { d.FineFen = 1 << 53 }))
	if got := fold(most, served).DueOn(day("2026-04-01")).LateFen; got != (1<<53)*3/100 {
		t.Errorf("of the highest fine: %d", got)
	}
	if got := fold(most, served).DueOn(day("9999-12-31")).LateFen; got != 1<<53 {
		t.Errorf("of the highest fine, capped: %d", got)
	}
}

// plainLate counts day by day.
func plainLate(s penalty.State, on calendar.Date, fine domain.Fen) domain.Fen {
	sum := domain.Fen(0)
	for d := decidedOn; !d.After(on); d = d.AddDays(1) {
		halted := slices.ContainsFunc(s.Challenges, func(c penalty.Challenged) bool {
			return !d.Before(c.From) && (c.Until.IsZero() || !d.After(c.Until))
		})
		demanded, parts := domain.Fen(0), []penalty.Instalment{}
		switch {
		case s.Instalments != nil:
			parts = s.Instalments.Instalments
		case s.Served != nil:
			parts = []penalty.Instalment{{DueOn: s.Served.On.AddDays(15), AmountFen: fine}}
		}
		for i, part := range parts {
			if part.DueOn.Before(d) {
				demanded = min(fine, demanded+part.AmountFen)
				if i == len(parts)-1 {
					demanded = fine
				}
			}
		}
		for _, p := range s.Performance {
			if p.Kind == penalty.Paid && p.On.Before(d) {
				demanded -= p.AmountFen
			}
		}
		if !halted && demanded > 0 {
			sum += demanded
		}
	}
	return min(fine, sum*3/100)
}

// TestLateFineEqualsADailyCount lets the sum over stretches and one from day to day tell of the same histories.
func TestLateFineEqualsADailyCount(t *testing.T) {
	some := func(t *rapid.T, name string) calendar.Date {
		return decidedOn.AddDays(rapid.IntRange(0, 90).Draw(t, name))
	}
	rapid.Check(t, func(t *rapid.T) {
		fine := domain.Fen(rapid.Int64Range(1, 30_000).Draw(t, "fine"))
		history := []penalty.Event{decided(decision(func(d *penalty.Decided) { d.FineFen = fine }))}
		if rapid.Bool().Draw(t, "served") {
			history = append(history, penalty.Served{On: some(t, "served on")})
		}
		if n := rapid.IntRange(0, 3).Draw(t, "instalments"); n > 0 {
			grant, on := penalty.InstalmentsGranted{}, decidedOn
			for i := range n {
				on = on.AddDays(rapid.IntRange(1, 30).Draw(t, "due"))
				part := fine / domain.Fen(n)
				if i == n-1 {
					part = fine - part*domain.Fen(n-1)
				}
				grant.Instalments = append(grant.Instalments, penalty.Instalment{DueOn: on, AmountFen: part})
			}
			history = append(history, grant)
		}
		for i := range rapid.IntRange(0, 4).Draw(t, "payments") {
			history = append(history, penalty.Performed{
				Kind: penalty.Paid, AmountFen: domain.Fen(rapid.Int64Range(1, int64(fine)).Draw(t, "paid")), On: some(t, "paid on"), ReceiptNo: fmt.Sprint(i),
			})
		}
		for i := range rapid.IntRange(0, 2).Draw(t, "challenges") {
			c := penalty.Challenged{Kind: penalty.Litigation, DocumentNo: fmt.Sprint(i), From: some(t, "from")}
			if rapid.Bool().Draw(t, "over") {
				c.Until = c.From.AddDays(rapid.IntRange(0, 40).Draw(t, "days"))
			}
			history = append(history, c)
		}
		s, on := fold(history...), some(t, "on")
		if got, want := s.DueOn(on).LateFen, plainLate(s, on, fine); got != want {
			t.Fatalf("late %d on %s, counted day by day %d: %+v", got, on, want, history[1:])
		}
	})
}
