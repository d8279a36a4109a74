package roster

import (
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Statuses of an inspector.
const (
	Active    = "active"
	Suspended = "suspended"
)

func inspectorChange(id string, event roster.InspectorEvent) projections.Change {
	return projections.Change{
		Keys: []projections.Key{{Table: InspectorTable, Key: id}},
		Apply: func(rows *projections.Rows) error {
			view := &viewv1.RosterInspector{}
			if _, err := document.Get(rows, InspectorTable, id, view); err != nil {
				return err
			}
			view.Id = id
			changed(rows)
			switch e := event.(type) {
			case roster.ConflictDeclared:
				return putConflict(rows, view, e)
			case roster.ConflictEnded:
				rows.Delete(ConflictTable, conflictKey(id, e.Subject))
				return nil
			case roster.InspectorEnrolled, roster.InspectorRelicensed, roster.InspectorReassigned,
				roster.InspectorSuspended, roster.InspectorReinstated:
				applyInspector(view, event)
			}
			return document.Put(rows, InspectorTable, projections.Row{
				Key: id, Columns: []string{view.GetAuthorityId(), projections.Clip(view.GetDepartment()), view.GetStatus()},
			}, view)
		},
	}
}

func applyInspector(v *viewv1.RosterInspector, event roster.InspectorEvent) {
	switch e := event.(type) {
	case roster.InspectorEnrolled:
		v.Name, v.AuthorityId, v.Department = e.Name, string(e.Authority), e.Department
		v.LicenceNo, v.LicenceValidUntil = e.LicenceNo, e.LicenceValidUntil.String()
		v.Lines, v.Districts, v.Group, v.Expert = e.Lines, e.Districts, e.Group, e.Expert
		v.Status, v.StatusLabel = Active, "在岗"
	case roster.InspectorRelicensed:
		v.LicenceNo, v.LicenceValidUntil = e.LicenceNo, e.ValidUntil.String()
	case roster.InspectorReassigned:
		v.Department, v.Lines, v.Districts, v.Group, v.Expert = e.Department, e.Lines, e.Districts, e.Group, e.Expert
	case roster.InspectorSuspended:
		v.Status, v.StatusLabel, v.SuspensionReason = Suspended, "暂停", e.Reason
	case roster.InspectorReinstated:
		v.Status, v.StatusLabel, v.SuspensionReason = Active, "在岗", ""
	case roster.ConflictDeclared, roster.ConflictEnded: // rows of their own
	}
}

func putConflict(rows *projections.Rows, of *viewv1.RosterInspector, e roster.ConflictDeclared) error {
	return document.Put(rows, ConflictTable, projections.Row{
		Key: conflictKey(of.GetId(), e.Subject), Columns: []string{of.GetAuthorityId()},
	}, &viewv1.RosterConflict{
		InspectorId: of.GetId(), SubjectId: string(e.Subject), AuthorityId: of.GetAuthorityId(),
		Ground: string(e.Ground), GroundLabel: ground(e.Ground), EvidenceDigest: e.EvidenceDigest,
	})
}

func ground(g roster.Ground) string {
	switch g {
	case roster.Interest:
		return "直接利害关系"
	case roster.Kinship:
		return "近亲属关系"
	case roster.Employment:
		return "任职关系"
	case roster.OtherRelations:
		return "其他可能影响公正执法的关系"
	}
	return ""
}
