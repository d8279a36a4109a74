package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// demoFile marks a data directory as a demonstration's.
const demoFile = "demo.json"

// demoEdition is the number of what the demonstration does. It changes with each change of what it sends: one number can't go on where another
// was cut off.
const demoEdition = 2

// keepsake is what a demonstration has to remember beside its ledger, so that it can go on where it was cut off.
type keepsake struct {
	About   string    `json:"about"`
	Edition int       `json:"edition"`
	Began   time.Time `json:"began"`            // its dates count from here
	Secret  string    `json:"secret"`           // hex; the sealed nonces of the draws' parties come from it
	Rounds  uint64    `json:"rounds,omitempty"` // that a sandbox began
}

// openKeepsake reads the demonstration's memory, or begins one. A ledger of any other origin is refused:
// nothing fictional may enter it, and nothing could be taken out again.
func openKeepsake(dir string, now time.Time, ledger func() (bool, error)) (k keepsake, err error) {
	path := filepath.Join(dir, demoFile)
	data, err := os.ReadFile(path) //nolint:gosec // in the data directory that the user named
	switch {
	case err == nil:
		if err := json.Unmarshal(data, &k); err != nil || k.Began.IsZero() || len(k.Secret) != 64 {
			return k, usage("--data: %s is not what a demonstration keeps: %w", path, errors.Join(err, errors.New("remove the directory to begin anew")))
		}
		if k.Edition != demoEdition {
			return k, usage("--data: %s holds the demonstration of another version of the program; remove it to begin anew, or name another directory", dir)
		}
		return k, nil
	case !errors.Is(err, fs.ErrNotExist):
		return k, fmt.Errorf("demo: %w", err)
	}
	switch there, err := ledger(); {
	case err != nil:
		return k, fmt.Errorf("demo: %w", err)
	case there:
		return k, usage("--data: %s goes with a ledger that is no demonstration's; give the demo a directory of its own", dir)
	}
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return k, fmt.Errorf("demo: secret: %w", err)
	}
	k = keepsake{
		About:   "This directory holds the fictional ledger of mingjian demo. Without this file the demo can't go on with it.",
		Edition: demoEdition, Began: now.UTC().Truncate(time.Second), Secret: hex.EncodeToString(secret),
	}
	return k, k.write(path)
}

// write makes the file appear whole or not at all.
func (k keepsake) write(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("demo: data directory: %w", err)
	}
	data, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".demo-*")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	_, err = f.Write(append(data, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("demo: keep %s: %w", path, errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// day is the civil day on which the demonstration takes place.
func (k keepsake) day() calendar.Date { return calendar.DateOf(k.Began) }

// nonce is the one that a party sealed for a draw: what a real party keeps in its safe until the reveal.
func (k keepsake) nonce(draw, party string) sortition.Nonce {
	mac := hmac.New(sha256.New, []byte(k.Secret))
	mac.Write([]byte(draw + "\n" + party))
	return sortition.Nonce(mac.Sum(nil))
}

// nonceText is the nonce in the form in which it is revealed.
func (k keepsake) nonceText(draw, party string) string {
	n := k.nonce(draw, party)
	return hex.EncodeToString(n[:])
}
