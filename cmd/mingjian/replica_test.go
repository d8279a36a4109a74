package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/gateway"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
)

// replicaFirm is the one that the test renames again and again.
const replicaFirm = "91540902MA9X01006G"

// fleet is several servers, each a process of its own, on one database.
type fleet struct {
	*testing.T
	config  config
	token   string
	servers map[string]*server
	writes  int
}

func newFleet(t *testing.T) *fleet {
	t.Helper()
	f := &fleet{T: t, config: onDatabase(config{Data: t.TempDir()}, postgrestest.New(t)), servers: map[string]*server{}}
	code, out, errs := command(t, "token", "create", "--account", "zhou.clerk", "--role", "clerk", "--authority", "SCJG",
		"--events", f.config.Events.url, "--views", f.config.Views.url)
	if code != exitOK {
		t.Fatal(errs)
	}
	f.token = strings.TrimSpace(out)
	return f
}

func (f *fleet) start(name string) {
	f.Helper()
	args := append([]string{"--replica", name, "--patience", "1m"}, storeArgs(f.config)...)
	s, err := launch(itself, f.TempDir(), os.Environ(), args...)
	if err != nil {
		f.Fatal(err)
	}
	f.servers[name] = s
	f.Cleanup(func() {
		if !s.ended {
			_ = s.cmd.Process.Signal(syscall.SIGCONT)
			_, _ = s.stop(syscall.SIGKILL)
		}
	})
}

// end ends a server, which must go in order unless it is killed.
func (f *fleet) end(name string, signal os.Signal) {
	f.Helper()
	log, err := f.servers[name].stop(signal)
	if signal != syscall.SIGKILL && (err != nil || strings.Contains(log, "level=ERROR")) {
		f.Errorf("%s ended with %v\n%s", name, err, log)
	}
	delete(f.servers, name)
}

func (f *fleet) call(name, method, path, key, body string) (status int, answer []byte, position string) {
	f.Helper()
	req, err := http.NewRequestWithContext(f.Context(), method, f.servers[name].url+path, strings.NewReader(body))
	if err != nil {
		f.Fatal(err)
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
		req.Header.Set("Authorization", "Bearer "+f.token)
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		f.Fatalf("%s: %v", name, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if answer, err = io.ReadAll(resp.Body); err != nil {
		f.Fatalf("%s: %v", name, err)
	}
	return resp.StatusCode, answer, resp.Header.Get("Mingjian-Position")
}

// write renames the firm at one server and reads the new name at each of the named, by the position of the write. It reads before
// it as well, so that each of them has the former state ready.
func (f *fleet) write(at string, readers ...string) {
	f.Helper()
	path := "/v1/public/enterprises/" + replicaFirm
	if f.writes > 0 {
		for _, reader := range readers {
			if status, answer, _ := f.call(reader, http.MethodGet, path, "", ""); status != http.StatusOK {
				f.Errorf("%s: %d %s", reader, status, answer)
			}
		}
	}
	f.writes++
	want := fmt.Sprintf("望舒第%d商行", f.writes)
	body := fmt.Sprintf(`{"subject": {"code": %q, "name": %q, "district": "540902"}}`, replicaFirm, want)
	status, answer, position := f.call(at, http.MethodPost, "/v1/subjects", fmt.Sprint("rename ", f.writes), body)
	if status != http.StatusOK || position == "" {
		f.Fatalf("%s: %d %s", at, status, answer)
	}
	for _, reader := range readers {
		status, answer, _ := f.call(reader, http.MethodGet, path+"?after="+position, "", "")
		if status != http.StatusOK || !strings.Contains(string(answer), want) {
			f.Errorf("written at %s, read at %s: %d %s", at, reader, status, answer)
		}
		if status, answer, _ = f.call(reader, http.MethodGet, path, "", ""); !strings.Contains(string(answer), want) {
			f.Errorf("%s has the former state ready after it showed the new one: %d %s", reader, status, answer)
		}
	}
}

func (f *fleet) ready(name string) gateway.Readiness {
	f.Helper()
	_, answer, _ := f.call(name, http.MethodGet, "/readyz", "", "")
	var told gateway.Readiness
	if err := json.Unmarshal(answer, &told); err != nil {
		f.Fatal(err)
	}
	return told
}

// holder is who runs the records of enterprises, as one server knows it.
func (f *fleet) holder(asked string) string {
	f.Helper()
	for {
		for _, p := range f.ready(asked).Projections {
			if strings.HasPrefix(p.Name, "enterprise.") && p.Holder != "" {
				return p.Holder
			}
		}
		if f.Context().Err() != nil {
			f.Fatal("nobody runs the records of enterprises")
		}
		pause(f.Context(), 20*time.Millisecond)
	}
}

// others are the names of all servers but one, and any of them.
func (f *fleet) others(but string) (all []string, one string) {
	for name := range f.servers {
		if name != but {
			all, one = append(all, name), name
		}
	}
	return all, one
}

// TestServersOnOneDatabase: one is killed, one stands still for longer than its leases last and goes on, one stops in order;
// whatever was acknowledged is seen at all of them, once.
func TestServersOnOneDatabase(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	for _, name := range []string{"a", "b", "c"} {
		f.start(name)
	}
	everybody := []string{"a", "b", "c"}
	for i := range 12 {
		f.write(everybody[i%3], everybody...)
	}
	killed := f.holder("a")
	f.end(killed, syscall.SIGKILL)
	all, one := f.others("")
	f.write(one, all...)
	f.start("d")
	all, _ = f.others("")
	f.write("d", all...)

	stopped := f.holder("d")
	all, one = f.others(stopped)
	if err := f.servers[stopped].cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		f.write(one, all...)
	}
	if now := f.holder(one); now == stopped {
		t.Errorf("%s runs the records of enterprises while it stands still", now)
	}
	if err := f.servers[stopped].cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	all, _ = f.others("")
	f.write(one, all...)
	f.write(stopped, all...)

	_, last := f.others(f.holder("d"))
	for len(f.servers) > 1 {
		_, one := f.others(last)
		f.end(one, syscall.SIGTERM)
		all, _ := f.others("")
		f.write(last, all...)
	}
	if told := f.ready(last); !told.Ready || told.Replica != last || len(told.Stores) != 3 {
		t.Errorf("the last one tells %+v", told)
	}
	for _, p := range f.ready(last).Projections {
		if !p.Held || p.Holder != last {
			t.Errorf("%s is held by %q", p.Name, p.Holder)
		}
	}
	f.end(last, syscall.SIGTERM)
	code, out, errs := command(t, append([]string{"verify"}, storeArgs(f.config)...)...)
	if code != exitOK || !strings.Contains(out, "clean") {
		t.Errorf("verify ends with %d: %s\n%s", code, out, errs)
	}
	if _, err := os.Stat(filepath.Join(f.config.Data, lockFile)); err == nil {
		t.Error("servers that share all have a directory of their own")
	}
}
