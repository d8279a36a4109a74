package profile_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/profile"
)

func TestSmoke(t *testing.T) {
	for _, p := range profile.Embedded().All() {
		t.Log(p.ID(), len(p.Fields))
	}
}
