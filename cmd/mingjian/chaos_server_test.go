package main

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

// inTheYear is the program's serve at a time that a test sets: a ledger can't be told another time by any flag. At a door of its
// own it does the jobs of the day when the test says so.
const inTheYear = "mingjian-in-the-year"

// Variables of such a server.
const (
	clockVariable = "MINGJIAN_TEST_CLOCK" // file of a clockFile
	jobsVariable  = "MINGJIAN_TEST_JOBS"  // socket of the door for jobs
)

// serveInTheYear is the main function of such a server.
func serveInTheYear() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := exitOK
	if err := serveAt(ctx, clockFile(os.Getenv(clockVariable)), os.Getenv(jobsVariable), os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "mingjian:", err)
		code = exitFailed
	}
	stop()
	os.Exit(code)
}

func serveAt(ctx context.Context, clock clockFile, jobs string, args []string) error {
	var c config
	f := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	c.flags(f)
	if err := f.Parse(args); err != nil {
		return err
	}
	log, err := c.logger(terminal{err: os.Stderr})
	if err = cmp.Or(err, c.validate()); err != nil {
		return err
	}
	c.clock = clock.now
	return serve(ctx, c, log, func(ctx context.Context, in *instance, d *doors) error {
		_ = os.Remove(jobs) // of a server that was killed
		door, err := (&net.ListenConfig{}).Listen(ctx, "unix", jobs)
		if err != nil {
			return err
		}
		own := &http.Server{Handler: http.HandlerFunc(in.doJobs), ReadHeaderTimeout: time.Minute}
		go func() { _ = own.Serve(door) }()
		defer func() { _ = own.Close() }()
		log.InfoContext(ctx, "serving", slog.String("http", d.url()))
		return in.until(ctx, d)
	})
}

// doJobs does all jobs of the day. They may have been done.
func (in *instance) doJobs(w http.ResponseWriter, r *http.Request) {
	for _, job := range dailyJobs() {
		if err := job.run(r.Context(), in, in.config.today()); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
	}
}

// clockFile is a clock for several processes: eight bytes, the seconds since 1970.
type clockFile string

func (c clockFile) now() time.Time {
	text, err := os.ReadFile(string(c))
	if err != nil || len(text) != 8 {
		panic(fmt.Sprintf("the clock shows %x, %v", text, err))
	}
	return time.Unix(int64(binary.BigEndian.Uint64(text)), 0).UTC() //nolint:gosec // as set wrote it
}

// set takes effect at once: who reads sees the old time or the new one.
func (c clockFile) set(t *testing.T, seconds int64) {
	t.Helper()
	next := string(c) + ".next"
	write(t, next, string(binary.BigEndian.AppendUint64(nil, uint64(seconds)))) //nolint:gosec // after 1970
	if err := os.Rename(next, string(c)); err != nil {
		t.Fatal(err)
	}
}

// jobsClient reaches the door for jobs of one server.
func jobsClient(socket string) *http.Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
	return &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
}

// socketOf is the door for jobs of a server by its name.
func socketOf(folder, name string) string { return filepath.Join(folder, name+".jobs") }
