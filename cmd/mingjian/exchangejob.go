package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/exchange"
)

// keepExchanging sends what waits and takes receipts, in one of several processes at a time, at once and every minute. The function that
// it returns ends it.
func (in *instance) keepExchanging(ctx context.Context) (stop func(), err error) {
	if in.config.Exchange == "" {
		return func() {}, nil
	}
	f, err := in.config.exchanges()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { in.alone(ctx, "job:exchange", func(ctx context.Context) { in.eachExchange(ctx, f) }) })
	return func() {
		cancel()
		running.Wait()
	}, nil
}

func (in *instance) eachExchange(ctx context.Context, f exchangeFile) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		err := in.exchangeAlone(f, func() error { return in.exchangeOnce(ctx, f) })
		if err != nil && ctx.Err() == nil {
			in.exchanged.Failures.Inc()
			in.log.WarnContext(ctx, "files for credit platforms are tried again", slog.Any("error", err))
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return
		}
	}
}

// exchangeOnce receives first: what was rejected may be sent again by the same run. Receipts that can't be reached keep nothing back: rows
// have their last days.
func (in *instance) exchangeOnce(ctx context.Context, f exchangeFile) error {
	received := in.receiveAll(ctx, f, func(taken exchange.Taken) {
		in.exchanged.Received(taken.Repeated, taken.Err != nil, taken.Accepted, taken.Twice, taken.Rejected)
		if taken.Err != nil {
			in.log.WarnContext(ctx, "a receipt was put aside", slog.String("receipt", taken.Digest), slog.Any("error", taken.Err))
		}
		in.log.InfoContext(ctx, "a receipt was read", slog.String("receipt", taken.Digest), slog.Bool("repeated", taken.Repeated),
			slog.Int("accepted", taken.Accepted), slog.Int("duplicates", taken.Twice), slog.Int("rejected", taken.Rejected))
	})
	return errors.Join(received, in.sendAll(ctx, f, func(_ exchangeRoute, sent exchange.Sent) {
		in.exchanged.Sent(sent.Rows, sent.Held)
		in.log.InfoContext(ctx, "a batch was sent", slog.String("batch", sent.Batch), slog.Int("rows", sent.Rows), slog.Int("held", sent.Held))
	}))
}
