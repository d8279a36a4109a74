package vault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// keyFileFormat is the form of a key file that this program writes, and the newest that it reads.
const keyFileFormat = 1

// KeyFile is the key service of a data directory: master keys in a file of mode 0600, the newest last. It reads the file at
// every use, so that an operator who puts it back needs no restart.
type KeyFile struct {
	path  string
	clock func() time.Time
	mu    sync.Mutex
}

// NewKeyFile names the file; the first Wrap makes it.
func NewKeyFile(path string, clock func() time.Time) *KeyFile {
	return &KeyFile{path: path, clock: clock}
}

// mounted is the mode of a secret that an orchestrator lends a process through its group (Kubernetes does with fsGroup): nobody
// may write it, so that such a file can't be rotated in its place.
const mounted = 0o440

type keyFile struct {
	Format int         `json:"format"`
	Keys   []masterKey `json:"keys"` // the newest last
}

// masterKey is a key under the name that follows from it, so that a spoilt one shows.
type masterKey struct {
	Name   string    `json:"name"`
	MadeAt time.Time `json:"made_at"`
	Key    []byte    `json:"key"`
}

// nameOf names a master key. 64 bits of a hash tell keys apart and nothing of 256 random bits.
func nameOf(key []byte) string {
	sum := sha256.Sum256(append([]byte("mingjian/vault/master/v1"), key...))
	return hex.EncodeToString(sum[:8])
}

// Wrap encrypts under the newest master key.
func (f *KeyFile) Wrap(ctx context.Context, key, bound []byte) ([]byte, string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	held, err := f.read(ctx)
	if err == nil && len(held.Keys) == 0 {
		held, err = f.add(held)
	}
	if err != nil {
		return nil, "", err
	}
	newest := held.Keys[len(held.Keys)-1]
	wrapped, err := lock(newest.Key, bound, key)
	return wrapped, newest.Name, err
}

// Unwrap decrypts.
func (f *KeyFile) Unwrap(ctx context.Context, wrapped []byte, master string, bound []byte) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	held, err := f.read(ctx)
	if err != nil {
		return nil, err
	}
	for _, k := range held.Keys {
		if k.Name == master {
			return unlock(k.Key, bound, wrapped)
		}
	}
	return nil, &MasterError{Master: master, Where: f.path}
}

// Rotate adds a master key.
func (f *KeyFile) Rotate(ctx context.Context) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	held, err := f.read(ctx)
	if err == nil {
		held, err = f.add(held)
	}
	if err != nil {
		return "", err
	}
	return held.Keys[len(held.Keys)-1].Name, nil
}

// Retire destroys the others. The bytes of the former file are overwritten when the new one is in its place.
func (f *KeyFile) Retire(ctx context.Context, keep string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	held, err := f.read(ctx)
	if err != nil {
		return err
	}
	kept := slices.DeleteFunc(slices.Clone(held.Keys), func(k masterKey) bool { return k.Name != keep })
	switch len(kept) {
	case 0:
		return &MasterError{Master: keep, Where: f.path}
	case len(held.Keys):
		return nil
	}
	return f.replace(keyFile{Format: keyFileFormat, Keys: kept})
}

// read reads and checks the file; one that is missing has no keys.
func (f *KeyFile) read(ctx context.Context) (held keyFile, err error) {
	if err := ctx.Err(); err != nil {
		return held, err
	}
	info, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return held, nil
	}
	if err != nil {
		return held, fmt.Errorf("vault: key file: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && mode != mounted {
		return held, fmt.Errorf("vault: %s has mode %#o: others than its owner may read it; set it to 0600", f.path, info.Mode().Perm())
	}
	text, err := os.ReadFile(f.path)
	if err != nil {
		return held, fmt.Errorf("vault: key file: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	// What the decoder says of a bad file may quote it: it is not passed on.
	if dec.Decode(&held) != nil || len(held.Keys) == 0 {
		return keyFile{}, fmt.Errorf("vault: %s is no file of master keys", f.path)
	}
	if held.Format < 1 || held.Format > keyFileFormat {
		return keyFile{}, fmt.Errorf("vault: %s has format %d, this program knows %d: use a newer version of it", f.path, held.Format, keyFileFormat)
	}
	for _, k := range held.Keys {
		if len(k.Key) != keySize || nameOf(k.Key) != k.Name {
			return keyFile{}, fmt.Errorf("vault: %s: the master key %q is spoilt: its bytes are not those that it was named for", f.path, k.Name)
		}
	}
	return held, nil
}

// add makes a key the newest.
func (f *KeyFile) add(held keyFile) (keyFile, error) {
	key := random(keySize)
	held.Format = keyFileFormat
	held.Keys = append(slices.Clone(held.Keys), masterKey{Name: nameOf(key), MadeAt: f.clock().UTC().Truncate(time.Second), Key: key})
	return held, f.replace(held)
}

// replace puts a new file in the place of the former one, each whole at any moment, and overwrites the former one's bytes.
func (f *KeyFile) replace(held keyFile) (err error) {
	text, err := json.MarshalIndent(held, "", "  ")
	if err != nil {
		return fmt.Errorf("vault: key file: %w", err)
	}
	former, err := os.OpenFile(f.path, os.O_WRONLY, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		former = nil
	case err != nil:
		return fmt.Errorf("vault: key file: %w", err)
	default:
		defer func() { err = errors.Join(err, former.Close()) }()
	}
	partial := f.path + ".partial"
	if err := errors.Join(wipe(partial), write(partial, append(text, '\n'))); err != nil {
		return fmt.Errorf("vault: key file: %w", err)
	}
	if err := errors.Join(os.Rename(partial, f.path), syncPath(filepath.Dir(f.path))); err != nil {
		return fmt.Errorf("vault: key file: %w", err)
	}
	if former == nil {
		return nil
	}
	return overwrite(former)
}

func write(path string, text []byte) error {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = out.Write(text)
	return errors.Join(err, out.Sync(), out.Close())
}

// wipe overwrites and removes what a crash left; there need not be any.
func wipe(path string) error {
	left, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(overwrite(left), left.Close(), os.Remove(path))
}

// overwrite puts zeros over the bytes of a file.
func overwrite(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if _, err := f.WriteAt(make([]byte, info.Size()), 0); err != nil {
		return err
	}
	return f.Sync()
}

// syncPath makes the entries of a folder durable.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
