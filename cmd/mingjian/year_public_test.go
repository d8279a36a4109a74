package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os/exec"
	"slices"
	"strconv"

	"github.com/mingjian-ledger/mingjian/domain/es"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// publicFigure is one number of the public statistics; the authority is empty for all together, and the year 0.
type publicFigure struct{ authority, year, measure, code string }

// readFeed reads all releases as a credit platform does; their numbers have no gap.
func (y *year) readFeed() {
	for {
		resp, cursor := &mingjianv1.ListReleasesResponse{}, fmt.Sprint(y.released)
		y.get(y.public, "/v1/feed/releases", url.Values{"after": {cursor}, "limit": {"200"}}, resp)
		for _, r := range resp.GetReleases() {
			if y.released++; r.GetSequence() != y.released {
				y.Fatalf("the feed has %d where %d was due", r.GetSequence(), y.released)
			}
		}
		if len(resp.GetReleases()) == 0 {
			return
		}
	}
}

// publicDocument is what the public reads of an inspection.
type publicDocument struct {
	Kind       string
	Date       string
	Authority  struct{ ID string }
	Subjects   []struct{ ID string }
	Inspection struct {
		On       string `json:"completed_on"`
		Draw     string `json:"draw_id"`
		Outcomes []struct{ Code string }
		// The order, or the last of several, which then stand in the list.
		Rectification  *publicOrder
		Rectifications []publicOrder
	}
	Penalty struct {
		No    string `json:"decision_no"`
		Kinds []struct{ Code string }
		Fine  int `json:"fine_fen"`
		Taken int `json:"confiscated_fen"`
	}
	Listing struct {
		Status  string
		Grounds []struct{ Code string }
	}
	Licence struct{ Action, Category string }
	Replies []struct{ Text string }
}

type publicOrder struct {
	Rechecked string `json:"rechecked_on"`
	Passed    bool
}

// unsettled counts the orders that were not found done, and those that nobody looked at again.
func (d publicDocument) unsettled() (failed, unseen int) {
	orders := d.Inspection.Rectifications
	if o := d.Inspection.Rectification; len(orders) == 0 && o != nil {
		orders = append(orders, *o)
	}
	for _, o := range orders {
		if !o.Passed {
			failed++
		}
		if o.Rechecked == "" {
			unseen++
		}
	}
	return failed, unseen
}

// holds compares a public document with what was done.
func (r *yearResult) holds(document string) error {
	if r == nil {
		return fmt.Errorf("nobody inspected it")
	}
	var d publicDocument
	if err := json.Unmarshal([]byte(document), &d); err != nil {
		return err
	}
	var codes []string
	for _, o := range d.Inspection.Outcomes {
		codes = append(codes, o.Code)
	}
	slices.Sort(codes)
	ordered := d.Inspection.Rectification != nil
	failed, unseen := d.unsettled()
	switch want := slices.Sorted(slices.Values(r.outcomes)); {
	case !slices.Equal(codes, want):
		return fmt.Errorf("the outcomes are %v, want %v", codes, want)
	case d.Inspection.On != r.on || d.Date != r.on || d.Inspection.Draw != r.draw:
		return fmt.Errorf("it was completed on %s for %s, want %s for %s", d.Inspection.On, d.Inspection.Draw, r.on, r.draw)
	case ordered != slices.Contains(want, "rectified_on_order"):
		return fmt.Errorf("an order is there: %v", ordered)
	case failed != len(r.ordered) || unseen > 0:
		return fmt.Errorf("%d orders are not found done and %d not looked at, want %d and none", failed, unseen, len(r.ordered))
	}
	return nil
}

