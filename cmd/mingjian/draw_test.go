package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// publishedVector gives the path of a published bundle.
func publishedVector(name string) string {
	return filepath.Join("..", "..", "domain", "sortition", "testdata", "bundles", filepath.FromSlash(name))
}

func TestDrawVerifyVectors(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(publishedVector("vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		File  string
		Valid bool
		Step  string
	}
	if err := json.Unmarshal(content, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		code, out, errs := command(t, "draw", "verify", "--json", "--pools", publishedVector("pools"), publishedVector(v.File))
		var got verdict
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Errorf("%s: ended with %d, %v\n%s%s", v.File, code, err, out, errs)
			continue
		}
		want := exitOK
		if !v.Valid {
			want = exitRefuted
		}
		if code != want || got.Valid != v.Valid || got.Step != v.Step {
			t.Errorf("%s: ended with %d, valid %v, step %q; want step %q\n%s", v.File, code, got.Valid, got.Step, v.Step, errs)
		}
	}
}

func TestDrawVerifyExplains(t *testing.T) {
	t.Parallel()
	code, out, errs := command(t, "draw", "verify", "--explain", publishedVector("drand.json"))
	if code != exitOK || errs != "" {
		t.Fatalf("ended with %d\n%s", code, errs)
	}
	for _, want := range []string{"✓ 1 form", "✓ 15 replacement", "24 candidates", "检查对象 24 个", "is proven by the signature", "数字签名证明", "高风险 3/6", "valid: draw draw-drand"} {
		if !strings.Contains(out, want) {
			t.Errorf("nothing says %q:\n%s", want, out)
		}
	}
	code, out, errs = command(t, "draw", "verify", "--explain", publishedVector("tampered/a-changed-ticket.json"))
	if code != exitRefuted || !strings.Contains(out, "✗ 12 selection\n    不一致") || strings.Contains(out, "match") || !strings.Contains(errs, "at step selection") {
		t.Errorf("ended with %d\n%s\n%s", code, out, errs)
	}
	code, out, _ = command(t, "draw", "verify", "--explain", "--json", publishedVector("nobody.json"))
	var got verdict
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != exitOK || len(got.Steps) != 15 {
		t.Errorf("ended with %d, %v\n%s", code, err, out)
	}
	for _, step := range got.Steps {
		if !step.Holds || step.Chinese == "" || step.English == "" {
			t.Errorf("step %+v", step)
		}
	}
}

func TestDrawVerifyReadsStandardInput(t *testing.T) {
	t.Parallel()
	packed, err := os.Open(publishedVector("ten-thousand.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = packed.Close() }() // only read from
	var out, errs bytes.Buffer
	code := run(t.Context(), terminal{args: []string{"draw", "verify", "-"}, getenv: func(string) string { return "" }, in: packed, out: &out, err: &errs})
	if code != exitOK || !strings.Contains(out.String(), "of 10000 subjects") {
		t.Errorf("ended with %d\n%s%s", code, out.String(), errs.String())
	}
	code, _, text := command(t, "draw", "verify", "-")
	if code != exitRefuted || !strings.Contains(text, "not a bundle") {
		t.Errorf("nothing: ended with %d\n%s", code, text)
	}
	code, _, text = command(t, "draw", "verify", publishedVector("pool-files.json"))
	if code != exitFailed || !strings.Contains(text, "no files given") {
		t.Errorf("without pool files: ended with %d\n%s", code, text)
	}
}
