package vault_test

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf16"

	"github.com/mingjian-ledger/mingjian/domain"
)

// forms are a text in the encodings in which it could stand in a file.
func forms(text string) [][]byte {
	le, be := []byte{}, []byte{}
	for _, u := range utf16.Encode([]rune(text)) {
		le, be = binary.LittleEndian.AppendUint16(le, u), binary.BigEndian.AppendUint16(be, u)
	}
	return [][]byte{[]byte(text), le, be}
}

// holds names the files of a place in which one of the needles stands.
func (p place) holds(t *testing.T, needles ...[]byte) (found []string) {
	t.Helper()
	for _, folder := range p.folders(t) {
		err := filepath.WalkDir(folder, func(name string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return gone(err)
			}
			content, err := os.ReadFile(name)
			for _, n := range needles {
				if len(n) > 0 && bytes.Contains(content, n) {
					found = append(found, fmt.Sprintf("%s holds %d bytes %.12x…", name, len(n), n))
				}
			}
			return gone(err)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// gone passes over a file that is not there any more: a server removes its own at any time.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// folders are where a place keeps its files: of a database those of its tables, as the server has them when all it knows is on
// disk. Its log of changes keeps what it must for a recovery (see doc.go).
func (p place) folders(t *testing.T) []string {
	t.Helper()
	if p.url == "" {
		return []string{p.folder}
	}
	db := p.raw(t, "CHECKPOINT")
	var data, oid string
	err := db.QueryRowContext(t.Context(), `SELECT current_setting('data_directory'), oid::text FROM pg_database WHERE datname = current_database()`).Scan(&data, &oid)
	if err != nil {
		t.Fatal(err)
	}
	return []string{p.folder, filepath.Join(data, "base", oid)}
}

// traces are the bytes that a person left in the tables: wrapped key, lookup and ciphertexts.
func traces(t *testing.T, p place, id string) (out [][]byte) {
	t.Helper()
	rows, err := p.raw(t, "").QueryContext(t.Context(), `SELECT key FROM person WHERE id = $1 UNION ALL SELECT lookup FROM person WHERE id = $1
		UNION ALL SELECT body FROM item JOIN item_person ON item = item.id WHERE person = $1`, id)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			t.Fatal(err)
		}
		// A page may begin or end within it, and a server cuts long ones.
		out = append(out, b, b[len(b)/2:], b[:min(32, len(b))], b[len(b)-min(32, len(b)):])
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestShreddingLeavesNoByteOfKeyOrText(t *testing.T) { everywhere(t, shreddingLeavesNoByte) }

func shreddingLeavesNoByte(t *testing.T, fresh func() place) {
	p := fresh()
	s := p.open(t)
	const persons = 400
	ids, sealed := make([]string, persons), make([]domain.Sealed, persons)
	var planted [][]byte
	for i := range persons {
		number, text := fmt.Sprintf("1101011990%08d", i), fmt.Sprintf("长安街%d号，电话139%08d", i, i)
		planted = append(append(planted, forms(number)...), forms(text)...)
		ids[i] = person(t, s, number)
		sealed[i] = seal(t, s, fmt.Sprint("item-", i), text, ids[i])
		if i%7 == 0 { // a long text goes over several pages
			seal(t, s, fmt.Sprint("long-", i), string(bytes.Repeat([]byte(text), 300)), ids[i])
		}
	}
	if found := p.holds(t, planted...); len(found) > 0 {
		t.Fatalf("in clear: %v", found)
	}
	const step = 133
	if p.url != "" {
		p.raw(t, "ANALYZE") // samples of columns would be kept as they are
	}
	for i := 0; i < persons; i += step {
		left := traces(t, p, ids[i])
		if len(left) < 12 || len(p.holds(t, left...)) == 0 {
			t.Fatalf("the search finds nothing of %d traces before the shredding: it proves nothing", len(left))
		}
		if err := s.Shred(t.Context(), ids[i]); err != nil {
			t.Fatal(err)
		}
		if found := p.holds(t, left...); len(found) > 0 {
			t.Errorf("after shredding: %v", found)
		}
	}
	closed(t, s)
	s = p.open(t)
	for i := range persons {
		if i%step != 0 {
			opens(t, s, sealed[i], fmt.Sprintf("长安街%d号，电话139%08d", i, i))
		}
	}
}

// A process that ended after the shredding was decided in the file, but before the file was written anew.
func TestAShreddingThatWasCutOffEndsAtTheNextOpening(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() place) {
		shreddingThatWasCutOff(t, fresh(), "SELECT count(*) FROM item")
		if p := fresh(); p.url != "" { // somebody who reads anything of before
			shreddingThatWasCutOff(t, p, "SELECT count(*) FROM pg_class")
		}
	})
}

// reader is a transaction that reads the state of now until it ends, as a backup does.
func (p place) reader(t *testing.T, reads string) *sql.Tx {
	t.Helper()
	o := &sql.TxOptions{}
	if p.url != "" {
		o.Isolation = sql.LevelRepeatableRead
	}
	tx, err := p.raw(t, "").BeginTx(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := tx.QueryRowContext(t.Context(), reads).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return tx
}

func shreddingThatWasCutOff(t *testing.T, p place, reads string) {
	t.Helper()
	s := p.open(t)
	id := person(t, s, "A")
	sealed := seal(t, s, "item", "text", id)
	left := traces(t, p, id)
	reader := p.reader(t, reads)
	if err := s.Shred(t.Context(), id); err == nil {
		t.Fatal("no error while the log can't be emptied")
	}
	if _, err := s.Open(t.Context(), sealed); domain.KindOf(err) != domain.Gone {
		t.Errorf("opened: %v", err)
	}
	if err := reader.Rollback(); err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	p.open(t)
	if found := p.holds(t, left...); len(found) > 0 {
		t.Errorf("found: %v", found)
	}
}
