package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// punctual is a figure of an authority's punctuality: the month, the rule, and in_time, late, lapsed or open.
type punctual struct{ authority, month, rule, what string }

// recountPunctuality compares the public figures with the rows that anybody can list, and with the stored events: when a result
// was there, when it was published, and how many working days lie between.
func (y *year) recountPunctuality() {
	y.Helper()
	if err := y.in.group.Settle(y.Context()); err != nil {
		y.Fatal(err)
	}
	told, listed := map[punctual]int{}, map[punctual]int{}
	for _, authority := range []string{yearBureau, yearFire} {
		resp, months := &mingjianv1.GetPunctualityResponse{}, map[string]bool{}
		y.get(y.public, "/v1/public/punctuality", url.Values{"authority_id": {authority}}, resp)
		for _, p := range resp.GetPunctuality() {
			months[p.GetMonth()] = true
			for what, n := range map[string]uint32{"in_time": p.GetInTime(), "late": p.GetLate(), "lapsed": p.GetLapsed(), "open": p.GetOpen()} {
				if n > 0 {
					told[punctual{authority, p.GetMonth(), p.GetRule(), what}] = int(n)
				}
			}
		}
		for month := range months {
			y.listPeriods(authority, month, listed)
		}
	}
	if !maps.Equal(told, listed) {
		y.Errorf("the figures are not those of the rows:\n%v\n%v", told, listed)
	}
	happened := y.countPeriods()
	for _, rule := range []string{"inspection-portal-20", "inspection-gsxt-20"} {
		for key := range told {
			if key.rule == rule && told[key] != happened[key] {
				y.Errorf("%v: told %d, happened %d", key, told[key], happened[key])
			}
		}
		for key := range happened {
			if key.rule == rule && told[key] == 0 {
				y.Errorf("%v: happened %d, not told", key, happened[key])
			}
		}
	}
	y.Logf("%d figures of punctuality", len(told))
}

// listPeriods counts the rows of a month.
func (y *year) listPeriods(authority, month string, counts map[punctual]int) {
	y.Helper()
	for token := ""; ; {
		resp := &mingjianv1.ListPublicDeadlinesResponse{}
		y.get(y.public, "/v1/public/punctuality/deadlines", url.Values{
			"authority_id": {authority}, "month": {month}, "page_size": {"500"}, "page_token": {token},
		}, resp)
		for _, d := range resp.GetDeadlines() {
			what := d.GetState()
			switch {
			case what == "met" && d.GetEndedOn() > d.GetDueOn():
				what = "late"
			case what == "met":
				what = "in_time"
			}
			counts[punctual{d.GetAuthorityId(), d.GetDueOn()[:7], d.GetRule(), what}]++
		}
		if token = resp.GetNextPageToken(); token == "" {
			return
		}
	}
}

// countPeriods reads the stored events of inspections as they are: concluded on one day, published on another, on some outlets.
func (y *year) countPeriods() map[punctual]int {
	y.Helper()
	concluded, owner, shown := map[string]calendar.Date{}, map[string]string{}, map[string]calendar.Date{}
	for batch, err := range y.in.events.Follow(y.Context(), es.Position{}) {
		if err != nil {
			y.Fatal(err)
		}
		for _, r := range batch.Records {
			var e struct {
				Authority   string
				CompletedOn calendar.Date `json:"completed_on"`
				On          calendar.Date
				Terms       []struct{ Outlet string }
			}
			switch r.Type {
			case "mingjian.inspection.assigned.v1", "mingjian.inspection.concluded.v1", "mingjian.disclosure.published.v1":
				if err := json.Unmarshal(r.Data, &e); err != nil {
					y.Fatal(err)
				}
			}
			switch id, _ := strings.CutPrefix(r.Stream.ID, "inspection."); r.Type {
			case "mingjian.inspection.assigned.v1":
				owner[r.Stream.ID] = e.Authority
			case "mingjian.inspection.concluded.v1":
				concluded[r.Stream.ID] = e.CompletedOn
			case "mingjian.disclosure.published.v1":
				if len(e.Terms) == 0 {
					shown["portal "+id] = e.On
				}
				for _, term := range e.Terms {
					shown[term.Outlet+" "+id] = e.On
				}
			}
		}
		if batch.CaughtUp {
			break
		}
	}
	counts := map[punctual]int{}
	for id, on := range concluded {
		for _, outlet := range []string{"portal", "gsxt"} {
			due := lastOf(on, 20)
			what := "open"
			if published, done := shown[outlet+" "+id]; done {
				what = "in_time"
				if published.After(due) {
					what = "late"
				}
			}
			counts[punctual{owner[id], due.String()[:7], fmt.Sprintf("inspection-%s-20", outlet), what}]++
		}
	}
	return counts
}

// lastOf is the last of n working days after a day, counted one by one.
func lastOf(day calendar.Date, n int) calendar.Date {
	for n > 0 {
		day = day.AddDays(1)
		if worked, _ := calendar.Embedded().IsWorkingDay(day); worked {
			n--
		}
	}
	return day
}
