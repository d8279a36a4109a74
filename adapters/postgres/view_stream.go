package postgres

import (
	"encoding/binary"
	"hash/maphash"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/mingjian-ledger/mingjian/projections"
)

// stream writes rows as COPY reads them in binary form: the values as they are, each behind its length.
func (t *viewTable) stream(rows []written) []byte {
	size := 64
	for _, r := range rows {
		size += rowBytes + len(r.Doc) + 24*len(r.Search)
	}
	b := append(make([]byte, 0, size), "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	text := func(s string) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s))) //nolint:gosec // limited by Table.Check
		b = append(b, s...)
	}
	for _, r := range rows {
		b = binary.BigEndian.AppendUint16(b, uint16(len(t.writes))) //nolint:gosec // a few columns
		text(r.Key)
		text(r.Position.String())
		if t.shape.Search {
			b = binary.BigEndian.AppendUint32(b, 8)
			b = binary.BigEndian.AppendUint64(b, uint64(r.id)) //nolint:gosec // counts up from 1
			b = appendArray(b, gramsOf(r.Search, r.id))
			text(r.Search)
		}
		for _, c := range r.Columns {
			text(c)
		}
		long := byte(0)
		if t.long(r.Row) {
			long = 1
		}
		b = append(b, 0, 0, 0, 1, long)
		b = binary.BigEndian.AppendUint32(b, uint32(len(r.Doc))) //nolint:gosec // a document is far below 4 GiB
		b = append(b, r.Doc...)
	}
	return append(b, 0xff, 0xff)
}

// appendArray writes a bigint[].
func appendArray(b []byte, values []int64) []byte {
	if len(values) == 0 {
		b = append(b, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0)
		return binary.BigEndian.AppendUint32(b, pgtype.Int8OID)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(20+12*len(values))) //nolint:gosec // limited by MaxSearch
	b = append(b, 0, 0, 0, 1, 0, 0, 0, 0)                           // one dimension, nothing missing
	b = binary.BigEndian.AppendUint32(b, pgtype.Int8OID)
	b = binary.BigEndian.AppendUint32(b, uint32(len(values))) //nolint:gosec // as above
	b = append(b, 0, 0, 0, 1)                                 // counted from one
	for _, v := range values {
		b = append(b, 0, 0, 0, 8)
		b = binary.BigEndian.AppendUint64(b, uint64(v)) //nolint:gosec // never negative
	}
	return b
}

// filter tells of keys that they were not added, without keeping them (Bloom). It is of one size: with a million keys it errs
// about one in a million, with ten million about one in 200, and what it errs about costs a query.
type filter struct {
	seed maphash.Seed
	bits []uint64
}

const (
	filterBits   = 27 // of a number of a bit: 16 MiB
	filterHashes = 4
)

func newFilter() *filter {
	return &filter{seed: maphash.MakeSeed(), bits: make([]uint64, 1<<filterBits/64)}
}

// each yields where the bits of a key are, until it is told to stop.
func (f *filter) each(k projections.Key, yield func(word, bit uint64) bool) bool {
	h := maphash.Comparable(f.seed, k)
	step := h>>32 | 1
	for range filterHashes {
		n := h & (1<<filterBits - 1)
		if !yield(n/64, 1<<(n%64)) {
			return false
		}
		h += step
	}
	return true
}

func (f *filter) add(k projections.Key) {
	f.each(k, func(word, bit uint64) bool {
		f.bits[word] |= bit
		return true
	})
}

func (f *filter) has(k projections.Key) bool {
	return f.each(k, func(word, bit uint64) bool { return f.bits[word]&bit != 0 })
}
