package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// crashSeed makes the moments of the kills; MINGJIAN_TEST_SEED takes another one.
const crashSeed = 20261122

const (
	crashes         = 20
	crashSubjects   = 3000
	crashRecords    = 2100 // a third of each outcome
	crashEvents     = crashSubjects + 2*crashRecords
	crashPatience   = 400 * time.Millisecond
	subjectMapping  = "kind: subjects\ncolumns: {reg_no: {column: no}, name: {column: name}, district: {const: \"540902\"}}\n"
	crashWasPublic  = "旧平台"
	crashPublicOn   = "2026-09-30"
	crashSourceName = "old"
)

// TestKilledImportsAreMadeUpFor kills imports without notice, at moments of time and of progress, and
// imports again: nothing is lost, nothing is there twice.
func TestKilledImportsAreMadeUpFor(t *testing.T) {
	t.Parallel()
	c := newCrash(t)
	for n := range crashes {
		var how string
		if c.chance.IntN(2) == 0 {
			wait := time.Duration(c.chance.Int64N(int64(crashPatience)))
			how = "after " + wait.String()
			c.killed(func(ended context.Context) { pause(ended, wait) })
		} else {
			more := 1 + c.chance.Uint64N(crashEvents/crashes*2)
			how = fmt.Sprintf("%d events on", more)
			c.killed(func(ended context.Context) { c.grown(ended, more) })
		}
		t.Logf("kill %d %s, at position %d", n+1, how, c.position())
		c.verify("--events-only")
		if n == crashes/2 {
			c.verify()
		}
	}
	c.finish()
}

// TestInterruptedImportSaysHowToGoOn ends an import by a signal, as a user does.
func TestInterruptedImportSaysHowToGoOn(t *testing.T) {
	t.Parallel()
	c := newCrash(t)
	child := exec.Command(itself, c.imports[1]...) //nolint:gosec,noctx // ended below
	var out bytes.Buffer
	child.Stdout, child.Stderr = &out, &out
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	c.grown(t.Context(), 300)
	if err := errors.Join(child.Process.Signal(syscall.SIGTERM), child.Wait()); child.ProcessState.ExitCode() != exitFailed {
		t.Errorf("ended with %v\n%s", err, out.String())
	}
	for _, says := range []string{"the import did not end; it reached line ", "the import was cut off; run it again to go on"} {
		if !strings.Contains(out.String(), says) {
			t.Errorf("does not say %q:\n%s", says, out.String())
		}
	}
	c.finish()
}

// crash is the ledger that is imported into again and again.
type crash struct {
	*testing.T
	chance  *rand.Rand
	program string
	config  config     // of its stores
	imports [][]string // command lines; the first must end before the next makes sense
	done    int        // imports that came to their end
}

func newCrash(t *testing.T) *crash {
	t.Helper()
	seed := uint64(crashSeed)
	if given := os.Getenv("MINGJIAN_TEST_SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("MINGJIAN_TEST_SEED=%d", seed)
	work := t.TempDir()
	var subjects strings.Builder
	for n := range crashSubjects {
		fmt.Fprintf(&subjects, "54%011d,第%d户商行\n", n, n)
	}
	c := &crash{T: t, chance: rand.New(rand.NewPCG(seed, 0)), program: built(t), config: onTier(t, config{Data: filepath.Join(work, "d")})} //nolint:gosec // moments, no secrets
	c.imports = [][]string{
		{"import", "subjects", "--authority", "SCJG", "--mapping", write(t, filepath.Join(work, "s.yaml"), subjectMapping),
			write(t, filepath.Join(work, "s.csv"), "no,name\n"+subjects.String())},
		{"import", "inspections", "--authority", "SCJG", "--mapping", write(t, filepath.Join(work, "i.yaml"), inspectionMapping),
			"--source", crashSourceName, "--was-public", crashWasPublic, "--public-on", crashPublicOn,
			write(t, filepath.Join(work, "i.csv"), "no,ref,name,day,result\n"+inspectionRows(0, crashRecords))},
	}
	for i, line := range c.imports {
		c.imports[i] = append(line, storeArgs(c.config)...)
	}
	if code, _, errs := command(t, append([]string{"projection", "list"}, storeArgs(c.config)...)...); code != exitOK {
		t.Fatal(errs)
	}
	return c
}

// killed starts the import whose turn it is and kills it when the moment has come, if it is not over by then.
func (c *crash) killed(moment func(ended context.Context)) {
	c.Helper()
	child := exec.Command(c.program, c.imports[c.done]...) //nolint:gosec,noctx // killed below
	var out bytes.Buffer
	child.Stdout, child.Stderr = &out, &out
	if err := child.Start(); err != nil {
		c.Fatal(err)
	}
	ended, end := context.WithCancel(c.Context())
	over := make(chan error, 1)
	go func() {
		err := child.Wait()
		end()
		over <- err
	}()
	moment(ended)
	_ = child.Process.Kill() // it may be over
	err := <-over
	switch status, ok := child.ProcessState.Sys().(syscall.WaitStatus); {
	case err == nil:
		c.done = min(c.done+1, len(c.imports)-1)
	case !ok || !status.Signaled():
		c.Fatalf("the import ended with %v\n%s", err, out.String())
	}
}

func pause(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// grown waits until the log has so many events more, or the import is over.
func (c *crash) grown(ctx context.Context, more uint64) {
	c.Helper()
	events, err := c.config.openEvents(ctx, true)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		c.Fatal(err)
	}
	defer func() { _ = events.Close() }() // it was read
	head, err := events.Head(ctx)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		c.Fatal(err)
	}
	begin, _ := head.Pair()
	for batch, err := range events.Follow(ctx, es.At(begin, 0)) {
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			c.Fatal(err)
		}
		if at, _ := batch.Through.Pair(); at >= begin+more {
			return
		}
	}
}

