package airgap

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
)

const (
	privateBlock = "PRIVATE KEY" // PKCS #8
	publicBlock  = "PUBLIC KEY"  // SubjectPublicKeyInfo
)

// mounted is the mode of a secret that an orchestrator lends a process through its group.
const mounted = 0o440

// MakeKey makes a signing key in a new file of mode 0600, in PEM as other tools have it.
func MakeKey(path string) (ed25519.PublicKey, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("airgap: key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("airgap: key: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the file that the operator named
	if err != nil {
		return nil, fmt.Errorf("airgap: key: %w", err)
	}
	err = pem.Encode(f, &pem.Block{Type: privateBlock, Bytes: der})
	return public, errors.Join(err, f.Sync(), f.Close())
}

// ReadKey reads a signing key. What is wrong with it is told without quoting it.
func ReadKey(path string) (ed25519.PrivateKey, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("airgap: key: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && mode != mounted {
		return nil, fmt.Errorf("airgap: %s has mode %#o: others than its owner may read it; set it to 0600", path, mode)
	}
	text, err := os.ReadFile(path) //nolint:gosec // the file that the operator named
	if err != nil {
		return nil, fmt.Errorf("airgap: key: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != privateBlock {
		return nil, fmt.Errorf("airgap: %s holds no private key in PEM", path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	private, is := key.(ed25519.PrivateKey)
	if err != nil || !is {
		return nil, fmt.Errorf("airgap: %s holds no Ed25519 key", path)
	}
	return private, nil
}

// PublicText is a public key in PEM, for the other side.
func PublicText(key ed25519.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", fmt.Errorf("airgap: key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: publicBlock, Bytes: der})), nil
}

// ReadPeers reads the public keys of the other side: one, or several while a key is exchanged for another.
func ReadPeers(path string) (keys []ed25519.PublicKey, err error) {
	text, err := os.ReadFile(path) //nolint:gosec // the file that the operator named
	if err != nil {
		return nil, fmt.Errorf("airgap: keys of the other side: %w", err)
	}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		key, err := x509.ParsePKIXPublicKey(block.Bytes)
		public, is := key.(ed25519.PublicKey)
		if err != nil || !is || block.Type != publicBlock {
			return nil, fmt.Errorf("airgap: %s holds something else than public Ed25519 keys in PEM", path)
		}
		keys = append(keys, public)
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("airgap: %s holds no public key in PEM", path)
	}
	return keys, nil
}
