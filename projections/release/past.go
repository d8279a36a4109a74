package release

import (
	"cmp"
	"context"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/history"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Past answers for a moment gone by.
type Past struct {
	Reader projections.Reader
	Moment history.Moment
	// Today is the present day, to tell what is public no more.
	Today calendar.Date
	// Sees tells of which authorities' records the caller sees everything as it was; nil is of none. Of all others' he sees the
	// content only of what may still be shown, see the package.
	Sees func(authority string) bool
	// Kin names the authorities whose records stand in the lists of another beside its own: those whose tasks it holds today.
	// Nil is of none. The lists of the present have them by projections.Widen.
	Kin projections.Kin
}

func (p Past) inside(r *viewv1.Release) bool {
	return p.Sees != nil && p.Sees(r.GetAuthority().GetId())
}

// Get returns what was public of a disclosure. The Fault is of kind NotFound if it had not been public yet, and Gone with the
// reason as it was known then if it was public no more.
func (p Past) Get(ctx context.Context, disclosureID string) (*viewv1.Released, error) {
	then, err := p.at(ctx, disclosureID)
	if err != nil {
		return nil, err
	}
	if then.GetRelease() == nil {
		return nil, domain.Refuse(domain.NotFound, "record.unknown.then", "disclosure_id",
			"该时刻尚未公示过该记录", "no such record had been public at that moment")
	}
	if err := refusal(then.Released, p.Moment.Day()); err != nil {
		return nil, err
	}
	removal, err := p.removal(ctx, disclosureID, then)
	if err != nil {
		return nil, err
	}
	return p.show(then, removal), nil
}

// overdue tells that a term ran out before a day, whether an act says so yet or not.
func overdue(term string, day calendar.Date) bool {
	return term != "" && !day.IsZero() && term < day.String()
}

// present reads the state of today; without a release if the disclosure never was public.
func (p Past) present(ctx context.Context, id string) (held, error) {
	row, err := p.Reader.Get(ctx, stateTable, id)
	if err != nil {
		return held{}, fmt.Errorf("release: get %s: %w", id, err)
	}
	return heldOf(row)
}

// at reads the state of the moment. The present one is asked first: what it took the place of is among the former ones then.
func (p Past) at(ctx context.Context, id string) (held, error) {
	now, err := p.present(ctx, id)
	if err != nil || now.GetRelease() == nil || now.last <= p.Moment.Sequence {
		return now, err
	}
	list, err := p.after(ctx, id, p.Moment.Sequence, "", 1)
	if err != nil || len(list.Rows) == 0 {
		return heldNothing(), err
	}
	then, err := heldOf(&list.Rows[0])
	if err != nil || then.last > p.Moment.Sequence {
		return heldNothing(), err
	}
	return then, nil
}

func heldNothing() held { return held{Released: &viewv1.Released{}} }

// after lists former states that stood beyond a number, oldest first.
func (p Past) after(ctx context.Context, id string, number uint64, token string, limit int) (projections.Page, error) {
	page, err := p.Reader.List(ctx, projections.Query{
		Table: formerTable, Where: map[string]string{colDisclosure: id}, OrderBy: colUntil, From: projections.Num(number + 1),
		After: token, Limit: limit,
	})
	if err != nil {
		return page, fmt.Errorf("release: former states of %s: %w", id, err)
	}
	return page, nil
}

// removal tells why what was public may not be shown any more: it was withdrawn, has ended or is masked. It is nil for what
// still may.
func (p Past) removal(ctx context.Context, id string, then held) (*viewv1.Removal, error) {
	now, err := p.present(ctx, id)
	if err != nil {
		return nil, err
	}
	if now.since == then.since && refusal(now.Released, p.Today) == nil {
		return nil, nil
	}
	var by *held
	err = p.eachAfter(ctx, id, then.last, func(h held) (more bool) {
		switch {
		case h.since != then.since: // it was published anew
			return false
		case h.standing() == public: // it was shown again
			by = nil
		case by == nil || h.standing() == withdrawn:
			by = &h
		}
		return true
	})
	switch {
	case err != nil:
		return nil, err
	case by != nil:
		return removalBy(*by), nil
	}
	return ranOut(now), nil
}

// eachAfter goes through the states of a disclosure after the act of a number, up to the present one, while take wants more.
func (p Past) eachAfter(ctx context.Context, id string, number uint64, take func(held) (more bool)) error {
	for token := ""; ; {
		page, err := p.after(ctx, id, number, token, projections.MaxLimit)
		if err != nil {
			return err
		}
		for _, row := range page.Rows {
			h, err := heldOf(&row)
			if err != nil {
				return err
			}
			if h.last > number && !take(h) {
				return nil
			}
		}
		if token = page.Next; token == "" {
			break
		}
	}
	now, err := p.present(ctx, id)
	if err == nil && now.last > number {
		take(now)
	}
	return err
}

func removalBy(h held) *viewv1.Removal {
	r := h.GetRelease()
	return &viewv1.Removal{
		Kind: r.GetKind(), Sequence: r.GetSequence(), RemovedOn: r.GetReleasedOn(), Ground: cmp.Or(r.GetGround(), r.GetCause()), Reason: r.GetReason(),
	}
}

// ranOut is the removal of what no act has ended yet.
func ranOut(h held) *viewv1.Removal {
	day, err := calendar.Parse(h.term())
	if err != nil {
		return &viewv1.Removal{}
	}
	return &viewv1.Removal{RemovedOn: day.AddDays(1).String(), Ground: "expired"}
}

// show is the state as the caller may see it.
func (p Past) show(then held, removal *viewv1.Removal) *viewv1.Released {
	out := then.Released
	out.Removal = removal
	if removal != nil && !p.inside(out.GetRelease()) {
		withhold(out.GetRelease())
		for _, ref := range out.GetHistory() {
			ref.Reason = ""
		}
	}
	return out
}

// withhold takes the content out of a release: what was found, against whom and why it was changed. That it was public, when,
// and the digest by which a copy is recognised stay.
func withhold(r *viewv1.Release) {
	r.Document, r.Title, r.Subjects, r.Withheld = "", "", nil, true
	if r.GetKind() != viewv1.ReleaseKind_RELEASE_KIND_WITHDRAWN {
		r.Reason = ""
	}
}
