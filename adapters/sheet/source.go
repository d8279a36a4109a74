package sheet

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"sync/atomic"
	"unicode/utf16"
)

// record is one row of a file before mapping.
type record struct {
	line, last int
	cells      []cell
	rule       string // the row as a whole cannot be read
}

// cell is the text of one cell, or the rule that it breaks.
type cell struct {
	text string
	rule string
}

// source gives the rows of one file in order, io.EOF behind the last. With skip only the lines are wanted.
type source interface {
	next(skip bool) (record, error)
	progress() (done, total int64) // bytes; may be asked for while next runs
	close() error
}

// rawFile is the file on disk, counted and hashed while it is read.
type rawFile struct {
	f    *os.File
	size int64
	read atomic.Int64
	sum  hash.Hash
}

func openRaw(path string) (*rawFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("sheet: %w", err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sheet: %s: %w", path, err), f.Close())
	}
	return &rawFile{f: f, size: info.Size(), sum: sha256.New()}, nil
}

func (r *rawFile) Read(p []byte) (int, error) {
	n, err := r.f.Read(p)
	r.sum.Write(p[:n])
	r.read.Add(int64(n))
	return n, err
}

func (r *rawFile) rewind() error {
	r.sum.Reset()
	r.read.Store(0)
	if _, err := r.f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("sheet: rewind: %w", err)
	}
	return nil
}

// digest reads what is left of the file and gives the SHA-256 of all of it.
func (r *rawFile) digest() (string, error) {
	if _, err := io.CopyBuffer(io.Discard, struct{ io.Reader }{r}, make([]byte, 256<<10)); err != nil {
		return "", fmt.Errorf("sheet: read: %w", err)
	}
	return hex.EncodeToString(r.sum.Sum(nil)), nil
}

// container tells from the first bytes what the file is, whatever its name says.
type container int

const (
	plainText container = iota
	gzipped
	zipped
	compound // OLE: an old workbook, or an encrypted new one
)

func (r *rawFile) container() (container, error) {
	head := make([]byte, 8)
	n, err := io.ReadFull(r.f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("sheet: read: %w", err)
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte{0x1F, 0x8B}):
		return gzipped, r.rewind()
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return zipped, r.rewind()
	case bytes.HasPrefix(head, []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}):
		return compound, r.rewind()
	}
	return plainText, r.rewind()
}

// refuseCompound tells an encrypted workbook (ECMA-376 part "EncryptedPackage") from one of Excel 97–2003.
func (r *rawFile) refuseCompound() error {
	var name []byte
	for _, u := range utf16.Encode([]rune("EncryptedPackage")) {
		name = append(name, byte(u), byte(u>>8))
	}
	in := bufio.NewReaderSize(r, 1<<20)
	for {
		window, err := in.Peek(in.Size())
		if bytes.Contains(window, name) {
			return fileError(FileEncrypted, "工作簿设有打开密码，请去除密码后再导入", "the workbook is encrypted; save it without a password", nil)
		}
		if err != nil {
			return fileError(FileOldExcel, "文件是 Excel 97–2003 格式（.xls），请另存为 .xlsx 或 CSV",
				"the file is an Excel 97-2003 workbook; save it as .xlsx or CSV", nil)
		}
		if _, err := in.Discard(len(window) - len(name)); err != nil {
			return fmt.Errorf("sheet: read: %w", err)
		}
	}
}
