package grpcapi

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
)

// What people write into inspections, licences, lists and replies is redacted by the chain before any service sees it, by the
// rules for penalties: events, views, logs and the digest of the request hold what is left. The texts as they were given are
// sealed, once the command is sure to lead to an event, and the metadata of its events refer to them. The reasons of acts that
// are themselves about what is public are not masked but refused: they are ours to word.

// treatment is what becomes of personal data in the wording of a request.
type treatment int

const (
	turnedDown treatment = iota
	takenOut             // masked, and sealed as it was given
	asGiven              // here; the service or the domain looks after it
)

// treatmentOf is that of a method. A method of which nothing is said here takes no personal data.
func treatmentOf(method string) treatment {
	method = strings.TrimPrefix(method, "/mingjian.v1.")
	switch method {
	case "InspectionService/TakeOverInspections", "LicenceService/TakeOverTerms": // each row by itself
		return asGiven
	case "DisputeService/ReceiveReply", "CertificateService/ReissueLicence":
		return takenOut
	}
	switch service, _, _ := strings.Cut(method, "/"); service {
	case "InspectionService", "LicenceService", "ListingService":
		return takenOut
	case "PenaltyService", "RedactionService": // masks that people may change
		return asGiven
	case "RosterService", "SamplingService": // places and names of firms by the thousand, in words of one line
		return asGiven
	}
	return turnedDown
}

// wordingKind says how a text of these requests is redacted. Names stay: who was met, who holds a licence and who took a paper
// is what the record is for.
func wordingKind(name protoreflect.Name) (redaction.FieldKind, bool) {
	switch name {
	case "text", "findings", "unsigned_reason", "opinion", "attested":
		return redaction.Prose, true
	case "witness", "place", "title", "basis":
		return redaction.Label, true
	}
	kind, ok := textKind(name)
	if kind == redaction.PartyName {
		kind = redaction.Label
	}
	return kind, ok
}

// withoutPersonalTexts answers the request without what may not stand in an event, and the context that knows what was taken out.
func (c *Chain) withoutPersonalTexts(ctx context.Context, req proto.Message) (context.Context, proto.Message, error) {
	call := CallOf(ctx)
	call.vault = c.Vault
	switch treatmentOf(call.Method) {
	case asGiven:
	case turnedDown:
		return ctx, req, noPersonalTexts(req)
	case takenOut:
		var known redaction.Context
		if c.Parties != nil {
			var err error
			if known, err = c.Parties(ctx, req); err != nil {
				return ctx, nil, err
			}
		}
		if call.taken = wording(req, known); call.taken.none() {
			break
		}
		req = call.taken.message
	}
	return WithCall(ctx, call), req, nil
}

// wording is a message without what may not stand in an event. Whether somebody is a minor matters to penalties alone.
func wording[M proto.Message](message M, c redaction.Context) redacted[M] {
	out := redactBy(message, c, wordingKind)
	out.overlay.Minor = redaction.NoMinor
	return out
}

// noPersonalTexts refuses texts with identity, bank or mobile phone numbers or home addresses, by field and rule.
func noPersonalTexts(req proto.Message) error {
	var faults []*domain.Fault
	walkTexts(req.ProtoReflect(), "", wordingKind, func(f redaction.Field, _ func(string)) {
		for _, s := range redaction.Propose(f.Text, redaction.Context{Parties: nil, Persons: nil, Homes: nil, On: ""}) {
			if r, _ := redaction.RuleOf(s.Rule); r.Hard || r.ID == redaction.Home {
				faults = append(faults, domain.Refuse(domain.Invalid, "redaction.personal_data", f.Name,
					fmt.Sprintf("%s：不得填写个人信息（%s，%s）", f.Name, r.Label, r.Article),
					fmt.Sprintf("%s holds personal data (rule %s), which may not be written here", f.Name, r.ID)))
				return
			}
		}
	})
	return domain.Require(faults...)
}

// maxTaken bounds what is told of one request in the metadata of its events, in bytes; it leaves room below es.MaxEvent.
const maxTaken = 32 << 10

// sealedBeside is sealedFor, in the form in which it stands beside events of any kind.
func sealedBeside[M proto.Message, S, C any, E es.Event](
	ctx context.Context, b Base, vault Vault, d es.Decider[S, C, E], id string, m es.Metadata, r redacted[M], cmd C,
) (json.RawMessage, error) {
	if spans, err := json.Marshal(r.overlay); err != nil || len(spans) > maxTaken {
		return nil, domain.Refuse(domain.TooLarge, "redaction.number", "",
			"文本中的个人信息过多，请删减后重新提交", "the texts hold too much personal data: leave some of it out")
	}
	taken, err := sealedFor(ctx, b, vault, d, id, m, r, cmd)
	if err != nil || taken == nil {
		return nil, err
	}
	return json.Marshal(taken)
}
