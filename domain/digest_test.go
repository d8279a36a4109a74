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
