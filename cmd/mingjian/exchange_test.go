package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/es"
	natural "github.com/mingjian-ledger/mingjian/domain/person"
	view "github.com/mingjian-ledger/mingjian/projections/delivery"
)

// exchangeDesk is an office that sends penalties to a platform as files.
type exchangeDesk struct {
	*testing.T
	ctx                   context.Context
	dir, out, in, routes  string
	conf                  config
	screen, shown, public string // screen is what the last command printed, shown what all did
}

func newExchangeDesk(t *testing.T) *exchangeDesk {
	t.Helper()
	dir := t.TempDir()
	d := &exchangeDesk{T: t, ctx: t.Context(), dir: dir, out: filepath.Join(dir, "out"), in: filepath.Join(dir, "in"), routes: filepath.Join(dir, "exchange.yaml")}
	for _, folder := range []string{d.out, d.in} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	key := filepath.Join(dir, "signing.key")
	routes := fmt.Sprintf("key: %s\nroutes:\n  - {platform: credit_china, kind: penalty, format: csv, folder: %s, receipts: %s, settle: 1ns}\n", key, d.out, d.in)
	d.write(d.routes, routes)
	d.conf = config{Data: filepath.Join(dir, "data"), Patience: time.Minute, Drain: time.Minute, Exchange: d.routes}
	d.public = filepath.Join(dir, "sender.pem")
	d.run(exitOK, "exchange", "key", "--make", key)
	d.write(d.public, d.screen)
	return d
}

func (d *exchangeDesk) write(path, text string) {
	d.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		d.Fatal(err)
	}
}

// run runs the program; what it printed is in screen.
func (d *exchangeDesk) run(code int, args ...string) {
	d.Helper()
	var out, errs bytes.Buffer
	got := run(d.ctx, terminal{args: args, getenv: func(string) string { return "" }, in: strings.NewReader(""), out: &out, err: &errs})
	d.screen = out.String()
	d.shown += out.String() + errs.String()
	if got != code {
		d.Fatalf("%v: exit code %d, want %d\n%s%s", args, got, code, out.String(), errs.String())
	}
}

// ledger runs a command on the ledger.
func (d *exchangeDesk) ledger(code int, name string) {
	d.Helper()
	d.run(code, "exchange", name, "--data", d.conf.Data, "--exchange", d.routes)
}

func (d *exchangeDesk) open(work func(*instance)) {
	d.Helper()
	if err := withInstance(d.ctx, d.conf, slog.New(slog.DiscardHandler), func(in *instance) error {
		work(in)
		return nil
	}); err != nil {
		d.Fatal(err)
	}
}

// prepare records a row of a penalty, with an identity if there is a number.
func (d *exchangeDesk) prepare(in *instance, record, name, number string) string {
	d.Helper()
	by := domain.Actor{Account: "li.clerk", Role: domain.Approver, Authority: "XZ-SCJG"}
	disclosure := "penalty." + record
	c := delivery.Content{Version: "2018", Table: "all", Party: "legal", Columns: []delivery.Column{{Key: "CF_XDR_MC", Value: name}, {Key: "CF_JDRQ", Value: "2024-05-06"}}}
	person := ""
	if number != "" {
		var err error
		if person, err = in.vault.Person(d.ctx, number); err != nil {
			d.Fatal(err)
		}
		plain, err := json.Marshal(natural.Identity{Kind: natural.ResidentID, Number: number})
		if err != nil {
			d.Fatal(err)
		}
		sealed, err := in.vault.Seal(d.ctx, "identity-"+record, []string{person}, plain)
		if err != nil {
			d.Fatal(err)
		}
		c.Party, c.Personal, c.Identity = delivery.Natural, []string{"CF_XDR_ZJLX", "CF_XDR_ZJHM"}, &sealed
	}
	cmd := delivery.Prepare{
		By: by, Today: calendar.MustParse("2024-05-07"), Act: 1, Wanted: true, Withdrawal: delivery.Delete, Content: c, Cause: delivery.ByAct,
		About: delivery.About{
			Platform: "credit_china", Kind: delivery.Penalty, Disclosure: disclosure, Record: record, Authority: "XZ-SCJG",
			Match: delivery.Match{DocumentNo: "虚市监处罚〔2024〕" + record, Party: name, DecidedOn: calendar.MustParse("2024-05-06")},
		},
	}
	command := es.DeriveID("", "test", record)
	if _, err := es.Transact(d.ctx, in.store(), delivery.Decider, delivery.ID("credit_china", disclosure), delivery.Command(cmd), es.Metadata{
		Command: command, CommandDigest: domain.DigestOf(record), Correlation: command, Causation: command, Actor: "li.clerk", Authority: "XZ-SCJG", RecordedAt: time.Now().UTC(),
	}); err != nil {
		d.Fatal(err)
	}
	return person
}

