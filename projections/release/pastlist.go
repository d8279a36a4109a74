package release

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/history"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// maxScan bounds the entries of past that a page looks at: those that are not shown any more, or whose term had run out
// before an act ended them, are passed over. A page may be short for that, and go on.
const maxScan = 4 * projections.MaxLimit

// List returns what was public, newest record first, and the token of the next page, which holds the moment: give it to
// Resume. What has ended or is masked since is told to nobody outside; what was withdrawn since is listed without content.
func (p Past) List(ctx context.Context, f Filter) (list []*viewv1.Released, next string, err error) {
	names, err := p.names(ctx, f)
	if err != nil {
		return nil, "", err
	}
	within := history.Range{From: f.From}
	if f.To != "" {
		within.Before = afterDate(f.To)
	}
	if f.PageToken != "" {
		if _, within.Before, err = readToken(f, f.PageToken); err != nil {
			return nil, "", err
		}
	}
	list, last, err := p.list(ctx, names, within, f.PageSize)
	if err != nil || last == "" {
		return list, "", err
	}
	return list, token(f, p.Moment, last), nil
}

// names are the lists that an answer is made of.
func (p Past) names(ctx context.Context, f Filter) ([]string, error) {
	switch {
	case f.Authority == "" && f.Subject == "":
		return []string{ofKind(f.Kind)}, nil
	case f.Authority == "":
		return []string{ofSubject(f.Kind, f.Subject)}, nil
	}
	of := []string{f.Authority}
	if p.Kin != nil {
		kin, err := p.Kin(ctx, f.Authority)
		if err != nil {
			return nil, fmt.Errorf("release: kin of %s: %w", f.Authority, err)
		}
		of = append(of, kin...)
	}
	for i, authority := range of {
		of[i] = ofAuthority(f.Kind, authority)
		if f.Subject != "" {
			of[i] = ofBoth(f.Kind, f.Subject, authority)
		}
	}
	return of, nil
}

// Timeline returns the newest of what the record of an enterprise showed, tombstones of what was withdrawn with it.
func (p Past) Timeline(ctx context.Context, subject string, limit int) ([]*viewv1.Released, error) {
	list, _, err := p.list(ctx, []string{timeline(subject)}, history.Range{}, limit)
	return list, err
}

// read reads lists of past as one. At a moment a disclosure stands in one of them at most.
func (p Past) read(ctx context.Context, names []string, within history.Range) (entries []history.Entry, more bool, err error) {
	for _, name := range names {
		list, goesOn, err := past.Read(ctx, p.Reader, name, p.Moment.Sequence, within)
		if err != nil {
			return nil, false, err
		}
		entries, more = append(entries, list...), more || goesOn
	}
	if len(names) > 1 {
		slices.SortFunc(entries, func(a, b history.Entry) int { return strings.Compare(b.Key, a.Key) })
	}
	if len(entries) > within.Limit {
		entries, more = entries[:within.Limit], true
	}
	return entries, more, nil
}

// list reads lists of past down to limit records; last is the key to go on behind, empty at the end.
func (p Past) list(ctx context.Context, names []string, within history.Range, limit int) (list []*viewv1.Released, last string, err error) {
	for scanned := 0; ; {
		within.Limit = limit - len(list)
		entries, more, err := p.read(ctx, names, within)
		if err != nil {
			return nil, "", err
		}
		for _, e := range entries {
			within.Before = e.Key
			if overdue(e.Value, p.Moment.Day()) {
				continue
			}
			_, id, _ := strings.Cut(e.Key, "|")
			shown, err := p.listed(ctx, id)
			if err != nil {
				return nil, "", err
			}
			if shown != nil {
				list = append(list, shown)
			}
		}
		scanned += len(entries)
		switch {
		case !more:
			return list, "", nil
		case len(list) == limit, scanned >= maxScan:
			return list, within.Before, nil
		}
	}
}

// listed is a record of a list as the caller may see it; nil if it is not to be told of.
func (p Past) listed(ctx context.Context, id string) (*viewv1.Released, error) {
	then, err := p.at(ctx, id)
	if err != nil {
		return nil, err
	}
	if then.GetRelease() == nil {
		return nil, fmt.Errorf("release: %s stood in a list at %d and was not public", id, p.Moment.Sequence)
	}
	if then.standing() == withdrawn {
		return p.tombstone(ctx, id, then)
	}
	removal, err := p.removal(ctx, id, then)
	if err != nil {
		return nil, err
	}
	if removal != nil && !p.inside(then.GetRelease()) && removal.GetKind() != viewv1.ReleaseKind_RELEASE_KIND_WITHDRAWN {
		return nil, nil
	}
	return p.show(then, removal), nil
}

// tombstone is what stood in the place of a withdrawn record. It has no content, but it tells that there was one: of a record
// that was published anew and has ended since, not even that.
func (p Past) tombstone(ctx context.Context, id string, then held) (*viewv1.Released, error) {
	now, err := p.present(ctx, id)
	if err != nil || !p.inside(then.GetRelease()) && now.standing() != withdrawn && refusal(now.Released, p.Today) != nil {
		return nil, err
	}
	return then.Released, nil
}

// Overdue counts, by kind, the records of a subject whose term had run out at the moment before an act ended them.
func (p Past) Overdue(ctx context.Context, subject string) (map[string]uint32, error) {
	out := map[string]uint32{}
	if p.Moment.Day().IsZero() {
		return out, nil
	}
	for within := (history.Range{Before: p.Moment.Day().String(), Limit: projections.MaxLimit}); ; {
		entries, more, err := past.Read(ctx, p.Reader, terms(subject), p.Moment.Sequence, within)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			within.Before = e.Key
			out[e.Value]++
		}
		if !more {
			return out, nil
		}
	}
}

// token continues a list at a moment; it is good for the same filter alone.
func token(f Filter, m history.Moment, last string) string {
	by := "0"
	if m.ByTime {
		by = "1"
	}
	at := ""
	if !m.Time.IsZero() {
		at = instant(m.Time)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(
		[]string{f.digest(), strconv.FormatUint(m.Sequence, 10), ordinal(m.Position), at, by, last}, "\n")))
}

// Resume is the moment of the token that a list is to be continued with.
func Resume(f Filter) (history.Moment, error) {
	m, _, err := readToken(f, f.PageToken)
	return m, err
}

func readToken(f Filter, token string) (m history.Moment, last string, err error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	part := strings.Split(string(b), "\n")
	if err != nil || len(part) != 6 || part[0] != f.digest() || part[5] == "" || part[4] != "0" && part[4] != "1" {
		return m, "", projections.ErrCursor
	}
	if m.Sequence, err = strconv.ParseUint(part[1], 10, 64); err != nil {
		return m, "", projections.ErrCursor
	}
	if m.Position, err = ordinalOf(part[2]); err != nil {
		return m, "", projections.ErrCursor
	}
	if part[3] != "" {
		if m.Time, err = time.Parse(instantForm, part[3]); err != nil {
			return m, "", projections.ErrCursor
		}
	}
	m.ByTime = part[4] == "1"
	return m, part[5], nil
}

// digest binds a token to what was asked.
func (f Filter) digest() string {
	h := sha256.New()
	for _, s := range []string{f.Kind, f.Authority, f.Subject, f.From, f.To, f.AsOf} {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
