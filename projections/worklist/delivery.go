package worklist

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// What waits at a delivery to a credit platform.
const (
	mendDelivery     = "mend_delivery"
	resolveRejection = "resolve_rejection"
)

// maxWhy bounds the characters of a platform's text in a title; the delivery has all.
const maxWhy = 120

// given is a delivery as far as somebody has to act on it.
type given struct {
	Authority  domain.AuthorityID `json:"authority"`
	Disclosure string             `json:"disclosure"`
	Document   string             `json:"document"` // number of the decision
	DecidedOn  calendar.Date      `json:"decided_on"`
	Rows       int                `json:"rows"`
	Stage      string             `json:"stage"`
	Role       domain.Role        `json:"role"`
	Why        string             `json:"why"` // the field and rule, or what the platform said
	Dropped    bool               `json:"dropped"`
}

func projectDelivery(rec es.Record) (projections.Change, error) {
	event, err := delivery.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	meta, err := rec.Metadata()
	if err != nil {
		return projections.Change{}, err
	}
	id := rec.Stream.ID
	return projections.Change{Keys: []projections.Key{{Table: deliveryTable, Key: id}}, Apply: func(rows *projections.Rows) error {
		return applyDelivery(rows, id, event, meta.RecordedAt)
	}}, nil
}

func applyDelivery(rows *projections.Rows, id string, event delivery.Event, at time.Time) error {
	g := given{}
	row, err := rows.Get(deliveryTable, id)
	if err == nil && row != nil {
		err = json.Unmarshal(row.Doc, &g)
	}
	if err != nil {
		return fmt.Errorf("worklist: delivery %s: %w", id, err)
	}
	before := g.items(id)
	g.apply(event)
	doc, err := json.Marshal(g)
	if err != nil {
		return fmt.Errorf("worklist: delivery %s: %w", id, err)
	}
	rows.Put(deliveryTable, projections.Row{Key: id, Doc: doc})
	return replace(rows, before, g.items(id), at)
}

func (g *given) apply(event delivery.Event) {
	switch e := event.(type) {
	case delivery.Prepared:
		g.about(e.About)
		g.Rows, g.Stage, g.Why, g.Dropped = e.Row, "", "", false
	case delivery.Held:
		g.about(e.About)
		g.Stage, g.Role, g.Why, g.Dropped = mendDelivery, domain.Clerk, "", false
		if n := len(e.Problems); n > 0 {
			g.Why = e.Problems[0].ZH
			if n > 1 {
				g.Why += fmt.Sprintf("（共%d项）", n)
			}
		}
	case delivery.Dropped:
		g.Stage, g.Why, g.Dropped = "", "", true
	case delivery.Accepted:
		if g.answers(e.Row) {
			g.Stage, g.Why = "", ""
		}
	case delivery.Rejected:
		if g.answers(e.Row) {
			g.Stage, g.Role, g.Why = resolveRejection, domain.Clerk, clipped(e.Code+" "+e.Text)
		}
	case delivery.GivenUp: // nobody sends it any more, but somebody has to know
		if g.Stage, g.Role = resolveRejection, domain.Approver; e.Why == delivery.Decided {
			g.Stage, g.Why = "", ""
		}
	case delivery.Submitted, delivery.NameChosen, delivery.RepresentativeRecorded:
	}
}

func (g *given) about(a delivery.About) {
	g.Authority, g.Disclosure, g.Document, g.DecidedOn = a.Authority, a.Disclosure, a.Match.DocumentNo, a.Match.DecidedOn
}

// answers tells whether an answer of a row changes how the delivery stands, see delivery.State.
func (g *given) answers(row int) bool { return row == g.Rows && g.Stage != mendDelivery && !g.Dropped }

func clipped(text string) string {
	if runes := []rune(text); len(runes) > maxWhy {
		return string(runes[:maxWhy]) + "…"
	}
	return text
}

// items are what waits at the delivery: at most one thing. The days are those of publication.
func (g *given) items(id string) []*viewv1.WorkItem {
	if g.Stage == "" {
		return nil
	}
	due := ""
	if !g.DecidedOn.IsZero() {
		due = workingDays(g.DecidedOn, publishDays)
	}
	return []*viewv1.WorkItem{{
		Id: "delivery." + id, Kind: g.Stage, AuthorityId: string(g.Authority), Role: string(g.Role), RecordKind: "delivery", RecordId: id,
		DisclosureId: g.Disclosure, Title: g.Document + "：" + g.Why, DueOn: due,
	}}
}
