package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/exchange/sftptest"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/es"
	view "github.com/mingjian-ledger/mingjian/projections/delivery"
)

// serve runs a server until the log has so many events of each type.
func (d *exchangeDesk) serve(until map[string]int) {
	d.Helper()
	c := d.conf
	c.HTTP = "127.0.0.1:0"
	if err := serve(d.ctx, c, slog.New(slog.DiscardHandler), func(ctx context.Context, in *instance, _ *doors) error {
		counts := map[string]int{}
		for batch, err := range in.events.Follow(ctx, es.Position{}) {
			if err != nil {
				return err
			}
			for _, r := range batch.Records {
				counts[r.Type]++
			}
			enough := true
			for kind, n := range until {
				enough = enough && counts[kind] >= n
			}
			if enough {
				return nil
			}
		}
		return errors.New("the log ended")
	}); err != nil {
		d.Fatal(err)
	}
}

// files are those in the platform's folder, with what they hold.
func (d *exchangeDesk) files() map[string]string {
	d.Helper()
	list, err := os.ReadDir(d.out)
	if err != nil {
		d.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range list {
		out[f.Name()] = d.read(filepath.Join(d.out, f.Name()))
	}
	return out
}

// batches are the manifests in the platform's folder, in the order of their rows; they follow one another and hold.
func (d *exchangeDesk) batches() (out []string) {
	d.Helper()
	args := []string{"exchange", "verify", "--key", d.public}
	for _, name := range slices.Sorted(maps.Keys(d.files())) {
		if batch, is := strings.CutSuffix(name, ".manifest.json"); is {
			out, args = append(out, batch), append(args, filepath.Join(d.out, name))
		}
	}
	d.run(exitOK, args...)
	return out
}

// once demands that each row went out in one batch alone.
func (d *exchangeDesk) once(records ...string) {
	d.Helper()
	d.open(func(in *instance) {
		for _, record := range records {
			res, err := es.Load(d.ctx, in.store(), delivery.Decider, delivery.ID("credit_china", "penalty."+record))
			if err != nil {
				d.Fatal(err)
			}
			if rows := res.State.Rows; len(rows) != 1 || len(rows[0].Submissions) != 1 {
				d.Errorf("%s: %+v", record, rows)
			}
		}
	})
}

// TestAServerExchangesFiles sends, books receipts, and after a restart sends what is new alone.
func TestAServerExchangesFiles(t *testing.T) {
	t.Parallel()
	d := newExchangeDesk(t)
	d.open(func(in *instance) {
		for _, record := range []string{"P1", "P2", "P3"} {
			d.prepare(in, record, record+"商贸有限公司", "")
		}
	})
	submitted, accepted, rejected := (delivery.Submitted{}).EventType(), (delivery.Accepted{}).EventType(), (delivery.Rejected{}).EventType()
	d.serve(map[string]int{submitted: 3})
	const first, second = "credit_china-penalty-0000000001-0000000003", "credit_china-penalty-0000000004-0000000004"
	before := d.files()
	d.open(func(in *instance) { d.prepare(in, "P4", "第四有限公司", "") })
	d.write(filepath.Join(d.in, "a.csv"), "批次,序号,结果,原因\n"+first+",1,成功,\n"+first+",2,失败,验证规则代码:1001; 主体信息不匹配\n"+first+",3,失败,有重复信息，无需继续推送\n")
	d.serve(map[string]int{submitted: 4, accepted: 2, rejected: 1})
	if got, want := d.statuses(), []string{"accepted", "rejected 1001", "duplicate", "submitted"}; !slices.Equal(got, want) {
		t.Errorf("rows %v, want %v", got, want)
	}
	if got := d.batches(); !slices.Equal(got, []string{first, second}) {
		t.Errorf("batches %v", got)
	}
	after := d.files()
	for name, text := range before {
		if after[name] != text {
			t.Errorf("%s is another one after the restart", name)
		}
	}
	d.once("P1", "P2", "P3", "P4")
}

// TestRowsGoOutThoughReceiptsAreAway: the folder of the receipts can't be read, and rows have their last days.
func TestRowsGoOutThoughReceiptsAreAway(t *testing.T) {
	t.Parallel()
	d := newExchangeDesk(t)
	d.open(func(in *instance) { d.prepare(in, "P1", "甲商贸有限公司", "") })
	if err := os.RemoveAll(d.in); err != nil {
		t.Fatal(err)
	}
	d.write(d.in, "no folder")
	d.serve(map[string]int{(delivery.Submitted{}).EventType(): 1})
	d.once("P1")
}

// killed runs a server in a process of its own and kills it when a file is in the platform's folder, before the answer that it is.
func (d *exchangeDesk) killed(s *sftptest.Server, name string) {
	d.Helper()
	child := exec.CommandContext(d.ctx, itself, "serve", "--data", d.conf.Data, "--exchange", d.routes, "--http", "127.0.0.1:0") //nolint:gosec // the program
	var out bytes.Buffer
	child.Stdout, child.Stderr = &out, &out
	var kill sync.Once
	watch := func() {
		if !missing(filepath.Join(s.Dir, name)) {
			kill.Do(func() { _ = child.Process.Kill() })
		}
	}
	if err := child.Start(); err != nil {
		d.Fatal(err)
	}
	s.Watch.Store(&watch)
	err := child.Wait()
	s.Watch.Store(nil)
	if status := (*exec.ExitError)(nil); !errors.As(err, &status) || status.Exited() {
		d.Fatalf("the server was not killed: %v\n%s", err, out.String())
	}
}

// TestAKilledServerSendsEachRowOnce kills a server while a table goes over SFTP, while the manifest does, and when that has arrived and
// the ledger does not know it yet; what was recorded meanwhile goes in the next batch. It does not run beside tests that close a directory.
func TestAKilledServerSendsEachRowOnce(t *testing.T) {
	d, s := newExchangeDesk(t), sftptest.New(t)
	d.out = s.Dir
	d.write(d.routes, fmt.Sprintf("key: %s\nroutes:\n  - {platform: credit_china, kind: penalty, format: xlsx, sftp: {address: %q, user: mingjian, key: %s, host_keys: %s, folder: %s}}\n",
		filepath.Join(d.dir, "signing.key"), s.Address, s.KeyFile, s.HostKeys, s.Dir))
	d.open(func(in *instance) {
		d.prepare(in, "P1", "第一有限公司", "")
		d.prepare(in, "P2", "第二有限公司", "")
	})
	const first, second = "credit_china-penalty-0000000001-0000000002", "credit_china-penalty-0000000003-0000000003"
	d.killed(s, "."+first+".add.all.xlsx.part")
	d.open(func(in *instance) { d.prepare(in, "P3", "第三有限公司", "") })
	d.killed(s, "."+first+".manifest.json.part")
	d.killed(s, first+".manifest.json")
	if got, want := d.statuses(), []string{"prepared", "prepared", "prepared"}; !slices.Equal(got, want) {
		t.Fatalf("rows %v, want %v: the ledger knew already", got, want)
	}
	arrived := d.files()
	d.ledger(exitOK, "send")
	if want := first + "\t2 rows, 0 held\n" + second + "\t1 rows, 0 held\n"; d.screen != want {
		t.Errorf("sent %q, want %q", d.screen, want)
	}
	if got := d.batches(); !slices.Equal(got, []string{first, second}) {
		t.Errorf("batches %v", got)
	}
	after := d.files()
	for name, text := range arrived {
		if after[name] != text {
			t.Errorf("%s was put again as another one", name)
		}
	}
	for name := range after {
		if strings.HasSuffix(name, ".part") {
			t.Errorf("%s is left", name)
		}
	}
	d.ledger(exitOK, "send")
	if d.screen != "" {
		t.Errorf("sent again: %q", d.screen)
	}
	d.once("P1", "P2", "P3")
}

// TestTheExchangeIsCounted sends four rows, of which one can't be, and takes three receipts.
func TestTheExchangeIsCounted(t *testing.T) {
	t.Parallel()
	d := newExchangeDesk(t)
	d.conf.Platforms = platforms{Names: []string{"credit_china"}}
	d.open(func(in *instance) {
		for _, record := range []string{"P1", "P2", "P3"} {
			d.prepare(in, record, record+"有限公司", "")
		}
		d.prepare(in, "P4", "\ue000有限公司", "")
		f, err := in.config.exchanges()
		if err != nil {
			t.Fatal(err)
		}
		once := func() {
			t.Helper()
			if err := in.exchangeAlone(f, func() error { return in.exchangeOnce(d.ctx, f) }); err != nil {
				t.Fatal(err)
			}
		}
		once()
		receipt := "批次,序号,结果\n" + exchangeBatch + ",1,成功\n" + exchangeBatch + ",2,失败\n"
		d.write(filepath.Join(d.in, "a.csv"), receipt)
		d.write(filepath.Join(d.in, "b.csv"), receipt)
		d.write(filepath.Join(d.in, "c.csv"), "批次,序号,结果\n"+exchangeBatch+",3,处理中\n")
		once()
		if err := in.caughtUp(d.ctx, view.Name); err != nil {
			t.Fatal(err)
		}
		told := httptest.NewRecorder()
		in.metrics.Handler().ServeHTTP(told, httptest.NewRequestWithContext(d.ctx, http.MethodGet, "/metrics", nil))
		for _, want := range []string{
			"mingjian_exchange_batches_total 1", `mingjian_exchange_rows_total{outcome="sent"} 3`, `mingjian_exchange_rows_total{outcome="held"} 1`,
			`mingjian_exchange_receipts_total{outcome="taken"} 1`, `mingjian_exchange_receipts_total{outcome="repeated"} 1`, `mingjian_exchange_receipts_total{outcome="aside"} 1`,
			`mingjian_exchange_answers_total{verdict="accepted"} 1`, `mingjian_exchange_answers_total{verdict="rejected"} 1`, "mingjian_exchange_failures_total 0",
			`mingjian_deliveries{kind="penalty",platform="credit_china",status="submitted"} 1`, `mingjian_deliveries{kind="penalty",platform="credit_china",status="held"} 1`,
			`mingjian_deliveries{kind="penalty",platform="credit_china",status="rejected"} 1`, `mingjian_deliveries{kind="licence",platform="credit_china",status="held"} 0`,
		} {
			if !strings.Contains(told.Body.String(), want+"\n") {
				t.Errorf("/metrics does not tell %s", want)
			}
		}
	})
}

// TestARestoredLedgerGoesOnSending: the copies, the journal and a batch that was under way come with the backup, and verify looks at them.
func TestARestoredLedgerGoesOnSending(t *testing.T) {
	t.Parallel()
	d := newExchangeDesk(t)
	d.open(func(in *instance) {
		d.prepare(in, "P1", "第一有限公司", "")
		d.prepare(in, "P2", partyName, partyID)
	})
	d.ledger(exitOK, "send")
	d.open(func(in *instance) { d.prepare(in, "P3", "第三有限公司", "") })
	gone := d.out + ".away" // the platform's folder can't be reached: the batch stays under way
	if err := os.Rename(d.out, gone); err != nil {
		t.Fatal(err)
	}
	d.ledger(exitFailed, "send")
	const pending = "credit_china-penalty.pending.json"
	under := d.read(filepath.Join(d.conf.Data, "exchange", pending))
	backup, restored := filepath.Join(d.dir, "backup"), filepath.Join(d.dir, "restored")
	d.run(exitOK, "backup", backup, "--data", d.conf.Data, "--with-master-key")
	d.run(exitOK, "restore", backup, "--data", restored, "--by", "he.ops", "--reason", "演练")
	if got := d.read(filepath.Join(restored, "exchange", pending)); got != under {
		t.Errorf("the batch under way is %s", got)
	}
	if err := os.Rename(gone, d.out); err != nil {
		t.Fatal(err)
	}
	d.conf.Data = restored
	d.run(exitOK, "verify", "--data", restored)
	if !strings.Contains(d.screen, "batches: copies of 1 match their digests\n") {
		t.Errorf("verified: %s", d.screen)
	}
	d.ledger(exitOK, "send")
	if got := d.batches(); !slices.Equal(got, []string{"credit_china-penalty-0000000001-0000000002", "credit_china-penalty-0000000003-0000000003"}) {
		t.Errorf("batches %v", got)
	}
	d.once("P1", "P2", "P3")
	journal := filepath.Join(restored, "exchange", "sent.jsonl")
	d.write(journal, strings.Replace(d.read(journal), "-0000000001-0000000002", "-0000000001-0000000001", 1))
	d.run(exitRefuted, "verify", "--data", restored)
	if !strings.Contains(d.screen, "PROBLEM batch credit_china-penalty-0000000001-0000000001: ") {
		t.Errorf("verified: %s", d.screen)
	}
}
