package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mingjian-ledger/mingjian/adapters/exchange"
	"github.com/mingjian-ledger/mingjian/adapters/sheet"
	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
)

func exchangeCommand(t terminal) *cobra.Command {
	c := &cobra.Command{
		Use: "exchange", Short: "Send rows to credit platforms as files, take their receipts, and check batches", Args: cobra.NoArgs,
		Long: "Credit platforms take tables of rows, in XLSX or CSV, and answer each row. A server with --exchange sends and receives by\n" +
			"itself; these commands do so once. What goes where is in a file:\n\n" +
			"  key: /etc/mingjian/exchange.key      # signs batches; mingjian exchange key --make makes it\n" +
			"  routes:\n" +
			"    - platform: credit_china\n" +
			"      kind: penalty\n" +
			"      format: xlsx                     # or csv, csv-gb18030\n" +
			"      most: 5000                       # rows of a batch\n" +
			"      folder: /srv/credit/out          # or sftp: {address: host:22, user: u, key: FILE, host_keys: FILE, folder: out}\n" +
			"      receipts: /srv/credit/in\n\n" +
			"In a CSV one apostrophe or tab at the beginning of a cell is not of the value: it keeps spreadsheets from running or\n" +
			"changing it.",
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(exchangeSend(t), exchangeReceive(t), exchangeVerify(), exchangeKey(), exchangeList(t), exchangeCopy(t))
	return c
}

// rulesFlags are those by which policies decide: they run while a command has the ledger open.
func (c *config) rulesFlags(f *pflag.FlagSet) {
	f.StringVar(&c.Rules, "rules", "", rulesUsage)
	f.StringVar(&c.Profiles, "profiles", "", profilesUsage)
	c.Platforms.flags(f)
}

func (c *config) exchangeFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.Exchange, "exchange", "", exchangeUsage)
}

// exchanging runs one of the commands that work on the ledger.
func exchanging(t terminal, use, short string, do func(ctx context.Context, in *instance, f exchangeFile, out io.Writer) error) *cobra.Command {
	conf := config{Patience: time.Minute, Drain: time.Hour}
	cmd := &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs,
		Long:    short + ". No server may run on the data directory; beside one on PostgreSQL it may.",
		Example: "  mingjian exchange " + use + " --data /var/lib/mingjian --exchange /etc/mingjian/exchange.yaml",
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := conf.exchanges()
			if err != nil {
				return err
			}
			if err := conf.checkStores(); err != nil {
				return err
			}
			if _, err := ruled(conf.Rules); err != nil {
				return usage("%w", err)
			}
			return withInstance(cmd.Context(), conf, quiet(t), func(in *instance) error {
				return in.exchangeAlone(f, func() error { return do(cmd.Context(), in, f, cmd.OutOrStdout()) })
			})
		},
	}
	conf.storeFlags(cmd.Flags(), "data directory; no server may run on it")
	conf.vaultFlags(cmd.Flags())
	conf.exchangeFlag(cmd)
	conf.rulesFlags(cmd.Flags())
	return cmd
}

// exchangeAlone keeps other processes of this machine away from the folder of what is on its way.
func (in *instance) exchangeAlone(f exchangeFile, work func() error) error {
	if err := os.MkdirAll(f.State, 0o700); err != nil {
		return fmt.Errorf("exchange: %w", err)
	}
	lock, err := sqlite.Lock(f.State)
	if err != nil {
		return err
	}
	return errors.Join(work(), lock.Close())
}

func exchangeSend(t terminal) *cobra.Command {
	return exchanging(t, "send", "Send the rows that were not sent yet", func(ctx context.Context, in *instance, f exchangeFile, out io.Writer) error {
		return in.sendAll(ctx, f, func(r exchangeRoute, sent exchange.Sent) {
			fmt.Fprintf(out, "%s\t%d rows, %d held\n", sent.Batch, sent.Rows, sent.Held)
		})
	})
}

