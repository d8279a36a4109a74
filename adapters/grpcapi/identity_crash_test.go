package grpcapi_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
)

// Whatever happens between the vault and the log, a retry under the same key ends with one event and one text.
func TestACrashBetweenTheVaultAndTheEvent(t *testing.T) {
	t.Parallel()
	lost := errors.New("the line went dead")
	for name, fail := range map[string]func(*matrixWorld){
		"nothing was sealed":          func(w *matrixWorld) { w.vault.Fail(lost, false) },
		"sealed, and nobody heard":    func(w *matrixWorld) { w.vault.Fail(lost, true) },
		"sealed, and nothing stored":  func(w *matrixWorld) { w.store.FailNotStored(1) },
		"sealed, stored, and unheard": func(w *matrixWorld) { w.store.FailStored(1) },
	} {
		w := newMatrixWorld(t)
		authorities(w)
		before := len(w.store.All())
		fail(w)
		if _, err := w.send(clerk, "k", decide(same)); err == nil {
			t.Errorf("%s: no error", name)
		}
		if _, err := w.send(clerk, "k", decide(same)); err != nil {
			t.Errorf("%s: sent again: %v", name, err)
			continue
		}
		stored := w.store.All()[before:]
		if len(stored) != 1 {
			t.Errorf("%s: %d events", name, len(stored))
			continue
		}
		refs := domain.SealedIn(stored[0].Data)
		var items []string
		for _, s := range refs {
			items = append(items, s.Item)
			if _, err := w.vault.Open(t.Context(), s); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if slices.Sort(items); len(items) == 0 || !slices.Equal(w.vault.Items(), items) {
			t.Errorf("%s: the event refers to %v, the vault has %v", name, items, w.vault.Items())
		}
	}
}
