package penalty

import (
	"slices"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Name is the projection's name.
const Name = "penalty.v2"

// Table is the view's table.
const Table = "penalty"

// Columns.
const (
	colAuthority = "authority"
	colStatus    = "status"
	colDecided   = "decided"
)

// Projection keeps the view.
func Projection() projections.Projection {
	return projections.Projection{
		Name: Name,
		Tables: []projections.Table{{
			Name: Table, Columns: []string{colAuthority, colStatus, colDecided}, Search: true,
			Indexes: [][]string{{colDecided}, {colAuthority, colDecided}, {colStatus, colDecided}, {colAuthority, colStatus, colDecided}},
		}},
		Project: project,
	}
}

func project(rec es.Record) (projections.Change, error) {
	if !penalty.Codec().Knows(rec.Type) {
		return projections.Change{}, nil
	}
	event, err := penalty.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	meta, err := rec.Metadata()
	if err != nil {
		return projections.Change{}, err
	}
	id := rec.Stream.ID
	return projections.Change{Keys: []projections.Key{{Table: Table, Key: id}}, Apply: func(rows *projections.Rows) error {
		v := &viewv1.Penalty{}
		if _, err := document.Get(rows, Table, id, v); err != nil {
			return err
		}
		apply(v, event, meta)
		v.Id, v.StatusLabel = id, statusLabel(v.GetStatus())
		v.Withheld, v.Unready = withheld(v)
		v.UnpaidFen = max(0, v.GetContent().GetFineFen()-v.GetPaidFen())
		columns := []string{v.GetAuthorityId(), v.GetStatus(), v.GetDecidedOn()}
		return document.Put(rows, Table, projections.Row{Key: id, Columns: columns, Search: search(v)}, v)
	}}, nil
}

func apply(v *viewv1.Penalty, event penalty.Event, meta es.Metadata) {
	switch e := event.(type) {
	case penalty.Decided:
		decided(v, e)
		if e.Redaction != nil {
			v.Minor = string(e.Redaction.Minor)
		}
		v.RecordedAt, v.RecordedBy = meta.RecordedAt.UTC().Format(time.RFC3339), meta.Actor
	case penalty.Served:
		v.ServedOn, v.PublicationNotice, v.PayBy = e.On.String(), e.PublicationNotice, e.PayBy.String()
	case penalty.Performed:
		v.Performances = append(v.GetPerformances(), &viewv1.PenaltyPerformance{
			Kind: string(e.Kind), AmountFen: int64(e.AmountFen), On: e.On.String(), ReceiptNo: e.ReceiptNo,
		})
		if e.Kind == penalty.Paid {
			v.PaidFen += int64(e.AmountFen)
		}
	case penalty.Amended:
		if v.GetInitial() == nil {
			v.Initial = v.GetContent()
		}
		v.Content, v.Status = content(e.Kinds, e.Content, e.FineFen, e.ConfiscatedFen), "amended"
		v.Amendments = append(v.GetAmendments(), &viewv1.PenaltyAmendment{
			Reason: e.Reason, On: e.On.String(), Content: content(e.Kinds, e.Content, e.FineFen, e.ConfiscatedFen),
		})
	case penalty.Redacted:
		redacted(v, e)
	case penalty.AmountsConfirmed:
		v.Content = content(e.Kinds, v.GetContent().GetText(), e.FineFen, e.ConfiscatedFen)
		v.Doubts = slices.DeleteFunc(v.GetDoubts(), func(d *viewv1.PenaltyDoubt) bool {
			return d.GetCode() == penalty.DoubtText || d.GetCode() == penalty.DoubtNumerals
		})
	case penalty.Revoked:
		v.Status = "revoked"
		v.Revocation = &viewv1.PenaltyRevocation{Ground: string(e.Ground), Reason: e.Reason, On: e.On.String()}
	case penalty.Notified, penalty.InstalmentsGranted, penalty.Challenged, penalty.Pushed, penalty.PushReceived, penalty.PushPublished:
		follow(v, e)
	}
}

func content(kinds []penalty.Kind, text string, fine, confiscated domain.Fen) *viewv1.PenaltyContent {
	c := &viewv1.PenaltyContent{Text: text, FineFen: int64(fine), ConfiscatedFen: int64(confiscated)}
	for _, k := range kinds {
		c.Kinds = append(c.GetKinds(), &viewv1.CodedLabel{Code: string(k), Label: k.Label()})
	}
	return c
}

// withheld asks the aggregate whether what the view shows may be published at all, and whether it may be now.
func withheld(v *viewv1.Penalty) (why, unready string) {
	s := penalty.State{Decision: penalty.Decided{Penalty: v.GetId(), Procedure: penalty.Procedure(v.GetProcedure())}}
	for _, k := range v.GetContent().GetKinds() {
		s.Decision.Kinds = append(s.Decision.Kinds, penalty.Kind(k.GetCode()))
	}
	if v.GetRevocation() != nil {
		s.Revoked = &penalty.Revoked{}
	}
	if v.GetMinor() != "" {
		s.Decision.Redaction = &redaction.Overlay{Minor: redaction.Minor(v.GetMinor())}
	}
	if f := s.Withheld(); f != nil {
		return f.ZH, ""
	}
	for _, d := range v.GetDoubts() {
		s.Decision.Doubts = append(s.Decision.Doubts, penalty.Doubt{Code: d.GetCode()})
	}
	s.Amendments = make([]penalty.Amended, len(v.GetAmendments()))
	s.Decision.DecidedOn, _ = calendar.Parse(v.GetDecidedOn()) // as an event had it
	if v.GetSourceFileDigest() != "" {
		s.Decision.SourceRow = &penalty.SourceRow{}
	}
	if v.GetServedOn() != "" {
		s.Served = &penalty.Served{PublicationNotice: v.GetPublicationNotice()}
	}
	if v.GetNotifiedOn() != "" {
		s.Notified = &penalty.Notified{}
	}
	if f := s.Unready(); f != nil {
		return "", f.ZH
	}
	return "", ""
}

// search is the text to search: the number, then names and codes of as many parties as there is room for.
func search(v *viewv1.Penalty) string {
	text := normal(v.GetDecisionNo())
	for _, p := range v.GetParties() {
		more := "\n" + normal(p.GetName()) + "\n" + normal(p.GetSubjectId())
		if len(text)+len(more) > projections.MaxSearch {
			break
		}
		text += more
	}
	return text
}

func normal(s string) string { return domain.NormalName(s) }

func statusLabel(status string) string {
	switch status {
	case "in_force":
		return "有效"
	case "amended":
		return "已变更"
	case "revoked":
		return "已失效"
	}
	return ""
}

func procedureLabel(p penalty.Procedure) string {
	switch p {
	case penalty.Ordinary:
		return "普通程序"
	case penalty.Summary:
		return "简易程序"
	}
	return ""
}
