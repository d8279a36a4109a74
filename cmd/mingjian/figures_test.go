package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/domain/reporting"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	view "github.com/mingjian-ledger/mingjian/projections/delivery"
	reportingview "github.com/mingjian-ledger/mingjian/projections/reporting"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// reportingDesk is an instance that reports penalties to a platform.
type reportingDesk struct {
	*testing.T
	in       *instance
	clock    *turnable
	dir      string
	rest     string
	rpc      string
	admin    string
	delivery mingjianv1.DeliveryServiceClient
}

// decided records a penalty, and publishes it on the platforms' outlet unless the day is empty.
func (d *reportingDesk) decided(id string, procedure penalty.Procedure, publish string) {
	d.Helper()
	on := calendar.MustParse("2026-05-06")
	e := penalty.Decided{
		Penalty: id, Authority: homeBureau, AuthorityName: "子虚市市场监督管理局", DecisionNo: "子市监处罚〔2026〕" + id + "号", Procedure: procedure,
		Parties:   []penalty.Party{{Kind: penalty.Legal, Name: "子虚市甲店有限公司", Subject: "91540321MA6TCRT16N", LegalRepresentative: "王某"}},
		Violation: "无照经营", Facts: "未取得营业执照从事经营", Basis: "《条例》第一条", Kinds: []penalty.Kind{penalty.Fine}, FineFen: 1000_00, Content: "罚款1000元",
		DecidedOn: on, EffectiveUntil: on.AddYears(1),
	}
	d.in.happened(d.T, "penalty", id, -1, e)
	if publish == "" {
		return
	}
	doc := policy.PenaltyDocument(penalty.State{Decision: e})
	raw, digest, err := disclosure.Canonical(doc)
	if err != nil {
		d.Fatal(err)
	}
	// The policy submits the document meanwhile: once it did, nobody else is at the disclosure.
	if err := d.in.caughtUp(d.Context(), "policy"); err != nil {
		d.Fatal(err)
	}
	submitted, err := es.Load(d.Context(), d.in.store(), disclosure.Decider, doc.Record().Disclosure())
	if err != nil || !submitted.Exists {
		d.Fatalf("the policy submitted nothing: %v", err)
	}
	day := calendar.MustParse(publish)
	d.in.happened(d.T, "disclosure", doc.Record().Disclosure(), int(submitted.Revision), disclosure.Published{ //nolint:gosec // small
		Document: disclosure.Raw(raw), Digest: digest, Number: 1, By: "zhao", On: day,
		Terms: []rule.Term{{Outlet: rule.Portal, From: day, Rule: "r", Version: "v"}, {Outlet: rule.CreditChina, From: day, Rule: "r", Version: "v"}},
	})
}

// sent submits a row, and answers it by a receipt file that is kept.
func (d *reportingDesk) sent(number uint64, verdict string) {
	d.Helper()
	if err := d.in.caughtUp(d.Context(), "deliver.credit_china"); err != nil {
		d.Fatal(err)
	}
	if err := d.in.caughtUp(d.Context(), view.Name); err != nil {
		d.Fatal(err)
	}
	items, _, err := allRows(d.Context(), d.delivery, "credit_china", "penalty")
	if err != nil || uint64(len(items)) < number {
		d.Fatalf("%d rows, %v", len(items), err)
	}
	_, err = d.delivery.SubmitDeliveryRows(d.Context(), &mingjianv1.SubmitDeliveryRowsRequest{
		Platform: "credit_china", Kind: "penalty", Batch: fmt.Sprint("b", number), Channel: "folder",
		Rows: []*mingjianv1.SubmittedDeliveryRow{{Number: number, Digest: items[number-1].Digest}},
	})
	if err != nil {
		d.Fatal(err)
	}
	receipt := fmt.Sprintf("序号,结果\n%d,%s\n", number, verdict)
	if err := os.WriteFile(filepath.Join(d.dir, fmt.Sprint(number, ".csv")), []byte(receipt), 0o600); err != nil {
		d.Fatal(err)
	}
	sum := sha256.Sum256([]byte(receipt))
	_, err = d.delivery.RecordReceipts(d.Context(), &mingjianv1.RecordReceiptsRequest{
		Platform: "credit_china", Kind: "penalty", Receipt: hex.EncodeToString(sum[:]), Lines: []*mingjianv1.DeliveryReceiptLine{{Number: number, Verdict: verdict, Code: "0"}},
	})
	if err != nil {
		d.Fatal(err)
	}
}

// check runs the program over a proof.
func (d *reportingDesk) check(file string, more ...string) (code int, out, errs string) {
	d.Helper()
	return command(d.T, append([]string{"figures", "check", file, "--receipts", d.dir}, more...)...)
}

