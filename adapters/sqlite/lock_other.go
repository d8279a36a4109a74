//go:build !unix

package sqlite

import (
	"errors"
	"os"
)

// lockFile refuses: without an exclusive lock two processes could give one position twice.
func lockFile(*os.File) error {
	return errors.New("sqlite: this platform has no exclusive file lock; open the store read-only")
}

func unlockFile(*os.File) error { return nil }
