package statistics

import (
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// projectDraw counts a draw under its state, in the year in which its pools were frozen.
func projectDraw(rec es.Record) (projections.Change, error) {
	event, err := draw.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	s := step{key: "draw/" + rec.Stream.ID}
	if e, first := event.(draw.Frozen); first {
		meta, err := rec.Metadata()
		if err != nil {
			return projections.Change{}, err
		}
		frozen := &viewv1.StatisticContribution{
			AuthorityId: string(e.Authority), Year: uint32(calendar.DateOf(meta.RecordedAt).Year()), //nolint:gosec // 1 to 9999
		}
		s.foretold = true
		s.next = func(source, source) (source, *viewv1.StatisticContribution) {
			return inPhase(frozen, draw.PhaseFrozen, ""), nil
		}
		return s.change(), nil
	}
	s.next = func(former, _ source) (source, *viewv1.StatisticContribution) {
		phase, awaits := after(former, event)
		return inPhase(former.StatisticContribution, phase, awaits.String()), nil
	}
	return s.change(), nil
}

func inPhase(c *viewv1.StatisticContribution, phase draw.Phase, awaits string) source {
	return source{&viewv1.StatisticContribution{
		AuthorityId: c.GetAuthorityId(), Year: c.GetYear(),
		Counts: []*viewv1.Statistic{one(DrawsByState, string(phase), phaseLabel(phase))},
	}, awaits}
}

// awaited is what a draw with fixed terms is still waiting for.
type awaited struct{ commitments, reveals, beacons int }

func (a awaited) String() string { return fmt.Sprintf("%d.%d.%d", a.commitments, a.reveals, a.beacons) }

// after is the draw's phase after an event, as draw.State.Phase has it.
func after(former source, event draw.Event) (draw.Phase, awaited) {
	var a awaited
	_, _ = fmt.Sscanf(former.awaits, "%d.%d.%d", &a.commitments, &a.reveals, &a.beacons) // nothing before the terms are fixed
	switch e := event.(type) {
	case draw.TermsFixed:
		a.commitments, a.reveals = len(e.Parties), len(e.Parties)
		if e.Beacon != nil {
			a.beacons = 1
		}
	case draw.PartyCommitted:
		a.commitments--
	case draw.PartyRevealed:
		a.reveals--
	case draw.BeaconRecorded:
		a.beacons--
	case draw.BeaconEntered: // awaited until two agree, which is recorded
	case draw.Drawn, draw.Replaced:
		return draw.PhaseDrawn, a
	case draw.Aborted:
		return draw.PhaseAborted, a
	case draw.Frozen:
		return draw.PhaseFrozen, a
	}
	switch {
	case a == awaited{}:
		return draw.PhaseReady, a
	case a.commitments == 0:
		return draw.PhaseSealed, a
	}
	return draw.PhaseFixed, a
}

func phaseLabel(p draw.Phase) string {
	switch p {
	case draw.PhaseFrozen:
		return "名录已冻结"
	case draw.PhaseFixed:
		return "条件已固定，待承诺"
	case draw.PhaseSealed:
		return "已承诺，待揭示"
	case draw.PhaseReady:
		return "待抽取"
	case draw.PhaseDrawn:
		return "已抽取"
	case draw.PhaseAborted:
		return "已中止"
	}
	return string(p)
}
