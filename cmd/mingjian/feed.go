package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
)

func feedCommand(t terminal) *cobra.Command {
	c := &cobra.Command{
		Use: "feed", Short: "Receive the public feed of a ledger", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(feedFollow(t))
	return c
}

func feedFollow(terminal) *cobra.Command {
	f := &feedFollower{}
	var o followOptions
	cmd := &cobra.Command{
		Use: "follow URL", Short: "Print each release, checked against the running digest, and go on with what comes", Args: cobra.ExactArgs(1),
		Long: "Prints the releases one a line (NDJSON) in their order. Of each it checks the number, the running digest over all before\n" +
			"it, and that document and tombstone have the digests that they are released with. With --cursor it keeps how far it came in\n" +
			"a file and goes on from there when it is started again; what was printed but not kept yet is printed again. A server that is\n" +
			"away or busy is asked again, ever more slowly, or when it says.\n\n" +
			"It ends with 3 if the feed is not what it claims, and with 5 if the ledger was restored to a state before what was received:\n" +
			"the message names the last number that both have, and --from goes on behind it.",
		Example: "  mingjian feed follow https://ledger.example.cn --cursor feed.json\n" +
			"  mingjian feed follow http://127.0.0.1:8080 --until-head --check",
		RunE: func(cmd *cobra.Command, args []string) error {
			f.out, f.log, f.options = cmd.OutOrStdout(), cmd.ErrOrStderr(), o
			source, err := openFeed(args[0], o.stream)
			if err != nil {
				return err
			}
			return errors.Join(f.run(cmd.Context(), source), source.close())
		},
	}
	l := cmd.Flags()
	l.StringVar(&o.cursor, "cursor", "", "file that keeps how far it came; from the first release on and nothing kept if empty")
	l.Int64Var(&o.from, "from", -1, "begin after this number instead, with the running digest that the server tells for it")
	l.BoolVar(&o.stream, "stream", false, "receive over gRPC instead of asking REST again and again")
	l.BoolVar(&o.untilHead, "until-head", false, "end when everything is received that was released before it started")
	l.BoolVar(&o.check, "check", false, "end like --until-head and compare the running digest with the server's")
	l.DurationVar(&o.giveUp, "give-up", 0, "end when the server gave no answer for so long; 0 for never")
	return cmd
}

// followOptions say how far to follow, and how.
type followOptions struct {
	cursor           string
	from             int64
	stream           bool
	untilHead, check bool
	giveUp           time.Duration
}

// feedSource is a server that a feed comes from.
type feedSource interface {
	// next receives what comes after the cursor and gives it to each, until there is nothing for a while, or an error. It is asked
	// again then. An answer that no later one will mend is an error that is final.
	next(ctx context.Context, c feedCursor, each func(received) error) error
	// head is the chain at a number, at the newest without one.
	head(ctx context.Context, epoch string, at *uint64) (feedMark, error)
	close() error
}

// feedMark is what a server says of how far its feed goes.
type feedMark struct {
	feedCursor
	newest uint64
}

// finalError is one that asking again does not mend.
type finalError struct {
	code int
	err  error
}

func (e *finalError) Error() string { return e.err.Error() }
func (e *finalError) Unwrap() error { return e.err }

// laterError is one after which the server wants to be asked again, not before.
type laterError struct {
	after time.Duration
	err   error
}

func (e *laterError) Error() string { return e.err.Error() }
func (e *laterError) Unwrap() error { return e.err }

// remark tells people beside the output.
func remark(w io.Writer, format string, args ...any) {
	fmt.Fprintf(w, "mingjian: "+format+"\n", args...)
}
