package drand

import (
	"math/big"
	"testing"

	"github.com/cloudflare/circl/ecc/bls12381"
	"github.com/cloudflare/circl/ecc/bls12381/ff"
)

// A coordinate that is written unreduced names the same point in other bytes, which would give the round a second value. It
// fits beside the flags only if the coordinate is small, so a fitting point is looked for.
func TestOneEncodingOfAPoint(t *testing.T) {
	t.Parallel()
	prime := new(big.Int).SetBytes(ff.FpOrder())
	limit := new(big.Int).Lsh(big.NewInt(1), 381)
	found := 0
	for i := range 200 {
		var point bls12381.G1
		point.Hash([]byte{byte(i)}, nil)
		encoded := point.BytesCompressed()
		if !canonical(encoded) {
			t.Fatalf("%x is refused", encoded)
		}
		if canonical(point.Bytes()) {
			t.Fatal("an uncompressed point is taken")
		}
		flags := encoded[0] & 0xE0
		encoded[0] &= 0x1F
		sum := new(big.Int).Add(new(big.Int).SetBytes(encoded), prime)
		if sum.Cmp(limit) >= 0 {
			continue
		}
		found++
		sum.FillBytes(encoded)
		encoded[0] |= flags
		if canonical(encoded) {
			t.Errorf("%x is taken, unreduced", encoded)
		}
	}
	if found == 0 {
		t.Error("no point has an unreduced spelling")
	}
}
