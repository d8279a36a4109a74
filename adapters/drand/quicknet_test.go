package drand_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/drand"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
	"github.com/mingjian-ledger/mingjian/domain/sortition/sortitiontest"
)

func of(round string) sortition.BeaconTerms {
	return sortition.BeaconTerms{Name: drand.Name, Round: round}
}

func TestQuicknetKeepsTheContract(t *testing.T) {
	t.Parallel()
	sortitiontest.SourceSuite(t, func(t *testing.T) sortitiontest.Published {
		return sortitiontest.Published{
			Source: quicknet(t), Terms: sortition.BeaconTerms{Name: drand.Name, Round: "1000", NotBefore: "2023-08-23T15:59:24Z"},
			Value: unhex(t, value1000), Signature: unhex(t, signature1000), PublishedAt: drand.RoundTime(1000),
			NoRounds: []string{"", "0", "01000", "+1000", "1000 ", "-1", "1e3", "18446744073709551615"}, OtherRound: "1001",
		}
	})
}

func quicknet(t testing.TB) *drand.Quicknet {
	t.Helper()
	q, err := drand.NewQuicknet()
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	decoded, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}

const (
	signature1000 = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
	value1000     = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"
)

func TestPublishedRound(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "..", "shared", "data", "vectors", "drand-quicknet.json")
	text, err := os.ReadFile(path)
	if err != nil {
		if os.Getenv("MINGJIAN_TEST_REQUIRE") == "1" {
			t.Fatalf("the published round is required: %v", err)
		}
		t.Skipf("no published round here: %v", err)
	}
	var published struct {
		Round                 uint64
		Signature, Randomness string
	}
	if err := json.Unmarshal(text, &published); err != nil {
		t.Fatal(err)
	}
	err = quicknet(t).Verify(of(strconv.FormatUint(published.Round, 10)), unhex(t, published.Randomness), unhex(t, published.Signature))
	if err != nil {
		t.Error(err)
	}
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	q := quicknet(t)
	signature, value := unhex(t, signature1000), unhex(t, value1000)
	if err := q.Verify(of("1000"), value, signature); err != nil {
		t.Fatal(err)
	}
	flipped := slices.Clone(value)
	flipped[31] ^= 1
	infinity := make([]byte, 48)
	infinity[0] = 0xC0
	infinityValue := sha256.Sum256(infinity)
	tests := []struct {
		name      string
		round     string
		value     []byte
		signature []byte
		want      error
	}{
		{"the round before", "999", value, signature, drand.ErrSignature},
		{"the round after", "1001", value, signature, drand.ErrSignature},
		{"another value", "1000", flipped, signature, drand.ErrValue},
		{"no value", "1000", nil, signature, drand.ErrValue},
		{"no signature", "1000", value, nil, drand.ErrSignature},
		{"a shorter signature", "1000", value, signature[:47], drand.ErrSignature},
		{"a longer signature", "1000", value, append(slices.Clone(signature), 0), drand.ErrSignature},
		{"the point at infinity", "1000", infinityValue[:], infinity, drand.ErrSignature},
		{"round zero", "0", value, signature, drand.ErrRound},
		{"a leading zero", "01000", value, signature, drand.ErrRound},
		{"a sign", "+1000", value, signature, drand.ErrRound},
		{"no round", "", value, signature, drand.ErrRound},
		{"a negative round", "-1", value, signature, drand.ErrRound},
		{"a round of no year", "18446744073709551615", value, signature, drand.ErrRound},
	}
	for _, test := range tests {
		if err := q.Verify(of(test.round), test.value, test.signature); !errors.Is(err, test.want) {
			t.Errorf("%s: error %v, want %v", test.name, err, test.want)
		}
	}
}

// No bit of the signature may change, even if the value is made to fit.
func TestFlippedSignatureBits(t *testing.T) {
	t.Parallel()
	q := quicknet(t)
	signature := unhex(t, signature1000)
	for bit := 0; bit < 8*len(signature); bit += 5 {
		flipped := slices.Clone(signature)
		flipped[bit/8] ^= 1 << (bit % 8)
		value := sha256.Sum256(flipped)
		if err := q.Verify(of("1000"), value[:], flipped); !errors.Is(err, drand.ErrSignature) {
			t.Errorf("bit %d: error %v", bit, err)
		}
	}
}

func TestRoundTimes(t *testing.T) {
	t.Parallel()
	tests := map[uint64]string{1: "2023-08-23T15:09:27Z", 2: "2023-08-23T15:09:30Z", 1000: "2023-08-23T15:59:24Z"}
	for round, want := range tests {
		at := drand.RoundTime(round)
		if got := at.Format(time.RFC3339); got != want {
			t.Errorf("round %d is published %s, want %s", round, got, want)
		}
		published, err := quicknet(t).PublishedAt(of(strconv.FormatUint(round, 10)))
		if err != nil || !published.Equal(at) {
			t.Errorf("round %d: %v, %v", round, published, err)
		}
		for offset, want := range map[time.Duration]uint64{-time.Nanosecond: round - 1, 0: round, 3*time.Second - 1: round, 3 * time.Second: round + 1} {
			if got := drand.RoundAt(at.Add(offset)); got != want {
				t.Errorf("%v after round %d it is round %d, want %d", offset, round, got, want)
			}
		}
	}
	if got := drand.RoundAt(time.Unix(0, 0)); got != 0 {
		t.Errorf("before genesis it is round %d", got)
	}
	if got := drand.RoundTime(math.MaxUint64); got.Year() != 9999 || drand.RoundAt(got) != drand.RoundAt(got.AddDate(500, 0, 0)) {
		t.Errorf("the last round is published %s", got)
	}
	if !drand.RoundTime(0).IsZero() {
		t.Error("round 0 is published")
	}
	if _, err := quicknet(t).PublishedAt(of("1e3")); !errors.Is(err, drand.ErrRound) {
		t.Errorf("error %v", err)
	}
}

// A bundle with the round's signature is proven; with another round, signature or value it is not.
func TestBundleIsProven(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile(filepath.Join("..", "..", "domain", "sortition", "testdata", "bundles", "drand.json"))
	if err != nil {
		t.Fatal(err)
	}
	options := sortition.Options{Sources: []sortition.Source{quicknet(t)}, Strict: true}
	b, err := sortition.DecodeBundle(document)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sortition.Verify(b, options); err != nil {
		t.Fatal(err)
	}
	other, err := sortition.DecodeBundle(bytes.Replace(document, []byte("fe290beca108"), []byte("fe290beca109"), 1))
	if err != nil {
		t.Fatal(err)
	}
	var difference *sortition.StepError
	if _, err := sortition.Verify(other, options); !errors.As(err, &difference) || difference.Step != sortition.StepBeacon {
		t.Errorf("another value: error %v", err)
	}
}
