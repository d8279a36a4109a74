package vault_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/vault"
	"github.com/mingjian-ledger/mingjian/domain"
)

func filled(t *testing.T, p place, persons int) []domain.Sealed {
	t.Helper()
	s := p.open(t)
	out := make([]domain.Sealed, persons)
	for i := range out {
		out[i] = seal(t, s, fmt.Sprint("item-", i), fmt.Sprint("text ", i), person(t, s, fmt.Sprint("number ", i)))
	}
	closed(t, s)
	return out
}

func masters(t *testing.T, p place) (names []string, keys [][]byte) {
	t.Helper()
	text, err := os.ReadFile(p.key())
	if err != nil {
		t.Fatal(err)
	}
	var held struct {
		Keys []struct {
			Name string
			Key  []byte
		}
	}
	if err := json.Unmarshal(text, &held); err != nil {
		t.Fatal(err)
	}
	for _, k := range held.Keys {
		names, keys = append(names, k.Name), append(keys, k.Key)
	}
	return names, keys
}

func TestRotationWrapsEveryKeyAnew(t *testing.T) { everywhere(t, rotationWrapsEveryKey) }

func rotationWrapsEveryKey(t *testing.T, fresh func() place) {
	p := fresh()
	all := filled(t, p, 300) // more than a batch
	was, _ := masters(t, p)
	s := p.open(t)
	done := 0
	name, err := s.Rotate(t.Context(), func(n int) { done += n })
	if err != nil || done != len(all) {
		t.Fatalf("%d keys, %v", done, err)
	}
	if is, _ := masters(t, p); len(is) != 1 || is[0] != name || is[0] == was[0] {
		t.Fatalf("master keys %v after, %v before", is, was)
	}
	for i, sealed := range all {
		opens(t, s, sealed, fmt.Sprint("text ", i))
	}
	if person(t, s, "number 7") != all[7].Persons[0] {
		t.Error("the number leads to another person")
	}
	if err := s.Shred(t.Context(), all[3].Persons[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open(t.Context(), all[3]); domain.KindOf(err) != domain.Gone {
		t.Errorf("shredded after a rotation: %v", err)
	}
}

// cut is a key service that fails at its n-th call, having done its work or not.
type cut struct {
	vault.KeyService
	left int
	done bool
}

var errCut = errors.New("the power went")

func (c *cut) due() bool { c.left--; return c.left == 0 }

func (c *cut) Wrap(ctx context.Context, key, bound []byte) ([]byte, string, error) {
	if c.due() {
		return nil, "", errCut
	}
	return c.KeyService.Wrap(ctx, key, bound)
}

func (c *cut) Unwrap(ctx context.Context, wrapped []byte, master string, bound []byte) ([]byte, error) {
	if c.due() {
		return nil, errCut
	}
	return c.KeyService.Unwrap(ctx, wrapped, master, bound)
}

func (c *cut) Rotate(ctx context.Context) (string, error) {
	due := c.due()
	if due && !c.done {
		return "", errCut
	}
	name, err := c.KeyService.Rotate(ctx)
	if due && err == nil {
		err = errCut
	}
	return name, err
}

func (c *cut) Retire(ctx context.Context, keep string) error {
	due := c.due()
	if due && !c.done {
		return errCut
	}
	err := c.KeyService.Retire(ctx, keep)
	if due && err == nil {
		err = errCut
	}
	return err
}

// Each call of the key service is where the process may end: after it nothing may be lost, and the next rotation ends the
// work and leaves one master key.
func TestRotationThatWasCutOffGoesOn(t *testing.T) { everywhere(t, rotationGoesOn) }

func rotationGoesOn(t *testing.T, fresh func() place) {
	for _, done := range []bool{false, true} {
		for at := 1; ; at++ {
			p := fresh()
			all := filled(t, p, 2)
			keys := &cut{KeyService: p.keys(), left: at, done: done}
			s, err := p.try(t, keys)
			if err == nil {
				_, err = s.Rotate(t.Context(), nil)
				closed(t, s)
			}
			whole := err == nil
			if !whole && !errors.Is(err, errCut) {
				t.Fatalf("cut at call %d: %v", at, err)
			}
			s = p.open(t)
			for i, sealed := range all {
				opens(t, s, sealed, fmt.Sprint("text ", i))
			}
			name, err := s.Rotate(t.Context(), nil)
			if err != nil {
				t.Fatalf("cut at call %d, again: %v", at, err)
			}
			if is, _ := masters(t, p); len(is) != 1 || is[0] != name {
				t.Errorf("cut at call %d: master keys %v, want %s alone", at, is, name)
			}
			for i, sealed := range all {
				opens(t, s, sealed, fmt.Sprint("text ", i))
			}
			closed(t, s)
			if whole {
				break
			}
		}
	}
}

func TestABatchIsWrappedOrNot(t *testing.T) { everywhere(t, batchIsWrappedOrNot) }

func batchIsWrappedOrNot(t *testing.T, fresh func() place) {
	p := fresh()
	all := filled(t, p, 300) // more than a batch
	ctx, cancel := context.WithCancel(t.Context())
	s := p.open(t)
	if _, err := s.Rotate(ctx, func(int) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want the context's error", err)
	}
	if names, _ := masters(t, p); len(names) != 2 {
		t.Fatalf("master keys %v half way, want both", names)
	}
	closed(t, s)
	s = p.open(t)
	for i, sealed := range all {
		opens(t, s, sealed, fmt.Sprint("text ", i))
	}
	rest := 0
	if _, err := s.Rotate(t.Context(), func(n int) { rest += n }); err != nil || rest == 0 || rest >= len(all) {
		t.Fatalf("%d of %d keys were left, %v", rest, len(all), err)
	}
}

func TestARetiredMasterKeyIsNowhere(t *testing.T) {
	t.Parallel()
	p := place{folder: t.TempDir()}
	all := filled(t, p, 3)
	beside, err := os.Open(p.key()) // the bytes of the former file, whatever its name becomes
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = beside.Close() }()
	_, keys := masters(t, p)
	old := place{folder: t.TempDir()}
	s := p.open(t)
	if err := s.Backup(t.Context(), old.file()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Rotate(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(keys[0])
	if err != nil {
		t.Fatal(err)
	}
	text := make([]byte, 4096)
	for at := int64(0); ; { // the former file: it may have been replaced twice
		n, err := beside.ReadAt(text, at)
		if strings.Contains(string(text[:n]), strings.Trim(string(encoded), `"`)) {
			t.Error("the bytes of the former key file still hold the key")
		}
		if err != nil {
			break
		}
		at += int64(n)
	}
	if found := p.holds(t, keys[0], []byte(strings.Trim(string(encoded), `"`))); len(found) > 0 {
		t.Errorf("found: %v", found)
	}
	var without *vault.MasterError
	if _, err := vault.Open(t.Context(), old.file(), p.keys()); !errors.As(err, &without) {
		t.Errorf("a copy of before the rotation: %v", err)
	}
	opens(t, s, all[0], "text 0")
}

// A secret that an orchestrator mounts is read by the group alone and written by nobody.
func TestKeyFileThatIsMounted(t *testing.T) {
	t.Parallel()
	p := place{folder: t.TempDir()}
	filled(t, p, 1)
	for mode, taken := range map[os.FileMode]bool{0o440: true, 0o400: true, 0o444: false, 0o460: false, 0o640: false} {
		if err := os.Chmod(p.key(), mode); err != nil {
			t.Fatal(err)
		}
		s, err := vault.Open(t.Context(), p.file(), p.keys())
		if (err == nil) != taken {
			t.Errorf("mode %#o: %v", mode, err)
		}
		if s != nil {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestKeyFilesThatAreNoneAreRefusedByName(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(text string) string
		mode   os.FileMode
		want   string
	}{
		"for others to read": {func(s string) string { return s }, 0o640, "0600"},
		"not JSON":           {func(string) string { return "secret" }, 0o600, "no file of master keys"},
		"without keys":       {func(string) string { return `{"format":1,"keys":[]}` }, 0o600, "no file of master keys"},
		"a newer form":       {func(s string) string { return strings.Replace(s, `"format": 1`, `"format": 2`, 1) }, 0o600, "newer version"},
		"a spoilt key": {func(s string) string {
			at := strings.Index(s, `"key": "`) + len(`"key": "`)
			other := "A"
			if s[at] == 'A' {
				other = "B"
			}
			return s[:at] + other + s[at+1:]
		}, 0o600, "spoilt"},
	} {
		p := place{folder: t.TempDir()}
		filled(t, p, 1)
		text, err := os.ReadFile(p.key())
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(os.WriteFile(p.key(), []byte(c.change(string(text))), 0o600), os.Chmod(p.key(), c.mode)); err != nil {
			t.Fatal(err)
		}
		_, err = vault.Open(t.Context(), p.file(), p.keys())
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), p.key()) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %q and the file's name", name, err, c.want)
		}
	}
}
