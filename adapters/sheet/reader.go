package sheet

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
)

// PersonalData tells what happens to a row with an identity number or a mobile number in one of its mapped fields.
type PersonalData string

// The ways to treat personal data. The empty one is PersonalRefuse: such data must not reach an event in clear.
const (
	PersonalRefuse PersonalData = "refuse"
	PersonalWarn   PersonalData = "warn"
	PersonalOff    PersonalData = "off"
)

// Options say how a file is read. Mapping is required; the zero value of everything else works.
type Options struct {
	Mapping      *Mapping
	Encoding     Encoding     // empty: found out from the whole file
	Delimiter    byte         // CSV; 0: found out from the headings
	SkipTo       int          // pass over the rows that begin on this line or before it (resuming)
	PersonalData PersonalData // empty: PersonalRefuse
	MaxRecord    int          // longest CSV record in bytes, quoted line breaks included; 0: 4 MiB
	TempDir      string       // for large parts of workbooks; empty: the system's
}

// maxRecord is the longest CSV record unless options say otherwise.
const maxRecord = 4 << 20

// FileInfo is what became known of the file before its first row.
type FileInfo struct {
	Name      string   `json:"name"` // without folders
	Format    string   `json:"format"`
	SHA256    string   `json:"sha256"` // of the file as it lies on the disk
	Bytes     int64    `json:"bytes"`
	Encoding  Encoding `json:"encoding"`
	Delimiter string   `json:"delimiter,omitempty"`
	Sheet     string   `json:"sheet,omitempty"`
	Header    int      `json:"header_line"`
	Columns   []string `json:"columns"`
	Absent    []string `json:"absent_columns,omitempty"` // optional columns of the mapping that the file does not have
}

// Formats of FileInfo.
const (
	FormatCSV     = "csv"
	FormatCSVGzip = "csv.gz"
	FormatXLSX    = "xlsx"
)

// Counts is how many rows were met so far.
type Counts struct {
	Read    int `json:"read"`    // rows given out by Next, refused ones included
	Refused int `json:"refused"` // of those, rows with a problem that refuses them
	Skipped int `json:"skipped"` // rows left out by skip_when
	Blank   int `json:"blank"`   // rows without any text
	Passed  int `json:"passed"`  // rows passed over because of Options.SkipTo, blank and skipped ones included
}

// Reader gives the rows of one file. It is not safe for concurrent use, but for Progress.
type Reader struct {
	file    *rawFile
	src     source
	m       *Mapping
	opts    Options
	info    FileInfo
	heads   []string // raw headings
	plan    []bound  // one per target field, sorted by field
	skips   []boundCondition
	dayZero int
	counts  Counts
	line    int
	err     error // sticky
}

// Open looks the whole file over, finds its format, encoding, delimiter and headings, and stands before the first row. A
// *FileError says why the file as a whole cannot be read.
func Open(path string, opts Options) (*Reader, error) {
	if opts.Mapping == nil || opts.Mapping.schema.fields == nil {
		return nil, errors.New("sheet: Options.Mapping must come from LoadMapping or ReadMapping")
	}
	if opts.MaxRecord <= 0 {
		opts.MaxRecord = maxRecord
	}
	if opts.PersonalData == "" {
		opts.PersonalData = PersonalRefuse
	}
	file, err := openRaw(path)
	if err != nil {
		return nil, err
	}
	r := &Reader{file: file, m: opts.Mapping, opts: opts, dayZero: 1900}
	r.info = FileInfo{Name: filepath.Base(path), Bytes: file.size}
	if err := r.open(); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func (r *Reader) open() error {
	what, err := r.file.container()
	if err != nil {
		return err
	}
	switch what {
	case compound:
		return r.file.refuseCompound()
	case zipped:
		return r.openXLSX()
	}
	return r.openCSV(what == gzipped)
}

func (r *Reader) openXLSX() error {
	src, err := openXLSX(r.file, r.opts)
	if err != nil {
		return err
	}
	r.src, r.dayZero = src, src.from
	r.info.Format, r.info.Encoding, r.info.SHA256, r.info.Sheet = FormatXLSX, UTF8, src.digest, src.sheet
	head, err := findHeader(src, r.m)
	if err != nil {
		return err
	}
	return r.bind(head)
}

// openCSV tries the delimiters until the headings are found; without them it reports what the likeliest one shows.
func (r *Reader) openCSV(zipped bool) error {
	src, err := surveyCSV(r.file, zipped, r.opts)
	if err != nil {
		return err
	}
	r.src = src
	r.info.Format, r.info.Encoding, r.info.SHA256 = FormatCSV, src.enc, src.digest
	if zipped {
		r.info.Format = FormatCSVGzip
	}
	tries := delimiters()
	if r.opts.Delimiter != 0 {
		tries = []byte{r.opts.Delimiter}
	}
	var worst error
	shown := 0
	for _, delim := range tries {
		if err := src.start(delim); err != nil {
			return err
		}
		head, err := findHeader(src, r.m)
		if err == nil {
			r.info.Delimiter = string(rune(delim))
			return r.bind(head)
		}
		missing := (*FileError)(nil)
		if !errors.As(err, &missing) || missing.Rule == FileBroken || missing.Rule == FileTwice {
			return err
		}
		if n := max(1, len(missing.Columns)); n > shown {
			worst, shown = err, n
		}
	}
	return worst
}

// Next gives the next row that is this import's business, or io.EOF behind the last. A row that cannot be used comes with
// its problems and does not end the reading; every other error is final, a *FileError among them.
func (r *Reader) Next() (Row, error) {
	for r.err == nil {
		passing := r.line < r.opts.SkipTo
		rec, err := r.src.next(passing)
		if err != nil {
			r.err = err
			break
		}
		r.line = rec.last
		if passing {
			r.counts.Passed++
			continue
		}
		if rec.rule == "" && blank(rec.cells) {
			r.counts.Blank++
			continue
		}
		if r.skipped(rec) {
			r.counts.Skipped++
			continue
		}
		row := r.row(rec)
		r.counts.Read++
		if row.Refused() {
			r.counts.Refused++
		}
		return row, nil
	}
	if errors.Is(r.err, io.EOF) {
		return Row{}, io.EOF
	}
	return Row{}, r.err
}

// File tells about the file.
func (r *Reader) File() FileInfo { return r.info }

// Mapping is the mapping the file is read with.
func (r *Reader) Mapping() *Mapping { return r.m }

// Counts tells what was met so far.
func (r *Reader) Counts() Counts { return r.counts }

// Line is the last line that was read; as Options.SkipTo it makes another Reader go on behind it.
func (r *Reader) Line() int { return r.line }

// Progress is how many of how many bytes were read. It may be called from another goroutine.
func (r *Reader) Progress() (done, total int64) { return r.src.progress() }

// Close lets go of the file and of temporary files.
func (r *Reader) Close() error {
	var errs []error
	if r.src != nil {
		errs = append(errs, r.src.close())
	}
	if err := errors.Join(append(errs, r.file.f.Close())...); err != nil {
		return fmt.Errorf("sheet: close: %w", err)
	}
	return nil
}

func blank(cells []cell) bool {
	for _, c := range cells {
		if c.rule != "" || Clean(c.text) != "" {
			return false
		}
	}
	return true
}