// takeStatistics keeps the public numbers, of all and of each authority and year.
func (y *year) takeStatistics() {
	y.Helper()
	y.statistics = map[publicFigure]int{}
	for _, authority := range []string{"", yearBureau, yearFire} {
		for _, of := range []string{"0", "2022", "2023", "2024"} {
			var answer struct {
				Statistics []struct{ Measure, Code, Count, AmountFen string }
			}
			path := "/v1/public/statistics?authority_id=" + authority + "&year=" + of + "&after=" + y.through().String()
			fetch(y.T, y.public.client.base+path, &answer)
			for _, n := range answer.Statistics {
				for code, text := range map[string]string{n.Code: n.Count, n.Code + " 分": n.AmountFen} {
					if text == "" || text == "0" {
						continue
					}
					count, err := strconv.Atoi(text)
					if err != nil {
						y.Fatal(err)
					}
					y.statistics[publicFigure{authority, of, n.Measure, code}] = count
				}
			}
		}
	}
}

// recountStatistics counts the stored events by hand and compares.
func (y *year) recountStatistics() { y.againstOwnLog(y.againstEvents()) }

// againstEvents holds the public numbers to a count of the events.
func (y *year) againstEvents() counting {
	y.Helper()
	c := newCounting()
	y.events(func(rec es.Record) {
		if err := c.event(rec); err != nil {
			y.Fatalf("%s@%d: %v", rec.Stream, rec.Revision, err)
		}
	})
	c.conclude(y.clock.today().String())
	if !maps.Equal(c.figures, y.statistics) {
		for f, n := range c.figures {
			if y.statistics[f] != n {
				y.Errorf("%v is %d in public, %d in the events", f, y.statistics[f], n)
			}
		}
		for f, n := range y.statistics {
			if _, counted := c.figures[f]; !counted {
				y.Errorf("%v is %d in public and not in the events", f, n)
			}
		}
	}
	return c
}

// againstOwnLog holds the events to what the test did.
func (y *year) againstOwnLog(c counting) {
	y.Helper()
	ends, outcomes, rechecks := map[string]int{}, map[string]int{}, 0
	for r := range y.allResults() {
		ends[r.end]++
		rechecks += r.rechecks
		for _, o := range r.outcomes {
			outcomes[o]++
		}
	}
	for o, n := range outcomes {
		if got := c.figures[publicFigure{"", "0", "inspections_by_outcome", o}]; got != n {
			y.Errorf("%d public inspections have the outcome %s, %d were recorded", got, o, n)
		}
	}
	today, released := y.clock.today().String(), 0
	for _, kind := range []string{"published", "corrected", "withdrawn", "ended"} {
		released += y.desk.sum(kind, today)
	}
	for what, pair := range map[string][2]int{
		"published":   {c.types["mingjian.disclosure.published.v1"], y.desk.sum("published", today)},
		"corrected":   {c.types["mingjian.disclosure.corrected.v1"], y.desk.sum("corrected", today)},
		"withdrawn":   {c.types["mingjian.disclosure.withdrawn.v1"], y.desk.sum("withdrawn", today)},
		"ended":       {c.types["mingjian.disclosure.ended.v1"], y.desk.sum("ended", today)},
		"concluded":   {c.types["mingjian.inspection.concluded.v1"], ends["concluded"]},
		"called off":  {c.types["mingjian.inspection.called_off.v1"], ends["called_off"]},
		"in the feed": {int(y.released), released}, //nolint:gosec // some thousands
		"registered":  {c.types["mingjian.roster.subject_registered.v1"], len(y.firms)},
		"drawn":       {c.figures[publicFigure{"", "0", "draws_by_state", "drawn"}], 13},
		"aborted":     {c.figures[publicFigure{"", "0", "draws_by_state", "aborted"}], 1},
	} {
		if pair[0] != pair[1] {
			y.Errorf("%s: %d in the events, want %d", what, pair[0], pair[1])
		}
	}
	y.Logf("%d inspections concluded, %d called off, %d re-checks; outcomes %v", ends["concluded"], ends["called_off"], rechecks, outcomes)
	y.againstDecisions(c)
}

// verifyLedger has the program check every event, every blob and every view.
func (y *year) verifyLedger() {
	check := exec.CommandContext(y.Context(), built(y.T), append([]string{"verify"}, storeArgs(y.config)...)...) //nolint:gosec // this program
	out, err := check.CombinedOutput()
	if err != nil {
		y.Fatalf("verify: %v\n%s", err, out)
	}
	y.Logf("%s", out)
}
