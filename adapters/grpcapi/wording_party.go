package grpcapi

import (
	"context"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/listing"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// Parties are those whom the record is of that a request is about: their registered names stay in its texts, and whoever is a
// sole trader may live where he trades.
func (b Base) Parties(ctx context.Context, req proto.Message) (c redaction.Context, err error) {
	switch req := req.(type) {
	case *mingjianv1.RecordFindingRequest:
		subject, err := policy.Listed(ctx, b.Store, domain.SubjectID(subjectID(req.GetSubjectId())))
		return registered(c, subject.ID, subject.Name), err
	case *mingjianv1.GrantLicenceRequest:
		return registered(c, domain.SubjectID(req.GetHolder().GetSubjectId()), req.GetHolder().GetName()), nil
	case interface{ GetLicenceId() string }:
		l, err := es.Load(ctx, b.Store, licence.Decider, req.GetLicenceId())
		if amended, ok := req.(*mingjianv1.AmendLicenceRequest); ok && amended.GetHolder() != nil {
			c = registered(c, domain.SubjectID(amended.GetHolder().GetSubjectId()), amended.GetHolder().GetName())
		}
		return registered(c, l.State.Current.Holder.Subject, l.State.Current.Holder.Name), err
	case interface{ GetListingId() string }:
		l, err := es.Load(ctx, b.Store, listing.Decider, req.GetListingId())
		return registered(c, l.State.Subject.ID, l.State.Subject.Name), err
	case interface{ GetInspectionId() string }:
		i, err := es.Load(ctx, b.Store, inspection.Decider, req.GetInspectionId())
		switch {
		case i.State.Assigned != nil:
			c = registered(c, i.State.Assigned.Subject, i.State.Assigned.SubjectName)
		case i.State.TakenOver != nil:
			c = registered(c, i.State.TakenOver.Subject, i.State.TakenOver.SubjectName)
		}
		return c, err
	case interface{ GetDisclosureId() string }:
		public, err := b.publicRecord(ctx, req.GetDisclosureId())
		for _, s := range public.document.Subjects {
			c = registered(c, s.ID, s.Name)
		}
		return c, err
	}
	return c, nil
}

// registered adds somebody whose name stands in a register.
func registered(c redaction.Context, id domain.SubjectID, name string) redaction.Context {
	if name == "" {
		return c
	}
	kind := redaction.Firm
	if len(id) == 18 && strings.HasPrefix(string(id), "92") {
		kind = redaction.Trader
	}
	c.Parties = append(c.Parties, redaction.Party{Name: name, Kind: kind, Person: ""})
	return c
}
