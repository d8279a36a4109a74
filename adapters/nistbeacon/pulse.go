package nistbeacon

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Why a pulse is not proven.
var (
	ErrPulse       = errors.New("nistbeacon: not a pulse of version 2.0")
	ErrCertificate = errors.New("nistbeacon: the certificate that the pulse names was not given")
	ErrSignature   = errors.New("nistbeacon: the signature is not the certificate's")
	ErrOutput      = errors.New("nistbeacon: outputValue is not the SHA-512 of the pulse")
	ErrStatus      = errors.New("nistbeacon: the beacon marks the pulse as out of order")
)

// mostPulse is far above the size of a pulse's document, about 4 KiB.
const mostPulse = 8 << 10

// hexBytes are hexadecimal digits of either case, as beacons mix them.
type hexBytes []byte

// UnmarshalText reads them.
func (b *hexBytes) UnmarshalText(text []byte) (err error) {
	*b, err = hex.DecodeString(string(text))
	return err
}

// pulse is the document under the member of that name. Everything that is not hashed is left out.
type pulse struct {
	URI              string   `json:"uri"`
	Version          string   `json:"version"`
	CipherSuite      uint32   `json:"cipherSuite"`
	Period           uint32   `json:"period"` // milliseconds
	CertificateID    hexBytes `json:"certificateId"`
	ChainIndex       uint64   `json:"chainIndex"`
	PulseIndex       uint64   `json:"pulseIndex"`
	TimeStamp        string   `json:"timeStamp"`
	LocalRandomValue hexBytes `json:"localRandomValue"`
	External         struct {
		SourceID   hexBytes `json:"sourceId"`
		StatusCode uint32   `json:"statusCode"`
		Value      hexBytes `json:"value"`
	} `json:"external"`
	ListValues []struct {
		Type  string   `json:"type"`
		Value hexBytes `json:"value"`
	} `json:"listValues"`
	PrecommitmentValue hexBytes `json:"precommitmentValue"`
	StatusCode         uint32   `json:"statusCode"`
	SignatureValue     hexBytes `json:"signatureValue"`
	OutputValue        hexBytes `json:"outputValue"`

	past map[string]hexBytes // listValues by type
	at   time.Time           // timeStamp
}

// pastValues are the outputs of earlier pulses that a pulse repeats, in the order in which they are hashed.
func pastValues() []string { return []string{"previous", "hour", "day", "month", "year"} }

// Status codes of a pulse that is as good as any: the chain is intact, perhaps after a gap in time.
const (
	statusInOrder = 0
	statusGap     = 2
)

// parsePulse reads a document. What it says is for proven to judge.
func parsePulse(document []byte) (pulse, error) {
	var d struct {
		Pulse *pulse `json:"pulse"`
	}
	if len(document) > mostPulse {
		return pulse{}, fmt.Errorf("%w: %d bytes", ErrPulse, len(document))
	}
	if err := json.Unmarshal(document, &d); err != nil {
		return pulse{}, fmt.Errorf("%w: %w", ErrPulse, err)
	}
	if d.Pulse == nil {
		return pulse{}, fmt.Errorf("%w: no member pulse", ErrPulse)
	}
	p := *d.Pulse
	p.past = map[string]hexBytes{}
	for _, v := range p.ListValues {
		p.past[v.Type] = v.Value
	}
	var err error
	p.at, err = time.Parse(time.RFC3339Nano, p.TimeStamp)
	switch {
	case err != nil:
		return pulse{}, fmt.Errorf("%w: timeStamp: %w", ErrPulse, err)
	case p.CipherSuite != 0:
		return pulse{}, fmt.Errorf("%w: cipher suite %d", ErrPulse, p.CipherSuite)
	case p.Period == 0 || p.Period > mostPeriod || p.PulseIndex>>indexBits > 0:
		return pulse{}, fmt.Errorf("%w: period %d, index %d", ErrPulse, p.Period, p.PulseIndex)
	}
	for _, t := range pastValues() {
		if len(p.past[t]) != sha512.Size || len(p.ListValues) != len(pastValues()) {
			return pulse{}, fmt.Errorf("%w: listValues: %s", ErrPulse, t)
		}
	}
	return p, nil
}

// signed is what the signature is made of: numbers big endian, everything else after its length in four bytes.
func (p pulse) signed() []byte {
	var out []byte
	sized := func(b []byte) {
		out = binary.BigEndian.AppendUint32(out, uint32(len(b))) //nolint:gosec // a document is at most 8 KiB
		out = append(out, b...)
	}
	sized([]byte(p.URI))
	sized([]byte(p.Version))
	out = binary.BigEndian.AppendUint32(out, p.CipherSuite)
	out = binary.BigEndian.AppendUint32(out, p.Period)
	sized(p.CertificateID)
	out = binary.BigEndian.AppendUint64(out, p.ChainIndex)
	out = binary.BigEndian.AppendUint64(out, p.PulseIndex)
	sized([]byte(p.TimeStamp))
	sized(p.LocalRandomValue)
	sized(p.External.SourceID)
	out = binary.BigEndian.AppendUint32(out, p.External.StatusCode)
	sized(p.External.Value)
	for _, t := range pastValues() {
		sized(p.past[t])
	}
	sized(p.PrecommitmentValue)
	return binary.BigEndian.AppendUint32(out, p.StatusCode)
}

// proven gives nil only if one of the keys signed the pulse and the output follows from it.
func (p pulse) proven(keys map[[sha512.Size]byte]*rsa.PublicKey) error {
	if len(p.CertificateID) != sha512.Size {
		return fmt.Errorf("%w: %x", ErrCertificate, p.CertificateID)
	}
	key, given := keys[[sha512.Size]byte(p.CertificateID)]
	if !given {
		return fmt.Errorf("%w: %x", ErrCertificate, p.CertificateID)
	}
	text := p.signed()
	digest := sha512.Sum512(text)
	if err := rsa.VerifyPKCS1v15(key, crypto.SHA512, digest[:], p.SignatureValue); err != nil {
		return fmt.Errorf("%w: %w", ErrSignature, err)
	}
	if output := sha512.Sum512(append(text, p.SignatureValue...)); !bytes.Equal(output[:], p.OutputValue) {
		return fmt.Errorf("%w, %x", ErrOutput, output)
	}
	if p.StatusCode != statusInOrder && p.StatusCode != statusGap {
		return fmt.Errorf("%w: status %d", ErrStatus, p.StatusCode)
	}
	return nil
}
