package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// residentID makes the number of a fictional person, with its check character.
func residentID(t testing.TB, region, born, sequence string) string {
	t.Helper()
	for _, check := range "0123456789X" {
		if id := region + born + sequence + string(check); uscc.IsResidentID(id) {
			return id
		}
	}
	t.Fatalf("no person of %s has the number %s", born, sequence)
	return ""
}

// hunt looks for numbers in bytes.
type hunt struct {
	numbers []string
	forms   []sought
	mu      sync.Mutex
	looked  int // at so many bytes
}

// sought is a form of a number, in bytes as they are, or without what groups digits.
type sought struct {
	number, form string
	squeezed     bool
}

func newHunt(numbers ...string) *hunt {
	h := &hunt{numbers: numbers}
	for _, id := range numbers {
		region, born, rest := id[:6], id[6:14], id[14:]
		for _, form := range []string{id[:12], born + rest, region + born[2:] + rest[:3]} { // the last of 15 digits, as they once were
			h.forms = append(h.forms, sought{id, form, true})
		}
		forms := []string{hex.EncodeToString([]byte(region + born)), hex.EncodeToString([]byte(born + rest))}
		for shift := range 3 { // wherever in a longer text it begins
			packed := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + id))
			forms = append(forms, packed[(shift*8+5)/6:len(packed)-1])
		}
		wide := []rune(inFullWidth(id))
		for _, text := range []string{string(wide[:14]), string(wide[6:]), region + "\u3000" + born, born + "\u3000" + rest, id[:4] + "\u3000" + id[4:8] + "\u3000" + id[8:12]} {
			for _, form := range encoded(text) {
				forms = append(forms, string(form))
			}
		}
		for _, form := range forms {
			h.forms = append(h.forms, sought{id, form, false})
		}
	}
	return h
}

func inFullWidth(s string) string {
	return strings.Map(func(r rune) rune { return r - '!' + '！' }, s)
}

// squeezed is the bytes without what groups digits, and without the zeros of UTF-16; full-width digits are ordinary ones.
func squeezed(data []byte) []byte {
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); i++ {
		switch c := data[i]; c {
		case 0, ' ', '+', '\t', '\v', '-', '.', '_', '/', 0xA0:
		case 0xC2, 0xE2, 0xE3, 0xEF, '\\', '%':
			rest, n := data[i:], 0
			for _, between := range []string{"\u00a0", "\u3000", "\u200b", `\u00a0`, `\u3000`, `\u200b`, `\u00A0`, `\u200B`, "%20", "%09", "%2F", "%C2%A0", "%E3%80%80", "%E2%80%8B"} {
				if bytes.HasPrefix(rest, []byte(between)) {
					n = len(between)
				}
			}
			switch {
			case n > 0:
				i += n - 1
			case len(rest) > 2 && rest[0] == 0xEF && rest[1] == 0xBC && (rest[2] >= 0x90 && rest[2] <= 0x99 || rest[2] == 0xB8):
				out = append(out, rest[2]-0x90+'0')
				i += 2
			default:
				out = append(out, c)
			}
		default:
			out = append(out, c)
		}
	}
	return out
}

// in are the numbers in the bytes, and in what they hold packed, by the place in which each stands.
func (h *hunt) in(where string, data []byte) (out []string) {
	h.mu.Lock()
	h.looked += len(data)
	h.mu.Unlock()
	without := squeezed(data)
	for _, s := range h.forms {
		in := data
		if s.squeezed {
			in = without
		}
		if at := bytes.Index(in, []byte(s.form)); at >= 0 {
			out = append(out, fmt.Sprintf("%s holds %s as %q: …%q…", where, s.number, s.form, in[max(0, at-40):min(len(in), at+len(s.form)+20)]))
		}
	}
	for at, part := range partsOf(data) {
		out = append(out, h.in(where+"/"+at, part)...)
	}
	return out
}

// none demands that no number stands there.
func (h *hunt) none(t testing.TB, where string, data []byte) {
	t.Helper()
	for _, found := range h.in(where, data) {
		t.Error(found)
	}
}

// partsOf is what bytes hold packed: the parts of an archive, and whatever begins as gzip does, wherever it stands.
func partsOf(data []byte) map[string][]byte {
	out := map[string][]byte{}
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		if book, err := zip.NewReader(bytes.NewReader(data), int64(len(data))); err == nil {
			for _, f := range book.File {
				if entry, err := f.Open(); err == nil {
					if text, err := io.ReadAll(entry); err == nil {
						out[f.Name] = text
					}
				}
			}
		}
	}
	for from := 0; ; from++ {
		at := bytes.Index(data[from:], []byte("\x1f\x8b\x08"))
		if at < 0 {
			return out
		}
		from += at
		if z, err := gzip.NewReader(bytes.NewReader(data[from:])); err == nil {
			z.Multistream(false)
			if text, _ := io.ReadAll(z); len(text) > 0 { // what follows it is none of it
				out[fmt.Sprint("gzip at ", from)] = text
			}
		}
	}
}

// files searches every file below a folder but those that are exempt.
func (h *hunt) files(t testing.TB, dir string, exempt func(path string) bool) (n int) {
	t.Helper()
	if err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || exempt(path) {
			return err
		}
		data, err := os.ReadFile(path)
		n++
		h.none(t, path, data)
		return err
	}); err != nil {
		t.Error(err)
	}
	return n
}

// ways are the texts by which a number may be written, in whole or in what gives a person away.
func ways(id string) []string {
	region, born, rest := id[:6], id[6:14], id[14:]
	out := []string{region + born, born + rest, region + born[2:] + rest[:3]} // of 15 digits, as they once were
	for _, between := range []string{" ", "-", "\u00a0", "\u3000", "\t", "\u200b", ".", "_", "/"} {
		out = append(out, region+between+born, born+between+rest, strings.Join([]string{id[:4], id[4:8], id[8:12]}, between))
	}
	wide := []rune(inFullWidth(id))
	return append(out, string(wide[:14]), string(wide[6:]))
}

// TestEachFormOfANumberIsFound keeps the search from finding nothing because it looks for nothing.
func TestEachFormOfANumberIsFound(t *testing.T) {
	t.Parallel()
	id := residentID(t, "540102", "19900307", "421")
	h := newHunt(id)
	var book, packed bytes.Buffer
	z := zip.NewWriter(&book)
	part, err := z.Create("xl/sharedStrings.xml")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(part, "<t>"+id+"</t>")
	_ = z.Close()
	g := gzip.NewWriter(&packed)
	_, _ = io.WriteString(g, `{"number":"`+id+`"}`)
	_ = g.Close()
	planted := map[string][]byte{"zip": book.Bytes(), "gzip": append([]byte("head\n"), packed.Bytes()...), "hex": []byte(hex.EncodeToString([]byte(id)))}
	for _, way := range append(ways(id), id) {
		for n, form := range encoded(way) {
			planted[fmt.Sprint(way, n)] = form
		}
	}
	for n := range 6 {
		planted[fmt.Sprint("base64 ", n)] = []byte(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("证", 2)[:n] + id + "号")))
	}
	for name, form := range planted {
		if len(h.in("", append(append([]byte("x\x00"), form...), 'y'))) == 0 && len(h.in("", form)) == 0 {
			t.Errorf("%s is not found", name)
		}
	}
	for _, other := range []string{"540102********4218", "身份证号" + id[:6] + "********", "1990-03-07", "19900307"} {
		if got := h.in("", []byte(other)); len(got) > 0 {
			t.Errorf("%v", got)
		}
	}
}
