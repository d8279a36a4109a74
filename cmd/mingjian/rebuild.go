package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/ledger"
	"github.com/mingjian-ledger/mingjian/projections"
)

// rebuildReview is what the operator said of differences.
type rebuildReview struct {
	approve string // digest of the one difference that is approved
	reason  string
	by      string
	file    string // where every row that differs is written
}

func projectionRebuild(t terminal, c *config) *cobra.Command {
	var r rebuildReview
	cmd := &cobra.Command{
		Use: "rebuild NAME...", Short: "Fill a new set of tables from the first event and switch to it", Args: cobra.MinimumNArgs(1),
		Long: "Fills a new set of tables from the first event and compares it with the one that serves, both at the same position.\n" +
			"Views are functions of the log, so that no row may differ. If one does, the tables stay as they are, the difference is\n" +
			"listed (tables from which the public is answered first, and marked) and the exit code is 3. Whoever has looked at it\n" +
			"and knows why it is right runs the command again with --approve and the digest of the difference: it then takes effect\n" +
			"if it is still that one, and is recorded in the ledger with the reason, for auditors.\n\n" +
			"The new tables of a rebuild that is refused are dropped; --difference keeps every row that differs in a file.\n" +
			"A projection with a new name (of another version) has no tables to compare with: they are filled at the first start.",
		Example: "  mingjian projection rebuild --data data enterprise.v3 release.v3\n" +
			"  mingjian projection rebuild --data data enterprise.v3 --approve 5f0c… --by he.ops --reason '名称索引修正'",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := r.check(args); err != nil {
				return err
			}
			return withInstance(cmd.Context(), *c, quiet(t), func(in *instance) error {
				in.awaitViews(cmd.Context())
				for _, name := range args {
					if err := in.rebuild(cmd.Context(), name, r, cmd.OutOrStdout()); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&r.approve, "approve", "", "digest of the difference that takes effect; for one projection")
	f.StringVar(&r.reason, "reason", "", "why it is right; recorded for ever")
	f.StringVar(&r.by, "by", "", "account of whoever approves it; recorded for ever")
	f.StringVar(&r.file, "difference", "", "new file for every row that differs, a line of JSON each; for one projection")
	return cmd
}

func (r rebuildReview) check(names []string) error {
	switch {
	case (r.approve != "" || r.file != "") && len(names) != 1:
		return usage("--approve and --difference are for one projection, not %d", len(names))
	case r.approve == "" && (r.reason != "" || r.by != ""):
		return usage("--reason and --by go with --approve")
	case r.approve != "" && (r.reason == "" || r.by == ""):
		return usage("--approve needs --reason and --by")
	case r.approve != "" && !domain.IsDigest(r.approve):
		return usage("--approve: a digest is 64 digits of lower-case hex")
	}
	return nil
}

// rebuild rebuilds one projection and says what came of it.
func (in *instance) rebuild(ctx context.Context, name string, r rebuildReview, out io.Writer) (err error) {
	begin, e := time.Now(), explainer{}
	for _, p := range allProjections() {
		if p.Name == name {
			e = newExplainer(p)
		}
	}
	review := projections.Review{Accept: func(ctx context.Context, c projections.Comparison) error {
		e.list(out, c)
		return in.approve(ctx, c, e, r)
	}}
	if r.file != "" {
		rows, done, err := e.file(r.file)
		if err != nil {
			return err
		}
		review.Row = rows
		defer func() { err = errors.Join(err, done()) }()
	}
	if err := in.group.RebuildReviewed(ctx, name, review); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "rebuilt %s in %s\n", name, time.Since(begin).Round(time.Millisecond))
	return err
}

// approve records the approval of a difference, or refuses it.
func (in *instance) approve(ctx context.Context, c projections.Comparison, e explainer, r rebuildReview) error {
	switch {
	case r.approve == "":
		return refuted("%s stays as it is: %d rows come out otherwise, and nobody approved that; see --approve %s", c.Projection, c.Rows(), c.Digest)
	case r.approve != c.Digest:
		return refuted("%s stays as it is: the difference approved is %s, this one is %s", c.Projection, r.approve, c.Digest)
	}
	approved := ledger.RebuildApproved{
		Projection: c.Projection, Through: c.Through.String(), Digest: c.Digest, Tables: e.counts(c), Reason: r.reason, By: r.by,
	}
	return in.recordOfItself(ctx, r.by, ledger.ApproveRebuild{Approved: approved})
}

// recordOfItself has the ledger record something of itself.
func (in *instance) recordOfItself(ctx context.Context, by string, cmd ledger.Command) error {
	return recordOfItself(ctx, in.store(), by, in.config.now(), cmd)
}

func recordOfItself(ctx context.Context, store es.Store, by string, now time.Time, cmd ledger.Command) error {
	id := es.ID(uuid.NewString())
	m := es.Metadata{
		Command: id, CommandDigest: domain.DigestOf(cmd), Correlation: id, Causation: id, Actor: by, Role: string(domain.Admin), RecordedAt: now.UTC(),
	}
	_, err := es.Transact(ctx, store, ledger.Decider, ledger.Stream, cmd, m)
	return err
}

// file writes rows into a new file.
func (e explainer) file(name string) (row func(projections.Difference) error, done func() error, err error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the file that the user named
	if err != nil {
		return nil, nil, usage("--difference: %w", err)
	}
	buffered := bufio.NewWriter(f)
	enc := json.NewEncoder(buffered)
	enc.SetEscapeHTML(false)
	row = func(d projections.Difference) error { return enc.Encode(e.row(d)) }
	return row, func() error { return errors.Join(buffered.Flush(), f.Close()) }, nil
}
