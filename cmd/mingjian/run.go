package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"

	"github.com/mingjian-ledger/mingjian/domain"
)

// Exit codes. Scripts may rely on them.
const (
	exitOK       = 0
	exitFailed   = 1 // something went wrong; the message says what
	exitUsage    = 2 // the command line or a setting is wrong; nothing was done
	exitRefuted  = 3 // a check was carried out and says no: a draw, a log or a file is not what it claims
	exitRejected = 4 // an import left rows out; the report names them
	exitRestored = 5 // the ledger was restored to a state before what was received of it
)

// terminal is what the process was started with.
type terminal struct {
	args   []string
	getenv func(string) string
	in     io.Reader
	out    io.Writer
	err    io.Writer
}

// codedError ends the command with a certain exit code.
type codedError struct {
	code int
	err  error
}

func (e *codedError) Error() string { return e.err.Error() }
func (e *codedError) Unwrap() error { return e.err }

func usage(format string, args ...any) error {
	return &codedError{exitUsage, fmt.Errorf(format, args...)}
}

// run is the whole program; the answer is its exit code.
func run(ctx context.Context, t terminal) int {
	root := newRoot(t)
	root.SetArgs(t.args)
	root.SetIn(t.in)
	root.SetOut(t.out)
	root.SetErr(t.err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	fmt.Fprintln(t.err, "mingjian:", explain(err))
	if coded := (*codedError)(nil); errors.As(err, &coded) {
		return coded.code
	}
	return exitFailed
}

// explain prefers the sentence of a fault, in both languages, to the chain of operations around it.
func explain(err error) string {
	if f := (*domain.Fault)(nil); errors.As(err, &f) {
		return f.ZH + " — " + f.EN + " [" + f.Code + "]"
	}
	answer := (interface{ GRPCStatus() *status.Status })(nil)
	if !errors.As(err, &answer) {
		return err.Error()
	}
	before, _, _ := strings.Cut(err.Error(), "rpc error: ")
	return before + answered(answer.GRPCStatus())
}

// answered is what a server answered, as explain has it.
func answered(s *status.Status) string {
	zh, code := "", s.Code().String()
	for _, d := range s.Details() {
		switch d := d.(type) {
		case *errdetails.LocalizedMessage:
			zh = d.GetMessage() + " — "
		case *errdetails.ErrorInfo:
			code = d.GetReason()
		}
	}
	return zh + s.Message() + " [" + code + "]"
}

func newRoot(t terminal) *cobra.Command {
	root := &cobra.Command{
		Use:   "mingjian",
		Short: "Mingjian 明鉴: a ledger of regulatory results that anyone can check",
		Long: "Mingjian 明鉴 records spot-check plans, random draws, inspection outcomes, penalties and licences as immutable\n" +
			"events and serves them as public lists, enterprise records and credit-information feeds, over gRPC and REST.\n\n" +
			"Every flag can be set by the environment too: --data is MINGJIAN_DATA, and so on; a flag given wins.",
		SilenceErrors: true, SilenceUsage: true,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return fromEnvironment(cmd.Flags(), t.getenv)
		},
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage("%w", err) })
	root.AddCommand(commands(t)...)
	usageErrors(root)
	return root
}

// usageErrors makes wrong arguments end with exitUsage, like wrong flags.
func usageErrors(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return usage("%s: %w", cmd.CommandPath(), err)
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		usageErrors(sub)
	}
}

// fromEnvironment gives flags that were not set the value of MINGJIAN_NAME.
func fromEnvironment(flags *pflag.FlagSet, getenv func(string) string) error {
	var errs []error
	flags.VisitAll(func(f *pflag.Flag) {
		name := "MINGJIAN_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if v := getenv(name); v != "" && !f.Changed && f.Name != "help" {
			if err := flags.Set(f.Name, v); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", name, err))
			}
		}
	})
	if err := errors.Join(errs...); err != nil {
		return usage("%w", err)
	}
	return nil
}

// logger writes lines of JSON, or of text for people at a terminal.
func logger(w io.Writer, format, level string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, usage("--log-level: %w", err)
	}
	o := &slog.HandlerOptions{Level: l}
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(w, o)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, o)), nil
	}
	return nil, usage("--log-format is text or json, not %q", format)
}
