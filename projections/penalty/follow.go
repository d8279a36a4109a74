package penalty

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/penalty"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func decided(v *viewv1.Penalty, e penalty.Decided) {
	v.AuthorityId, v.AuthorityName, v.DecisionNo = string(e.Authority), e.AuthorityName, e.DecisionNo
	v.Procedure, v.ProcedureLabel = string(e.Procedure), procedureLabel(e.Procedure)
	v.Violation, v.Facts, v.Basis, v.LicenceAffected = e.Violation, e.Facts, e.Basis, e.LicenceAffected
	v.Content = content(e.Kinds, e.Content, e.FineFen, e.ConfiscatedFen)
	v.DecidedOn, v.EffectiveUntil, v.InspectionId, v.Status = e.DecidedOn.String(), e.EffectiveUntil.String(), e.Inspection, "in_force"
	v.FiledOn, v.DecisionId = e.FiledOn.String(), e.Decision
	for _, p := range e.Parties {
		v.Parties = append(v.GetParties(), party(p))
	}
	v.CoParties, v.Place = coParties(e), int32(e.Place) //nolint:gosec // at most 49
	for _, d := range e.Doubts {
		v.Doubts = append(v.GetDoubts(), &viewv1.PenaltyDoubt{Code: d.Code, Field: d.Field, Note: d.Note})
	}
	if e.SourceRow != nil {
		v.SourceFileDigest, v.SourceLine = e.SourceRow.FileDigest, int32(e.SourceRow.Line) //nolint:gosec // a line of a file
	}
}

func party(p penalty.Party) *viewv1.PenaltyParty {
	return &viewv1.PenaltyParty{
		Kind: string(p.Kind), KindLabel: p.Kind.Label(), Name: p.Name, SubjectId: string(p.Subject), LegalRepresentative: p.LegalRepresentative,
		Province: p.Province, ProvinceSource: string(p.ProvinceSource),
	}
}

// coParties are the others, each with the id of its own record, which follows from the decision.
func coParties(e penalty.Decided) []*viewv1.PenaltyCoParty {
	var out []*viewv1.PenaltyCoParty
	all := e.All()
	for place, p := range all {
		if len(e.CoParties) == 0 || place == e.Place {
			continue
		}
		other := e
		other.Place, other.Parties, other.CoParties = place, all[place:place+1], slices.Concat(all[:place], all[place+1:])
		out = append(out, &viewv1.PenaltyCoParty{PenaltyId: penalty.RecordID(other), Party: party(p)})
	}
	return out
}

// follow applies what comes after the decision.
func follow(v *viewv1.Penalty, event penalty.Event) {
	switch e := event.(type) {
	case penalty.Notified:
		v.NotifiedOn = e.On.String()
	case penalty.InstalmentsGranted:
		v.Instalments = &viewv1.PenaltyInstalments{Reason: e.Reason, DocumentNo: e.DocumentNo, On: e.On.String()}
		for _, part := range e.Instalments {
			v.Instalments.Instalments = append(v.GetInstalments().GetInstalments(), &viewv1.PenaltyInstalment{
				DueOn: part.DueOn.String(), AmountFen: int64(part.AmountFen),
			})
		}
	case penalty.Challenged:
		challenged(v, &viewv1.PenaltyChallenge{
			Kind: string(e.Kind), KindLabel: e.Kind.Label(), DocumentNo: e.DocumentNo, From: e.From.String(), Until: e.Until.String(),
		})
	case penalty.Pushed:
		v.Push = &viewv1.PenaltyPush{Province: e.Province, Authority: e.Authority, PushedOn: e.On.String(), Channel: e.Channel}
	case penalty.PushReceived:
		push := pushOf(v)
		push.ReceiptNo, push.ReceivedOn = e.ReceiptNo, e.On.String()
	case penalty.PushPublished:
		push := pushOf(v)
		push.PublishedOn, push.Address = e.On.String(), e.Address
	case penalty.Decided, penalty.Served, penalty.Performed, penalty.Amended, penalty.Revoked, penalty.Redacted, penalty.AmountsConfirmed:
	}
}

func pushOf(v *viewv1.Penalty) *viewv1.PenaltyPush {
	if v.GetPush() == nil {
		v.Push = &viewv1.PenaltyPush{}
	}
	return v.GetPush()
}

// challenged puts a challenge in the place of what was said of its number before.
func challenged(v *viewv1.Penalty, c *viewv1.PenaltyChallenge) {
	for i, had := range v.GetChallenges() {
		if had.GetDocumentNo() == c.GetDocumentNo() {
			v.Challenges[i] = c
			return
		}
	}
	v.Challenges = append(v.GetChallenges(), c)
}
