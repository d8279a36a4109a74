package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/mingjian-ledger/mingjian/domain/profile"
)

const profilesUsage = "file of field profiles (JSON) of receiving platforms, beside the program's; see the command profiles"

// profiled are the program's profiles with those of a file, if there is one.
func profiled(file string) (profile.Profiles, error) {
	if file == "" {
		return profile.Embedded(), nil
	}
	data, err := os.ReadFile(file) //nolint:gosec // the operator names it
	if err != nil {
		return profile.Profiles{}, fmt.Errorf("--profiles: %w", err)
	}
	all, err := profile.Embedded().With(data)
	if err != nil {
		return profile.Profiles{}, fmt.Errorf("--profiles: %s: %w", file, err)
	}
	return all, nil
}

func profilesCommand(terminal) *cobra.Command {
	var file, schema string
	var markdown bool
	cmd := &cobra.Command{
		Use: "profiles", Short: "List what receiving platforms want to be told (双公示字段表), and check a file of further profiles", Args: cobra.NoArgs,
		Long: "Lists the field profiles with their days and how many columns and rules they have, and of how much no source confirms\n" +
			"what it says. A file has further platforms, or what one of them wants from a later day on; a profile there may be like\n" +
			"another one and say what differs. A file that is not understood whole is refused with the profile and the member.",
		Example: "  mingjian profiles --profiles city.json\n  mingjian profiles --schema credit_china/penalty/2018\n  mingjian profiles --markdown",
		RunE: func(cmd *cobra.Command, _ []string) error {
			all, err := profiled(file)
			if err != nil {
				return usage("%w", err)
			}
			switch {
			case markdown:
				_, err = io.WriteString(cmd.OutOrStdout(), all.Markdown())
				return err
			case schema != "":
				return writeSchema(cmd.OutOrStdout(), all, schema)
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
			fmt.Fprintln(w, "PROFILE\tFROM\tTO\tTABLES\tCOLUMNS\tRULES\tUNCONFIRMED\tNAME")
			for _, p := range all.All() {
				fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%s\n", p.ID(), p.From, p.Until, len(p.Tables), len(p.Fields), len(p.Checks), p.Doubts(), p.Label)
			}
			return w.Flush()
		},
	}
	cmd.Flags().StringVar(&file, "profiles", "", "file of profiles to read with the program's")
	cmd.Flags().StringVar(&schema, "schema", "", "print the JSON Schema of PLATFORM/KIND/VERSION")
	cmd.Flags().BoolVar(&markdown, "markdown", false, "print all that the profiles say, as tables")
	cmd.MarkFlagsMutuallyExclusive("schema", "markdown")
	return cmd
}

func writeSchema(w io.Writer, all profile.Profiles, id string) error {
	for _, p := range all.All() {
		if p.ID() == id {
			_, err := w.Write(p.Schema())
			return err
		}
	}
	var known []string
	for _, p := range all.All() {
		known = append(known, p.ID())
	}
	return usage("--schema: there is %s, not %s", strings.Join(known, ", "), id)
}
