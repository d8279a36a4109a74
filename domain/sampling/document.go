package sampling

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"iter"
	"maps"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Schema names the form of a Document.
const Schema = "mingjian.sampling.result.v1"

// Document is what the public sees of a result. One that was annulled after it had been public says so and nothing else. How
// it is handled is no part of it: that goes on, and is told beside it.
type Document struct {
	Schema         string              `json:"schema"`
	ID             string              `json:"id"`
	Sampling       string              `json:"sampling"`
	Kind           Kind                `json:"kind"`
	Authority      domain.AuthorityID  `json:"authority"`
	AuthorityName  string              `json:"authority_name"`
	Sample         *Sample             `json:"sample,omitempty"`
	Corrections    []string            `json:"corrections,omitempty"` // their reasons
	Retest         *DocumentRetest     `json:"retest,omitempty"`
	Objections     []DocumentObjection `json:"objections,omitempty"`
	BatchesFailing int                 `json:"batches_failing"` // by what stands
	Annulled       string              `json:"annulled,omitempty"`
}

// DocumentRetest is what the second laboratory found.
type DocumentRetest struct {
	Laboratory     Tester        `json:"laboratory"`
	BatchesFailing int           `json:"batches_failing"`
	Failures       []Failure     `json:"failures,omitempty"`
	ReportNo       string        `json:"report_no"`
	ReportedOn     calendar.Date `json:"reported_on"`
}

// DocumentObjection says that there was an objection and what came of it; its words stay inside.
type DocumentObjection struct {
	Role   Role           `json:"role"`
	Matter Matter         `json:"matter"`
	State  ObjectionState `json:"state"`
}

// Document is what the public would see of the result as it is now.
func (r Result) Document() Document {
	d := Document{Schema: Schema, ID: r.ID, Sampling: r.Sampling, Kind: r.Kind, Authority: r.Authority, AuthorityName: r.AuthorityName}
	if r.Annulled != "" {
		d.Annulled = r.Annulled
		return d
	}
	sample := r.Sample
	d.Sample, d.Corrections, d.BatchesFailing = &sample, r.Corrections, r.BatchesFailing()
	if r.Retest != nil {
		d.Retest = &DocumentRetest{
			Laboratory: r.Retest.Laboratory, BatchesFailing: r.Retest.BatchesFailing, Failures: r.Retest.Failures,
			ReportNo: r.Retest.ReportNo, ReportedOn: r.Retest.ReportedOn,
		}
	}
	for _, o := range r.Objections {
		d.Objections = append(d.Objections, DocumentObjection{Role: o.Lodged.Role, Matter: o.Lodged.Matter, State: o.State})
	}
	return d
}

// Encode gives the document as it is stored and published, and the hex SHA-256 of that.
func (d Document) Encode() (raw json.RawMessage, digest string, err error) {
	if raw, err = json.Marshal(d); err != nil {
		return nil, "", fmt.Errorf("sampling: encode document %s: %w", d.ID, err)
	}
	sum := sha256.Sum256(raw)
	return raw, hex.EncodeToString(sum[:]), nil
}

// ParseDocument reads a document.
func ParseDocument(raw []byte) (d Document, err error) {
	if err = json.Unmarshal(raw, &d); err != nil {
		return d, fmt.Errorf("sampling: decode document: %w", err)
	}
	if d.Schema != Schema || d.ID == "" {
		return d, fmt.Errorf("sampling: decode document: schema %q, id %q", d.Schema, d.ID)
	}
	return d, nil
}

// Listing adds results up to a list: one document a line, in the order in which they are added, which has to be that of their
// ids. Of what was never public two kinds are left out and counted: what was annulled, and what is objected to until that is
// decided. Make one with NewListing.
type Listing struct {
	out       io.Writer
	sum       hash.Hash
	last      string
	count     int
	totals    Totals
	recorders map[string]bool
}

// NewListing writes the lines to out as they come.
func NewListing(out io.Writer) *Listing {
	return &Listing{out: out, sum: sha256.New(), recorders: map[string]bool{}}
}

// Add appends a result.
func (l *Listing) Add(r Result) error {
	if r.ID <= l.last {
		return fmt.Errorf("sampling: result %s stands after %s", r.ID, l.last)
	}
	l.last = r.ID
	for _, account := range r.Recorders {
		l.recorders[account] = true
	}
	if r.Annulled != "" {
		l.totals.Annulled++
	}
	switch {
	case r.Version == 0 && r.Annulled != "":
		return nil
	case r.Version == 0 && r.Objected():
		l.totals.Held++
		return nil
	}
	raw, _, err := r.Document().Encode()
	if err != nil {
		return err
	}
	line := append(bytes.Clone(raw), '\n')
	if _, err := io.MultiWriter(l.sum, l.out).Write(line); err != nil {
		return fmt.Errorf("sampling: write list: %w", err)
	}
	l.count++
	if r.Annulled != "" {
		return nil
	}
	l.totals.Products++
	l.totals.BatchesDrawn += r.Sample.BatchesDrawn
	l.totals.BatchesFailing += r.BatchesFailing()
	if r.Failing() {
		l.totals.Failing++
	}
	return nil
}

// Sum tells what was listed, and by whom it had been entered.
func (l *Listing) Sum() (List, Totals, []string) {
	return List{Digest: hex.EncodeToString(l.sum.Sum(nil)), Count: l.count}, l.totals, slices.Sorted(maps.Keys(l.recorders))
}

// ReadList yields the documents of a list. Whether all of them are right is known only when the reader has been read to its
// end.
func ReadList(in io.Reader) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		lines := bufio.NewScanner(in)
		lines.Buffer(nil, 2*es.MaxEvent)
		for lines.Scan() {
			if !yield(bytes.Clone(lines.Bytes()), nil) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(nil, fmt.Errorf("sampling: read list: %w", err))
		}
	}
}
