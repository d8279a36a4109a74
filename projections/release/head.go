package release

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/chain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// head is the end of the feed: the number of the latest release, when it became public, where it stands in the log and the
// running digest; the zero head is that of an empty feed.
type head struct {
	sequence           uint64
	publicAt, position string // as columns
	chain              chain.Chain
}

func (h head) columns() []string {
	return []string{projections.Num(h.sequence), h.publicAt, h.position, h.chain.String()}
}

// next is the head after one more release, which became public when it was recorded, or together with the one before it where
// a clock was set back: what came later in the log did not become public earlier. The chain is still the former one.
func (h head) next(a *act) head {
	return head{h.sequence + 1, max(h.publicAt, instant(a.recorded)), ordinal(a.position), h.chain}
}

func headOf(row *projections.Row) (h head, err error) {
	if row == nil {
		return head{}, nil
	}
	h.publicAt, h.position = row.Columns[1], row.Columns[2]
	if h.sequence, err = strconv.ParseUint(row.Columns[0], 10, 64); err != nil {
		return head{}, fmt.Errorf("release: number of the latest: %w", err)
	}
	if h.chain, err = chain.Parse(row.Columns[3]); err != nil {
		return head{}, fmt.Errorf("release: chain of the latest: %w", err)
	}
	return h, nil
}

func readHead(ctx context.Context, r projections.Reader) (head, error) {
	row, err := r.Get(ctx, headTable, headKey)
	if err != nil {
		return head{}, fmt.Errorf("release: number of the latest: %w", err)
	}
	return headOf(row)
}

// instantForm writes instants so that text order is time order.
const instantForm = "2006-01-02T15:04:05.000000000Z"

func instant(t time.Time) string { return t.UTC().Format(instantForm) }

// ordinal writes positions so that text order is their order.
func ordinal(p es.Position) string {
	commit, prepare := p.Pair()
	return projections.Num(commit) + "." + projections.Num(prepare)
}

// ordinalOf is the inverse of ordinal.
func ordinalOf(s string) (es.Position, error) {
	var commit, prepare uint64
	if n, err := fmt.Sscanf(s, "%d.%d", &commit, &prepare); err != nil || n != 2 {
		return es.Position{}, fmt.Errorf("release: %q is no place in the log", s)
	}
	return es.At(commit, prepare), nil
}

// Heads tells the end of the feed from memory. Like projections.Fresh it is as new as what the watcher has
// heard.
type Heads struct{ fresh *projections.Fresh[string] }

// NewHeads keeps the end of the feed; stop ends the watching.
func NewHeads(r projections.Reader, w projections.Watcher) (h *Heads, stop func()) {
	fresh, stop := projections.NewFresh(r, w, headTable, 1, func(row *projections.Row) (string, error) {
		end, err := headOf(row)
		if err != nil {
			return "", err
		}
		at, err := time.Parse(instantForm, end.publicAt)
		return fmt.Sprintf("sequence=%d, time=%s", end.sequence, at.Format(time.RFC3339Nano)), err
	})
	return &Heads{fresh}, stop
}

// AsOf is the latest release with the time at which it became public, as an answer says how new it is: "sequence=12,
// time=2026-03-20T08:00:01Z"; empty before the first one, or while the view can't be read.
func (h *Heads) AsOf(ctx context.Context) string {
	text, _, err := h.fresh.Get(ctx, headKey)
	if err != nil {
		return ""
	}
	return text
}
