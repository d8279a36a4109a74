package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/listing"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
)

const order45Art14 = "《市场监督管理行政处罚信息公示规定》第十四条"

// PenaltyPerformed asks whether the party did what it was sentenced to: the fine with what it grew by, what was confiscated,
// and whatever else the decision demands.
func PenaltyPerformed(s penalty.State, day calendar.Date) disclosure.Condition {
	c := disclosure.Condition{Code: disclosure.Performed, Verdict: disclosure.Met, Basis: order45Art14}
	due, now := s.DueOn(day), s.Current()
	var rests, open []string
	if due.FineFen > 0 {
		rests = append(rests, "罚款"+due.FineFen.Yuan()+"元，已缴"+due.PaidFen.Yuan()+"元")
		if due.UnpaidFen > 0 {
			open = append(open, "尚欠"+due.UnpaidFen.Yuan()+"元")
		}
	}
	for _, need := range []struct {
		kinds []penalty.Kind
		by    penalty.PerformanceKind
		words string
	}{
		{[]penalty.Kind{penalty.ConfiscationGains, penalty.ConfiscationGoods}, penalty.Confiscated, "没收入库"},
		{otherDuties(now.Kinds), penalty.OtherDone, "其他义务履行"},
	} {
		if !slices.ContainsFunc(need.kinds, func(k penalty.Kind) bool { return slices.Contains(now.Kinds, k) }) {
			continue
		}
		i := slices.IndexFunc(s.Performance, func(p penalty.Performed) bool { return p.Kind == need.by })
		if i < 0 {
			open = append(open, "没有"+need.words+"的记录")
			continue
		}
		rests = append(rests, need.words+"于"+s.Performance[i].On.String())
	}
	if len(open) > 0 {
		c.Verdict = disclosure.Unmet
	}
	if c.Rests = strings.Join(append(rests, open...), "；"); c.Rests == "" {
		c.Rests = "决定没有需要履行的义务"
	}
	return c
}

// otherDuties are the kinds that are neither words, nor money, nor things taken.
func otherDuties(kinds []penalty.Kind) []penalty.Kind {
	return slices.DeleteFunc(slices.Clone(kinds), func(k penalty.Kind) bool {
		return slices.Contains([]penalty.Kind{
			penalty.Warning, penalty.Criticism, penalty.Fine, penalty.ConfiscationGains, penalty.ConfiscationGoods,
		}, k)
	})
}

// Later is another penalty of the same party.
type Later struct {
	DecisionNo string
	Violation  string
	DecidedOn  calendar.Date
	Revoked    bool
}

// NoSecondPenalty asks whether the party was punished again for the same kind of violation after the decision. A violation
// that nobody named is taken for the same.
func NoSecondPenalty(s penalty.State, others []Later) disclosure.Condition {
	c := disclosure.Condition{Code: disclosure.NotAgain, Verdict: disclosure.Met, Rests: "本账本中没有其后的处罚", Basis: order45Art14}
	own, decided := domain.NormalName(s.Decision.Violation), s.Decision.DecidedOn
	var same, different []string
	for _, o := range others {
		if o.Revoked || o.DecidedOn.Before(decided) {
			continue
		}
		line := fmt.Sprintf("%s（%s）", o.DecisionNo, o.DecidedOn)
		if v := domain.NormalName(o.Violation); v == "" || own == "" || v == own {
			same = append(same, line)
		} else {
			different = append(different, line)
		}
	}
	switch {
	case len(same) > 0:
		c.Verdict, c.Rests = disclosure.Unmet, "其后又受处罚："+strings.Join(same, "、")
	case len(different) > 0:
		c.Rests = "其后的处罚违法行为类型不同：" + strings.Join(different, "、")
	}
	return c
}

// Unlisted asks whether the party is on a list. Entries are those of all its ids on all lists.
func Unlisted(states []listing.State) disclosure.Condition {
	c := disclosure.Condition{Code: disclosure.NotListed, Verdict: disclosure.Met, Rests: "本账本的名录中没有该当事人", Basis: order45Art14}
	var on []string
	for _, s := range states {
		if e, there := s.Current(); there && e.Open() {
			on = append(on, s.List.Label())
		}
	}
	if len(on) > 0 {
		c.Verdict, c.Rests = disclosure.Unmet, "现列于"+strings.Join(on, "、")
	}
	return c
}
