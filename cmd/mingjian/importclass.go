package main

import (
	"cmp"
	"context"
	"fmt"

	"github.com/mingjian-ledger/mingjian/adapters/sheet"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// edition is what a call says about all its rows: the month and who says so.
type edition struct{ month, source string }

// inRuns sends rows of one edition together, and puts the results in the order of the rows.
func inRuns(rows []sheet.Row, of func(sheet.Row) edition, send func(edition, []sheet.Row) ([]*mingjianv1.RowResult, error)) ([]*mingjianv1.RowResult, error) {
	var out []*mingjianv1.RowResult
	for begin := 0; begin < len(rows); {
		run := of(rows[begin])
		end := begin + 1
		for end < len(rows) && of(rows[end]) == run {
			end++
		}
		results, err := send(run, rows[begin:end])
		if err != nil {
			return nil, err
		}
		if len(results) != end-begin {
			return nil, fmt.Errorf("%d rows were sent and %d answered", end-begin, len(results))
		}
		out, begin = append(out, results...), end
	}
	return out, nil
}

// named gives the fields of refusals the names of the file's fields.
func named(results []*mingjianv1.RowResult, fields map[string]string) []*mingjianv1.RowResult {
	for _, r := range results {
		for _, refusal := range r.GetRefusals() {
			refusal.Field = cmp.Or(fields[refusal.GetField()], refusal.GetField())
		}
	}
	return results
}

// subjectRef is the subject that a row is about: its code, or its number in a register.
func subjectRef(r sheet.Row) string { return cmp.Or(registerID(r), uscc.Normalise(r.Text("code"))) }

func sendClasses(c mingjianv1.RosterServiceClient, month, source string) sender {
	of := func(r sheet.Row) edition {
		return edition{cmp.Or(r.Text("risk_month"), month), cmp.Or(r.Text("risk_source"), source)}
	}
	fields := map[string]string{"subject_id": "code", "id": "code", "class": "risk_class", "month": "risk_month", "source": "risk_source"}
	return func(ctx context.Context, _ string, rows []sheet.Row, check bool) ([]*mingjianv1.RowResult, error) {
		return inRuns(rows, of, func(run edition, rows []sheet.Row) ([]*mingjianv1.RowResult, error) {
			if run.month == "" {
				return withoutMonth(rows), nil // the server takes no call without one
			}
			req := &mingjianv1.ReclassifySubjectsRequest{Source: run.source, Month: run.month, CheckOnly: check}
			for _, r := range rows {
				req.Rows = append(req.Rows, &mingjianv1.ClassRow{
					SubjectId: subjectRef(r), RiskClass: r.Text("risk_class"), Line: uint32(r.Line), //nolint:gosec // a line number
				})
			}
			resp, err := c.ReclassifySubjects(ctx, req)
			return named(resp.GetResults(), fields), err
		})
	}
}

func withoutMonth(rows []sheet.Row) []*mingjianv1.RowResult {
	out := make([]*mingjianv1.RowResult, len(rows))
	for i := range rows {
		out[i] = &mingjianv1.RowResult{Id: subjectRef(rows[i]), Status: mingjianv1.RowStatus_ROW_STATUS_REFUSED, Refusals: []*mingjianv1.RowRemark{{
			Code: "roster.month.required", Field: "risk_month", MessageZh: "未填写分类月份", MessageEn: "the month of the class is missing",
		}}}
	}
	return out
}

func sendProfiles(c mingjianv1.RosterServiceClient, month, source string) sender {
	of := func(r sheet.Row) edition {
		return edition{cmp.Or(r.Text("profile_month"), month), cmp.Or(r.Text("profile_source"), source)}
	}
	fields := map[string]string{"subject_id": "code", "id": "code", "month": "profile_month", "source": "profile_source"}
	return func(ctx context.Context, _ string, rows []sheet.Row, check bool) ([]*mingjianv1.RowResult, error) {
		return inRuns(rows, of, func(run edition, rows []sheet.Row) ([]*mingjianv1.RowResult, error) {
			req := &mingjianv1.ProfileSubjectsRequest{Source: run.source, Month: run.month, CheckOnly: check}
			for _, r := range rows {
				key, _ := r.Values["key_unit"].Bool()
				req.Rows = append(req.Rows, &mingjianv1.ProfileRow{
					SubjectId: subjectRef(r), Line: r.Text("line"), LineClass: r.Text("line_class"), KeyUnit: key,
					Licences: r.Values["licences"].List(), Row: uint32(r.Line), //nolint:gosec // a line number
				})
			}
			resp, err := c.ProfileSubjects(ctx, req)
			return named(resp.GetResults(), fields), err
		})
	}
}
