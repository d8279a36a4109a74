package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// scanned writes records as "line-last:cell|cell" or "line-last!rule".
func scanned(t testing.TB, in io.Reader, delim, eol byte, limit int) []string {
	t.Helper()
	s := newCSVScanner(in, delim, eol, limit)
	var out []string
	for {
		rec, err := s.next(false)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		where := fmt.Sprintf("%d-%d", rec.line, rec.last)
		if rec.rule != "" {
			out = append(out, where+"!"+rec.rule)
			continue
		}
		out = append(out, where+":"+string(bytes.Join(rec.cells, []byte("|"))))
	}
}

func TestCSVScanner(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in    string
		eol   byte
		limit int
		want  []string
	}{
		"plain":                        {in: "a,b\nc,d\n", want: []string{"1-1:a|b", "2-2:c|d"}},
		"no line end at the end":       {in: "a,b\nc,d", want: []string{"1-1:a|b", "2-2:c|d"}},
		"windows":                      {in: "a,b\r\n\"c\",d\r\n", want: []string{"1-1:a|b", "2-2:c|d"}},
		"old mac":                      {in: "a,b\rc,\"d\re\"\rf", eol: '\r', want: []string{"1-1:a|b", "2-3:c|d\re", "4-4:f"}},
		"empty cells":                  {in: ",\n\n\"\",\"\"\n", want: []string{"1-1:|", "2-2:", "3-3:|"}},
		"quoted":                       {in: `"a,b","c ""d"""` + "\n", want: []string{`1-1:a,b|c "d"`}},
		"line breaks in a cell":        {in: "a,\"b\nc\r\nd\",e\nf\n", want: []string{"1-3:a|b\nc\r\nd|e", "4-4:f"}},
		"bare quotation mark":          {in: "12\" pizza,x\ny\n", want: []string{`1-1:12" pizza|x`, "2-2:y"}},
		"text behind a quotation":      {in: "\"a\"b,c\nd\n", want: []string{"1-1!csv-quote", "2-2:d"}},
		"broken in the second line":    {in: "x,\"a\nb\"c\nd\n", want: []string{"1-2!csv-quote", "3-3:d"}},
		"quotation never closed":       {in: "x\na,\"b\nc\nd\n", want: []string{"1-1:x", "2-2!csv-quote", "3-3:c", "4-4:d"}},
		"never closed in the last row": {in: "x\na,\"b", want: []string{"1-1:x", "2-2!csv-quote"}},
		"converted twice":              {in: "a,b\r\r\n\"c\",\"d\"\r\r\ne\n", want: []string{"1-1:a|b", "2-2:c|d", "3-3:e"}},
		"return behind a quotation":    {in: "\"a\"\rb\nc\n", want: []string{"1-1!csv-quote", "2-2:c"}},
		"too long":                     {in: "a\n" + strings.Repeat("x", 200000) + "\nb\n", limit: 50, want: []string{"1-1:a", "2-2!row-too-long", "3-3:b"}},
		"too long in the buffer":       {in: "a\n" + strings.Repeat("x", 60) + "\nb\n", limit: 50, want: []string{"1-1:a", "2-2!row-too-long", "3-3:b"}},
		"too long over lines":          {in: "\"a\n" + strings.Repeat("x", 60) + "\"\nb\n", limit: 50, want: []string{"1-1!row-too-long", "2-2!row-too-long", "3-3:b"}},
		"too long at the end":          {in: strings.Repeat("x", 200000), limit: 50, want: []string{"1-1!row-too-long"}},
		"nothing":                      {in: ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.eol == 0 {
				test.eol = '\n'
			}
			if test.limit == 0 {
				test.limit = 1 << 20
			}
			for _, in := range []io.Reader{strings.NewReader(test.in), iotest.OneByteReader(strings.NewReader(test.in))} {
				if diff := cmp.Diff(test.want, scanned(t, in, ',', test.eol, test.limit)); diff != "" {
					t.Fatal(diff)
				}
			}
		})
	}
}

// FuzzCSV holds the scanner against encoding/csv wherever that accepts the text, and wants the same records however the
// bytes come in, every line counted once.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{"a,b\n\"c\nd\",e\n", "\"a\"\"b\"\r\n", "a,\"b\nc", "\"x\"y\n1,2\n", ",,\n\n", "a\rb\n"} {
		f.Add(seed, 64)
	}
	f.Fuzz(func(t *testing.T, in string, limit int) {
		limit = 16 + max(0, limit)%4096
		got := scanned(t, strings.NewReader(in), ',', '\n', limit)
		if diff := cmp.Diff(got, scanned(t, iotest.OneByteReader(strings.NewReader(in)), ',', '\n', limit)); diff != "" {
			t.Fatalf("another result byte by byte: %s", diff)
		}
		line := 0
		for _, rec := range got {
			var from, to int
			if _, err := fmt.Sscanf(rec, "%d-%d", &from, &to); err != nil || from != line+1 || to < from {
				t.Fatalf("record %q behind line %d", rec, line)
			}
			line = to
		}
		reference := csv.NewReader(strings.NewReader(in))
		reference.FieldsPerRecord = -1
		want, err := reference.ReadAll()
		if err != nil || limit < len(in) || strings.Contains(in, "\r") {
			return
		}
		var rows []string
		for _, rec := range got {
			if _, cells, ok := strings.Cut(rec, ":"); ok && cells != "" {
				rows = append(rows, cells)
			}
		}
		var wantRows []string
		for _, row := range want {
			if cells := strings.Join(row, "|"); cells != "" {
				wantRows = append(wantRows, cells)
			}
		}
		if diff := cmp.Diff(wantRows, rows); diff != "" {
			t.Fatalf("encoding/csv reads it otherwise: %s", diff)
		}
	})
}
