package exchange_test

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/exchange"
)

// TestTamperingIsFound changes a batch in each way that one who has no key can, and in those that one who has it could.
func TestTamperingIsFound(t *testing.T) {
	t.Parallel()
	const index, table, manifest = firstBatch + ".rows.jsonl", firstBatch + ".add.legal.csv", firstBatch + ".manifest.json"
	swap := func(old, now string) func([]byte) []byte {
		return func(text []byte) []byte { return bytes.ReplaceAll(text, []byte(old), []byte(now)) }
	}
	for name, c := range map[string]struct {
		file   string
		change func([]byte) []byte
		sign   bool // the digests and the signature are made to fit
		want   string
	}{
		"a byte of a table":         {table, swap("000", "001"), false, "its bytes are others"},
		"a byte of the index":       {index, swap("r-1", "r-9"), false, "its bytes are others"},
		"the manifest":              {manifest, swap(`"to": 6`, `"to": 7`), false, "the signature is none"},
		"the signature":             {firstBatch + ".manifest.sig", swap("=", ""), false, "the signature is none"},
		"a table is missing":        {table, nil, false, "it is missing"},
		"a table beside":            {firstBatch + ".add.other.csv", func([]byte) []byte { return []byte("x") }, false, "does not name it"},
		"a cell":                    {table, swap("2024/05/06", "2024/05/07"), true, "column RQ says something else"},
		"a date in another form":    {table, swap("2024/05/06", "2024-05-06"), true, "column RQ says something else"},
		"a heading":                 {table, swap("名称", "名字"), true, "does not stand on line 2"},
		"a row more in a table":     {table, func(b []byte) []byte { return append(b, "x,,,,\r\n"...) }, true, "rows that the index does not name"},
		"a chained value":           {index, swap(`"MC":"=1+1"`, `"MC":"=1+2"`), true, "column MC says something else"},
		"another record":            {index, swap(`"record":"r-3"`, `"record":"r-9"`), true, "the running digest"},
		"a number":                  {index, swap(`"number":3`, `"number":4`), true, "number 4 stands in its place"},
		"a row's form":              {index, swap(`"number":3`, `"number": 3`), true, "not in canonical form"},
		"a row is left out":         {index, func(b []byte) []byte { return b[bytes.IndexByte(b, '\n')+1:] }, true, "number 2 stands in its place"},
		"a held row is not":         {manifest, swap(`"held": 1`, `"held": 0`), true, "1 rows are held"},
		"a personal column is open": {index, swap(`"personal":["ZJ"]`, `"personal":["MC"]`), true, "filled and no personal one"},
		"the running digest before": {manifest, swap(strings.Repeat("0", 64), strings.Repeat("1", 64)), true, "the running digest"},
		"to the next number":        {manifest, swap(`"rows": 6`, `"rows": 5`), true, "the manifest says 5 rows"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSender(t, "csv", mixed())
			s.must(t)
			path := filepath.Join(s.out, c.file)
			if c.change == nil {
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			} else {
				former, _ := os.ReadFile(path)
				now := c.change(bytes.Clone(former))
				if bytes.Equal(former, now) {
					t.Fatal("nothing is changed")
				}
				if err := os.WriteFile(path, now, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if c.sign {
				if err := exchange.Resign(s.Key, s.out, firstBatch); err != nil {
					t.Fatal(err)
				}
			}
			_, found := s.check(t, s.out, firstBatch)
			if len(found) == 0 || !strings.Contains(join(found), c.want) {
				t.Errorf("found %v, want %q", found, c.want)
			}
		})
	}
}

func join(found []exchange.Finding) string {
	var out strings.Builder
	for _, f := range found {
		out.WriteString(f.String() + "\n")
	}
	return out.String()
}

func TestBatchesFollowOneAnother(t *testing.T) {
	t.Parallel()
	s := newSender(t, "csv", newWorld(firm(1, "甲"), firm(2, "乙"), firm(3, "丙")))
	s.Most = 1
	var all []exchange.Manifest
	for _, sent := range s.must(t) {
		m, found := s.check(t, s.out, sent.Batch)
		if len(found) > 0 {
			t.Error(found)
		}
		all = append(all, m)
	}
	if found := all[1].Follows(all[0]); len(found) > 0 {
		t.Error(found)
	}
	if found := all[0].Follows(all[1]); len(found) > 0 {
		t.Errorf("a batch that comes again: %v", found)
	}
	if found := all[2].Follows(all[0]); !strings.Contains(join(found), "rows 2 to 2 are missing") {
		t.Errorf("found %v", found)
	}
	all[1].Chain.Before = all[2].Chain.After
	if found := all[1].Follows(all[0]); !strings.Contains(join(found), "does not go on") {
		t.Errorf("found %v", found)
	}
}

func TestAnotherKeyIsNotTrusted(t *testing.T) {
	t.Parallel()
	s := newSender(t, "csv", mixed())
	s.must(t)
	path := filepath.Join(s.out, firstBatch+".manifest.json")
	other := newKey(t).Public()
	_, found, err := exchange.Check(t.Context(), s.Sheets, path, other)
	if err != nil || len(found) != 1 {
		t.Errorf("found %v, %v", found, err)
	}
	again, err := exchange.ParsePublicKey([]byte(s.Key.Public().PEM()))
	if err != nil || again.ID() != s.Key.Public().ID() {
		t.Fatalf("public key %v, %v", again, err)
	}
	if _, found, err := exchange.Check(t.Context(), s.Sheets, path, other, again); err != nil || len(found) > 0 {
		t.Errorf("found %v, %v", found, err)
	}
	if _, found, err := exchange.Check(t.Context(), s.Sheets, path); err != nil || len(found) != 1 {
		t.Errorf("without a key: %v, %v", found, err)
	}
}

func TestKeyFiles(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "signing.key")
	made, err := exchange.MakeKey(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := exchange.MakeKey(path); err == nil {
		t.Error("a key is made over another")
	}
	read, err := exchange.ReadKey(path)
	if err != nil || read.Public().ID() != made.Public().ID() {
		t.Errorf("read %v, %v", read.Public().ID(), err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text []byte
		mode os.FileMode
		ok   bool
	}{{text, 0o440, true}, {text, 0o644, false}, {text, 0o640, false}, {[]byte("secret words"), 0o600, false}, {text[:len(text)-40], 0o600, false}} {
		bad := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(bad, c.text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(bad, c.mode); err != nil {
			t.Fatal(err)
		}
		_, err := exchange.ReadKey(bad)
		if (err == nil) != c.ok {
			t.Errorf("mode %v: %v", c.mode, err)
		}
		if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), base64.StdEncoding.EncodeToString(text)[:8])) {
			t.Errorf("the error quotes the file: %v", err)
		}
	}
}
