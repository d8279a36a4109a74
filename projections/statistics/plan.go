package statistics

import (
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/plan"
	"github.com/mingjian-ledger/mingjian/projections"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// projectPlan counts open and finished tasks under their kinds; a task that is cancelled leaves. A plan adds nothing itself:
// it is kept since it knows the authority.
func projectPlan(rec es.Record) (projections.Change, error) {
	event, err := plan.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	own := "plan/" + rec.Stream.ID
	switch e := event.(type) {
	case plan.Drafted:
		next := source{&viewv1.StatisticContribution{AuthorityId: string(e.Authority), Year: uint32(e.Year)}, ""} //nolint:gosec // a year
		return step{key: own, foretold: true, next: func(source, source) (source, *viewv1.StatisticContribution) {
			return next, nil
		}}.change(), nil
	case plan.TaskOpened:
		return step{key: "task/" + e.Task.ID, within: own, next: func(_, within source) (source, *viewv1.StatisticContribution) {
			return source{&viewv1.StatisticContribution{
				AuthorityId: within.GetAuthorityId(), Year: uint32(e.Task.WindowStart.Year()), //nolint:gosec // 1 to 9999
				Counts: []*viewv1.Statistic{one(TasksByKind, string(e.Task.Kind), taskLabel(e.Task.Kind))},
			}, ""}, nil
		}}.change(), nil
	case plan.TaskCancelled:
		return step{key: "task/" + e.Task, next: func(source, source) (source, *viewv1.StatisticContribution) {
			return source{}, nil
		}}.change(), nil
	case plan.Approved, plan.Published, plan.Amended, plan.Cancelled:
	}
	return projections.Change{}, nil
}

func taskLabel(k plan.TaskKind) string {
	if k == plan.Targeted {
		return "定向抽查"
	}
	return "不定向抽查"
}
