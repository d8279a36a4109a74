package ledger_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/ledger"
)

func TestTheChainIsAsDescribed(t *testing.T) {
	t.Parallel()
	store, _ := lived(t)
	chain := ledger.NewChain()
	if h := chain.Head(); h.Events != 0 || h.Position != "0" || h.Hash != "" {
		t.Errorf("of no event: %+v", h)
	}
	sum := sha256.Sum256([]byte("mingjian/log/v1"))
	for i, r := range store.All() {
		own := r.Hash()
		sum = sha256.Sum256(append(sum[:], own[:]...))
		r.Position = es.At(uint64(100+i), 7) // a store's own numbers are no part of it
		chain.Add(r)
		want := ledger.Head{Events: uint64(i + 1), Position: r.Position.String(), Hash: hex.EncodeToString(own[:]), Chain: hex.EncodeToString(sum[:])}
		if got := chain.Head(); got != want {
			t.Errorf("after event %d: %+v, want %+v", i, got, want)
		}
	}
}
