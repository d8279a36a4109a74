package sheet

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

func gb18030(t testing.TB, s string) string {
	t.Helper()
	out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSurveyFindsTheEncoding(t *testing.T) {
	t.Parallel()
	rows := strings.Repeat("明鉴商贸有限公司,江城市滨湖区,批发零售\n", 50)
	tests := map[string]struct {
		in   string
		want Encoding
	}{
		"ascii":                        {"a,b\nc,d\n", UTF8},
		"empty":                        {"", UTF8},
		"utf-8":                        {rows, UTF8},
		"gb18030":                      {gb18030(t, rows), GB18030},
		"gb18030 of one row":           {gb18030(t, "名称,住所\n明鉴商贸,江城\n"), GB18030},
		"gb18030 with four-byte codes": {gb18030(t, rows+"㛃𫖯酒家,江城\n"), GB18030},
		"utf-8 with one broken row":    {rows + "坏\xe5\x8f行,x\n", UTF8},
		"gb18030 with one broken row":  {gb18030(t, rows) + "\xc4\n", GB18030},
		"half of each":                 {rows + gb18030(t, rows), ""},
		"western":                      {"caf\xe9,1\nna\xefve,2\n", ""},
		"cut within the last sign":     {rows + "坏\xe5", UTF8},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, piece := range []int{1, 7, 4096} {
				s := &survey{}
				for rest := []byte(test.in); len(rest) > 0; {
					n := min(piece, len(rest))
					if _, err := s.Write(rest[:n]); err != nil {
						t.Fatal(err)
					}
					rest = rest[n:]
				}
				got, err := s.encoding()
				if got != test.want || (err == nil) == (test.want == "") {
					t.Fatalf("pieces of %d: %q, %v; want %q", piece, got, err, test.want)
				}
			}
		})
	}
}

func TestDecoderNeverGivesAWrongCharacter(t *testing.T) {
	t.Parallel()
	good := []string{"明鉴", "䶮㛃𫖯𬭎〇·", "plain", "￥３，０００", "\u2026\u2014"}
	for _, want := range good {
		if got, err := newDecoder(GB18030).text([]byte(gb18030(t, want))); err != nil || got != want {
			t.Errorf("%q came back as %q, %v", want, got, err)
		}
	}
	bad := map[Encoding][]string{
		GB18030: {"\xc4", "a\xff", "\x80", "\xb0\x20"},
		UTF8:    {"\xff", "a\xe5\x8f", "\xed\xa0\x80"},
	}
	for enc, list := range bad {
		for _, raw := range list {
			if got, err := newDecoder(enc).text([]byte(raw)); !errors.Is(err, errUndecodable) {
				t.Errorf("%s % x was read as %q", enc, raw, got)
			}
		}
	}
}

// The decoder makes private-use characters of some codes; they are caught by lostCharacter.
func TestPrivateUseIsCaught(t *testing.T) {
	t.Parallel()
	got, err := newDecoder(GB18030).text([]byte("\x83\x38\x98\x37"))
	if _, lost := lostCharacter(got); err == nil && !lost {
		t.Fatalf("read as %q", got)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("\xc3\xf7\xbc\xf8"))
	f.Add([]byte("\x83\x38\x98\x37"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := newDecoder(GB18030).text(raw)
		if err != nil {
			return
		}
		back, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(got))
		if err != nil || !bytes.Equal(back, raw) {
			t.Fatalf("% x was read as %q, which is % x", raw, got, back)
		}
	})
}
