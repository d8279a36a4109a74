package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

func demoCommand(t terminal) *cobra.Command {
	var c config
	var exit bool
	var every time.Duration
	var seed uint64
	cmd := &cobra.Command{
		Use: "demo", Short: "Do the whole job once on fictional data, through the REST API, then serve it", Args: cobra.NoArgs,
		Long: "Opens a data directory as serve does and carries a fictional city through the whole job over HTTP, as the several\n" +
			"roles would: rosters, item list, plan, two random draws, inspections, penalties, a licence, disclosure, rows for a platform, look-ups.\n" +
			"Each step says what it did; then the demo keeps serving. Run again, or after it was cut off, it does nothing twice.\n" +
			"A directory with any other ledger is refused.\n\n" +
			"With --sandbox it is a place to try receivers of the feed: every answer of REST has the header Mingjian-Sandbox, those of the\n" +
			"feed a field too, and from time to time something is published, taken over, corrected, masked, unmasked, ended or withdrawn.",
		Example: "  mingjian demo\n  mingjian demo --sandbox --data /var/lib/mingjian-sandbox\n  mingjian demo --data /tmp/demo --http 127.0.0.1:8080 --exit",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.validate(); err != nil {
				return err
			}
			if every <= 0 {
				return usage("--sandbox-every is above zero")
			}
			log, err := c.logger(t)
			if err != nil {
				return err
			}
			c.log = log
			keep, err := openKeepsake(c.Data, time.Now(), func() (bool, error) { return c.holdsLedger(cmd.Context()) })
			if err != nil {
				return err
			}
			return serve(cmd.Context(), c, log, func(ctx context.Context, in *instance, d *doors) error {
				s := &story{out: cmd.OutOrStdout()}
				switch results, err := demonstrate(ctx, in, d.url(), keep, s); {
				case ctx.Err() != nil:
					return errors.New("the demo was cut off; run it again and it goes on")
				case err != nil:
					return err
				case exit:
					return nil
				default:
					fmt.Fprintf(s.out, "\nServing at %s until you press Ctrl-C.\n", d.url())
					return c.goOn(ctx, &sandbox{in, d.url(), keep, results, every, seed}, d)
				}
			})
		},
	}
	f := cmd.Flags()
	c.flags(f)
	f.BoolVar(&c.Sandbox, "sandbox", false, "mark all answers as fictional, and have something new come now and then")
	f.DurationVar(&every, "sandbox-every", time.Minute, "how often something new comes in a sandbox")
	f.Uint64Var(&seed, "sandbox-seed", 1, "what comes in a sandbox follows from this number")
	f.BoolVar(&exit, "exit", false, "end when the job is done instead of serving on")
	for name, value := range map[string]string{"data": "data/demo", "log-level": "warn", "platforms": "credit_china"} {
		flag := f.Lookup(name)
		flag.DefValue = value
		_ = flag.Value.Set(value) // a text is never refused
	}
	return cmd
}

// goOn serves until the end, in a sandbox with new acts.
func (c *config) goOn(ctx context.Context, b *sandbox, d *doors) error {
	if !c.Sandbox {
		return b.in.until(ctx, d)
	}
	acting, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { defer close(ended); b.run(acting) }()
	err := b.in.until(ctx, d)
	stop()
	<-ended
	return err
}

// demonstration is one run of the job.
type demonstration struct {
	*story
	keep   keepsake
	data   string // directory
	client *restClient
	staff
	platforms []string // that are given what is public
	results   demoResults
}

// demoResults are the records that later chapters go back to.
type demoResults struct {
	draws     []string // ids
	penalised disclosedCase
	revoked   disclosedCase
	licensed  disclosedCase
	corrected string // inspection
	returned  string // inspection
	left      openInspection
}

// disclosedCase is a penalty or a licence decision with its firm.
type disclosedCase struct {
	id, disclosure, subject, name string
}

// openInspection is the assignment that is left for the visitor.
type openInspection struct {
	id, inspector, authority string
	open                     bool // nobody has recorded a result yet
}

// demonstrate does the job; the tokens that it needs end with it.
func demonstrate(ctx context.Context, in *instance, url string, keep keepsake, s *story) (results demoResults, err error) {
	client := &restClient{base: url, http: &http.Client{Timeout: time.Minute}}
	if err := errors.Join(in.group.Settle(ctx), client.begin(ctx)); err != nil { // what a run cut off left to the policies is done then
		return results, err
	}
	accounts, revoke, err := hireStaff(ctx, in.identity, client)
	if err != nil {
		return results, err
	}
	defer func() { err = errors.Join(err, revoke(context.WithoutCancel(ctx))) }()
	d := &demonstration{story: s, keep: keep, data: in.config.Data, client: client, staff: accounts, platforms: in.platforms.Names}
	for _, chapter := range []func(context.Context) error{
		d.introduce, d.registerAuthorities, d.fillRosters, d.publishList, d.publishPlan,
		d.registrationDraw, d.registrationInspections, d.cateringDraw, d.cateringInspections,
		d.decide, d.disclose, d.correctAndWithdraw, d.deliver, d.lookUp, d.verifyDraws, d.feed, d.conclude,
	} {
		if err := chapter(ctx); err != nil {
			return results, err
		}
	}
	return d.results, nil
}
