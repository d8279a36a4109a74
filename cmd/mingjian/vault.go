package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/mingjian-ledger/mingjian/adapters/vault"
	"github.com/mingjian-ledger/mingjian/domain/es"
	natural "github.com/mingjian-ledger/mingjian/domain/person"
	"github.com/mingjian-ledger/mingjian/projections/personal"
)

func vaultCommand(t terminal) *cobra.Command {
	c := &cobra.Command{
		Use: "vault", Short: "Look after the keys of the vault of personal data", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(vaultRotate(t), vaultKey(t))
	return c
}

func vaultRotate(t terminal) *cobra.Command {
	conf := config{Patience: time.Minute, Drain: time.Hour, unruled: true}
	c := &cobra.Command{
		Use: "rotate", Short: "Wrap the keys of all persons by a new master key and destroy the former one", Args: cobra.NoArgs,
		Long: "Makes a new master key, wraps the key of each person by it, and then destroys the former master keys. No server may\n" +
			"run on the data directory; beside a vault in PostgreSQL those may that read this very file of master keys, while\n" +
			"others stand still until they get it. A rotation that was cut off goes on where it was. Backups of before need the\n" +
			"master key of their day: rotate after a person's data were destroyed, and no copy of before opens them any more.",
		Example: "  mingjian vault rotate --data /var/lib/mingjian",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := conf.checkStores(); err != nil {
				return err
			}
			if at := conf.vaultAt(); at.local() && missing(at.path()) {
				return usage("%s: no vault here", conf.flagOf(conf.Vault, "--vault"))
			}
			return withInstance(cmd.Context(), conf, quiet(t), func(in *instance) error {
				bar := newProgress(cmd.ErrOrStderr(), "wrapping keys", -1)
				defer bar.end()
				master, err := in.vault.Rotate(cmd.Context(), bar.add)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "wrapped the keys of %d persons by the master key %s; the former ones are destroyed\n", bar.done, master)
				return err
			})
		},
	}
	conf.storeFlags(c.Flags(), "data directory; no server may run on it")
	conf.vaultFlags(c.Flags())
	return c
}

// openVault opens the vault and shreds in it whom the log says, before anybody is answered: a copy of before that was put
// back holds keys which were destroyed since.
func (in *instance) openVault(ctx context.Context) (*vault.Store, error) {
	s, err := in.config.openVault(ctx, false)
	if err != nil {
		return nil, err
	}
	if err := in.shredAgain(ctx, s); err != nil {
		return nil, errors.Join(fmt.Errorf("shred in the vault whom the log says: %w", err), s.Close())
	}
	return s, nil
}

// shredAgain reads the log from where the vault's own note says, and moves the note to its end.
func (in *instance) shredAgain(ctx context.Context, s *vault.Store) error {
	head, err := in.events.Head(ctx)
	if err != nil || head == (es.Position{}) {
		return err
	}
	empty, err := s.Empty(ctx)
	if err != nil || empty {
		return errors.Join(err, note(ctx, s, head)) // nothing to shred
	}
	at, err := s.Applied(ctx)
	if err != nil {
		return err
	}
	from := es.Position{}
	if at != "" {
		if from, err = es.ParsePosition(at); err != nil {
			return fmt.Errorf("the vault's note of its place in the log: %w", err)
		}
	}
	if from.Compare(head) > 0 {
		in.log.WarnContext(ctx, "the vault is ahead of the log, which was put back to an older state",
			slog.String("vault", from.String()), slog.String("log", head.String()))
		from = head
	}
	for batch, err := range in.events.Follow(ctx, from) {
		if err != nil {
			return err
		}
		for _, rec := range batch.Records {
			if natural.Codec().Today(rec.Type) != (natural.Shredded{}).EventType() {
				continue
			}
			if err := in.shredOf(ctx, s, rec); err != nil {
				return err
			}
		}
		if batch.Through.Compare(head) >= 0 {
			break
		}
	}
	return note(ctx, s, head)
}

func (in *instance) shredOf(ctx context.Context, s *vault.Store, rec es.Record) error {
	was, err := s.Shredded(ctx, rec.Stream.ID)
	if err != nil || was {
		return err
	}
	in.log.WarnContext(ctx, "destroying the data of a person again: the vault is older than the decision, or the process ended before it was carried out",
		slog.String("person", rec.Stream.ID), slog.String("position", rec.Position.String()))
	return s.Shred(ctx, rec.Stream.ID)
}

func note(ctx context.Context, s *vault.Store, at es.Position) error {
	return s.Apply(ctx, at.String())
}

// noteShredded moves the vault's note at the end of a run, so that the next start need not read what this one wrote. Each
// shredding was carried out when it was decided, unless that failed; the view knows them all.
func (in *instance) noteShredded(ctx context.Context) error {
	through, token := in.group.Through(), ""
	if through == (es.Position{}) {
		return nil // nothing was ever written, and no view needs to be there yet
	}
	for {
		list, next, err := personal.Shreddings(ctx, in.views, personal.Shredded, 100, token)
		if err != nil {
			return err
		}
		for _, v := range list {
			if err := in.vault.Shred(ctx, v.GetPerson()); err != nil {
				return err
			}
		}
		if token = next; token == "" {
			return note(ctx, in.vault, through)
		}
	}
}
