package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// hookDesk is where the commands of webhooks are sent, and why.
type hookDesk struct {
	server, token, reason string
}

func webhookCommand(terminal) *cobra.Command {
	c := &cobra.Command{
		Use: "webhook", Short: "Look after the receivers of webhooks of a server", Args: cobra.NoArgs,
		Long: "Integrators set their endpoints up themselves (POST /v1/webhooks). An administrator sees all of them, and an auditor too: who\n" +
			"fails, since when, and how much waits. What is done here is entered with its reason among the acts of the endpoint.\n" +
			"All commands ask a server (--server) with a token of MINGJIAN_TOKEN.",
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var d hookDesk
	f := c.PersistentFlags()
	f.StringVar(&d.server, "server", "http://127.0.0.1:8080", "URL of the running server")
	f.StringVar(&d.token, "token", "", "bearer token; better given as MINGJIAN_TOKEN, which no process list shows")
	c.AddCommand(webhookList(&d), webhookShow(&d), webhookTest(&d), webhookReplay(&d), webhookDelete(&d))
	for _, a := range []endpointAct{
		{"pause", "Push nothing to an endpoint until it is resumed; its place is kept", pauseEndpoint},
		{"resume", "Go on with what waits for an endpoint, at once", resumeEndpoint},
	} {
		c.AddCommand(a.command(&d))
	}
	return c
}

// ask calls the server.
func (d *hookDesk) ask(do func(mingjianv1.WebhookServiceClient) error) error {
	if d.token == "" {
		return usage("set MINGJIAN_TOKEN to a token of an administrator, or of the integrator whose endpoint it is")
	}
	return dial(d.server, d.token, func(conn grpc.ClientConnInterface) error { return do(mingjianv1.NewWebhookServiceClient(conn)) })
}

func webhookList(d *hookDesk) *cobra.Command {
	var account string
	var failing bool
	cmd := &cobra.Command{
		Use: "list", Short: "List endpoints", Args: cobra.NoArgs,
		Long:    "Prints for each endpoint its id, state, account, address, number of the last release that was looked at, how many wait, how many of\nthese have failed, the contact, and why it is not pushed to.",
		Example: "  MINGJIAN_TOKEN=… mingjian webhook list --server https://ledger.example.org --failing",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return d.ask(func(client mingjianv1.WebhookServiceClient) error {
				for token := ""; ; {
					page, err := client.ListEndpoints(cmd.Context(), &mingjianv1.ListEndpointsRequest{Account: account, PageToken: token})
					if err != nil {
						return err
					}
					for _, e := range page.GetEndpoints() {
						if failing && e.GetFailing() == 0 && e.GetState() == viewv1.WebhookState_WEBHOOK_STATE_ACTIVE {
							continue
						}
						if err := printEndpoint(cmd.OutOrStdout(), e); err != nil {
							return err
						}
					}
					if token = page.GetNextPageToken(); token == "" {
						return nil
					}
				}
			})
		},
	}
	cmd.Flags().StringVar(&account, "account", "", "only those of an account")
	cmd.Flags().BoolVar(&failing, "failing", false, "only those that fail, or are not pushed to")
	return cmd
}

func printEndpoint(w io.Writer, e *viewv1.WebhookEndpoint) error {
	_, err := fmt.Fprintf(w, "%s\t%s\t%q\t%q\tthrough %d\twaiting %d\tfailing %d\t%q\t%q\n", e.GetId(), stateWord(e.GetState()), e.GetAccount(), e.GetUrl(),
		e.GetThrough(), e.GetWaiting(), e.GetFailing(), e.GetContact(), e.GetReason())
	return err
}

func stateWord(s viewv1.WebhookState) string {
	return strings.ToLower(strings.TrimPrefix(s.String(), "WEBHOOK_STATE_"))
}

func webhookShow(d *hookDesk) *cobra.Command {
	return &cobra.Command{
		Use: "show ENDPOINT", Short: "Print an endpoint with its acts and latest tries, as JSON", Args: cobra.ExactArgs(1),
		Example: "  MINGJIAN_TOKEN=… mingjian webhook show 0b9c7c1e-6c0e-5d0b-9b8e-0f6f0a3a1c55",
		RunE: func(cmd *cobra.Command, args []string) error {
			return d.ask(func(client mingjianv1.WebhookServiceClient) error {
				resp, err := client.GetEndpoint(cmd.Context(), &mingjianv1.GetEndpointRequest{EndpointId: args[0]})
				return printMessage(cmd.OutOrStdout(), resp, err)
			})
		},
	}
}

func printMessage(w io.Writer, m proto.Message, err error) error {
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, protojson.MarshalOptions{Multiline: true}.Format(m))
	return err
}

