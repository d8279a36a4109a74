package grpcapi

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
)

// spool is a file that is made whole before anybody sees a byte of it, on disk, so that memory does not grow with it.
type spool struct {
	file *os.File
	sum  hash.Hash
	size int64
}

func newSpool() (*spool, error) {
	f, err := os.CreateTemp("", "mingjian-return-*")
	if err != nil {
		return nil, fmt.Errorf("grpcapi: spool: %w", err)
	}
	return &spool{file: f, sum: sha256.New(), size: 0}, nil
}

// Write appends.
func (s *spool) Write(p []byte) (int, error) {
	n, err := s.file.Write(p)
	s.size += int64(n)
	_, _ = s.sum.Write(p[:n]) // never fails
	if err != nil {
		return n, fmt.Errorf("grpcapi: spool: %w", err)
	}
	return n, nil
}

func (s *spool) digest() string { return hex.EncodeToString(s.sum.Sum(nil)) }

func (s *spool) reader() io.Reader { return io.NewSectionReader(s.file, 0, s.size) }

func (s *spool) remove() {
	_ = s.file.Close()           // nothing is asked of it any more
	_ = os.Remove(s.file.Name()) // the system clears what stays of temporary files
}

// sent hands what is read to a stream in messages of bounded size; in process a message may be read after send has returned.
func sent(from io.Reader, send func([]byte) error) error {
	for {
		piece := make([]byte, bundleChunk)
		n, err := io.ReadFull(from, piece)
		if n > 0 {
			if err := send(piece[:n]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return fmt.Errorf("grpcapi: read a file: %w", err)
		}
	}
}
