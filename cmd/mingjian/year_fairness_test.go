package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// countedFairness is what the public reads of the year's fairness, as far as it can be counted by hand.
type countedFairness struct {
	Draws                                                                []struct{ Selected, Candidates string }
	Aborted, Open, Replacements, Candidates, Selected, Subjects, Covered string
	Hits                                                                 []struct{ Stratum, Manner, Inspected, Found string }
	Tests                                                                []struct{ Name string }
	Flagged                                                              bool
}

// recountFairness counts coverage and hits again from the bundles and from what the inspectors did. The draws were honest, and
// their nonces are the same in every run: none of the tests may flag them.
func (y *year) recountFairness() {
	y.Helper()
	var answer struct{ Fairness countedFairness }
	fetch(y.T, y.public.client.base+"/v1/public/fairness?authority_id="+yearBureau+"&from_year=2023&to_year=2023&after="+y.through().String(), &answer)
	public := answer.Fairness
	count := map[string]int{}
	seen, drawn := map[string]bool{}, map[string]bool{}
	strata := map[string]map[string]string{} // of a draw's firms
	for _, d := range y.draws {
		if d.aborted {
			count["aborted"]++
			continue
		}
		var b countedBundle
		if err := json.Unmarshal(d.bundle, &b); err != nil {
			y.Fatalf("%s: %v", d.id, err)
		}
		strata[d.id] = map[string]string{}
		for _, s := range b.Subjects {
			seen[s.ID], strata[d.id][s.ID] = true, s.Stratum
		}
		for _, s := range b.Selected {
			drawn[s.Subject] = true
		}
		count["draws"]++
		count["candidates"] += len(b.Subjects)
		count["selected"] += len(b.Selected)
		count["replacements"] += len(b.Replacements)
	}
	count["subjects"], count["covered"] = len(seen), len(drawn)
	for what, text := range map[string]string{
		"draws": strconv.Itoa(len(public.Draws)), "aborted": public.Aborted, "candidates": public.Candidates, "selected": public.Selected,
		"replacements": public.Replacements, "subjects": public.Subjects, "covered": public.Covered,
	} {
		if text != strconv.Itoa(count[what]) {
			y.Errorf("%s: %s in public, counted %d", what, text, count[what])
		}
	}
	if public.Open != "0" || public.Flagged || len(public.Tests) == 0 {
		y.Errorf("%s draws are open, flagged %v by %d tests", public.Open, public.Flagged, len(public.Tests))
	}
	y.recountHits(public, strata)
}

// recountHits counts the published results of firms that were there to be inspected, and those of them that found something.
func (y *year) recountHits(public countedFairness, strata map[string]map[string]string) {
	y.Helper()
	want := map[string][2]int{}
	for r := range y.allResults() {
		inspected, found := false, false
		for _, o := range r.outcomes {
			if !slices.Contains([]string{"deregistered", "moved_out", "closed"}, o) {
				inspected = true
				found = found || o != noProblem && o != "no_such_activity"
			}
		}
		if r.end == "concluded" && inspected {
			at := strata[r.draw][r.firm] + " on_site"
			n := want[at]
			n[0]++
			if found {
				n[1]++
			}
			want[at] = n
		}
	}
	got := map[string][2]int{}
	for _, h := range public.Hits {
		var n [2]int
		if _, err := fmt.Sscan(h.Inspected+" "+h.Found, &n[0], &n[1]); err != nil {
			y.Fatal(err)
		}
		got[h.Stratum+" "+h.Manner] = n
	}
	if !maps.Equal(got, want) {
		y.Errorf("inspected and found are %v in public, counted %v", got, want)
	}
}
