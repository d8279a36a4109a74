package sqlite

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// InUseError says that another process writes the data directory.
type InUseError struct {
	Dir   string
	Owner string // process id of the owner, if it could be read
}

func (e *InUseError) Error() string {
	return fmt.Sprintf("sqlite: %s is in use by process %s: one process at a time may write a data directory", e.Dir, e.Owner)
}

// directoryLock is the exclusive right to write a data directory. The system gives it back when the process ends.
type directoryLock struct{ file *os.File }

var errLocked = errors.New("locked")

// Lock takes the exclusive right to write a data directory whose log is elsewhere, until the answer is closed. It answers
// *InUseError when another process has it. A Store takes the right to the folder of its file by itself.
func Lock(dir string) (io.Closer, error) {
	l, err := lockDirectory(dir)
	if err != nil {
		return nil, err
	}
	return l, nil
}

// lockDirectory takes the right, or answers *InUseError.
func lockDirectory(dir string) (*directoryLock, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("sqlite: lock %s: %w", dir, err)
	}
	if err := lockFile(f); err != nil {
		owner := make([]byte, 32)
		n, _ := f.ReadAt(owner, 0)
		if errors.Is(err, errLocked) {
			err = &InUseError{Dir: dir, Owner: strings.TrimSpace(string(owner[:n]))}
		}
		return nil, errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Truncate(0), note(f)); err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: lock %s: %w", dir, err), f.Close())
	}
	return &directoryLock{f}, nil
}

// note writes the process id for those who find the directory locked.
func note(f *os.File) error {
	_, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

// Close gives the right back.
func (l *directoryLock) Close() error {
	if l == nil {
		return nil
	}
	return errors.Join(unlockFile(l.file), l.file.Close())
}
