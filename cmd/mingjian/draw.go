package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

func drawCommand(terminal) *cobra.Command {
	c := &cobra.Command{
		Use: "draw", Short: "Check random draws without trusting anyone", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(drawFairness(), drawSeal(), drawVerify())
	return c
}

// drawCheck is a verification as the command line asks for it.
type drawCheck struct {
	out                     io.Writer
	strict, asJSON, explain bool
	pools, beacons          string
	findings                []sortition.Finding
}

func drawVerify() *cobra.Command {
	var check drawCheck
	c := &cobra.Command{
		Use: "verify BUNDLE", Short: "Recompute a draw from its published bundle, offline", Args: cobra.ExactArgs(1),
		Long: "Recomputes every step of a draw from the bundle alone: roots, terms, commitments, beacon, seed, selection,\n" +
			"teams, shortfalls and replacements. A value that drand or a beacon of --beacons signed is proved; of a number lottery\n" +
			"it is told whether people entered it, each for themselves. Exit code 0 says valid, 3 names the first step that differs.\n" +
			"A bundle from standard input is \"-\"; one that is packed with gzip is unpacked.\n\n" +
			"The bundle is read as a stream: of candidates in it, the ids and a few bytes each are held; of pools kept apart,\n" +
			"nothing but who was drawn.",
		Example: "  curl -s http://127.0.0.1:8080/v1/public/draws/task-2026-01-1/bundle > bundle.json\n" +
			"  mingjian draw verify bundle.json\n  mingjian draw verify --explain bundle.json\n" +
			"  mingjian draw verify --strict --pools ./pools bundle.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			check.out = cmd.OutOrStdout()
			if args[0] == "-" {
				return check.run(cmd.InOrStdin())
			}
			file, err := os.Open(args[0])
			if err != nil {
				return err
			}
			return errors.Join(check.run(file), file.Close())
		},
	}
	f := c.Flags()
	f.BoolVar(&check.strict, "strict", false, "what can't be proved about the randomness is a difference, not a note")
	f.BoolVar(&check.asJSON, "json", false, "print the report as JSON")
	f.BoolVar(&check.explain, "explain", false, "say of each step, in Chinese and English, what was recomputed from what")
	f.StringVar(&check.beacons, "beacons", "", beaconsUsage+"; the pulse is not needed here")
	f.StringVar(&check.pools, "pools", "", "folder with pools kept apart from the bundle, each named by its SHA-256")
	return c
}

func (c *drawCheck) run(source io.Reader) error {
	document, err := unpacked(source)
	if err != nil {
		return err
	}
	bundle, err := sortition.ReadBundle(document)
	if err != nil {
		return c.tell(bundle.Bundle(), sortition.Report{Notes: []sortition.Note{}}, err)
	}
	opts, err := c.options()
	if err != nil {
		return err
	}
	report, err := bundle.Verify(opts)
	return c.tell(bundle.Bundle(), report, err)
}

// unpacked reads a bundle that may be packed with gzip (RFC 1952).
func unpacked(source io.Reader) (io.Reader, error) {
	in := bufio.NewReaderSize(source, 1<<16)
	if magic, err := in.Peek(2); err != nil || !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return in, nil //nolint:nilerr // what is too short to be packed is for the reader of bundles to judge
	}
	return gzip.NewReader(in)
}

func (c *drawCheck) options() (sortition.Options, error) {
	sources, err := judging(c.beacons)
	if err != nil {
		return sortition.Options{}, usage("%w", err)
	}
	opts := sortition.Options{Sources: sources, Strict: c.strict}
	if c.pools != "" {
		opts.Open = func(f sortition.PoolFile) (io.ReadCloser, error) {
			return os.Open(filepath.Join(c.pools, f.SHA256.String()))
		}
	}
	if c.explain {
		opts.Explain = c.finding
	}
	return opts, nil
}

// finding prints a step as it ends, since a large draw takes a while.
func (c *drawCheck) finding(f sortition.Finding) {
	c.findings = append(c.findings, f)
	if c.asJSON {
		return
	}
	sign := "✓"
	if !f.Holds {
		sign = "✗"
	}
	fmt.Fprintf(c.out, "%s %d %s\n    %s\n    %s\n", sign, len(c.findings), f.Step, f.Chinese, f.English)
}

// verdict is the report for machines.
type verdict struct {
	Valid  bool                `json:"valid"`
	Step   string              `json:"step,omitempty"` // the first that differs
	Detail string              `json:"detail,omitempty"`
	Report sortition.Report    `json:"report"`
	Steps  []sortition.Finding `json:"steps,omitempty"` // if they were asked for
}

func (c *drawCheck) tell(b sortition.Bundle, report sortition.Report, err error) error {
	v := verdict{Valid: err == nil, Report: report, Steps: c.findings}
	step := (*sortition.StepError)(nil)
	switch {
	case errors.As(err, &step):
		v.Step, v.Detail = string(step.Step), err.Error()
		err = &codedError{exitRefuted, refutation(b, step)}
	case err != nil:
		return err
	}
	if c.asJSON {
		if jerr := json.NewEncoder(c.out).Encode(v); jerr != nil {
			return jerr
		}
		return err
	}
	for _, n := range report.Notes {
		fmt.Fprintf(c.out, "note: %s\n", n.Text)
	}
	if err != nil {
		return err
	}
	_, perr := fmt.Fprintf(c.out, "valid: draw %s (number %d of task %s): %d of %d subjects, %d inspectors, %d shortfalls, %d replacements, seed %s\n",
		b.DrawID, b.Number, b.TaskID, report.Selected, report.Subjects, report.Inspectors, report.Shortfalls, report.Replacements, report.Seed)
	return perr
}

func refutation(b sortition.Bundle, difference *sortition.StepError) error {
	if difference.Step == sortition.StepForm {
		return fmt.Errorf("not a bundle: %w", difference)
	}
	return fmt.Errorf("draw %s is NOT valid at step %s: %w", b.DrawID, difference.Step, difference)
}
