package linear

import (
	"encoding/binary"
	"hash/maphash"
	"strings"

	"github.com/anishathalye/porcupine"
)

// answer is what came back of an operation.
type answer int

const (
	unknown answer = iota // none did: it may have taken effect
	stored
	conflict
	seen // the events of a read
)

// asked is what a client asked of one stream: an append of tokens, or a read without any. A token stands for one event and is
// width bytes long.
type asked struct {
	stream int
	tokens string
	want   int // revision that the append expects, -1 for no stream; of a read the one that it starts at
}

type answered struct {
	answer answer
	tokens string
}

const width = 4

func token(n uint32) string { return string(binary.BigEndian.AppendUint32(nil, n)) }

// model is a stream as the port promises it; its state is the string of its events' tokens.
func model() porcupine.Model {
	seed := maphash.MakeSeed()
	return porcupine.Model{
		Init:      func() any { return "" },
		Partition: byStream,
		Step: func(state, input, output any) (bool, any) {
			return step(state.(string), input.(asked), output.(answered))
		},
		Hash: func(state any) uint64 { return maphash.String(seed, state.(string)) },
	}
}

// step tells whether a stream may answer so, and what it holds afterwards.
func step(state string, in asked, out answered) (bool, string) {
	length := len(state) / width
	if in.tokens == "" {
		return out.tokens == state[width*min(in.want, length):], state
	}
	if holds(state, in.tokens) { // a retry: the first answer comes back, whatever is expected
		return out.answer != conflict, state
	}
	if in.want != length-1 {
		return out.answer != stored, state
	}
	return out.answer != conflict, state + in.tokens
}

// holds tells whether the events are in the stream, one after the other.
func holds(state, tokens string) bool {
	for from := 0; ; {
		i := strings.Index(state[from:], tokens)
		if i < 0 || (from+i)%width == 0 {
			return i >= 0
		}
		from += i + 1
	}
}

func byStream(history []porcupine.Operation) (parts [][]porcupine.Operation) {
	at := map[int]int{}
	for _, op := range history {
		s := op.Input.(asked).stream
		if _, known := at[s]; !known {
			at[s] = len(parts)
			parts = append(parts, nil)
		}
		parts[at[s]] = append(parts[at[s]], op)
	}
	return parts
}
