package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

func seal(t *testing.T, args ...string) (code int, out, complaint string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), terminal{
		args: append([]string{"draw", "seal"}, args...), getenv: func(string) string { return "" },
		in: strings.NewReader(""), out: &stdout, err: &stderr,
	})
	return code, strings.TrimSpace(stdout.String()), stderr.String()
}

func TestASealIsKeptAndOpens(t *testing.T) {
	t.Parallel()
	file, terms := filepath.Join(t.TempDir(), "nonce.hex"), strings.Repeat("ab", 32)
	code, first, complaint := seal(t, "--terms", terms, "--party", "驻局纪检监察组", "--nonce-file", file)
	if code != exitOK {
		t.Fatalf("%d: %s", code, complaint)
	}
	if _, again, _ := seal(t, "--terms", terms, "--party", "驻局纪检监察组", "--nonce-file", file); again != first {
		t.Errorf("the kept nonce seals %s, then %s", first, again)
	}
	if _, other, _ := seal(t, "--terms", terms, "--party", "子虚市市场监督管理局", "--nonce-file", file); other == first {
		t.Error("another party's commitment is the same")
	}
	text, err := os.ReadFile(file) //nolint:gosec // of this test
	if err != nil {
		t.Fatal(err)
	}
	var nonce sortition.Nonce
	var digest, commitment sortition.Digest
	for _, err := range []error{
		nonce.UnmarshalText(bytes.TrimSpace(text)), digest.UnmarshalText([]byte(terms)), commitment.UnmarshalText([]byte(first)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	err = sortition.CheckReveal(digest, sortition.Commitment{Party: "驻局纪检监察组", Commitment: commitment}, sortition.Reveal{Party: "驻局纪检监察组", Nonce: nonce})
	if err != nil {
		t.Errorf("what is in the file does not open the seal: %v", err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the nonce's file: %v, %v", info.Mode(), err)
	}
}

func TestSealsThatAreRefused(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "nonce.hex")
	if err := os.WriteFile(file, []byte("not a nonce"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"short terms":  {"--terms", "ab", "--party", "a", "--nonce-file", "x"},
		"no party":     {"--terms", strings.Repeat("ab", 32), "--nonce-file", "x"},
		"a wrong file": {"--terms", strings.Repeat("ab", 32), "--party", "a", "--nonce-file", file},
	} {
		if code, out, complaint := seal(t, args...); code != exitUsage || out != "" || complaint == "" {
			t.Errorf("%s: %d, %q, %q", name, code, out, complaint)
		}
	}
}
