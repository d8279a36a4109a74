package esdb_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/esdb"
	"github.com/mingjian-ledger/mingjian/adapters/esdb/esdbtest"
)

func TestURLsThatAreRefused(t *testing.T) {
	for _, url := range []string{
		"", "esdb", "esdb://", "http://u:s3cret@h", "postgres://u:s3cret@h/db", "esdb://u:s3cret@h:port", "esdb://u:s3cret@:2113,",
		"esdb://u:s3cret@h/path", "esdb://:s3cret@h", "esdb://u:s3cret@h?tls=perhaps", "esdb://u:s3cret@h?unknown=1", "esdb://u:s3c%ret@h",
		"esdb://u:s3cret@h?nodePreference=follower", "esdb://u:s3cret@h?tls=true&TLS=false", "esdb://u:s3cret@h?defaultDeadline=soon",
		"esdb://u:s3cret@h?keepAliveInterval=10", "esdb://u:s3cret@h?tlsCaFile=/nowhere/s3cret", "esdb://u:s3cret@h?userCertFile=x",
		"esdb://u:s3cret@h?tls=false&namespace=$x", "esdb://u:s3cret@h?tls=false&namespace=a-b", "esdb://u:s3cret@h h:1,i:2",
		"esdb://u:s3cret@h:s3cret", "esdb://u:s3cret@h?maxDiscoverAttempts=s3cret%", "esdb://u:s3cret@h?a=%zz",
	} {
		_, err := esdb.Open(t.Context(), url, esdb.Options{Patience: time.Millisecond, Deadline: time.Second})
		if err == nil {
			t.Errorf("%s: no error", url)
			continue
		}
		if strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "s3c%") {
			t.Errorf("%s: the error holds the password: %v", url, err)
		}
	}
}

// Credentials reach a server with TLS, wrong ones are refused at once, and neither errors nor the log hold them.
func TestCredentials(t *testing.T) {
	var log bytes.Buffer
	c := esdbtest.Start(t, esdbtest.Options{TLS: true, User: "clerk", Password: "s3cr,et/@"})
	opt := esdb.Options{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), Deadline: 400 * time.Millisecond}
	s := openStore(t, c.URL(), opt)
	c.Fault(esdbtest.Read, esdbtest.Refuse, 0)
	if _, err := s.Head(t.Context()); err != nil {
		t.Fatal(err)
	}
	wrong := strings.Replace(c.URL(), "clerk:", "clerk:x", 1)
	if _, err := esdb.Open(t.Context(), wrong, opt); err == nil || strings.Contains(err.Error(), "s3cr") {
		t.Fatalf("with another password: %v", err)
	}
	plain := esdbtest.Start(t, esdbtest.Options{User: "clerk", Password: "s3cret"})
	if _, err := esdb.Open(t.Context(), plain.URL(), opt); err == nil {
		t.Fatal("credentials went out without TLS")
	}
	untrusted, _, _ := strings.Cut(c.URL(), "?")
	opt.Patience = time.Millisecond
	if _, err := esdb.Open(t.Context(), untrusted, opt); err == nil || strings.Contains(err.Error(), "s3cr") {
		t.Fatalf("trusted an unknown certificate: %v", err)
	}
	if log.Len() == 0 || strings.Contains(log.String(), "s3cr") || strings.Contains(log.String(), "czNjc") {
		t.Fatalf("the log: %s", log.String())
	}
}

func TestAnOldServerIsRefused(t *testing.T) {
	c := esdbtest.Start(t, esdbtest.Options{Version: "21.10.9"})
	if _, err := esdb.Open(t.Context(), c.URL(), esdb.Options{}); err == nil || !strings.Contains(err.Error(), "21.10.9") {
		t.Fatalf("got %v", err)
	}
	c = esdbtest.Start(t, esdbtest.Options{Version: "22.6.0"})
	if v := openStore(t, c.URL(), esdb.Options{}).ServerVersion(); v != "22.6.0" {
		t.Fatal(v)
	}
}
