package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/mingjian-ledger/mingjian/adapters/exchange"
)

// exchangeFolder is what a data directory, and a backup, keep of the exchange of files.
const exchangeFolder = "exchange"

// exchangeState is the folder of what is on its way to platforms, whatever else the file of routes says.
func (c *config) exchangeState() (string, error) {
	var f struct {
		State string `yaml:"state"`
	}
	if c.Exchange != "" {
		text, err := os.ReadFile(c.Exchange)
		if err == nil {
			err = yaml.Unmarshal(text, &f)
		}
		if err != nil {
			return "", usage("--exchange: %w", err)
		}
	}
	return cmp.Or(f.State, c.path(exchangeFolder)), nil
}

// exchange is copied before the events: rows that its journal has as sent are not sent again, so it may know of none that the events
// don't. What stands there half made, with personal data, is left.
func (b *backup) exchange(context.Context) error {
	state, err := b.config.exchangeState()
	if err != nil {
		return err
	}
	names, err := exchange.Copies{Dir: state}.State()
	if err != nil || len(names) == 0 {
		return err
	}
	to := filepath.Join(b.folder, exchangeFolder)
	if err := os.Mkdir(to, 0o700); err != nil {
		return err
	}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(state, name)) //nolint:gosec // of the folder that the operator named
		if errors.Is(err, fs.ErrNotExist) {                  // the batch has ended
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), text, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// exchange puts what the backup has of the exchange of files beside stores that are no files of a directory.
func (r *restoring) exchange(c *config, staged string) error {
	for _, f := range r.m.Files {
		name, is := strings.CutPrefix(f.Path, exchangeFolder+"/")
		if !is {
			continue
		}
		if c.Data == "" {
			return usage("--data: the backup knows what went to credit platforms as files; name the directory that keeps it")
		}
		text, err := os.ReadFile(filepath.Join(staged, filepath.FromSlash(f.Path))) //nolint:gosec // below the folder that this program made
		if err == nil {
			err = os.MkdirAll(c.path(exchangeFolder), 0o700)
		}
		if err != nil {
			return err
		}
		out, err := os.OpenFile(filepath.Join(c.path(exchangeFolder), name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		_, err = out.Write(text)
		if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
			return err
		}
	}
	return nil
}

// batches looks at the copies of what went to platforms: each is there as it was signed, and goes on where the one before ends.
func (v *verifier) batches(ctx context.Context) error {
	state, err := v.config.exchangeState()
	if err != nil {
		return err
	}
	copies := exchange.Copies{Archive: v.blobs, Dir: state}
	all, err := copies.List()
	if err != nil {
		v.problem("batches: %v", err)
		return nil
	}
	if len(all) == 0 {
		return nil
	}
	before, sound := map[string]exchange.Manifest{}, 0
	for _, sent := range all {
		m, err := copies.Read(ctx, sent)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			v.problem("batch %s: %v", sent.Batch, err)
			continue
		}
		sequence := m.Platform + "/" + string(m.Kind)
		if last, there := before[sequence]; there {
			for _, finding := range m.Follows(last) {
				v.problem("batch %s", finding)
			}
		}
		before[sequence] = m
		sound++
	}
	_, err = fmt.Fprintf(v.out, "batches: copies of %d match their digests\n", sound)
	return err
}
