package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// vault is copied after the events, since a text is sealed before an event refers to it.
func (b *backup) vault(ctx context.Context) error {
	s, err := b.config.openVault(ctx, true)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(s.Backup(ctx, filepath.Join(b.folder, vaultFile)), s.Close())
}

// masterKey copies the file of master keys if that is asked for and there is one.
func (b *backup) masterKey(context.Context) error {
	if !b.withKey {
		return nil
	}
	text, err := os.ReadFile(b.config.masterKey())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	out, err := os.OpenFile(filepath.Join(b.folder, masterFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = out.Write(text)
	return errors.Join(err, out.Sync(), out.Close())
}

// holds tells whether a backup has a file of that name.
func (m manifest) holds(path string) bool {
	for _, f := range m.Files {
		if f.Path == path {
			return true
		}
	}
	return false
}
