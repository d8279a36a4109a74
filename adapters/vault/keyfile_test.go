package vault_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/vault"
	"github.com/mingjian-ledger/mingjian/adapters/vault/keytest"
)

func TestKeyFileKeepsTheContract(t *testing.T) {
	t.Parallel()
	keytest.Suite(t, func(t *testing.T) func() vault.KeyService {
		p := place{folder: t.TempDir()}
		return func() vault.KeyService { return p.keys() }
	})
}
