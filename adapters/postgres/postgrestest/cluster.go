package postgrestest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// superuser is who may do everything in a scratch cluster; connections from loopback are trusted.
const superuser = "mingjian"

// Cluster is a scratch PostgreSQL server that a test may stop, kill and start again.
type Cluster struct {
	bin    string // folder of the server's programs
	folder string
	port   int
	owner  *syscall.Credential // who runs the server; nil where the test itself does
	server *exec.Cmd
	ended  chan error
}

// programs is the folder of the newest server programs.
func programs() (string, error) {
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), nil
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(found) == 0 {
		return "", errors.New("no PostgreSQL server program (on Debian: apt-get install postgresql)")
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return release(a) - release(b) })
	return filepath.Dir(newest), nil
}

func release(path string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	if err != nil {
		return 0
	}
	return n
}

// runner is who may run the server: PostgreSQL refuses root.
func runner() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err = errors.Join(err, err2); err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("there is no account but root to run PostgreSQL")
}

// NewCluster makes and starts a cluster of the test's own, gone with the test; settings are those of postgresql.conf
// ("name=value"). Most tests want New, which shares one cluster.
func NewCluster(t testing.TB, settings ...string) *Cluster {
	t.Helper()
	c, err := newCluster(settings)
	if err != nil {
		missing(t, err)
	}
	t.Cleanup(func() { c.remove(t) })
	return c
}

// missing skips, or fails where parts are required.
func missing(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("MINGJIAN_TEST_REQUIRE") != "" { //nolint:forbidigo // a skip of a test is not for the program's settings
		t.Fatal("postgrestest: ", err)
	}
	t.Skip("postgrestest: ", err)
}

func newCluster(settings []string) (_ *Cluster, err error) {
	c := &Cluster{}
	if c.bin, err = programs(); err != nil {
		return nil, err
	}
	if c.owner, err = runner(); err != nil {
		return nil, err
	}
	if c.folder, err = os.MkdirTemp("", "mingjian-postgres-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(c.folder))
		}
	}()
	if c.owner != nil {
		if err := os.Chown(c.folder, int(c.owner.Uid), int(c.owner.Gid)); err != nil {
			return nil, err
		}
	}
	initdb := c.command("initdb", "--pgdata", c.data(), "--username", superuser, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if c.port, err = freePort(); err != nil {
		return nil, err
	}
	conf := append([]string{
		"listen_addresses='127.0.0.1'", "port=" + strconv.Itoa(c.port), "unix_socket_directories=''", "max_connections=200",
		"shared_buffers=64MB", "log_min_messages=fatal", "max_wal_size=2GB",
	}, settings...)
	if err := c.configure(conf); err != nil {
		return nil, err
	}
	return c, c.Start()
}

func (c *Cluster) configure(lines []string) (err error) {
	f, err := os.OpenFile(filepath.Join(c.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = f.WriteString("\n" + strings.Join(lines, "\n") + "\n")
	return err
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // bound and left at once
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

func (c *Cluster) data() string { return filepath.Join(c.folder, "data") }

// command runs a program of the server as its owner; it dies with the test process.
func (c *Cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.bin, name), args...) //nolint:gosec,noctx // the server's own programs; stopped by Stop
	cmd.Dir = c.folder
	cmd.SysProcAttr = attributes(c.owner)
	return cmd
}

// Start starts a stopped server and returns when it answers.
func (c *Cluster) Start() error {
	var printed bytes.Buffer
	c.server = c.command("postgres", "-D", c.data())
	c.server.Stderr, c.server.Stdout = &printed, &printed
	if err := c.server.Start(); err != nil {
		return err
	}
	c.ended = make(chan error, 1)
	go func() { c.ended <- c.server.Wait() }()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case err := <-c.ended:
			c.ended <- err
			return fmt.Errorf("postgres ended: %w\n%s", err, printed.Bytes())
		case <-ctx.Done():
			return errors.Join(errors.New("postgres does not answer"), c.signal(syscall.SIGQUIT))
		case <-look.C:
		}
		if conn, err := pgx.Connect(ctx, c.URL("postgres")); err == nil {
			return conn.Close(ctx)
		}
	}
}

// Stop ends the server, breaking connections ("fast").
func (c *Cluster) Stop() error { return c.signal(syscall.SIGINT) }

// Kill ends the server at once, as a crash does; what was committed is recovered by the next Start.
func (c *Cluster) Kill() error { return c.signal(syscall.SIGQUIT) }

func (c *Cluster) signal(s syscall.Signal) error {
	if err := c.server.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	err := <-c.ended
	c.ended <- err
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return nil // a crash asked for
	}
	return err
}

func (c *Cluster) remove(t testing.TB) {
	t.Helper()
	if err := errors.Join(c.Kill(), os.RemoveAll(c.folder)); err != nil {
		t.Errorf("postgrestest: %v", err)
	}
}

// URL is where a database of the cluster is found.
func (c *Cluster) URL(database string) string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d/%s?sslmode=disable", superuser, c.port, database)
}

// Addr is the host and port on which the server listens.
func (c *Cluster) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)) }

// NewDatabase makes an empty database and returns its URL.
func (c *Cluster) NewDatabase(t testing.TB) string {
	t.Helper()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, c.URL("postgres"))
	if err != nil {
		t.Fatal("postgrestest: ", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	name := fmt.Sprintf("t%d", time.Now().UnixNano())
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		t.Fatal("postgrestest: ", err)
	}
	return c.URL(name)
}
