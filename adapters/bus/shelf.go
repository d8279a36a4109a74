package bus

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/message/router/middleware"
)

// shelfFile keeps what handlers could not take, a JSON object a line.
const shelfFile = "poison.jsonl"

// shelf is the poison queue of the embedded bus: a file.
type shelf struct {
	path string
	mu   sync.Mutex
}

// shelved is a line of it.
type shelved struct {
	ID       string            `json:"id"`
	Metadata map[string]string `json:"metadata"`
	Payload  []byte            `json:"payload"`
}

func openShelf(folder string) (*shelf, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("bus: folder: %w", err)
	}
	return &shelf{path: filepath.Join(folder, shelfFile)}, nil
}

// put adds a message, durably.
func (s *shelf) put(m *message.Message) error {
	line, err := json.Marshal(shelved{ID: m.UUID, Metadata: m.Metadata, Payload: m.Payload})
	if err != nil {
		return fmt.Errorf("bus: keep a message: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := os.OpenFile(s.path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("bus: keep a message: %w", err)
	}
	torn, err := unfinished(f)
	if err == nil {
		if torn { // a crash cut the last line short; its message is given again by the outbox
			line = append([]byte{'\n'}, line...)
		}
		_, err = f.Write(append(line, '\n'))
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("bus: keep a message: %w", err)
	}
	return nil
}

func unfinished(f *os.File) (bool, error) {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return false, err
	}
	last := []byte{0}
	_, err = f.ReadAt(last, info.Size()-1)
	return last[0] != '\n', err
}

// take gives each message with its handler's name; use tells whether it took it. What it did not take, and what was put meanwhile,
// stays.
func (s *shelf) take(use func(handler string, m *message.Message) (bool, error)) (n int, err error) {
	all, err := s.read()
	if err != nil {
		return 0, err
	}
	gone := map[string]int{}
	for _, line := range all {
		var one shelved
		if json.Unmarshal(line, &one) != nil { // torn by a crash
			gone[string(line)]++
			continue
		}
		m := message.NewMessage(one.ID, one.Payload)
		for name, value := range one.Metadata {
			m.Metadata.Set(name, value)
		}
		taken, useErr := use(one.Metadata[middleware.PoisonedHandlerKey], m)
		if useErr != nil {
			err = useErr
			break
		}
		if taken {
			gone[string(line)]++
			n++
		}
	}
	return n, errors.Join(err, s.drop(gone))
}

func (s *shelf) read() (lines [][]byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lines()
}

func (s *shelf) lines() (lines [][]byte, err error) {
	f, err := os.Open(s.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("bus: what was kept: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for r := bufio.NewReader(f); ; {
		line, err := r.ReadBytes('\n')
		if line = bytes.TrimSuffix(line, []byte{'\n'}); len(line) > 0 {
			lines = append(lines, line)
		}
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return nil, fmt.Errorf("bus: what was kept: %w", err)
		}
	}
}

// drop writes the file anew without some lines: of equal ones, the first.
func (s *shelf) drop(gone map[string]int) error {
	if len(gone) == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	lines, err := s.lines()
	if err != nil {
		return err
	}
	var rest bytes.Buffer
	for _, line := range lines {
		if gone[string(line)] > 0 {
			gone[string(line)]--
			continue
		}
		rest.Write(append(line, '\n'))
	}
	next := s.path + ".new"
	f, err := os.OpenFile(next, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err == nil {
		_, err = f.Write(rest.Bytes())
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err == nil {
		err = os.Rename(next, s.path)
	}
	if err != nil {
		return fmt.Errorf("bus: what was kept: %w", err)
	}
	return nil
}
