package airgap

import (
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
)

// pack makes the file of a bundle.
func pack(h Header, payload []byte, key ed25519.PrivateKey) (text []byte, digest string, err error) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err = z.Write(payload)
	if err = errors.Join(err, z.Close()); err != nil {
		return nil, "", fmt.Errorf("airgap: %w", err)
	}
	return sealed(kindBundle, h, packed.Bytes(), key)
}

// bundle is one that was read; its acts are not looked at before its header holds.
type bundle struct {
	Header
	name   string
	digest string // of the header
	key    string // name of the key that signed it
	packed []byte
	taken  bool // just now
}

// unpack reads the header of a bundle. Only a known key's is believed.
func unpack(name string, text []byte, keys []ed25519.PublicKey) (b bundle, err error) {
	s, err := opened[Header](kindBundle, text, keys)
	if bad := (*BadError)(nil); errors.As(err, &bad) {
		bad.File = name
	}
	if err != nil {
		return b, err
	}
	h := s.body
	b = bundle{Header: h, name: name, digest: s.digest, key: s.key, packed: s.rest}
	if h.Ledger == "" || h.Epoch == "" || h.Series == 0 || h.Bundle == 0 || h.First == 0 || h.Last < h.First || h.Last-h.First >= MaxActs ||
		h.Size <= 0 || h.Size > MaxPayload {
		return b, &BadError{File: name, Reason: Unreadable, Err: errors.New("its header is of no bundle")}
	}
	return b, nil
}

// acts are those of the bundle, all checked. No more is unpacked than the header says.
func (b bundle) acts(g gate) ([]act, error) {
	z, err := gzip.NewReader(bytes.NewReader(b.packed))
	var payload []byte
	if err == nil {
		payload, err = io.ReadAll(io.LimitReader(z, int64(b.Size)+1))
	}
	if err == nil && (len(payload) != b.Size || digestOf(payload) != b.Digest) {
		err = errors.New("its acts are not those that its header names")
	}
	var list []act
	if err == nil {
		list, err = b.read(payload)
	}
	for i := range list {
		if err == nil {
			err = g.admits(list[i])
		}
	}
	if err != nil {
		return nil, &BadError{File: b.name, Reason: Unreadable, Err: err}
	}
	return list, nil
}
