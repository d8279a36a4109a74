package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"

	"github.com/mingjian-ledger/mingjian/adapters/sheet"
	"github.com/mingjian-ledger/mingjian/domain"
)

// importFlags are what an import is told.
type importFlags struct {
	conf               config // where to open the ledger, if no server is asked
	server, token      string
	authority          string
	mapping            string
	source, wasPublic  string
	publicOn           string
	month, classSource string
	report             string
	strict             bool
	personal           string
	behind             int
	lang               string
}

func importCommand(t terminal) *cobra.Command {
	c := &cobra.Command{
		Use: "import", Short: "Import rosters and records from CSV and XLSX files", Args: cobra.NoArgs,
		Long: "Reads a file row by row, maps its columns by a small YAML file and records each row through the API. Good rows go\n" +
			"in while bad ones are reported with line, column, value and rule; --strict takes all rows or none. The same file\n" +
			"again adds nothing, so an import that was cut off is simply run again.\n\n" +
			"Exit code 4 says that rows were refused; the report names them.",
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	for _, k := range []struct{ kind, short string }{
		{"subjects", "检查对象名录库: subjects of inspections"},
		{"classes", "信用风险分类: risk classes of subjects for a month"},
		{"profiles", "行业属性: what subjects are in a business line: class, licences, 重点单位"},
		{"inspectors", "执法检查人员名录库: inspectors"},
		{"inspections", "抽查检查结果: results that an older system recorded"},
		{"licences", "行政许可: licence terms that an older system recorded"},
		{"penalties", "行政处罚: penalty decisions that an older system recorded"},
	} {
		c.AddCommand(importKind(t, sheet.Kind(k.kind), k.short))
	}
	return c
}

func importKind(t terminal, kind sheet.Kind, short string) *cobra.Command {
	var o importFlags
	c := &cobra.Command{
		Use: string(kind) + " --mapping MAPPING.yaml FILE", Short: short, Args: cobra.ExactArgs(1),
		Example: "  mingjian import " + string(kind) + " --data data --authority XZ-SCJG --mapping mapping.yaml file.csv\n" +
			"  MINGJIAN_TOKEN=… mingjian import " + string(kind) + " --server http://127.0.0.1:8080 --mapping mapping.yaml file.xlsx",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.validate(kind); err != nil {
				return err
			}
			mapping, err := o.readMapping(kind)
			if err != nil {
				return err
			}
			if _, err := os.Stat(args[0]); err != nil {
				return usage("%w", err)
			}
			return o.connect(cmd.Context(), quiet(t), func(conn grpc.ClientConnInterface) error {
				return o.run(cmd, mapping, args[0], conn)
			})
		},
	}
	f := c.Flags()
	f.StringVar(&o.mapping, "mapping", "", "YAML file that says which column is which field (required)")
	f.StringVar(&o.server, "server", "", "URL of a running server, e.g. http://127.0.0.1:8080")
	f.StringVar(&o.token, "token", "", "bearer token for --server; better given as MINGJIAN_TOKEN, which no process list shows")
	o.conf.storeFlags(f, "data directory, when no server runs on it")
	o.conf.vaultFlags(f)
	f.Lookup("data").DefValue, o.conf.Data = "", ""
	f.StringVar(&o.conf.Rules, "rules", "", "with --data: "+rulesUsage)
	f.StringVar(&o.conf.Profiles, "profiles", "", "with --data: "+profilesUsage)
	f.StringVar(&o.authority, "authority", "", "with --data: id of the authority for which the rows are recorded")
	f.StringVar(&o.report, "report", "", "write a report of JSON lines to this file (\"-\" for standard output)")
	f.BoolVar(&o.strict, "strict", false, "take all rows or none: any bad row refuses the whole file before anything is written")
	f.StringVar(&o.personal, "personal-data", "refuse", "rows with resident id or mobile numbers in clear: refuse or warn")
	f.IntVar(&o.behind, "behind-line", 0, "go on behind this line of the file (from a former report's last_line)")
	f.StringVar(&o.lang, "lang", "en", "language of the summary: en or zh")
	if kind == sheet.Classes || kind == sheet.Profiles {
		f.StringVar(&o.month, "month", "", "month of the classes, yyyy-mm, for rows that don't say")
		f.StringVar(&o.classSource, "class-source", "", "who classified, for rows that don't say")
	}
	if kind == sheet.Inspections || kind == sheet.Licences {
		f.StringVar(&o.source, "source", "", "short name of the older system, within which its numbers are unique, e.g. chicago (required)")
	}
	if kind == sheet.Inspections || kind == sheet.Licences || kind == sheet.Penalties {
		f.StringVar(&o.wasPublic, "was-public", "", "name where the records were public already: adopts each as disclosed (needs the role admin)")
		f.StringVar(&o.publicOn, "public-on", "", "with --was-public: day since when they are known to be public, for rows without published_on")
	}
	return c
}

// opens tells whether the import opens the ledger by itself. Where --events comes from an environment that fits all commands, a
// server that is named comes first.
func (o *importFlags) opens() bool {
	return o.conf.Data != "" || o.conf.Events.url != "" && o.server == ""
}

