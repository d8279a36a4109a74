package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/mingjian-ledger/mingjian/projections"
)

// A text is found by the pairs of neighbouring characters that it holds: a text with all pairs of a term is looked at, any
// other is not. Chinese needs no dictionary for this, and punctuation, spaces and capitals are characters like others.
//
// An index of pairs alone would give all rows that hold a frequent pair, to be sorted before the first page. So rows are put
// into buckets by their numbers, and a pair is told apart in each bucket: a search goes through the buckets in order and ends
// with the page. A bucket that lacks one of the pairs costs a few steps in the index.
const (
	bucketBits = 12 // of a row's number: 4096 rows to a bucket
	gramBits   = 21 // for a bucket, and for each character of a pair
)

// gramsOf are the pairs of a text in the bucket of a row.
func gramsOf(text string, id int64) []int64 {
	pairs := pairsOf(text)
	for i := range pairs {
		pairs[i] += id >> bucketBits
	}
	return pairs
}

// pairsOf are the pairs of a text, each once, with room for a bucket's number.
func pairsOf(text string) []int64 {
	out := make([]int64, 0, len(text))
	before := rune(-1)
	for _, r := range text {
		if before >= 0 {
			out = append(out, (int64(before)<<gramBits|int64(r))<<gramBits)
		}
		before = r
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// gramsText writes an array as the server reads it from a text.
func gramsText(grams []int64) string {
	out := append(make([]byte, 0, 20*len(grams)+2), '{')
	for i, g := range grams {
		if i > 0 {
			out = append(out, ',')
		}
		out = strconv.AppendInt(out, g, 10)
	}
	return string(append(out, '}'))
}

// search reads the text index in the order of the rows' numbers, which is the order in which they came to be.
func (t *viewTable) search(ctx context.Context, q projections.Query, place *projections.Place) (projections.Page, error) {
	after, err := t.resume(ctx, place)
	if err != nil || !keepable(q.Search) {
		return projections.Page{}, err
	}
	rows, err := t.query(ctx, t.searching(), pairsOf(q.Search), after, q.Search, q.Limit+1, t.set.id)
	if err != nil {
		return projections.Page{}, err
	}
	slices.SortFunc(rows, func(a, b placed) int { return int(a.id - b.id) })
	return t.page(q, rows, func(last placed) projections.Place {
		return projections.Place{Order: fmt.Sprintf("%d %d", t.set.id, last.id), Key: last.Key}
	}), nil
}

// searching finds the first rows' numbers and keys, bucket by bucket, and then the rows.
func (t *viewTable) searching() string {
	return fmt.Sprintf(`WITH found AS MATERIALIZED (
		SELECT r.key FROM (
			SELECT b, ARRAY(SELECT g + b FROM unnest($1::bigint[]) g) AS grams
			FROM generate_series($2::bigint >> %[2]d, (SELECT born >> %[2]d FROM generation WHERE id = $5)) b ORDER BY b
		) bucket CROSS JOIN LATERAL (
			SELECT r.key, r.id FROM %[1]s r WHERE r.grams @> bucket.grams AND r.id > $2 AND strpos(r.search, $3) > 0
		) r ORDER BY bucket.b, r.id LIMIT $4
	) SELECT %[3]s FROM found JOIN %[1]s r ON r.key = found.key`, quote(t.name), bucketBits, t.columns)
}

// resume is the number after which a search goes on. A place in a former set of tables is found again by its row, since a
// rebuild brings rows into being in the same order.
func (t *viewTable) resume(ctx context.Context, place *projections.Place) (after int64, err error) {
	if place == nil {
		return 0, nil
	}
	set, id, _ := strings.Cut(place.Order, " ")
	if set == strconv.FormatInt(t.set.id, 10) {
		if after, err = strconv.ParseInt(id, 10, 64); err != nil || after < 0 {
			return 0, projections.ErrCursor
		}
		return after, nil
	}
	err = t.set.views.read.QueryRow(ctx, `SELECT id FROM `+quote(t.name)+` WHERE key = $1`, place.Key).Scan(&after)
	if errors.Is(err, pgx.ErrNoRows) {
		err = projections.ErrCursor
	}
	return after, err
}
