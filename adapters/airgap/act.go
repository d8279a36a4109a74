package airgap

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/chain"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Limits of a bundle.
const (
	MaxActs    = 2000
	MaxPayload = 8 << 20 // bytes of its acts, not compressed
	maxFile    = 2 * MaxPayload
)

// act is one public fact as it crosses the gap. Its fields are in the order of their names, so that its JSON is canonical.
type act struct {
	Category string `json:"category"`
	Data     []byte `json:"data"` // base64: the bytes are kept as they are
	ID       es.ID  `json:"id"`
	Meta     []byte `json:"meta"`
	Number   uint64 `json:"number"`
	Stream   string `json:"stream"`
	Type     string `json:"type"`
}

// item is the act as the chain has it, and as a line of a bundle but for the line feed.
func (a act) item() ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(a); err != nil {
		return nil, fmt.Errorf("airgap: act %d: %w", a.Number, err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

func (a act) stream() es.Stream { return es.Stream{Category: a.Category, ID: a.Stream} }

func (a act) proposed() es.Proposed {
	return es.Proposed{ID: a.ID, Type: a.Type, Data: a.Data, Meta: a.Meta}
}

// actOf is an act as it stands in an outer log.
func actOf(r es.Record, number uint64) act {
	return act{
		Category: r.Stream.Category, Data: r.Data, ID: r.ID, Meta: r.Meta, Number: number, Stream: r.Stream.ID, Type: r.Type,
	}
}

// place is how far acts were counted: how many, the chain over them, and a position behind the last.
type place struct {
	acts  uint64
	chain chain.Chain
	at    es.Position
}

// acts are the lines of a bundle with what they come to.
type acts struct {
	lines  bytes.Buffer
	start  place // before the first
	end    place // behind the last
	record es.Record
}

func begin(start place) *acts { return &acts{start: start, end: start} }

// fits tells whether one more line may be added.
func (a *acts) fits(item []byte) bool {
	return a.end.acts-a.start.acts < MaxActs && a.lines.Len()+len(item)+1 <= MaxPayload
}

func (a *acts) add(item []byte, r es.Record) {
	a.lines.Write(item)
	a.lines.WriteByte('\n')
	a.end = place{a.end.acts + 1, a.end.chain.Next(item), r.Position}
	a.record = r
}

// read takes the lines of a bundle apart and checks that they are the acts which its header names.
func (h Header) read(payload []byte) (list []act, err error) {
	sum := h.Before
	for number := h.First; number <= h.Last; number++ {
		item, rest, whole := bytes.Cut(payload, []byte("\n"))
		if !whole {
			return nil, errors.New("acts are missing")
		}
		payload = rest
		var a act
		dec := json.NewDecoder(bytes.NewReader(item))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&a); err != nil {
			return nil, fmt.Errorf("act %d: %w", number, err)
		}
		if again, err := a.item(); err != nil || !bytes.Equal(again, item) || a.Number != number {
			return nil, fmt.Errorf("act %d is not in its one form", number)
		}
		list, sum = append(list, a), sum.Next(item)
	}
	if len(payload) > 0 || sum != h.After {
		return nil, errors.New("the acts are not those of the header")
	}
	return list, nil
}
