package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/policy"
)

// dailyJob does what a date alone demands. Its commands come from inDaily, so that a job which ran before, broke off in the
// midst or runs twice at once has the effect of once. What it finds to do does not depend on yesterday's run: days on which no
// server ran are made up for.
type dailyJob struct {
	name string
	run  func(ctx context.Context, in *instance, day calendar.Date) error
}

// dailyJobs are all jobs.
func dailyJobs() []dailyJob {
	return []dailyJob{
		{"licence.expire", expireLicences},
		{"disclosure.expire", expireDisclosures},
		{"delivery.lapse", lapseDeliveries},
		{"delivery.again", prepareHeldAgain},
	}
}

// lookEvery is how often a server looks whether another day has begun.
const lookEvery = time.Minute

// keepDaily does the jobs, in one of several processes at a time, at once and whenever another day has begun in Asia/Shanghai, those that failed again at every look.
// The function that it returns ends it.
func (in *instance) keepDaily(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { in.alone(ctx, "job:daily", in.eachDay) })
	return func() {
		cancel()
		running.Wait()
	}
}

func (in *instance) eachDay(ctx context.Context) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	done := map[string]calendar.Date{}
	for {
		in.doDaily(ctx, done)
		select {
		case <-look.C:
		case <-ctx.Done():
			return
		}
	}
}

// doDaily does the jobs that are not done yet on the instance's day.
func (in *instance) doDaily(ctx context.Context, done map[string]calendar.Date) {
	day := calendar.DateOf(in.config.now())
	for _, job := range dailyJobs() {
		if done[job.name] == day || in.outer.Load() { // the inner ledger does them
			continue
		}
		switch err := job.run(ctx, in, day); {
		case err == nil:
			done[job.name] = day
		case ctx.Err() == nil:
			in.log.WarnContext(ctx, "a daily job failed and is tried again", slog.String("job", job.name), slog.Any("error", err))
		}
	}
}

// inDaily runs one command of a job. Its id derives from the job and from what it is about: the thing, and the day that the
// command is for. What the aggregate refuses is passed over: somebody was faster.
func inDaily[S, C any, E es.Event](ctx context.Context, in *instance, d es.Decider[S, C, E], id string, authority domain.AuthorityID, cmd C, job string, about ...string) error {
	parts := append([]string{job, d.Category, id}, about...)
	digest := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	command := es.DeriveID(es.DeriveID("", "mingjian", policy.Daily), parts...)
	_, err := es.Transact(ctx, in.store(), d, id, cmd, es.Metadata{
		Command: command, CommandDigest: hex.EncodeToString(digest[:]), Correlation: command, Causation: command,
		Actor: policy.Daily, Authority: string(authority), RecordedAt: in.config.now().UTC(),
	})
	if refusal := (*domain.Fault)(nil); errors.As(err, &refusal) && refusal.Kind != domain.Internal && refusal.Kind != domain.Unavailable {
		in.log.InfoContext(ctx, "a daily job passes over", slog.String("job", job), slog.String("id", id), slog.Any("refusal", err))
		return nil
	}
	if err != nil {
		return fmt.Errorf("daily: %s %s: %w", job, id, err)
	}
	return nil
}

// caughtUp waits until a projection holds what was there when it was asked.
func (in *instance) caughtUp(ctx context.Context, projection string) error {
	head, err := in.events.Head(ctx)
	if err != nil {
		return fmt.Errorf("daily: end of the log: %w", err)
	}
	return in.group.Wait(ctx, projection, head)
}
