package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/mingjian-ledger/mingjian/adapters/drand"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

func drawCommand(terminal) *cobra.Command {
	c := &cobra.Command{
		Use: "draw", Short: "Check random draws without trusting anyone", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(drawSeal(), drawVerify())
	return c
}

func drawVerify() *cobra.Command {
	var strict, asJSON bool
	var pools string
	c := &cobra.Command{
		Use: "verify BUNDLE", Short: "Recompute a draw from its published bundle, offline", Args: cobra.ExactArgs(1),
		Long: "Recomputes every step of a draw from the bundle alone: roots, terms, commitments, beacon, seed, selection,\n" +
			"teams, shortfalls and replacements. Exit code 0 says valid, 3 names the first step that differs.\n" +
			"A bundle from standard input is \"-\".",
		Example: "  curl -s http://127.0.0.1:8080/v1/public/draws/task-2026-01-1/bundle > bundle.json\n" +
			"  mingjian draw verify bundle.json\n  mingjian draw verify --strict --pools ./pools bundle.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			document, err := readAll(cmd.InOrStdin(), args[0])
			if err != nil {
				return err
			}
			bundle, err := sortition.DecodeBundle(document)
			if err != nil {
				return &codedError{exitRefuted, fmt.Errorf("not a bundle: %w", err)}
			}
			quicknet, err := drand.NewQuicknet()
			if err != nil {
				return err
			}
			opts := sortition.Options{Beacons: []sortition.BeaconVerifier{quicknet}, Strict: strict}
			if pools != "" {
				opts.Open = func(f sortition.PoolFile) (io.ReadCloser, error) {
					return os.Open(filepath.Join(pools, f.SHA256.String()))
				}
			}
			report, err := sortition.Verify(bundle, opts)
			return tell(cmd.OutOrStdout(), asJSON, bundle, report, err)
		},
	}
	f := c.Flags()
	f.BoolVar(&strict, "strict", false, "what can't be proved about the randomness is a difference, not a note")
	f.BoolVar(&asJSON, "json", false, "print the report as JSON")
	f.StringVar(&pools, "pools", "", "folder with pools kept apart from the bundle, each named by its SHA-256")
	return c
}

// verdict is the report for machines.
type verdict struct {
	Valid  bool             `json:"valid"`
	Step   string           `json:"step,omitempty"` // the first that differs
	Detail string           `json:"detail,omitempty"`
	Report sortition.Report `json:"report"`
}

func tell(w io.Writer, asJSON bool, b sortition.Bundle, report sortition.Report, err error) error {
	v := verdict{Valid: err == nil, Report: report}
	step := (*sortition.StepError)(nil)
	switch {
	case errors.As(err, &step):
		v.Step, v.Detail = string(step.Step), err.Error()
		err = &codedError{exitRefuted, fmt.Errorf("draw %s is NOT valid at step %s: %w", b.DrawID, step.Step, err)}
	case err != nil:
		return err
	}
	if asJSON {
		if jerr := json.NewEncoder(w).Encode(v); jerr != nil {
			return jerr
		}
		return err
	}
	for _, n := range report.Notes {
		fmt.Fprintf(w, "note: %s\n", n.Text)
	}
	if err != nil {
		return err
	}
	_, perr := fmt.Fprintf(w, "valid: draw %s (number %d of task %s): %d of %d subjects, %d inspectors, %d shortfalls, %d replacements, seed %s\n",
		b.DrawID, b.Number, b.TaskID, report.Selected, report.Subjects, report.Inspectors, report.Shortfalls, report.Replacements, report.Seed)
	return perr
}

func readAll(stdin io.Reader, path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(path) //nolint:gosec // the file that the user named
}
