package main

import (
	"maps"
	"net/url"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/es"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// punctual is a figure of an authority's punctuality: the month, the rule, and in_time, late, lapsed or open.
type punctual struct{ authority, month, rule, what string }

// recountPunctuality compares the public figures with the rows that anybody can list, and with the stored events: what
// happened on which day, and how many working days lie between, each counted by this test.
func (y *year) recountPunctuality() {
	y.Helper()
	if err := y.in.group.Settle(y.Context()); err != nil {
		y.Fatal(err)
	}
	told, listed := map[punctual]int{}, map[punctual]int{}
	for _, authority := range []string{yearBureau, yearFire, "province-51"} {
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
	for key := range told {
		if told[key] != happened[key] {
			y.Errorf("%v: told %d, happened %d", key, told[key], happened[key])
		}
	}
	for key, n := range happened {
		if told[key] == 0 {
			y.Errorf("%v: happened %d, not told", key, n)
		}
	}
	y.tell(happened)
}

// tell logs how punctual the year was, by rule, and fails where it shows too little.
func (y *year) tell(figures map[punctual]int) {
	y.Helper()
	sums := map[string]map[string]int{}
	for key, n := range figures {
		if sums[key.rule] == nil {
			sums[key.rule] = map[string]int{}
		}
		sums[key.rule][key.what] += n
	}
	for _, rule := range slices.Sorted(maps.Keys(sums)) {
		y.Logf("%s: %v", rule, sums[rule])
		if in, late := sums[rule]["in_time"], sums[rule]["late"]; in <= late || late == 0 && in > 8 {
			y.Errorf("%s: %v: the year shows too little, or its people are too late", rule, sums[rule])
		}
	}
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

// countPeriods counts the periods of the stored events.
func (y *year) countPeriods() map[punctual]int {
	y.Helper()
	p := &countedPeriods{work: y.work, owner: map[string]string{}, shown: map[string]map[string]bool{}, kinds: map[string][]string{}}
	for batch, err := range y.in.events.Follow(y.Context(), es.Position{}) {
		if err != nil {
			y.Fatal(err)
		}
		for _, rec := range batch.Records {
			if err := p.event(rec); err != nil {
				y.Fatalf("%s@%d: %v", rec.Stream, rec.Revision, err)
			}
		}
		if batch.CaughtUp {
			break
		}
	}
	return p.figures()
}
