package nistbeacon_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/nistbeacon"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
	"github.com/mingjian-ledger/mingjian/domain/sortition/sortitiontest"
)

func kept(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func made(t testing.TB, name string, certificates, anchor []byte) *nistbeacon.Beacon {
	t.Helper()
	b, err := nistbeacon.New(name, certificates, anchor)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// outputValue of the published pulse.
const output1921300 = "ebc85c439a72062c703bc1ddfa8f7f55e7cd0e975962242ffbe4958252fcdf67" +
	"b9723522464079c1f8a91c2c5596bf8a96ef0ef3652692a8e3fd493601f59488"

var noRounds = []string{"", "2", "2/", "/1921300", "2/0", "0/1921300", "2/01921300", "+2/1921300", "2/1921300/", "2/1921300 ", "2/4294967296", "two/1"}

func TestThePublishedPulseKeepsTheContract(t *testing.T) {
	t.Parallel()
	value, err := hex.DecodeString(output1921300)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string]*nistbeacon.Beacon{
		"timed":   made(t, "nist", kept(t, "nist-certificate.pem"), kept(t, "nist-pulse-1921300.json")),
		"untimed": made(t, "nist", kept(t, "nist-certificate.pem"), nil),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := sortitiontest.Published{
				Source: b, Terms: sortition.BeaconTerms{Name: "nist", Round: "2/1921300", NotBefore: "2026-08-31T19:04:00Z"}, Value: value,
				Signature: kept(t, "nist-pulse-1921300.json"), Dated: true, NoRounds: noRounds, OtherRound: "2/1921301",
			}
			if b.Timed() {
				p.PublishedAt = time.Date(2026, 8, 31, 19, 4, 0, 0, time.UTC)
			}
			sortitiontest.SourceSuite(t, func(*testing.T) sortitiontest.Published { return p })
		})
	}
}

func TestAPulseOfOurOwnKeepsTheContract(t *testing.T) {
	t.Parallel()
	m := newMaker(t)
	anchor, _ := m.publish(draft{1, 1000, 30_000, 0, 0, "2026-11-20T08:00:00.000Z"})
	document, output := m.publish(draft{1, 1120, 30_000, 0, 2, "2026-11-21T08:00:00.000Z"}) // after an outage of a day
	b := made(t, "own", m.pem, anchor)
	sortitiontest.SourceSuite(t, func(*testing.T) sortitiontest.Published {
		return sortitiontest.Published{
			Source: b, Terms: sortition.BeaconTerms{Name: "own", Round: "1/1120", NotBefore: "2026-11-20T09:00:00Z"}, Value: output, Signature: document,
			PublishedAt: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), Dated: true, NoRounds: noRounds, OtherRound: "1/1121",
		}
	})
	if at, err := b.PublishedAt(sortition.BeaconTerms{Name: "own", Round: "1/998"}); err != nil || at.Format(time.RFC3339) != "2026-11-20T07:59:00Z" {
		t.Errorf("a pulse before: %v, %v", at, err)
	}
	for _, round := range []string{"2/1120", "1/4294967295"} {
		b := made(t, "own", m.pem, func() []byte {
			late, _ := m.publish(draft{1, 1000, 1<<30 - 1, 0, 0, "2026-11-20T08:00:00.000Z"})
			return late
		}())
		if at, err := b.PublishedAt(sortition.BeaconTerms{Name: "own", Round: round}); !errors.Is(err, nistbeacon.ErrRound) {
			t.Errorf("round %s: %v, %v", round, at, err)
		}
	}
	if at, err := b.Untimed().PublishedAt(sortition.BeaconTerms{Name: "own", Round: "1/1120"}); err != nil || !at.IsZero() || b.Untimed().Timed() {
		t.Errorf("untimed: %v, %v", at, err)
	}
}

