package draw

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

const (
	maxReason = 500      // characters
	maxFrozen = 60 << 10 // bytes of a freeze as stored; leaves room below es.MaxEvent
)

// Overtaken is the code of the fault that another replacement was made since the given one was computed: compute anew.
const Overtaken = "draw.replace.overtaken"

func decide(s State, cmd Command) ([]Event, error) {
	if cmd, ok := cmd.(Freeze); ok {
		return freeze(s, cmd)
	}
	if s.Frozen == nil {
		return nil, domain.Refuse(domain.NotFound, "draw.missing", "draw_id", "没有该抽取", "there is no such draw")
	}
	switch cmd := cmd.(type) {
	case Freeze:
		return freeze(s, cmd)
	case FixTerms:
		return fixTerms(s, cmd)
	case Commit:
		return commit(s, cmd)
	case Reveal:
		return reveal(s, cmd)
	case RecordBeacon:
		return recordBeacon(s, cmd)
	case Run:
		return run(s, cmd)
	case Replace:
		return replace(s, cmd)
	case Abort:
		return abort(s, cmd)
	}
	return nil, domain.Refuse(domain.Invalid, "draw.command.unknown", "", "未知命令", "unknown command")
}

func foreign() *domain.Fault {
	return domain.Refuse(domain.Forbidden, "draw.authority.foreign", "", "该抽取属于其他机关", "the draw belongs to another authority")
}

// may demands the draw's authority and a draw that is not aborted.
func (s State) may(by domain.Actor) *domain.Fault {
	if !by.Holds(s.Frozen.Authority) {
		return foreign()
	}
	return s.live()
}

func (s State) live() *domain.Fault {
	if s.Aborted == nil {
		return nil
	}
	return domain.Refuse(domain.Precondition, "draw.aborted", "", "该抽取已中止", "the draw was aborted")
}

// unfit makes a fault of what sortition refuses.
func unfit(err error) *domain.Fault {
	field := ""
	if input := (*sortition.InputError)(nil); errors.As(err, &input) {
		field = input.Field
	}
	f := domain.Refuse(domain.Invalid, "draw.input", field, fmt.Sprintf("抽取条件不符合规则：%v", err), err.Error())
	f.Err = err
	return f
}

func freeze(s State, cmd Freeze) ([]Event, error) {
	f := cmd.Frozen
	if s.Frozen != nil {
		if reflect.DeepEqual(*s.Frozen, f) {
			return nil, nil
		}
		return nil, domain.Refuse(domain.Conflict, "draw.exists", "task_id", "该任务的本次抽取已冻结", "this draw of the task is frozen already")
	}
	switch {
	case !cmd.By.Holds(f.Authority):
		return nil, foreign()
	case f.Number == 0 || f.Number > 1 && !cmd.FormerAborted:
		return nil, domain.Refuse(domain.Precondition, "draw.number.former", "task_id",
			"上一次抽取未中止，不得重新抽取", "the task's former draw was not aborted, so there is no other")
	case f.Subjects.Count == 0:
		return nil, domain.Refuse(domain.Precondition, "draw.pool.empty", "task_id", "范围内没有可抽取的检查对象", "no subject is in the scope of the task")
	}
	err := domain.Require(
		domain.Blank("draw", "draw", f.Draw), domain.Blank("draw", "plan", f.Plan),
		domain.Blank("draw", "at_position", f.AtPosition),
	)
	if err != nil {
		return nil, err
	}
	if err := (State{Frozen: &f}).Terms().Validate(); err != nil {
		return nil, unfit(err)
	}
	for _, l := range f.Layers {
		if !slices.ContainsFunc(f.Strata, func(stratum sortition.Stratum) bool { return stratum.Name == l.Stratum }) {
			return nil, domain.Refuse(domain.Invalid, "draw.strata.unnamed", "strata",
				"名录中的分层未在任务中列明："+l.Stratum, "the pool has a stratum that the task does not name: "+l.Stratum)
		}
	}
	if err := checkFrozen(f); err != nil {
		return nil, err
	}
	if err := checkLimits(cmd); err != nil {
		return nil, err
	}
	return []Event{f}, nil
}

