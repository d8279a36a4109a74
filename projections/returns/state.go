package returns

import (
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/returns"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func projectReturn(rec es.Record) (projections.Change, error) {
	event, err := returns.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	id := rec.Stream.ID
	return projections.Change{Keys: []projections.Key{{Table: StateTable, Key: id}}, Apply: func(rows *projections.Rows) error {
		v := &viewv1.ReturnState{}
		if _, err := document.Get(rows, StateTable, id, v); err != nil {
			return err
		}
		row, authority := returns.ParseID(id)
		v.Row, v.AuthorityId = row, string(authority)
		applyReturn(v, event)
		return document.Put(rows, StateTable, projections.Row{Key: id, Columns: []string{v.GetAuthorityId()}}, v)
	}}, nil
}

func applyReturn(v *viewv1.ReturnState, event returns.Event) {
	switch e := event.(type) {
	case returns.ScheduleOverridden:
		v.Overrides = append(v.GetOverrides(), schedule(e))
	case returns.Submitted:
		v.Delivered = append(v.GetDelivered(), &viewv1.ReturnDelivery{
			Period: e.Period, From: e.From.String(), To: e.To.String(), DueOn: e.Due.Date.String(), Provisional: e.Due.Provisional,
			CalendarVersion: e.Due.CalendarVersion, SubmittedOn: e.SubmittedOn.String(), SubmittedBy: e.By, File: file(e.File), CopyTo: e.CopyTo,
		})
	case returns.Amended:
		for _, d := range v.GetDelivered() {
			if d.GetPeriod() == e.Period {
				d.File = file(e.File)
				d.Amendments = append(d.GetAmendments(), &viewv1.ReturnAmendment{
					Number: number(e.Number), Reason: e.Reason, FormerDigest: e.FormerDigest, AmendedOn: e.AmendedOn.String(), By: e.By,
				})
			}
		}
	}
}

func schedule(e returns.ScheduleOverridden) *viewv1.ReturnSchedule {
	return &viewv1.ReturnSchedule{
		From: e.From.String(), Every: string(e.Schedule.Every), Day: number(e.Schedule.Day), After: number(e.Schedule.After),
		Covers: string(e.Schedule.Covers), Roll: string(e.Schedule.Roll), Lines: e.Lines, WithoutInspectors: e.WithoutInspectors,
		OverrideBy: e.OverrideBy, CopyTo: e.CopyTo, DocumentNo: e.DocumentNo, Reason: e.Reason,
	}
}

func file(f returns.File) *viewv1.ReturnFile {
	return &viewv1.ReturnFile{
		Digest: f.Digest, Format: f.Format, Rows: number(f.Rows), Late: number(f.Late), Carried: number(f.Carried), AsOf: f.AsOf,
		AsOfAt: f.AsOfAt.UTC().Format(time.RFC3339Nano),
	}
}