// Every member that is hashed is bound: another content of it is found out.
func TestAChangedPulseIsRefused(t *testing.T) {
	t.Parallel()
	b := made(t, "nist", kept(t, "nist-certificate.pem"), nil)
	document := kept(t, "nist-pulse-1921300.json")
	value, _ := hex.DecodeString(output1921300)
	terms := sortition.BeaconTerms{Name: "nist", Round: "2/1921300", NotBefore: "2026-08-31T19:04:00Z"}
	for from, want := range map[string]struct {
		to  string
		err error
	}{
		`"uri" : "https://beacon.nist.gov/beacon/2.0/chain/2/pulse/1921300"`: {`"uri" : "https://beacon.nist.gov/"`, nistbeacon.ErrSignature},
		`"version" : "2.0"`:       {`"version" : "2.1"`, nistbeacon.ErrSignature},
		`"cipherSuite" : 0`:       {`"cipherSuite" : 1`, nistbeacon.ErrPulse},
		`"period" : 60000`:        {`"period" : 60001`, nistbeacon.ErrSignature},
		`"certificateId" : "52`:   {`"certificateId" : "53`, nistbeacon.ErrCertificate},
		`16c8c",`:                 {`16c",`, nistbeacon.ErrCertificate},
		`"chainIndex" : 2`:        {`"chainIndex" : 3`, nistbeacon.ErrSignature},
		`"pulseIndex" : 1921300`:  {`"pulseIndex" : 1921301`, nistbeacon.ErrSignature},
		`19:04:00.000Z`:           {`19:05:00.000Z`, nistbeacon.ErrSignature},
		`2026-08-31T`:             {`2026-08-31 `, nistbeacon.ErrPulse},
		`: "3D7C`:                 {`: "3D7D`, nistbeacon.ErrSignature},
		`"sourceId" : "00`:        {`"sourceId" : "01`, nistbeacon.ErrSignature},
		"\"statusCode\" : 0,\n  ": {"\"statusCode\" : 4,\n  ", nistbeacon.ErrSignature},
		`"value" : "00`:           {`"value" : "01`, nistbeacon.ErrSignature},
		`: "EBE3`:                 {`: "EBE4`, nistbeacon.ErrSignature},
		`: "A5FD`:                 {`: "A5FE`, nistbeacon.ErrSignature},
		`"type" : "year"`:         {`"type" : "hour"`, nistbeacon.ErrPulse},
		`: "C742`:                 {`: "C743`, nistbeacon.ErrSignature},
		`: "583F`:                 {`: "593F`, nistbeacon.ErrSignature},
		`: "EBC8`:                 {`: "EBC9`, nistbeacon.ErrOutput},
		`"pulse" :`:               {`"plus" :`, nistbeacon.ErrPulse},
		"\n}":                     {"\n}}", nistbeacon.ErrPulse},
		`"pulseIndex" : 192130`:   {`"pulseIndex" : 4294967296`, nistbeacon.ErrPulse},
		`"period" : 6`:            {`"period" : -6`, nistbeacon.ErrPulse},
		`"period" : 60000,`:       {`"period" : 0,`, nistbeacon.ErrPulse},
	} {
		changed := bytes.Replace(document, []byte(from), []byte(want.to), 1)
		if bytes.Equal(changed, document) {
			t.Errorf("%s is not in the document", from)
		}
		if err := b.Verify(terms, value, changed); !errors.Is(err, want.err) {
			t.Errorf("%s for %s: %v, want %v", want.to, from, err, want.err)
		}
	}
	if err := b.Verify(terms, value, append(document, bytes.Repeat([]byte(" "), 1<<14)...)); !errors.Is(err, nistbeacon.ErrPulse) {
		t.Errorf("a document without end: %v", err)
	}
	if err := b.Verify(terms, value[:63], document); !errors.Is(err, nistbeacon.ErrValue) {
		t.Errorf("another value: %v", err)
	}
	terms.Round = "2/1921299"
	if err := b.Verify(terms, value, document); !errors.Is(err, nistbeacon.ErrOther) {
		t.Errorf("another round: %v", err)
	}
	terms.Round, terms.NotBefore = "2/1921300", "2026-08-31T19:04:00.001Z"
	if err := b.Verify(terms, value, document); !errors.Is(err, nistbeacon.ErrEarly) {
		t.Errorf("published too early: %v", err)
	}
}

