package exchange_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"github.com/mingjian-ledger/mingjian/adapters/exchange"
	"github.com/mingjian-ledger/mingjian/adapters/sheet"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/chain"
	"github.com/mingjian-ledger/mingjian/domain/profile"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Fictional persons' numbers; they check.
const (
	plantedID  = "330106198503120028"
	plantedToo = "540101198907314520"
)

// layout is that of a made-up platform.
func layout(format string) exchange.Layout {
	columns := []exchange.Column{
		{Key: "MC", Title: "名称"}, {Key: "DM", Title: "代码"}, {Key: "JE", Title: "金额（万元）"}, {Key: "RQ", Title: "日期", Date: profile.Slashes}, {Key: "BZ", Title: "备注"},
	}
	natural := append(slices.Clone(columns), exchange.Column{Key: "ZJ", Title: "证件号码", Personal: true})
	return exchange.Layout{Platform: "lake_city", Kind: profile.Penalty, Version: "2018", Format: format, Tables: []exchange.Table{
		{Name: "legal", Columns: columns}, {Name: "natural", Columns: natural},
	}}
}

// record makes the row of a number.
func record(n uint64, action profile.Action, of string, columns map[string]string, personal ...string) exchange.Row {
	table := "legal"
	if personal != nil {
		table = "natural"
	}
	return recordIn(table, n, action, of, columns, personal...)
}

// recordIn makes the row of a number in a table.
func recordIn(table string, n uint64, action profile.Action, of string, columns map[string]string, personal ...string) exchange.Row {
	row := profile.Row{Platform: "lake_city", Kind: profile.Penalty, Version: "2018", Table: table, Personal: personal}
	for _, key := range slices.Sorted(func(yield func(string) bool) {
		for k := range columns {
			if !yield(k) {
				return
			}
		}
	}) {
		row.Columns = append(row.Columns, profile.Column{Key: key, Value: columns[key]})
	}
	item := profile.Item{Number: n, Action: action, Record: of, Disclosure: "d-" + of, Act: 1, Row: row}
	text, err := item.Canonical()
	if err != nil {
		panic(err)
	}
	return exchange.Row{Number: n, Item: text, Personal: personal, Identity: domain.Sealed{Item: of}}
}

func firm(n uint64, name string) exchange.Row {
	return record(n, profile.Add, fmt.Sprintf("r-%d", n), map[string]string{"MC": name, "DM": "914403001922038216", "JE": "0.200000", "RQ": "2024-05-06"})
}

func person(n uint64, name string) exchange.Row {
	return record(n, profile.Add, fmt.Sprintf("r-%d", n), map[string]string{"MC": name, "RQ": "2024-05-06"}, "ZJ")
}

// world is all that stands around a sender, in memory.
type world struct {
	rows     []exchange.Row
	persons  map[string]string // by item
	shredded map[string]bool
	blobs    map[string][]byte
	next     uint64
	told     []string
	heard    map[string]bool         // what stands in told
	fail     func(step string) error // of the step that is about to be done
	after    func(step string) error // of the step that was done
	opened   int
	deaf     bool // what is told changes nothing
}

func newWorld(rows ...exchange.Row) *world {
	w := &world{rows: rows, persons: map[string]string{}, shredded: map[string]bool{}, blobs: map[string][]byte{}, heard: map[string]bool{}, next: 1}
	for _, r := range rows {
		w.persons[r.Identity.Item] = plantedID
	}
	return w
}

func (w *world) before(step string) error {
	if w.fail != nil {
		return w.fail(step)
	}
	return nil
}

func (w *world) done(step string) error {
	if w.after != nil {
		return w.after(step)
	}
	return nil
}

func (w *world) From(_ context.Context, number uint64) iter.Seq2[exchange.Row, error] {
	return func(yield func(exchange.Row, error) bool) {
		for _, r := range w.rows {
			if r.Number >= number && !yield(r, nil) {
				return
			}
		}
	}
}

func (w *world) Before(_ context.Context, number uint64) (c chain.Chain, err error) {
	for _, r := range w.rows {
		if r.Number < number {
			c = c.Next(r.Item)
		}
	}
	return c, nil
}

func (w *world) Next(context.Context) (uint64, error) {
	if len(w.rows) == 0 || w.next > w.rows[len(w.rows)-1].Number {
		return 0, nil
	}
	return w.next, nil
}

