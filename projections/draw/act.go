package draw

import (
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// proof is what makes a value of the source believed.
func proof(e draw.TermsFixed) string {
	switch {
	case e.DoubleEntry:
		return "entered"
	case e.Unproved:
		return "stated"
	}
	return "signed"
}

// act tells of an event as such: what was done, when, and in which role. Accounts are not published.
func act(e draw.Event, by es.Metadata) *viewv1.DrawAct {
	a := &viewv1.DrawAct{At: instant(by.RecordedAt), Role: by.Role, AuthorityId: by.Authority}
	switch e := e.(type) {
	case draw.Frozen:
		a.Act, a.Label = "frozen", "冻结名录"
	case draw.TermsFixed:
		a.Act, a.Label = "terms_fixed", "固定条件"
	case draw.PartyCommitted:
		a.Act, a.Label, a.Party = "committed", "承诺", e.Party
	case draw.PartyRevealed:
		a.Act, a.Label, a.Party = "revealed", "揭示", e.Party
	case draw.BeaconEntered:
		a.Act, a.Label, a.Party = "beacon_entered", "录入随机源结果", e.By.Party
	case draw.BeaconRecorded:
		a.Act, a.Label = "beacon_recorded", "登记随机源结果"
	case draw.Drawn:
		a.Act, a.Label = "drawn", "抽取"
	case draw.Replaced:
		a.Act, a.Label = "replaced", "替换"
	case draw.Aborted:
		a.Act, a.Label, a.Party = "aborted", "中止", e.Party
	}
	return a
}

// formerOf are the draws of the task up to and including one that was aborted.
func formerOf(before *viewv1.Draw) []*viewv1.FormerDraw {
	return append(before.GetFormer(), &viewv1.FormerDraw{
		Id: before.GetId(), Number: before.GetNumber(), AbortReason: before.GetAbortReason(), AbortParty: before.GetAbortParty(),
		AbortedAt: before.GetAbortedAt(),
	})
}

// applyEntries keeps what people entered for a source and shows it once it can't be copied any more: when it is recorded, or when
// the draw is aborted.
func applyEntries(v *viewv1.Draw, kept *viewv1.DrawEntries, e draw.Event) {
	shown := false
	switch e := e.(type) {
	case draw.BeaconEntered:
		kept.Entries = append(kept.Entries, &viewv1.DrawEntry{Value: e.Value.String()})
		v.Beacon.EntriesDiffer = differ(kept)
	case draw.BeaconRecorded, draw.Aborted:
		shown = true
	case draw.Frozen, draw.TermsFixed, draw.PartyCommitted, draw.PartyRevealed, draw.Drawn, draw.Replaced:
	}
	if !shown {
		return
	}
	for i, entry := range v.GetBeacon().GetEntries() {
		if i < len(kept.GetEntries()) {
			entry.Value = kept.GetEntries()[i].GetValue()
		}
	}
}

// differ tells whether several entered and no two of them the same.
func differ(kept *viewv1.DrawEntries) bool {
	seen := map[string]bool{}
	for _, entry := range kept.GetEntries() {
		if seen[entry.GetValue()] {
			return false
		}
		seen[entry.GetValue()] = true
	}
	return len(seen) > 1
}
