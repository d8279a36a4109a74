package release

import (
	"context"
	"fmt"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Feed returns the releases after a number, at most limit (1 to projections.MaxLimit), with consecutive numbers, and the
// number of the newest. It holds everything as it was released: what of it may still be shown is told by Past.Feed.
func Feed(ctx context.Context, r projections.Reader, after uint64, limit int) (list []*viewv1.Release, head uint64, err error) {
	page, err := r.List(ctx, projections.Query{Table: Table, From: projections.Num(after + 1), Limit: limit})
	if err != nil {
		return nil, 0, fmt.Errorf("release: feed after %d: %w", after, err)
	}
	for _, row := range page.Rows {
		act := &viewv1.Release{}
		if err := document.Decode(&row, act); err != nil {
			return nil, 0, err
		}
		list = append(list, act)
	}
	// Read last, so that it is never behind the list.
	end, err := readHead(ctx, r)
	return list, end.sequence, err
}

// Get returns the present state of a disclosure on a day, as the portal shows it. The Fault is of kind NotFound if it never was
// public there, and Gone with the reason if it was withdrawn ("record.withdrawn"), is masked ("record.masked") or ended
// ("record.ended"); what a term ends is gone the day after, whether the end was recorded by then or not.
func Get(ctx context.Context, r projections.Reader, disclosureID string, day calendar.Date) (*viewv1.Released, error) {
	state, err := get(ctx, r, disclosureID)
	if err != nil {
		return nil, err
	}
	if state == nil {
		return nil, unknown()
	}
	if err := refusal(state, day); err != nil {
		return nil, err
	}
	return state, nil
}

// refusal says why the portal does not show a disclosure on a day, nil if it does.
func refusal(state *viewv1.Released, day calendar.Date) error {
	last := state.GetRelease()
	switch stateOf(state) {
	case withdrawn:
		return gone("record.withdrawn", "该公示信息已撤回（"+groundLabel(last.GetGround())+"）："+last.GetReason(),
			"withdrawn ("+last.GetGround()+"): "+last.GetReason(), last.GetTombstone())
	case masked:
		return gone("record.masked", "该公示信息已暂停公示："+last.GetReason(), "hidden for a time: "+last.GetReason(), last.GetTombstone())
	case ended:
		return gone("record.ended", "该公示信息已停止公示："+last.GetReason(), "the publication ended: "+last.GetReason(), last.GetTombstone())
	case elsewhere:
		return unknown()
	}
	if !shown(state, day) {
		return gone("record.ended", "该公示信息已停止公示：公示期届满", "the publication ended: its term ran out", "")
	}
	return nil
}

func unknown() error {
	return domain.Refuse(domain.NotFound, "record.unknown", "disclosure_id", "没有公示过该记录", "no such record was ever public")
}

// gone is told with the tombstone, where the act left one.
func gone(code, zh, en, tombstone string) error {
	f := domain.Refuse(domain.Gone, code, "disclosure_id", zh, en)
	f.Instead = tombstone
	return f
}

// shown tells whether the portal shows it on a day; on no day in particular, terms don't matter.
func shown(state *viewv1.Released, day calendar.Date) bool {
	return document.Outlets(state.GetOutlets()).Shown(rule.Portal, day)
}

// groundLabel words the ground of a withdrawal.
func groundLabel(ground string) string {
	switch ground {
	case "changed":
		return "原决定被依法变更"
	case "revoked":
		return "原决定被撤销"
	case "illegal":
		return "原决定被确认违法"
	case "void":
		return "原决定被确认无效"
	}
	return "公示信息不准确"
}

func get(ctx context.Context, r projections.Reader, disclosureID string) (*viewv1.Released, error) {
	row, err := r.Get(ctx, stateTable, disclosureID)
	if err != nil {
		return nil, fmt.Errorf("release: get %s: %w", disclosureID, err)
	}
	if row == nil {
		return nil, nil
	}
	state := &viewv1.Released{}
	return state, document.Decode(row, state)
}

// Filter asks for records of one kind. Empty fields ask for all; the dates are inclusive, yyyy-mm-dd.
type Filter struct {
	Kind      string // inspection, penalty, licence or listing
	Authority string
	Subject   string
	From, To  string
	Day       calendar.Date // what is public on it; none: whatever the terms. Not of a list of Past
	AsOf      string        // of a list of Past: the moment as the caller wrote it; a token is good for the same alone
	PageSize  int           // 1 to projections.MaxLimit
	PageToken string
}

// List returns what the portal shows on a day, newest record first, and the token of the next page. What a term ended and
// nobody recorded yet is left out, so that a page may hold less than it was asked for.
func List(ctx context.Context, r projections.Reader, f Filter) (list []*viewv1.Released, next string, err error) {
	q := projections.Query{
		Where: map[string]string{colKind: f.Kind}, OrderBy: colDate, Desc: true,
		From: f.From, To: f.To, After: f.PageToken, Limit: f.PageSize,
	}
	if f.Authority != "" {
		q.Where[colAuthority] = f.Authority
	}
	if f.Subject != "" {
		q.Table, q.Where[colSubject] = subjectTable, f.Subject
		return listSubject(ctx, r, q, f.Day)
	}
	q.Table, q.Where[colState] = stateTable, public
	page, err := r.List(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("release: list: %w", err)
	}
	for _, row := range page.Rows {
		state := &viewv1.Released{}
		if err := document.Decode(&row, state); err != nil {
			return nil, "", err
		}
		if shown(state, f.Day) {
			list = append(list, state)
		}
	}
	return list, page.Next, nil
}

// listSubject looks each record of the page up. One that was taken away since the page was read is left out.
func listSubject(ctx context.Context, r projections.Reader, q projections.Query, day calendar.Date) (list []*viewv1.Released, next string, err error) {
	page, err := r.List(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("release: list of a subject: %w", err)
	}
	for _, row := range page.Rows {
		_, id, _ := strings.Cut(row.Key, "|")
		state, err := get(ctx, r, id)
		if err != nil {
			return nil, "", err
		}
		if state != nil && stateOf(state) == public && shown(state, day) {
			list = append(list, state)
		}
	}
	return list, page.Next, nil
}
