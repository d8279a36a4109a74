package sortition

import (
	"io"
	"iter"
	"slices"
	"strings"
)

// Published is a bundle as it was read from its document, with the candidates packed: about 24 bytes and the id for each. A
// pool of millions in line fits where a Bundle of it would not.
type Published struct {
	bundle   Bundle
	subjects *packed // nil if the document has no list of candidates
}

// ReadBundle reads a bundle as DecodeBundle does, from a stream that it runs through once and to its end. An error of the
// stream is passed on.
func ReadBundle(source io.Reader) (Published, error) {
	r := newBundleReader(source)
	subjects := newPacked()
	r.subject = subjects.add
	if err := r.read(); err != nil {
		return Published{}, err
	}
	p := Published{bundle: r.bundle}
	if r.listed {
		subjects.sort()
		p.subjects = subjects
	}
	return p, nil
}

// Bundle gives what was read, without the list of candidates.
func (p Published) Bundle() Bundle { return p.bundle }

// Pools gives the pools of the bundle in canonical order, to be run through as often as one likes. Open opens a pool that is
// kept apart; it may be nil if there is none.
func (p Published) Pools(open func(file PoolFile) (io.ReadCloser, error)) (Pools, error) {
	return (&verification{bundle: p.bundle, packed: p.subjects, opts: Options{Open: open}}).open()
}

// Verify is Verify for a bundle as it was read, which holds for StepForm.
func (p Published) Verify(opts Options) (Report, error) {
	if opts.Explain != nil {
		opts.Explain(Finding{Step: StepForm, Holds: true,
			Chinese: "文件是一个完整的抽取包，只有一种读法。", English: "The document is a whole bundle and can be read in one way only."})
	}
	return (&verification{bundle: p.bundle, packed: p.subjects, opts: opts}).run()
}

// packed holds candidates: the ids one behind the other, strata and districts as numbers.
type packed struct {
	rows    []packedSubject
	text    *strings.Builder
	names   []string
	numbers map[string]uint32
	sorted  bool
}

type packedSubject struct {
	id                string
	stratum, district uint32
}

func newPacked() *packed {
	return &packed{text: &strings.Builder{}, numbers: map[string]uint32{}, sorted: true}
}

// add copies what it is given, so that the text it was cut from need not be kept.
func (p *packed) add(s Subject) {
	const chunk = 1 << 16
	if p.text.Cap()-p.text.Len() < len(s.ID) {
		p.text = &strings.Builder{}
		p.text.Grow(max(chunk, len(s.ID)))
	}
	from := p.text.Len()
	p.text.WriteString(s.ID)
	row := packedSubject{id: p.text.String()[from:], stratum: p.number(s.Stratum), district: p.number(s.District)}
	if n := len(p.rows); n > 0 && p.rows[n-1].id > row.id {
		p.sorted = false
	}
	p.rows = append(p.rows, row)
}

func (p *packed) number(name string) uint32 {
	number, known := p.numbers[name]
	if !known {
		number = uint32(len(p.names))
		name = strings.Clone(name)
		p.names = append(p.names, name)
		p.numbers[name] = number
	}
	return number
}

func (p *packed) sort() {
	if !p.sorted {
		slices.SortFunc(p.rows, func(a, b packedSubject) int { return strings.Compare(a.id, b.id) })
	}
}

// all streams the candidates in canonical order.
func (p *packed) all() iter.Seq2[Subject, error] {
	return func(yield func(Subject, error) bool) {
		for _, row := range p.rows {
			if !yield(Subject{ID: row.id, Stratum: p.names[row.stratum], District: p.names[row.district]}, nil) {
				return
			}
		}
	}
}
