package sortition

import "crypto/sha256"

// Tree grows a Merkle tree (RFC 6962 §2.1, RFC 9162 §2.1.1) leaf by leaf and holds one digest for each power of two in its
// size. The zero Tree is empty.
type Tree struct {
	peaks   []Digest // of complete subtrees, largest first
	size    uint64
	scratch []byte
}

// Add appends a leaf with that data; the data is not kept.
func (t *Tree) Add(data []byte) {
	t.scratch = append(append(t.scratch[:0], 0x00), data...)
	digest := Digest(sha256.Sum256(t.scratch))
	for size := t.size; size&1 == 1; size >>= 1 {
		last := len(t.peaks) - 1
		digest = joinNodes(t.peaks[last], digest)
		t.peaks = t.peaks[:last]
	}
	t.peaks = append(t.peaks, digest)
	t.size++
}

// Size counts the leaves.
func (t *Tree) Size() uint64 { return t.size }

// Root gives the root over the leaves so far: of none, the digest of nothing.
func (t *Tree) Root() Digest {
	if t.size == 0 {
		return sha256.Sum256(nil)
	}
	last := len(t.peaks) - 1
	root := t.peaks[last]
	for last--; last >= 0; last-- {
		root = joinNodes(t.peaks[last], root)
	}
	return root
}

func joinNodes(left, right Digest) Digest {
	var node [1 + 2*sha256.Size]byte
	node[0] = 0x01
	copy(node[1:], left[:])
	copy(node[1+sha256.Size:], right[:])
	return sha256.Sum256(node[:])
}
