package release

import (
	"fmt"
	"slices"
	"strconv"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// held is the state of a disclosure between two acts; without a release there was none yet.
type held struct {
	*viewv1.Released
	last  uint64 // number of its last act, also of one that did not touch the portal
	since uint64 // number of the act from which on its content may be shown, as long as it is public
}

// heldOf reads a row of the present or of a former state, whose last columns are the same; without a row nothing is held.
func heldOf(row *projections.Row) (h held, err error) {
	h.Released = &viewv1.Released{}
	if row == nil {
		return h, nil
	}
	tail := row.Columns[len(row.Columns)-2:]
	for i, to := range []*uint64{&h.last, &h.since} {
		if *to, err = strconv.ParseUint(tail[i], 10, 64); err != nil {
			return h, fmt.Errorf("release: state of %s: %w", row.Key, err)
		}
	}
	return h, document.Decode(row, h.Released)
}

// standing is how it stands on the portal, whatever day it is; empty before the first act.
func (h held) standing() string {
	if h.GetRelease() == nil {
		return ""
	}
	return stateOf(h.Released)
}

// term is the last day on the portal; empty without an end.
func (h held) term() string {
	portal, _ := document.Outlets(h.GetOutlets()).On(rule.Portal)
	return portal.Until.String()
}

func (h held) tail() []string { return []string{projections.Num(h.last), projections.Num(h.since)} }

// row is that of the present state.
func (h held) row() projections.Row {
	r := h.GetRelease()
	return projections.Row{
		Key:     r.GetDisclosureId(),
		Columns: append([]string{r.GetRecordKind(), stateOf(h.Released), r.GetAuthority().GetId(), r.GetDate()}, h.tail()...),
	}
}

// former is that of the state once the act of a number has taken its place.
func (h held) former(until uint64) projections.Row {
	id := h.GetRelease().GetDisclosureId()
	return projections.Row{
		Key: id + "|" + projections.Num(until), Columns: append([]string{id, projections.Num(until)}, h.tail()...),
	}
}

// step is an act with what it makes of its disclosure and of the feed.
type step struct {
	release       *viewv1.Release
	before, after held
	head          head
}

// told is what follow answered last, and from which rows.
type told struct {
	step
	head, state es.Position
}

// follow tells what an act comes to. It changes no row. It is asked several times, for rows that seldom are others.
func follow(rows *projections.Rows, a *act) (step, error) {
	end, err := rows.Get(headTable, headKey)
	if err != nil {
		return step{}, err
	}
	state, err := rows.Get(stateTable, a.GetDisclosureId())
	if err != nil {
		return step{}, err
	}
	if t := a.told; t.release != nil && t.head == writtenAt(end) && t.state == writtenAt(state) {
		return t.step, nil
	}
	last, err := headOf(end)
	if err != nil {
		return step{}, err
	}
	s := step{head: last.next(a)}
	if s.before, err = heldOf(state); err != nil {
		return step{}, err
	}
	s.release = proto.CloneOf(a.Release)
	s.release.Sequence = s.head.sequence
	if s.release.GetDocument() == "" {
		inherit(s.release, s.before.GetRelease())
	}
	if s.head.chain, err = Next(s.head.chain, s.release); err != nil {
		return step{}, err
	}
	s.release.Chain = s.head.chain.String()
	s.after = s.before.next(a.event, s.release)
	a.told = told{s, writtenAt(end), writtenAt(state)}
	return s, nil
}

// writtenAt is the position of a row; zero without one.
func writtenAt(row *projections.Row) es.Position {
	if row == nil {
		return es.Position{}
	}
	return row.Position
}

// next is the state after one more act. What that changes on the portal is the present state from now on; other acts are
// history at once.
func (h held) next(event disclosure.Event, act *viewv1.Release) held {
	former, before := h.GetRelease(), document.Outlets(h.GetOutlets())
	after := disclosure.Showing{Outlets: before}.After(event).Outlets
	n := held{
		Released: &viewv1.Released{
			Release: former, History: slices.Clone(h.GetHistory()), Withdrawn: h.GetWithdrawn(), Outlets: document.OutletViews(after),
		},
		last: act.GetSequence(), since: h.since,
	}
	_, there := after.On(rule.Portal)
	if touched := before.Touched(event, rule.Portal); touched || former == nil || !there && !h.GetWithdrawn() {
		remember(n.Released, former)
		n.Release, n.Withdrawn = act, act.GetKind() == viewv1.ReleaseKind_RELEASE_KIND_WITHDRAWN
	} else {
		remember(n.Released, act)
	}
	if was := h.standing(); n.standing() == public && was != public && was != masked {
		n.since = n.last
	}
	return n
}
