package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

func verifyCommand(t terminal) *cobra.Command {
	var c config
	var eventsOnly bool
	var headFile string
	cmd := &cobra.Command{
		Use: "verify", Short: "Check a ledger from the first event to the last row", Args: cobra.NoArgs,
		Long: "Reads every event (hash, position and revision gaps), decodes and folds every stream, reads every stored list, and the\n" +
			"copy of every batch that went to a credit platform, against its digest, recomputes every draw from its bundle, looks each\n" +
			"personal text up in the vault that an event refers to (opening it against its commitment where the master key is there),\n" +
			"compares every view with a fresh rebuild, and opens the secrets of the receivers of webhooks.\n" +
			"Nothing is changed, and the server may run: views are compared as they are when their turn comes.\n" +
			"Exit code 3 says that something is not what it must be; each finding is a line.",
		Example: "  mingjian verify --data /var/lib/mingjian\n  mingjian verify --data /var/lib/mingjian --events-only",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := cmp.Or(c.checkStores(), c.noLedger()); err != nil {
				return err
			}
			sources, err := judging(c.Beacons)
			if err != nil {
				return usage("%w", err)
			}
			tables, err := ruled(c.Rules)
			if err != nil {
				return usage("%w", err)
			}
			c.log = quiet(t)
			kept, err := readKeptHead(headFile)
			if err != nil {
				return err
			}
			v := &verifier{kept: kept, config: c, periods: periods{tables: tables}, out: cmd.OutOrStdout(), err: cmd.ErrOrStderr(), eventsOnly: eventsOnly, sources: sources}
			return v.run(cmd.Context())
		},
	}
	c.storeFlags(cmd.Flags(), "data directory")
	cmd.Flags().StringVar(&c.Beacons, "beacons", "", beaconsUsage)
	cmd.Flags().StringVar(&c.Rules, "rules", "", rulesUsage)
	c.vaultFlags(cmd.Flags())
	c.exchangeFlag(cmd)
	cmd.Flags().StringVar(&headFile, "head", "", "file that mingjian log head --export wrote, kept elsewhere: a log that lost its end or was rewritten is told by it")
	cmd.Flags().BoolVar(&eventsOnly, "events-only", false, "leave out the views, which takes less time and no space on disk")
	return cmd
}

// verifier counts and reports what is wrong.
type verifier struct {
	kept       *keptHead // nil for none
	config     config
	out, err   io.Writer
	eventsOnly bool
	sources    []sortition.Source
	events     eventLog
	blobs      blobStore
	sealed     sealedCheck
	problems   int
	periods    periods
}

func (v *verifier) problem(format string, args ...any) {
	v.problems++
	fmt.Fprintf(v.out, "PROBLEM "+format+"\n", args...)
}

func (v *verifier) run(ctx context.Context) (err error) {
	if v.events, err = v.config.openEvents(ctx, true); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.events.Close()) }()
	if v.blobs, err = v.config.openBlobs(ctx, true); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.blobs.Close()) }()
	steps := []func(context.Context) error{v.log, v.histories, v.againstHead, v.lists, v.batches}
	if !v.eventsOnly {
		steps = append(steps, v.views, v.webhooks)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if v.problems > 0 {
		return &codedError{exitRefuted, fmt.Errorf("%d findings in %s", v.problems, v.config.stored())}
	}
	_, err = fmt.Fprintln(v.out, "clean")
	return err
}

// log checks the stored events as such.
func (v *verifier) log(ctx context.Context) error {
	err := v.events.Check(ctx, func(p adapter.Problem) { v.problem("log: %s", p) })
	if err != nil {
		return err
	}
	head, err := v.events.Head(ctx)
	fmt.Fprintf(v.out, "log: read to position %s\n", head)
	return err
}

// histories decodes and folds each stream once, when its first event comes by.
func (v *verifier) histories(ctx context.Context) error {
	head, err := v.events.Head(ctx)
	if err != nil || head == (es.Position{}) {
		return err
	}
	bar := newProgress(v.err, "events", -1)
	defer bar.end()
	if err := v.openVault(ctx); err != nil {
		return err
	}
	defer v.closeVault()
	folds, events, streams := aggregates(), 0, 0
	for batch, err := range v.events.Follow(ctx, es.Position{}) {
		if err != nil {
			v.problem("log: %v", err) // a record that can't be read ends the reading; Check named it
			return nil
		}
		for _, rec := range batch.Records {
			events++
			if err := v.lookUp(ctx, rec); err != nil {
				return err
			}
			a, known := folds[rec.Stream.Category]
			switch {
			case !known:
				v.problem("stream %s: nobody knows this category", rec.Stream)
			case rec.Revision == 0:
				streams++
				if err := a.fold(ctx, v, rec.Stream.ID); err != nil {
					v.problem("stream %s: %v", rec.Stream, err)
				}
			}
		}
		bar.add(len(batch.Records))
		if batch.Through.Compare(head) >= 0 {
			break
		}
	}
	fmt.Fprintf(v.out, "histories: %d events of %d streams decode and fold\n", events, streams)
	fmt.Fprintf(v.out, "periods: %d counted again, %d by a calendar that is not here\n", v.periods.counted, v.periods.foreign)
	return v.judgeVault(ctx)
}

// lists reads every stored list against its digest.
func (v *verifier) lists(ctx context.Context) error {
	n := 0
	for digest, err := range v.blobs.Walk(ctx) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			v.problem("lists: %v", err)
			continue
		}
		n++
		if err := v.readThrough(ctx, digest); err != nil {
			v.problem("list %s: %v", digest, err)
		}
	}
	fmt.Fprintf(v.out, "lists: %d match their digests\n", n)
	return nil
}

func (v *verifier) readThrough(ctx context.Context, digest string) error {
	r, err := v.blobs.Open(ctx, digest)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	return errors.Join(err, r.Close())
}

// checkDraw recomputes a finished draw from the bundle that the public gets; of another one it reads the pools.
func (v *verifier) checkDraw(ctx context.Context, s draw.State) error {
	if s.Drawn == nil {
		for _, pool := range []draw.Pool{s.Frozen.Subjects, s.Frozen.Inspectors, s.Frozen.Conflicts} {
			if err := v.readThrough(ctx, pool.Digest); err != nil {
				return err
			}
		}
		return nil
	}
	var document bytes.Buffer
	if err := draw.WriteBundle(ctx, &document, v.blobs, s); err != nil {
		return err
	}
	bundle, err := sortition.DecodeBundle(document.Bytes())
	if err != nil {
		return err
	}
	_, err = sortition.Verify(bundle, sortition.Options{Sources: v.sources})
	return err
}
