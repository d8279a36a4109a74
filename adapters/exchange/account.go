package exchange

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"time"

	"golang.org/x/crypto/ssh"
)

// Account says how to reach a server by SFTP.
type Account struct {
	Address  string // host:port
	User     string
	KeyFile  string // private key, without a passphrase, that nobody else may read
	HostKeys string // file of the server's public keys, as in known_hosts or authorized_keys; no other key is spoken to
	Dir      string // folder on the server
	Timeout  time.Duration
	Dial     func(ctx context.Context, network, address string) (net.Conn, error) // nil for the machine's
}

// HostKeyError says that a server showed a key that is not the one that is known of it.
type HostKeyError struct {
	Address     string
	Fingerprint string // of the key that it showed
}

func (e *HostKeyError) Error() string {
	return fmt.Sprintf("exchange: %s shows the key %s, which is none of those that are known of it", e.Address, e.Fingerprint)
}

func (a Account) config() (c ssh.ClientConfig, err error) {
	text, err := readSecret(a.KeyFile)
	if err != nil {
		return c, err
	}
	signer, err := ssh.ParsePrivateKey(text)
	if err != nil { // what the parser says of a bad key may quote it
		return c, fmt.Errorf("exchange: %s is no private key for SSH, or has a passphrase", a.KeyFile)
	}
	known, err := hostKeys(a.HostKeys)
	if err != nil {
		return c, err
	}
	var shown [][]byte
	for _, k := range known {
		shown = append(shown, k.Marshal())
		c.HostKeyAlgorithms = append(c.HostKeyAlgorithms, algorithms(k)...)
	}
	c.User, c.Auth, c.Timeout = a.User, []ssh.AuthMethod{ssh.PublicKeys(signer)}, a.Timeout
	c.HostKeyCallback = func(_ string, _ net.Addr, key ssh.PublicKey) error {
		if slices.ContainsFunc(shown, func(k []byte) bool { return bytes.Equal(k, key.Marshal()) }) {
			return nil
		}
		return &HostKeyError{a.Address, ssh.FingerprintSHA256(key)}
	}
	return c, nil
}

// algorithms are those that a key of a server may sign with.
func algorithms(k ssh.PublicKey) []string {
	if k.Type() == ssh.KeyAlgoRSA {
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	return []string{k.Type()}
}

// hostKeys reads public keys, one a line. A line of known_hosts has names before the key.
func hostKeys(path string) (keys []ssh.PublicKey, err error) {
	text, err := os.ReadFile(path) //nolint:gosec // a path that the operator named
	if err != nil {
		return nil, fmt.Errorf("exchange: host keys: %w", err)
	}
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) == 0 || line[0] == '#' {
			continue
		}
		key, _, _, _, err := ssh.ParseAuthorizedKey(line)
		if err != nil {
			marker := ""
			if marker, _, key, _, _, err = ssh.ParseKnownHosts(line); err == nil && marker != "" {
				err = errors.New("lines with a marker are not taken")
			}
		}
		if err != nil {
			return nil, fmt.Errorf("exchange: host keys: %s: %w", path, err)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("exchange: host keys: %s has none", path)
	}
	return keys, nil
}
