package sortition

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"math/bits"
)

// Parts is the whole of which a stratum's ratio takes its part: ratios are parts per million.
const Parts = 1_000_000

// Stratum is a layer of the pool and how much of it is drawn: exactly one of the two numbers is not zero.
type Stratum struct {
	Name     string `json:"name"`
	RatioPPM uint64 `json:"ratio_ppm,omitempty"` // parts per million, 1 to 1,000,000
	Count    uint64 `json:"count,omitempty"`     // candidates, at least 1; all there are if there are fewer
}

// Department takes part in the check with a team of its own inspectors (部门联合抽查).
type Department struct {
	Name     string `json:"name"`
	TeamSize uint64 `json:"team_size"` // at least 1; all departments together at least 2 (行政处罚法 art. 42)
}

// BeaconTerms bind the draw to a public source of randomness that has not spoken yet. The zero value is none.
type BeaconTerms struct {
	Name      string `json:"name"`
	Round     string `json:"round"`
	NotBefore string `json:"not_before"` // RFC 3339 in UTC; the value cannot be known earlier
}

// Terms are everything that a draw commits to before its randomness can be known.
type Terms struct {
	DrawID      string
	TaskID      string
	Line        string // business line (检查领域) that inspectors must be admitted to
	WindowEnd   string // last day of the inspections, YYYY-MM-DD; licences must last until then
	WorkloadCap uint64 // inspections an inspector gets at most in this draw; 0 is no cap
	Strata      []Stratum
	Departments []Department
	Beacon      BeaconTerms

	SubjectRoot   Digest
	InspectorRoot Digest
	ConflictRoot  Digest
}

// Validate names the first field that leaves the draw undefined, in an *InputError.
func (t Terms) Validate() error {
	err := cmp.Or(checkText("draw_id", t.DrawID), checkText("task_id", t.TaskID), checkText("line", t.Line),
		checkDate("window_end", t.WindowEnd))
	if err != nil {
		return err
	}
	return cmp.Or(validateStrata(t.Strata), validateDepartments(t.Departments), t.Beacon.validate())
}

func validateStrata(strata []Stratum) error {
	if len(strata) == 0 {
		return refuse("strata", "must name at least one", "")
	}
	for i, s := range strata {
		field := fmt.Sprintf("strata[%d]", i)
		switch {
		case (s.RatioPPM == 0) == (s.Count == 0):
			return refuse(field, "exactly one of ratio_ppm and count must be set", "")
		case s.RatioPPM > Parts:
			return refuse(field+".ratio_ppm", "must be 1 to 1000000", fmt.Sprint(s.RatioPPM))
		}
	}
	return checkNames("strata", "name", strata, func(s Stratum) string { return s.Name })
}

func validateDepartments(departments []Department) error {
	total, over := uint64(0), uint64(0)
	for i, d := range departments {
		if d.TeamSize == 0 {
			return refuse(fmt.Sprintf("departments[%d].team_size", i), "must be at least 1", "")
		}
		if total, over = bits.Add64(total, d.TeamSize, 0); over != 0 {
			return refuse(fmt.Sprintf("departments[%d].team_size", i), "all team sizes together must fit 64 bits", "")
		}
	}
	if total < 2 {
		return refuse("departments", "must send at least 2 inspectors together", fmt.Sprint(total))
	}
	return checkNames("departments", "name", departments, func(d Department) string { return d.Name })
}

func (b BeaconTerms) validate() error {
	if b == (BeaconTerms{}) {
		return nil
	}
	_, err := parseInstant("beacon.not_before", b.NotBefore)
	return cmp.Or(checkText("beacon.name", b.Name), checkText("beacon.round", b.Round), err)
}

// admits checks that the frozen subject pool is the one of the terms and has no stratum that they do not name.
func (t Terms) admits(pools FrozenPools) error {
	roots := []struct {
		field     string
		want, got Digest
	}{
		{"subject_root", t.SubjectRoot, pools.Subjects.Root},
		{"inspector_root", t.InspectorRoot, pools.Inspectors.Root},
		{"conflict_root", t.ConflictRoot, pools.Conflicts.Root},
	}
	for _, root := range roots {
		if root.want != root.got {
			return refuse(root.field, "must be the root of the pool, "+root.got.String(), root.want.String())
		}
	}
	return t.namesStrata(pools.Subjects.Strata)
}

func (t Terms) namesStrata(pool map[string]uint64) error {
	named := make(map[string]bool, len(t.Strata))
	for _, s := range t.Strata {
		named[s.Name] = true
	}
	missing := ""
	for name := range pool {
		if !named[name] && (missing == "" || name < missing) {
			missing = name
		}
	}
	if missing != "" {
		return refuse("strata", "must name every stratum of the pool", "no "+missing)
	}
	return nil
}

// Digest gives the value that a draw's parties commit to. It means something only if Validate finds nothing.
func (t Terms) Digest() Digest {
	text := appendText(nil, Version+"/terms")
	for _, field := range []string{t.DrawID, t.TaskID, t.Line, t.WindowEnd} {
		text = appendText(text, field)
	}
	text = appendNumber(text, t.WorkloadCap)
	text = appendNumber(text, uint64(len(t.Strata)))
	for _, s := range t.strata() {
		text = appendNumber(appendNumber(appendText(text, s.Name), s.RatioPPM), s.Count)
	}
	text = appendNumber(text, uint64(len(t.Departments)))
	for _, d := range t.departments() {
		text = appendNumber(appendText(text, d.Name), d.TeamSize)
	}
	for _, field := range []string{t.Beacon.Name, t.Beacon.Round, t.Beacon.NotBefore} {
		text = appendText(text, field)
	}
	for _, root := range []Digest{t.SubjectRoot, t.InspectorRoot, t.ConflictRoot} {
		text = append(text, root[:]...)
	}
	return sha256.Sum256(text)
}

func (t Terms) strata() []Stratum {
	return sortedBy(t.Strata, func(s Stratum) string { return s.Name })
}

func (t Terms) departments() []Department {
	return sortedBy(t.Departments, func(d Department) string { return d.Name })
}

// Quota gives how many of a stratum's candidates are drawn: the count, or the ratio rounded up.
func (s Stratum) Quota(candidates uint64) uint64 {
	if s.Count > 0 {
		return min(candidates, s.Count)
	}
	high, low := bits.Mul64(candidates, min(s.RatioPPM, Parts))
	quota, rest := bits.Div64(high, low, Parts)
	if rest > 0 {
		quota++
	}
	return quota
}
