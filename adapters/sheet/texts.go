package sheet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/mingjian-ledger/mingjian/domain"
)

// Carries refuses a text that a cell of a file of this format would not give back as it is: what no text may hold, characters
// of private use and lost ones, a text over a cell's length, and what the encoding changes. Formats differ in nothing else.
func (Books) Carries(format, text string) *domain.Fault {
	for _, r := range text {
		if r == unicode.ReplacementChar || unicode.Is(unicode.Co, r) || unicode.Is(unicode.Noncharacter_Code_Point, r) {
			return uncarried(r)
		}
	}
	if f := domain.Prose("sheet.cell", "cell", text, maxCell); f != nil {
		return f
	}
	if n := len(utf16.Encode([]rune(text))); n >= maxCell { // one is left for the guard
		return domain.Refuse(domain.Invalid, "sheet.cell.length", "cell", "单元格内容过长", "a text is too long for a cell")
	}
	if format == CSVGB18030 {
		for _, r := range text {
			if !inGB18030(r) {
				return uncarried(r)
			}
		}
	}
	return nil
}

// carries is Carries for a writer, which holds texts with their guard.
func carries(format, guarded string) error {
	if f := (Books{}).Carries(format, unguard(guarded)); f != nil {
		return f
	}
	return nil
}

func uncarried(r rune) *domain.Fault {
	return domain.Refuse(domain.Invalid, "sheet.cell.character", "cell",
		fmt.Sprintf("含有文件无法承载的字符（U+%04X）", r), fmt.Sprintf("holds the character U+%04X, which the file can't carry", r))
}

// inGB18030 encodes and decodes: the tables of the library map some characters to codes that come back as others
// (golang/go#81126).
func inGB18030(r rune) bool {
	if r < 0x80 {
		return true
	}
	code, err := simplifiedchinese.GB18030.NewEncoder().String(string(r))
	if err != nil {
		return false
	}
	back, err := simplifiedchinese.GB18030.NewDecoder().String(code)
	return err == nil && back == string(r)
}

// Read yields the rows of the first table of a file as texts, blank ones too, an error last. Of a file of a format that Books
// writes the guards are taken off; with an empty format its form and encoding are found out, and texts stay as they stand.
func (b Books) Read(ctx context.Context, format, path string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		src, done, err := b.open(format, path)
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = done() }()
		guarded := format == CSV || format == CSVGB18030
		for {
			rec, err := src.next(false)
			if errors.Is(err, io.EOF) {
				return
			}
			if err = errors.Join(err, ctx.Err()); err != nil {
				yield(nil, err)
				return
			}
			cells, err := rec.texts(guarded)
			if !yield(cells, err) || err != nil {
				return
			}
		}
	}
}

func (b Books) open(format, path string) (source, func() error, error) {
	file, err := openRaw(path)
	if err != nil {
		return nil, nil, err
	}
	opts := Options{Mapping: &Mapping{}, TempDir: b.Dir, MaxRecord: maxRecord}
	src, err := openTexts(file, format, opts)
	if err != nil {
		return nil, nil, errors.Join(err, file.f.Close())
	}
	return src, func() error { return errors.Join(src.close(), file.f.Close()) }, nil
}

func openTexts(file *rawFile, format string, opts Options) (source, error) {
	what, err := file.container()
	switch {
	case err != nil:
		return nil, err
	case what == compound:
		return nil, file.refuseCompound()
	case what == zipped && (format == "" || format == XLSX):
		return openXLSX(file, opts)
	case what == zipped || what == gzipped || format == XLSX:
		return nil, fileError(FileBroken, "文件格式与声明的不符", "the file is not of the format that it is said to be", nil)
	}
	switch format {
	case CSV:
		opts.Encoding = UTF8BOM
	case CSVGB18030:
		opts.Encoding = GB18030
	}
	src, err := surveyCSV(file, false, opts)
	if err != nil {
		return nil, err
	}
	return src, src.start(',')
}

// texts are the cells of a record, if all can be told.
func (r record) texts(guarded bool) ([]string, error) {
	if r.rule != "" {
		return nil, fileError(FileBroken, fmt.Sprintf("第 %d 行无法读取（%s）", r.line, r.rule), fmt.Sprintf("line %d can't be read: %s", r.line, r.rule), nil)
	}
	out := make([]string, len(r.cells))
	for i, c := range r.cells {
		if c.rule != "" {
			return nil, fileError(FileBroken, fmt.Sprintf("第 %d 行第 %d 列无法读取（%s）", r.line, i+1, c.rule),
				fmt.Sprintf("line %d, column %d can't be read: %s", r.line, i+1, c.rule), nil)
		}
		if out[i] = strings.ReplaceAll(c.text, "\r\n", "\n"); guarded {
			out[i] = unguard(out[i])
		}
	}
	return out, nil
}
