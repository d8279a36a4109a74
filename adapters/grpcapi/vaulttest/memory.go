package vaulttest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain"
)

// maxText is grpcapi.MaxPersonal.
const maxText = 3 << 20

// Memory is a vault for tests: nothing in it is encrypted, the rest is as the port has it. Fail makes it lie.
type Memory struct {
	Name func() string // of a new person; nil for random names, which the port demands

	mu       sync.Mutex
	persons  map[string]string // number → person
	known    map[string]bool   // person → the key is there; false once it is shredded
	items    map[string]kept
	fail     error
	afterAll bool
}

type kept struct {
	sealed domain.Sealed
	salt   []byte
	plain  []byte
}

// Fail makes the next Seal or Shred answer err, having done its work or not.
func (m *Memory) Fail(err error, afterAll bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail, m.afterAll = err, afterAll
}

// failing tells the planted error if it is due at this moment.
func (m *Memory) failing(done bool) error {
	if m.fail == nil || m.afterAll != done {
		return nil
	}
	err := m.fail
	m.fail = nil
	return err
}

// Person names a person.
func (m *Memory) Person(ctx context.Context, idNumber string) (string, error) {
	number := strings.ReplaceAll(domain.NormalName(idNumber), "-", "")
	if number == "" {
		return "", refuse(domain.Invalid)
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.persons == nil {
		m.persons, m.known, m.items = map[string]string{}, map[string]bool{}, map[string]kept{}
	}
	if m.persons[number] == "" {
		name := rand.Text
		if m.Name != nil {
			name = m.Name
		}
		m.persons[number] = name()
		m.known[m.persons[number]] = true
	}
	return m.persons[number], nil
}

// Seal keeps a text.
func (m *Memory) Seal(ctx context.Context, item string, persons []string, plain []byte) (domain.Sealed, error) {
	persons = slices.Compact(slices.Sorted(slices.Values(persons)))
	switch {
	case item == "" || len(persons) == 0:
		return domain.Sealed{}, refuse(domain.Invalid)
	case len(plain) > maxText:
		return domain.Sealed{}, refuse(domain.TooLarge)
	case ctx.Err() != nil:
		return domain.Sealed{}, ctx.Err()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.failing(false); err != nil {
		return domain.Sealed{}, err
	}
	for _, p := range persons {
		if there, known := m.known[p]; !known {
			return domain.Sealed{}, refuse(domain.Invalid)
		} else if !there {
			return domain.Sealed{}, refuse(domain.Gone)
		}
	}
	if was, twice := m.items[item]; twice {
		if !bytes.Equal(was.plain, plain) || !slices.Equal(was.sealed.Persons, persons) {
			return domain.Sealed{}, refuse(domain.Conflict)
		}
		return was.sealed, nil
	}
	salt := make([]byte, 32)
	_, _ = rand.Read(salt) // it never fails
	sum := sha256.Sum256(slices.Concat(salt, plain))
	s := domain.Sealed{Item: item, Persons: persons, Commitment: hex.EncodeToString(sum[:])}
	m.items[item] = kept{sealed: s, salt: salt, plain: bytes.Clone(plain)}
	return s, m.failing(true)
}

// Open gives it back.
func (m *Memory) Open(ctx context.Context, s domain.Sealed) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	was, there := m.items[s.Item]
	for _, p := range s.Persons {
		if intact, known := m.known[p]; known && !intact {
			return nil, refuse(domain.Gone)
		}
	}
	switch {
	case !there:
		return nil, refuse(domain.NotFound)
	case was.sealed.Commitment != s.Commitment || !slices.Equal(was.sealed.Persons, s.Persons):
		return nil, refuse(domain.Conflict)
	}
	return bytes.Clone(was.plain), nil
}

// Shred forgets a person.
func (m *Memory) Shred(ctx context.Context, person string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.failing(false); err != nil {
		return err
	}
	if m.known == nil {
		m.persons, m.known, m.items = map[string]string{}, map[string]bool{}, map[string]kept{}
	}
	m.known[person] = false
	for number, p := range m.persons {
		if p == person {
			delete(m.persons, number)
		}
	}
	for id, it := range m.items {
		if slices.Contains(it.sealed.Persons, person) {
			m.items[id] = kept{sealed: it.sealed, salt: nil, plain: nil}
		}
	}
	return m.failing(true)
}

func refuse(kind domain.Kind) error {
	code := map[domain.Kind]string{
		domain.Gone: "vault.shredded", domain.NotFound: "vault.missing", domain.Conflict: "vault.sealed", domain.TooLarge: "vault.size",
	}[kind]
	return domain.Refuse(kind, cmp.Or(code, "vault.invalid"), "", "保险库拒绝", "the vault in memory refuses")
}

// Items are the ids of what was sealed, sorted.
func (m *Memory) Items() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.items))
}
