package statistics

import (
	"github.com/mingjian-ledger/mingjian/domain/dispute"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// projectDispute counts a request under what came of it, open until something did.
func projectDispute(rec es.Record) (projections.Change, error) {
	event, err := dispute.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	s := step{key: "dispute/" + rec.Stream.ID}
	switch e := event.(type) {
	case dispute.Requested:
		next := source{&viewv1.StatisticContribution{
			AuthorityId: string(e.Record.Authority), Year: uint32(e.ReceivedOn.Year()), //nolint:gosec // 1 to 9999
			Counts: []*viewv1.Statistic{one(RequestsByOutcome, "open", "办理中")},
		}, ""}
		s.foretold = true
		s.next = func(source, source) (source, *viewv1.StatisticContribution) { return next, of(next, nil) }
	case dispute.Decided:
		s.next = cameTo(string(e.Outcome), e.Outcome.Label())
	case dispute.Dropped:
		s.next = cameTo("dropped", "申请人撤回")
	case dispute.Verified, dispute.Linked:
		return projections.Change{}, nil
	}
	return s.change(), nil
}

// cameTo counts the request under another code than before.
func cameTo(code, label string) func(source, source) (source, *viewv1.StatisticContribution) {
	return func(former, _ source) (source, *viewv1.StatisticContribution) {
		return source{of(former, one(RequestsByOutcome, code, label)), ""}, of(former, nil)
	}
}
