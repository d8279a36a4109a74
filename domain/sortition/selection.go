package sortition

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"
	"math"
	"math/bits"
	"runtime"
	"slices"
	"sync"
)

// layer is a stratum while its tickets are drawn.
type layer struct {
	name       string
	seed       Digest
	candidates uint64
	quota      uint64 // how many are selected
	wanted     uint64 // how many are kept in order: the selected and the part of the reserve that is asked for
	limit      uint64 // candidates whose ticket begins above it are not kept
	slack      float64
	picks      []pick // kept, in the order of the draw once drawLayers is done
}

// usualSlack, in standard deviations of the number kept, makes a second pass all but impossible.
const usualSlack = 8

// keep sets the limit so that about as many are kept as wanted: tickets are uniform, so the n-th smallest of N lies near
// n/N of their range. That holds memory at the number drawn, in one pass and without a heap. Should too few be kept, the
// slack is doubled, which ends in keeping all.
func (l *layer) keep(attempt int) {
	expected := float64(l.wanted) + math.Ldexp(l.slack*(math.Sqrt(float64(l.wanted))+8), attempt)
	if expected >= float64(l.candidates) {
		l.limit = math.MaxUint64
		return
	}
	l.limit, _ = bits.Div64(uint64(expected), 0, l.candidates)
}

// drawLayers fills the picks of every layer from the subjects, as many as wanted. The stream must be that which was counted.
func drawLayers(layers []*layer, subjects iter.Seq2[Subject, error]) error {
	for attempt := 0; ; attempt++ {
		for _, l := range layers {
			l.keep(attempt)
		}
		counted, err := drawPass(layers, subjects)
		if err != nil {
			return err
		}
		enough := true
		for i, l := range layers {
			if counted[i] != l.candidates {
				return fmt.Errorf("draw stratum %s: %w", l.name, errChanged)
			}
			enough = enough && uint64(len(l.picks)) >= min(l.wanted, l.candidates)
		}
		if enough {
			break
		}
	}
	var sorting sync.WaitGroup
	for _, l := range layers {
		sorting.Go(func() {
			slices.SortFunc(l.picks, pick.compare)
			l.picks = l.picks[:min(uint64(len(l.picks)), l.wanted)]
		})
	}
	sorting.Wait()
	return nil
}

const batchSize = 2048

// drawPass makes every ticket once, on all processors, and gives the number of candidates seen by layer. The caller reads the
// stream and hands batches to helpers; while they are all busy it draws for itself, so that nobody waits.
func drawPass(layers []*layer, subjects iter.Seq2[Subject, error]) ([]uint64, error) {
	index := make(map[string]int, len(layers))
	for i, l := range layers {
		index[l.name] = i
	}
	workers := make([]*drawWorker, runtime.GOMAXPROCS(0))
	for i := range workers {
		workers[i] = newDrawWorker(layers, index, len(workers))
	}
	full := make(chan []Subject, 2*len(workers))
	free := make(chan []Subject, 4*len(workers))
	var running sync.WaitGroup
	for i := range workers[1:] {
		running.Go(func() {
			for batch := range full {
				workers[i+1].draw(batch)
				select {
				case free <- batch:
				default:
				}
			}
		})
	}
	err := deal(subjects, workers[0], len(workers) > 1, full, free)
	running.Wait()
	if err != nil {
		return nil, err
	}
	return gather(layers, workers)
}

// deal reads the stream in batches and closes full at its end.
func deal(subjects iter.Seq2[Subject, error], own *drawWorker, helped bool, full chan<- []Subject, free <-chan []Subject) error {
	defer close(full)
	batch := make([]Subject, 0, batchSize)
	for subject, err := range subjects {
		if err != nil {
			return fmt.Errorf("draw: read subjects: %w", err)
		}
		batch = append(batch, subject)
		if len(batch) < batchSize {
			continue
		}
		if !helped || !offer(full, batch) {
			own.draw(batch)
			batch = batch[:0]
			continue
		}
		select {
		case batch = <-free:
			batch = batch[:0]
		default:
			batch = make([]Subject, 0, batchSize)
		}
	}
	own.draw(batch)
	return nil
}

func offer(full chan<- []Subject, batch []Subject) bool {
	select {
	case full <- batch:
		return true
	default:
		return false
	}
}

// gather puts together what the workers found. It is sorted later, so that it does not matter who drew what.
func gather(layers []*layer, workers []*drawWorker) ([]uint64, error) {
	counted := make([]uint64, len(layers))
	for i, l := range layers {
		kept := 0
		for _, worker := range workers {
			kept += len(worker.picks[i])
		}
		l.picks = make([]pick, 0, kept)
		for _, worker := range workers {
			if worker.unknown {
				return nil, fmt.Errorf("draw: %w", errChanged)
			}
			counted[i] += worker.counted[i]
			l.picks = append(l.picks, worker.picks[i]...)
			worker.picks[i] = nil
		}
	}
	return counted, nil
}

// drawWorker makes tickets for itself.
type drawWorker struct {
	layers  []*layer
	index   map[string]int
	picks   [][]pick
	counted []uint64
	unknown bool // a subject came whose stratum did not come the first time
}

func newDrawWorker(layers []*layer, index map[string]int, workers int) *drawWorker {
	// Small counters of two workers would share a cache line, and each would wait for the other at every ticket.
	const line = 128 / 8
	w := &drawWorker{layers: layers, index: index, picks: make([][]pick, len(layers), len(layers)+line),
		counted: make([]uint64, len(layers), len(layers)+2*line)}
	for i, l := range layers {
		share := min(l.wanted, l.candidates) / uint64(workers)
		w.picks[i] = make([]pick, 0, share+share/16)
	}
	return w
}

func (w *drawWorker) draw(batch []Subject) {
	var space [128]byte
	message := space[:0]
	for i := range batch {
		subject := &batch[i]
		at, known := w.index[subject.Stratum]
		if !known {
			w.unknown = true
			continue
		}
		w.counted[at]++
		l := w.layers[at]
		message = append(append(message[:0], l.seed[:]...), subject.ID...)
		ticket := Digest(sha256.Sum256(message))
		if binary.BigEndian.Uint64(ticket[:8]) <= l.limit {
			w.picks[at] = append(w.picks[at], pick{ticket: ticket, id: subject.ID, district: subject.District})
		}
	}
}
