package exchange_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/profile"
)

const firstBatch = "lake_city-penalty-0000000001-0000000006"

// mixed are rows of both tables and two actions, with what spreadsheets and encodings are known to spoil.
func mixed() *world {
	return newWorld(
		firm(1, "䶮㛃𫖯〇·有限公司"), person(2, "尉迟小满"), firm(3, "=1+1"),
		record(4, profile.Delete, "r-4", map[string]string{"MC": "'引号", "DM": "000123", "BZ": "两行\n文字, \"引\" <b>&amp;_x0041_"}),
		firm(5, "私有\uE000字"), person(6, "司马大海"),
	)
}

func formats() []string { return []string{"xlsx", "csv", "csv-gb18030"} }

func TestABatchIsSent(t *testing.T) {
	t.Parallel()
	for _, format := range formats() {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			s := newSender(t, format, mixed())
			sent := s.must(t)
			if len(sent) != 1 || sent[0].Batch != firstBatch || sent[0].Rows != 6 || sent[0].Held != 1 {
				t.Fatalf("sent %+v", sent)
			}
			m, found := s.check(t, s.out, firstBatch)
			if len(found) > 0 {
				t.Errorf("found %v", found)
			}
			want, _ := s.w.Before(t.Context(), 7)
			if m.Chain.After != want || !m.Chain.Before.IsZero() || m.Audit {
				t.Errorf("manifest %+v, want the running digest %s", m, want)
			}
			var rows []string
			for _, f := range m.Files {
				rows = append(rows, fmt.Sprint(f.Action, f.Table, f.Rows))
			}
			if want := []string{"addlegal2", "addnatural2", "deletelegal1"}; !slices.Equal(rows, want) {
				t.Errorf("files %v, want %v", rows, want)
			}
			told := []string{
				"1 submitted " + firstBatch, "2 submitted " + firstBatch, "3 submitted " + firstBatch, "4 submitted " + firstBatch,
				"5 held MC sheet.cell.character", "6 submitted " + firstBatch,
			}
			if !slices.Equal(s.w.told, told) {
				t.Errorf("told %q", s.w.told)
			}
			if again := s.must(t); len(again) != 0 {
				t.Errorf("sent again: %+v", again)
			}
			if left := tree(t, filepath.Join(s.Dir, "making-lake_city-penalty")); len(left) != 0 {
				t.Errorf("left %v", slices.Collect(maps.Keys(left)))
			}
		})
	}
}

func TestCellsOfATable(t *testing.T) {
	t.Parallel()
	for _, format := range formats() {
		s := newSender(t, format, mixed())
		s.must(t)
		ext, _, _ := strings.Cut(format, "-")
		var got [][]string
		for cells, err := range s.Sheets.Read(t.Context(), format, filepath.Join(s.out, firstBatch+".add.natural."+ext)) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, cells)
		}
		want := [][]string{
			{"名称", "代码", "金额（万元）", "日期", "备注", "证件号码"},
			{"尉迟小满", "", "", "2024/05/06", "", plantedID}, {"司马大海", "", "", "2024/05/06", "", plantedID},
		}
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: %q", format, got)
		}
	}
}

// TestPersonalDataStandsInTheTablesAlone searches every byte of what is sent, kept and left for planted numbers.
func TestPersonalDataStandsInTheTablesAlone(t *testing.T) {
	t.Parallel()
	s := newSender(t, "csv", mixed())
	s.must(t)
	planted := []byte(plantedID)
	for name, text := range tree(t, s.out) {
		if in, want := bytes.Contains(text, planted), strings.Contains(name, ".natural."); in != want {
			t.Errorf("%s: holds the number: %v", name, in)
		}
	}
	for digest, text := range s.w.blobs {
		if bytes.Contains(text, planted) {
			t.Errorf("the copy %s holds the number", digest)
		}
	}
	for name, text := range tree(t, s.Dir) {
		if bytes.Contains(text, planted) {
			t.Errorf("%s holds the number", name)
		}
	}
	// No digest of a table with a number is kept: whoever knows the rest could try all numbers.
	natural := firstBatch + ".add.natural.csv"
	m, _ := s.check(t, s.out, firstBatch)
	for _, f := range m.Files {
		if f.Name != natural {
			continue
		}
		for digest, text := range s.w.blobs {
			if digest == f.SHA256 || bytes.Contains(text, []byte(f.SHA256)) {
				t.Errorf("%s tells the digest of %s", digest, natural)
			}
		}
	}
}

