package grpcapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/dispute"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/listing"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	disputeview "github.com/mingjian-ledger/mingjian/projections/dispute"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// publicRecord is a disclosure as it is public now.
type publicRecord struct {
	dispute.Record
	document disclosure.Document
}

// publicRecord looks a disclosure up. Its release is 0 while the authority's own portal shows nothing of it.
func (b Base) publicRecord(ctx context.Context, id string) (r publicRecord, err error) {
	d, err := es.Load(ctx, b.Store, disclosure.Decider, id)
	if err != nil {
		return r, err
	}
	r.Disclosure, r.Authority = id, d.State.Authority
	if !d.State.Shown(rule.Portal, b.Today()) {
		return r, nil
	}
	r.Digest, r.Release = d.State.Showing.Digest, d.State.Release.Number
	if err := json.Unmarshal(d.State.Showing.Document, &r.document); err != nil {
		return r, fmt.Errorf("grpcapi: document of %s: %w", id, err)
	}
	return r, nil
}

// releaseOf looks a release of a record up by its number; nothing if there is none.
func (b Base) releaseOf(ctx context.Context, of dispute.Record, number int) (made dispute.Record, err error) {
	for rec, err := range b.Store.Read(ctx, es.Stream{Category: disclosure.Decider.Category, ID: of.Disclosure}, 0) {
		if err != nil {
			return made, err
		}
		var r struct {
			Number int    `json:"number"`
			Digest string `json:"digest"`
		}
		if err := json.Unmarshal(rec.Data, &r); err != nil {
			return made, fmt.Errorf("grpcapi: %s: %w", rec.Type, err)
		}
		if number > 0 && r.Number == number {
			return dispute.Record{Disclosure: of.Disclosure, Authority: of.Authority, Digest: r.Digest, Release: number}, nil
		}
	}
	return made, nil
}

// hands are the accounts behind a release: who made the record, submitted, reviewed, approved or published it.
func (b Base) hands(ctx context.Context, of dispute.Record) ([]string, error) {
	if of.Disclosure == "" {
		return nil, nil
	}
	var out []string
	add := func(account string) {
		if account != "" && account != policy.Account && !slices.Contains(out, account) {
			out = append(out, account)
		}
	}
	d, err := es.Load(ctx, b.Store, disclosure.Decider, of.Disclosure)
	if err != nil {
		return nil, err
	}
	for _, stream := range []es.Stream{{Category: disclosure.Decider.Category, ID: of.Disclosure}, streamOf(d.State.Record)} {
		if stream.Category == "" {
			continue
		}
		for rec, err := range b.Store.Read(ctx, stream, 0) {
			if err != nil {
				return nil, err
			}
			meta, err := rec.Metadata()
			if err != nil {
				return nil, err
			}
			var said struct {
				Author string `json:"author"`
				Number int    `json:"number"`
			}
			add(meta.Actor)
			if stream.Category != disclosure.Decider.Category {
				continue
			}
			if err := json.Unmarshal(rec.Data, &said); err != nil {
				return nil, fmt.Errorf("grpcapi: %s: %w", rec.Type, err)
			}
			add(said.Author)
			if said.Number >= of.Release {
				break
			}
		}
	}
	return out, nil
}

// streamOf is the stream of the record itself.
func streamOf(r disclosure.Record) es.Stream {
	switch r.Kind {
	case disclosure.Inspection:
		return es.Stream{Category: inspection.Category, ID: r.ID}
	case disclosure.Penalty:
		return es.Stream{Category: penalty.Category, ID: r.ID}
	case disclosure.Licence:
		if id, _, err := licence.ParseRecordID(r.ID); err == nil {
			return es.Stream{Category: licence.StreamCategory, ID: id}
		}
	case disclosure.Listing:
		if id, _, err := listing.ParseRecordID(r.ID); err == nil {
			return es.Stream{Category: listing.Category, ID: id}
		}
	}
	return es.Stream{}
}

// ReceiveReply looks up what is public and whether it can be public with the reply.
func (s DisputeServer) ReceiveReply(ctx context.Context, req *mingjianv1.ReceiveReplyRequest) (*mingjianv1.ReceiveReplyResponse, error) {
	on, fault := civilDate("on", req.GetOn())
	if fault != nil {
		return nil, fault
	}
	public, err := s.publicRecord(ctx, req.GetDisclosureId())
	if err != nil {
		return nil, err
	}
	thread, err := es.Load(ctx, s.Store, dispute.Replies, req.GetDisclosureId())
	if err != nil {
		return nil, err
	}
	cmd := dispute.ReceiveReply{
		By: CallOf(ctx).Actor, Today: s.Today(), Public: public.Record, Parties: nil, Unfit: nil,
		Party: dispute.Replier{Subject: domain.SubjectID(subjectID(req.GetSubjectId())), Name: req.GetParty()},
		Text:  req.GetText(), Channel: dispute.Channel(req.GetChannel()), On: on, Evidence: req.GetEvidence(),
	}
	for _, p := range public.document.Subjects {
		cmd.Parties = append(cmd.Parties, dispute.Replier{Subject: p.ID, Name: p.Name})
	}
	if public.Release > 0 {
		err := policy.Replied(public.document, thread.State, cmd)
		if f := (*domain.Fault)(nil); errors.As(err, &f) {
			cmd.Unfit = f
		} else if err != nil {
			return nil, err
		}
	}
	receipt, err := write(ctx, s.Base, dispute.Replies, req.GetDisclosureId(), req, dispute.ReplyCommand(cmd))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ReceiveReplyResponse{Receipt: receipt}, nil
}

// TakeReplyBack ends a reply.
func (s DisputeServer) TakeReplyBack(ctx context.Context, req *mingjianv1.TakeReplyBackRequest) (*mingjianv1.TakeReplyBackResponse, error) {
	on, fault := civilDate("on", req.GetOn())
	if fault != nil {
		return nil, fault
	}
	receipt, err := write(ctx, s.Base, dispute.Replies, req.GetDisclosureId(), req, dispute.ReplyCommand(dispute.TakeReplyBack{
		By: CallOf(ctx).Actor, Today: s.Today(), Reply: int(req.GetReply()), ByParty: req.GetByParty(), Reason: req.GetReason(), On: on,
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.TakeReplyBackResponse{Receipt: receipt}, nil
}

// GetReplies are all replies to a disclosure.
func (s DisputeServer) GetReplies(ctx context.Context, req *mingjianv1.GetRepliesRequest) (*mingjianv1.GetRepliesResponse, error) {
	v, err := disputeview.Replies(ctx, s.Views, req.GetDisclosureId())
	if err == nil {
		err = mayRead(ctx, v.GetAuthorityId())
	}
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetRepliesResponse{Replies: v}, nil
}
