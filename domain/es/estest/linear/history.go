package linear

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// History is what the clients saw, and what the log held in the end.
type History struct {
	observed []observed
	streams  []string // as read
	log      []string // as followed
	last     es.Position
}

// Errors of Check.
var (
	ErrIllegal    = errors.New("linear: no order of the operations explains what was seen")
	ErrUnfinished = errors.New("linear: the checker did not finish")
)

// patience is how long the checker may take for a stream; a legal stream takes it a few milliseconds.
const patience = 20 * time.Second

// Check tells whether one order of the operations, true to the time of each, explains every answer; and whether positions
// are in the order of the appends and the log holds what the streams do.
func (h *History) Check() error {
	for i := range h.streams {
		if h.streams[i] != h.log[i] {
			return fmt.Errorf("%w: stream %d has %d events when read and %d when followed, or others", ErrIllegal, i, len(h.streams[i])/width, len(h.log[i])/width)
		}
	}
	if err := h.positions(); err != nil {
		return err
	}
	first := h.firstSeen()
	var ops []porcupine.Operation
	for _, o := range h.observed {
		op := porcupine.Operation{Input: o.asked, Output: answered{o.answer, o.tokens}, Call: o.called, Return: o.returned}
		if o.append && o.answer == unknown {
			op.Return = first[o.asked.tokens[:width]] // when somebody had seen it, it had taken effect
			if op.Return <= o.called {
				continue // nobody ever saw it, or it repeats what had been seen: it changed nothing
			}
		}
		ops = append(ops, op)
	}
	for _, part := range byStream(ops) {
		switch porcupine.CheckOperationsTimeout(model(), part, patience) {
		case porcupine.Ok:
		case porcupine.Illegal:
			return fmt.Errorf("%w:\n%s", ErrIllegal, told(part))
		default:
			return fmt.Errorf("%w:\n%s", ErrUnfinished, told(part))
		}
	}
	return nil
}

// told is what happened to one stream, in the order of the calls.
func told(part []porcupine.Operation) string {
	slices.SortFunc(part, func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
	var b strings.Builder
	for _, op := range part {
		in, out := op.Input.(asked), op.Output.(answered)
		if in.tokens == "" {
			fmt.Fprintf(&b, "%d-%d read from %d: %x\n", op.Call, op.Return, in.want, out.tokens)
			continue
		}
		fmt.Fprintf(&b, "%d-%d append after %d of %x: %s\n", op.Call, op.Return, in.want, in.tokens, [...]string{"unknown", "stored", "conflict"}[out.answer])
	}
	return b.String()
}

// firstSeen is when the first reader of each event had it.
func (h *History) firstSeen() map[string]int64 {
	first := map[string]int64{}
	for _, o := range h.observed {
		for at := 0; at < len(o.tokens); at += width {
			t := o.tokens[at : at+width]
			if known, ok := first[t]; !ok || o.returned < known {
				first[t] = o.returned
			}
		}
	}
	return first
}

// positions tells whether an append that was asked after another was answered has a higher position. Those that were tried
// again are left out: they answer with the position of their first time.
func (h *History) positions() error {
	tries := map[string]int{}
	var appends, ends []observed
	for _, o := range h.observed {
		if o.append {
			tries[o.asked.tokens]++
		}
	}
	for _, o := range h.observed {
		if o.append && o.answer == stored && tries[o.asked.tokens] == 1 {
			appends = append(appends, o)
		}
	}
	ends = slices.Clone(appends)
	slices.SortFunc(appends, func(a, b observed) int { return cmp.Compare(a.called, b.called) })
	slices.SortFunc(ends, func(a, b observed) int { return cmp.Compare(a.returned, b.returned) })
	highest, at := es.Position{}, 0
	for _, o := range appends {
		for ; ends[at].returned < o.called; at++ {
			if ends[at].position.Compare(highest) > 0 {
				highest = ends[at].position
			}
		}
		if o.position.Compare(highest) <= 0 {
			return fmt.Errorf("%w: an append got %s after another had got %s", ErrIllegal, o.position, highest)
		}
	}
	return nil
}

// Summary says what the history is made of.
func (h *History) Summary() string {
	counts := map[answer]int{}
	for _, o := range h.observed {
		counts[o.answer]++
	}
	return fmt.Sprintf("%d operations: %d stored, %d refused, %d unknown, %d reads", len(h.observed), counts[stored], counts[conflict], counts[unknown], counts[seen])
}
