package nistbeacon

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Load reads the beacons of a folder: NAME.pem has the certificates of the beacon that terms call NAME, and NAME.json, if it is
// there, the pulse that its rounds are counted from. Other files are left alone.
func Load(folder string) ([]*Beacon, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("nistbeacon: %w", err)
	}
	var out []*Beacon
	for _, e := range entries {
		name, isPEM := strings.CutSuffix(e.Name(), ".pem")
		if !isPEM || name == "" {
			continue
		}
		path := filepath.Join(folder, name)
		certificates, err := os.ReadFile(path + ".pem") //nolint:gosec // the folder that the operator named
		if err != nil {
			return nil, fmt.Errorf("nistbeacon: %w", err)
		}
		anchor, err := os.ReadFile(path + ".json") //nolint:gosec // the folder that the operator named
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("nistbeacon: %w", err)
		}
		b, err := New(name, certificates, anchor)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}
