package nistbeacon_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"
)

// maker publishes pulses as a beacon does. It shares no code with what is tested: it writes hexadecimal digits.
type maker struct {
	testing.TB
	key  *rsa.PrivateKey
	pem  []byte
	id   string
	past string
}

func newMaker(t testing.TB) *maker {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a beacon"}, NotAfter: time.Unix(1, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha512.Sum512(der)
	return &maker{
		TB: t, key: key, pem: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), id: hex.EncodeToString(sum[:]), past: strings.Repeat("ab", 64),
	}
}

// draft is what a test says of a pulse.
type draft struct {
	chain, index, period, suite, status uint64
	at                                  string
}

func (d draft) uri() string {
	return fmt.Sprintf("https://beacon.example/beacon/2.0/chain/%d/pulse/%d", d.chain, d.index)
}

func sized(digits string) string { return fmt.Sprintf("%08x", len(digits)/2) + digits }

// publish signs a pulse and gives its document and its output.
func (m *maker) publish(d draft) (document, output []byte) {
	m.Helper()
	random, zero := strings.Repeat("0f", 64), strings.Repeat("00", 64)
	text := sized(hex.EncodeToString([]byte(d.uri()))) + sized(hex.EncodeToString([]byte("2.0"))) +
		fmt.Sprintf("%08x%08x", d.suite, d.period) + sized(m.id) + fmt.Sprintf("%016x%016x", d.chain, d.index) +
		sized(hex.EncodeToString([]byte(d.at))) + sized(random) + sized(zero) + "00000000" + sized(zero) +
		strings.Repeat(sized(m.past), 5) + sized(random) + fmt.Sprintf("%08x", d.status)
	message, err := hex.DecodeString(text)
	if err != nil {
		m.Fatal(err)
	}
	digest := sha512.Sum512(message)
	signature, err := rsa.SignPKCS1v15(nil, m.key, crypto.SHA512, digest[:])
	if err != nil {
		m.Fatal(err)
	}
	sum := sha512.Sum512(append(message, signature...))
	var past []map[string]string
	for _, kind := range []string{"year", "month", "day", "hour", "previous"} {
		past = append(past, map[string]string{"type": kind, "value": m.past, "uri": "https://beacon.example"})
	}
	document, err = json.Marshal(map[string]map[string]any{"pulse": {
		"uri": d.uri(), "version": "2.0", "cipherSuite": d.suite, "period": d.period, "certificateId": m.id, "chainIndex": d.chain,
		"pulseIndex": d.index, "timeStamp": d.at, "localRandomValue": strings.ToUpper(random),
		"external": map[string]any{"sourceId": zero, "statusCode": 0, "value": zero}, "listValues": past, "precommitmentValue": random,
		"statusCode": d.status, "signatureValue": hex.EncodeToString(signature), "outputValue": hex.EncodeToString(sum[:]),
	}})
	if err != nil {
		m.Fatal(err)
	}
	return document, sum[:]
}
