package sortition_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
	"pgregory.net/rapid"
)

// The leaves of the well-known test tree of Certificate Transparency, in hexadecimal.
var ctLeaves = []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}

func ctRoot(t *testing.T, size int) sortition.Digest {
	t.Helper()
	var tree sortition.Tree
	for _, leaf := range ctLeaves[:size] {
		data, err := hex.DecodeString(leaf)
		if err != nil {
			t.Fatal(err)
		}
		tree.Add(data)
	}
	if tree.Size() != uint64(size) {
		t.Fatalf("size %d", tree.Size())
	}
	return tree.Root()
}

func TestEmptyTree(t *testing.T) {
	t.Parallel()
	const want = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	if got := new(sortition.Tree).Root().String(); got != want {
		t.Errorf("root %s", got)
	}
}

func TestPublishedRoots(t *testing.T) {
	t.Parallel()
	var cases []string
	for _, pattern := range []string{"consistency/*/happy-path.json", "inclusion/*/happy-path.json"} {
		found, err := filepath.Glob(filepath.Join(sharedFile(t, "rfc6962"), "testdata", pattern))
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, found...)
	}
	checked := 0
	for _, path := range cases {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var c struct {
			Size1, Size2, TreeSize int
			Root1, Root2, Root     string
		}
		if err := json.Unmarshal(text, &c); err != nil {
			t.Fatal(err)
		}
		for size, want := range map[int]string{c.Size1: c.Root1, c.Size2: c.Root2, c.TreeSize: c.Root} {
			if want == "" || size == 0 || size > len(ctLeaves) {
				continue
			}
			checked++
			root := ctRoot(t, size)
			if got := base64.StdEncoding.EncodeToString(root[:]); got != want {
				t.Errorf("%s: the root of %d leaves is %s, want %s", path, size, got, want)
			}
		}
	}
	if checked < 8 {
		t.Errorf("only %d roots were published", checked)
	}
}

func TestTreeIsTheDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		leaves := rapid.SliceOfN(rapid.String(), 0, 70).Draw(t, "leaves")
		var tree sortition.Tree
		for i, leaf := range leaves {
			tree.Add([]byte(leaf))
			if got := tree.Root(); got != refDigest(refRoot(leaves[:i+1])) {
				t.Fatalf("root of %d leaves is %s", i+1, got)
			}
		}
	})
}
