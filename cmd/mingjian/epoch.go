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

// restored begins an epoch in a restored folder that nobody else uses.
func (e newEpoch) restored(ctx context.Context, folder string, head ledger.Head, backedUp time.Time) (err error) {
	events, err := sqlite.Open(ctx, filepath.Join(folder, eventsFile), sqlite.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, events.Close(), os.Remove(filepath.Join(folder, lockFile))) }()
	return e.behind(ctx, events, head, false, backedUp)
}

// behind begins an epoch behind what a log has of another. A log without events has nothing in common with anything.
func (e newEpoch) behind(ctx context.Context, events es.Store, head ledger.Head, renumbered bool, backedUp time.Time) error {
	if head.Events == 0 {
		return nil
	}
	return recordOfItself(ctx, events, e.by, time.Now(), ledger.BeginEpoch{
		ID: es.ID(uuid.NewString()), Events: head.Events, Position: head.Position, Hash: head.Hash, Renumbered: renumbered,
		BackedUpAt: backedUp, Reason: e.reason, By: e.by,
	})
}

// epochAt is the name of the epoch in which a position lies; blank before the first event.
func epochAt(ctx context.Context, events eventLog, position string) (name string, err error) {
	at, err := es.ParsePosition(position)
	if err != nil || at == (es.Position{}) {
		return "", err
	}
	all, err := ledger.Read(ctx, events, events)
	for _, e := range all {
		if e.Began.Compare(at) <= 0 {
			name = e.Name()
		}
	}
	return name, err
}
