package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path"
	"sync"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// Limits of a transfer.
const (
	chunk       = 256 << 10 // written before the server's answer is waited for
	maxFailures = 3         // connections that are lost one after another without a byte more on the server
)

// SFTP is a Drop on a server (SSH file transfer). It connects when it is first used and again when a connection is lost, and
// then goes on in a file behind what the server has answered for.
type SFTP struct {
	address, dir string
	config       ssh.ClientConfig
	dial         func(ctx context.Context, network, address string) (net.Conn, error)

	mu     sync.Mutex
	conn   *ssh.Client
	client *sftp.Client
}

// OpenSFTP reads keys; it does not connect yet.
func OpenSFTP(a Account) (*SFTP, error) {
	config, err := a.config()
	if err != nil {
		return nil, err
	}
	s := &SFTP{address: a.Address, dir: a.Dir, config: config, dial: a.Dial}
	if s.dial == nil {
		s.dial = (&net.Dialer{Timeout: a.Timeout}).DialContext
	}
	return s, nil
}

// Close ends the connection.
func (s *SFTP) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hangUp()
	return nil
}

func (s *SFTP) hangUp() {
	if s.client != nil {
		_ = s.client.Close() // what was to be kept was synced
	}
	if s.conn != nil {
		_ = s.conn.Close()
	}
	s.client, s.conn = nil, nil
}

// connect is there until the context ends.
func (s *SFTP) connect(ctx context.Context) (client *sftp.Client, err error) {
	if s.client != nil {
		return s.client, nil
	}
	raw, err := s.dial(ctx, "tcp", s.address)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	defer stop()
	conn, channels, requests, err := ssh.NewClientConn(raw, s.address, &s.config)
	if err != nil {
		return nil, errors.Join(&LoginError{Address: s.address, Err: err}, closeIf(raw))
	}
	s.conn = ssh.NewClient(conn, channels, requests)
	if s.client, err = sftp.NewClient(s.conn); err != nil {
		s.hangUp()
		return nil, err
	}
	return s.client, nil
}

// closeIf closes a connection that may be closed already.
func closeIf(c io.Closer) error {
	if err := c.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// LoginError says that a server was reached and the two sides did not come to terms.
type LoginError struct {
	Address string
	Err     error
}

func (e *LoginError) Error() string {
	return fmt.Sprintf("exchange: log in to %s: %v", e.Address, e.Err)
}
func (e *LoginError) Unwrap() error { return e.Err }

// each runs an operation, again on a new connection where one is lost, as long as progress is made.
func (s *SFTP) each(ctx context.Context, what string, progress func() int64, do func(*sftp.Client) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for failures := 0; ; {
		before := progress()
		client, err := s.connect(ctx)
		if err == nil {
			stop := context.AfterFunc(ctx, func() { _ = client.Close() })
			err = do(client)
			stop()
		}
		if err == nil {
			return nil
		}
		if final(err) {
			return fmt.Errorf("exchange: sftp: %s: %w", what, err)
		}
		s.hangUp()
		if failures++; progress() > before {
			failures = 0
		}
		if ctx.Err() != nil || failures == maxFailures {
			return fmt.Errorf("exchange: sftp: %s: %w", what, errors.Join(err, ctx.Err()))
		}
	}
}

// final tells what another connection would not help against.
func final(err error) bool {
	answered, refused := (*sftp.StatusError)(nil), (*LoginError)(nil)
	return errors.As(err, &answered) || errors.As(err, &refused) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission)
}

func none() int64 { return 0 }

// Has tells whether a file is there.
func (s *SFTP) Has(ctx context.Context, name string) (there bool, err error) {
	err = s.each(ctx, name, none, func(c *sftp.Client) error {
		_, err := c.Stat(path.Join(s.dir, name))
		if there = err == nil; errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	return there, err
}

// Remove takes a file away.
func (s *SFTP) Remove(ctx context.Context, name string) error {
	return s.each(ctx, name, none, func(c *sftp.Client) error {
		for _, one := range []string{name, unfinished(name)} {
			if err := c.Remove(path.Join(s.dir, one)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		return nil
	})
}

// Put puts a file there.
func (s *SFTP) Put(ctx context.Context, name string, content io.ReaderAt, size int64) error {
	u := upload{part: path.Join(s.dir, unfinished(name)), name: path.Join(s.dir, name), content: content, size: size}
	return s.each(ctx, name, func() int64 { return u.most }, u.run)
}

// upload is a file on its way.
type upload struct {
	part, name string
	content    io.ReaderAt
	size       int64
	at         int64 // what the server has answered for
	most       int64 // of it, over all connections
}

func (u *upload) run(c *sftp.Client) error {
	if err := u.write(c); err != nil {
		return err
	}
	info, err := c.Stat(u.part)
	if err != nil {
		return err
	}
	if info.Size() != u.size {
		return fmt.Errorf("the server has %d bytes of %d", info.Size(), u.size)
	}
	if _, ok := c.HasExtension("posix-rename@openssh.com"); ok {
		return c.PosixRename(u.part, u.name)
	}
	if err := c.Remove(u.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return c.Rename(u.part, u.name)
}

func (u *upload) write(c *sftp.Client) (err error) {
	f, err := c.OpenFile(u.part, os.O_WRONLY|os.O_CREATE)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if u.at == 0 || info.Size() < u.at { // what is there is of another day, or was renamed or lost since
		if err := f.Truncate(0); err != nil {
			return err
		}
		u.at = 0
	}
	for buf := make([]byte, chunk); u.at < u.size; {
		n, err := u.content.ReadAt(buf[:min(chunk, u.size-u.at)], u.at)
		if n == 0 {
			return errors.Join(io.ErrUnexpectedEOF, err)
		}
		if _, err := f.WriteAt(buf[:n], u.at); err != nil {
			return err
		}
		u.at += int64(n)
		u.most = max(u.most, u.at)
	}
	if _, ok := c.HasExtension("fsync@openssh.com"); ok {
		return f.Sync()
	}
	return nil
}
