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
)

// Finding is something that is not as a batch claims.
type Finding struct {
	Where string // file, or row
	What  string
}

func (f Finding) String() string { return f.Where + ": " + f.What }

// Check reads a batch as its receiver can, with the public keys that it trusts the sender by, and says what is not as claimed;
// what is built on something that does not hold is not looked at any more. The manifest is as it stands, whoever signed it.
func Check(ctx context.Context, sheets Spreadsheets, manifestPath string, keys ...PublicKey) (Manifest, []Finding, error) {
	name, dir := filepath.Base(manifestPath), filepath.Dir(manifestPath)
	batch, ok := strings.CutSuffix(name, manifestEnd)
	if !ok {
		return Manifest{}, nil, fmt.Errorf("exchange: %s is no manifest: its name ends in %s", name, manifestEnd)
	}
	text, err := os.ReadFile(manifestPath) //nolint:gosec // a path that the user named
	if err != nil {
		return Manifest{}, nil, fmt.Errorf("exchange: %w", err)
	}
	signature, err := os.ReadFile(filepath.Join(dir, batch+signatureEnd)) //nolint:gosec // beside it
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, nil, fmt.Errorf("exchange: %w", err)
	}
	if !slices.ContainsFunc(keys, func(k PublicKey) bool { return k.signed(text, signature) }) {
		return Manifest{}, []Finding{{name, "the signature is none of the trusted keys"}}, nil
	}
	m, err := readManifest(text)
	if err != nil {
		return m, []Finding{{name, err.Error()}}, nil
	}
	if m.Batch != batch {
		return m, []Finding{{name, "it is the manifest of " + m.Batch}}, nil
	}
	found, err := m.checkFiles(dir)
	if err != nil || len(found) > 0 {
		return m, found, err
	}
	found, err = checkRows(ctx, sheets, m, dir)
	return m, found, err
}

// Follows compares a batch with the one before it of the same platform and kind: no row is missing between, and the running digest
// goes on where it was. Of rows that come again nothing is said.
func (m Manifest) Follows(before Manifest) []Finding {
	switch {
	case m.From > before.To+1:
		return []Finding{{m.Batch, fmt.Sprintf("rows %d to %d are missing before it", before.To+1, m.From-1)}}
	case m.From == before.To+1 && m.Chain.Before != before.Chain.After:
		return []Finding{{m.Batch, "its running digest does not go on where that of " + before.Batch + " ends"}}
	}
	return nil
}

// checkFiles compares the files of the batch with the digests, and looks for others under its name.
func (m Manifest) checkFiles(dir string) (found []Finding, err error) {
	names := []string{m.Batch + manifestEnd, m.Batch + signatureEnd}
	for _, want := range m.digests() {
		names = append(names, want.Name)
		switch got, err := digestOf(filepath.Join(dir, want.Name)); {
		case errors.Is(err, fs.ErrNotExist):
			found = append(found, Finding{want.Name, "it is missing"})
		case err != nil:
			return nil, err
		case got != want:
			found = append(found, Finding{want.Name, "its bytes are others: SHA-256 " + got.SHA256 + " instead of " + want.SHA256})
		}
	}
	there, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("exchange: %w", err)
	}
	for _, f := range there {
		if strings.HasPrefix(f.Name(), m.Batch+".") && !slices.Contains(names, f.Name()) {
			found = append(found, Finding{f.Name(), "the manifest does not name it"})
		}
	}
	return found, nil
}
