package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"google.golang.org/grpc"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

func figuresCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "figures", Short: "Get and check how authorities reported to a credit platform", Args: cobra.NoArgs,
		Long: "How many decisions of a month had to be reported to a credit platform, and which it took in time, late or not at all\n" +
			"(合规率, 迟报率, 瞒报率). The proof lists every decision event with the receipt that answers for it, or why there is none.",
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(figuresFile("report", "Get the monthly report", "2026-11.xlsx", "xlsx or csv", func(ctx context.Context, client mingjianv1.ReportingServiceClient, o figuresOptions) (pieces, error) {
		stream, err := client.ExportReportingReport(ctx, &mingjianv1.ExportReportingReportRequest{Month: o.month, Platform: o.platform, AuthorityId: o.authority, Format: o.format})
		return pieceOf(stream, err)
	}), figuresFile("proof", "Get the proof: every decision event of a month with its receipt", "2026-11.jsonl", "", func(ctx context.Context, client mingjianv1.ReportingServiceClient, o figuresOptions) (pieces, error) {
		stream, err := client.ExportReportingProof(ctx, &mingjianv1.ExportReportingProofRequest{Month: o.month, Platform: o.platform, AuthorityId: o.authority})
		return pieceOf(stream, err)
	}), figuresCheck())
	return c
}

// figuresOptions name a month and where to ask for it.
type figuresOptions struct {
	server, token                              string
	month, platform, authority, format, target string
}

// pieces gives a file piece by piece, and io.EOF behind the last.
type pieces func() ([]byte, error)

func pieceOf[M any, P interface {
	*M
	GetChunk() []byte
}](stream grpc.ServerStreamingClient[M], err error) (pieces, error) {
	return func() ([]byte, error) {
		m, err := stream.Recv()
		return P(m).GetChunk(), err
	}, err
}

func (o *figuresOptions) serverFlags(f *pflag.FlagSet, why string) {
	f.StringVar(&o.server, "server", "", "URL of a running server, e.g. http://127.0.0.1:8080"+why)
	f.StringVar(&o.token, "token", "", "bearer token for --server; better given as MINGJIAN_TOKEN, which no process list shows")
}

// figuresFile is a command that gets a file.
func figuresFile(use, short, name, formats string, open func(context.Context, mingjianv1.ReportingServiceClient, figuresOptions) (pieces, error)) *cobra.Command {
	var o figuresOptions
	cmd := &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs,
		Long:    short + ", of an authority or, for auditors and administrators, of all. A decision belongs to the month of its date.",
		Example: "  mingjian figures " + use + " --server http://127.0.0.1:8080 --month 2026-11 --out " + name,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.server == "" || o.token == "" || o.month == "" || o.target == "" {
				return usage("--server, --month and --out are needed, and a token: set MINGJIAN_TOKEN")
			}
			return dial(o.server, o.token, func(conn grpc.ClientConnInterface) error {
				next, err := open(cmd.Context(), mingjianv1.NewReportingServiceClient(conn), o)
				if err != nil {
					return err
				}
				return o.write(next, cmd.OutOrStdout())
			})
		},
	}
	l := cmd.Flags()
	o.serverFlags(l, "")
	l.StringVar(&o.month, "month", "", "month of the decisions, YYYY-MM")
	l.StringVar(&o.platform, "platform", "", "credit platform; the only one that is set up if empty")
	l.StringVar(&o.authority, "authority", "", "authority; the token's own if empty, and all for auditors and administrators")
	if formats != "" {
		l.StringVar(&o.format, "format", "", "form of the file: "+formats)
	}
	l.StringVar(&o.target, "out", "", "file to write; it appears whole or not at all; - for the output")
	return cmd
}

// write takes the file whole before it appears.
func (o figuresOptions) write(next pieces, out io.Writer) error {
	var data []byte
	for {
		piece, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		data = append(data, piece...)
	}
	if o.target == "-" {
		_, err := out.Write(data)
		return err
	}
	if err := replaceFile(o.target, data); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	return os.Chmod(o.target, 0o644) //nolint:gosec // a report is for others to read
}
