package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// again is how long a consumer waits before it asks again after a loss.
const askAgain = 20 * time.Millisecond

// from is where a consumer goes on: where it was, and now and then before, as one that forgot a part.
func (c *channels) from(r *receiver) uint64 {
	after := r.resume()
	if after > 0 && c.lot(6) == 0 {
		after -= uint64(c.lot(int(min(after, 20)) + 1)) //nolint:gosec // not below zero
	}
	return after
}

// pull asks for what comes next, again and again.
func (c *channels) pull(ctx context.Context) {
	for ctx.Err() == nil {
		if err := c.page(ctx, c.pulled, c.from(c.pulled), 1+c.lot(40), 5, ""); err != nil && ctx.Err() == nil {
			c.pulled.broke()
			pause(ctx, askAgain)
		}
	}
}

// page takes one answer of the feed, line by line, as far as it goes.
func (c *channels) page(ctx context.Context, r *receiver, after uint64, limit, wait int, id string) error {
	url := fmt.Sprintf("%s/v1/feed/releases?after=%d&limit=%d&wait=%d&format=ndjson", c.feed, after, limit, wait)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }() // was read
	if resp.StatusCode != http.StatusOK {
		if resp.StatusCode < http.StatusInternalServerError {
			r.fault("the feed answers %s after %d", resp.Status, after)
		}
		return errors.New(resp.Status)
	}
	for lines := bufio.NewReader(resp.Body); ; {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		r.take(line, id)
	}
}

// stream follows over gRPC, each time over a new connection.
func (c *channels) stream(ctx context.Context) {
	for ctx.Err() == nil {
		if err := c.follows(ctx, c.from(c.streamed)); err != nil && ctx.Err() == nil {
			c.streamed.broke()
			pause(ctx, askAgain)
		}
	}
}

func (c *channels) follows(ctx context.Context, after uint64) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	conn, err := grpc.NewClient(strings.TrimPrefix(c.feed, "http://"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	stream, err := mingjianv1.NewFeedServiceClient(conn).FollowReleases(ctx, &mingjianv1.FollowReleasesRequest{After: after})
	for err == nil {
		var one *mingjianv1.FollowReleasesResponse
		if one, err = stream.Recv(); err != nil {
			break
		}
		var line []byte
		if line, err = lineOf(one.GetRelease()); err == nil {
			c.streamed.take(line, "")
		}
	}
	return err
}

// following is the program's own receiver in a process that is killed at times.
type following struct {
	*channels
	name string
	args []string
	out  string // file of what it prints
	cmd  *exec.Cmd
	said *bytes.Buffer
}

// follow starts the program's own receivers, by REST and by gRPC.
func (c *channels) follow() {
	c.Helper()
	for name, more := range map[string][]string{"follow": nil, "follow-stream": {"--stream"}} {
		f := &following{channels: c, name: name, out: filepath.Join(c.dir, name+".ndjson")}
		f.args = append([]string{"feed", "follow", c.feed, "--cursor", filepath.Join(c.dir, name+".json")}, more...)
		c.followed = append(c.followed, f)
		f.begin()
	}
	c.Cleanup(func() {
		for _, f := range c.followed {
			f.kill()
		}
	})
}

// begin starts it; what it prints is added to what it printed before.
func (f *following) begin(more ...string) {
	f.Helper()
	out, err := os.OpenFile(f.out, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		f.Fatal(err)
	}
	f.said = &bytes.Buffer{}
	f.cmd = exec.Command(itself, append(f.args, more...)...) //nolint:gosec,noctx // the program; killed below
	f.cmd.Stdout, f.cmd.Stderr = out, f.said
	if err := errors.Join(f.cmd.Start(), out.Close()); err != nil {
		f.Fatal(err)
	}
}

// kill ends it; it has no reason to end before.
func (f *following) kill() {
	f.Helper()
	if f.cmd == nil {
		return
	}
	_ = f.cmd.Process.Kill() // it may be over, which is found out
	err := f.cmd.Wait()
	if status, ok := f.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
		f.Errorf("%s ended with %v\n%s", f.name, err, f.said)
	}
	f.cmd = nil
}

func (f *following) again() {
	f.Helper()
	f.kill()
	f.begin()
}

// whole has it receive the rest and check itself against the producer, then takes all that it ever printed.
func (f *following) whole() *receiver {
	f.Helper()
	f.kill()
	f.begin("--check")
	if err := f.cmd.Wait(); err != nil {
		f.Errorf("%s --check: %v\n%s", f.name, err, f.said)
	}
	f.cmd = nil
	r := newReceiver(f.name+"-printed", f.dir, f.pulse)
	text, err := os.ReadFile(f.out)
	if err != nil {
		f.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		r.take(line, "")
	}
	return r
}
