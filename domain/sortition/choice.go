package sortition

import (
	"fmt"
	"slices"
	"strings"
)

// Choice is what a department chose its team for a subject from.
type Choice struct {
	Department string
	TeamSize   uint64
	Roster     []string // its inspectors with a licence and for the line, by id; the same each time
	Eligible   []int    // places in Roster, as the rules of §5 leave them after the assignments before
	Team       []int    // places, as published; none if too few were eligible
}

// Choices goes through published teams in their order and gives, for each selected subject, what each department could have
// chosen from. It asks whether the teams could have come out, not whether they are those of the seed: Verify does that. The
// choices given to each are good until it returns. A team that the rules leave no room for is a *StepError, other breaches
// *InputErrors; an error of a stream, or of each, is passed on.
func Choices(t Terms, pools Pools, selected []Selection, each func(Selection, []Choice) error) error {
	if err := t.Validate(); err != nil {
		return err
	}
	districts := make(map[string]string, len(selected))
	staffed := make(map[string]bool, len(selected))
	for _, s := range selected {
		staffed[s.Subject] = true
	}
	for subject, err := range pools.Subjects {
		if err != nil {
			return fmt.Errorf("choices: read subjects: %w", err)
		}
		if staffed[subject.ID] {
			districts[strings.Clone(subject.ID)] = strings.Clone(subject.District)
		}
	}
	c, err := newCrew(t, Digest{}, pools.Inspectors)
	if err != nil {
		return fmt.Errorf("choices: read inspectors: %w", err)
	}
	if err := c.declare(pools.Conflicts, staffed); err != nil {
		return fmt.Errorf("choices: read conflicts: %w", err)
	}
	choices := make([]Choice, len(c.brigades))
	for i, b := range c.brigades {
		choices[i] = Choice{Department: b.Name, TeamSize: b.TeamSize}
		for _, o := range b.officers {
			choices[i].Roster = append(choices[i].Roster, o.id)
		}
	}
	for i, s := range selected {
		district, known := districts[s.Subject]
		if !known {
			return &StepError{Step: StepSelection, Field: fmt.Sprintf("selected[%d].subject", i), Want: "a candidate", Got: short(s.Subject)}
		}
		if err := c.replay(fmt.Sprintf("selected[%d].teams", i), s, district, choices); err != nil {
			return err
		}
		if err := each(s, choices); err != nil {
			return err
		}
	}
	return nil
}

// replay takes note of the published teams of a subject, telling what each was chosen from.
func (c *crew) replay(path string, s Selection, district string, choices []Choice) error {
	if err := differs(StepMatch, path, len(c.brigades), len(s.Teams)); err != nil {
		return err
	}
	for i, b := range c.brigades {
		team, at := s.Teams[i], fmt.Sprintf("%s[%d]", path, i)
		if err := differs(StepMatch, at+".department", b.Name, team.Department); err != nil {
			return err
		}
		fit, _ := c.eligible(b, s.Subject, district)
		size := b.TeamSize
		if uint64(len(fit)) < size {
			size = 0
		}
		if err := differs(StepMatch, at+".inspectors", size, uint64(len(team.Inspectors))); err != nil {
			return err
		}
		choice := &choices[i]
		choice.Eligible, choice.Team = choice.Eligible[:0], choice.Team[:0]
		for _, o := range fit {
			choice.Eligible = append(choice.Eligible, o.place)
		}
		for _, id := range team.Inspectors {
			o, able := c.officers[id], false
			if o != nil && b.officers[min(o.place, len(b.officers)-1)] == o {
				_, able = slices.BinarySearch(choice.Eligible, o.place)
			}
			if !able || slices.Contains(choice.Team, o.place) {
				return &StepError{Step: StepMatch, Field: at + ".inspectors", Want: "must be eligible inspectors, each once", Got: short(id)}
			}
			choice.Team = append(choice.Team, o.place)
			o.assigned++
		}
	}
	return nil
}