func (o *importFlags) validate(kind sheet.Kind) error {
	var errs []error
	if (o.server == "") != o.opens() {
		errs = append(errs, errors.New("give one of --server and --data (or --events)"))
	}
	if _, _, err := target(o.server); o.server != "" && err != nil {
		errs = append(errs, err)
	}
	if o.server != "" && o.token == "" {
		errs = append(errs, errors.New("--server needs a token: set MINGJIAN_TOKEN"))
	}
	if o.opens() && o.authority == "" {
		errs = append(errs, errors.New("--data needs --authority"))
	}
	if _, err := domain.ParseAuthorityID(o.authority); err != nil && o.authority != "" {
		errs = append(errs, fmt.Errorf("--authority: %w", err))
	}
	if o.mapping == "" {
		errs = append(errs, errors.New("--mapping is required"))
	}
	if (o.wasPublic == "") != (o.publicOn == "") {
		errs = append(errs, errors.New("--was-public and --public-on go together"))
	}
	if o.strict && o.wasPublic != "" {
		errs = append(errs, errors.New("--strict can't tell beforehand what may be adopted: import strictly first, then again with --was-public"))
	}
	if _, err := time.Parse("2006-01", o.month); err != nil && o.month != "" {
		errs = append(errs, fmt.Errorf("--month is yyyy-mm, not %q", o.month))
	}
	if o.lang != "en" && o.lang != "zh" {
		errs = append(errs, fmt.Errorf("--lang is en or zh, not %q", o.lang))
	}
	if p := sheet.PersonalData(o.personal); p != sheet.PersonalRefuse && p != sheet.PersonalWarn {
		errs = append(errs, fmt.Errorf("--personal-data is refuse or warn, not %q", o.personal))
	}
	if (kind == sheet.Inspections || kind == sheet.Licences) && o.source == "" {
		errs = append(errs, errors.New("--source is required: which older system recorded the rows?"))
	}
	if err := errors.Join(errs...); err != nil {
		return usage("%w", err)
	}
	return nil
}

// connect reaches the API: that of a server, or that of an instance opened for the time of the import.
func (o *importFlags) connect(ctx context.Context, log *slog.Logger, do func(grpc.ClientConnInterface) error) error {
	if o.server != "" {
		return dial(o.server, o.token, do)
	}
	c := o.conf
	c.Data, c.Patience, c.Drain = cmp.Or(c.Data, "data"), time.Minute, time.Hour
	return withInstance(ctx, c, log, func(in *instance) error {
		actor := domain.Actor{Account: "import", Role: domain.Admin, Authority: domain.AuthorityID(o.authority)}
		token, secret, err := in.identity.Create(ctx, actor, 24*time.Hour)
		if err != nil {
			return err
		}
		err = do(bearerConn(in.server.InProcess, secret))
		return errors.Join(err, in.identity.Revoke(context.WithoutCancel(ctx), token.ID))
	})
}

func (o *importFlags) readMapping(kind sheet.Kind) (*sheet.Mapping, error) {
	mapping, err := sheet.LoadMapping(o.mapping)
	switch {
	case err != nil:
		return nil, usage("--mapping: %w", err)
	case mapping.Kind != kind:
		return nil, usage("--mapping: the file maps %s, not %s", mapping.Kind, kind)
	}
	if _, mapped := mapping.Columns["risk_month"]; kind == sheet.Classes && !mapped && o.month == "" {
		return nil, usage("give --month: the mapping fills no risk_month")
	}
	return mapping, nil
}

func (o *importFlags) run(cmd *cobra.Command, mapping *sheet.Mapping, path string, conn grpc.ClientConnInterface) (err error) {
	out, closeReport, err := o.reportTo(cmd.OutOrStdout())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeReport()) }()
	im := &importer{
		kind: mapping.Kind, path: path, flags: o, out: out, screen: cmd.ErrOrStderr(),
		options: sheet.Options{Mapping: mapping, SkipTo: o.behind, PersonalData: sheet.PersonalData(o.personal)},
		sink:    sinkFor(mapping.Kind, conn, o),
	}
	summary, err := im.run(cmd.Context())
	if read := summary.File.SHA256 != ""; read && o.report != "-" {
		err = errors.Join(err, summary.WriteText(cmd.OutOrStdout(), sheet.Lang(o.lang)))
	}
	if cmd.Context().Err() != nil {
		return errors.New("the import was cut off; run it again to go on: what went in is not done twice")
	}
	if err != nil {
		return err
	}
	switch rows := summary.Accepted + summary.Duplicate + summary.Refused; {
	case summary.Refused > 0 && o.strict:
		return &codedError{exitRejected, fmt.Errorf("--strict: %d of %d rows are refused, so none was written", summary.Refused, rows)}
	case summary.Refused > 0:
		return &codedError{exitRejected, fmt.Errorf("%d of %d rows were refused", summary.Refused, rows)}
	}
	return nil
}

// reportTo opens the report; a report that exists is never written over.
func (o *importFlags) reportTo(stdout io.Writer) (io.Writer, func() error, error) {
	switch o.report {
	case "":
		return nil, func() error { return nil }, nil
	case "-":
		return stdout, func() error { return nil }, nil
	}
	f, err := os.OpenFile(o.report, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, nil, usage("--report: %w", err)
	}
	return f, f.Close, nil
}

// target turns a server's URL into an address to dial and whether to use TLS.
func target(server string) (addr string, secure bool, err error) {
	scheme, rest, ok := strings.Cut(server, "://")
	rest = strings.TrimSuffix(rest, "/")
	if !ok || rest == "" || strings.Contains(rest, "/") || (scheme != "http" && scheme != "https") {
		return "", false, usage("--server is http://HOST:PORT or https://HOST:PORT, not %q", server)
	}
	return rest, scheme == "https", nil
}
