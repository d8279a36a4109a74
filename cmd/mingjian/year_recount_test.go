package main

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// recountDraws compares every bundle with what the test knows of the rosters on that day.
func (y *year) recountDraws() {
	tasks, short, firms := map[string]int{}, map[string]int{}, map[string]bool{}
	for _, d := range y.draws {
		if tasks[d.task.id]++; tasks[d.task.id] != d.number {
			y.Errorf("%s is number %d", d.id, d.number)
		}
		c := &recount{year: y, draw: d, assigned: map[string]int{}, short: short}
		if d.aborted {
			c.abortion()
			continue
		}
		if err := json.Unmarshal(d.bundle, &c.bundle); err != nil {
			y.Fatalf("%s: %v", d.id, err)
		}
		c.pools()
		c.inspectors()
		c.strata()
		c.staff()
		c.outcome()
		c.listing()
		for _, s := range c.bundle.Selected {
			firms[s.Subject] = true
		}
	}
	for _, reason := range []string{"licence", "line", "district", "conflict", "workload"} {
		if short[reason] == 0 {
			y.Errorf("no department was ever short of inspectors for %s: the year shows too little", reason)
		}
	}
	y.Logf("%d draws of %d tasks, %d firms of %d; where departments were short: %v", len(y.draws), len(tasks), len(firms), len(y.firms), short)
}

// recount is the recount of one draw.
type recount struct {
	*year
	draw     *yearDraw
	bundle   countedBundle
	assigned map[string]int // subjects by inspector
	short    map[string]int // departments that were short, by reason of those who could not go
}

// pools: everybody on the roster is a candidate or left out for the reason that applies first, and nobody else is there.
func (c *recount) pools() {
	c.Helper()
	var want []countedSubject
	out := map[string]int{}
	for _, id := range slices.Sorted(maps.Keys(c.draw.firms)) {
		f := c.draw.firms[id]
		if why := c.leftOut(f); why != "" {
			out[why]++
			continue
		}
		want = append(want, countedSubject{ID: id, Stratum: cmp.Or(f.class, "none"), District: f.district})
	}
	if !slices.Equal(c.bundle.Subjects, want) {
		c.Errorf("%s has %d candidates, want %d", c.draw.id, len(c.bundle.Subjects), len(want))
	}
	got, sum := map[string]int{}, len(c.bundle.Subjects)
	for _, x := range c.bundle.Exclusions {
		got[x.Reason] += x.Count
		sum += x.Count
	}
	if !maps.Equal(got, out) || sum != len(c.firms) {
		c.Errorf("%s leaves out %v, want %v; with the candidates these are %d of %d", c.draw.id, got, out, sum, len(c.firms))
	}
	c.Logf("%s: %d candidates, left out %v", c.draw.id, len(want), out)
}

// leftOut is why a firm is no candidate: the first condition in the order of the plan that it fails.
func (c *recount) leftOut(f yearFirm) string {
	t := c.draw.task
	named := func(class string) bool {
		for _, s := range t.strata {
			if s.GetName() == class {
				return true
			}
		}
		return false
	}
	day, err := time.Parse(time.DateOnly, t.drawn)
	if err != nil {
		c.Fatal(err)
	}
	since := day.AddDate(0, -int(t.months), 0).Format(time.DateOnly)
	switch class := cmp.Or(f.class, "none"); {
	case len(t.scope.GetDistricts()) > 0 && !slices.Contains(t.scope.GetDistricts(), f.district):
		return "out_of_scope_district"
	case len(t.scope.GetKinds()) > 0 && !slices.Contains(t.scope.GetKinds(), f.kind):
		return "out_of_scope_kind"
	case f.status != "active":
		return f.status
	case len(t.scope.GetClasses()) > 0 && !slices.Contains(t.scope.GetClasses(), class):
		return "out_of_scope_class"
	case !named(class):
		return "stratum_not_drawn"
	case t.months > 0 && f.checked >= since:
		return "checked_recently"
	}
	return ""
}

