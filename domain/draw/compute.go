package draw

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// Compute runs the draw from what is recorded and writes the selection into the blob store. Anyone who does it gets the
// same. What is missing yet is a Precondition fault.
func Compute(ctx context.Context, blobs Blobs, s State) (Drawn, error) {
	if s.Frozen == nil {
		return Drawn{}, domain.Refuse(domain.NotFound, "draw.missing", "draw_id", "没有该抽取", "there is no such draw")
	}
	if fault := s.outstanding(); fault != nil {
		return Drawn{}, fault
	}
	result, err := sortition.Draw(s.Terms(), s.pools(ctx, blobs), s.BeaconValue(), s.Opened())
	if err != nil {
		return Drawn{}, fmt.Errorf("draw: compute %s: %w", s.Frozen.Draw, err)
	}
	digest, err := pipe(ctx, blobs, func(w io.Writer) error { return writeSelection(w, result.Selected) })
	if err != nil {
		return Drawn{}, fmt.Errorf("draw: keep the selection: %w", err)
	}
	out := Drawn{Seed: result.Seed, Selection: List{Digest: digest, Count: uint64(len(result.Selected))}}
	selected, short := map[string]uint64{}, map[string]uint64{}
	for _, sel := range result.Selected {
		selected[sel.Stratum]++
		for _, f := range sel.Shortfalls {
			short[f.Department]++
		}
	}
	for _, l := range s.Frozen.Layers {
		n := selected[l.Stratum]
		out.Drawings = append(out.Drawings, Drawing{Stratum: l.Stratum, Selected: n, Reserve: l.Candidates - n})
	}
	for _, d := range s.Frozen.Departments {
		if n := short[d.Name]; n > 0 {
			out.Shortfalls = append(out.Shortfalls, Short{Department: d.Name, Subjects: n})
		}
	}
	return out, nil
}

// Next computes the replacement that follows those made. A subject that isn't selected and a reserve that is used up are
// Precondition faults; so is a draw that is not drawn yet.
func Next(ctx context.Context, blobs Blobs, s State, subjectOut string, reason Reason) (sortition.Replacement, error) {
	if s.Drawn == nil {
		return sortition.Replacement{}, domain.Refuse(domain.Precondition, "draw.replace.undrawn", "", "尚未抽取，不能替换", "nothing is drawn yet that could be replaced")
	}
	next, err := sortition.Replace(s.Terms(), s.pools(ctx, blobs), s.Drawn.Seed, s.Replacements(), subjectOut, string(reason))
	switch {
	case errors.Is(err, sortition.ErrNotSelected):
		return next, domain.Refuse(domain.Precondition, "draw.replace.not_selected", "subject_out", "该检查对象未被抽中或已被替换", "the subject is not selected, or was replaced")
	case errors.Is(err, sortition.ErrNoReserve):
		return next, domain.Refuse(domain.Precondition, "draw.replace.no_reserve", "subject_out", "该分层候补已用尽", "the reserve of the stratum is used up")
	case err != nil:
		return next, fmt.Errorf("draw: compute the replacement in %s: %w", s.Frozen.Draw, err)
	}
	return next, nil
}

func writeSelection(w io.Writer, selected []sortition.Selection) error {
	out := bufio.NewWriterSize(w, 1<<16)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for _, s := range selected {
		if err := encoder.Encode(s); err != nil {
			return err
		}
	}
	return out.Flush()
}

// Selected yields the drawn subjects in the order of the draw, from the blob store, replacements not applied. An error is
// yielded once, last.
func Selected(ctx context.Context, blobs Blobs, drawn Drawn) iter.Seq2[sortition.Selection, error] {
	return func(yield func(sortition.Selection, error) bool) {
		r, err := blobs.Open(ctx, drawn.Selection.Digest)
		if err != nil {
			yield(sortition.Selection{}, fmt.Errorf("draw: open the selection: %w", err))
			return
		}
		defer func() { _ = r.Close() }() // only read from
		decoder := json.NewDecoder(r)
		for n := uint64(0); ; n++ {
			var s sortition.Selection
			err := decoder.Decode(&s)
			if errors.Is(err, io.EOF) && n == drawn.Selection.Count {
				return
			}
			if err != nil {
				yield(s, fmt.Errorf("draw: read the selection, subject %d of %d: %w", n+1, drawn.Selection.Count, err))
				return
			}
			if !yield(s, nil) {
				return
			}
		}
	}
}
