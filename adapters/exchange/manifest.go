package exchange

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/chain"
	"github.com/mingjian-ledger/mingjian/domain/profile"
)

// manifestForm is in every manifest: its signature is for nothing else.
const manifestForm = "mingjian.exchange.batch.v1"

// Forms has a value of each form of JSON in a batch, by its name: the manifest, and a line of the index. They are part of what
// integrators were promised.
func Forms() map[string]any {
	return map[string]any{manifestForm: Manifest{}, manifestForm + " index": entry{}}
}

// ReceiptForm is what a receipt is read by: the first words are the names of columns and verdicts, the rest mean the same.
func ReceiptForm() (columns, verdicts [][]string) {
	for _, words := range headingWords() {
		columns = append(columns, words)
	}
	for _, v := range []Verdict{Accepted, Duplicate, Rejected} {
		verdicts = append(verdicts, verdictWords()[v])
	}
	return columns, verdicts
}

// Manifest says what a batch is.
type Manifest struct {
	Form     string       `json:"form"`
	Batch    string       `json:"batch"`
	Platform string       `json:"platform"`
	Kind     profile.Kind `json:"kind"`
	Version  string       `json:"version"`         // of the profile
	Audit    bool         `json:"audit,omitempty"` // the copy that is kept: personal columns are blank
	From     uint64       `json:"from"`            // number of the first row
	To       uint64       `json:"to"`
	Rows     int          `json:"rows"` // all between, held ones too
	Held     int          `json:"held"` // that are in no table
	Chain    Span         `json:"chain"`
	Format   string       `json:"format"`
	Tables   []Table      `json:"tables"`
	Files    []File       `json:"files"`
	Index    Digest       `json:"index"`
	Key      string       `json:"key"` // id of the key that signed
}

// Span is the running digest before and after a batch.
type Span struct {
	Before chain.Chain `json:"before"`
	After  chain.Chain `json:"after"`
}

// File is a table of a batch.
type File struct {
	Digest
	Action profile.Action `json:"action"`
	Table  string         `json:"table"`
	Rows   int            `json:"rows"`
}

// Digest is a file with its digest.
type Digest struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// entry is a line of the index: a row, and where it stands or why it doesn't.
type entry struct {
	File     string          `json:"file,omitempty"`
	Line     int             `json:"line,omitempty"`     // of the table, its heading is line 1
	Personal []string        `json:"personal,omitempty"` // keys of the columns that are filled in the table and not in the row
	Held     *Problem        `json:"held,omitempty"`
	Item     json.RawMessage `json:"item"`
}

// Problem is why a row is held.
type Problem struct {
	Field string `json:"field"`
	Rule  string `json:"rule"`
	ZH    string `json:"zh"`
	EN    string `json:"en"`
}

const (
	indexEnd     = ".rows.jsonl"
	manifestEnd  = ".manifest.json"
	signatureEnd = ".manifest.sig"
)

// BatchName names a batch. Names order as batches do.
func BatchName(platform string, kind profile.Kind, from, to uint64) string {
	return fmt.Sprintf("%s-%s-%010d-%010d", platform, kind, from, to)
}

// extension of a format; the formats that begin with csv are told apart by the manifest.
func extension(format string) string {
	kind, _, _ := strings.Cut(format, "-")
	return "." + kind
}

func readManifest(text []byte) (m Manifest, err error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return m, fmt.Errorf("exchange: manifest: %w", err)
	}
	if m.Form != manifestForm {
		return m, errors.New("exchange: manifest: of another form than this program knows")
	}
	if m.Batch != BatchName(m.Platform, m.Kind, m.From, m.To) {
		return m, errors.New("exchange: manifest: the batch is not named as its rows are")
	}
	for _, d := range m.digests() {
		if !strings.HasPrefix(d.Name, m.Batch+".") || filepath.Base(d.Name) != d.Name {
			return m, errors.New("exchange: manifest: a file is not named as the batch is")
		}
	}
	return m, nil
}

// digests are the files of a batch but manifest and signature.
func (m Manifest) digests() []Digest {
	var out []Digest
	for _, f := range m.Files {
		out = append(out, f.Digest)
	}
	return append(out, m.Index)
}

// digestOf reads a file.
func digestOf(path string) (d Digest, err error) {
	f, err := os.Open(path) //nolint:gosec // a file of a batch, in the folder that was named
	if err != nil {
		return d, fmt.Errorf("exchange: %w", err)
	}
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return d, fmt.Errorf("exchange: read: %w", err)
	}
	return Digest{filepath.Base(path), n, hex.EncodeToString(h.Sum(nil))}, nil
}
