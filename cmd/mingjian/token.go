package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/mingjian-ledger/mingjian/adapters/identity"
	"github.com/mingjian-ledger/mingjian/domain"
)

func tokenCommand(t terminal) *cobra.Command {
	c := &cobra.Command{
		Use: "token", Short: "Create, revoke and list bearer tokens (works while the server runs)",
		Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	conf := &config{log: quiet(t)}
	conf.storeFlags(c.PersistentFlags(), "data directory")
	c.AddCommand(tokenCreate(conf), tokenRevoke(conf), tokenList(conf))
	return c
}

func tokenCreate(conf *config) *cobra.Command {
	var account, role, authority, inspector string
	var life time.Duration
	c := &cobra.Command{
		Use: "create", Short: "Create a token and print its secret, once", Args: cobra.NoArgs,
		Example: "  mingjian token create --data data --account li.planner --role planner --authority XZ-SCJG\n" +
			"  mingjian token create --data data --account wang.insp --role inspector --authority XZ-SCJG --inspector XZ-001 --expires-in 24h",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withIdentity(cmd.Context(), conf, true, func(s *identity.Store) error {
				actor := domain.Actor{Account: account, Role: domain.Role(role), Authority: domain.AuthorityID(authority), Inspector: domain.InspectorID(inspector)}
				t, secret, err := s.Create(cmd.Context(), actor, life)
				if domain.KindOf(err) == domain.Invalid {
					return &codedError{exitUsage, err}
				}
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "token %s for %s (%s) until %s; the secret below is shown this once\n",
					t.ID, account, role, t.ExpiresAt.Format(time.RFC3339))
				_, err = fmt.Fprintln(cmd.OutOrStdout(), secret)
				return err
			})
		},
	}
	f := c.Flags()
	f.StringVar(&account, "account", "", "account name: lower-case letters, digits, dots, underscores, hyphens; not a person's id number")
	f.StringVar(&role, "role", "", "one of "+roleList())
	f.StringVar(&authority, "authority", "", "id of the authority within which the role holds")
	f.StringVar(&inspector, "inspector", "", "roster id, for the role inspector")
	f.DurationVar(&life, "expires-in", 90*24*time.Hour, "how long the token lives, one minute to two years")
	return c
}

func roleList() string {
	var names []string
	for _, r := range domain.Roles() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

func tokenRevoke(conf *config) *cobra.Command {
	return &cobra.Command{
		Use: "revoke ID", Short: "Revoke a token at once", Args: cobra.ExactArgs(1),
		Example: "  mingjian token revoke --data data 6d021caf-9b59-4df9-ab16-5aa8b9f7f2dd",
		RunE: func(cmd *cobra.Command, args []string) error {
			return withIdentity(cmd.Context(), conf, false, func(s *identity.Store) error {
				if err := s.Revoke(cmd.Context(), args[0]); err != nil {
					return err
				}
				_, err := fmt.Fprintln(cmd.OutOrStdout(), "revoked", args[0])
				return err
			})
		},
	}
}

func tokenList(conf *config) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List tokens, newest first; secrets are not kept", Args: cobra.NoArgs,
		Example: "  mingjian token list --data data",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withIdentity(cmd.Context(), conf, false, func(s *identity.Store) error {
				tokens, err := s.List(cmd.Context(), 10_000)
				if err != nil {
					return err
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
				fmt.Fprintln(w, "ID\tACCOUNT\tROLE\tAUTHORITY\tINSPECTOR\tEXPIRES\tREVOKED")
				for _, t := range tokens {
					revoked := ""
					if !t.RevokedAt.IsZero() {
						revoked = t.RevokedAt.Format(time.RFC3339)
					}
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.Actor.Account, t.Actor.Role, t.Actor.Authority,
						t.Actor.Inspector, t.ExpiresAt.Format(time.RFC3339), revoked)
				}
				return w.Flush()
			})
		},
	}
}

// withIdentity opens the tokens; only the first token may make their file, and the data directory.
func withIdentity(ctx context.Context, c *config, first bool, do func(*identity.Store) error) error {
	if err := c.checkStores(); err != nil {
		return err
	}
	if at := c.identityAt(); at.local() {
		if _, err := os.Stat(at.path()); err != nil && !first {
			return usage("%s: no tokens here: %w", c.flagOf(c.Identity, "--identity"), err)
		}
		if err := os.MkdirAll(filepath.Dir(at.path()), 0o700); err != nil {
			return fmt.Errorf("data directory: %w", err)
		}
	}
	s, err := c.openIdentity(ctx)
	if err != nil {
		return err
	}
	return errors.Join(do(s), s.Close())
}
