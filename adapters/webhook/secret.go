package webhook

import (
	"context"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Keys seals secrets of 32 bytes under the newest master key, whose name it answers, and opens them under the one of that name; see
// the key service of the vault. What bound says is authenticated.
type Keys interface {
	Wrap(ctx context.Context, secret, bound []byte) (sealed []byte, master string, err error)
	Unwrap(ctx context.Context, sealed []byte, master string, bound []byte) ([]byte, error)
}

const secretSize = 32

// secret is one generation of an endpoint's keys, sealed.
type secret struct {
	number  uint32
	master  string
	sealed  []byte
	public  ed25519.PublicKey
	created time.Time
	until   time.Time // zero for the present one
}

// valid tells whether it signs at a time.
func (s secret) valid(now time.Time) bool { return s.until.IsZero() || now.Before(s.until) }

// pair are the keys of a secret that is open.
type pair struct {
	shared []byte
	own    ed25519.PrivateKey
}

// freshSecret is what nobody can guess. crypto/rand.Read never fails.
func freshSecret() []byte {
	b := make([]byte, secretSize)
	_, _ = rand.Read(b)
	return b
}

func derive(secret []byte) (pair, error) {
	shared, err := hkdf.Key(sha256.New, secret, nil, "mingjian/webhook/v1", secretSize)
	if err != nil {
		return pair{}, err
	}
	seed, err := hkdf.Key(sha256.New, secret, nil, "mingjian/webhook/v1a", ed25519.SeedSize)
	if err != nil {
		return pair{}, err
	}
	return pair{shared, ed25519.NewKeyFromSeed(seed)}, nil
}

// bound ties a sealed secret to its place, each part with its length.
func bound(endpoint string, number uint32) []byte {
	b := binary.BigEndian.AppendUint32([]byte("mingjian/webhook/secret/v1"), uint32(len(endpoint))) //nolint:gosec // ids are short
	return binary.BigEndian.AppendUint32(append(b, endpoint...), number)
}

// Forms in which Standard Webhooks writes keys.
const (
	prefixShared = "whsec_"
	prefixPublic = "whpk_"
)

func (p pair) secretText() string { return prefixShared + base64.StdEncoding.EncodeToString(p.shared) }

func publicText(key ed25519.PublicKey) string {
	return prefixPublic + base64.StdEncoding.EncodeToString(key)
}

func (p pair) public() ed25519.PublicKey { return p.own.Public().(ed25519.PublicKey) }

// signatures is the header webhook-signature: of each pair v1 and v1a over id, time and body.
func signatures(pairs []pair, id string, at time.Time, body []byte) string {
	content := append([]byte(id+"."+strconv.FormatInt(at.Unix(), 10)+"."), body...)
	var all []string
	for _, p := range pairs {
		mac := hmac.New(sha256.New, p.shared)
		mac.Write(content)
		all = append(all, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)),
			"v1a,"+base64.StdEncoding.EncodeToString(ed25519.Sign(p.own, content)))
	}
	return strings.Join(all, " ")
}

// opened are the pairs of the secrets that sign at a time, the newest first.
func opened(ctx context.Context, keys Keys, endpoint string, secrets []secret, now time.Time) (pairs []pair, err error) {
	for i := len(secrets) - 1; i >= 0; i-- {
		s := secrets[i]
		if !s.valid(now) {
			continue
		}
		plain, err := keys.Unwrap(ctx, s.sealed, s.master, bound(endpoint, s.number))
		if err != nil {
			return nil, fmt.Errorf("webhook: open secret %d of %s: %w", s.number, endpoint, err)
		}
		p, err := derive(plain)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, p)
	}
	return pairs, nil
}