// statuses are those of the platform's rows.
func (d *exchangeDesk) statuses() (out []string) {
	d.Helper()
	d.open(func(in *instance) {
		if err := in.caughtUp(d.ctx, view.Name); err != nil {
			d.Fatal(err)
		}
		rows, err := view.Rows(d.ctx, in.views, view.Sequence{Platform: "credit_china", Kind: delivery.Penalty}, 0, 100)
		if err != nil {
			d.Fatal(err)
		}
		for _, r := range rows {
			out = append(out, strings.TrimSpace(r.GetRow().GetStatus()+" "+r.GetRow().GetCode()))
		}
	})
	return out
}

const exchangeBatch = "credit_china-penalty-0000000001-0000000004"

// TestPenaltiesGoOutAsFiles sends rows, checks them as the platform does, and reads its receipt.
func TestPenaltiesGoOutAsFiles(t *testing.T) {
	t.Parallel()
	d := newExchangeDesk(t)
	d.open(func(in *instance) {
		d.prepare(in, "P1", "䶮㛃商贸有限公司", "")
		d.prepare(in, "P2", partyName, partyID)
		gone := d.prepare(in, "P3", "某人", importedID)
		d.prepare(in, "P4", "第四有限公司", "")
		if err := in.vault.Shred(d.ctx, gone); err != nil {
			t.Fatal(err)
		}
	})
	d.ledger(exitOK, "send")
	if want := exchangeBatch + "\t4 rows, 1 held\n"; d.screen != want {
		t.Errorf("sent %q, want %q", d.screen, want)
	}
	if got, want := d.statuses(), []string{"submitted", "submitted", "held", "submitted"}; !slices.Equal(got, want) {
		t.Errorf("rows %v, want %v", got, want)
	}
	manifest := filepath.Join(d.out, exchangeBatch+".manifest.json")
	d.run(exitOK, "exchange", "verify", "--key", d.public, manifest)
	d.ledger(exitOK, "send")
	if d.screen != "" {
		t.Errorf("sent again: %q", d.screen)
	}
	d.write(filepath.Join(d.in, "回执.csv"), "批次,序号,结果,原因\n"+exchangeBatch+",1,成功,\n"+exchangeBatch+",2,失败,验证规则代码:1001; "+partyID+"有误\n"+exchangeBatch+",4,重复,\n")
	d.ledger(exitOK, "receive")
	if want := "回执.csv\t1 accepted, 1 duplicates, 1 rejected\n"; d.screen != want {
		t.Errorf("received %q, want %q", d.screen, want)
	}
	if got, want := d.statuses(), []string{"accepted", "rejected 1001", "held", "duplicate"}; !slices.Equal(got, want) {
		t.Errorf("rows %v, want %v", got, want)
	}
	d.write(filepath.Join(d.in, "held.csv"), "批次,序号,结果\n"+exchangeBatch+",3,成功\n")
	d.ledger(exitRejected, "receive")
	d.run(exitOK, "exchange", "list", "--data", d.conf.Data, "--exchange", d.routes)
	audit := filepath.Join(d.dir, "audit")
	d.run(exitOK, "exchange", "copy", exchangeBatch, audit, "--data", d.conf.Data, "--exchange", d.routes)
	d.run(exitOK, "exchange", "verify", "--key", d.public, filepath.Join(audit, exchangeBatch+".manifest.json"))
	d.search()
	d.write(manifest, strings.Replace(d.read(manifest), `"held": 1`, `"held": 0`, 1))
	d.run(exitRefuted, "exchange", "verify", "--key", d.public, manifest)
}

