package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es/estest/ratio"
)

const (
	lookedUp = 20_000 // a quarter of it is looked up by each number of clients, and then four times it is
	searched = 400    // searches of each kind
)

// serve looks enterprises up and searches for names, as the public does, over REST.
func (w *loaded) serve() {
	w.Helper()
	head, _ := w.head()
	begun := time.Now()
	s, err := launch(w.program, w.work, os.Environ(), append(storeArgs(w.config), "--patience", "10m")...)
	if err != nil {
		w.Fatal(err)
	}
	var any struct{}
	w.get(s.url+"/v1/public/enterprises/"+fictionalCode(0)+"?after="+head.String(), "", &any)
	w.tell("serve", "the first answer came after %.1f s; %d MB of memory", time.Since(begun).Seconds(), resident(s.cmd.Process.Pid)>>10)
	random := rand.New(rand.NewPCG(1, uint64(*subjects))) //nolint:gosec // which are asked for is to be the same each time
	w.lookUp(s, random)
	w.search(s, random)
	if log, err := s.stop(syscall.SIGTERM); err != nil {
		w.Fatalf("%v\n%s", err, log)
	}
	c := costOf(s.cmd.ProcessState, begun)
	w.tell("serve, all of it", "%.0f s of processor time, at most %d MB of memory", c.worked.Seconds(), c.peakKB>>10)
}

// lookUp asks for records, each for the first time and then those again and again.
func (w *loaded) lookUp(s *server, random *rand.Rand) {
	w.Helper()
	known := random.Perm(*subjects)[:min(lookedUp, *subjects)]
	share := len(known) / 4
	for n, clients := range []int{1, 8, 64} {
		of := known[n*share:][:share]
		record := func(i int) string { return "/v1/public/enterprises/" + fictionalCode(of[i%len(of)]) }
		w.ask(s, fmt.Sprintf("records, cold, %d", clients), clients, len(of), record)
		w.ask(s, fmt.Sprintf("records, warm, %d", clients), clients, 4*lookedUp, record)
	}
}

// search asks for the first page of enterprises by parts of their names, some of which a single one has, and some all.
func (w *loaded) search(s *server, random *rand.Rand) {
	w.Helper()
	for _, c := range []struct {
		kind string
		name func() string
	}{
		{"one has it", func() string { return fmt.Sprintf("第%d号商贸", random.IntN(*subjects)) }},
		{"number in it", func() string { return strconv.Itoa(*subjects/10 + random.IntN(*subjects*9/10)) }},
		{"four digits", func() string { return strconv.Itoa(1000 + random.IntN(9000)) }},
		{"all have it", func() string { return []string{"商贸", "有限公司", "子虚市"}[random.IntN(3)] }},
		{"none has it", func() string { return fmt.Sprintf("号%d第", random.IntN(*subjects)) }},
		{"seldom side by side", func() string { return fmt.Sprintf("第%d号", random.IntN(10)) }},
	} {
		names := make([]string, searched)
		for i := range names {
			names[i] = url.QueryEscape(c.name())
		}
		w.ask(s, "search, "+c.kind, 8, len(names), func(i int) string { return "/v1/public/enterprises?query=" + names[i] })
	}
}

// ask asks for so many paths at so many clients, each on a connection that it keeps.
func (w *loaded) ask(s *server, step string, clients, n int, path func(int) string) {
	w.Helper()
	addr := strings.TrimPrefix(s.url, "http://")
	var all sync.WaitGroup
	took, faults := make([]time.Duration, n), make([]error, clients)
	begun, worked, database := time.Now(), spent(s.cmd.Process.Pid), w.database()
	for c := range clients {
		conn, err := new(net.Dialer).DialContext(w.Context(), "tcp", addr)
		if err != nil {
			w.Fatal(err)
		}
		l := &line{conn, bufio.NewReaderSize(conn, 64<<10), nil}
		all.Go(func() {
			for i := c; i < n && faults[c] == nil; i += clients {
				l.send = []byte("GET " + path(i) + " HTTP/1.1\r\nHost: " + addr + "\r\nAccept: application/json\r\n\r\n")
				start := time.Now()
				faults[c] = l.ask()
				took[i] = time.Since(start)
			}
			_ = conn.Close() // it was answered
		})
	}
	all.Wait()
	for _, err := range faults {
		if err != nil {
			w.Fatalf("%s: %v", step, err)
		}
	}
	clock := time.Since(begun).Seconds()
	work, base := spent(s.cmd.Process.Pid)-worked, w.database()-database
	slices.Sort(took)
	w.tell(step, "%.0f a second, p50 %.2f ms, p99 %.2f ms, %.0f µs of processor time each, %.0f µs of the database's, %d MB of memory",
		float64(n)/clock, took[n/2].Seconds()*1e3, took[n*99/100].Seconds()*1e3, work.Seconds()*1e6/float64(n), base.Seconds()*1e6/float64(n),
		resident(s.cmd.Process.Pid)>>10)
}

// spent is the processor time of a process so far; zero where the system does not tell.
func spent(pid int) time.Duration {
	p, _ := ratio.ProcessOf(pid)
	return p.Worked
}

// resident is the memory of a process in kilobytes; zero where the system does not tell.
func resident(pid int) int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kB, _ := strconv.Atoi(fields[0]) // zero
	return kB
}