// position is where the log ends.
func (c *crash) position() uint64 {
	c.Helper()
	events, err := c.config.openEvents(c.Context(), true)
	if err != nil {
		c.Fatal(err)
	}
	head, err := events.Head(c.Context())
	if err := errors.Join(err, events.Close()); err != nil {
		c.Fatal(err)
	}
	at, _ := head.Pair()
	return at
}

func (c *crash) verify(flags ...string) {
	c.Helper()
	check := exec.CommandContext(c.Context(), c.program, append(append([]string{"verify"}, storeArgs(c.config)...), flags...)...) //nolint:gosec // this program
	if out, err := check.CombinedOutput(); err != nil {
		c.Fatalf("verify: %v\n%s", err, out)
	}
}

// finish imports to the end, and once more, and counts.
func (c *crash) finish() {
	c.Helper()
	for _, again := range []bool{false, true} {
		for i, line := range c.imports {
			child := exec.CommandContext(c.Context(), c.program, line...) //nolint:gosec // this program
			out, err := child.CombinedOutput()
			rows := []int{crashSubjects, crashRecords}[i]
			if err != nil || again && !strings.Contains(string(out), fmt.Sprintf("%d rows read: 0 accepted, %d duplicate, 0 refused", rows, rows)) {
				c.Fatalf("%v\n%s", err, out)
			}
		}
	}
	c.verify()
	if at := c.position(); at != crashEvents {
		c.Errorf("the log has %d events, want %d", at, crashEvents)
	}
	s, err := launch(c.program, filepath.Dir(c.config.Data), os.Environ(), storeArgs(c.config)...)
	if err != nil {
		c.Fatal(err)
	}
	var statistics struct {
		Statistics []struct{ Measure, Code, Count string }
	}
	var feed struct{ Head string }
	fetch(c.T, s.url+"/v1/public/statistics?after="+strconv.Itoa(crashEvents), &statistics)
	fetch(c.T, s.url+"/v1/feed/releases?after=0&limit=1", &feed)
	counted := 0
	for _, row := range statistics.Statistics {
		if row.Measure == "inspections_by_outcome" {
			if counted++; row.Count != strconv.Itoa(crashRecords/3) {
				c.Errorf("%s is counted %s times, want %d", row.Code, row.Count, crashRecords/3)
			}
		}
	}
	if counted != 3 || feed.Head != strconv.Itoa(crashRecords) {
		c.Errorf("%d outcomes, the feed ends at %s", counted, feed.Head)
	}
	if log, err := s.stop(syscall.SIGTERM); err != nil {
		c.Errorf("%v\n%s", err, log)
	}
}

// fetch reads a JSON document.
func fetch(t *testing.T, url string, into any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }() // it is read below
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s, %v\n%s", url, resp.Status, err, body)
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatalf("GET %s: %v\n%s", url, err, body)
	}
}
