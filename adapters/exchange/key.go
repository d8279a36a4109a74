package exchange

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// mounted is the mode of a secret that an orchestrator lends a process through its group.
const mounted = 0o440

// Key signs batches.
type Key struct{ private ed25519.PrivateKey }

// PublicKey checks signatures of batches.
type PublicKey struct{ public ed25519.PublicKey }

// MakeKey makes a key in a new file (PKCS #8, PEM) that only its owner may read. A file that is there is refused.
func MakeKey(path string) (key Key, err error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return Key{}, fmt.Errorf("exchange: make a key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return Key{}, fmt.Errorf("exchange: make a key: %w", err)
	}
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return Key{}, fmt.Errorf("exchange: make a key: %w", err)
	}
	_, err = out.Write(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	if err = errors.Join(err, out.Sync(), out.Close(), syncDir(filepath.Dir(path))); err != nil {
		return Key{}, fmt.Errorf("exchange: make a key: %w", err)
	}
	return Key{private}, nil
}

// ReadKey reads a key that MakeKey made. What is wrong with a bad one is told without a byte of it.
func ReadKey(path string) (Key, error) {
	text, err := readSecret(path)
	if err != nil {
		return Key{}, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return Key{}, fmt.Errorf("exchange: %s holds no key in PEM", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	private, ok := parsed.(ed25519.PrivateKey)
	if err != nil || !ok {
		return Key{}, fmt.Errorf("exchange: %s holds no Ed25519 key", path)
	}
	return Key{private}, nil
}

// readSecret reads a file that nobody but its owner may read.
func readSecret(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("exchange: key file: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && mode != mounted {
		return nil, fmt.Errorf("exchange: %s has mode %#o: others than its owner may read it; set it to 0600: %w", path, mode, fs.ErrPermission)
	}
	text, err := os.ReadFile(path) //nolint:gosec // a path that the operator named
	if err != nil {
		return nil, fmt.Errorf("exchange: key file: %w", err)
	}
	return text, nil
}

// Public is the key that receivers check with.
func (k Key) Public() PublicKey { return PublicKey{k.private.Public().(ed25519.PublicKey)} } //nolint:forcetypeassert // of an Ed25519 key it is

// sign gives the signature file of a manifest: the 64 bytes of the signature in base64.
func (k Key) sign(manifest []byte) []byte {
	return append(base64.StdEncoding.AppendEncode(nil, ed25519.Sign(k.private, manifest)), '\n')
}

// ID is the beginning of the SHA-256 of the key's DER form.
func (k PublicKey) ID() string {
	sum := sha256.Sum256(k.der())
	return hex.EncodeToString(sum[:8])
}

func (k PublicKey) der() []byte {
	der, _ := x509.MarshalPKIXPublicKey(k.public) // an Ed25519 key has this form
	return der
}

// PEM is the key as other programs read it (RFC 8410).
func (k PublicKey) PEM() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: k.der()}))
}

// ParsePublicKey reads PEM.
func ParsePublicKey(text []byte) (PublicKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return PublicKey{}, errors.New("exchange: no public key in PEM")
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	public, ok := parsed.(ed25519.PublicKey)
	if err != nil || !ok {
		return PublicKey{}, errors.New("exchange: no Ed25519 public key")
	}
	return PublicKey{public}, nil
}

// signed tells whether a signature file is this key's of a manifest.
func (k PublicKey) signed(manifest, signature []byte) bool {
	sig, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(string(signature), "\n"))
	return err == nil && len(k.public) == ed25519.PublicKeySize && ed25519.Verify(k.public, manifest, sig)
}

// syncDir makes the entries of a folder durable.
func syncDir(path string) error {
	f, err := os.Open(path) //nolint:gosec // a folder that the operator named
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
