package domain_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
)

func TestADigestIsOfTheJSON(t *testing.T) {
	content := struct {
		Title string   `json:"title"`
		Items []string `json:"items,omitempty"`
	}{"检查<甲>&乙", nil}
	sum := sha256.Sum256([]byte(`{"title":"检查<甲>&乙"}`))
	if got, want := domain.DigestOf(content), hex.EncodeToString(sum[:]); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := domain.DigestOf(func() {}); got != "" {
		t.Errorf("the digest of nothing is %q", got)
	}
}

func TestAnApprovalIsOfTheContentItNames(t *testing.T) {
	for _, named := range []string{"", "aa"} {
		if f := domain.Approves("x.content", "expected_digest", named, "aa"); f != nil {
			t.Errorf("%q: %v", named, f)
		}
	}
	f := (*domain.Fault)(nil)
	err := error(domain.Approves("x.content", "expected_digest", "bb", "aa"))
	if !errors.As(err, &f) || f.Kind != domain.Conflict || f.Field != "expected_digest" || !strings.Contains(f.EN, "aa") || !strings.Contains(f.ZH, "bb") {
		t.Errorf("another content: %v", f)
	}
}

func TestADigestHasItsForm(t *testing.T) {
	sha := strings.Repeat("0a", 32)
	for value, code := range map[string]string{
		"": "", sha: "", sha[1:]: "x.digest.form", sha + "0": "x.digest.form", strings.ToUpper(sha): "x.digest.form", sha[1:] + "g": "x.digest.form",
	} {
		if f := domain.Digest("x", "file", value); (f == nil) != (code == "") || f != nil && (f.Code != code || f.Field != "file") {
			t.Errorf("%q: %v", value, f)
		}
	}
	other := strings.Repeat("0b", 32)
	for _, c := range []struct {
		digests []string
		code    string
	}{
		{nil, ""}, {[]string{sha, other}, ""}, {[]string{sha, sha}, "x.evidence.digest"}, {[]string{""}, "x.evidence.digest"},
		{[]string{sha, other, sha[1:]}, "x.evidence.number"},
	} {
		if f := domain.Evidence("x", c.digests, 2); (f == nil) != (c.code == "") || f != nil && f.Code != c.code {
			t.Errorf("%v: %v", c.digests, f)
		}
	}
}