// TestAReceiptNamesNoNumbers, nor the batch: the ledger finds the rows by decision and party, and what it doesn't find is put aside.
func TestAReceiptNamesNoNumbers(t *testing.T) {
	t.Parallel()
	d := newExchangeDesk(t)
	d.open(func(in *instance) {
		for _, record := range []string{"P1", "P2", "P3"} {
			d.prepare(in, record, record+"(集团)公司", "")
		}
	})
	d.ledger(exitOK, "send")
	d.write(filepath.Join(d.in, "校验结果.csv"), "文号,行政相对人名称,决定日期,入库状态,错误信息\n"+
		"虚市监处罚[2024]P1,P1（集团）公司,2024/5/6,已入库,\n虚市监处罚〔2024〕P2,P2（集团）公司,,退回,验证规则代码:1001; 不匹配\n"+
		"虚市监处罚〔2024〕P3,另一家公司,2024-05-06,已入库,\n虚市监处罚〔2024〕P3,P3(集团)公司,2024-05-07,已入库,\n")
	d.ledger(exitRejected, "receive")
	if !strings.Contains(d.screen, "1 accepted, 0 duplicates, 1 rejected") || strings.Contains(d.screen, "另一家公司") {
		t.Errorf("received %q", d.screen)
	}
	if got, want := d.statuses(), []string{"accepted", "rejected 1001", "submitted"}; !slices.Equal(got, want) {
		t.Errorf("rows %v, want %v", got, want)
	}
	aside, err := filepath.Glob(filepath.Join(d.in, "bad", "*.txt"))
	if err != nil || len(aside) != 1 || strings.Count(d.read(aside[0]), "[delivery.row.missing]") != 2 {
		t.Errorf("%v, %v", aside, err)
	}
}

func (d *exchangeDesk) read(path string) string {
	d.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		d.Fatal(err)
	}
	return string(text)
}

// search looks at every byte of what is sent, kept, printed and stored: the numbers stand in the profile's column and in the platform's own
// receipt, and nowhere else.
func (d *exchangeDesk) search() {
	d.Helper()
	planted := []string{partyID, importedID}
	stands := 0
	if err := filepath.WalkDir(d.dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text := d.read(path)
		for _, number := range planted {
			if !strings.Contains(text, number) {
				continue
			}
			switch table := filepath.Join(d.out, exchangeBatch+".add.all.csv"); {
			case path == table:
				stands += strings.Count(text, number)
				if line := lineWith(text, number); !strings.Contains(line, "身份证,\"\t"+number+"\"") {
					d.Errorf("%s: the number stands in another column: %q", path, line)
				}
			case strings.HasPrefix(path, filepath.Join(d.in, "read")):
			default:
				d.Errorf("%s holds a planted number", path)
			}
		}
		return nil
	}); err != nil {
		d.Error(err)
	}
	if stands != 1 || strings.Contains(d.shown, partyID) || strings.Contains(d.shown, importedID) {
		d.Errorf("the table holds %d numbers, the screen %v", stands, strings.Contains(d.shown, partyID))
	}
}

func lineWith(text, part string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) {
			return line
		}
	}
	return ""
}

func TestRoutesAreRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"routes: []": "key", "key: k\nmore: 1": "more", "key: k\nroutes: [{platform: nowhere, kind: penalty, format: csv, folder: x}]": "no profile",
		"key: k\nroutes: [{platform: credit_china, kind: penalty, format: ods, folder: x}]":                                                                  "format",
		"key: k\nroutes: [{platform: credit_china, kind: penalty, format: csv}]":                                                                             "one of them",
		"key: k\nroutes: [{platform: credit_china, kind: penalty, format: csv, folder: x, sftp: {address: a}}]":                                              "one of them",
		"key: k\nroutes: [{platform: credit_china, kind: penalty, format: csv, folder: x, most: -1}]":                                                        "most",
		"key: k\nroutes: [{platform: credit_china, kind: penalty, format: csv, folder: x, settle: -1s}]":                                                     "settle",
		"key: k\nroutes: [{platform: credit_china, kind: penalty, format: csv, folder: x}, {platform: credit_china, kind: penalty, format: csv, folder: y}]": "another way",
	} {
		path := filepath.Join(t.TempDir(), "exchange.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var errs bytes.Buffer
		code := run(t.Context(), terminal{
			args: []string{"exchange", "send", "--data", t.TempDir(), "--exchange", path}, getenv: func(string) string { return "" }, in: strings.NewReader(""), out: io.Discard, err: &errs,
		})
		if code != exitUsage || !strings.Contains(errs.String(), want) {
			t.Errorf("%s: exit code %d, %s", text, code, errs.String())
		}
	}
}
