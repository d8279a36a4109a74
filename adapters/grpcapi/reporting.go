package grpcapi

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/domain/reporting"
	"github.com/mingjian-ledger/mingjian/projections"
	authorityview "github.com/mingjian-ledger/mingjian/projections/authority"
	reportingview "github.com/mingjian-ledger/mingjian/projections/reporting"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// ReportingServer tells how authorities reported to credit platforms.
type ReportingServer struct {
	mingjianv1.UnimplementedReportingServiceServer
	Base
	Books     Books
	Platforms policy.Platforms
}

// monthAsked is what a request names.
type monthAsked interface {
	GetMonth() string
	GetPlatform() string
	GetAuthorityId() string
}

// monthly is the reporting of a month about to be told.
type monthly struct {
	platform, month string
	authority, name string // asked for; nothing for all
	authorities     []office
	today           calendar.Date
	head            reportingview.Head
}

// office is an authority whose decisions are told.
type office struct{ id, name string }

func (m monthly) ids() []string {
	out := make([]string, len(m.authorities))
	for i, a := range m.authorities {
		out[i] = a.id
	}
	return out
}

// reports finds out whose reporting to which platform is asked for.
func (s ReportingServer) reports(ctx context.Context, req monthAsked) (m monthly, err error) {
	m.month, m.platform, m.today = req.GetMonth(), req.GetPlatform(), s.Today()
	if m.platform == "" && len(s.Platforms.Names) == 1 {
		m.platform = s.Platforms.Names[0]
	}
	if !s.Platforms.Has(m.platform) {
		return m, domain.Refuse(domain.NotFound, "delivery.platform.missing", "platform",
			"没有配置该平台："+m.platform, "no such platform is set up: "+m.platform)
	}
	if m.authority = req.GetAuthorityId(); m.authority == "" && seesAll(CallOf(ctx).Actor) {
		m.name = "全部机关"
		m.authorities, err = everyAuthority(ctx, s.Views)
		return m, err
	}
	m.authority = ownOr(ctx, m.authority)
	if err := mayRead(ctx, m.authority); err != nil {
		return m, err
	}
	ids, name, err := s.group(ctx, m.authority)
	if err != nil {
		return m, err
	}
	m.name = name
	for _, id := range ids {
		a, err := authorityview.Get(ctx, s.Views, id)
		if err != nil {
			return m, err
		}
		m.authorities = append(m.authorities, office{id, cmp.Or(a.GetName(), id)})
	}
	return m, nil
}

func everyAuthority(ctx context.Context, r projections.Reader) (all []office, err error) {
	for token := ""; ; {
		page, next, err := authorityview.List(ctx, r, authorityview.Filter{PageSize: projections.MaxLimit, PageToken: token})
		if err != nil {
			return nil, err
		}
		for _, a := range page {
			all = append(all, office{a.GetId(), a.GetName()})
		}
		if token = next; next == "" {
			return all, nil
		}
	}
}

// settled does something with the decisions as they are between two equal heads, so that it tells of one state.
func (s ReportingServer) settled(ctx context.Context, m monthly, do func(monthly) error) (err error) {
	for range tries {
		if m.head, err = reportingview.HeadOf(ctx, s.Views, m.ids()); err != nil {
			return err
		}
		if err := do(m); err != nil {
			return err
		}
		if now, err := reportingview.HeadOf(ctx, s.Views, m.ids()); err != nil || now == m.head {
			return err
		}
	}
	return moving()
}

// counted is a proof with its counts.
type counted struct {
	figures []*viewv1.ReportingFigure
	total   reporting.Figures
	kinds   map[string]reporting.Figures
	tail    reporting.Tail
}

// prove writes the list of all decisions, and counts them. Each line is shown to each, with the decision as it is kept.
func (s ReportingServer) prove(ctx context.Context, m monthly, to io.Writer, each func(office, *viewv1.ReportedDecision, reporting.Line) error) (c counted, err error) {
	prepared, err := reportingview.Prepared(ctx, s.Views, m.platform) // before the decisions, so that each of these rows is known there
	if err != nil {
		return c, err
	}
	w, err := reporting.NewWriter(to, reporting.Head{
		Schema: "", Platform: m.platform, Authority: m.authority, Authorities: m.ids(), Month: m.month, AsOf: m.today, Position: m.head.Position.String(),
		Rows: prepared,
	})
	if err != nil {
		return c, err
	}
	for _, a := range m.authorities {
		sums := map[string]reporting.Figures{}
		for v, err := range reportingview.Decisions(ctx, s.Views, a.id, m.month) {
			if err != nil {
				return c, err
			}
			if v.GetAuthorityId() != a.id {
				continue // of one whose tasks it holds, told under its own name
			}
			d := reportingview.Of(v, m.platform)
			line, err := w.Add(d)
			if err == nil && each != nil {
				err = each(a, v, line)
			}
			if err != nil {
				return c, err
			}
			f := sums[d.Kind]
			f.Add(d.On(m.today))
			sums[d.Kind] = f
		}
		for _, kind := range []delivery.Kind{delivery.Penalty, delivery.Licence} {
			if f := sums[string(kind)]; f.Decisions > 0 {
				c.figures, c.total = append(c.figures, figure(a, string(kind), f)), c.total.Plus(f)
			}
		}
	}
	c.tail, err = w.Close()
	c.kinds = c.tail.Figures
	return c, err
}

