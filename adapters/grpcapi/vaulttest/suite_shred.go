package vaulttest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
)

func openUnknown(t *testing.T, v Opened) {
	a, b := person(t, v, numberA), person(t, v, numberB)
	s := seal(t, v, "item", "text", a)
	for what, c := range map[string]struct {
		change func(*domain.Sealed)
		want   domain.Kind
	}{
		"another item":        {func(s *domain.Sealed) { s.Item = "none" }, domain.NotFound},
		"other persons":       {func(s *domain.Sealed) { s.Persons = []string{b} }, domain.Conflict},
		"more persons":        {func(s *domain.Sealed) { s.Persons = []string{a, b} }, domain.Conflict},
		"no persons":          {func(s *domain.Sealed) { s.Persons = nil }, domain.Conflict},
		"another commitment":  {func(s *domain.Sealed) { s.Commitment = strings.Repeat("0", 64) }, domain.Conflict},
		"without commitment":  {func(s *domain.Sealed) { s.Commitment = "" }, domain.Conflict},
		"the zero of a value": {func(s *domain.Sealed) { *s = domain.Sealed{} }, domain.NotFound},
	} {
		changed := s
		c.change(&changed)
		_, err := v.Open(t.Context(), changed)
		refused(t, what, err, c.want)
	}
	opens(t, v, s, "text")
}

func gone(t *testing.T, v Vault, s domain.Sealed) {
	t.Helper()
	_, err := v.Open(t.Context(), s)
	refused(t, "open "+s.Item, err, domain.Gone)
}

func shredded(t *testing.T, v Opened) {
	p := person(t, v, numberA)
	first, second := seal(t, v, "one", "text", p), seal(t, v, "two", "text", p)
	shred(t, v, p)
	gone(t, v, first)
	gone(t, v, second)
	shred(t, v, p)
	gone(t, v, first)
}

func shreddedOne(t *testing.T, v Opened) {
	a, b := person(t, v, numberA), person(t, v, numberB)
	both := seal(t, v, "both", "text", a, b)
	opens(t, v, both, "text")
	shred(t, v, b)
	gone(t, v, both)
}

func shreddedOther(t *testing.T, v Opened) {
	a, b := person(t, v, numberA), person(t, v, numberB)
	mine, other := seal(t, v, "mine", "text", a), seal(t, v, "other", "text", b)
	shred(t, v, a)
	gone(t, v, mine)
	opens(t, v, other, "text")
	if again := seal(t, v, "other", "text", b); !reflect.DeepEqual(again, other) {
		t.Fatalf("%+v, was %+v", again, other)
	}
}

func sealAfterShred(t *testing.T, v Opened) {
	p := person(t, v, numberA)
	seal(t, v, "before", "text", p)
	shred(t, v, p)
	shred(t, v, "never-known")
	for _, c := range []struct{ item, person string }{{"before", p}, {"after", p}, {"never", "never-known"}} {
		_, err := v.Seal(t.Context(), c.item, []string{c.person}, []byte("text"))
		refused(t, "seal "+c.item, err, domain.Gone)
	}
}

func personAfterShred(t *testing.T, v Opened) {
	old := person(t, v, numberA)
	was := seal(t, v, "old", "text", old)
	shred(t, v, old)
	fresh := person(t, v, numberA)
	if fresh == old {
		t.Fatal("the number still leads to the shredded person")
	}
	opens(t, v, seal(t, v, "new", "text", fresh), "text")
	gone(t, v, was)
}

func sealsWhileShredding(t *testing.T, v Opened) {
	p := person(t, v, numberA)
	got := make([]domain.Sealed, 40)
	errs := make([]error, len(got))
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() { got[i], errs[i] = v.Seal(t.Context(), fmt.Sprint("item-", i), []string{p}, []byte("text")) })
	}
	wg.Go(func() {
		if err := v.Shred(t.Context(), p); err != nil {
			t.Errorf("shred: %v", err)
		}
	})
	wg.Wait()
	for i := range got {
		if errs[i] != nil {
			refused(t, "seal while shredding", errs[i], domain.Gone)
			continue
		}
		gone(t, v, got[i])
	}
}

func endedContext(t *testing.T, v Opened) {
	p := person(t, v, numberA)
	s := seal(t, v, "item", "text", p)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, person := v.Person(ctx, numberB)
	_, sealing := v.Seal(ctx, "late", []string{p}, []byte("text"))
	_, opening := v.Open(ctx, s)
	for what, err := range map[string]error{"person": person, "seal": sealing, "open": opening, "shred": v.Shred(ctx, p)} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want the context's error", what, err)
		}
	}
	opens(t, v, s, "text")
}

func reopened(t *testing.T, v Opened) {
	if v.Again == nil {
		t.Skip("this vault keeps nothing")
	}
	a, b := person(t, v, numberA), person(t, v, numberB)
	kept, lost := seal(t, v, "kept", "text", a), seal(t, v, "lost", "text", b)
	shred(t, v, b)
	shred(t, v, "never-known")
	again := v.Again(t)
	opens(t, again, kept, "text")
	gone(t, again, lost)
	if got := person(t, again, numberA); got != a {
		t.Errorf("the person is %s, was %s", got, a)
	}
	_, err := again.Seal(t.Context(), "never", []string{"never-known"}, nil)
	refused(t, "seal for one shredded before", err, domain.Gone)
	if got := seal(t, again, "kept", "text", a); !reflect.DeepEqual(got, kept) {
		t.Errorf("sealed again: %+v, was %+v", got, kept)
	}
}

func spoilt(t *testing.T, v Opened) {
	if v.Spoil == nil {
		t.Skip("this vault has no bytes to spoil")
	}
	s := seal(t, v, "item", "text", person(t, v, numberA))
	v.Spoil(t, "item")
	if got, err := v.Open(t.Context(), s); err == nil || domain.KindOf(err) != domain.Internal {
		t.Fatalf("%q, %v; want an internal error", got, err)
	}
}
