package deadline

import (
	"cmp"
	"slices"

	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func countKey(authority, month, rule string) projections.Key {
	return projections.Key{Table: CountTable, Key: authority + divider + month + divider + rule}
}

func keyOf(v *viewv1.Deadline) projections.Key {
	return countKey(v.GetAuthorityId(), month(v.GetDueOn()), v.GetRule())
}

// count takes a period as it was out of its count and puts it as it is into the one where it belongs now.
func count(rows *projections.Rows, before, after *viewv1.Deadline) error {
	if before.GetId() != "" {
		if err := add(rows, before, -1); err != nil {
			return err
		}
	}
	return add(rows, after, 1)
}

// add counts a period once more, or once less. A count of nothing is none.
func add(rows *projections.Rows, v *viewv1.Deadline, n int) error {
	key := keyOf(v)
	p := &viewv1.Punctuality{}
	if _, err := document.Get(rows, CountTable, key.Key, p); err != nil {
		return err
	}
	p.AuthorityId, p.Month, p.Rule = v.GetAuthorityId(), month(v.GetDueOn()), v.GetRule()
	p.Duty, p.DutyEn, p.Source, p.Outlet = v.GetDuty(), v.GetDutyEn(), v.GetSource(), v.GetOutlet()
	Count(p, v, n)
	if p.GetTotal() == 0 {
		rows.Delete(CountTable, key.Key)
		return nil
	}
	return document.Put(rows, CountTable, projections.Row{Key: key.Key}, p)
}

// Count adds a period n times to a count, where n is one or minus one.
func Count(p *viewv1.Punctuality, v *viewv1.Deadline, n int) {
	by := func(to *uint32) { *to = uint32(int64(*to) + int64(n)) } //nolint:gosec // what is taken out was counted before
	by(&p.Total)
	switch {
	case v.GetState() == Lapsed:
		by(&p.Lapsed)
	case v.GetState() == Met && v.GetLate():
		by(&p.Late)
	case v.GetState() == Met:
		by(&p.InTime)
	default:
		by(&p.Open)
		if v.GetProvisional() {
			by(&p.Provisional)
		}
		p.Days = onDay(p.GetDays(), v.GetDueOn(), n)
	}
}

// onDay counts what is open with one last day.
func onDay(days []*viewv1.OpenDay, due string, n int) []*viewv1.OpenDay {
	at, there := slices.BinarySearchFunc(days, due, func(d *viewv1.OpenDay, due string) int { return cmp.Compare(d.GetDueOn(), due) })
	if !there {
		days = slices.Insert(days, at, &viewv1.OpenDay{DueOn: due})
	}
	days[at].Open = uint32(int64(days[at].GetOpen()) + int64(n)) //nolint:gosec // as above
	if days[at].GetOpen() == 0 {
		days = slices.Delete(days, at, at+1)
	}
	return days
}

// overdue is how many of a count are open though their last day is over.
func overdue(p *viewv1.Punctuality, today string) (n uint32) {
	for _, d := range p.GetDays() {
		if d.GetDueOn() < today {
			n += d.GetOpen()
		}
	}
	return n
}
