package sortition

import (
	"bytes"
	"crypto/sha256"
	"iter"
	"slices"
	"strings"
)

// Team is a department's part of the inspectors of one subject, in the order of their ranks; empty if the department fell
// short.
type Team struct {
	Department string   `json:"department"`
	Inspectors []string `json:"inspectors"`
}

// Shortfall says that a department had too few eligible inspectors for a subject, and why the others were not eligible.
type Shortfall struct {
	Department string  `json:"department"`
	Reasons    Reasons `json:"reasons"`
}

// Reasons counts a department's inspectors by the first test that they failed, in the order of the tests.
type Reasons struct {
	Licence  uint64 `json:"licence,omitempty"`  // the licence (执法证) ends before the window does
	Line     uint64 `json:"line,omitempty"`     // not admitted to the business line
	District uint64 `json:"district,omitempty"` // covers no district of the subject
	Conflict uint64 `json:"conflict,omitempty"` // declared an interest (回避)
	Workload uint64 `json:"workload,omitempty"` // has as many inspections as the cap allows
}

// officer is an inspector of one of the departments, with the licence and for the line, so that only tests remain that depend
// on the subject.
type officer struct {
	id        string
	districts []string
	assigned  uint64
	place     int // among the officers of the department
}

// brigade is a department's part of the crew.
type brigade struct {
	Department
	officers []*officer
	unfit    Reasons // by the tests that do not depend on the subject
	covering map[string][]*officer
}

// crew assigns inspectors and remembers who has how many inspections.
type crew struct {
	seed      Digest
	cap       uint64
	brigades  []*brigade
	officers  map[string]*officer
	conflicts map[string][]string // by subject, inspectors sorted
	covered   int                 // officers in all the covering lists
	fit       []*officer          // room for the eligible of one subject
}

// newCrew reads the roster once, keeping the inspectors who may be assigned at all.
func newCrew(t Terms, seed Digest, inspectors iter.Seq2[Inspector, error]) (*crew, error) {
	c := &crew{cap: t.WorkloadCap, officers: map[string]*officer{}, conflicts: map[string][]string{}}
	c.seed = sha256.Sum256(append(appendText(nil, Version+"/match"), seed[:]...))
	brigades := map[string]*brigade{}
	for _, d := range t.departments() {
		b := &brigade{Department: d, covering: map[string][]*officer{}}
		brigades[d.Name] = b
		c.brigades = append(c.brigades, b)
	}
	for inspector, err := range inspectors {
		if err != nil {
			return nil, err
		}
		b := brigades[inspector.Department]
		switch {
		case b == nil:
		case inspector.LicenceValidUntil < t.WindowEnd:
			b.unfit.Licence++
		case !slices.Contains(inspector.Lines, t.Line):
			b.unfit.Line++
		default:
			o := &officer{id: inspector.ID, districts: inspector.Districts, place: len(b.officers)}
			b.officers = append(b.officers, o)
			c.officers[o.id] = o
		}
	}
	return c, nil
}

// declare reads the conflicts once, keeping those of the subjects that may be staffed.
func (c *crew) declare(conflicts iter.Seq2[Conflict, error], staffed map[string]bool) error {
	for conflict, err := range conflicts {
		if err != nil {
			return err
		}
		if staffed[conflict.Subject] {
			c.conflicts[conflict.Subject] = append(c.conflicts[conflict.Subject], conflict.Inspector)
		}
	}
	for _, inspectors := range c.conflicts {
		slices.Sort(inspectors)
	}
	return nil
}

// staff gives a subject its teams and takes note of the assignments.
func (c *crew) staff(stratum string, p pick) Selection {
	selection := Selection{Subject: p.id, Stratum: stratum, Ticket: p.ticket, Teams: []Team{}, Shortfalls: []Shortfall{}}
	for _, b := range c.brigades {
		team, reasons := c.choose(b, p)
		names := make([]string, 0, len(team))
		for _, chosen := range team {
			chosen.assigned++
			names = append(names, chosen.id)
		}
		selection.Teams = append(selection.Teams, Team{Department: b.Name, Inspectors: names})
		if len(team) == 0 {
			selection.Shortfalls = append(selection.Shortfalls, Shortfall{Department: b.Name, Reasons: reasons})
		}
	}
	return selection
}

