package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections/deadline"
)

const rulesUsage = "file of rules (JSON) that take the place of the program's or come before them; see the command rules"

// ruled are the program's rules with those of a file, if there is one.
func ruled(file string) (rule.Tables, error) {
	if file == "" {
		return rule.Embedded(), nil
	}
	data, err := os.ReadFile(file) //nolint:gosec // the operator names it
	if err != nil {
		return rule.Tables{}, fmt.Errorf("--rules: %w", err)
	}
	more, err := rule.Read(data)
	if err != nil {
		return rule.Tables{}, fmt.Errorf("--rules: %s: %w", file, err)
	}
	tables, err := rule.Embedded().Merge(more)
	if err != nil {
		return rule.Tables{}, fmt.Errorf("--rules: %s: %w", file, err)
	}
	return tables, nil
}

func rulesCommand(terminal) *cobra.Command {
	var file string
	var doubtful bool
	cmd := &cobra.Command{
		Use: "rules", Short: "List the rules of publicity and of statutory periods, and check a file of further ones", Args: cobra.NoArgs,
		Long: "Lists every rule with its first and last day, where it holds and where it stands. What no source confirms says which\n" +
			"fields that are: they are settings, to be put right by a file that has the rules with the same id, or others that come\n" +
			"before them. A file that is not understood whole is refused with the line and the field.",
		Example: "  mingjian rules --unconfirmed\n  mingjian rules --rules rules.json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			tables, err := ruled(file)
			if err != nil {
				return usage("%w", err)
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
			fmt.Fprintf(w, "VERSION\t%s\n\nSECTION\tID\tFROM\tTO\tWHERE\tUNCONFIRMED\tSOURCE\n", tables.Version())
			sections := tables.Rules()
			for _, section := range []string{"publicity", "severities", "thresholds", "clocks", "codes", "items"} {
				for _, h := range sections[section] {
					if doubtful && h.Confirmed() {
						continue
					}
					fmt.Fprintln(w, strings.Join([]string{
						section, h.ID, h.ValidFrom.String(), h.ValidTo.String(), h.Jurisdiction, strings.Join(h.Unconfirmed, ","), h.Source,
					}, "\t"))
				}
			}
			return w.Flush()
		},
	}
	cmd.Flags().StringVar(&file, "rules", "", "file of rules to read with the program's")
	cmd.Flags().BoolVar(&doubtful, "unconfirmed", false, "only those of which something is not confirmed")
	return cmd
}

// openDeadlines lists what is open from the view, once that holds all that is in the log.
type openDeadlines struct{ in *instance }

// Open implements policy.OpenDeadlines.
func (o openDeadlines) Open(ctx context.Context, from calendar.Date, page string) ([]string, string, error) {
	if page == "" {
		head, err := o.in.events.Head(ctx)
		if err != nil {
			return nil, "", err
		}
		if err := o.in.group.Wait(ctx, deadline.Name, head); err != nil {
			return nil, "", err
		}
	}
	ids, next, err := deadline.OpenFrom(ctx, o.in.views, from, page)
	return slices.Compact(ids), next, err
}
