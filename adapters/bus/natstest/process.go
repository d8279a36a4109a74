package natstest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// Variables by which a test binary knows that it is a server.
const (
	folderVariable = "MINGJIAN_NATSTEST_FOLDER"
	portVariable   = "MINGJIAN_NATSTEST_PORT"
)

// Main is TestMain's of packages that use Spawn: in a process that Spawn started it is a server and does not return.
func Main(m interface{ Run() int }) {
	os.Exit(code(m)) //nolint:forbidigo // a TestMain ends the test process
}

func code(m interface{ Run() int }) int {
	folder := os.Getenv(folderVariable) //nolint:forbidigo // it is of Spawn, not of the program's settings
	if folder == "" {
		return m.Run()
	}
	if err := serve(folder, os.Getenv(portVariable)); err != nil { //nolint:forbidigo // as above
		fmt.Fprintln(os.Stderr, "natstest:", err)
		return 1
	}
	return 0
}

// serve says when it is ready, and ends with its parent.
func serve(folder, port string) error {
	n, err := strconv.Atoi(port)
	if err != nil {
		return err
	}
	s, err := run(options(folder, n))
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(os.Stdout, "ready"); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	s.Shutdown()
	return err
}

// Process is a server in a process of its own.
type Process struct {
	t      testing.TB
	folder string
	port   int
	cmd    *exec.Cmd
	stdin  io.Closer
}

// Spawn starts a server that ends with the test. TestMain is Main.
func Spawn(t testing.TB) *Process {
	t.Helper()
	p := &Process{t: t, folder: filepath.Join(t.TempDir(), "jetstream"), port: freePort(t)}
	t.Cleanup(p.Kill)
	p.Start()
	return p
}

// Start starts it again after Kill.
func (p *Process) Start() {
	p.t.Helper()
	self, err := os.Executable()
	if err != nil {
		p.t.Fatal("natstest: ", err)
	}
	cmd := exec.CommandContext(context.WithoutCancel(p.t.Context()), self)
	cmd.Env = append(cmd.Environ(), folderVariable+"="+p.folder, portVariable+"="+strconv.Itoa(p.port))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		p.stdin, err = cmd.StdinPipe()
	}
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		p.t.Fatal("natstest: ", err)
	}
	p.cmd = cmd
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		p.t.Fatalf("natstest: the server says %q, %v", line, err)
	}
}

// Kill ends it without a word (SIGKILL).
func (p *Process) Kill() {
	if p.cmd == nil {
		return
	}
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Error("natstest: ", err)
	}
	_ = p.cmd.Wait() // it was killed
	_ = p.stdin.Close()
	p.cmd = nil
}

// Addr is host and port.
func (p *Process) Addr() string { return addr(p.port) }

// URL is where clients connect.
func (p *Process) URL() string { return "nats://" + p.Addr() }
