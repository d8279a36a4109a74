package exchange

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
)

// Resign makes the digests of a batch's manifest and its signature fit what lies there, as one could who has the key.
func Resign(key Key, dir, batch string) error {
	path := filepath.Join(dir, batch+manifestEnd)
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	m, err := readManifest(text)
	if err != nil {
		return err
	}
	for i, f := range m.Files {
		if m.Files[i].Digest, err = digestOf(filepath.Join(dir, f.Name)); err != nil {
			return err
		}
	}
	if m.Index, err = digestOf(filepath.Join(dir, m.Index.Name)); err != nil {
		return err
	}
	if text, err = json.MarshalIndent(m, "", "  "); err != nil {
		return err
	}
	return errors.Join(os.WriteFile(path, text, 0o600), os.WriteFile(filepath.Join(dir, batch+signatureEnd), key.sign(text), 0o600))
}