// sendAll sends what waits, each way in turn. One that fails does not keep the others.
func (in *instance) sendAll(ctx context.Context, f exchangeFile, tell func(exchangeRoute, exchange.Sent)) error {
	key, err := exchange.ReadKey(f.Key)
	if err != nil {
		return err
	}
	var errs []error
	for _, r := range f.Routes {
		if err := in.sendRoute(ctx, f, r, key, tell); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", r, err))
		}
	}
	return errors.Join(errs...)
}

func (in *instance) sendRoute(ctx context.Context, f exchangeFile, r exchangeRoute, key exchange.Key, tell func(exchangeRoute, exchange.Sent)) (err error) {
	drop, done, err := r.drop()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	for sent, err := range in.sender(f, r, key, drop).Send(ctx) {
		if err != nil {
			return err
		}
		tell(r, sent)
	}
	return nil
}

func exchangeReceive(t terminal) *cobra.Command {
	return exchanging(t, "receive", "Take the receipts that lie in the folders", func(ctx context.Context, in *instance, f exchangeFile, out io.Writer) error {
		bad := 0
		err := in.receiveAll(ctx, f, func(taken exchange.Taken) {
			switch {
			case taken.Repeated:
				fmt.Fprintf(out, "%s\tknown already\n", taken.Name)
				return
			case taken.Err != nil:
				bad++
				fmt.Fprintf(out, "%s\tput aside: %v\n", taken.Name, taken.Err)
			}
			fmt.Fprintf(out, "%s\t%d accepted, %d duplicates, %d rejected\n", taken.Name, taken.Accepted, taken.Twice, taken.Rejected)
		})
		if err == nil && bad > 0 {
			return &codedError{exitRejected, fmt.Errorf("%d receipts were put aside; beside each stands what is wrong with it", bad)}
		}
		return err
	})
}

func (in *instance) receiveAll(ctx context.Context, f exchangeFile, tell func(exchange.Taken)) error {
	if err := errors.Join(os.RemoveAll(f.reading()), os.MkdirAll(f.reading(), 0o700)); err != nil {
		return fmt.Errorf("exchange: %w", err)
	}
	var errs []error
	for _, inbox := range in.inboxes(f) {
		all, err := inbox.Receive(ctx)
		for _, taken := range all {
			tell(taken)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func exchangeVerify() *cobra.Command {
	var keys []string
	cmd := &cobra.Command{
		Use: "verify MANIFEST...", Short: "Check batches as their receiver: signature, digests, counts, running digest, every cell", Args: cobra.MinimumNArgs(1),
		Long: "Needs nothing but the files and the sender's public key. Of several batches it also tells whether rows are missing between\n" +
			"them. Exit code 3 says that something is not as claimed.",
		Example: "  mingjian exchange verify --key sender.pem /srv/credit/out/*.manifest.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			var trusted []exchange.PublicKey
			for _, path := range keys {
				text, err := os.ReadFile(path) //nolint:gosec // the user names it
				if err != nil {
					return usage("--key: %w", err)
				}
				key, err := exchange.ParsePublicKey(text)
				if err != nil {
					return usage("--key: %s: %w", path, err)
				}
				trusted = append(trusted, key)
			}
			if len(trusted) == 0 {
				return usage("--key: without the sender's public key nothing can be checked")
			}
			return verifyBatches(cmd.Context(), cmd.OutOrStdout(), args, trusted)
		},
	}
	cmd.Flags().StringArrayVar(&keys, "key", nil, "file of the sender's public key (PEM); may be given again for former ones")
	return cmd
}

// verifyBatches checks batches in the order of their names, which is that of their rows.
func verifyBatches(ctx context.Context, out io.Writer, paths []string, trusted []exchange.PublicKey) error {
	bad := 0
	before := map[string]exchange.Manifest{}
	for _, path := range slices.SortedFunc(slices.Values(paths), func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) }) {
		m, found, err := exchange.Check(ctx, sheet.Books{}, path, trusted...)
		if err != nil {
			return err
		}
		sequence := m.Platform + "/" + string(m.Kind)
		if last, there := before[sequence]; there && len(found) == 0 {
			found = m.Follows(last)
		}
		for _, f := range found {
			fmt.Fprintf(out, "%s\t%s\n", path, f)
		}
		if len(found) > 0 {
			bad++
			continue
		}
		before[sequence] = m
		fmt.Fprintf(out, "%s\trows %d to %d hold, %d of %d held back; running digest %s\n", m.Batch, m.From, m.To, m.Held, m.Rows, m.Chain.After)
	}
	if bad > 0 {
		return refuted("%d of %d batches are not what they claim", bad, len(paths))
	}
	return nil
}

