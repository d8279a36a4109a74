package bus_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/mingjian-ledger/mingjian/adapters/bus"
	"github.com/mingjian-ledger/mingjian/adapters/bus/bustest"
	"github.com/mingjian-ledger/mingjian/adapters/bus/natstest"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
)

func tailOf(subject string) bus.Tail { return bus.Tail{Subject: subject} }

// raw is a client of the server's own.
func raw(t *testing.T, url string) jetstream.JetStream {
	t.Helper()
	c, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	js, err := jetstream.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

// TestWhatIsNoEventIsLaidAside: anybody who may write to the stream may write anything; it is kept with its headers and the reason.
func TestWhatIsNoEventIsLaidAside(t *testing.T) {
	t.Parallel()
	s := natstest.New(t, natstest.Options{})
	b := open(t, s.URL()+quick)
	if err := b.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	js := raw(t, s.URL())
	strange := nats.NewMsg(bustest.Penalty("a"))
	strange.Data = []byte("{not json")
	strange.Header = nats.Header{"Origin": {"one", "two"}, "content-type": {"text/plain"}}
	for _, m := range []*nats.Msg{strange, {Subject: bustest.Penalty("a"), Data: []byte(`{"specversion":"1.0"}`)}} {
		if _, err := js.PublishMsg(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	got := make(chan outbox.Message, 1)
	bustest.One(t, b, "all", outbox.Public+".>", func(_ context.Context, m outbox.Message) error {
		got <- m
		return nil
	})
	if err := b.Publish(t.Context(), bustest.Message(bustest.Penalty("a"), 1)); err != nil {
		t.Fatal(err)
	}
	<-got
	stream, err := js.Stream(t.Context(), "MINGJIAN_V1_AGAIN")
	if err != nil {
		t.Fatal(err)
	}
	if n := stream.CachedInfo().State.Msgs; n != 2 {
		t.Fatalf("%d messages were laid aside", n)
	}
	m, err := stream.GetMsg(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	h := m.Header
	if m.Subject != bus.Poison || string(m.Data) != "{not json" || h.Get("Origin") != "one" || h.Get("content-type") != "text/plain" ||
		h.Get("mingjian-subject") != bustest.Penalty("a") || h.Get("handler_poisoned") != "all" || h.Get("reason_poisoned") == "" {
		t.Errorf("%s %s %v", m.Subject, m.Data, h)
	}
}

func TestStreamsAreAsTheAddressSays(t *testing.T) {
	t.Parallel()
	s := natstest.New(t, natstest.Options{})
	js := raw(t, s.URL())
	if err := open(t, s.URL()+"?manage=false").Check(t.Context()); err == nil {
		t.Error("streams that nobody made are there")
	}
	for _, settings := range []string{"?max_age=2h&duplicates=90s&max_bytes=100000", "?max_age=48h&duplicates=3m&max_bytes=200000"} {
		if err := open(t, s.URL()+settings).Check(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for name, subjects := range map[string]string{
		"MINGJIAN_V1_PUBLIC": "mingjian.v1.public.>", "MINGJIAN_V1_STAFF": "mingjian.v1.staff.>", "MINGJIAN_V1_AGAIN": "mingjian.v1.poison mingjian.v1.redrive.>",
	} {
		stream, err := js.Stream(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		c := stream.CachedInfo().Config
		if strings.Join(c.Subjects, " ") != subjects || c.Storage != jetstream.FileStorage || c.MaxAge != 48*time.Hour ||
			c.Duplicates != 3*time.Minute || c.MaxBytes != 200000 || c.Replicas != 1 {
			t.Errorf("%s is kept as %+v", name, c)
		}
	}
	b := open(t, s.URL()+quick)
	if err := b.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := js.DeleteStream(t.Context(), "MINGJIAN_V1_PUBLIC"); err != nil {
		t.Fatal(err)
	}
	if err := b.Publish(t.Context(), bustest.Message(bustest.Penalty("a"), 1)); err == nil {
		t.Error("a message went into a stream that is not there")
	}
	if err := b.Publish(t.Context(), bustest.Message(bustest.Penalty("a"), 1)); err != nil {
		t.Errorf("the stream was not made again: %v", err)
	}
}

// lines is a log that can be read while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestSecretsAreNotTold: neither in an error nor in a log, whatever goes wrong.
func TestSecretsAreNotTold(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t-Wort"
	for name, o := range map[string]natstest.Options{
		"password": {User: "ledger", Password: secret}, "token": {Token: secret}, "refused": {User: "ledger", Password: "other"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := natstest.New(t, o)
			who := "ledger:" + secret
			if o.Token != "" {
				who = secret
			}
			log := &lines{}
			b, err := bus.Open(t.Context(), "nats://"+who+"@"+s.Addr()+quick, bus.Options{
				Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.Level(-100)})),
			})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := b.Close(); err != nil {
					t.Error(err)
				}
			}()
			first := b.Publish(t.Context(), bustest.Message(bustest.Penalty("a"), 1))
			if (first != nil) != (name == "refused") {
				t.Fatalf("err = %v", first)
			}
			s.Stop()
			for b.Check(t.Context()) == nil {
				rest(t.Context())
			}
			for _, err := range []error{first, b.Publish(t.Context(), bustest.Message(bustest.Penalty("a"), 1)), b.Check(t.Context())} {
				if err != nil && strings.Contains(err.Error(), secret) {
					t.Errorf("err = %v", err)
				}
			}
			if text := log.String(); strings.Contains(text, secret) || strings.Contains(text, "ledger:") || strings.Contains(text, "公示") {
				t.Error(text)
			}
		})
	}
}

// TestTLS also shows that a server whose certificate nobody vouches for is not talked to.
func TestTLS(t *testing.T) {
	t.Parallel()
	cert, file := certificate(t)
	s := natstest.New(t, natstest.Options{User: "ledger", Password: "x", TLS: &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}})
	if err := open(t, "tls://ledger:x@"+s.Addr()+quick+"&ca="+file).Publish(t.Context(), bustest.Message(bustest.Penalty("a"), 1)); err != nil {
		t.Error(err)
	}
	b, err := bus.Open(t.Context(), "tls://ledger:x@"+s.Addr()+quick, bus.Options{})
	if err == nil {
		defer func() { _ = b.Close() }()
		err = b.Publish(t.Context(), bustest.Message(bustest.Penalty("a"), 1))
	}
	if err == nil {
		t.Error("a certificate of nobody is taken")
	}
	if _, err := bus.Open(t.Context(), "nats://"+s.Addr()+"?creds="+filepath.Join(t.TempDir(), "none"), bus.Options{}); err != nil && strings.Contains(err.Error(), "x@") {
		t.Error(err)
	}
}

func certificate(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "nats"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"nats://localhost", "nats://a:4222,b:4222,c:4222?replicas=3", "tls://user:pass@host:4222", "nats://token@host/",
		"nats://h?creds=/run/secrets/nats.creds&ca=/ca&cert=/c&key=/k&max_age=720h&max_bytes=1000000&duplicates=2h&publish_wait=2s&ack_wait=1m&manage=false",
	} {
		if _, err := bus.ParseAddress(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "none", "nats://", "http://sesame@h", "nats://sesame:x@h?%zz", "nats://sesame@h/path", "nats://h#f", "nats://sesame@h,,h",
		"nats://h?replicas=0", "nats://h?replicas=six", "nats://h?max_age=1s", "nats://h?duplicates=1000h", "nats://h?cert=/c", "nats://h?sesam=1",
		"nats://h?ack_wait=1ms", "nats://h?publish_wait=1h", "nats://h?manage=perhaps", "nats://sesame:%zz@h", "nats://h?max_bytes=sesame",
	} {
		_, err := bus.ParseAddress(bad)
		if err == nil {
			t.Errorf("%s is taken", bad)
		} else if strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if _, err := bus.Open(t.Context(), bus.Embedded, bus.Options{}); err == nil {
		t.Error("an embedded bus without a folder is taken")
	}
}

// TestOpenDoesNotWait: an instance starts while the bus is away.
func TestOpenDoesNotWait(t *testing.T) {
	t.Parallel()
	s := natstest.New(t, natstest.Options{})
	s.Stop()
	b := open(t, s.URL()+quick)
	if err := b.Publish(t.Context(), bustest.Message(bustest.Penalty("a"), 1)); err == nil || errors.Is(err, bus.ErrClosed) {
		t.Errorf("err = %v", err)
	}
	got := make(chan outbox.Message, 1)
	bustest.One(t, b, "all", outbox.Public+".>", func(_ context.Context, m outbox.Message) error {
		got <- m
		return nil
	})
	s.Start()
	for b.Publish(t.Context(), bustest.Message(bustest.Penalty("a"), 1)) != nil {
		rest(t.Context())
	}
	<-got
}
