package drand

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/cloudflare/circl/ecc/bls12381"
	"github.com/cloudflare/circl/sign/bls"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// Name is what terms and bundles call this source.
const Name = "drand-quicknet"

// The chain's public constants.
const (
	publicKey = "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c" +
		"8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb" +
		"5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
	genesis = 1692803367 // Unix seconds of round 1
	period  = 3          // seconds
)

// lastRound is published in the last seconds of the year 9999; later ones have no RFC 3339 text.
const lastRound = (253402300799-genesis)/period + 1

// Why a round is not proven.
var (
	ErrName      = errors.New("drand: the source is not " + Name)
	ErrRound     = errors.New("drand: a round is a number from 1, in decimal digits without leading zeros")
	ErrSignature = errors.New("drand: the signature is not the round's")
	ErrValue     = errors.New("drand: the value is not the SHA-256 of the signature")
)

// Quicknet verifies the chain. It is safe for concurrent use.
type Quicknet struct {
	key *bls.PublicKey[bls.KeyG2SigG1]
}

// NewQuicknet reads the built-in public key.
func NewQuicknet() (*Quicknet, error) {
	encoded, err := hex.DecodeString(publicKey)
	if err != nil {
		return nil, fmt.Errorf("drand: decode the public key: %w", err)
	}
	key := new(bls.PublicKey[bls.KeyG2SigG1])
	if err := key.UnmarshalBinary(encoded); err != nil {
		return nil, fmt.Errorf("drand: read the public key: %w", err)
	}
	return &Quicknet{key: key}, nil
}

// Knows is true of the chain's name.
func (*Quicknet) Knows(name string) bool { return name == Name }

// Signs is true.
func (*Quicknet) Signs() bool { return true }

// RoundTime gives the instant at which a round is published: genesis and three seconds for each round after the first. Round
// 0 does not exist and gives the zero time; rounds beyond the year 9999 give its last instant.
func RoundTime(round uint64) time.Time {
	if round == 0 {
		return time.Time{}
	}
	return time.Unix(genesis+int64(min(round, lastRound)-1)*period, 0).UTC()
}

// RoundAt gives the latest round that is published at an instant, 0 before the first. The next one to come is one more.
func RoundAt(at time.Time) uint64 {
	seconds := at.Unix() - genesis
	if seconds < 0 {
		return 0
	}
	return min(uint64(seconds/period)+1, lastRound)
}

// PublishedAt is RoundTime for a round as terms write it.
func (*Quicknet) PublishedAt(terms sortition.BeaconTerms) (time.Time, error) {
	number, err := roundOf(terms)
	if err != nil {
		return time.Time{}, err
	}
	return RoundTime(number), nil
}

// Verify gives nil only if the signature is the chain's for the round and the value is its SHA-256. Signatures are
// deterministic, so that a round has exactly one value.
func (q *Quicknet) Verify(terms sortition.BeaconTerms, value, signature []byte) error {
	number, err := roundOf(terms)
	if err != nil {
		return err
	}
	if !canonical(signature) {
		return fmt.Errorf("%w: %d bytes that are not a compressed point of G1", ErrSignature, len(signature))
	}
	message := sha256.Sum256(binary.BigEndian.AppendUint64(nil, number))
	if !bls.Verify(q.key, message[:], signature) {
		return fmt.Errorf("%w %d", ErrSignature, number)
	}
	if want := sha256.Sum256(signature); !bytes.Equal(value, want[:]) {
		return fmt.Errorf("%w, %x", ErrValue, want)
	}
	return nil
}

// canonical accepts one encoding of a point only. The value hashes the encoding, so a second one would be a second value.
func canonical(signature []byte) bool {
	var point bls12381.G1
	return len(signature) == bls12381.G1SizeCompressed && point.SetBytes(signature) == nil && !point.IsIdentity() &&
		bytes.Equal(point.BytesCompressed(), signature)
}

func roundOf(terms sortition.BeaconTerms) (uint64, error) {
	text := terms.Round
	if terms.Name != Name {
		return 0, fmt.Errorf("%w: %.32q", ErrName, terms.Name)
	}
	number, err := strconv.ParseUint(text, 10, 64)
	if err != nil || number == 0 || number > lastRound || strconv.FormatUint(number, 10) != text {
		return 0, fmt.Errorf("%w: %.32q", ErrRound, text)
	}
	return number, nil
}
