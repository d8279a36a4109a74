package returns

import (
	"cmp"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/projections"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"

	"google.golang.org/protobuf/proto"
)

// projectLicence: each decision is a row, with what holds by it; what is kept beside the rows is the licence.
func projectLicence(rec es.Record) (projections.Change, error) {
	event, err := licence.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	id := licence.RecordID(rec.Stream.ID, rec.Revision)
	f := fact{rec: rec, key: Licence + "|" + id, source: Licence + "|" + rec.Stream.ID}
	f.next = func(s standing) standing {
		if s.source == nil {
			s.source = &viewv1.ReturnRow{}
		}
		s.row = decided(s.source, event)
		s.row.Kind, s.row.Id, s.row.Scope = Licence, id, Decided
		return s
	}
	return f.change(), nil
}

// decided changes the licence as the event says and gives the row of the decision.
func decided(v *viewv1.ReturnRow, event licence.Event) *viewv1.ReturnRow {
	act := func(action licence.Action, no string, on calendar.Date) *viewv1.ReturnRow {
		row := proto.CloneOf(v)
		row.Action, row.Outcome, row.DocumentNo, row.Date = string(action), action.Label(), no, on.String()
		return row
	}
	switch e := event.(type) {
	case licence.Granted:
		v.AuthorityId, v.Title, v.LicenceNo, v.Content = string(e.Authority), cmp.Or(e.CertificateName, e.DocumentTitle), e.LicenceNo, e.Content
		v.ValidFrom, v.ValidTo = e.ValidFrom.String(), e.ValidTo.String()
		held(v, e.Holder)
		return act(licence.ActGrant, e.DocumentNo, e.DecidedOn)
	case licence.Amended:
		v.Title, v.Content = cmp.Or(e.CertificateName, v.GetTitle()), cmp.Or(e.Content, v.GetContent())
		if e.Holder != nil {
			held(v, *e.Holder)
		}
		return act(licence.ActAmend, e.DocumentNo, e.DecidedOn)
	case licence.Renewed:
		v.ValidFrom, v.ValidTo = e.ValidFrom.String(), e.ValidTo.String()
		return act(licence.ActRenew, e.DocumentNo, e.DecidedOn)
	case licence.Suspended:
		return act(licence.ActSuspend, e.DocumentNo, e.On)
	case licence.Resumed:
		return act(licence.ActResume, e.DocumentNo, e.On)
	case licence.Revoked:
		return act(licence.ActRevoke, e.DocumentNo, e.On)
	case licence.Cancelled:
		return act(licence.ActCancel, e.DocumentNo, e.On)
	case licence.Reissued:
		return act(licence.ActReissue, e.DocumentNo, e.On)
	case licence.Expired:
		return act(licence.ActExpire, "", e.On)
	case licence.TermTakenOver:
		v.AuthorityId, v.Title, v.LicenceNo, v.Content = string(e.Authority), e.Title, e.LicenceNo, e.Activity
		v.ValidFrom, v.ValidTo = e.ValidFrom.String(), e.ValidTo.String()
		held(v, e.Holder)
		row := act(e.Action, "", e.ValidFrom)
		row.TakenOver = true
		return row
	}
	return act("", "", calendar.Date{})
}

func held(v *viewv1.ReturnRow, h licence.Holder) {
	v.SubjectName, v.SubjectId = h.Name, string(h.Subject)
}

// projectPenalty keeps what the counts need, and no names: parties may be natural persons. A decision against several is one
// record for each; it counts once, by that of its first.
func projectPenalty(rec es.Record) (projections.Change, error) {
	event, err := penalty.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	f := fact{rec: rec, key: Penalty + "|" + rec.Stream.ID}
	switch e := event.(type) {
	case penalty.Decided:
		f.next = func(s standing) standing {
			s.row = &viewv1.ReturnRow{
				Kind: Penalty, Id: e.Penalty, Scope: Decided, AuthorityId: string(e.Authority), Date: e.DecidedOn.String(), DocumentNo: e.DecisionNo,
				Action: string(e.Procedure), FineFen: int64(e.FineFen), ConfiscatedFen: int64(e.ConfiscatedFen), TakenOver: e.SourceRow != nil,
			}
			if e.Decision != "" && e.Decision != e.Penalty {
				s.row.Scope = CoParty
			}
			return s
		}
	case penalty.Amended:
		f.next = within(func(v *viewv1.ReturnRow) { v.FineFen, v.ConfiscatedFen = int64(e.FineFen), int64(e.ConfiscatedFen) })
	case penalty.AmountsConfirmed: // of a decision whose text an import left open
		f.next = within(func(v *viewv1.ReturnRow) { v.FineFen, v.ConfiscatedFen = int64(e.FineFen), int64(e.ConfiscatedFen) })
	case penalty.Revoked:
		f.next = within(func(v *viewv1.ReturnRow) { v.Revoked = true })
	case penalty.Served, penalty.Performed, penalty.Notified, penalty.InstalmentsGranted, penalty.Challenged, penalty.Pushed, penalty.PushReceived,
		penalty.PushPublished, penalty.Redacted:
		return projections.Change{}, nil
	}
	return f.change(), nil
}
