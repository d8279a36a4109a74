package exchange

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/profile"
)

// state is what a sender knows beside the ledger, in a folder of its own: the batch that it is at, so that after a crash the very
// same is made again, and which batches it sent.
type state struct{ dir string }

// pending is a batch that is being sent.
type pending struct {
	plan
	Names []string `json:"names,omitempty"` // of the files that may be at the receiver's
	Audit string   `json:"audit,omitempty"` // digest of the manifest of the copy; there once the copy is kept
	Sign  string   `json:"sign,omitempty"`  // its signature
}

// Sent is a batch that was sent.
type Sent struct {
	Batch     string `json:"batch"`
	Audit     string `json:"audit"`     // digest of the manifest of the copy that is kept
	Signature string `json:"signature"` // of it
	Rows      int    `json:"rows"`
	Held      int    `json:"held"`
}

const pendingEnd = ".pending.json"

func (s state) pendingPath(platform string, kind profile.Kind) string {
	return filepath.Join(s.dir, platform+"-"+string(kind)+pendingEnd)
}

// pending is the batch at which the sender was; false if it was at none.
func (s state) pending(platform string, kind profile.Kind) (p pending, there bool, err error) {
	text, err := os.ReadFile(s.pendingPath(platform, kind))
	if errors.Is(err, fs.ErrNotExist) {
		return p, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		return p, false, fmt.Errorf("exchange: the batch that is being sent: %w", err)
	}
	return p, true, nil
}

func (s state) begin(platform string, kind profile.Kind, p pending) error {
	text, err := json.Marshal(p)
	if err == nil {
		err = replaceFile(s.pendingPath(platform, kind), text)
	}
	if err != nil {
		return fmt.Errorf("exchange: the batch that is being sent: %w", err)
	}
	return nil
}

func (s state) end(platform string, kind profile.Kind) error {
	if err := errors.Join(os.Remove(s.pendingPath(platform, kind)), syncDir(s.dir)); err != nil {
		return fmt.Errorf("exchange: the batch that was sent: %w", err)
	}
	return nil
}

const journal = "sent.jsonl"

// note adds a batch to those that were sent. One that is there already is another attempt: the last line counts. What a crash left
// of a line is cut off.
func (s state) note(sent Sent) error {
	all, err := s.sent()
	if err != nil || slices.Contains(all, sent) {
		return err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	for _, one := range append(slices.DeleteFunc(all, func(o Sent) bool { return o.Batch == sent.Batch }), sent) {
		if err := enc.Encode(one); err != nil {
			return fmt.Errorf("exchange: journal: %w", err)
		}
	}
	if err := replaceFile(filepath.Join(s.dir, journal), out.Bytes()); err != nil {
		return fmt.Errorf("exchange: journal: %w", err)
	}
	return nil
}

// sent are the batches that were sent.
func (s state) sent() (all []Sent, err error) {
	f, err := os.Open(filepath.Join(s.dir, journal))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("exchange: journal: %w", err)
	}
	defer func() { _ = f.Close() }()
	for dec := json.NewDecoder(bufio.NewReader(f)); ; {
		var one Sent
		if err := dec.Decode(&one); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("exchange: journal: %w", err)
		}
		all = append(all, one)
	}
}

// last is the number of the last row that was sent. What the ledger was told of it stays so, even where it is not what the ledger
// counts by, as with a row that another one stands for by now.
func (s state) last(platform string, kind profile.Kind) (number uint64, err error) {
	all, err := s.sent()
	for _, one := range all {
		if b, ok := parseBatch(one.Batch); ok && b.platform == platform && b.kind == kind {
			number = max(number, b.to)
		}
	}
	return number, err
}

// replaceFile puts a file in the place of the former one, each whole at any moment.
func replaceFile(path string, text []byte) error {
	part := path + ".part"
	out, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // in the sender's folder
	if err != nil {
		return err
	}
	_, err = out.Write(text)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return err
	}
	return errors.Join(os.Rename(part, path), syncDir(filepath.Dir(path)))
}
