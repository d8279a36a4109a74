package verifier_test

import (
	"crypto/sha256"
	"net/http"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/portal/verifier/verifiertest"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

func sha(content []byte) sortition.Digest { return sha256.Sum256(content) }

// testModules serves what runs in the browser.
func testModules() http.Handler {
	return http.StripPrefix("/test/", http.FileServer(http.Dir("testdata")))
}

func page(t *testing.T, s *verifiertest.Session) {}
