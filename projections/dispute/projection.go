package dispute

import (
	"github.com/mingjian-ledger/mingjian/domain/dispute"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Name is the projection's name.
const Name = "dispute.v1"

// The tables: requests for staff, their states for everybody, and replies by disclosure.
const (
	Table      = "correction_request"
	stateTable = "correction_request_state"
	replyTable = "reply"
)

// Columns.
const (
	colAuthority  = "authority"
	colStage      = "stage"
	colDisclosure = "disclosure"
	colReceived   = "received"
)

// Projection keeps the views.
func Projection() projections.Projection {
	return projections.Projection{
		Name: Name,
		Tables: []projections.Table{
			{
				Name: Table, Columns: []string{colAuthority, colStage, colDisclosure, colReceived},
				Indexes: [][]string{
					{colReceived}, {colAuthority, colReceived}, {colStage, colReceived}, {colAuthority, colStage, colReceived}, {colDisclosure, colReceived},
				},
			},
			{Name: stateTable},
			{Name: replyTable},
		},
		Project: project,
	}
}

func project(rec es.Record) (projections.Change, error) {
	switch {
	case dispute.Codec().Knows(rec.Type):
		return projectRequest(rec)
	case dispute.ReplyCodec().Knows(rec.Type):
		return projectReply(rec)
	}
	return projections.Change{}, nil
}

func projectRequest(rec es.Record) (projections.Change, error) {
	event, err := dispute.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	id := rec.Stream.ID
	return projections.Change{
		Keys: []projections.Key{{Table: Table, Key: id}},
		Apply: func(rows *projections.Rows) error {
			v := &viewv1.CorrectionRequest{}
			if _, err := document.Get(rows, Table, id, v); err != nil {
				return err
			}
			v.Id = id
			apply(v, event)
			v.StageLabel = dispute.Stage(v.GetStage()).Label()
			columns := []string{v.GetAuthorityId(), v.GetStage(), v.GetDisclosureId(), v.GetReceivedOn()}
			if err := document.Put(rows, Table, projections.Row{Key: id, Columns: columns}, v); err != nil {
				return err
			}
			return document.Put(rows, stateTable, projections.Row{Key: id}, shown(v))
		},
	}, nil
}

func apply(v *viewv1.CorrectionRequest, event dispute.Event) {
	switch e := event.(type) {
	case dispute.Requested:
		v.AuthorityId, v.DisclosureId, v.Release, v.Digest = string(e.Record.Authority), e.Record.Disclosure, number(e.Record.Release), e.Record.Digest
		v.Requester, v.Channel, v.Statement, v.Evidence = string(e.Requester), string(e.Channel), e.Statement, e.Evidence
		v.ReceivedOn, v.RegisteredBy, v.Stage = e.ReceivedOn.String(), e.By, string(dispute.Received)
		for _, p := range e.Points {
			v.Points, v.PointLabels = append(v.GetPoints(), string(p)), append(v.GetPointLabels(), p.Label())
		}
	case dispute.Verified:
		v.Findings, v.VerifiedOn, v.VerifiedBy, v.Stage = e.Findings, e.On.String(), e.By, string(dispute.Checked)
	case dispute.Decided:
		v.Outcome, v.Reason, v.DecidedOn, v.DecidedBy = string(e.Outcome), e.Reason, e.On.String(), e.By
		if v.Stage = string(dispute.Promised); e.Outcome == dispute.Refused {
			v.Stage = string(dispute.Closed)
		}
	case dispute.Linked:
		v.MadeGoodBy, v.MadeGoodDigest, v.Stage = number(e.Release), e.Digest, string(dispute.Closed)
	case dispute.Dropped:
		v.DropReason, v.Stage = e.Reason, string(dispute.Ended)
	}
}

// shown is what everybody sees.
func shown(v *viewv1.CorrectionRequest) *viewv1.CorrectionRequestState {
	return &viewv1.CorrectionRequestState{
		Id: v.GetId(), DisclosureId: v.GetDisclosureId(), Release: v.GetRelease(), Points: v.GetPoints(), PointLabels: v.GetPointLabels(),
		ReceivedOn: v.GetReceivedOn(), Stage: v.GetStage(), StageLabel: v.GetStageLabel(), Outcome: v.GetOutcome(),
		OutcomeLabel: dispute.Outcome(v.GetOutcome()).Label(), Reason: v.GetReason(), DecidedOn: v.GetDecidedOn(),
		MadeGoodBy: v.GetMadeGoodBy(), MadeGoodDigest: v.GetMadeGoodDigest(),
	}
}

func projectReply(rec es.Record) (projections.Change, error) {
	event, err := dispute.ReplyCodec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	id := rec.Stream.ID
	return projections.Change{Keys: []projections.Key{{Table: replyTable, Key: id}}, Apply: func(rows *projections.Rows) error {
		v := &viewv1.Replies{}
		if _, err := document.Get(rows, replyTable, id, v); err != nil {
			return err
		}
		v.DisclosureId = id
		applyReply(v, event)
		return document.Put(rows, replyTable, projections.Row{Key: id}, v)
	}}, nil
}

func applyReply(v *viewv1.Replies, event dispute.ReplyEvent) {
	switch e := event.(type) {
	case dispute.ReplyReceived:
		v.AuthorityId = string(e.Record.Authority)
		reply(v, e.Replaces, func(r *viewv1.PartyReply) { r.State, r.ReplacedBy = "replaced", number(e.Reply) })
		v.Replies = append(v.GetReplies(), &viewv1.PartyReply{
			Number: number(e.Reply), SubjectId: string(e.Party.Subject), Party: e.Party.Name, Text: e.Text, Channel: string(e.Channel), On: e.On.String(),
			Evidence: e.Evidence, Release: number(e.Record.Release), RecordedBy: e.By, State: "standing",
		})
	case dispute.ReplyTakenBack:
		reply(v, e.Reply, func(r *viewv1.PartyReply) {
			r.State, r.ByParty, r.Reason, r.TakenBackOn = "taken_back", e.ByParty, e.Reason, e.On.String()
		})
	}
}

func reply(v *viewv1.Replies, n int, change func(*viewv1.PartyReply)) {
	if n > 0 && n <= len(v.GetReplies()) {
		change(v.GetReplies()[n-1])
	}
}

func number(n int) uint32 { return uint32(n) } //nolint:gosec // from 1, and few
