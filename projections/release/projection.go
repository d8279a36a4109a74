package release

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Name is the projection's name.
const Name = "release.v2"

// The tables: all releases by number, the number of the latest, the present state of each disclosure, and which disclosures
// are public of a subject.
const (
	Table        = "release"
	headTable    = "release_head"
	stateTable   = "released"
	subjectTable = "released_subject"
)

// Columns.
const (
	colSequence  = "sequence"
	colKind      = "kind"
	colState     = "state" // on the portal: public, withdrawn, masked, ended or elsewhere
	colAuthority = "authority"
	colSubject   = "subject"
	colDate      = "date"
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
		Tables: []projections.Table{
			{Name: Table},
			{Name: headTable, Columns: []string{colSequence}},
			{
				Name: stateTable, Columns: []string{colKind, colState, colAuthority, colDate},
				Indexes: [][]string{{colKind, colState, colDate}, {colKind, colState, colAuthority, colDate}},
			},
			{
				Name: subjectTable, Columns: []string{colSubject, colKind, colAuthority, colDate},
				Indexes: [][]string{{colSubject, colKind, colDate}, {colSubject, colKind, colAuthority, colDate}},
			},
		},
		Project: project,
	}
}

func project(rec es.Record) (projections.Change, error) {
	act, event, err := actOf(rec)
	if err != nil || act == nil {
		return projections.Change{}, err
	}
	return projections.Change{
		Keys:  []projections.Key{{Table: headTable, Key: headKey}, {Table: stateTable, Key: act.GetDisclosureId()}},
		Apply: func(rows *projections.Rows) error { return release(rows, act, event) },
	}, nil
}

// release files an act. What it changes on the portal is the present state from now on; other acts are history at once.
func release(rows *projections.Rows, act *viewv1.Release, event disclosure.Event) error {
	var err error
	if act.Sequence, err = advance(rows); err != nil {
		return err
	}
	state := &viewv1.Released{}
	if _, err := document.Get(rows, stateTable, act.GetDisclosureId(), state); err != nil {
		return err
	}
	former, before := state.GetRelease(), document.Outlets(state.GetOutlets())
	if act.GetDocument() == "" {
		inherit(act, former)
	}
	after := disclosure.Showing{Outlets: before}.After(event).Outlets
	state.Outlets = document.OutletViews(after)
	_, there := after.On(rule.Portal)
	if touched := before.Touched(event, rule.Portal); touched || former == nil || !there && !state.GetWithdrawn() {
		remember(state, former)
		state.Release, state.Withdrawn = act, act.GetKind() == viewv1.ReleaseKind_RELEASE_KIND_WITHDRAWN
		relist(rows, former, act, stateOf(state) != public)
	} else {
		remember(state, act)
	}
	if err := document.Put(rows, Table, projections.Row{Key: projections.Num(act.GetSequence())}, act); err != nil {
		return err
	}
	return document.Put(rows, stateTable, stateRow(state), state)
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

// advance takes the next number of the feed.
func advance(rows *projections.Rows) (uint64, error) {
	row, err := rows.Get(headTable, headKey)
	if err != nil {
		return 0, err
	}
	last, err := headOf(row)
	if err != nil {
		return 0, err
	}
	rows.Put(headTable, projections.Row{Key: headKey, Columns: []string{projections.Num(last + 1)}})
	return last + 1, nil
}

func headOf(row *projections.Row) (uint64, error) {
	if row == nil {
		return 0, nil
	}
	n, err := strconv.ParseUint(row.Columns[0], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("release: number of the latest: %w", err)
	}
	return n, nil
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

func stateRow(s *viewv1.Released) projections.Row {
	r := s.GetRelease()
	return projections.Row{
		Key:     r.GetDisclosureId(),
		Columns: []string{r.GetRecordKind(), stateOf(s), r.GetAuthority().GetId(), r.GetDate()},
	}
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
