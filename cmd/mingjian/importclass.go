package main

import (
	"cmp"
	"context"
	"fmt"

	"github.com/mingjian-ledger/mingjian/adapters/sheet"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// sendClasses sends runs of rows of one month and source, which are calls of their own.
func sendClasses(c mingjianv1.RosterServiceClient, month, source string) sender {
	monthOf := func(r sheet.Row) string { return cmp.Or(r.Text("risk_month"), month) }
	sourceOf := func(r sheet.Row) string { return cmp.Or(r.Text("risk_source"), source) }
	return func(ctx context.Context, _ string, rows []sheet.Row, check bool) ([]*mingjianv1.RowResult, error) {
		var out []*mingjianv1.RowResult
		for begin := 0; begin < len(rows); {
			first := rows[begin]
			end := begin + 1
			for end < len(rows) && monthOf(rows[end]) == monthOf(first) && sourceOf(rows[end]) == sourceOf(first) {
				end++
			}
			req := &mingjianv1.ReclassifySubjectsRequest{Source: sourceOf(first), Month: monthOf(first), CheckOnly: check}
			for _, r := range rows[begin:end] {
				req.Rows = append(req.Rows, &mingjianv1.ClassRow{
					SubjectId: cmp.Or(registerID(r), uscc.Normalise(r.Text("code"))), RiskClass: r.Text("risk_class"),
					Line: uint32(r.Line), //nolint:gosec // a line number
				})
			}
			results, err := reclassify(ctx, c, req)
			if err != nil {
				return nil, err
			}
			out, begin = append(out, results...), end
		}
		return out, nil
	}
}

// reclassify answers for rows without a month itself: the server takes no call without one.
func reclassify(ctx context.Context, c mingjianv1.RosterServiceClient, req *mingjianv1.ReclassifySubjectsRequest) ([]*mingjianv1.RowResult, error) {
	if req.GetMonth() == "" {
		out := make([]*mingjianv1.RowResult, len(req.GetRows()))
		for i, row := range req.GetRows() {
			out[i] = &mingjianv1.RowResult{Id: row.GetSubjectId(), Status: mingjianv1.RowStatus_ROW_STATUS_REFUSED, Refusals: []*mingjianv1.RowRemark{{
				Code: "roster.month.required", Field: "risk_month", MessageZh: "未填写分类月份", MessageEn: "the month of the class is missing",
			}}}
		}
		return out, nil
	}
	resp, err := c.ReclassifySubjects(ctx, req)
	if err != nil {
		return nil, err
	}
	if len(resp.GetResults()) != len(req.GetRows()) {
		return nil, fmt.Errorf("%d rows were sent and %d answered", len(req.GetRows()), len(resp.GetResults()))
	}
	fields := map[string]string{"subject_id": "code", "id": "code", "class": "risk_class", "month": "risk_month", "source": "risk_source"}
	for _, r := range resp.GetResults() {
		for _, refusal := range r.GetRefusals() {
			refusal.Field = cmp.Or(fields[refusal.GetField()], refusal.GetField()) // as the file's fields are named
		}
	}
	return resp.GetResults(), nil
}
