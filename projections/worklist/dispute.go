package worklist

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/dispute"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// What waits at a request for correction.
const (
	verifyRequest = "verify_request"
	decideRequest = "decide_request"
	linkRequest   = "link_request"
)

// requestDays are the working days to decide on a request, where no shorter period was set (政府信息公开条例 art. 33).
const requestDays = 20

// asked is a request as far as somebody has to act on it.
type asked struct {
	Authority  domain.AuthorityID `json:"authority"`
	Disclosure string             `json:"disclosure"`
	Title      string             `json:"title"`
	Due        string             `json:"due"`
	Stage      dispute.Stage      `json:"stage"`
}

func projectDispute(rec es.Record) (projections.Change, error) {
	event, err := dispute.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	meta, err := rec.Metadata()
	if err != nil {
		return projections.Change{}, err
	}
	key := projections.Key{Table: disputeTable, Key: rec.Stream.ID}
	return projections.Change{Keys: []projections.Key{key}, Apply: func(rows *projections.Rows) error {
		a := asked{}
		row, err := rows.Get(disputeTable, key.Key)
		if err == nil && row != nil {
			err = json.Unmarshal(row.Doc, &a)
		}
		if err != nil {
			return fmt.Errorf("worklist: request %s: %w", key.Key, err)
		}
		before := a.items(key.Key)
		a.apply(event)
		doc, err := json.Marshal(a)
		if err != nil {
			return fmt.Errorf("worklist: request %s: %w", key.Key, err)
		}
		rows.Put(disputeTable, projections.Row{Key: key.Key, Doc: doc})
		return replace(rows, before, a.items(key.Key), meta.RecordedAt)
	}}, nil
}

func (a *asked) apply(event dispute.Event) {
	switch e := event.(type) {
	case dispute.Requested:
		var points []string
		for _, p := range e.Points {
			points = append(points, p.Label())
		}
		a.Authority, a.Disclosure, a.Stage = e.Record.Authority, e.Record.Disclosure, dispute.Received
		a.Title, a.Due = "更正申请："+strings.Join(points, "、"), workingDays(e.ReceivedOn, requestDays)
	case dispute.Verified:
		a.Stage = dispute.Checked
	case dispute.Decided:
		if a.Stage = dispute.Promised; e.Outcome == dispute.Refused {
			a.Stage = dispute.Closed
		}
	case dispute.Linked:
		a.Stage = dispute.Closed
	case dispute.Dropped:
		a.Stage = dispute.Ended
	}
}

// items are what waits at the request. Once it is decided, its period is over.
func (a *asked) items(id string) []*viewv1.WorkItem {
	kind, role, due := "", domain.Clerk, a.Due
	switch a.Stage {
	case dispute.Received:
		kind = verifyRequest
	case dispute.Checked:
		kind, role = decideRequest, domain.Approver
	case dispute.Promised:
		kind, due = linkRequest, ""
	case dispute.Closed, dispute.Ended:
	}
	if kind == "" {
		return nil
	}
	return []*viewv1.WorkItem{{
		Id: "dispute." + id, Kind: kind, AuthorityId: string(a.Authority), Role: string(role), RecordKind: "dispute", RecordId: id,
		DisclosureId: a.Disclosure, Title: a.Title, DueOn: due,
	}}
}
