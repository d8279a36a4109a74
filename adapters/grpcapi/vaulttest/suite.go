package vaulttest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
)

// Vault is grpcapi.Vault, by its methods.
type Vault interface {
	Person(ctx context.Context, idNumber string) (person string, err error)
	Seal(ctx context.Context, item string, persons []string, plain []byte) (domain.Sealed, error)
	Open(ctx context.Context, s domain.Sealed) ([]byte, error)
	Shred(ctx context.Context, person string) error
}

// Opened is one vault under test.
type Opened struct {
	Vault
	// Again closes the vault and opens it anew over what is durable; nil for a vault that keeps nothing.
	Again func(t *testing.T) Vault
	// Spoil changes the stored bytes of an item behind the vault's back; nil for a vault without any.
	Spoil func(t *testing.T, item string)
}

// Suite holds a vault to its contract; fresh makes an empty one for each case.
func Suite(t *testing.T, fresh func(t *testing.T) Opened) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*testing.T, Opened)
	}{
		{"names one person however the number is typed", onePerson},
		{"names one person to concurrent callers", onePersonAtOnce},
		{"tells nothing of the number by the name", randomName},
		{"refuses a blank number", blankNumber},
		{"opens what was sealed", opensAgain},
		{"sorts persons and names each once", sortsPersons},
		{"commits to a secret salt and the text", commitment},
		{"answers the first Sealed to a retry", sealsOnce},
		{"refuses another text or other persons under one item", otherText},
		{"takes concurrent seals of one item", sealsAtOnce},
		{"refuses items without id or known person, and what is too long", refusesForm},
		{"tells what was never sealed from what differs", openUnknown},
		{"opens nothing of a shredded person", shredded},
		{"opens a text of several only while all keys are there", shreddedOne},
		{"leaves other persons' texts alone", shreddedOther},
		{"seals nothing for a shredded person, known or not", sealAfterShred},
		{"makes a new person of a shredded one's number", personAfterShred},
		{"orders seals and shredding at the same time", sealsWhileShredding},
		{"answers the error of a context that has ended", endedContext},
		{"keeps what was sealed and shredded when it is opened again", reopened},
		{"finds spoilt bytes", spoilt},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, fresh(t)) })
	}
}

// Numbers that satisfy no check digit: they belong to nobody.
const (
	numberA = "11010119900307001A"
	numberB = "11010119900307002A"
)

func person(t *testing.T, v Vault, number string) string {
	t.Helper()
	p, err := v.Person(t.Context(), number)
	if err != nil || p == "" {
		t.Fatalf("person: %q, %v", p, err)
	}
	return p
}

func seal(t *testing.T, v Vault, item, text string, persons ...string) domain.Sealed {
	t.Helper()
	s, err := v.Seal(t.Context(), item, persons, []byte(text))
	if err != nil {
		t.Fatalf("seal %s: %v", item, err)
	}
	return s
}

func opens(t *testing.T, v Vault, s domain.Sealed, want string) {
	t.Helper()
	got, err := v.Open(t.Context(), s)
	if err != nil || string(got) != want {
		t.Fatalf("open %s: %q, %v; want %q", s.Item, got, err, want)
	}
}

func refused(t *testing.T, what string, err error, want domain.Kind) {
	t.Helper()
	if fault := (*domain.Fault)(nil); !errors.As(err, &fault) || fault.Kind != want {
		t.Fatalf("%s: %v, want a fault of kind %d", what, err, want)
	}
}

func shred(t *testing.T, v Vault, person string) {
	t.Helper()
	if err := v.Shred(t.Context(), person); err != nil {
		t.Fatalf("shred: %v", err)
	}
}

func onePerson(t *testing.T, v Opened) {
	want := person(t, v, numberA)
	for _, typed := range []string{" 110101 19900307 001a ", "110101-19900307-001A", "１１０１０１１９９００３０７００１Ａ"} {
		if got := person(t, v, typed); got != want {
			t.Errorf("%q is person %s, want %s", typed, got, want)
		}
	}
	if person(t, v, numberB) == want {
		t.Error("two numbers are one person")
	}
}

