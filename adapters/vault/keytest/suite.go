package keytest

import (
	"bytes"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/vault"
)

// Suite holds a key service to its contract. fresh makes one without keys; what it answers opens the same keys anew each time
// that it is called.
func Suite(t *testing.T, fresh func(t *testing.T) (open func() vault.KeyService)) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*testing.T, func() vault.KeyService)
	}{
		{"makes the first key when it wraps, durably", firstKey},
		{"unwraps what it wrapped, under its name", unwraps},
		{"refuses other bytes and another bound", refuses},
		{"says which master key it lacks", lacks},
		{"keeps the former keys when it rotates", rotates},
		{"destroys all but the one that it keeps", retires},
		{"keeps a key that there is, or nothing", keepsOne},
		{"serves many at once", atOnce},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, fresh(t)) })
	}
}

var (
	key   = bytes.Repeat([]byte{7}, 32)
	bound = []byte("whose")
)

func wrap(t *testing.T, s vault.KeyService) ([]byte, string) {
	t.Helper()
	wrapped, master, err := s.Wrap(t.Context(), key, bound)
	if err != nil || master == "" || bytes.Contains(wrapped, key) {
		t.Fatalf("wrap: %x under %q, %v", wrapped, master, err)
	}
	return wrapped, master
}

func holds(t *testing.T, s vault.KeyService, wrapped []byte, master string) {
	t.Helper()
	if got, err := s.Unwrap(t.Context(), wrapped, master, bound); err != nil || !bytes.Equal(got, key) {
		t.Fatalf("unwrap under %s: %x, %v", master, got, err)
	}
}

func without(t *testing.T, s vault.KeyService, wrapped []byte, master string) {
	t.Helper()
	_, err := s.Unwrap(t.Context(), wrapped, master, bound)
	if lacking := (*vault.MasterError)(nil); !errors.As(err, &lacking) || lacking.Master != master {
		t.Fatalf("unwrap under %s: %v, want a *MasterError of that name", master, err)
	}
}

func rotate(t *testing.T, s vault.KeyService) string {
	t.Helper()
	master, err := s.Rotate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return master
}

func firstKey(t *testing.T, open func() vault.KeyService) {
	wrapped, master := wrap(t, open())
	holds(t, open(), wrapped, master)
}

func unwraps(t *testing.T, open func() vault.KeyService) {
	s := open()
	first, master := wrap(t, s)
	second, again := wrap(t, s)
	if master != again || bytes.Equal(first, second) {
		t.Errorf("one key twice: under %s and %s, the same bytes: %v", master, again, bytes.Equal(first, second))
	}
	holds(t, s, first, master)
	holds(t, s, second, master)
}

func refuses(t *testing.T, open func() vault.KeyService) {
	s := open()
	wrapped, master := wrap(t, s)
	spoilt := slices.Clone(wrapped)
	spoilt[len(spoilt)-1] ^= 1
	for _, bytes := range [][]byte{spoilt, wrapped[:len(wrapped)-1], nil} {
		if got, err := s.Unwrap(t.Context(), bytes, master, bound); err == nil {
			t.Errorf("other bytes are %x", got)
		}
	}
	if got, err := s.Unwrap(t.Context(), wrapped, master, []byte("another's")); err == nil {
		t.Errorf("another bound: %x", got)
	}
}

func lacks(t *testing.T, open func() vault.KeyService) {
	s := open()
	without(t, s, []byte("anything"), "none")
	wrapped, _ := wrap(t, s)
	without(t, s, wrapped, "none")
}

func rotates(t *testing.T, open func() vault.KeyService) {
	s := open()
	wrapped, master := wrap(t, s)
	next := rotate(t, s)
	after, by := wrap(t, open())
	if next == master || by != next {
		t.Errorf("wrapped under %s after a rotation from %s to %s", by, master, next)
	}
	holds(t, s, wrapped, master)
	holds(t, s, after, next)
}

func retires(t *testing.T, open func() vault.KeyService) {
	s := open()
	wrapped, master := wrap(t, s)
	rotate(t, s)
	newest := rotate(t, s)
	after, _ := wrap(t, s)
	for range 2 {
		if err := s.Retire(t.Context(), newest); err != nil {
			t.Fatal(err)
		}
	}
	without(t, open(), wrapped, master)
	holds(t, open(), after, newest)
}

func keepsOne(t *testing.T, open func() vault.KeyService) {
	s := open()
	wrapped, master := wrap(t, s)
	if err := s.Retire(t.Context(), "none"); err == nil {
		t.Error("all keys are gone, for one that there is not")
	}
	holds(t, open(), wrapped, master)
}

func atOnce(t *testing.T, open func() vault.KeyService) {
	s := open()
	errs := make([]error, 20)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			if i%10 == 5 {
				_, errs[i] = s.Rotate(t.Context())
				return
			}
			wrapped, master, err := s.Wrap(t.Context(), key, bound)
			if err == nil {
				_, err = s.Unwrap(t.Context(), wrapped, master, bound)
			}
			errs[i] = err
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}
