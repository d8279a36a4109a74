package reporting

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/reporting"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// decided is what every decision event tells.
func decided(rec es.Record, kind delivery.Kind, record, authority string, on calendar.Date, documentNo, ground string) *viewv1.ReportedDecision {
	sum := sha256.Sum256(rec.Data)
	return &viewv1.ReportedDecision{
		DisclosureId: disclosure.Record{Kind: disclosure.Kind(kind), ID: record}.Disclosure(), Kind: string(kind), RecordId: record, AuthorityId: authority,
		Stream: rec.Stream.String(), Revision: uint64(rec.Revision), EventId: string(rec.ID), EventDigest: hex.EncodeToString(sum[:]),
		DecidedOn: on.String(), DocumentNo: documentNo, Ground: ground,
	}
}

func penaltyFact(rec es.Record) (fact, error) {
	event, err := penalty.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return fact{}, err
	}
	e, ok := event.(penalty.Decided)
	if !ok {
		return fact{}, nil
	}
	ground := ""
	if e.SourceRow != nil {
		ground = reporting.TakenOver
	} else if withheld := penalty.Decider.Evolve(penalty.State{}, e).Withheld(); withheld != nil {
		ground = strings.TrimPrefix(withheld.Code, "penalty.publish.")
	}
	return fact{rec: rec, id: disclosure.Record{Kind: disclosure.Penalty, ID: e.Penalty}.Disclosure(), decide: func(string) *viewv1.ReportedDecision {
		return decided(rec, delivery.Penalty, e.Penalty, string(e.Authority), e.DecidedOn, e.DecisionNo, ground)
	}}, nil
}

// licenceFact: each event of a licence is a decision, as policies and returns have it.
func licenceFact(rec es.Record) (fact, error) {
	event, err := licence.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return fact{}, err
	}
	record := licence.RecordID(rec.Stream.ID, rec.Revision)
	f := fact{rec: rec, id: disclosure.Record{Kind: disclosure.Licence, ID: record}.Disclosure(), source: rec.Stream.ID}
	on, no, owner, ground := licenceDecision(event)
	f.decide = func(authority string) *viewv1.ReportedDecision {
		if owner != "" {
			authority = owner
		}
		return decided(rec, delivery.Licence, record, authority, on, no, ground)
	}
	return f, nil
}

func licenceDecision(event licence.Event) (on calendar.Date, no, owner, ground string) {
	switch e := event.(type) {
	case licence.Granted:
		return e.DecidedOn, e.DocumentNo, string(e.Authority), ""
	case licence.Amended:
		return e.DecidedOn, e.DocumentNo, "", ""
	case licence.Renewed:
		return e.DecidedOn, e.DocumentNo, "", ""
	case licence.Suspended:
		return e.On, e.DocumentNo, "", ""
	case licence.Resumed:
		return e.On, e.DocumentNo, "", ""
	case licence.Revoked:
		return e.On, e.DocumentNo, "", ""
	case licence.Cancelled:
		return e.On, e.DocumentNo, "", ""
	case licence.Reissued:
		return e.On, e.DocumentNo, "", ""
	case licence.Expired:
		return e.On, "", "", reporting.Expired
	case licence.TermTakenOver:
		return e.ValidFrom, "", string(e.Authority), reporting.TakenOver
	}
	return calendar.Date{}, "", "", ""
}
