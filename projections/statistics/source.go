package statistics

import (
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// source is what one record adds to the counts.
type source struct {
	*viewv1.StatisticContribution
	awaits string
}

// until is the last day on which the portal shows what counts here.
func (s source) until() string {
	if portal, there := document.Outlets(s.GetOutlets()).On(rule.Portal); there && len(s.GetCounts()) > 0 {
		return portal.Until.String()
	}
	return ""
}

func (s source) there() bool { return s.StatisticContribution != nil }

// step is what an event makes of a record's part in the counts. It is pure: More and Apply both ask it.
type step struct {
	key    string // of the source that changes
	within string // of the source that it belongs to, if it does
	// next is the record's part from now on, none if it leaves; acts are counts that stay whatever becomes of the record.
	next func(former, within source) (next source, acts *viewv1.StatisticContribution)
	// foretold is next for a record seen for the first time, where the event alone tells it: a batch loads its counts at once.
	foretold bool
}

func (s step) change() projections.Change {
	keys := []projections.Key{{Table: sourceTable, Key: s.key}}
	if s.within != "" {
		keys = append(keys, projections.Key{Table: sourceTable, Key: s.within})
	}
	if s.foretold {
		next, acts := s.next(source{}, source{})
		keys = append(append(keys, countKeys(next.StatisticContribution)...), countKeys(acts)...)
	}
	return projections.Change{
		Keys: keys,
		More: func(rows *projections.Rows) ([]projections.Key, error) {
			former, next, acts, err := s.take(rows)
			return append(append(countKeys(former.StatisticContribution), countKeys(next.StatisticContribution)...), countKeys(acts)...), err
		},
		Apply: s.apply,
	}
}

func (s step) take(rows *projections.Rows) (former, next source, acts *viewv1.StatisticContribution, err error) {
	if former, err = load(rows, s.key); err != nil {
		return former, next, nil, err
	}
	within := source{}
	if s.within != "" {
		if within, err = load(rows, s.within); err != nil {
			return former, next, nil, err
		}
	}
	next, acts = s.next(former, within)
	return former, next, acts, nil
}

func (s step) apply(rows *projections.Rows) error {
	former, next, acts, err := s.take(rows)
	if err != nil {
		return err
	}
	if err := add(rows, former.StatisticContribution, -1); err != nil {
		return err
	}
	if err := add(rows, next.StatisticContribution, 1); err != nil {
		return err
	}
	if err := add(rows, acts, 1); err != nil {
		return err
	}
	if !next.there() {
		rows.Delete(sourceTable, s.key)
		return nil
	}
	return document.Put(rows, sourceTable, projections.Row{Key: s.key, Columns: []string{next.awaits, next.until()}}, next.StatisticContribution)
}

func load(rows *projections.Rows, key string) (source, error) {
	row, err := rows.Get(sourceTable, key)
	if err != nil || row == nil {
		return source{}, err
	}
	s := source{&viewv1.StatisticContribution{}, row.Columns[0]}
	return s, document.Decode(row, s.StatisticContribution)
}

// place is one of the four sums that a record is part of.
type place struct {
	authority string
	year      uint32
}

func places(c *viewv1.StatisticContribution) []place {
	return []place{{}, {"", c.GetYear()}, {c.GetAuthorityId(), 0}, {c.GetAuthorityId(), c.GetYear()}}
}

func countKeys(c *viewv1.StatisticContribution) []projections.Key {
	var keys []projections.Key
	for _, p := range places(c) {
		for _, n := range c.GetCounts() {
			keys = append(keys, projections.Key{Table: Table, Key: countKey(p, n)})
		}
	}
	return keys
}

// countKey is clipped, since a code may be a word of an old register; two that agree for a thousand bytes count as one.
func countKey(p place, n *viewv1.Statistic) string {
	return projections.Clip(fmt.Sprintf("%s|%s|%04d|%s", n.GetMeasure(), p.authority, p.year, n.GetCode()))
}

// add adds a record's part to all its sums, or takes it away.
func add(rows *projections.Rows, c *viewv1.StatisticContribution, sign int64) error {
	for _, p := range places(c) {
		for _, n := range c.GetCounts() {
			if err := addTo(rows, p, n, sign); err != nil {
				return err
			}
		}
	}
	return nil
}

func addTo(rows *projections.Rows, p place, n *viewv1.Statistic, sign int64) error {
	key, sum := countKey(p, n), &viewv1.Statistic{}
	if _, err := document.Get(rows, Table, key, sum); err != nil {
		return err
	}
	sum.Measure, sum.AuthorityId, sum.Year, sum.Code = n.GetMeasure(), p.authority, p.year, n.GetCode()
	sum.Count += uint64(sign) * n.GetCount() //nolint:gosec // modulo 2^64 on purpose: what is taken away was added before
	sum.AmountFen += sign * n.GetAmountFen()
	if sum.GetCount() == 0 {
		rows.Delete(Table, key)
		return nil
	}
	if sign > 0 {
		sum.Label = n.GetLabel()
	}
	return document.Put(rows, Table, projections.Row{
		Key: key, Columns: []string{n.GetMeasure(), p.authority, fmt.Sprintf("%04d", p.year)},
	}, sum)
}
