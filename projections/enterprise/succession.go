package enterprise

import (
	"slices"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/projections"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func projectSuccession(rec es.Record) (projections.Change, error) {
	event, err := roster.SubjectCodec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	meta, err := rec.Metadata()
	if err != nil {
		return projections.Change{}, err
	}
	switch e := event.(type) {
	case roster.SubjectSucceeded:
		return succession(rec.Stream.ID, string(e.Successor), meta.RecordedAt, &e), nil
	case roster.SubjectSuccessionRevoked:
		return succession(rec.Stream.ID, string(e.Successor), meta.RecordedAt, nil), nil
	case roster.SubjectRegistered, roster.SubjectRedescribed, roster.SubjectRenamed, roster.SubjectMoved,
		roster.SubjectStatusRecorded, roster.SubjectReclassified, roster.SubjectProfiled, roster.SubjectRepresented:
	}
	return projections.Change{}, nil
}

// succession leads from one record to the other and back, or with a nil event no more.
func succession(id, heir string, recorded time.Time, e *roster.SubjectSucceeded) projections.Change {
	return projections.Change{
		Keys: []projections.Key{{Table: headTable, Key: headKey}, {Table: Table, Key: id}, {Table: Table, Key: heir}},
		Apply: func(rows *projections.Rows) error {
			from, err := load(rows, id)
			if err != nil {
				return err
			}
			to, err := load(rows, heir)
			if err != nil {
				return err
			}
			at, err := beside(rows, recorded)
			if err != nil {
				return err
			}
			from.Successor = nil
			to.Predecessors = slices.DeleteFunc(to.GetPredecessors(), func(s *viewv1.Succession) bool { return s.GetSubjectId() == id })
			if e != nil {
				from.Successor = other(to, *e)
				to.Predecessors = slices.Insert(to.GetPredecessors(), 0, other(from, *e))
				to.Predecessors = to.Predecessors[:min(len(to.Predecessors), maxNames)]
			}
			if err := from.store(rows, at); err != nil {
				return err
			}
			return to.store(rows, at)
		},
	}
}

func other(r record, e roster.SubjectSucceeded) *viewv1.Succession {
	return &viewv1.Succession{
		SubjectId: r.GetId(), Name: r.GetName(), Manner: string(e.Manner), MannerLabel: e.Manner.Label(), EffectiveOn: e.EffectiveOn.String(),
	}
}