func webhookTest(d *hookDesk) *cobra.Command {
	return &cobra.Command{
		Use: "test ENDPOINT", Short: "Post a message that is no release, now, and print what came of it", Args: cobra.ExactArgs(1),
		Example: "  MINGJIAN_TOKEN=… mingjian webhook test 0b9c7c1e-6c0e-5d0b-9b8e-0f6f0a3a1c55",
		RunE: func(cmd *cobra.Command, args []string) error {
			return d.ask(func(client mingjianv1.WebhookServiceClient) error {
				resp, err := client.TestEndpoint(cmd.Context(), &mingjianv1.TestEndpointRequest{EndpointId: args[0]})
				if err != nil {
					return err
				}
				a := resp.GetAttempt()
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\tstatus %d\t%d ms\n", a.GetOutcome(), a.GetStatus(), a.GetTookMs())
				return err
			})
		},
	}
}

func webhookReplay(d *hookDesk) *cobra.Command {
	var from uint64
	cmd := &cobra.Command{
		Use: "replay ENDPOINT", Short: "Push releases again, from a number on", Args: cobra.ExactArgs(1),
		Long:    "Sets the endpoint's place back. What comes again has the ids that it had, so that a receiver which keeps them does nothing twice.",
		Example: "  MINGJIAN_TOKEN=… mingjian webhook replay 0b9c7c1e-6c0e-5d0b-9b8e-0f6f0a3a1c55 --from 1200 --reason 对账",
		RunE: func(cmd *cobra.Command, args []string) error {
			if from == 0 || d.reason == "" {
				return usage("--from and --reason are required")
			}
			return d.ask(func(client mingjianv1.WebhookServiceClient) error {
				resp, err := client.ReplayEndpoint(cmd.Context(), &mingjianv1.ReplayEndpointRequest{EndpointId: args[0], From: from, Reason: d.reason})
				if err != nil {
					return err
				}
				return printEndpoint(cmd.OutOrStdout(), resp.GetEndpoint())
			})
		},
	}
	cmd.Flags().Uint64Var(&from, "from", 0, "number of the first release that comes again")
	d.reasonFlag(cmd)
	return cmd
}

func (d *hookDesk) reasonFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&d.reason, "reason", "", "why; it is kept among the endpoint's acts")
}

func webhookDelete(d *hookDesk) *cobra.Command {
	return &cobra.Command{
		Use: "delete ENDPOINT", Short: "Remove an endpoint with its secrets and all that waits", Args: cobra.ExactArgs(1),
		Example: "  MINGJIAN_TOKEN=… mingjian webhook delete 0b9c7c1e-6c0e-5d0b-9b8e-0f6f0a3a1c55",
		RunE: func(cmd *cobra.Command, args []string) error {
			return d.ask(func(client mingjianv1.WebhookServiceClient) error {
				if _, err := client.DeleteEndpoint(cmd.Context(), &mingjianv1.DeleteEndpointRequest{EndpointId: args[0]}); err != nil {
					return err
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s\tdeleted\n", args[0])
				return err
			})
		},
	}
}

// endpointAct is an act on an endpoint for which there is a reason.
type endpointAct struct {
	name, short string
	do          func(ctx context.Context, client mingjianv1.WebhookServiceClient, id, reason string) (*viewv1.WebhookEndpoint, error)
}

func (a endpointAct) command(d *hookDesk) *cobra.Command {
	cmd := &cobra.Command{
		Use: a.name + " ENDPOINT", Short: a.short, Args: cobra.ExactArgs(1),
		Example: "  MINGJIAN_TOKEN=… mingjian webhook " + a.name + " 0b9c7c1e-6c0e-5d0b-9b8e-0f6f0a3a1c55 --reason 接收方检修",
		RunE: func(cmd *cobra.Command, args []string) error {
			if d.reason == "" {
				return usage("--reason is required")
			}
			return d.ask(func(client mingjianv1.WebhookServiceClient) error {
				e, err := a.do(cmd.Context(), client, args[0], d.reason)
				if err != nil {
					return err
				}
				return printEndpoint(cmd.OutOrStdout(), e)
			})
		},
	}
	d.reasonFlag(cmd)
	return cmd
}

func pauseEndpoint(ctx context.Context, client mingjianv1.WebhookServiceClient, id, reason string) (*viewv1.WebhookEndpoint, error) {
	resp, err := client.PauseEndpoint(ctx, &mingjianv1.PauseEndpointRequest{EndpointId: id, Reason: reason})
	return resp.GetEndpoint(), err
}

func resumeEndpoint(ctx context.Context, client mingjianv1.WebhookServiceClient, id, reason string) (*viewv1.WebhookEndpoint, error) {
	resp, err := client.ResumeEndpoint(ctx, &mingjianv1.ResumeEndpointRequest{EndpointId: id, Reason: reason})
	return resp.GetEndpoint(), err
}