// release takes the assignments of a replaced subject back.
func (c *crew) release(selection Selection) {
	for _, team := range selection.Teams {
		for _, id := range team.Inspectors {
			c.officers[id].assigned--
		}
	}
}

// candidate is an eligible officer with the rank for one subject.
type candidate struct {
	*officer
	rank Digest
}

func (c candidate) compare(other candidate) int {
	if order := bytes.Compare(c.rank[:], other.rank[:]); order != 0 {
		return order
	}
	return strings.Compare(c.id, other.id)
}

// choose gives a department's team for a subject, or nobody and the reasons if there are too few.
func (c *crew) choose(b *brigade, p pick) ([]*officer, Reasons) {
	fit, reasons := c.eligible(b, p.id, p.district)
	if uint64(len(fit)) < b.TeamSize {
		return nil, reasons
	}
	message := appendText(c.seed[:], p.id)
	prefix := len(message)
	candidates := make([]candidate, len(fit))
	for i, o := range fit {
		message = appendText(message[:prefix], o.id)
		candidates[i] = candidate{officer: o, rank: sha256.Sum256(message)}
	}
	team := make([]*officer, 0, b.TeamSize)
	for _, chosen := range firstOf(candidates, int(b.TeamSize)) {
		team = append(team, chosen.officer)
	}
	return team, reasons
}

// eligible gives a department's officers who may go to a subject now, by id, and the reasons of the others. The list is good
// until the next call.
func (c *crew) eligible(b *brigade, subject, district string) ([]*officer, Reasons) {
	conflicts := c.conflicts[subject]
	covering := c.cover(b, district)
	reasons := b.unfit
	reasons.District = uint64(len(b.officers) - len(covering))
	c.fit = c.fit[:0]
	for _, o := range covering {
		_, conflicted := slices.BinarySearch(conflicts, o.id)
		switch {
		case conflicted:
			reasons.Conflict++
		case c.cap > 0 && o.assigned >= c.cap:
			reasons.Workload++
		default:
			c.fit = append(c.fit, o)
		}
	}
	return c.fit, reasons
}

// firstOf puts the first n candidates in order at the front and gives them. A team is small beside a roster, so the rest is
// passed over rather than sorted; a large one is cheaper to sort.
func firstOf(list []candidate, n int) []candidate {
	const small = 16
	if n > small || n == len(list) {
		slices.SortFunc(list, candidate.compare)
		return list[:n]
	}
	slices.SortFunc(list[:n], candidate.compare)
	for _, next := range list[n:] {
		if next.compare(list[n-1]) > 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(list[:n], next, candidate.compare)
		copy(list[at+1:n], list[at:n-1])
		list[at] = next
	}
	return list[:n]
}

// cover gives a department's officers for a district. The lists are kept, up to a total that holds memory flat.
func (c *crew) cover(b *brigade, district string) []*officer {
	const most = 1 << 21
	if list, known := b.covering[district]; known {
		return list
	}
	list := []*officer{}
	for _, o := range b.officers {
		if slices.ContainsFunc(o.districts, func(own string) bool { return covers(own, district) }) {
			list = append(list, o)
		}
	}
	if c.covered += len(list) + 1; c.covered > most {
		for _, other := range c.brigades {
			clear(other.covering)
		}
		c.covered = len(list) + 1
	}
	b.covering[district] = list
	return list
}

// covers tells whether a district holds another: its code without trailing pairs of zeros begins the other's code.
func covers(district, other string) bool {
	for len(district) >= 2 && district[len(district)-2:] == "00" {
		district = district[:len(district)-2]
	}
	return strings.HasPrefix(other, district)
}
