package vault

import (
	"context"
	"fmt"
)

// KeyService holds the master keys: the port to a key management service.
//
// Wrap encrypts a key of 32 bytes under the newest master key, whose name it answers; bound is authenticated with it. Without
// any master key it makes the first one, durably before it returns.
//
// Unwrap is its inverse under the master key of that name. It MUST answer a *MasterError if it has none of that name, and
// an error for other bytes or another bound.
//
// Rotate makes a new master key the newest, durably before it returns its name. The former ones stay, to unwrap.
//
// Retire destroys all master keys but the named one, which MUST exist; for good, as far as the service can.
//
// All may be called from many goroutines.
type KeyService interface {
	Wrap(ctx context.Context, key, bound []byte) (wrapped []byte, master string, err error)
	Unwrap(ctx context.Context, wrapped []byte, master string, bound []byte) (key []byte, err error)
	Rotate(ctx context.Context) (master string, err error)
	Retire(ctx context.Context, keep string) error
}

// MasterError says that a master key is needed which the key service does not have.
type MasterError struct {
	Master string // name of the key that is missing
	Where  string // where it was looked for
}

func (e *MasterError) Error() string {
	return fmt.Sprintf("vault: the keys of persons are wrapped by the master key %s, which is not in %s: put the file back that holds it", e.Master, e.Where)
}
