package grpcapi

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// takers is how many rows are recorded at a time, so that the store can commit them together.
const takers = 16

// TakeOverInspections records a batch, row by row. A row that breaks a rule is told and holds up no other; a fault of the
// store ends the call, and the batch can be sent again.
func (s InspectionServer) TakeOverInspections(ctx context.Context, req *mingjianv1.TakeOverInspectionsRequest) (*mingjianv1.TakeOverInspectionsResponse, error) {
	batch := takeOver{InspectionServer: s, req: req, results: make([]*mingjianv1.TakeOverResult, len(req.GetRows()))}
	work, faults := make(chan int), make([]error, takers)
	var running sync.WaitGroup
	for n := range takers {
		running.Go(func() {
			for row := range work {
				if err := batch.row(ctx, row); err != nil {
					faults[n] = err
				}
			}
		})
	}
	for row := range req.GetRows() {
		work <- row
	}
	close(work)
	running.Wait()
	if err := cmp.Or(faults...); err != nil {
		return nil, err
	}
	receipt := &mingjianv1.Receipt{Id: req.GetSource(), Revision: 0, Position: batch.through.String(), Duplicate: false}
	return &mingjianv1.TakeOverInspectionsResponse{Receipt: receipt, Results: batch.results}, nil
}

// takeOver is one batch.
type takeOver struct {
	InspectionServer
	req     *mingjianv1.TakeOverInspectionsRequest
	results []*mingjianv1.TakeOverResult // each row writes its own

	mu      sync.Mutex
	through es.Position
}

func (b *takeOver) row(ctx context.Context, n int) error {
	row := b.req.GetRows()[n]
	result := &mingjianv1.TakeOverResult{
		RecordNo: row.GetRecordNo(), Id: inspection.TakenOverID(b.req.GetSource(), row.GetRecordNo()),
		Status: mingjianv1.TakeOverStatus_TAKE_OVER_STATUS_ADDED, Code: "", Field: "", MessageZh: "", MessageEn: "",
	}
	b.results[n] = result
	added, err := b.record(ctx, n, result.GetId(), row)
	if faults := faultsOf(err); len(faults) > 0 && faults[0].Kind != domain.Internal && faults[0].Kind != domain.Unavailable {
		result.Status = mingjianv1.TakeOverStatus_TAKE_OVER_STATUS_REFUSED
		result.Code, result.Field, result.MessageZh, result.MessageEn = faults[0].Code, faults[0].Field, faults[0].ZH, faults[0].EN
		return nil
	}
	if err == nil && !added {
		result.Status = mingjianv1.TakeOverStatus_TAKE_OVER_STATUS_UNCHANGED
	}
	return err
}

// record runs the row's own command: its id derives from the batch's, so that a batch sent again gives its first answers.
func (b *takeOver) record(ctx context.Context, n int, id string, row *mingjianv1.TakenOverInspection) (added bool, err error) {
	e, err := b.takenOver(ctx, id, row)
	if err != nil {
		return false, err
	}
	meta, err := b.metadata(ctx, row)
	if err != nil {
		return false, err
	}
	meta.Command = es.DeriveID(meta.Command, "row", strconv.Itoa(n), id)
	decider := inspection.Decider
	decider.Decide = func(s inspection.State, c inspection.Command) ([]inspection.Event, error) {
		events, err := inspection.Decider.Decide(s, c)
		added = len(events) > 0
		return events, err
	}
	cmd := inspection.TakeOver{By: CallOf(ctx).Actor, Today: b.Today(), TakenOver: e}
	res, err := es.Transact[inspection.State, inspection.Command](ctx, b.Store, decider, id, cmd, meta)
	if err != nil {
		return false, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if res.Position.Compare(b.through) > 0 {
		b.through = res.Position
	}
	return added || res.Duplicate, nil
}

// takenOver reads a row. All that is wrong with its form comes at once.
func (b *takeOver) takenOver(ctx context.Context, id string, row *mingjianv1.TakenOverInspection) (inspection.TakenOver, error) {
	subject, badSubject := domain.ParseSubjectID(row.GetSubjectId())
	on, badDate := dateField("inspection.completed_on.form", "completed_on", row.GetCompletedOn())
	e := inspection.TakenOver{
		Inspection: id, Source: b.req.GetSource(), RecordNo: row.GetRecordNo(), Subject: subject, SubjectName: row.GetSubjectName(),
		Authority: CallOf(ctx).Actor.Authority, Item: row.GetItem(), Manner: inspection.Manner(row.GetManner()), CompletedOn: on,
		Outcomes: outcomesOf(row.GetOutcomes()), Table: inspection.OutcomeTable, Note: row.GetNote(), SourceRow: nil,
	}
	if b.req.GetFileDigest() != "" {
		e.SourceRow = &inspection.SourceRow{FileDigest: b.req.GetFileDigest(), Line: int(row.GetLine())}
	}
	faults := append(faultsOf(badSubject), faultsOf(badDate)...)
	return e, domain.Require(append(faults, recordNo(row.GetRecordNo()))...)
}

// recordNo refuses numbers that can't be part of an address.
func recordNo(no string) *domain.Fault {
	if no != "" && !strings.ContainsAny(no, "/?#% \t\r\n") && domain.Text("inspection", "record_no", no, 64) == nil {
		return nil
	}
	return domain.Refuse(domain.Invalid, "inspection.record_no.form", "record_no", "记录编号应为1至64个字符，且不含空格、/、?、#、%",
		"a record number has 1 to 64 characters and no blank, /, ?, # or %")
}
