package draw

import (
	"fmt"
	"maps"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// Limit is what the published item list allows of one matter.
type Limit struct {
	Item        string
	RatioPPMMax int64 // share of a stratum's subjects that may be drawn in a year, in parts per million; 0 for none
	MaxPerYear  int   // checks of one subject in a year; 0 for no limit
}

// Base is what the ratios of a stratum are held against (抽查基数): the subjects that the task is about, those that are left
// out because they were checked included, and how many of them the authority has drawn in the year of the task already.
type Base struct {
	Stratum  string
	Subjects uint64
	Drawn    map[string]uint64 // by item
}

// bases are by stratum.
type bases map[string]*Base

func (b bases) count(stratum string, checks []ItemChecks) {
	if b[stratum] == nil {
		b[stratum] = &Base{Stratum: stratum, Drawn: map[string]uint64{}}
	}
	b[stratum].Subjects++
	for _, check := range checks {
		if check.Drawn {
			b[stratum].Drawn[check.Item]++
		}
	}
}

func (b bases) sorted() []Base {
	var out []Base
	for _, name := range slices.Sorted(maps.Keys(b)) {
		out = append(out, *b[name])
	}
	return out
}

// checkLimits refuses a draw that takes more of a stratum than an item's ratio allows in a year, whether the task names a
// ratio or a count: what a count comes to is known only now. Subjects that were drawn before in the year count once.
func checkLimits(cmd Freeze) error {
	var faults []*domain.Fault
	for _, stratum := range cmd.Frozen.Strata {
		drawn := toBeDrawn(stratum, candidates(cmd.Frozen, stratum.Name))
		for _, base := range cmd.Bases {
			if base.Stratum != stratum.Name {
				continue
			}
			for _, limit := range cmd.Limits {
				faults = append(faults, checkLimit(limit, base, drawn))
			}
		}
	}
	return domain.Require(faults...)
}

func checkLimit(l Limit, b Base, drawn uint64) *domain.Fault {
	if l.RatioPPMMax <= 0 {
		return nil
	}
	before, allowed := b.Drawn[l.Item], share(b.Subjects, uint64(l.RatioPPMMax))
	if before+drawn <= allowed {
		return nil
	}
	return domain.Refuse(domain.Precondition, "draw.ratio_over_item", "task_id",
		fmt.Sprintf("事项%s的年度抽查比例上限为百万分之%d：分层“%s”共%d户，至多抽取%d户，本年度已抽%d户，本次将抽%d户",
			l.Item, l.RatioPPMMax, b.Stratum, b.Subjects, allowed, before, drawn),
		fmt.Sprintf("item %s allows %d ppm in a year: of the %d subjects of stratum %q at most %d; %d were drawn before, and this draw takes %d",
			l.Item, l.RatioPPMMax, b.Subjects, b.Stratum, allowed, before, drawn))
}

func candidates(f Frozen, stratum string) uint64 {
	for _, l := range f.Layers {
		if l.Stratum == stratum {
			return l.Candidates
		}
	}
	return 0
}

// toBeDrawn is how many the rule of mingjian/draw/v1 selects of n candidates.
func toBeDrawn(s sortition.Stratum, n uint64) uint64 {
	if s.Count > 0 {
		return min(s.Count, n)
	}
	return share(n, s.RatioPPM)
}

// share is n times a ratio in parts per million, rounded up. No roster comes near the 18 million million that would overflow.
func share(n, ppm uint64) uint64 { return (n*ppm + 999_999) / 1_000_000 }
