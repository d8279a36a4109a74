package projections

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"iter"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Comparison says in what a projection's new tables differ from the live ones. Views are functions of the log, so that two of
// the same position differ in nothing, unless somebody changed a row by hand or the program derives them otherwise than it did.
type Comparison struct {
	Projection string
	Through    es.Position // where the new tables stood when they were compared
	Live       es.Position // where the live ones stood: the same, but for live ones ahead of a log that was put back
	Tables     []TableDifference
	// Digest, in hex, is of every row that differs, as it is in both; empty where none does. It does not depend on the position:
	// the same difference has the same digest a day later.
	Digest string
}

// TableDifference counts the rows that differ in one table, and has the first of them by key.
type TableDifference struct {
	Table   string
	Missing uint64 // in the live table
	Extra   uint64 // in the live table
	Changed uint64
	Sample  []Difference // A is of the live table, B of the new one; at most SampleRows of each table, SampleBytes in all
}

// Bounds of the samples of a comparison.
const (
	SampleRows  = 20
	SampleBytes = 8 << 20
)

// Same tells that no row differs.
func (c Comparison) Same() bool { return len(c.Tables) == 0 }

// Rows is how many differ.
func (c Comparison) Rows() (n uint64) {
	for _, t := range c.Tables {
		n += t.Missing + t.Extra + t.Changed
	}
	return n
}

// DifferentError says that a rebuild came to other rows than the live tables hold, and that they were left as they are.
type DifferentError struct{ Comparison Comparison }

func (e *DifferentError) Error() string {
	c := e.Comparison
	at := "at " + c.Through.String()
	if c.Live != c.Through {
		at = fmt.Sprintf("the live ones at %s, beyond the end of the log at %s", c.Live, c.Through)
	}
	return fmt.Sprintf("projections: %d rows of %s come out otherwise than they are (%s); digest %s", c.Rows(), c.Projection, at, c.Digest)
}

// comparing is a comparison under way: both tables as they were when it was begun.
type comparing struct {
	Comparison
	next func() (Difference, error, bool)
	stop func()

	row  Difference // read already
	err  error
	more bool

	digest hash.Hash
	size   int
}

// compare begins to compare: when it returns, both dumps have their states, and what is committed from then on is not in them.
func compare(ctx context.Context, p Projection, at, live es.Position, a, b Target) *comparing {
	c := &comparing{Comparison: Comparison{Projection: p.Name, Through: at, Live: live}, digest: sha256.New()}
	c.digest.Write(sized([]byte("mingjian/rebuild/v1"), p.Name))
	c.next, c.stop = iter.Pull2(diff(ctx, a, b, true))
	// The first step opens both dumps and says so by an empty difference.
	c.row, c.err, c.more = c.next()
	return c
}

// finish reads both to the end. tell, if not nil, hears of every difference, in the order of table and key.
func (c *comparing) finish(tell func(Difference) error) (Comparison, error) {
	defer c.stop()
	for ; c.more; c.row, c.err, c.more = c.next() {
		if c.err != nil {
			return c.Comparison, fmt.Errorf("projections: compare %s: %w", c.Projection, c.err)
		}
		if c.row.A == nil && c.row.B == nil {
			continue
		}
		c.count(c.row)
		if tell != nil {
			if err := tell(c.row); err != nil {
				return c.Comparison, err
			}
		}
	}
	if !c.Same() {
		c.Digest = hex.EncodeToString(c.digest.Sum(nil))
	}
	return c.Comparison, nil
}

func (c *comparing) count(d Difference) {
	last := len(c.Tables) - 1
	if last < 0 || c.Tables[last].Table != d.Key.Table {
		c.Tables = append(c.Tables, TableDifference{Table: d.Key.Table})
		last++
	}
	t := &c.Tables[last]
	switch {
	case d.A == nil:
		t.Missing++
	case d.B == nil:
		t.Extra++
	default:
		t.Changed++
	}
	b := sized(sized(nil, d.Key.Table), d.Key.Key)
	c.digest.Write(d.B.bytes(d.A.bytes(b)))
	if size := d.A.size() + d.B.size(); len(t.Sample) < SampleRows && c.size+size <= SampleBytes {
		c.size += size
		t.Sample = append(t.Sample, d)
	}
}

// bytes adds all that a row holds, each with its length before it; of none it adds that there is none.
func (r *Row) bytes(b []byte) []byte {
	if r == nil {
		return append(b, 0)
	}
	b = binary.BigEndian.AppendUint64(append(b, 1), uint64(len(r.Columns)))
	for _, c := range r.Columns {
		b = sized(b, c)
	}
	b = sized(sized(sized(b, r.Key), r.Search), r.Doc)
	return sized(b, r.Position.String())
}

func (r *Row) size() (n int) {
	if r == nil {
		return 0
	}
	for _, c := range r.Columns {
		n += len(c)
	}
	return n + len(r.Key) + len(r.Search) + len(r.Doc)
}

func sized[T ~string | ~[]byte](b []byte, p T) []byte {
	return append(binary.BigEndian.AppendUint64(b, uint64(len(p))), p...)
}
