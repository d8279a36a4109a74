package exchange

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
)

// Inbox is the folder that a platform's receipts are put into. Those that were taken are moved to its folder read, those that
// can't be used, or not wholly, to its folder bad, with a text of what is wrong; both under their digests. What cannot be done for
// another reason is done at the next time: the file stays.
type Inbox struct {
	Dir    string
	Sheets Spreadsheets
	Number func(ctx context.Context, file string, line int) (uint64, error) // see Copies
	// Sending tells of a batch that the ledger does not know all its rows as sent yet: a receipt of it waits, and
	// one that names none while there is any, which is asked for by "". Nil: none is.
	Sending func(batch string) (bool, error)
	// Take records an answer of the receipt with this digest. It MUST take the same again and record it once. A fault of the
	// kinds Invalid, NotFound, Conflict, Precondition or Gone is of the answer.
	Take   func(ctx context.Context, receipt string, a Answer) error
	Settle time.Duration    // a file that was written to within it may not be whole
	Clock  func() time.Time // what time it is
}

// Taken is what became of a receipt.
type Taken struct {
	Name     string
	Digest   string
	Repeated bool // it was taken before
	Accepted int
	Rejected int
	Twice    int   // duplicates: the platform has them already
	Err      error // why it was put aside; of several lines joined
}

const (
	readDir = "read"
	badDir  = "bad"
)

// Receive takes what lies there, in the order of names. The error is what ended it before the end.
func (i *Inbox) Receive(ctx context.Context) (all []Taken, err error) {
	for _, dir := range []string{readDir, badDir} {
		if err := os.MkdirAll(filepath.Join(i.Dir, dir), 0o700); err != nil {
			return nil, fmt.Errorf("exchange: receipts: %w", err)
		}
	}
	there, err := os.ReadDir(i.Dir)
	if err != nil {
		return nil, fmt.Errorf("exchange: receipts: %w", err)
	}
	for _, f := range there {
		if !f.Type().IsRegular() || onItsWay(f.Name()) {
			continue
		}
		taken, whole, err := i.receive(ctx, f)
		if err != nil {
			return all, err
		}
		if whole {
			all = append(all, taken)
		}
	}
	return all, nil
}

// onItsWay tells names that programs give to files while they write them.
func onItsWay(name string) bool {
	ends := []string{".part", ".tmp", ".filepart", ".crdownload", "~"}
	return strings.HasPrefix(name, ".") || slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(name, end) })
}

func (i *Inbox) receive(ctx context.Context, f fs.DirEntry) (t Taken, whole bool, err error) {
	path := filepath.Join(i.Dir, f.Name())
	info, err := f.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return t, false, nil
	}
	if err != nil {
		return t, false, fmt.Errorf("exchange: receipts: %w", err)
	}
	if i.Clock().Sub(info.ModTime()) < i.Settle {
		return t, false, nil
	}
	d, err := digestOf(path)
	if err != nil {
		return t, false, err
	}
	t = Taken{Name: f.Name(), Digest: d.SHA256}
	before, err := filepath.Glob(filepath.Join(i.Dir, readDir, d.SHA256+"-*"))
	if err != nil || len(before) > 0 {
		t.Repeated = true
		return t, true, errors.Join(err, i.move(path, readDir, t))
	}
	answers, bad := i.receipt(ctx, path, f.Name())
	if errors.Is(bad, errSending) {
		return t, false, nil
	}
	if again, err := digestOf(path); err != nil || again != d {
		return t, false, err // it grew meanwhile
	}
	if wrong := (*ReceiptError)(nil); bad != nil && !errors.As(bad, &wrong) {
		return t, false, bad
	}
	if t.Err = bad; bad == nil {
		if err := i.take(ctx, answers, &t); err != nil {
			return t, false, err
		}
	}
	if t.Err != nil {
		return t, true, i.putAside(path, t)
	}
	return t, true, i.move(path, readDir, t)
}

func (i *Inbox) take(ctx context.Context, answers []Answer, t *Taken) error {
	var wrong []error
	for _, a := range answers {
		err := i.Take(ctx, t.Digest, a)
		if f := fault(err); f != nil {
			wrong = append(wrong, &ReceiptError{Line: a.Line, ZH: f.ZH, EN: f.EN + " [" + f.Code + "]", Err: err})
			continue
		}
		if err != nil {
			return fmt.Errorf("exchange: receipt %s: line %d: %w", t.Digest, a.Line, err)
		}
		switch a.Verdict {
		case Accepted:
			t.Accepted++
		case Duplicate:
			t.Twice++
		case Rejected:
			t.Rejected++
		}
	}
	t.Err = errors.Join(wrong...)
	return nil
}

// fault is the fault of an answer; nil if something else failed.
func fault(err error) *domain.Fault {
	f := (*domain.Fault)(nil)
	kinds := []domain.Kind{domain.Invalid, domain.NotFound, domain.Conflict, domain.Precondition, domain.Gone}
	if errors.As(err, &f) && slices.Contains(kinds, f.Kind) {
		return f
	}
	return nil
}

// putAside writes down what is wrong, then moves the receipt.
func (i *Inbox) putAside(path string, t Taken) error {
	var text strings.Builder
	for _, err := range flat(t.Err) {
		if wrong := (*ReceiptError)(nil); errors.As(err, &wrong) {
			fmt.Fprintf(&text, "%d\t%s\t%s\n", wrong.Line, wrong.ZH, wrong.EN)
		}
	}
	if err := replaceFile(filepath.Join(i.Dir, badDir, t.Digest+"-"+t.Name+".txt"), []byte(text.String())); err != nil {
		return fmt.Errorf("exchange: receipts: %w", err)
	}
	return i.move(path, badDir, t)
}

func flat(err error) []error {
	if several := (interface{ Unwrap() []error })(nil); errors.As(err, &several) {
		return several.Unwrap()
	}
	return []error{err}
}

func (i *Inbox) move(path, dir string, t Taken) error {
	to := filepath.Join(i.Dir, dir, t.Digest+"-"+t.Name)
	if err := errors.Join(os.Rename(path, to), syncDir(filepath.Join(i.Dir, dir)), syncDir(i.Dir)); err != nil {
		return fmt.Errorf("exchange: receipts: %w", err)
	}
	return nil
}
