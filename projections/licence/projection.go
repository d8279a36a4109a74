package licence

import (
	"cmp"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Name is the projection's name.
const Name = "licence.v2"

// Table is the view's table.
const Table = "licence"

// Columns.
const (
	colAuthority = "authority"
	colStatus    = "status"
	colSubject   = "subject"
	colLatest    = "latest" // date of the latest decision
	colLapses    = "lapses" // whether the end of its term is still to be marked
	colUntil     = "until"  // last day of the term
)

// lapses is the value of colLapses of licences that were decided on here, are not over and have a last day.
const lapses = "yes"

// Projection keeps the view.
func Projection() projections.Projection {
	return projections.Projection{
		Name: Name,
		Tables: []projections.Table{{
			Name: Table, Columns: []string{colAuthority, colStatus, colSubject, colLatest, colLapses, colUntil}, Search: true,
			Indexes: [][]string{
				{colLatest}, {colAuthority, colLatest}, {colStatus, colLatest}, {colAuthority, colStatus, colLatest}, {colSubject, colLatest},
				{colLapses, colUntil},
			},
		}},
		Project: project,
	}
}

func project(rec es.Record) (projections.Change, error) {
	if !licence.Codec().Knows(rec.Type) {
		return projections.Change{}, nil
	}
	event, err := licence.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	meta, err := rec.Metadata()
	if err != nil {
		return projections.Change{}, err
	}
	id := rec.Stream.ID
	return projections.Change{Keys: []projections.Key{{Table: Table, Key: id}}, Apply: func(rows *projections.Rows) error {
		v := &viewv1.Licence{}
		if _, err := document.Get(rows, Table, id, v); err != nil {
			return err
		}
		v.Id = id
		d := &viewv1.LicenceDecision{
			RecordId: licence.RecordID(id, rec.Revision), RecordedAt: meta.RecordedAt.UTC().Format(time.RFC3339), RecordedBy: meta.Actor,
		}
		apply(v, d, event)
		v.Decisions = append(v.GetDecisions(), d)
		columns := []string{v.GetAuthorityId(), v.GetStatus(), v.GetHolder().GetSubjectId(), latest(v), lapsing(v), v.GetValidTo()}
		return document.Put(rows, Table, projections.Row{Key: id, Columns: columns, Search: search(v)}, v)
	}}, nil
}

func apply(v *viewv1.Licence, d *viewv1.LicenceDecision, event licence.Event) {
	action, status := licence.Action(""), licence.Status(v.GetStatus())
	switch e := event.(type) {
	case licence.Granted:
		v.AuthorityId, v.AuthorityName, v.Holder = string(e.Authority), e.AuthorityName, holder(e.Holder)
		v.DocumentTitle, v.CertificateName, v.LicenceNo, v.Content = e.DocumentTitle, e.CertificateName, e.LicenceNo, e.Content
		v.Category, v.CategoryLabel, v.CategoryName = string(e.Category), e.Category.Label(), e.CategoryName
		v.ValidFrom, v.ValidTo = e.ValidFrom.String(), e.ValidTo.String()
		action, status, d.DocumentNo, d.On = licence.ActGrant, licence.StatusInForce, e.DocumentNo, e.DecidedOn.String()
	case licence.Amended:
		amended(v, e)
		action, d.DocumentNo, d.On, d.Reason = licence.ActAmend, e.DocumentNo, e.DecidedOn.String(), e.Reason
	case licence.Renewed:
		if status == licence.StatusExpired {
			status = beforeExpiry(v) // it was renewed before it lapsed
		}
		v.ValidFrom, v.ValidTo = e.ValidFrom.String(), e.ValidTo.String()
		action, d.DocumentNo, d.On = licence.ActRenew, e.DocumentNo, e.DecidedOn.String()
	case licence.Suspended:
		action, status, d.Until = licence.ActSuspend, licence.StatusSuspended, e.Until.String()
		d.DocumentNo, d.On, d.Reason = e.DocumentNo, e.On.String(), e.Reason
	case licence.Resumed:
		action, status, d.DocumentNo, d.On, d.Reason = licence.ActResume, licence.StatusInForce, e.DocumentNo, e.On.String(), e.Reason
	case licence.Revoked:
		action, status, d.DocumentNo, d.On, d.Reason = licence.ActRevoke, licence.StatusRevoked, e.DocumentNo, e.On.String(), e.Reason
		d.Ground = string(e.Ground)
	case licence.Cancelled:
		action, status, d.DocumentNo, d.On, d.Reason = licence.ActCancel, licence.StatusCancelled, e.DocumentNo, e.On.String(), e.Reason
	case licence.Expired:
		action, status, d.On = licence.ActExpire, licence.StatusExpired, e.On.String()
	case licence.Reissued:
		action, d.DocumentNo, d.On, d.Reason = licence.ActReissue, e.DocumentNo, e.On.String(), e.Reason
	case licence.TermTakenOver:
		takenOver(v, d, e)
		return
	}
	d.Action, d.ActionLabel, d.Status, d.StatusLabel = string(action), action.Label(), string(status), status.Label()
	v.Status, v.StatusLabel, v.DocumentNo = d.GetStatus(), d.GetStatusLabel(), d.GetDocumentNo()
	if ground := licence.Ground(d.GetGround()).Label(); ground != "" {
		d.ActionLabel = ground
	}
	d.Holder, d.DocumentTitle, d.Content, d.ValidFrom, d.ValidTo = v.GetHolder(), v.GetDocumentTitle(), v.GetContent(), v.GetValidFrom(), v.GetValidTo()
	certify(v, d)
}

func amended(v *viewv1.Licence, e licence.Amended) {
	v.DocumentTitle = cmp.Or(e.DocumentTitle, v.GetDocumentTitle())
	v.CertificateName = cmp.Or(e.CertificateName, v.GetCertificateName())
	v.Content = cmp.Or(e.Content, v.GetContent())
	if e.Holder != nil {
		v.Holder = holder(*e.Holder)
	}
}

// takenOver adds a term; the licence says what its latest term says unless it was decided here since.
func takenOver(v *viewv1.Licence, d *viewv1.LicenceDecision, e licence.TermTakenOver) {
	d.Action, d.ActionLabel, d.On, d.RowNo = string(e.Action), e.Action.Label(), e.ValidFrom.String(), e.RowNo
	d.Status, d.StatusLabel, d.Holder = string(e.Status), e.Status.Label(), holder(e.Holder)
	d.DocumentTitle, d.Content, d.ValidFrom, d.ValidTo = e.Title, e.Activity, e.ValidFrom.String(), e.ValidTo.String()
	v.AuthorityId, v.Register = string(e.Authority), e.Register
	for _, other := range v.GetDecisions() {
		if other.GetRowNo() == "" || cmp.Or(cmp.Compare(other.GetValidFrom(), d.GetValidFrom()), cmp.Compare(other.GetRowNo(), d.GetRowNo())) > 0 {
			return
		}
	}
	v.AuthorityName, v.Holder, v.DocumentTitle, v.LicenceNo, v.Content = e.AuthorityName, d.GetHolder(), e.Title, e.LicenceNo, e.Activity
	v.ValidFrom, v.ValidTo, v.Status, v.StatusLabel = d.GetValidFrom(), d.GetValidTo(), d.GetStatus(), d.GetStatusLabel()
}

func holder(h licence.Holder) *viewv1.LicenceHolder {
	return &viewv1.LicenceHolder{Kind: string(h.Kind), KindLabel: h.Kind.Label(), Name: h.Name, SubjectId: string(h.Subject)}
}

func latest(v *viewv1.Licence) (day string) {
	for _, d := range v.GetDecisions() {
		day = max(day, d.GetOn())
	}
	return day
}

func search(v *viewv1.Licence) string {
	return normal(v.GetLicenceNo()) + "\n" + normal(v.GetHolder().GetName()) + "\n" + normal(v.GetHolder().GetSubjectId())
}

func normal(s string) string { return domain.NormalName(s) }
