package exchange_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/exchange"
)

// FuzzReceipt: whatever lies in the folder of receipts, it is taken or put aside, whole, and no answer is of a row outside its batch.
func FuzzReceipt(f *testing.F) {
	f.Add([]byte(answers))
	f.Add([]byte("序号,结果\n1,成功\n"))
	f.Add([]byte("文号,名称,决定日期,结果\n罚〔2024〕1号,甲,2024年5月6日,成功\n"))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("批次,序号,结果\n" + firstBatch + ",18446744073709551615,成功\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		d := newDesk(t)
		d.fail = func(a exchange.Answer) error {
			decided := a.Decision.DocumentNo != "" && a.Decision.Party != ""
			if a.Number == 0 && !decided || a.Number > 0 && (a.Number < a.From || a.Number > a.To) || a.Platform == "" && !decided || len(a.Text) > 4*500 {
				t.Errorf("answer %+v", a)
			}
			return nil
		}
		d.put(t, "r.csv", string(text))
		all := d.must(t)
		if len(all) != 1 {
			t.Fatalf("taken %+v", all)
		}
		dir := "read"
		if all[0].Err != nil {
			dir = "bad"
		}
		if got := tree(t, d.Dir)[filepath.Join(dir, all[0].Digest+"-r.csv")]; string(got) != string(text) {
			t.Errorf("%q became %q", text, got)
		}
	})
}

// FuzzCheck: a manifest that anybody signed never makes a check panic, and one that is changed is found or says the same.
func FuzzCheck(f *testing.F) {
	s := newSender(f, "csv", mixed())
	s.must(f)
	files := tree(f, s.out)
	f.Add(string(files[firstBatch+".manifest.json"]), string(files[firstBatch+".rows.jsonl"]))
	f.Add("{}", "")
	f.Fuzz(func(t *testing.T, manifest, rows string) {
		dir := t.TempDir()
		for name, text := range files {
			switch {
			case strings.HasSuffix(name, ".manifest.json"):
				text = []byte(manifest)
			case strings.HasSuffix(name, ".rows.jsonl"):
				text = []byte(rows)
			}
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := exchange.Resign(s.Key, dir, firstBatch); err != nil {
			return
		}
		m, found, err := exchange.Check(t.Context(), s.Sheets, filepath.Join(dir, firstBatch+".manifest.json"), s.Key.Public())
		if err == nil && len(found) == 0 && (m.Rows != 6 || m.Chain.After.IsZero()) {
			text, _ := json.Marshal(m)
			t.Errorf("nothing is found in %s", text)
		}
	})
}
