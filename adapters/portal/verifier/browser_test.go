package verifier_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/portal/verifier/verifiertest"
)

func TestInBrowser(t *testing.T) {
	s := verifiertest.New(t)
	t.Log(s.Verify(t, []byte("{}")))
}
