package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/epoch"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
)

// strayError refuses to go on over views, or places of policies, that are of another history than the log.
type strayError struct{ strays []*projections.AheadError }

func (e *strayError) Error() string {
	errs := make([]error, len(e.strays))
	for i, s := range e.strays {
		errs[i] = s
	}
	return fmt.Sprintf("%v\nthe log was put back to an earlier state: if that is right, have the views follow it with mingjian projection realign", errors.Join(errs...))
}

// members are all that keeps a place in the log: the views, the policies and the outbox. Those that prepare rows for platforms are
// among them whether or not this process is to run them.
func (in *instance) members() []projections.Projection {
	all, reactors := allProjections(), in.reactors()
	if len(reactors) > 0 {
		reactors = reactors[:1]
		for _, name := range in.platforms.Profiles.Platforms() {
			reactors = append(reactors, delivering(policy.Reactions{}, in.platforms, name, true)...)
		}
	}
	for _, r := range reactors {
		all = append(all, r.Keeps())
	}
	return append(all, outbox.Outbox{}.Reactor().Keeps())
}

// strays finds what is ahead of the log, or of another history.
func (in *instance) strays(ctx context.Context) (strays []*projections.AheadError, targets map[string]projections.Target, err error) {
	epochs, err := in.epochs.All(ctx)
	if err != nil {
		return nil, nil, err
	}
	targets, places := map[string]projections.Target{}, map[string]es.Position{}
	for _, p := range in.members() {
		if places[p.Name], targets[p.Name], err = in.place(ctx, p); err != nil {
			return nil, nil, err
		}
	}
	head, err := in.events.Head(ctx) // after the places: while others write, these go on to what came after an earlier look
	if err != nil {
		return nil, nil, err
	}
	remembered, views := map[string]bool{}, ""
	if places[epoch.Name] != (es.Position{}) {
		if remembered, err = epoch.Remembered(ctx, in.views); err != nil {
			return nil, nil, err
		}
		if views, err = epoch.Ledger(ctx, in.views); err != nil {
			return nil, nil, err
		}
	}
	if other := epoch.Another(epochs, views); other != nil {
		return nil, nil, &codedError{exitRefuted, fmt.Errorf("--views: %w: give each ledger views of its own", other)}
	}
	for _, p := range in.members() {
		if stray := epoch.Stray(p.Name, places[p.Name], head, epochs, remembered); stray != nil {
			strays = append(strays, stray)
		}
	}
	return strays, targets, nil
}

// place is where a member stands. Tables that several processes write are looked at as they are: another one may be at work.
func (in *instance) place(ctx context.Context, p projections.Projection) (es.Position, projections.Target, error) {
	if shared, ok := in.views.(projections.Shared); ok && in.group != nil {
		at, err := shared.Join(ctx, p)
		if errors.Is(err, projections.ErrAbsent) {
			return es.Position{}, nil, nil
		}
		return at, nil, err
	}
	target, err := in.views.Attach(ctx, p)
	if err != nil {
		return es.Position{}, nil, err
	}
	at, err := target.Checkpoint(ctx)
	return at, target, err
}

// sameHistory refuses to start over strays and over the views of another ledger. The memory of epochs goes before the other
// views, and is asked again then: another process may have begun with the same views meanwhile.
func (in *instance) sameHistory(ctx context.Context) error {
	strays, _, err := in.strays(ctx)
	if err != nil {
		return err
	}
	if len(strays) > 0 {
		return &codedError{exitRefuted, &strayError{strays}}
	}
	epochs, err := in.epochs.All(ctx)
	if err != nil || len(epochs) == 0 {
		return err
	}
	through := epochs.Now().Began
	if len(epochs) == 1 {
		through = es.At(0, 1) // any event
	}
	return in.group.First(epoch.Name, through, func(ctx context.Context) error {
		views, err := epoch.Ledger(ctx, in.views)
		if other := epoch.Another(epochs, views); err == nil && other != nil {
			err = other
		}
		return err
	})
}

func projectionRealign(t terminal, c *config) *cobra.Command {
	again := false
	cmd := &cobra.Command{
		Use: "realign", Short: "Have views that are ahead of a log that was put back follow it again", Args: cobra.NoArgs,
		Long: "After the log was put back to an earlier state, from a backup or by the means of its store, views and policies may stand at\n" +
			"events that it does not have. Nothing starts over them. This empties such views, so that they fill again from the first\n" +
			"event, and sets such policies back to the last event that they have in common with the log: what they did since then is\n" +
			"not in the log either. What is right is left alone. No server may run.\n\n" +
			"The outbox, which publishes on a bus, goes on the same way. Of a log that was carried into another store, which numbers its\n" +
			"events anew, it publishes what was recorded since then, and nothing of the history before: other systems have that, but for\n" +
			"what it had not published yet, if it was behind. A server whose outbox never published anything begins in the same place,\n" +
			"if its ledger was restored. With --again the outbox publishes everything once more, from the first event, whether or not\n" +
			"anything is ahead of the log; the messages have the same ids.",
		Example: "  mingjian projection realign --data data\n  mingjian projection realign --data data --again",
		RunE: func(cmd *cobra.Command, _ []string) error {
			in, err := prepare(cmd.Context(), *c, quiet(t))
			if err != nil {
				return err
			}
			done, err := in.realign(cmd.Context(), again)
			for _, line := range done {
				fmt.Fprintln(cmd.OutOrStdout(), line)
			}
			if err == nil && len(done) == 0 {
				fmt.Fprintln(cmd.OutOrStdout(), "nothing is ahead of the log")
			}
			return errors.Join(err, in.closeStores())
		},
	}
	cmd.Flags().BoolVar(&again, "again", false, "have the outbox publish the whole history once more")
	return cmd
}

// realign puts strays where the log is, and says what it did.
func (in *instance) realign(ctx context.Context, again bool) (done []string, err error) {
	strays, targets, err := in.strays(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range in.members() {
		for _, s := range strays {
			if s.Projection != p.Name || p.Name == outbox.Name && again {
				continue
			}
			if p.Name == outbox.Name {
				if s.Common, err = in.publishedBefore(ctx, s.Common); err != nil {
					return done, err
				}
			}
			line := fmt.Sprintf("%s was at %s: emptied, it fills again from the first event", p.Name, s.At)
			if len(p.Tables) == 0 {
				line = fmt.Sprintf("%s was at %s: goes on behind %s", p.Name, s.At, s.Common)
				err = targets[p.Name].Commit(ctx, s.At, s.Common, projections.NewRows(nil))
			} else {
				err = in.empty(ctx, p, s.At)
			}
			if err != nil {
				return done, fmt.Errorf("realign %s: %w", p.Name, err)
			}
			done = append(done, line)
		}
	}
	if again {
		line, err := in.publishAgain(ctx)
		return append(done, line), err
	}
	return done, nil
}

// empty puts an empty set of tables in the place of the live one.
func (in *instance) empty(ctx context.Context, p projections.Projection, at es.Position) error {
	shadow, err := in.views.Shadow(ctx, p)
	if err != nil {
		return err
	}
	return in.views.Switch(ctx, p, at, shadow)
}