// changed is the proof as whoever hides something writes it: well formed and well chained, with other decisions.
func (d *reportingDesk) changed(file string, change func([]reporting.Decision) []reporting.Decision) string {
	d.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		d.Fatal(err)
	}
	list, err := reporting.Read(bytes.NewReader(data))
	if err != nil {
		d.Fatal(err)
	}
	var decisions []reporting.Decision
	for _, line := range list.Lines {
		decisions = append(decisions, line.Decision)
	}
	var out bytes.Buffer
	w, err := reporting.NewWriter(&out, list.Head)
	for _, one := range change(decisions) {
		if err == nil {
			_, err = w.Add(one)
		}
	}
	if err == nil {
		_, err = w.Close()
	}
	target := filepath.Join(d.TempDir(), "changed.jsonl")
	if err := errors.Join(err, os.WriteFile(target, out.Bytes(), 0o600)); err != nil {
		d.Fatal(err)
	}
	return target
}

// withReporting runs over a month of five penalties, decided on 6 May 2026, which are due on the 14th: p1 is taken in time, p2 is rejected
// and not sent again, p3 is sent on 1 June, p4 was never published, p5 is by summary procedure.
func withReporting(t *testing.T, work func(*reportingDesk)) string {
	t.Helper()
	clock := &turnable{}
	clock.turn("2026-05-06T01:00:00Z")
	c := onTier(t, config{Data: t.TempDir(), HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", Patience: 10 * time.Second, Drain: 20 * time.Second,
		clock: clock.now, Platforms: platforms{Names: []string{"credit_china"}}})
	err := serve(t.Context(), c, slog.New(slog.DiscardHandler), func(ctx context.Context, in *instance, ds *doors) error {
		d := &reportingDesk{T: t, in: in, clock: clock, dir: t.TempDir(), rest: ds.url(), rpc: "http://" + ds.grpcAddr.String()}
		_, secret, err := in.identity.Create(ctx, domain.Actor{Account: "carrier", Role: domain.Admin, Authority: homeBureau}, 100*24*time.Hour)
		if err != nil {
			return err
		}
		d.admin = secret
		return dial(d.rpc, d.admin, func(conn grpc.ClientConnInterface) error {
			d.delivery = mingjianv1.NewDeliveryServiceClient(conn)
			in.awaitViews(ctx)
			in.happened(t, "authority", string(homeBureau), -1,
				authority.Registered{ID: homeBureau, Name: "子虚市市场监督管理局", District: "540100", Level: authority.City},
				authority.ReportingArranged{Code: "11230500001755309F", Reason: "双公示报送"})
			for i, publish := range []string{"2026-05-07", "2026-05-08", "2026-05-12", ""} {
				d.decided(fmt.Sprint("p", i+1), penalty.Ordinary, publish)
			}
			d.decided("p5", penalty.Summary, "")
			clock.turn("2026-05-14T15:00:00Z")
			d.sent(1, "accepted")
			d.sent(2, "rejected")
			clock.turn("2026-06-01T01:00:00Z")
			d.sent(3, "duplicate")
			if err := in.caughtUp(ctx, reportingview.Name); err != nil {
				return err
			}
			work(d)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.Data
}

// TestTheProofIsCheckedByTheProgram: an auditor gets the proof, checks it by the feed, the rows and the receipts, and finds what was
// planted in it, also where it is well formed.
func TestTheProofIsCheckedByTheProgram(t *testing.T) {
	t.Parallel()
	data := withReporting(t, func(d *reportingDesk) {
		file := filepath.Join(d.TempDir(), "2026-05.jsonl")
		if code, out, errs := command(t, "figures", "proof", "--server", d.rpc, "--token", d.admin, "--month", "2026-05", "--out", file); code != exitOK {
			t.Fatalf("%d\n%s%s", code, out, errs)
		}
		everything := []string{"--feed", d.rest, "--server", d.rpc, "--token", d.admin}
		code, out, errs := d.check(file, everything...)
		want := []string{"penalty  5          4    1        1     0        0     2        66.67%  50.00%  50.00%", "rows of penalty: 3", "feed: 3 releases", "receipts: 3 files"}
		if code != exitOK || slices.ContainsFunc(want, func(s string) bool { return !strings.Contains(out, s) }) {
			t.Errorf("%d\n%s%s", code, out, errs)
		}
		for name, planted := range map[string]struct {
			change func([]reporting.Decision) []reporting.Decision
			want   string
		}{
			"a decision left out": {func(list []reporting.Decision) []reporting.Decision { return slices.Delete(list, 1, 2) },
				"penalty.p2: it was made public on 2026-05-08 and is not in the list"},
			"another's receipt": {func(list []reporting.Decision) []reporting.Decision {
				list[3].Released, list[3].Status, list[3].Rows = list[0].Released, list[0].Status, list[0].Rows
				return list
			}, "penalty.p4: row 1 is about penalty.p1: its receipt answers for that"},
			"a rejection hidden": {func(list []reporting.Decision) []reporting.Decision { list[1].Rows = nil; return list }, "penalty.p2: row 2 is about it and is not told"},
			"a later last day": {func(list []reporting.Decision) []reporting.Decision {
				list[2].Due = calendar.MustParse("2026-06-01")
				return list
			}, "penalty.p3: the last day is 2026-06-01"},
			"a receipt made up": {func(list []reporting.Decision) []reporting.Decision {
				list[0].Rows[0].Receipt = strings.Repeat("f", 64)
				return list
			}, "penalty.p1: the receipt of row 1 with the SHA-256 ffff"},
		} {
			code, out, errs := d.check(d.changed(file, planted.change), everything...)
			if told := strings.Contains(out, planted.want); !told || code != exitRefuted {
				t.Errorf("%s: %d\n%s%s", name, code, out, errs)
			}
		}
		cut, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		bad := filepath.Join(d.TempDir(), "bad.jsonl")
		if err := os.WriteFile(bad, bytes.Replace(cut, []byte("omitted"), []byte("in_time"), 1), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := d.check(bad); code != exitRefuted || !strings.Contains(errs, "running digest") {
			t.Errorf("a changed byte: %d\n%s", code, errs)
		}
	})
	if code, out, errs := command(t, "verify", "--data", data); code != exitOK {
		t.Errorf("the views are not those of a rebuild: %d\n%s%s", code, out, errs)
	}
}

// TestTheFiguresAreThoseOfTheFeedAndTheRows counts again what everybody and an integrator have, without the proof, the view or what
// judges decisions: the public feed tells what was released and decided when, the rows which of them went out, and the deliveries what
// was answered.
func TestTheFiguresAreThoseOfTheFeedAndTheRows(t *testing.T) {
	t.Parallel()
	withReporting(t, func(d *reportingDesk) {
		figures, feed := &mingjianv1.GetReportingFiguresResponse{}, &mingjianv1.ListReleasesResponse{}
		for path, into := range map[string]proto.Message{"/v1/reporting?month=2026-05": figures, "/v1/feed/releases": feed} {
			body, _, err := d.file(path)
			if err == nil {
				err = protojson.Unmarshal(body, into)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		rows, err := d.delivery.ListDeliveryRows(t.Context(), &mingjianv1.ListDeliveryRowsRequest{Platform: "credit_china", Kind: "penalty"})
		if err != nil {
			t.Fatal(err)
		}
		var released, taken, rejected int64
		for _, r := range feed.GetReleases() {
			if strings.HasPrefix(r.GetDate(), "2026-05") && slices.Contains(r.GetOutlets(), "credit_china") {
				released++
			}
		}
		for _, r := range rows.GetRows() {
			switch r.GetStatus() {
			case string(delivery.Taken), string(delivery.Duplicate):
				taken++
			case string(delivery.Refused):
				rejected++
			}
		}
		f := figures.GetTotal()
		never := f.GetDue() - released // decided, to be reported, and on no outlet: only the log has it
		if f.GetInTime()+f.GetLate() != taken || f.GetRejected() != rejected || f.GetOmitted() != released-taken+never || never != 1 || f.GetAnswered() != taken+rejected {
			t.Errorf("released %d, taken %d, rejected %d: %v", released, taken, rejected, f)
		}
		body, header, err := d.file("/v1/reporting:report?month=2026-05")
		if err != nil || !bytes.HasPrefix(body, []byte("PK")) || header.Get("Content-Disposition") != `attachment; filename="reporting-2026-05.xlsx"` {
			t.Errorf("%v, %v", header, err)
		}
		body, header, err = d.file("/v1/reporting:proof?month=2026-05")
		if list, fault := reporting.Read(bytes.NewReader(body)); err != nil || fault != nil || list.Tail.Chain.String() != figures.GetProof().GetChain() || header.Get("Content-Type") != "application/x-ndjson" {
			t.Errorf("%v, %v, %v", header, err, fault)
		}
	})
}

// file gets a file over REST.
func (d *reportingDesk) file(path string) ([]byte, http.Header, error) {
	d.Helper()
	req, err := http.NewRequestWithContext(d.Context(), http.MethodGet, d.rest+path, nil)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+d.admin)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, nil, err
	}
	var out bytes.Buffer
	_, err = out.ReadFrom(resp.Body)
	return out.Bytes(), resp.Header, errors.Join(err, resp.Body.Close())
}
