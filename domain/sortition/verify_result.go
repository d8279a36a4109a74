package sortition

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// selection draws again and compares who was drawn.
func (v *verification) selection() error {
	b := v.bundle
	drawing, err := draw(b.DrawTerms(), v.pools, v.frozen, v.report.Seed, outs(b.Replacements))
	if err != nil {
		return asStep(StepPool, err)
	}
	v.drawing = drawing
	v.report.Selected = drawing.drawn()
	i := 0
	for made := range drawing.selected() {
		if i == len(b.Selected) {
			break
		}
		if err := made.differsDrawn(StepSelection, selectedPath(i), b.Selected[i]); err != nil {
			return err
		}
		i++
	}
	return differs(StepSelection, "selected", plural(drawing.drawn()), plural(len(b.Selected)))
}

// match compares who goes there. Who was missing comes out at the same time and is judged at the next step, so that what was
// made need not be kept.
func (v *verification) match() error {
	i, shortfalls := 0, 0
	var match error
	v.drawing.staff(func(made Selection) {
		claimed := v.bundle.Selected[i]
		match = cmp.Or(match, made.differsTeams(StepMatch, selectedPath(i), claimed))
		v.missing = cmp.Or(v.missing, made.differsShortfalls(StepShortfall, selectedPath(i), claimed))
		shortfalls += len(made.Shortfalls)
		for _, team := range made.Teams {
			v.assigned += len(team.Inspectors)
		}
		i++
	})
	if match == nil && v.missing == nil {
		v.report.Shortfalls = shortfalls
	}
	return match
}

func (v *verification) shortfalls() error { return v.missing }

func selectedPath(i int) string { return fmt.Sprintf("selected[%d]", i) }

func plural(n int) string { return fmt.Sprintf("%d subjects", n) }

// replacements makes each replacement again after those before it.
func (v *verification) replacements() error {
	for i, claimed := range v.bundle.Replacements {
		path := fmt.Sprintf("replacements[%d]", i)
		made, err := v.drawing.replace(claimed.SubjectOut, claimed.Reason)
		if err != nil {
			return &StepError{Step: StepReplacement, Field: path, Want: "a replacement that can be made", Got: err.Error()}
		}
		if err := made.differs(path, claimed); err != nil {
			return err
		}
		v.report.Replacements++
	}
	return nil
}

func (r Replacement) differs(path string, claimed Replacement) error {
	in := path + ".replaced_by"
	return cmp.Or(differs(StepReplacement, path+".number", r.Number, claimed.Number),
		differs(StepReplacement, path+".subject_out", r.SubjectOut, claimed.SubjectOut),
		differs(StepReplacement, path+".reason", r.Reason, claimed.Reason),
		r.ReplacedBy.differsDrawn(StepReplacement, in, claimed.ReplacedBy),
		r.ReplacedBy.differsTeams(StepReplacement, in, claimed.ReplacedBy),
		r.ReplacedBy.differsShortfalls(StepReplacement, in, claimed.ReplacedBy))
}

func (s Selection) differsDrawn(step Step, path string, claimed Selection) error {
	return cmp.Or(differs(step, path+".subject", s.Subject, claimed.Subject),
		differs(step, path+".stratum", s.Stratum, claimed.Stratum),
		differs(step, path+".ticket", s.Ticket, claimed.Ticket))
}

func (s Selection) differsTeams(step Step, path string, claimed Selection) error {
	same := slices.EqualFunc(s.Teams, claimed.Teams, func(a, b Team) bool {
		return a.Department == b.Department && slices.Equal(a.Inspectors, b.Inspectors)
	})
	if same {
		return nil
	}
	return &StepError{Step: step, Field: path + ".teams of " + short(s.Subject), Want: short(teamsText(s.Teams)), Got: short(teamsText(claimed.Teams))}
}

func (s Selection) differsShortfalls(step Step, path string, claimed Selection) error {
	if slices.Equal(s.Shortfalls, claimed.Shortfalls) {
		return nil
	}
	return &StepError{Step: step, Field: path + ".shortfalls of " + short(s.Subject),
		Want: short(fmt.Sprintf("%+v", s.Shortfalls)), Got: short(fmt.Sprintf("%+v", claimed.Shortfalls))}
}

func teamsText(teams []Team) string {
	parts := make([]string, len(teams))
	for i, team := range teams {
		parts[i] = team.Department + ": " + strings.Join(team.Inspectors, ", ")
	}
	return "[" + strings.Join(parts, "; ") + "]"
}
