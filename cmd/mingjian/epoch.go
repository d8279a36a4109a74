package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/pflag"

	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/ledger"
)

// newEpoch is what is recorded of the beginning of an epoch.
type newEpoch struct{ by, reason string }

func (e *newEpoch) flags(f *pflag.FlagSet) {
	f.StringVar(&e.by, "by", "operator", "account of whoever is responsible; recorded for ever")
	f.StringVar(&e.reason, "reason", "restored from a backup", "why a new epoch begins; recorded for ever")
}

// restored begins an epoch in a restored folder that nobody else uses. A log without events has nothing in common with anything.
func (e newEpoch) restored(ctx context.Context, folder string, m manifest) (err error) {
	if m.Head.Hash == "" {
		return nil
	}
	events, err := sqlite.Open(ctx, filepath.Join(folder, eventsFile), sqlite.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, events.Close(), os.Remove(filepath.Join(folder, lockFile))) }()
	at, err := es.ParsePosition(m.Head.Position)
	if err != nil {
		return err
	}
	count, _ := at.Pair() // positions of a file are without gaps
	return recordOfItself(ctx, events, e.by, time.Now(), ledger.BeginEpoch{
		ID: es.ID(uuid.NewString()), Events: count, Position: m.Head.Position, Hash: m.Head.Hash, BackedUpAt: m.CreatedAt, Reason: e.reason, By: e.by,
	})
}