// inspectors: those of the departments who are not suspended, as they were enrolled, with the interests that touch the pool.
func (c *recount) inspectors() {
	c.Helper()
	var want []countedInspector
	conflicts := map[[2]string]bool{}
	candidates := map[string]bool{}
	for _, s := range c.bundle.Subjects {
		candidates[s.ID] = true
	}
	for _, id := range slices.Sorted(maps.Keys(c.draw.officers)) {
		i := c.draw.officers[id]
		if i.suspended || i.authority == yearFire && !c.draw.task.joint {
			continue
		}
		want = append(want, countedInspector{ID: id, Department: i.department, Until: i.until, Lines: slices.Sorted(slices.Values(i.lines)), Districts: i.districts})
		for firm := range i.conflicts {
			if candidates[firm] {
				conflicts[[2]string{id, firm}] = true
			}
		}
	}
	if diff := gocmp.Diff(want, c.bundle.Inspectors); diff != "" {
		c.Errorf("%s does not have the inspectors as they were enrolled:\n%s", c.draw.id, diff)
	}
	for _, p := range c.bundle.Conflicts {
		if !conflicts[[2]string{p.Inspector, p.Subject}] {
			c.Errorf("%s: %s has no interest in %s", c.draw.id, p.Inspector, p.Subject)
		}
		delete(conflicts, [2]string{p.Inspector, p.Subject})
	}
	if len(conflicts) > 0 {
		c.Errorf("%s leaves out the conflicts %v", c.draw.id, conflicts)
	}
}

// strata: of N candidates of a class, the count or the share of the task is drawn, rounded up.
func (c *recount) strata() {
	c.Helper()
	candidates, selected := map[string]int{}, map[string]int{}
	for _, s := range c.bundle.Subjects {
		candidates[s.Stratum]++
	}
	for _, s := range c.bundle.Selected {
		selected[s.Stratum]++
	}
	for _, s := range c.draw.task.strata {
		n := candidates[s.GetName()]
		want := min(n, int(s.GetCount()))
		if share := n * int(s.GetRatioPpm()); share > 0 {
			want = (share + 999_999) / 1_000_000
		}
		if selected[s.GetName()] != want {
			c.Errorf("%s drew %d of %d firms of class %s, want %d", c.draw.id, selected[s.GetName()], n, s.GetName(), want)
		}
		delete(selected, s.GetName())
	}
	if len(selected) > 0 {
		c.Errorf("%s drew from other classes: %v", c.draw.id, selected)
	}
}

// staff follows the draw firm by firm: whom each department could send, whom it sent, and why it was short.
func (c *recount) staff() {
	c.Helper()
	districts, teams := map[string]string{}, map[string]countedSelection{}
	for _, s := range c.bundle.Subjects {
		districts[s.ID] = s.District
	}
	for _, s := range c.bundle.Selected {
		c.team(s, districts[s.Subject])
		teams[s.Subject] = s
	}
	for _, r := range c.bundle.Replacements {
		for _, team := range teams[r.SubjectOut].Teams {
			for _, id := range team.Inspectors {
				c.assigned[id]--
			}
		}
		c.team(r.ReplacedBy, districts[r.ReplacedBy.Subject])
		teams[r.ReplacedBy.Subject] = r.ReplacedBy
	}
	for id, n := range c.assigned {
		if n > int(c.draw.task.cap) {
			c.Errorf("%s has %d firms of %s, over the cap of %d", id, n, c.draw.id, c.draw.task.cap)
		}
	}
}

// team counts for each department who fails at what, and holds the team or the shortfall against it.
func (c *recount) team(s countedSelection, district string) {
	c.Helper()
	if len(s.Teams) != len(c.draw.task.department()) {
		c.Errorf("%s: %s has %d teams", c.draw.id, s.Subject, len(s.Teams))
	}
	shortfalls := map[string]map[string]int{}
	for _, f := range s.Shortfalls {
		shortfalls[f.Department] = f.Reasons
		for reason := range f.Reasons {
			c.short[reason]++
		}
	}
	for _, team := range s.Teams {
		able, reasons := map[string]bool{}, map[string]int{}
		for _, id := range slices.Sorted(maps.Keys(c.draw.officers)) {
			if i := c.draw.officers[id]; !i.suspended && i.department == team.Department {
				why := c.unable(i, s.Subject, district)
				able[id] = why == ""
				reasons[why]++
			}
		}
		staffed := reasons[""] >= 2
		delete(reasons, "")
		stated, isShort := shortfalls[team.Department]
		switch {
		case staffed && (isShort || len(team.Inspectors) != 2 || team.Inspectors[0] == team.Inspectors[1]):
			c.Errorf("%s: %s could have a team of %s, and has %v", c.draw.id, s.Subject, team.Department, team.Inspectors)
		case !staffed && (!isShort || len(team.Inspectors) != 0 || !maps.Equal(stated, reasons)):
			c.Errorf("%s: %s is short of %s for %v, stated is %v", c.draw.id, s.Subject, team.Department, reasons, stated)
		}
		for _, id := range team.Inspectors {
			if !able[id] {
				c.Errorf("%s: %s was sent to %s: %s", c.draw.id, id, s.Subject, c.unable(c.draw.officers[id], s.Subject, district))
			}
			c.assigned[id]++
		}
	}
}

