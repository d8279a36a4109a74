package sortition

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"iter"
)

// PoolFile names a pool that is kept apart from its bundle: the lines that Write… wrote, by their digest.
type PoolFile struct {
	SHA256 Digest `json:"sha256"` // of all the bytes
	Count  uint64 `json:"count"`  // lines
}

// A pool line is one leaf as a JSON object without blanks, its members in the order of the leaf, its strings escaped as in
// RFC 8785, and a line feed. There is one text for a pool, so that its digest is its name.
const maxLine = 1 << 20

// WriteSubjects writes a pool line by line and freezes it on the way.
func WriteSubjects(w io.Writer, subjects iter.Seq2[Subject, error]) (Frozen, PoolFile, error) {
	out := newLineWriter(w)
	frozen, err := FreezeSubjects(written(out, subjects, Subject.appendLine))
	return out.finish(frozen, err)
}

// WriteInspectors writes a pool line by line and freezes it on the way.
func WriteInspectors(w io.Writer, inspectors iter.Seq2[Inspector, error]) (Frozen, PoolFile, error) {
	out := newLineWriter(w)
	frozen, err := FreezeInspectors(written(out, inspectors, Inspector.appendLine))
	return out.finish(frozen, err)
}

// WriteConflicts writes a pool line by line and freezes it on the way.
func WriteConflicts(w io.Writer, conflicts iter.Seq2[Conflict, error]) (Frozen, PoolFile, error) {
	out := newLineWriter(w)
	frozen, err := FreezeConflicts(written(out, conflicts, Conflict.appendLine))
	return out.finish(frozen, err)
}

// ReadSubjects reads what WriteSubjects wrote. It checks the form of each line but not the pool: freeze it for that. The
// stream runs once, as r does.
func ReadSubjects(r io.Reader) iter.Seq2[Subject, error] { return readLines(r, parseSubject) }

// ReadInspectors reads what WriteInspectors wrote, as ReadSubjects does.
func ReadInspectors(r io.Reader) iter.Seq2[Inspector, error] { return readLines(r, parseInspector) }

// ReadConflicts reads what WriteConflicts wrote, as ReadSubjects does.
func ReadConflicts(r io.Reader) iter.Seq2[Conflict, error] { return readLines(r, parseConflict) }

// Reopened makes a stream that can be run again of one that runs once: each run opens the source, reads it with read, and
// closes it.
func Reopened[T any](open func() (io.ReadCloser, error), read func(io.Reader) iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		source, err := open()
		if err != nil {
			yield(none, fmt.Errorf("open pool: %w", err))
			return
		}
		stopped := false
		for element, err := range read(source) {
			if !yield(element, err) || err != nil {
				stopped = true
				break
			}
		}
		if err := source.Close(); err != nil && !stopped {
			yield(none, fmt.Errorf("close pool: %w", err))
		}
	}
}

type lineWriter struct {
	out  *bufio.Writer
	hash interface {
		io.Writer
		Sum(b []byte) []byte
	}
	line []byte
}

func newLineWriter(w io.Writer) *lineWriter {
	hash := sha256.New()
	return &lineWriter{out: bufio.NewWriterSize(io.MultiWriter(w, hash), 1<<16), hash: hash}
}

// written passes a stream on, each element after its line was written. The freezing that consumes it stops at the first
// element that does not belong; its line is then the last in an output that nobody names.
func written[T any](to *lineWriter, elements iter.Seq2[T, error], appendLine func(T, []byte) []byte) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for element, err := range elements {
			if err == nil {
				to.line = append(appendLine(element, to.line[:0]), '\n')
				err = to.write()
			}
			if !yield(element, err) || err != nil {
				return
			}
		}
	}
}

func (w *lineWriter) write() error {
	if len(w.line) > maxLine {
		return refuse("line", "must be at most 1 MiB long", "")
	}
	_, err := w.out.Write(w.line)
	return err
}

func (w *lineWriter) finish(frozen Frozen, err error) (Frozen, PoolFile, error) {
	if err == nil {
		err = w.out.Flush()
	}
	if err != nil {
		return Frozen{}, PoolFile{}, fmt.Errorf("write pool: %w", err)
	}
	return frozen, PoolFile{SHA256: Digest(w.hash.Sum(nil)), Count: frozen.Count}, nil
}

var (
	errLine = errors.New("must be a canonical pool line")
	errCut  = errors.New("must end with a line feed")
)

func readLines[T any](r io.Reader, parse func(line string) (T, bool)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		lines := bufio.NewScanner(r)
		lines.Buffer(make([]byte, 0, 1<<16), maxLine)
		lines.Split(wholeLines)
		number := 0
		for lines.Scan() {
			number++
			element, ok := parse(lines.Text())
			if !ok {
				yield(none, refuse(fmt.Sprintf("line %d", number), errLine.Error(), lines.Text()))
				return
			}
			if !yield(element, nil) {
				return
			}
		}
		err := lines.Err()
		switch {
		case errors.Is(err, errCut):
			err = refuse(fmt.Sprintf("line %d", number+1), errCut.Error(), "")
		case errors.Is(err, bufio.ErrTooLong):
			err = refuse(fmt.Sprintf("line %d", number+1), "must be at most 1 MiB long", "")
		}
		if err != nil {
			yield(none, fmt.Errorf("read pool after line %d: %w", number, err))
		}
	}
}

// wholeLines splits at line feeds and takes nothing less: a file that was cut within a line is an error.
func wholeLines(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if at := bytes.IndexByte(data, '\n'); at >= 0 {
		return at + 1, data[:at], nil
	}
	if atEOF && len(data) > 0 {
		return 0, nil, errCut
	}
	return 0, nil, nil
}