func exchangeKey() *cobra.Command {
	var create bool
	cmd := &cobra.Command{
		Use: "key FILE", Short: "Print the public key of a signing key", Args: cobra.ExactArgs(1),
		Long:    "Receivers check batches by the public key. With --make the signing key is made first; a file that is there is refused.",
		Example: "  mingjian exchange key --make /etc/mingjian/exchange.key > sender.pem",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if create && !missing(args[0]) {
				return usage("%s is there already", args[0])
			}
			read := exchange.ReadKey
			if create {
				read = exchange.MakeKey
			}
			key, err := read(args[0])
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "key %s\n", key.Public().ID())
			_, err = io.WriteString(cmd.OutOrStdout(), key.Public().PEM())
			return err
		},
	}
	cmd.Flags().BoolVar(&create, "make", false, "make the signing key first, in a file that only its owner may read")
	return cmd
}

// withCopies opens what is kept of the batches that were sent, beside a running server too.
func withCopies(ctx context.Context, c *config, do func(exchange.Copies) error) error {
	f, err := c.exchanges()
	if err != nil {
		return err
	}
	blobs, err := c.openBlobs(ctx, true)
	if err != nil {
		return err
	}
	return errors.Join(do(exchange.Copies{Archive: blobs, Dir: f.State}), blobs.Close())
}

func exchangeList(t terminal) *cobra.Command {
	conf := config{log: quiet(t)}
	cmd := &cobra.Command{
		Use: "list", Short: "List the batches that were sent from here (works while the server runs)", Args: cobra.NoArgs,
		Example: "  mingjian exchange list --data /var/lib/mingjian --exchange /etc/mingjian/exchange.yaml",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withCopies(cmd.Context(), &conf, func(c exchange.Copies) error {
				all, err := c.List()
				if err != nil {
					return err
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
				fmt.Fprintln(w, "BATCH\tROWS\tHELD\tAUDIT")
				for _, one := range all {
					fmt.Fprintf(w, "%s\t%d\t%d\t%s\n", one.Batch, one.Rows, one.Held, one.Audit)
				}
				return w.Flush()
			})
		},
	}
	conf.storeFlags(cmd.Flags(), "data directory")
	conf.exchangeFlag(cmd)
	cmd.Flags().StringVar(&conf.Profiles, "profiles", "", profilesUsage)
	return cmd
}

func exchangeCopy(t terminal) *cobra.Command {
	conf := config{log: quiet(t)}
	cmd := &cobra.Command{
		Use: "copy BATCH FOLDER", Short: "Write the copy that is kept of a batch, its personal columns blank (works while the server runs)", Args: cobra.ExactArgs(2),
		Example: "  mingjian exchange copy credit_china-penalty-0000000001-0000000042 audit --data data --exchange exchange.yaml",
		RunE: func(cmd *cobra.Command, args []string) error {
			return withCopies(cmd.Context(), &conf, func(c exchange.Copies) error {
				if err := os.MkdirAll(args[1], 0o700); err != nil {
					return err
				}
				return c.Write(cmd.Context(), args[0], args[1])
			})
		},
	}
	conf.storeFlags(cmd.Flags(), "data directory")
	conf.exchangeFlag(cmd)
	cmd.Flags().StringVar(&conf.Profiles, "profiles", "", profilesUsage)
	return cmd
}