// unable is the first thing that keeps an inspector from a firm.
func (c *recount) unable(i yearInspector, firm, district string) string {
	line, _ := c.draw.task.line()
	covers := func(d string) bool {
		return strings.HasPrefix(district, strings.TrimSuffix(strings.TrimSuffix(d, "00"), "00"))
	}
	switch {
	case i.until < c.draw.task.until:
		return "licence"
	case !slices.Contains(i.lines, line):
		return "line"
	case !slices.ContainsFunc(i.districts, covers):
		return "district"
	case i.conflicts[firm]:
		return "conflict"
	case c.assigned[i.id] >= int(c.draw.task.cap):
		return "workload"
	}
	return ""
}

// outcome: who was drawn and not replaced has an inspection, others have none; what was called off had no team.
func (c *recount) outcome() {
	c.Helper()
	standing := map[string]countedSelection{}
	for _, s := range c.bundle.Selected {
		standing[s.Subject] = s
	}
	replaced := map[string]string{}
	for _, r := range c.bundle.Replacements {
		replaced[r.SubjectOut] = r.Reason
		delete(standing, r.SubjectOut)
		standing[r.ReplacedBy.Subject] = r.ReplacedBy
	}
	if !maps.Equal(replaced, c.draw.replaced) {
		c.Errorf("%s replaced %v, want %v", c.draw.id, replaced, c.draw.replaced)
	}
	for r := range c.allResults() {
		if r.draw != c.draw.id {
			continue
		}
		s, drawn := standing[r.firm]
		able := 0
		for _, team := range s.Teams {
			able += len(team.Inspectors)
		}
		if !drawn || (r.end == "concluded") != (able >= 2) {
			c.Errorf("%s is %s; drawn: %v, with %d inspectors", r.id, r.end, drawn, able)
		}
		delete(standing, r.firm)
	}
	if len(standing) > 0 {
		c.Errorf("%s has drawn firms without an inspection: %v", c.draw.id, slices.Collect(maps.Keys(standing)))
	}
}

// publicView is the draw as the public list has it.
func (c *recount) publicView() *viewv1.Draw {
	c.Helper()
	resp := &mingjianv1.GetPublicDrawResponse{}
	c.get(c.public, "/v1/public/draws/"+c.draw.id, nil, resp)
	return resp.GetDraw()
}

// abortion: the public reads who did not reveal, and what was drawn then.
func (c *recount) abortion() {
	c.Helper()
	if v := c.publicView(); v.GetState() != "aborted" || v.GetAbortParty() != silentParty || v.GetAbortReason() == "" || v.GetSelected() != 0 {
		c.Errorf("%s is public as %s for %q of %q with %d firms", v.GetId(), v.GetState(), v.GetAbortReason(), v.GetAbortParty(), v.GetSelected())
	}
}

// listing: what the public reads of the draw without its bundle is the same.
func (c *recount) listing() {
	c.Helper()
	v, b := c.publicView(), c.bundle
	out, short := map[string]int{}, map[string]int{}
	for _, x := range v.GetExclusions() {
		out[x.GetReason()] = int(x.GetCount()) //nolint:gosec // of 2207
	}
	for _, x := range b.Exclusions {
		out[x.Reason] -= x.Count
	}
	for _, d := range v.GetDepartments() {
		short[d.GetName()] = int(d.GetShortfalls()) //nolint:gosec // of 2207
	}
	for _, s := range b.Selected {
		for _, f := range s.Shortfalls {
			short[f.Department]--
		}
	}
	for what, left := range map[string]map[string]int{"exclusions": out, "shortfalls": short} {
		for of, n := range left {
			if n != 0 {
				c.Errorf("%s: the list has %d %s of %s more than the bundle", c.draw.id, n, what, of)
			}
		}
	}
	if v.GetState() != "drawn" || int(v.GetNumber()) != b.Number || b.Number != c.draw.number || int(v.GetSelected()) != len(b.Selected) || //nolint:gosec // of 2207
		int(v.GetSubjects().GetCount()) != len(b.Subjects) || len(v.GetReplacements()) != len(b.Replacements) { //nolint:gosec // of 2207
		c.Errorf("%s is listed as %v", c.draw.id, v)
	}
}
