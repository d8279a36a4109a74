package nistbeacon

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha512"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// Why a value is not the beacon's.
var (
	ErrName  = errors.New("nistbeacon: the source is another")
	ErrRound = errors.New("nistbeacon: a round is CHAIN/PULSE, two indices from 1, in decimal digits without leading zeros")
	ErrOther = errors.New("nistbeacon: the pulse is that of another round")
	ErrValue = errors.New("nistbeacon: the value is not the outputValue of the pulse")
	ErrEarly = errors.New("nistbeacon: the pulse was published before the value was to be known")
	ErrKey   = errors.New("nistbeacon: no certificate with an RSA key of at least 2048 bits")
)

// Beacon is one beacon. It is safe for concurrent use.
type Beacon struct {
	name   string
	keys   map[[sha512.Size]byte]*rsa.PublicKey // by the SHA-512 of their certificates
	anchor *pulse
}

// New makes a beacon of its certificates, PEM one after the other. The anchor is the document of one of its pulses, from which
// the times of others are counted; nil if they need not be known.
func New(name string, certificates, anchor []byte) (*Beacon, error) {
	b := &Beacon{name: name, keys: map[[sha512.Size]byte]*rsa.PublicKey{}}
	for block, rest := pem.Decode(certificates); block != nil; block, rest = pem.Decode(rest) {
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("nistbeacon: a certificate of %s: %w", name, err)
		}
		key, isRSA := certificate.PublicKey.(*rsa.PublicKey)
		if !isRSA || key.N.BitLen() < 2048 {
			return nil, fmt.Errorf("%w: %s", ErrKey, name)
		}
		b.keys[sha512.Sum512(block.Bytes)] = key
	}
	if len(b.keys) == 0 {
		return nil, fmt.Errorf("%w: %s", ErrKey, name)
	}
	if anchor == nil {
		return b, nil
	}
	p, err := parsePulse(anchor)
	if err == nil {
		err = p.proven(b.keys)
	}
	if err != nil {
		return nil, fmt.Errorf("the pulse that %s is counted from: %w", name, err)
	}
	b.anchor = &p
	return b, nil
}

// Name gives the name that terms call the beacon by.
func (b *Beacon) Name() string { return b.name }

// Timed tells whether the times of rounds are known.
func (b *Beacon) Timed() bool { return b.anchor != nil }

// Untimed is the same beacon without the times of rounds. That is for those who judge a value that is there: its pulse tells its
// time, while the pulse that others count from may be from before an outage.
func (b *Beacon) Untimed() *Beacon { return &Beacon{name: b.name, keys: b.keys} }

// Knows is true of the beacon's name.
func (b *Beacon) Knows(name string) bool { return name == b.name }

// Signs is true.
func (*Beacon) Signs() bool { return true }

// PublishedAt counts from the anchor, a period a pulse; zero without one. A round of another chain is none.
func (b *Beacon) PublishedAt(terms sortition.BeaconTerms) (time.Time, error) {
	r, err := b.round(terms)
	if err != nil || b.anchor == nil {
		return time.Time{}, err
	}
	since := (int64(r.pulse) - int64(b.anchor.PulseIndex)) * int64(b.anchor.Period) //nolint:gosec // 32 bits by 30
	at := time.UnixMilli(b.anchor.at.UnixMilli() + since).UTC()
	if r.chain != b.anchor.ChainIndex || at.Year() < 0 || at.Year() > 9999 {
		return time.Time{}, fmt.Errorf("%w: %.32q", ErrRound, terms.Round)
	}
	return at, nil
}

// Verify takes the pulse's document as the signature.
func (b *Beacon) Verify(terms sortition.BeaconTerms, value, signature []byte) error {
	r, err := b.round(terms)
	if err != nil {
		return err
	}
	notBefore, err := time.Parse(time.RFC3339Nano, terms.NotBefore)
	if err != nil {
		return fmt.Errorf("nistbeacon: not_before: %w", err)
	}
	p, err := parsePulse(signature)
	if err == nil {
		err = p.proven(b.keys)
	}
	switch {
	case err != nil:
		return err
	case p.ChainIndex != r.chain || p.PulseIndex != r.pulse:
		return fmt.Errorf("%w: %d/%d", ErrOther, p.ChainIndex, p.PulseIndex)
	case !bytes.Equal(value, p.OutputValue):
		return fmt.Errorf("%w, %x", ErrValue, p.OutputValue)
	case p.at.Before(notBefore):
		return fmt.Errorf("%w: %s", ErrEarly, p.TimeStamp)
	}
	return nil
}

// Indices fit 32 bits, which are 8,000 years of minutes, and periods 30, so that times can be counted.
const (
	indexBits  = 32
	mostPeriod = 1<<30 - 1
)

type round struct{ chain, pulse uint64 }

func (b *Beacon) round(terms sortition.BeaconTerms) (round, error) {
	if terms.Name != b.name {
		return round{}, fmt.Errorf("%w: %.64q", ErrName, terms.Name)
	}
	chain, index, _ := strings.Cut(terms.Round, "/")
	r := round{}
	var errs [2]error
	r.chain, errs[0] = strconv.ParseUint(chain, 10, indexBits)
	r.pulse, errs[1] = strconv.ParseUint(index, 10, indexBits)
	if errors.Join(errs[:]...) != nil || r.chain == 0 || r.pulse == 0 || fmt.Sprintf("%d/%d", r.chain, r.pulse) != terms.Round {
		return round{}, fmt.Errorf("%w: %.32q", ErrRound, terms.Round)
	}
	return r, nil
}
