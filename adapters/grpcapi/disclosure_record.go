package grpcapi

import (
	"context"
	"errors"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/listing"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// document loads a record of the caller's authority and composes what the public is to see of it. Records that are not for
// the public are refused with the reason. takenOver tells one that an older system decided.
func (s DisclosureServer) document(ctx context.Context, record disclosure.Record) (doc disclosure.Document, takenOver bool, err error) {
	if doc, takenOver, err = s.composed(ctx, record); err == nil {
		doc, err = policy.WithReplies(ctx, s.Store, doc)
	}
	return doc, takenOver, err
}

// composed is the document without what others say to it.
func (s DisclosureServer) composed(ctx context.Context, record disclosure.Record) (doc disclosure.Document, takenOver bool, err error) {
	switch record.Kind {
	case disclosure.Penalty:
		p, err := es.Load(ctx, s.Store, penalty.Decider, record.ID)
		if err == nil {
			err = ownRecord(ctx, p.State.Decision.Authority)
		}
		if err != nil {
			return doc, false, err
		}
		if fault := p.State.Withheld(); fault != nil {
			return doc, false, fault
		}
		return policy.PenaltyDocument(p.State), p.State.Decision.SourceRow != nil, nil
	case disclosure.Licence:
		return s.decision(ctx, record.ID)
	case disclosure.Inspection:
		return s.result(ctx, record.ID)
	case disclosure.Listing:
		doc, err = s.entry(ctx, record.ID)
		return doc, false, err
	}
	return doc, false, domain.Refuse(domain.Invalid, "disclosure.kind.unknown", "record_kind",
		"记录类别应为检查、处罚、许可或列入名录", "the kind of a record is inspection, penalty, licence or listing")
}

// entry composes the document of an entry on a list. One that was rescinded before anybody saw it is not for the public.
func (s DisclosureServer) entry(ctx context.Context, recordID string) (doc disclosure.Document, err error) {
	id, number, err := listing.ParseRecordID(recordID)
	if err != nil {
		return doc, err
	}
	l, err := es.Load(ctx, s.Store, listing.Decider, id)
	if err != nil {
		return doc, err
	}
	e, ok := l.State.EntryOf(number)
	if err := ownRecord(ctx, e.Authority); err != nil {
		return doc, err
	}
	if !ok {
		return doc, domain.Refuse(domain.NotFound, "listing.entry.missing", "record_id", "没有该列入记录", "there is no such entry")
	}
	doc = policy.ListingDocument(l.State, number)
	if e.Rescinded == nil {
		return doc, nil
	}
	d, err := es.Load(ctx, s.Store, disclosure.Decider, doc.Record().Disclosure())
	if err == nil && !d.State.Public() {
		err = domain.Refuse(domain.Precondition, "listing.publish.rescinded", "record_id",
			"列入决定在公示前已撤销，不得公示", "the entry was rescinded before it was public, and may not be published")
	}
	return doc, err
}

// ready is document for a record that goes to the public from here: what an import left open is settled before.
func (s DisclosureServer) ready(ctx context.Context, record disclosure.Record) (doc disclosure.Document, err error) {
	if doc, _, err = s.document(ctx, record); err != nil || record.Kind != disclosure.Penalty {
		return doc, err
	}
	p, err := es.Load(ctx, s.Store, penalty.Decider, record.ID)
	if fault := p.State.Unconfirmed(); err == nil && fault != nil {
		err = fault
	}
	return doc, err
}

// ownRecord refuses records of other authorities before anything else is said of them; one that isn't belongs to nobody.
func ownRecord(ctx context.Context, authority domain.AuthorityID) error {
	if authority == "" || CallOf(ctx).Actor.Holds(authority) {
		return nil
	}
	return domain.Refuse(domain.Forbidden, "disclosure.authority.foreign", "", "该公示事项属于其他机关", "the disclosure belongs to another authority")
}

// result composes the document of an inspection.
func (s DisclosureServer) result(ctx context.Context, id string) (doc disclosure.Document, takenOver bool, err error) {
	i, err := es.Load(ctx, s.Store, inspection.Decider, id)
	if err == nil {
		err = ownRecord(ctx, i.State.Authority())
	}
	if err != nil {
		return doc, false, err
	}
	if !i.State.Concluded {
		return doc, false, domain.Refuse(domain.Precondition, "disclosure.inspection.open", "record_id",
			"没有该检查或尚未办结，不能公示", "there is no such inspection, or it is not concluded")
	}
	doc, err = policy.NameAuthority(ctx, s.Store, policy.InspectionDocument(i.State))
	return doc, i.State.TakenOver != nil, err
}

// decision composes the document of one decision on a licence.
func (s DisclosureServer) decision(ctx context.Context, recordID string) (doc disclosure.Document, takenOver bool, err error) {
	id, n, err := licence.ParseRecordID(recordID)
	if err != nil {
		return doc, false, err
	}
	l, err := es.Load(ctx, s.Store, licence.Decider, id)
	if err == nil {
		err = ownRecord(ctx, l.State.Authority)
	}
	if err != nil {
		return doc, false, err
	}
	if n >= es.Revision(len(l.State.Decisions)) {
		return doc, false, domain.Refuse(domain.NotFound, "licence.decision.missing", "record_id",
			"没有该许可决定", "there is no such decision on a licence")
	}
	return policy.LicenceDocument(l.State, n), l.State.Decisions[n].RowNo != "", nil
}

// obsolete tells why the record no longer gives the document that is under way, nil if it does: it is not for the public any
// more, or it has changed since and is to be submitted anew. What the digest doesn't name is for the aggregate to refuse.
func (s DisclosureServer) obsolete(ctx context.Context, id, digest string) (*domain.Fault, error) {
	d, err := es.Load(ctx, s.Store, disclosure.Decider, id)
	if err != nil || d.State.ID == "" || d.State.Draft.Digest != digest {
		return nil, err
	}
	now := ""
	doc, err := s.ready(ctx, d.State.Record)
	if err == nil {
		_, now, err = disclosure.Canonical(d.State.LeaveOut(doc))
	}
	fault := (*domain.Fault)(nil)
	switch {
	case errors.As(err, &fault):
		return fault, nil
	case err != nil:
		return nil, err
	case now == digest:
		return nil, nil
	}
	return domain.Refuse(domain.Precondition, "disclosure.record.changed", "digest", "记录在报审后已有变化，请重新报审",
		"the record has changed since the document was submitted: submit it anew"), nil
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
			doc, takenOver, err := s.document(ctx, disclosure.Record{Kind: disclosure.Kind(row.GetRecordKind()), ID: row.GetRecordId()})
			if err != nil {
				return recorded{}, err
			}
			if !takenOver {
				return recorded{}, domain.Refuse(domain.Precondition, "disclosure.adopt.native", "record_id",
					"本系统办理的记录应经报审、审核、批准后公示，不得以迁移方式公示", "a record made here goes to the public by submission, review and approval")
			}
			terms, _, err := s.termsOf(ctx, doc.Record(), doc.Authority.ID, on)
			if err != nil {
				return recorded{}, err
			}
			cmd := disclosure.Command(disclosure.Adopt{
				By: CallOf(ctx).Actor, Today: s.Today(), Document: doc, Source: req.GetSource(), PublishedOn: on, Terms: terms,
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