func figure(a office, kind string, f reporting.Figures) *viewv1.ReportingFigure {
	rate := func(r reporting.Rate) *viewv1.ReportingRate {
		return &viewv1.ReportingRate{Part: r.Part, Whole: r.Whole, Text: r.String()}
	}
	return &viewv1.ReportingFigure{
		AuthorityId: a.id, AuthorityName: a.name, Kind: kind, Decisions: f.Decisions, Exempt: f.Exempt, NoPeriod: f.NoPeriod, Due: f.Due,
		InTime: f.InTime, Late: f.Late, Waiting: f.Waiting, Open: f.Open, Omitted: f.Omitted, Answered: f.Answered, Clean: f.Clean,
		Rejected: f.Rejected, Held: f.Held, Compliance: rate(f.Compliance()), Lateness: rate(f.Lateness()), Omission: rate(f.Omission()),
	}
}

// GetReportingFigures counts the decisions of a month.
func (s ReportingServer) GetReportingFigures(ctx context.Context, req *mingjianv1.GetReportingFiguresRequest) (*mingjianv1.GetReportingFiguresResponse, error) {
	m, err := s.reports(ctx, req)
	if err != nil {
		return nil, err
	}
	var out *mingjianv1.GetReportingFiguresResponse
	err = s.settled(ctx, m, func(m monthly) error {
		c, err := s.prove(ctx, m, io.Discard, nil)
		out = &mingjianv1.GetReportingFiguresResponse{
			Month: m.month, Platform: m.platform, Figures: c.figures, Total: figure(office{"", ""}, "", c.total), On: m.today.String(),
			AsOf: m.head.Position.String(), AsOfAt: m.recorded(s.Clock()), Proof: &viewv1.DeliveryHead{Number: c.tail.Lines, Chain: c.tail.Chain.String()},
		}
		return err
	})
	return out, err
}

func (m monthly) recorded(now time.Time) string {
	return cmp.Or(m.head.Recorded, now.UTC().Format(time.RFC3339))
}

// ExportReportingProof streams the list of all decisions.
func (s ReportingServer) ExportReportingProof(req *mingjianv1.ExportReportingProofRequest, stream grpc.ServerStreamingServer[mingjianv1.ExportReportingProofResponse]) error {
	return s.export(stream.Context(), req, func(ctx context.Context, m monthly, to io.Writer) error {
		_, err := s.prove(ctx, m, to, nil)
		return err
	}, func(piece []byte) error { return stream.Send(&mingjianv1.ExportReportingProofResponse{Chunk: piece}) })
}

// ExportReportingReport streams the monthly report.
func (s ReportingServer) ExportReportingReport(req *mingjianv1.ExportReportingReportRequest, stream grpc.ServerStreamingServer[mingjianv1.ExportReportingReportResponse]) error {
	return s.export(stream.Context(), req, func(ctx context.Context, m monthly, to io.Writer) error {
		return s.reportFile(ctx, m, cmp.Or(req.GetFormat(), "xlsx"), to)
	}, func(piece []byte) error { return stream.Send(&mingjianv1.ExportReportingReportResponse{Chunk: piece}) })
}

// export makes a file whole before it sends a byte of it.
func (s ReportingServer) export(ctx context.Context, req monthAsked, write func(context.Context, monthly, io.Writer) error, send func([]byte) error) error {
	m, err := s.reports(ctx, req)
	if err != nil {
		return err
	}
	var files []*spool
	defer func() {
		for _, f := range files {
			f.remove()
		}
	}()
	if err := s.settled(ctx, m, func(m monthly) error {
		out, err := newSpool()
		if err != nil {
			return err
		}
		files = append(files, out)
		return write(ctx, m, out)
	}); err != nil {
		return err
	}
	return sent(files[len(files)-1].reader(), send)
}

// named is a month in Chinese.
func (m monthly) named() string {
	year, month, _ := strings.Cut(m.month, "-")
	return fmt.Sprintf("%s年%s月", year, strings.TrimPrefix(month, "0"))
}

// unsound tells whether the report names a decision: what came late, was rejected, or is not there.
func unsound(line reporting.Line) bool {
	return slices.Contains([]reporting.Class{reporting.Late, reporting.Waiting, reporting.Omitted}, line.Class) ||
		line.Class != reporting.Exempt && slices.ContainsFunc(line.Rows, func(r reporting.Row) bool { return r.Refused }) ||
		line.Class == reporting.Exempt && line.Why == reporting.WhyNoPeriod
}