func (w *world) Submitted(_ context.Context, r exchange.Row, batch string) error {
	return w.tell(r, "submitted "+batch)
}

func (w *world) Held(_ context.Context, r exchange.Row, p exchange.Problem) error {
	return w.tell(r, "held "+p.Field+" "+p.Rule)
}

// tell records each fact once.
func (w *world) tell(r exchange.Row, what string) error {
	if err := w.before("tell"); err != nil {
		return err
	}
	line := fmt.Sprintf("%d %s", r.Number, what)
	if !w.heard[line] {
		w.told, w.heard[line] = append(w.told, line), true
	}
	if !w.deaf {
		w.next = max(w.next, r.Number+1)
	}
	return w.done("tell")
}

func (w *world) identity(_ context.Context, r exchange.Row) (map[string]string, *exchange.Problem, error) {
	w.opened++
	if w.shredded[r.Identity.Item] {
		return nil, nil, domain.Refuse(domain.Gone, "vault.shredded", "", "已依法删除", "destroyed")
	}
	if w.persons[r.Identity.Item] == "odd" {
		return nil, &exchange.Problem{Field: "ZJ", Rule: "personal", ZH: "不是公民身份号码", EN: "is no resident identity number"}, nil
	}
	return map[string]string{"ZJ": w.persons[r.Identity.Item]}, nil, nil
}

// archive is the world's store of blobs.
type archive struct{ *world }

func (a archive) Put(_ context.Context, r io.Reader) (string, int64, error) {
	if err := a.before("keep"); err != nil {
		return "", 0, err
	}
	text, err := io.ReadAll(r)
	sum := sha256.Sum256(text)
	digest := hex.EncodeToString(sum[:])
	a.blobs[digest] = text
	if err == nil {
		err = a.done("keep")
	}
	return digest, int64(len(text)), err
}

func (a archive) Open(_ context.Context, digest string) (io.ReadCloser, error) {
	text, ok := a.blobs[digest]
	if !ok {
		return nil, fmt.Errorf("no blob %s", digest)
	}
	return io.NopCloser(bytes.NewReader(text)), nil
}

// drop counts the steps of a drop.
type drop struct {
	exchange.Drop
	*world
}

func (d drop) Put(ctx context.Context, name string, content io.ReaderAt, size int64) error {
	if err := d.before("put"); err != nil {
		return err
	}
	if err := d.Drop.Put(ctx, name, content, size); err != nil {
		return err
	}
	return d.done("put")
}

type sender struct {
	*exchange.Sender
	w   *world
	out string
}

func newKey(t testing.TB) exchange.Key {
	t.Helper()
	key, err := exchange.MakeKey(filepath.Join(t.TempDir(), "signing.key"))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newSender(t testing.TB, format string, w *world) *sender {
	t.Helper()
	out, dir := t.TempDir(), t.TempDir()
	return &sender{w: w, out: out, Sender: &exchange.Sender{
		Platform: "lake_city", Kind: profile.Penalty, Layouts: func(string) (exchange.Layout, error) { return layout(format), nil },
		Rows: w, Identities: w.identity, Ledger: w, Sheets: sheet.Books{Dir: dir}, Key: newKey(t),
		Drop: drop{exchange.Folder{Dir: out}, w}, Archive: archive{w}, Dir: dir, Most: 1000,
	}}
}

// run sends what there is.
func (s *sender) run(t testing.TB) (all []exchange.Sent, err error) {
	t.Helper()
	for one, err := range s.Send(t.Context()) {
		if err != nil {
			return all, err
		}
		all = append(all, one)
	}
	return all, nil
}

func (s *sender) must(t testing.TB) []exchange.Sent {
	t.Helper()
	all, err := s.run(t)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// check reads a batch as its receiver.
func (s *sender) check(t testing.TB, dir, batch string) (exchange.Manifest, []exchange.Finding) {
	t.Helper()
	m, found, err := exchange.Check(t.Context(), s.Sheets, filepath.Join(dir, batch+".manifest.json"), s.Key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return m, found
}

// tree are the files of a folder by name.
func tree(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	if err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		out[rel] = text
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func (s *sender) copies() exchange.Copies {
	return exchange.Copies{Archive: s.Archive, Dir: s.Dir}
}