func TestTheCopyIsABatchOfItsOwn(t *testing.T) {
	t.Parallel()
	s := newSender(t, "xlsx", mixed())
	s.must(t)
	dir := t.TempDir()
	copies := s.copies()
	if err := copies.Write(t.Context(), firstBatch, dir); err != nil {
		t.Fatal(err)
	}
	m, found := s.check(t, dir, firstBatch)
	if len(found) > 0 || !m.Audit {
		t.Errorf("audit %v, found %v", m.Audit, found)
	}
	sent, _ := s.check(t, s.out, firstBatch)
	if sent.Chain != m.Chain {
		t.Errorf("running digest %v, sent %v", m.Chain, sent.Chain)
	}
	for _, c := range []struct {
		file string
		line int
		want uint64
	}{{".add.legal.xlsx", 3, 3}, {".add.natural.xlsx", 3, 6}, {".add.legal.xlsx", 4, 0}, {".add.legal.csv", 2, 0}} {
		got, err := copies.Number(t.Context(), firstBatch+c.file, c.line)
		if got != c.want || (err == nil) != (c.want > 0) {
			t.Errorf("%s line %d is row %d, %v, want %d", c.file, c.line, got, err, c.want)
		}
	}
	if err := copies.Write(t.Context(), "lake_city-penalty-0000000007-0000000007", dir); err == nil {
		t.Error("a batch that was never sent is written")
	}
}

func TestAShreddedPersonsRowIsHeld(t *testing.T) {
	t.Parallel()
	w := mixed()
	w.shredded["r-2"] = true
	s := newSender(t, "csv", w)
	w.persons["r-6"] = "odd"
	if sent := s.must(t); sent[0].Held != 3 {
		t.Errorf("sent %+v", sent)
	}
	if !slices.Contains(w.told, "2 held ZJ shredded") || !slices.Contains(w.told, "6 held ZJ personal") {
		t.Errorf("told %q", w.told)
	}
	if _, found := s.check(t, s.out, firstBatch); len(found) > 0 {
		t.Errorf("found %v", found)
	}
}

// TestWhatWasToldStays: a row of which the ledger wants to hear no more, though it still waits, is sent once.
func TestWhatWasToldStays(t *testing.T) {
	t.Parallel()
	s := newSender(t, "csv", newWorld(firm(1, "甲"), firm(2, "乙")))
	s.w.deaf = true
	if sent := s.must(t); len(sent) != 1 {
		t.Errorf("sent %+v", sent)
	}
	s.w.rows = append(s.w.rows, firm(3, "丙"))
	if sent := s.must(t); len(sent) != 1 || sent[0].Batch != "lake_city-penalty-0000000003-0000000003" {
		t.Errorf("then %+v", sent)
	}
}

func TestBatchesAreCut(t *testing.T) {
	t.Parallel()
	again := record(3, profile.Modify, "r-1", map[string]string{"MC": "改名"})
	other := firm(5, "别版")
	other.Item = bytes.Replace(other.Item, []byte(`"version":"2018"`), []byte(`"version":"2020"`), 1)
	w := newWorld(firm(1, "甲"), firm(2, "乙"), again, firm(4, "丙"), other, record(6, profile.Add, "r-6", map[string]string{"MC": "丁"}))
	s := newSender(t, "csv", w)
	s.Most = 2
	var got []string
	for one, err := range s.Send(t.Context()) {
		if err != nil { // the version that the layout is not of
			break
		}
		got = append(got, strings.TrimPrefix(one.Batch, "lake_city-penalty-"))
	}
	if want := []string{"0000000001-0000000002", "0000000003-0000000004"}; !slices.Equal(got, want) {
		t.Errorf("batches %v, want %v", got, want)
	}
}