// checkFrozen refuses what no store takes: strata and departments without end.
func checkFrozen(f Frozen) error {
	data, err := json.Marshal(f)
	if err == nil && len(data) > maxFrozen {
		return domain.Refuse(domain.TooLarge, "draw.frozen.size", "task_id",
			"任务的分层和参加部门过多，无法记录（上限60KiB）", "the task has too many strata and departments to be kept in one record of 60 KiB")
	}
	return err
}

func run(s State, cmd Run) ([]Event, error) {
	if fault := s.may(cmd.By); fault != nil {
		return nil, fault
	}
	if s.Drawn != nil {
		if reflect.DeepEqual(*s.Drawn, cmd.Drawn) {
			return nil, nil
		}
		return nil, domain.Refuse(domain.Conflict, "draw.drawn", "", "已抽取，且结果不同", "it is drawn already, with another outcome")
	}
	if fault := s.outstanding(); fault != nil {
		return nil, fault
	}
	seed := sortition.Seed(s.Fixed.Terms, s.BeaconValue(), s.Opened())
	if cmd.Drawn.Seed != seed {
		return nil, domain.Refuse(domain.Conflict, "draw.run.overtaken", "", "抽取结果不是由现有记录计算得出", "the outcome was computed from something else than what is recorded")
	}
	selected := uint64(0)
	for _, d := range cmd.Drawn.Drawings {
		selected += d.Selected
	}
	if selected != cmd.Drawn.Selection.Count {
		return nil, domain.Refuse(domain.Invalid, "draw.run.count", "", "抽取数量与名单不一致", "the list does not hold as many as were drawn")
	}
	return []Event{cmd.Drawn}, nil
}

// outstanding names what is missing before the draw can be run.
func (s State) outstanding() *domain.Fault {
	if s.Fixed == nil {
		return domain.Refuse(domain.Precondition, "draw.run.terms", "", "抽取条件尚未固定", "the terms are not fixed yet")
	}
	if s.differ() {
		return domain.Refuse(domain.Precondition, "draw.run.differ", "", "录入的公开随机源结果不一致，须由另一人再次录入，或者中止抽取",
			"what people entered for the public source differs: a further person enters it, or the draw is aborted")
	}
	for _, p := range s.Fixed.Parties {
		if s.reveal(p.Name) == nil {
			return domain.Refuse(domain.Precondition, "draw.run.reveal", "", "参与方尚未揭示："+p.Name, "the party has not revealed yet: "+p.Name)
		}
	}
	if s.Fixed.Beacon != nil && s.Beacon == nil {
		return domain.Refuse(domain.Precondition, "draw.run.beacon", "", "公开随机源的结果尚未登记", "what the public source said is not recorded yet")
	}
	return nil
}

func replace(s State, cmd Replace) ([]Event, error) {
	if fault := s.may(cmd.By); fault != nil {
		return nil, fault
	}
	if s.Drawn == nil {
		return nil, domain.Refuse(domain.Precondition, "draw.replace.undrawn", "", "尚未抽取，不能替换", "nothing is drawn yet that could be replaced")
	}
	if cmd.Reason.Label() == "" {
		return nil, domain.Refuse(domain.Invalid, "draw.replace.reason", "reason", "未列入公布范围的替换理由："+string(cmd.Reason),
			"the reason is not on the published list: "+string(cmd.Reason))
	}
	for _, r := range s.Replaced {
		if r.SubjectOut != cmd.SubjectOut {
			continue
		}
		if r.Reason == cmd.Reason {
			return nil, nil
		}
		return nil, domain.Refuse(domain.Conflict, "draw.replace.replaced", "subject_out", "该检查对象已因其他理由被替换",
			"the subject was replaced for another reason")
	}
	if cmd.Inspected {
		return nil, domain.Refuse(domain.Precondition, "draw.replace.inspected", "subject_out", "该检查对象的检查已录入结果，不能替换",
			"a result is recorded for the subject, so it can't be replaced any more")
	}
	next := cmd.Next
	if next.Number != uint64(len(s.Replaced))+1 || next.SubjectOut != cmd.SubjectOut || next.Reason != string(cmd.Reason) {
		return nil, domain.Refuse(domain.Conflict, Overtaken, "", "期间已有其他替换，请重试", "another replacement was made meanwhile; try again")
	}
	return []Event{Replaced{Number: next.Number, SubjectOut: next.SubjectOut, Reason: cmd.Reason, ReplacedBy: next.ReplacedBy}}, nil
}
