package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
)

const (
	keySize   = 32
	saltSize  = 32
	nonceSize = 12
	form      = 1 // first byte of a body: what follows and how it is made
)

// errSpoilt says that bytes are not what was encrypted, or not by this key.
var errSpoilt = errors.New("vault: the bytes are not what was sealed, or not under this key")

// random are bytes that nobody can guess. crypto/rand.Read never fails.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// aead is the cipher of one body: under a key derived from the secret and the body's salt.
func aead(secret, salt []byte) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, secret, salt, "mingjian/vault/v1", keySize)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// lock encrypts: form ‖ salt ‖ nonce ‖ ciphertext and tag.
func lock(secret, bound, plain []byte) ([]byte, error) {
	head := append([]byte{form}, random(saltSize+nonceSize)...)
	c, err := aead(secret, head[1:1+saltSize])
	if err != nil {
		return nil, err
	}
	return c.Seal(head, head[1+saltSize:], plain, bound), nil
}

// unlock decrypts what lock made of the same secret and bound.
func unlock(secret, bound, body []byte) ([]byte, error) {
	const head = 1 + saltSize + nonceSize
	if len(body) < head || body[0] != form {
		return nil, errSpoilt
	}
	c, err := aead(secret, body[1:1+saltSize])
	if err != nil {
		return nil, err
	}
	plain, err := c.Open(nil, body[1+saltSize:head], body[head:], bound)
	if err != nil {
		return nil, errSpoilt
	}
	return plain, nil
}

// bind are the associated data of a body: what it is for and whose, each part with its length, so that no two lists collide.
func bind(use string, parts ...string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(use))) //nolint:gosec // names of this program, not 4 GiB long
	b = append(b, use...)
	for _, p := range parts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(p))) //nolint:gosec // as above
		b = append(b, p...)
	}
	return b
}
