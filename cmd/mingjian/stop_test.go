package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/roster"
)

// TestStopUnderLoadLosesNothing writes from several connections, takes a backup and then a TERM signal in the midst of it:
// whatever was acknowledged is there, in the stores and, if it was acknowledged before the backup began, in the backup.
func TestStopUnderLoadLosesNothing(t *testing.T) {
	t.Run("embedded", func(t *testing.T) { t.Parallel(); stopsUnderLoad(t, func(c config) config { return c }) })
	t.Run("server", func(t *testing.T) {
		t.Parallel()
		stopsUnderLoad(t, func(c config) config { return onDatabase(c, postgrestest.New(t)) })
	})
}

func stopsUnderLoad(t *testing.T, place func(config) config) {
	work := t.TempDir()
	kept, first, restored := filepath.Join(work, "kept"), place(config{Data: filepath.Join(work, "d")}), place(config{Data: filepath.Join(work, "r")})
	secret := token(t, first, "clerk")
	s, err := launch(itself, work, os.Environ(), storeArgs(first)...)
	if err != nil {
		t.Fatal(err)
	}
	load := &load{url: s.url, token: secret, reached: make(chan int)}
	var writers sync.WaitGroup
	for n := range 8 {
		writers.Go(func() { load.write(n) })
	}
	before := load.until(200)
	if code, out, errs := command(t, append([]string{"backup", kept}, storeArgs(first)...)...); code != exitOK {
		t.Errorf("backup ended with %d\n%s%s", code, out, errs)
	}
	load.until(len(load.until(0)) + 200)
	log, err := s.stop(syscall.SIGTERM)
	writers.Wait()
	if err != nil || !strings.Contains(log, "stopped in order") || strings.Contains(log, "level=ERROR") {
		t.Errorf("the server ended with %v\n%s", err, log)
	}
	all := load.until(0)
	if load.odd != "" {
		t.Error(load.odd)
	}
	if code, out, errs := command(t, append([]string{"restore", kept}, storeArgs(restored)...)...); code != exitOK {
		t.Fatalf("restore ended with %d\n%s%s", code, out, errs)
	}
	for _, l := range []struct {
		at  config
		ids []string
	}{{first, all}, {restored, before}} {
		holds(t, l.at, l.ids)
		if code, out, errs := command(t, append([]string{"verify"}, storeArgs(l.at)...)...); code != exitOK {
			t.Errorf("verify ended with %d\n%s%s", code, out, errs)
		}
	}
}

// TestStopCutsOffWhatDoesNotEnd has a caller who never finishes his request.
func TestStopCutsOffWhatDoesNotEnd(t *testing.T) {
	t.Parallel()
	work := t.TempDir()
	data := filepath.Join(work, "d")
	secret := token(t, config{Data: data}, "clerk")
	s, err := launch(itself, work, os.Environ(), "--data", data, "--drain", "500ms")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }() // the server closed it
	_, err = fmt.Fprintf(conn, "POST /v1/subjects HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nAuthorization: Bearer %s\r\nContent-Length: 99\r\n\r\n", secret)
	if err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, len("HTTP/1.1 100 Continue"))
	if _, err := io.ReadFull(conn, answer); err != nil || string(answer) != "HTTP/1.1 100 Continue" { // the call is under way
		t.Fatalf("%q, %v", answer, err)
	}
	log, err := s.stop(syscall.SIGTERM)
	if ended := (*exec.ExitError)(nil); !errors.As(err, &ended) || ended.ExitCode() != exitFailed || !strings.Contains(log, "did not end in time") {
		t.Errorf("ended with %v\n%s", err, log)
	}
	if code, out, errs := command(t, "verify", "--data", data); code != exitOK {
		t.Errorf("verify ended with %d\n%s%s", code, out, errs)
	}
}

// token makes a token for the role.
func token(t *testing.T, c config, role string) string {
	t.Helper()
	c.MasterKey = "" // which this command has no use for
	code, out, errs := command(t, append([]string{"token", "create", "--account", "test." + role, "--role", role, "--authority", "SCJG"}, storeArgs(c)...)...)
	if code != exitOK {
		t.Fatal(errs)
	}
	return strings.TrimSpace(out)
}

// load writes subjects until the server goes away and keeps the ids that were acknowledged.
type load struct {
	url, token string
	reached    chan int // the number of acknowledged ids, whenever somebody listens

	mu  sync.Mutex
	ids []string
	odd string // an answer that is neither
}

func (l *load) write(writer int) {
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for n := 0; ; n++ {
		id := fmt.Sprintf("reg:54%02d%09d", writer, n)
		body := fmt.Sprintf(`{"subject":{"id":%q,"name":"第%d户","district":"540902"}}`, id, n)
		req, err := http.NewRequest(http.MethodPost, l.url+"/v1/subjects", strings.NewReader(body)) //nolint:noctx // ends with the server
		if err != nil {
			l.add("", err.Error())
			return
		}
		req.Header.Set("Authorization", "Bearer "+l.token)
		resp, err := client.Do(req)
		if err != nil {
			return // the server is gone
		}
		answer, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close() // it was read
		switch {
		case err != nil, resp.StatusCode == http.StatusServiceUnavailable:
			return // cut off, so not acknowledged
		case resp.StatusCode != http.StatusOK:
			l.add("", fmt.Sprintf("%s: %s", resp.Status, answer))
			return
		}
		l.add(id, "")
	}
}

func (l *load) add(id, odd string) {
	l.mu.Lock()
	if id != "" {
		l.ids = append(l.ids, id)
	} else {
		l.odd = odd
	}
	have := len(l.ids)
	l.mu.Unlock()
	select {
	case l.reached <- have:
	default:
	}
}

// until waits for so many acknowledged ids and returns all there are.
func (l *load) until(many int) []string {
	for have := 0; have < many; {
		have = <-l.reached
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.ids...)
}

// holds finds every subject in a log.
func holds(t *testing.T, c config, ids []string) {
	t.Helper()
	events, err := c.openEvents(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = events.Close() }() // it was read
	for _, id := range ids {
		if got, err := es.Load(t.Context(), events, roster.Subjects, id); err != nil || !got.Exists {
			t.Errorf("%s lost %s, %v", c.stored(), id, err)
		}
	}
	if len(ids) == 0 {
		t.Error("nothing was acknowledged")
	}
}