func TestPulsesOutOfOrderAreRefused(t *testing.T) {
	t.Parallel()
	m, stranger := newMaker(t), newMaker(t)
	b := made(t, "own", append(bytes.Clone(m.pem), newMaker(t).pem...), nil)
	terms := sortition.BeaconTerms{Name: "own", Round: "1/7", NotBefore: "2026-11-20T08:00:00Z"}
	for status, want := range map[uint64]error{0: nil, 1: nistbeacon.ErrStatus, 2: nil, 3: nistbeacon.ErrStatus, 4: nistbeacon.ErrStatus} {
		document, output := m.publish(draft{1, 7, 60_000, 0, status, "2026-11-20T08:00:00Z"})
		if err := b.Verify(terms, output, document); !errors.Is(err, want) {
			t.Errorf("status %d: %v", status, err)
		}
	}
	document, output := stranger.publish(draft{1, 7, 60_000, 0, 0, "2026-11-20T08:00:00Z"})
	if err := b.Verify(terms, output, document); !errors.Is(err, nistbeacon.ErrCertificate) {
		t.Errorf("a stranger's pulse: %v", err)
	}
	forged := bytes.ReplaceAll(document, []byte(stranger.id), []byte(m.id))
	if err := b.Verify(terms, output, forged); !errors.Is(err, nistbeacon.ErrSignature) {
		t.Errorf("a stranger's pulse with the certificate's name: %v", err)
	}
	if _, err := nistbeacon.New("own", m.pem, document); !errors.Is(err, nistbeacon.ErrCertificate) {
		t.Errorf("counted from a stranger's pulse: %v", err)
	}
}

func TestLoading(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name string, content []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("nist.pem", kept(t, "nist-certificate.pem"))
	write("nist.json", kept(t, "nist-pulse-1921300.json"))
	write("other.pem", newMaker(t).pem)
	write("notes.txt", nil)
	write(".pem", nil)
	list, err := nistbeacon.Load(folder)
	got := ""
	for _, b := range list {
		got += fmt.Sprintf(" %s %v", b.Name(), b.Timed())
	}
	if err != nil || got != " nist true other false" {
		t.Errorf("%s, %v", got, err)
	}
	for name, content := range map[string]string{"other.json": "{}", "empty.pem": "", "broken.pem": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"} {
		write(name, []byte(content))
		if list, err := nistbeacon.Load(folder); err == nil {
			t.Errorf("%s: %d loaded", name, len(list))
		}
		if err := os.Remove(filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := nistbeacon.Load(filepath.Join(folder, "none")); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("a folder that isn't: %v", err)
	}
}

func FuzzVerify(f *testing.F) {
	document := kept(f, "nist-pulse-1921300.json")
	f.Add(document)
	f.Add([]byte(`{"pulse":{"period":1,"chainIndex":2,"pulseIndex":1921300,"timeStamp":"2026-08-31T19:04:00Z","listValues":[]}}`))
	b := made(f, "nist", kept(f, "nist-certificate.pem"), nil)
	value, _ := hex.DecodeString(output1921300)
	f.Fuzz(func(t *testing.T, changed []byte) {
		terms := sortition.BeaconTerms{Name: "nist", Round: "2/1921300", NotBefore: "2026-08-31T19:04:00Z"}
		_ = b.Verify(terms, value, changed)
		if err := b.Verify(terms, bytes.Repeat([]byte{1}, 64), changed); err == nil {
			t.Error("another value is taken")
		}
	})
}
