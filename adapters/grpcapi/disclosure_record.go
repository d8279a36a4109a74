package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// document loads a record and composes what the public is to see of it. Records that are not for the public are refused with
// the reason.
func (s DisclosureServer) document(ctx context.Context, record disclosure.Record) (disclosure.Document, error) {
	switch record.Kind {
	case disclosure.Penalty:
		p, err := es.Load(ctx, s.Store, penalty.Decider, record.ID)
		if err != nil {
			return disclosure.Document{}, err
		}
		if fault := p.State.Withheld(); fault != nil {
			return disclosure.Document{}, fault
		}
		return policy.PenaltyDocument(p.State), nil
	case disclosure.Licence:
		return s.decision(ctx, record.ID)
	case disclosure.Inspection:
		i, err := es.Load(ctx, s.Store, inspection.Decider, record.ID)
		if err != nil {
			return disclosure.Document{}, err
		}
		if !i.State.Concluded {
			return disclosure.Document{}, domain.Refuse(domain.Precondition, "disclosure.inspection.open", "record_id",
				"没有该检查或尚未办结，不能公示", "there is no such inspection, or it is not concluded")
		}
		return policy.NameAuthority(ctx, s.Store, policy.InspectionDocument(i.State))
	}
	return disclosure.Document{}, domain.Refuse(domain.Invalid, "disclosure.kind.unknown", "record_kind",
		"记录类别应为检查、处罚或许可", "the kind of a record is inspection, penalty or licence")
}

// decision composes the document of one decision on a licence.
func (s DisclosureServer) decision(ctx context.Context, recordID string) (disclosure.Document, error) {
	id, n, err := licence.ParseRecordID(recordID)
	if err != nil {
		return disclosure.Document{}, err
	}
	l, err := es.Load(ctx, s.Store, licence.Decider, id)
	if err != nil {
		return disclosure.Document{}, err
	}
	if n >= es.Revision(len(l.State.Decisions)) {
		return disclosure.Document{}, domain.Refuse(domain.NotFound, "licence.decision.missing", "record_id",
			"没有该许可决定", "there is no such decision on a licence")
	}
	return policy.LicenceDocument(l.State, n), nil
}

// AdoptDisclosures publishes records that were public elsewhere, row by row.
func (s DisclosureServer) AdoptDisclosures(ctx context.Context, req *mingjianv1.AdoptDisclosuresRequest) (*mingjianv1.AdoptDisclosuresResponse, error) {
	rows := batch[*mingjianv1.AdoptedRecord]{
		base: s.Base, kind: "adopt", with: req.GetSource(),
		id: func(row *mingjianv1.AdoptedRecord) (string, error) {
			return disclosure.Record{Kind: disclosure.Kind(row.GetRecordKind()), ID: row.GetRecordId()}.Disclosure(), nil
		},
		run: func(ctx context.Context, m es.Metadata, id string, row *mingjianv1.AdoptedRecord) (recorded, error) {
			on, fault := civilDate("published_on", row.GetPublishedOn())
			if fault != nil {
				return recorded{}, fault
			}
			doc, err := s.document(ctx, disclosure.Record{Kind: disclosure.Kind(row.GetRecordKind()), ID: row.GetRecordId()})
			if err != nil {
				return recorded{}, err
			}
			cmd := disclosure.Command(disclosure.Adopt{
				By: CallOf(ctx).Actor, Today: s.Today(), Document: doc, Source: req.GetSource(), PublishedOn: on,
			})
			res, changed, err := decided(ctx, s.Base, disclosure.Decider, id, m, cmd)
			if err != nil {
				return recorded{}, err
			}
			return recorded{changed: changed, duplicate: res.Duplicate, position: res.Position, warnings: nil}, nil
		},
	}
	results, receipt, err := rows.record(ctx, req, req.GetRows())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.AdoptDisclosuresResponse{Receipt: receipt, Results: results}, nil
}