// TestTheSenderIsKilled ends the sender before and after each of its steps in turn, and starts it again; more rows come meanwhile.
// What arrives is what one that was never killed sends.
func TestTheSenderIsKilled(t *testing.T) {
	t.Parallel()
	killed := errors.New("killed")
	whole := newSender(t, "csv", mixed())
	whole.must(t)
	want := tree(t, whole.out)
	for _, late := range []bool{false, true} {
		for n := 1; ; n++ {
			s, left := newSender(t, "csv", mixed()), n
			s.Key = whole.Key
			kill := func(string) error {
				if left--; left == 0 {
					return killed
				}
				return nil
			}
			if s.w.fail = kill; late {
				s.w.fail, s.w.after = nil, kill
			}
			_, err := s.run(t)
			if err == nil {
				if n < 15 {
					t.Errorf("only %d steps", n)
				}
				break
			}
			if !errors.Is(err, killed) {
				t.Fatal(err)
			}
			if _, ok := tree(t, s.out)[firstBatch+".manifest.json"]; ok {
				if _, found := s.check(t, s.out, firstBatch); len(found) > 0 {
					t.Errorf("killed at %d: a manifest stands before its files: %v", n, found)
				}
			}
			s.w.fail, s.w.after = nil, nil
			s.w.rows = append(s.w.rows, firm(7, "后来"))
			if sent := s.must(t); len(sent) == 0 || len(sent) > 2 || sent[len(sent)-1].Batch != "lake_city-penalty-0000000007-0000000007" {
				t.Errorf("killed at %d, then sent %+v", n, sent)
			}
			got := tree(t, s.out)
			maps.DeleteFunc(got, func(name string, _ []byte) bool { return !strings.HasPrefix(name, firstBatch) })
			if !maps.EqualFunc(got, want, bytes.Equal) {
				t.Errorf("killed at %d: %v", n, slices.Sorted(maps.Keys(got)))
			}
			if len(s.w.told) != 7 {
				t.Errorf("killed at %d, told %q", n, s.w.told)
			}
		}
	}
}

// TestAPersonIsForgottenBetweenTwoAttempts: what the first attempt put of the row is taken away.
func TestAPersonIsForgottenBetweenTwoAttempts(t *testing.T) {
	t.Parallel()
	w := newWorld(firm(1, "甲"), person(2, "尉迟小满"))
	s := newSender(t, "csv", w)
	puts := 0
	w.after = func(step string) error {
		if step == "put" {
			puts++
		}
		if puts == 2 {
			return errors.New("killed")
		}
		return nil
	}
	if _, err := s.run(t); err == nil {
		t.Fatal("not killed")
	}
	if !strings.Contains(string(tree(t, s.out)["lake_city-penalty-0000000001-0000000002.add.natural.csv"]), plantedID) {
		t.Fatal("the first attempt put no table with the person")
	}
	w.after, w.shredded["r-2"] = nil, true
	s.must(t)
	for name, text := range tree(t, s.out) {
		if bytes.Contains(text, []byte(plantedID)) {
			t.Errorf("%s holds a forgotten person's number", name)
		}
	}
	if _, found := s.check(t, s.out, "lake_city-penalty-0000000001-0000000002"); len(found) > 0 || !slices.Contains(w.told, "2 held ZJ shredded") {
		t.Errorf("found %v, told %q", found, w.told)
	}
}

// TestTheReceiverTookTheBatchBeforeTheCrash: it is sent once more under the same name, never under another.
func TestTheReceiverTookTheBatchBeforeTheCrash(t *testing.T) {
	t.Parallel()
	s := newSender(t, "csv", mixed())
	s.w.fail = func(step string) error {
		if step == "tell" {
			return errors.New("killed")
		}
		return nil
	}
	if _, err := s.run(t); err == nil {
		t.Fatal("not killed")
	}
	first := tree(t, s.out)
	for name := range first {
		if err := os.Remove(filepath.Join(s.out, name)); err != nil {
			t.Fatal(err)
		}
	}
	s.w.fail = nil
	s.must(t)
	if again := tree(t, s.out); !maps.EqualFunc(again, first, bytes.Equal) {
		t.Error("the batch is another one")
	}
	if opened := s.w.opened; opened != 4 {
		t.Errorf("identities were opened %d times", opened)
	}
}
