package sortition_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// treeVector is a tree of RFC 6962: its leaves and their root, in hexadecimal digits.
type treeVector struct {
	Leaves []string `json:"leaves"`
	Root   string   `json:"root"`
}

// otherRoot gives the root that another implementation finds.
func otherRoot(t fataler, leaves [][]byte) string {
	t.Helper()
	hasher := rfc6962.DefaultHasher
	tree := (&compact.RangeFactory{Hash: hasher.HashChildren}).NewEmptyRange(0)
	for _, leaf := range leaves {
		if err := tree.Append(hasher.HashLeaf(leaf), nil); err != nil {
			t.Fatal(err)
		}
	}
	root, err := tree.GetRootHash(nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(leaves) == 0 {
		root = hasher.EmptyRoot()
	}
	return hex.EncodeToString(root)
}

func ownRoot(leaves [][]byte) string {
	var tree sortition.Tree
	for _, leaf := range leaves {
		tree.Add(leaf)
	}
	return tree.Root().String()
}

// trees are the leaves of the published vectors: every size around the powers of two, leaves of every length around a block.
func trees() [][][]byte {
	var all [][][]byte
	for _, size := range []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65} {
		leaves := make([][]byte, size)
		for i := range leaves {
			leaves[i] = []byte(strings.Repeat("é", i%5) + string(rune('a'+i%26)))
		}
		all = append(all, leaves)
	}
	for _, length := range []int{0, 31, 54, 55, 56, 62, 63, 64, 65, 118, 119, 120, 127, 128, 1000} {
		leaf := make([]byte, 0, length+sha256.Size)
		for i := 0; len(leaf) < length; i++ {
			sum := sha256.Sum256([]byte{byte(length), byte(i)})
			leaf = append(leaf, sum[:]...)
		}
		all = append(all, [][]byte{leaf[:length]}, [][]byte{leaf[:length], {}, leaf[:length/2]})
	}
	return all
}

// TestTreeVectors publishes roots that another implementation made and holds the own one to them.
func TestTreeVectors(t *testing.T) {
	t.Parallel()
	var lines []string
	for _, leaves := range trees() {
		v := treeVector{Leaves: []string{}, Root: otherRoot(t, leaves)}
		for _, leaf := range leaves {
			v.Leaves = append(v.Leaves, hex.EncodeToString(leaf))
		}
		line, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, " "+string(line))
	}
	publish(t, "../merkle.json", []byte("[\n"+strings.Join(lines, ",\n")+"\n]\n"))
	text, err := io.ReadAll(openBundle(t, "../merkle.json"))
	if err != nil {
		t.Fatal(err)
	}
	var published []treeVector
	if err := json.Unmarshal(text, &published); err != nil {
		t.Fatal(err)
	}
	for _, v := range published {
		var leaves [][]byte
		for _, digits := range v.Leaves {
			leaf, err := hex.DecodeString(digits)
			if err != nil {
				t.Fatal(err)
			}
			leaves = append(leaves, leaf)
		}
		if got := ownRoot(leaves); got != v.Root {
			t.Errorf("the root over %d leaves is %s, want %s", len(leaves), got, v.Root)
		}
	}
}

func TestTreeIsTheOther(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		leaves := rapid.SliceOfN(rapid.SliceOf(rapid.Byte()), 0, 300).Draw(t, "leaves")
		if got, want := ownRoot(leaves), otherRoot(t, leaves); got != want {
			t.Fatalf("the root over %d leaves is %s, want %s", len(leaves), got, want)
		}
	})
}
