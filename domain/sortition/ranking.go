package sortition

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Ranking is the whole order of a stratum: the selected first, then the reserve. Beside the ids it holds four bytes a
// candidate; while it is made, one more.
type Ranking struct {
	seed  Digest
	ids   []string
	order []uint32
}

// NewRanking puts the candidates of a stratum, fewer than 2^32, into the order of their tickets. The ids are kept, not
// copied. Each ticket is made twice: the first byte parts the candidates into 256 piles, then each pile is sorted on its
// own, so that no more than a pile's tickets are ever held.
func NewRanking(stratumSeed Digest, ids []string) *Ranking {
	r := &Ranking{seed: stratumSeed, ids: ids, order: make([]uint32, len(ids))}
	piles := r.deal()
	var next atomic.Int32
	var running sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		running.Go(func() {
			var tickets []ranked
			for pile := int(next.Add(1)) - 1; pile < 256; pile = int(next.Add(1)) - 1 {
				tickets = r.sortPile(r.order[piles[pile]:piles[pile+1]], tickets)
			}
		})
	}
	running.Wait()
	return r
}

// Len counts the candidates.
func (r *Ranking) Len() int { return len(r.ids) }

// From gives the candidates from a place on, the first being 0, each with its ticket. The reserve begins at the quota.
func (r *Ranking) From(place int) iter.Seq2[string, Digest] {
	return func(yield func(string, Digest) bool) {
		for _, at := range r.order[min(max(place, 0), len(r.order)):] {
			if !yield(r.ids[at], Ticket(r.seed, r.ids[at])) {
				return
			}
		}
	}
}

// deal lays the candidates into piles by the first byte of their tickets and gives where each pile begins; the last entry is
// the end.
func (r *Ranking) deal() [257]int {
	first := make([]byte, len(r.ids))
	shares := runtime.GOMAXPROCS(0)
	var running sync.WaitGroup
	for share := range shares {
		from, to := len(r.ids)*share/shares, len(r.ids)*(share+1)/shares
		running.Go(func() {
			var message []byte
			for at := from; at < to; at++ {
				message = append(append(message[:0], r.seed[:]...), r.ids[at]...)
				ticket := sha256.Sum256(message)
				first[at] = ticket[0]
			}
		})
	}
	running.Wait()
	var begins [257]int
	for _, pile := range first {
		begins[int(pile)+1]++
	}
	for pile := range 256 {
		begins[pile+1] += begins[pile]
	}
	next := begins
	for at, pile := range first {
		r.order[next[pile]] = uint32(at)
		next[pile]++
	}
	return begins
}

// ranked is a candidate with the beginning of its ticket, which decides all but one comparison in 2^32.
type ranked struct {
	prefix uint64
	at     uint32
}

func (r *Ranking) sortPile(pile []uint32, tickets []ranked) []ranked {
	// The ids of a pile lie far apart. To hash one while the next is fetched is more than a processor looks ahead, so some are
	// fetched together first.
	const together = 64
	var ids [together]string
	var ends [together]int
	var messages []byte
	tickets = tickets[:0]
	for some := range slices.Chunk(pile, together) {
		for i, at := range some {
			ids[i] = r.ids[at]
		}
		messages = messages[:0]
		for i := range some {
			messages = append(append(messages, r.seed[:]...), ids[i]...)
			ends[i] = len(messages)
		}
		begin := 0
		for i, at := range some {
			ticket := sha256.Sum256(messages[begin:ends[i]])
			tickets = append(tickets, ranked{prefix: binary.BigEndian.Uint64(ticket[:8]), at: at})
			begin = ends[i]
		}
	}
	slices.SortFunc(tickets, func(a, b ranked) int {
		if a.prefix != b.prefix {
			return cmp.Compare(a.prefix, b.prefix)
		}
		first, second := Ticket(r.seed, r.ids[a.at]), Ticket(r.seed, r.ids[b.at])
		return cmp.Or(bytes.Compare(first[:], second[:]), strings.Compare(r.ids[a.at], r.ids[b.at]))
	})
	for i, ticket := range tickets {
		pile[i] = ticket.at
	}
	return tickets
}
