package sortitiontest

import (
	"bytes"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// Published is a source under test with one value that it can prove, or that has its form.
type Published struct {
	Source      sortition.Source
	Terms       sortition.BeaconTerms
	Value       []byte
	Signature   []byte
	PublishedAt time.Time // what the name of the round tells; zero if nothing
	Dated       bool      // the signature tells when the value was published
	NoRounds    []string  // rounds that there are not, and other spellings of one that there is
	OtherRound  string    // another round, if the signature tells rounds apart
	NoValues    [][]byte  // values that are not the source's, beside changes of Value
}

// SourceSuite holds a source to the contract of sortition.Source.
func SourceSuite(t *testing.T, published func(t *testing.T) Published) {
	t.Helper()
	cases := []struct {
		name string
		run  func(*testing.T, Published)
	}{
		{"knows its name and no other", knowsItsName},
		{"refuses terms that name another", refusesOthers},
		{"tells when a round is published from the round alone", tellsTheTime},
		{"refuses rounds that it can't have, and other spellings", refusesRounds},
		{"takes its value and no other", takesItsValue},
		{"takes a value with its signature alone", takesItsSignature},
		{"refuses a value that was published too early", refusesEarlyValues},
		{"answers the same, from many goroutines", answersTheSame},
		{"neither keeps nor changes what it is given", keepsNothing},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := published(t)
			if err := p.Source.Verify(p.Terms, p.Value, p.Signature); err != nil {
				t.Fatalf("the value is not taken: %v", err)
			}
			c.run(t, p)
		})
	}
}

func (p Published) refused(t *testing.T, what string, terms sortition.BeaconTerms, value, signature []byte) {
	t.Helper()
	if err := p.Source.Verify(terms, value, signature); err == nil {
		t.Errorf("%s: taken", what)
	}
}

func knowsItsName(t *testing.T, p Published) {
	if !p.Source.Knows(p.Terms.Name) {
		t.Errorf("%q is not known", p.Terms.Name)
	}
	for _, other := range []string{"", "nobody", p.Terms.Name + " ", " " + p.Terms.Name, p.Terms.Name + "\x00"} {
		if p.Source.Knows(other) {
			t.Errorf("%q is known", other)
		}
	}
}

func refusesOthers(t *testing.T, p Published) {
	other := p.Terms
	other.Name = "nobody"
	p.refused(t, "another source", other, p.Value, p.Signature)
	if _, err := p.Source.PublishedAt(other); err == nil {
		t.Error("a time is told of another source")
	}
}

func tellsTheTime(t *testing.T, p Published) {
	for _, notBefore := range []string{p.Terms.NotBefore, "", "2999-01-01T00:00:00Z"} {
		terms := p.Terms
		terms.NotBefore = notBefore
		if at, err := p.Source.PublishedAt(terms); err != nil || !at.Equal(p.PublishedAt) {
			t.Errorf("not before %q: published at %v, %v, want %v", notBefore, at, err, p.PublishedAt)
		}
	}
}

func refusesRounds(t *testing.T, p Published) {
	if len(p.NoRounds) == 0 {
		t.Error("no such round is given")
	}
	for _, round := range p.NoRounds {
		terms := p.Terms
		terms.Round = round
		p.refused(t, "round "+round, terms, p.Value, p.Signature)
		if _, err := p.Source.PublishedAt(terms); err == nil {
			t.Errorf("round %q is published", round)
		}
	}
}

func takesItsValue(t *testing.T, p Published) {
	others := append([][]byte{nil, append(slices.Clone(p.Value), 0)}, p.NoValues...)
	if p.Source.Signs() {
		flipped := slices.Clone(p.Value)
		flipped[0] ^= 1
		others = append(others, flipped, p.Value[:len(p.Value)-1])
	}
	for _, other := range others {
		p.refused(t, "the value "+string(other), p.Terms, other, p.Signature)
	}
	if p.OtherRound != "" {
		terms := p.Terms
		terms.Round = p.OtherRound
		p.refused(t, "another round", terms, p.Value, p.Signature)
	}
}

func takesItsSignature(t *testing.T, p Published) {
	if !p.Source.Signs() {
		p.refused(t, "a signature of a source that does not sign", p.Terms, p.Value, []byte("x"))
		return
	}
	p.refused(t, "no signature", p.Terms, p.Value, nil)
	p.refused(t, "half a signature", p.Terms, p.Value, p.Signature[:len(p.Signature)/2])
}

func refusesEarlyValues(t *testing.T, p Published) {
	if !p.Dated {
		return
	}
	terms := p.Terms
	terms.NotBefore = "2999-01-01T00:00:00Z"
	p.refused(t, "a value from long before", terms, p.Value, p.Signature)
	terms.NotBefore = "soon"
	p.refused(t, "a time that is none", terms, p.Value, p.Signature)
}

func answersTheSame(t *testing.T, p Published) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			at, err := p.Source.PublishedAt(p.Terms)
			if err != nil || !at.Equal(p.PublishedAt) {
				t.Errorf("published at %v, %v", at, err)
			}
			if err := p.Source.Verify(p.Terms, p.Value, p.Signature); err != nil {
				t.Error(err)
			}
			if err := p.Source.Verify(p.Terms, nil, p.Signature); err == nil {
				t.Error("no value is taken")
			}
		})
	}
	wg.Wait()
}

func keepsNothing(t *testing.T, p Published) {
	value, signature := slices.Clone(p.Value), slices.Clone(p.Signature)
	if err := p.Source.Verify(p.Terms, value, signature); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(value, p.Value) || !bytes.Equal(signature, p.Signature) {
		t.Error("value or signature was changed")
	}
	clear(value)
	clear(signature)
	if err := p.Source.Verify(p.Terms, p.Value, p.Signature); err != nil {
		t.Errorf("after what was given had changed: %v", err)
	}
}
