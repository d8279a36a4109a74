package grpcapi

import (
	"context"
	"slices"
	"strconv"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// TakeOverTerms records a batch, row by row. Rows of one licence go one after the other, since they share a stream; licences
// go at the same time. The id of a row's command derives from the call's and the row's place (the first row's is the call's),
// so that a retry of the call finds what it did and another batch under the same key is refused; rows of another call are
// known by their content.
func (s LicenceServer) TakeOverTerms(ctx context.Context, req *mingjianv1.TakeOverTermsRequest) (*mingjianv1.TakeOverTermsResponse, error) {
	s.Base = s.checking(req.GetCheckOnly())
	name, err := s.authorityName(ctx, req.GetAuthorityName())
	if err != nil {
		return nil, err
	}
	meta, err := s.metadata(ctx, req)
	if err != nil {
		return nil, err
	}
	var licences []string
	rows := map[string][]int{}
	for i, row := range req.GetRows() {
		id := licence.TakenOverID(req.GetRegister(), row.GetLicenceNo())
		if rows[id] == nil {
			licences = append(licences, id)
		}
		rows[id] = append(rows[id], i)
	}
	results := make([]answered, len(req.GetRows()))
	err = firstThenOthers(ctx, len(licences), func(ctx context.Context, n int) (err error) {
		first := map[string]int{}
		for _, i := range rows[licences[n]] {
			row := req.GetRows()[i]
			if earlier, twice := first[row.GetRowNo()]; twice {
				results[i].result = termAgain(req.GetRows()[earlier], earlier, results[earlier].result, row)
				continue
			}
			first[row.GetRowNo()] = i
			m := meta
			if i > 0 {
				m.Command = es.DeriveID(meta.Command, "term", strconv.Itoa(i))
			}
			if results[i], err = s.term(ctx, m, licences[n], name, req, row); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	list, receipt := summary(results)
	receipt.Id = req.GetRegister()
	return &mingjianv1.TakeOverTermsResponse{Receipt: receipt, Results: list}, nil
}

// termAgain is what comes of a row whose number an earlier row of the batch has; so it does where nothing is recorded.
func termAgain(first *mingjianv1.TakenOverTerm, index int, had *mingjianv1.RowResult, again *mingjianv1.TakenOverTerm) *mingjianv1.RowResult {
	switch {
	case !sameRow(first, again):
		zh, en := placeOf(first, index)
		return refusedRow("", domain.Refuse(domain.Conflict, "row.twice", "row_no",
			zh+"已有同一行号，且内容不同", en+" has the same number and other content"))
	case had.GetStatus() == mingjianv1.RowStatus_ROW_STATUS_REFUSED:
		return had
	}
	return &mingjianv1.RowResult{Id: had.GetId(), Status: mingjianv1.RowStatus_ROW_STATUS_UNCHANGED, Refusals: nil, Warnings: nil}
}

// term records one row.
func (s LicenceServer) term(ctx context.Context, m es.Metadata, id, name string, req *mingjianv1.TakeOverTermsRequest, row *mingjianv1.TakenOverTerm) (answered, error) {
	from, badFrom := civilDate("valid_from", row.GetValidFrom())
	to, badTo := civilDate("valid_to", row.GetValidTo())
	if err := domain.Require(badFrom, badTo); err != nil {
		return answered{result: refusedRow("", err)}, nil
	}
	holder, err := holderOf(ctx, row.GetHolder())
	if err != nil {
		return answered{}, err
	}
	by := CallOf(ctx).Actor
	cmd := licence.Command(licence.TakeOverTerm{By: by, Today: s.Today(), Term: licence.TermTakenOver{
		Licence: id, Authority: by.Authority, AuthorityName: name, Register: req.GetRegister(), LicenceNo: row.GetLicenceNo(), RowNo: row.GetRowNo(),
		Holder: holder, Action: licence.Action(row.GetAction()), Title: row.GetTitle(), Activity: row.GetActivity(),
		ValidFrom: from, ValidTo: to, Status: licence.Status(row.GetStatus()),
		SourceRow: &licence.SourceRow{FileDigest: req.GetFileDigest(), Line: int(row.GetLine())},
	}})
	res, changed, err := decided(ctx, s.Base, licence.Decider, id, m, cmd)
	switch {
	case err != nil && refuses(err):
		return answered{result: refusedRow("", err)}, nil
	case err != nil:
		return answered{}, err
	}
	n := slices.IndexFunc(res.State.Decisions, func(d licence.Decision) bool { return d.RowNo == row.GetRowNo() })
	result := &mingjianv1.RowResult{
		Id: licence.RecordID(id, es.Revision(n)), Status: mingjianv1.RowStatus_ROW_STATUS_UNCHANGED, Refusals: nil, Warnings: nil, //nolint:gosec // the row is there: it was recorded or known
	}
	if changed {
		result.Status = mingjianv1.RowStatus_ROW_STATUS_ACCEPTED
	}
	return answered{recorded{changed: changed, duplicate: res.Duplicate, position: res.Position, warnings: nil}, result}, nil
}
