package release

import (
	"cmp"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	"github.com/mingjian-ledger/mingjian/projections/history"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Name is the projection's name.
const Name = "release.v3"

// The tables: all releases by number, the number of the latest, the present state of each disclosure, its former states, and
// which disclosures are public of a subject. Beside them stand those of the lists as they were at any moment.
const (
	Table        = "release"
	headTable    = "release_head"
	stateTable   = "released"
	formerTable  = "released_former"
	subjectTable = "released_subject"
)

// past holds what was on the portal, see places.
var past = history.New("released_past")

// Columns.
const (
	colSequence   = "sequence"
	colKind       = "kind"
	colState      = "state" // on the portal: public, withdrawn, masked, ended or elsewhere
	colAuthority  = "authority"
	colSubject    = "subject"
	colDate       = "date"
	colLast       = "last"  // number of the last act
	colSince      = "since" // number of the act from which on the content may be shown
	colDisclosure = "disclosure"
	colUntil      = "until" // number of the act that took the state's place
	colPublicAt   = "public_at"
	colPosition   = "position"
	colChain      = "chain"
)

const (
	public    = "public"
	withdrawn = "withdrawn"
	masked    = "masked"
	ended     = "ended"
	elsewhere = "elsewhere" // public on other outlets alone
)

const headKey = "head"

// maxHistory bounds the earlier acts kept beside the present one; the feed has all.
const maxHistory = 100

// Projection numbers releases and keeps the lists.
func Projection() projections.Projection {
	return projections.Projection{
		Name: Name,
		Tables: append([]projections.Table{
			{
				Name: Table, Columns: []string{colDisclosure, colPublicAt, colPosition},
				Indexes: [][]string{{colDisclosure}, {colPublicAt}, {colPosition}},
			},
			{Name: headTable, Columns: []string{colSequence, colPublicAt, colPosition, colChain}},
			{
				Name: stateTable, Columns: []string{colKind, colState, colAuthority, colDate, colLast, colSince},
				Indexes: [][]string{{colKind, colState, colDate}, {colKind, colState, colAuthority, colDate}},
			},
			{
				Name: formerTable, Columns: []string{colDisclosure, colUntil, colLast, colSince},
				Indexes: [][]string{{colDisclosure, colUntil}},
			},
			{
				Name: subjectTable, Columns: []string{colSubject, colKind, colAuthority, colDate},
				Indexes: [][]string{{colSubject, colKind, colDate}, {colSubject, colKind, colAuthority, colDate}},
			},
		}, past.Tables()...),
		Project: project,
	}
}

func project(rec es.Record) (projections.Change, error) {
	act, err := actOf(rec)
	if err != nil || act == nil {
		return projections.Change{}, err
	}
	return projections.Change{
		Keys:  []projections.Key{{Table: headTable, Key: headKey}, {Table: stateTable, Key: act.GetDisclosureId()}},
		More:  func(rows *projections.Rows) ([]projections.Key, error) { return recalled(rows, act) },
		Apply: func(rows *projections.Rows) error { return release(rows, act) },
	}, nil
}

// release files an act.
func release(rows *projections.Rows, a *act) error {
	s, err := follow(rows, a)
	if err != nil {
		return err
	}
	rows.Put(headTable, projections.Row{Key: headKey, Columns: s.head.columns()})
	if err := document.Put(rows, Table, projections.Row{
		Key: projections.Num(s.head.sequence), Columns: []string{a.GetDisclosureId(), s.head.publicAt, s.head.position},
	}, s.release); err != nil {
		return err
	}
	if err := document.Put(rows, stateTable, s.after.row(), s.after.Released); err != nil {
		return err
	}
	if s.after.GetRelease() == s.release {
		relist(rows, s.before.GetRelease(), s.release, s.after.standing() != public)
	}
	return keep(rows, s)
}

// remember puts an act into the history.
func remember(state *viewv1.Released, act *viewv1.Release) {
	if act == nil {
		return
	}
	state.History = append(state.GetHistory(), reference(act))
	slices.SortStableFunc(state.GetHistory(), func(a, b *viewv1.ReleaseRef) int { return cmp.Compare(a.GetSequence(), b.GetSequence()) })
	state.History = state.History[max(0, len(state.History)-maxHistory):]
}

func reference(r *viewv1.Release) *viewv1.ReleaseRef {
	return &viewv1.ReleaseRef{
		Sequence: r.GetSequence(), Kind: r.GetKind(), Digest: r.GetDigest(), ReleasedAt: r.GetReleasedAt(), Reason: r.GetReason(),
		Outlets: r.GetOutlets(),
	}
}

// stateOf is how a disclosure stands on the portal, whatever day it is.
func stateOf(s *viewv1.Released) string {
	portal, there := document.Outlets(s.GetOutlets()).On(rule.Portal)
	switch {
	case s.GetWithdrawn():
		return withdrawn
	case !there:
		return elsewhere
	case portal.Ended != "":
		return ended
	case portal.Masked:
		return masked
	}
	return public
}

// relist takes the disclosure off the lists of its former subjects and puts it on those of its present ones.
func relist(rows *projections.Rows, former, act *viewv1.Release, gone bool) {
	stay := map[string]bool{}
	if !gone {
		for _, s := range act.GetSubjects() {
			stay[s.GetId()] = true
		}
	}
	for _, s := range former.GetSubjects() {
		if s.GetId() != "" && !stay[s.GetId()] {
			rows.Delete(subjectTable, subjectKey(s.GetId(), act.GetDisclosureId()))
		}
	}
	delete(stay, "")
	for _, s := range act.GetSubjects() {
		if stay[s.GetId()] {
			rows.Put(subjectTable, projections.Row{
				Key:     subjectKey(s.GetId(), act.GetDisclosureId()),
				Columns: []string{s.GetId(), act.GetRecordKind(), act.GetAuthority().GetId(), act.GetDate()},
			})
			delete(stay, s.GetId())
		}
	}
}

// A subject id holds no "|", so the key can be cut at the first.
func subjectKey(subject, disclosure string) string { return subject + "|" + disclosure }
