package chain_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain/chain"
)

// TestKnownChains holds the form: these were computed by another implementation.
func TestKnownChains(t *testing.T) {
	t.Parallel()
	var c chain.Chain
	if !c.IsZero() || c.String() != strings.Repeat("0", 64) {
		t.Errorf("before the first item: %s", c)
	}
	for i, want := range []string{
		"6ff72cf70ec08bafd4597fb9b6f1c5415e81529c2da9d55810d5ef05bdf950f7",
		"a235a1db20a6f9bdd6787dca3a1b2c875937809e7c846afdaebe6bced07079d9",
	} {
		if c = c.Next(fmt.Appendf(nil, `{"sequence":%d}`, i+1)); c.String() != want || c.IsZero() {
			t.Errorf("after %d: %s, want %s", i+1, c, want)
		}
	}
}

// TestEveryFaultChangesTheChain leaves out, repeats, exchanges and alters items.
func TestEveryFaultChangesTheChain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 12).Draw(t, "items")
		items := make([][]byte, n)
		for i := range items {
			items[i] = fmt.Appendf(nil, `{"sequence":%d,"text":%q}`, i+1, rapid.StringN(0, 8, -1).Draw(t, "text"))
		}
		i := rapid.IntRange(0, n-2).Draw(t, "at")
		want := over(items)
		for name, faulty := range map[string][][]byte{
			"left out":  slices.Delete(slices.Clone(items), i, i+1),
			"cut off":   items[:n-1],
			"repeated":  slices.Insert(slices.Clone(items), i, items[i]),
			"exchanged": slices.Insert(slices.Delete(slices.Clone(items), i, i+1), i+1, items[i]),
			"altered":   slices.Replace(slices.Clone(items), i, i+1, append(slices.Clone(items[i]), ' ')),
		} {
			if over(faulty) == want {
				t.Fatalf("%s at %d: the same chain", name, i)
			}
		}
	})
}

func TestALinkPassesForNoItem(t *testing.T) {
	t.Parallel()
	first := over([][]byte{[]byte("a")})
	if first.Next([]byte("b")) == (chain.Chain{}).Next(append(first[:], "b"...)) {
		t.Error("two items have the chain of one")
	}
}

func TestTextIsOneForm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := over([][]byte{rapid.SliceOf(rapid.Byte()).Draw(t, "item")})
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got chain.Chain
		if err := json.Unmarshal(text, &got); err != nil || got != want {
			t.Fatalf("%s read as %s: %v", text, got, err)
		}
	})
	good := over([][]byte{[]byte("a")}).String()
	for name, text := range map[string]string{
		"empty": "", "short": good[:62], "long": good + "00", "upper case": strings.ToUpper(good), "no hex": "g" + good[1:],
	} {
		if got, err := chain.Parse(text); err == nil || !got.IsZero() {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func over(items [][]byte) (c chain.Chain) {
	for _, item := range items {
		c = c.Next(item)
	}
	return c
}
