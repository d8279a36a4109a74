package grpcapi

import (
	"context"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// TakeOverInspections records a batch, row by row. A row that breaks a rule is told and holds up no other; a fault of the
// store ends the call, and the batch can be sent again.
func (s InspectionServer) TakeOverInspections(ctx context.Context, req *mingjianv1.TakeOverInspectionsRequest) (*mingjianv1.TakeOverInspectionsResponse, error) {
	s.Base = s.checking(req.GetCheckOnly())
	req, taken := withoutPersonalNotes(req)
	rows := batch[*mingjianv1.TakenOverInspection]{
		base: s.Base, kind: "inspection", with: req.GetSource() + "\n" + req.GetFileDigest(),
		id: func(row *mingjianv1.TakenOverInspection) (string, error) {
			if fault := recordNo(row.GetRecordNo()); fault != nil {
				return "", fault
			}
			return inspection.TakenOverID(req.GetSource(), row.GetRecordNo()), nil
		},
		run: func(ctx context.Context, m es.Metadata, id string, row *mingjianv1.TakenOverInspection) (recorded, error) {
			e, err := takenOver(ctx, req, id, row)
			if err != nil {
				return recorded{}, err
			}
			call := CallOf(ctx)
			cmd := inspection.Command(inspection.TakeOver{By: call.Actor, Today: s.Today(), TakenOver: e})
			if !req.GetCheckOnly() { // which leaves nothing anywhere, the vault included
				if m.Redaction, err = sealedBeside(ctx, s.Base, call.vault, inspection.Decider, id, m, taken[row], cmd); err != nil {
					return recorded{}, err
				}
			}
			res, changed, err := decided(ctx, s.Base, inspection.Decider, id, m, cmd)
			return recorded{changed: changed, duplicate: res.Duplicate, position: res.Position, warnings: nil}, err
		},
	}
	results, receipt, err := rows.record(ctx, req, req.GetRows())
	if err != nil {
		return nil, err
	}
	receipt.Id = req.GetSource()
	return &mingjianv1.TakeOverInspectionsResponse{Receipt: receipt, Results: results}, nil
}

// withoutPersonalNotes takes what may not stand in an event out of each row by itself, before anything is made of it; what was
// taken out of a row stands beside it.
func withoutPersonalNotes(req *mingjianv1.TakeOverInspectionsRequest) (
	*mingjianv1.TakeOverInspectionsRequest, map[*mingjianv1.TakenOverInspection]redacted[*mingjianv1.TakenOverInspection],
) {
	taken := map[*mingjianv1.TakenOverInspection]redacted[*mingjianv1.TakenOverInspection]{}
	rows := make([]*mingjianv1.TakenOverInspection, len(req.GetRows()))
	for i, row := range req.GetRows() {
		var nobody redaction.Context
		clean := wording(row, registered(nobody, domain.SubjectID(row.GetSubjectId()), row.GetSubjectName()))
		rows[i], taken[clean.message] = clean.message, clean
	}
	out := proto.CloneOf(req)
	out.Rows = rows
	return out, taken
}

// takenOver reads a row. All that is wrong with its form comes at once.
func takenOver(ctx context.Context, req *mingjianv1.TakeOverInspectionsRequest, id string, row *mingjianv1.TakenOverInspection) (inspection.TakenOver, error) {
	subject, badSubject := domain.ParseSubjectID(row.GetSubjectId())
	on, badDate := civilDate("completed_on", row.GetCompletedOn())
	e := inspection.TakenOver{
		Inspection: id, Source: req.GetSource(), RecordNo: row.GetRecordNo(), Subject: subject, SubjectName: row.GetSubjectName(),
		Authority: CallOf(ctx).Actor.Authority, Item: row.GetItem(), Manner: inspection.Manner(row.GetManner()), CompletedOn: on,
		Outcomes: outcomesOf(row.GetOutcomes()), Table: inspection.OutcomeTable, Note: row.GetNote(), SourceRow: nil,
	}
	if req.GetFileDigest() != "" {
		e.SourceRow = &inspection.SourceRow{FileDigest: req.GetFileDigest(), Line: int(row.GetLine())}
	}
	return e, domain.Require(append(faultsOf(badSubject), badDate)...)
}

// recordNo refuses numbers that can't be part of an address.
func recordNo(no string) *domain.Fault {
	reserved := no == "notice" || no == "sheet" // their addresses are those of papers
	if no != "" && !reserved && !strings.ContainsAny(no, "/?#% \t\r\n") && domain.Text("inspection", "record_no", no, 64) == nil {
		return nil
	}
	return domain.Refuse(domain.Invalid, "inspection.record_no.form", "record_no", "记录编号应为1至64个字符，不含空格、/、?、#、%，且不为notice或sheet",
		"a record number has 1 to 64 characters and no blank, /, ?, # or %, and is not notice or sheet")
}
