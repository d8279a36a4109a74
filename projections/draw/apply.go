package draw

import (
	"cmp"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/draw"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// apply changes the view as the event says. It is total: what a strange history lacks stays empty.
func apply(v *viewv1.Draw, e draw.Event, at string) {
	switch e := e.(type) {
	case draw.Frozen:
		frozen(v, e)
		v.FrozenAt = at
	case draw.TermsFixed:
		v.Terms, v.FixedAt = e.Terms.String(), instant(e.FixedAt)
		if e.Beacon != nil {
			v.Beacon = &viewv1.DrawBeacon{Name: e.Beacon.Name, Round: e.Beacon.Round, NotBefore: e.Beacon.NotBefore, Proof: proof(e)}
		}
		for _, p := range e.Parties {
			v.Parties = append(v.Parties, &viewv1.DrawParty{Name: p.Name, AuthorityId: string(p.Authority)})
		}
	case draw.PartyCommitted:
		p := party(v, e.Party)
		p.Commitment, p.CommittedAt = e.Commitment.String(), instant(e.CommittedAt)
	case draw.PartyRevealed:
		nonce, err := e.Nonce.MarshalText()
		if err == nil {
			p := party(v, e.Party)
			p.Nonce, p.RevealedAt = string(nonce), at
		}
	case draw.BeaconEntered:
		b := beacon(v)
		b.Entries = append(b.Entries, &viewv1.DrawEntry{By: cmp.Or(e.By.Party, string(e.By.Authority)), EnteredAt: instant(e.EnteredAt)})
	case draw.BeaconRecorded:
		b := beacon(v)
		b.Value, b.Signature = e.Value.String(), e.Signature.String()
	case draw.Drawn:
		drawn(v, e)
		v.DrawnAt = at
	case draw.Replaced:
		v.Replacements = append(v.Replacements, &viewv1.DrawReplacement{
			Number: e.Number, SubjectOut: e.SubjectOut, Reason: string(e.Reason), ReasonLabel: e.Reason.Label(),
			SubjectIn: e.ReplacedBy.Subject,
		})
	case draw.Aborted:
		v.AbortReason, v.AbortParty, v.AbortedAt = e.Reason, e.Party, at
		v.State = string(draw.PhaseAborted)
	}
	v.State = state(v)
	v.StateLabel = stateLabel(v.GetState())
}

func frozen(v *viewv1.Draw, e draw.Frozen) {
	v.Id, v.TaskId, v.PlanId, v.AuthorityId = e.Draw, e.Task, e.Plan, string(e.Authority)
	v.Number = uint32(e.Number) //nolint:gosec // draws of one task are few
	v.Line, v.WindowEnd, v.WorkloadCap = e.Line, e.WindowEnd.String(), e.WorkloadCap
	v.AtPosition = e.AtPosition
	v.Subjects, v.Inspectors, v.Conflicts = pool(e.Subjects), pool(e.Inspectors), pool(e.Conflicts)
	for _, s := range e.Strata {
		v.Strata = append(v.Strata, &viewv1.DrawStratum{Name: s.Name, RatioPpm: s.RatioPPM, Count: s.Count})
	}
	for _, l := range e.Layers {
		stratum(v, l.Stratum).Candidates = l.Candidates
	}
	for _, d := range e.Departments {
		v.Departments = append(v.Departments, &viewv1.DrawDepartment{
			Name: d.Name, AuthorityId: string(d.Authority), TeamSize: d.TeamSize, Lead: d.Lead,
		})
	}
	for _, x := range e.Exclusions {
		v.Exclusions = append(v.Exclusions, &viewv1.DrawExclusion{
			Reason: x.Reason, Label: draw.Exclusion(x.Reason).Label(), Count: x.Count,
		})
	}
}

func drawn(v *viewv1.Draw, e draw.Drawn) {
	v.Seed, v.SelectionDigest, v.Selected = e.Seed.String(), e.Selection.Digest, e.Selection.Count
	for _, d := range e.Drawings {
		s := stratum(v, d.Stratum)
		s.Selected, s.Reserve = d.Selected, d.Reserve
	}
	for _, short := range e.Shortfalls {
		for _, d := range v.GetDepartments() {
			if d.GetName() == short.Department {
				d.Shortfalls = short.Subjects
			}
		}
	}
}

func pool(p draw.Pool) *viewv1.DrawPool {
	return &viewv1.DrawPool{Digest: p.Digest, Root: p.Root.String(), Count: p.Count}
}

func stratum(v *viewv1.Draw, name string) *viewv1.DrawStratum {
	for _, s := range v.GetStrata() {
		if s.GetName() == name {
			return s
		}
	}
	s := &viewv1.DrawStratum{Name: name}
	v.Strata = append(v.Strata, s)
	return s
}

func party(v *viewv1.Draw, name string) *viewv1.DrawParty {
	for _, p := range v.GetParties() {
		if p.GetName() == name {
			return p
		}
	}
	p := &viewv1.DrawParty{Name: name}
	v.Parties = append(v.Parties, p)
	return p
}

func beacon(v *viewv1.Draw) *viewv1.DrawBeacon {
	if v.GetBeacon() == nil {
		v.Beacon = &viewv1.DrawBeacon{}
	}
	return v.GetBeacon()
}

// state is draw.State.Phase, told from the view.
func state(v *viewv1.Draw) string {
	open := func(missing func(*viewv1.DrawParty) bool) bool { return slices.ContainsFunc(v.GetParties(), missing) }
	switch {
	case v.GetState() == string(draw.PhaseAborted):
		return v.GetState()
	case v.GetSeed() != "":
		return string(draw.PhaseDrawn)
	case v.GetTerms() == "":
		return string(draw.PhaseFrozen)
	case open(func(p *viewv1.DrawParty) bool { return p.GetCommitment() == "" }):
		return string(draw.PhaseFixed)
	case open(func(p *viewv1.DrawParty) bool { return p.GetNonce() == "" }), v.GetBeacon() != nil && v.GetBeacon().GetValue() == "":
		return string(draw.PhaseSealed)
	}
	return string(draw.PhaseReady)
}

func stateLabel(state string) string {
	switch draw.Phase(state) {
	case draw.PhaseFrozen:
		return "名录已冻结"
	case draw.PhaseFixed:
		return "条件已固定，待承诺"
	case draw.PhaseSealed:
		return "已承诺，待揭示"
	case draw.PhaseReady:
		return "待抽取"
	case draw.PhaseDrawn:
		return "已抽取"
	case draw.PhaseAborted:
		return "已中止"
	}
	return ""
}