func onePersonAtOnce(t *testing.T, v Opened) {
	got := make([]string, 20)
	errs := make([]error, len(got))
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() { got[i], errs[i] = v.Person(t.Context(), numberA) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil || len(slices.Compact(got)) != 1 {
		t.Fatalf("%v, %v", got, err)
	}
}

func randomName(t *testing.T, v Opened) {
	first := person(t, v, numberA)
	shred(t, v, first)
	if second := person(t, v, numberA); second == first || strings.Contains(second+first, numberA[:8]) {
		t.Fatalf("%s and %s follow from the number", first, second)
	}
}

func blankNumber(t *testing.T, v Opened) {
	for _, blank := range []string{"", "  ", "　-"} {
		_, err := v.Person(t.Context(), blank)
		refused(t, "a blank number", err, domain.Invalid)
	}
}

func opensAgain(t *testing.T, v Opened) {
	p := person(t, v, numberA)
	for i, text := range []string{"", "电话 13900000000", strings.Repeat("长", maxText/3)} {
		opens(t, v, seal(t, v, fmt.Sprint("item-", i), text, p), text)
	}
}

func sortsPersons(t *testing.T, v Opened) {
	a, b := person(t, v, numberA), person(t, v, numberB)
	if a > b {
		a, b = b, a
	}
	if got := seal(t, v, "item", "x", b, a, b); !slices.Equal(got.Persons, []string{a, b}) || got.Item != "item" {
		t.Fatalf("%+v, want persons %s %s", got, a, b)
	}
}

func commitment(t *testing.T, v Opened) {
	p := person(t, v, numberA)
	first, second := seal(t, v, "one", "same", p), seal(t, v, "two", "same", p)
	bare := sha256.Sum256([]byte("same"))
	for _, s := range []domain.Sealed{first, second} {
		if raw, err := hex.DecodeString(s.Commitment); err != nil || len(raw) != sha256.Size || bytes.Equal(raw, bare[:]) {
			t.Fatalf("commitment %q, %v", s.Commitment, err)
		}
	}
	if first.Commitment == second.Commitment {
		t.Fatal("one text has one commitment: it can be tried")
	}
}

func sealsOnce(t *testing.T, v Opened) {
	a, b := person(t, v, numberA), person(t, v, numberB)
	first := seal(t, v, "item", "text", a, b)
	if again := seal(t, v, "item", "text", b, a); !reflect.DeepEqual(again, first) {
		t.Fatalf("%+v, first %+v", again, first)
	}
}

func otherText(t *testing.T, v Opened) {
	a, b := person(t, v, numberA), person(t, v, numberB)
	first := seal(t, v, "item", "text", a)
	_, err := v.Seal(t.Context(), "item", []string{a}, []byte("other"))
	refused(t, "another text", err, domain.Conflict)
	_, err = v.Seal(t.Context(), "item", []string{a, b}, []byte("text"))
	refused(t, "other persons", err, domain.Conflict)
	opens(t, v, first, "text")
}

func sealsAtOnce(t *testing.T, v Opened) {
	p := person(t, v, numberA)
	got := make([]domain.Sealed, 20)
	errs := make([]error, len(got))
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() { got[i], errs[i] = v.Seal(t.Context(), "item", []string{p}, []byte("text")) })
	}
	wg.Wait()
	for i := range got {
		if errs[i] != nil || !reflect.DeepEqual(got[i], got[0]) {
			t.Fatalf("%+v and %+v, %v", got[i], got[0], errs[i])
		}
	}
	opens(t, v, got[0], "text")
}

func refusesForm(t *testing.T, v Opened) {
	p := person(t, v, numberA)
	_, err := v.Seal(t.Context(), "", []string{p}, nil)
	refused(t, "no item", err, domain.Invalid)
	_, err = v.Seal(t.Context(), "item", nil, nil)
	refused(t, "no person", err, domain.Invalid)
	_, err = v.Seal(t.Context(), "item", []string{p, "nobody"}, nil)
	refused(t, "a person never known", err, domain.Invalid)
	_, err = v.Seal(t.Context(), "item", []string{p}, make([]byte, maxText+1))
	refused(t, "a text too long", err, domain.TooLarge)
	_, err = v.Open(t.Context(), domain.Sealed{Item: "item", Persons: []string{p}, Commitment: ""})
	refused(t, "what was refused", err, domain.NotFound)
}
