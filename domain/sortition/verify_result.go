package sortition

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// selection draws again and compares who was drawn. Who goes there and who was missing come out at the same time, and are
// compared after it.
func (v *verification) selection() error {
	b := v.bundle
	drawing, err := draw(b.DrawTerms(), v.pools, v.frozen, v.report.Seed, uint64(len(b.Replacements)))
	if err != nil {
		return asStep(StepPool, err)
	}
	v.drawing = drawing
	v.made = drawing.staff()
	v.report.Selected = len(v.made)
	for i := range min(len(v.made), len(b.Selected)) {
		if err := v.made[i].differsDrawn(StepSelection, selectedPath(i), b.Selected[i]); err != nil {
			return err
		}
	}
	return differs(StepSelection, "selected", plural(len(v.made)), plural(len(b.Selected)))
}

func (v *verification) match() error {
	for i := range v.made {
		if err := v.made[i].differsTeams(StepMatch, selectedPath(i), v.bundle.Selected[i]); err != nil {
			return err
		}
	}
	return nil
}

func (v *verification) shortfalls() error {
	for i := range v.made {
		if err := v.made[i].differsShortfalls(StepShortfall, selectedPath(i), v.bundle.Selected[i]); err != nil {
			return err
		}
		v.report.Shortfalls += len(v.made[i].Shortfalls)
	}
	return nil
}

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
