package grpcapi

import (
	"context"
	"fmt"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// RedactionServer shows and changes what was taken out of a record's texts.
type RedactionServer struct {
	mingjianv1.UnimplementedRedactionServiceServer
	Base
	Vault Vault
}

// redactable is a record with texts that something was taken out of, as it stands.
type redactable struct {
	disclosure disclosure.State
	penalty    penalty.State
}

// load reads a record that the caller may see or change.
func (s RedactionServer) load(ctx context.Context, id string, may func(context.Context, string) error) (r redactable, err error) {
	kind, record, _ := strings.Cut(id, ".")
	if disclosure.Kind(kind) != disclosure.Penalty {
		return r, domain.Refuse(domain.NotFound, "redaction.missing", "disclosure_id",
			"该公示事项没有去标识化的文本", "this disclosure has no texts that anything was taken out of")
	}
	p, err := es.Load(ctx, s.Store, penalty.Decider, record)
	if err == nil && !p.State.Exists() {
		err = domain.Refuse(domain.NotFound, "redaction.missing", "disclosure_id", "没有该公示事项", "there is no such disclosure")
	}
	if err == nil {
		err = may(ctx, string(p.State.Decision.Authority))
	}
	if err != nil {
		return r, err
	}
	d, err := es.Load(ctx, s.Store, disclosure.Decider, id)
	return redactable{disclosure: d.State, penalty: p.State}, err
}

// GetRedaction sets the texts as served against the published ones.
func (s RedactionServer) GetRedaction(ctx context.Context, req *mingjianv1.GetRedactionRequest) (*mingjianv1.GetRedactionResponse, error) {
	r, err := s.load(ctx, req.GetDisclosureId(), mayRead)
	if err != nil {
		return nil, err
	}
	out := &mingjianv1.GetRedactionResponse{
		DisclosureId: req.GetDisclosureId(), Digest: r.disclosure.Draft.Digest, Commitment: "", Open: false, Minor: "", Texts: nil,
	}
	decision := r.penalty.Initial()
	if out.Texts, err = s.texts(ctx, r.penalty.Overlay(), "", decision.TextOf, out); err != nil {
		return nil, err
	}
	if n := len(r.penalty.Amendments); n > 0 {
		a := r.penalty.Amendments[n-1]
		texts := map[string]string{"content": a.Content, "reason": a.Reason}
		more, err := s.texts(ctx, a.Redaction, "amendment.", func(field string) string { return texts[field] }, out)
		if err != nil {
			return nil, err
		}
		out.Texts = append(out.Texts, more...)
	}
	return out, nil
}

// texts are those of one overlay. That a person was forgotten is no error: what is published stands without it.
func (s RedactionServer) texts(
	ctx context.Context, o *redaction.Overlay, prefix string, stands func(string) string, out *mingjianv1.GetRedactionResponse,
) ([]*mingjianv1.RedactedText, error) {
	if o == nil {
		return nil, nil
	}
	served, err := servedTexts(ctx, s.Vault, o.Served)
	if err != nil && domain.KindOf(err) != domain.Gone {
		return nil, err
	}
	out.Commitment, out.Minor, out.Open = o.Served.Commitment, string(o.Minor), err == nil
	var texts []*mingjianv1.RedactedText
	for _, taken := range o.Fields {
		text := stands(taken.Field)
		pieces := redaction.Published(text, taken.Spans)
		if was, open := served[taken.Field]; open && redaction.Apply(was, taken.Spans) == text {
			pieces = redaction.Diff(was, taken.Spans)
		}
		texts = append(texts, &mingjianv1.RedactedText{Field: prefix + taken.Field, Published: text, Pieces: piecesOf(pieces, taken.Spans)})
	}
	return texts, nil
}

// piecesOf names the rule of each piece, and its place in the text as served.
func piecesOf(pieces []redaction.Piece, spans []redaction.Span) []*mingjianv1.TextPiece {
	out := make([]*mingjianv1.TextPiece, len(pieces))
	at, next := 0, 0
	for i, p := range pieces {
		n := len([]rune(p.Served))
		if p.Rule != "" {
			n = spans[next].To - spans[next].From
			next++
		}
		rule, _ := redaction.RuleOf(p.Rule)
		out[i] = &mingjianv1.TextPiece{
			Served: p.Served, Published: p.Published, Rule: string(p.Rule), RuleLabel: rule.Label, Article: rule.Article,
			Confidence: int32(p.Confidence), Hard: rule.Hard, //nolint:gosec // a percentage
			From: int32(at), To: int32(at + n), //nolint:gosec // within a text of a request
		}
		at += n
	}
	return out
}

// RedactDisclosure records other spans. The document that follows is submitted by a policy with the caller behind it.
func (s RedactionServer) RedactDisclosure(ctx context.Context, req *mingjianv1.RedactDisclosureRequest) (*mingjianv1.RedactDisclosureResponse, error) {
	r, err := s.load(ctx, req.GetDisclosureId(), func(ctx context.Context, authority string) error {
		return ownRecord(ctx, domain.AuthorityID(authority))
	})
	if err != nil {
		return nil, err
	}
	id := r.penalty.Decision.Penalty
	cmd, err := s.proposed(ctx, r, req)
	if err != nil {
		first, again := firstAnswer(ctx, s.Base, penalty.Decider, id, req)
		if again != nil || first == nil {
			return nil, err
		}
		return &mingjianv1.RedactDisclosureResponse{Receipt: first}, nil
	}
	receipt, err := write(ctx, s.Base, penalty.Decider, id, req, penalty.Command(cmd))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RedactDisclosureResponse{Receipt: receipt}, nil
}

// proposed makes the published texts of the proposed spans out of the served ones.
func (s RedactionServer) proposed(ctx context.Context, r redactable, req *mingjianv1.RedactDisclosureRequest) (cmd penalty.Redact, err error) {
	if fault := domain.Approves("redaction.digest", "digest", req.GetDigest(), r.disclosure.Draft.Digest); fault != nil {
		return cmd, fault
	}
	was, served, err := s.served(ctx, r)
	if err != nil {
		return cmd, err
	}
	now, texts := *was, map[string]string{}
	if r.penalty.Redacted != nil {
		for _, t := range r.penalty.Redacted.Texts {
			texts[t.Field] = t.Text
		}
	}
	var faults []*domain.Fault
	for _, p := range req.GetTexts() {
		text, there := served[p.GetField()]
		// What the party of this record is sentenced to stands in the place of what the decision says of all.
		_, ownSentence := served[fmt.Sprintf("parties[%d].sentence.%s", r.penalty.Decision.Place, p.GetField())]
		if !there || ownSentence {
			faults = append(faults, domain.Refuse(domain.Invalid, "penalty.redact.field", "texts", "没有该文本", "there is no such text"))
			continue
		}
		spans := spansOf(p, was.Of(p.GetField()))
		shown, fault := published(p.GetField(), text, spans, recordContext(r.penalty))
		faults = append(faults, fault)
		now, texts[p.GetField()] = now.With(p.GetField(), spans), shown
	}
	event := penalty.Redacted{Redaction: now, Texts: nil, Reason: req.GetReason()}
	for _, field := range sortedKeys(texts) {
		event.Texts = append(event.Texts, penalty.Text{Field: field, Text: texts[field]})
	}
	return penalty.Redact{By: CallOf(ctx).Actor, Today: s.Today(), Redaction: event}, domain.Require(faults...)
}

// served opens the texts of a record; where nothing was taken out, they stand in the record, and are sealed now.
func (s RedactionServer) served(ctx context.Context, r redactable) (*redaction.Overlay, map[string]string, error) {
	if was := r.penalty.Overlay(); was != nil {
		served, err := servedTexts(ctx, s.Vault, was.Served)
		return was, served, err
	}
	texts, fields := map[string]string{}, []redaction.Field(nil)
	for _, field := range r.penalty.Decision.Texts() {
		if text := r.penalty.Decision.TextOf(field); text != "" {
			texts[field] = text
			fields = append(fields, redaction.Field{Name: field, Kind: redaction.Prose, Text: text})
		}
	}
	o, err := sealTexts(ctx, s.Vault, CallOf(ctx).Command, fields, nil)
	return &redaction.Overlay{Served: o, Fields: nil, Minor: redaction.NoMinor}, texts, err
}

// spansOf are the proposed spans; those that stood before keep their rule.
func spansOf(p *mingjianv1.ProposedRedaction, stood []redaction.Span) []redaction.Span {
	out := make([]redaction.Span, len(p.GetSpans()))
	for i, s := range p.GetSpans() {
		out[i] = redaction.Span{
			From: int(s.GetFrom()), To: int(s.GetTo()), Rule: redaction.Manual, Confidence: 0, Replacement: s.GetReplacement(),
		}
		for _, was := range stood {
			if was.From == out[i].From && was.To == out[i].To && was.Replacement == out[i].Replacement {
				out[i] = was
			}
		}
	}
	return out
}
