package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"
)

// sandbox goes on with a finished demonstration, so that those who build on the feed see every kind of act come: one step at each
// turn, as the roles would take it. What comes follows from the seed and the number of the round alone.
type sandbox struct {
	in      *instance
	url     string
	keep    keepsake
	results demoResults
	every   time.Duration
	seed    uint64
}

// run takes steps until ctx ends. When a step fails that is told, and the next round begins.
func (b *sandbox) run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := b.shift(ctx); err != nil && ctx.Err() == nil {
			b.in.log.WarnContext(ctx, "the sandbox begins a new round", slog.Any("error", err))
			if !b.pause(ctx) {
				return
			}
		}
	}
}

// pause waits for the next turn.
func (b *sandbox) pause(ctx context.Context) bool {
	timer := time.NewTimer(b.every)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// shift is as long as the staff's tokens are good for, with some time to spare.
func (b *sandbox) shift(ctx context.Context) (err error) {
	client := &restClient{base: b.url, http: &http.Client{Timeout: time.Minute}}
	if err := client.begin(ctx); err != nil {
		return err
	}
	accounts, revoke, err := hireStaff(ctx, b.in.identity, client)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, revoke(context.WithoutCancel(ctx))) }()
	d := &demonstration{
		story: &story{out: io.Discard}, keep: b.keep, data: b.in.config.Data, client: client, staff: accounts, results: b.results,
	}
	for began := time.Now(); time.Since(began) < demoLife/2; {
		b.keep.Rounds++ // before anything is done: a round that was broken off is not taken up again
		if err := b.keep.write(filepath.Join(b.in.config.Data, demoFile)); err != nil {
			return err
		}
		r := &round{demonstration: d, plot: plotOf(b.seed, b.keep.Rounds)}
		for _, step := range r.steps() {
			if !b.pause(ctx) {
				return nil
			}
			if err := step(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}
