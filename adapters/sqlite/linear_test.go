package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"net/rpc"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest/linear"
)

const linearDir = "MINGJIAN_TEST_LINEAR_DIR"

// TestHistoriesAreLinearizable has 64 clients work on a store in a process that is killed again and again.
func TestHistoriesAreLinearizable(t *testing.T) {
	linear.Histories(t, func(t *testing.T) (linear.Log, func(context.Context) error) {
		far := &far{t: t, dir: t.TempDir()}
		if err := far.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(far.end)
		return far, func(ctx context.Context) error {
			far.end()
			return far.start(ctx)
		}
	})
}

// far is a store in another process, reached over a socket.
type far struct {
	t   *testing.T
	dir string

	mu     sync.Mutex
	child  *exec.Cmd
	client *rpc.Client
}

func (f *far) start(ctx context.Context) error {
	child := exec.CommandContext(context.WithoutCancel(ctx), os.Args[0], "-test.run=^TestLinearChild$", "-test.count=1")
	child.Env = append(os.Environ(), linearDir+"="+f.dir)
	child.Stderr = os.Stderr
	ready, err := child.StdoutPipe()
	if err != nil {
		return err
	}
	if err := child.Start(); err != nil {
		return err
	}
	var said string
	if _, err := fmt.Fscanln(ready, &said); err != nil || said != "ready" {
		return fmt.Errorf("the child said %q: %w", said, err)
	}
	client, err := rpc.Dial("unix", filepath.Join(f.dir, "socket"))
	f.mu.Lock()
	defer f.mu.Unlock()
	f.child, f.client = child, client
	return err
}

func (f *far) end() {
	f.mu.Lock()
	child, client := f.child, f.client
	f.mu.Unlock()
	if err := child.Process.Kill(); err != nil {
		f.t.Error(err)
	}
	_ = child.Wait() // it was killed
	_ = client.Close()
}

// call waits for an answer, but not longer than ctx.
func (f *far) call(ctx context.Context, method string, in, out any) error {
	f.mu.Lock()
	client := f.client
	f.mu.Unlock()
	call := client.Go(method, in, out, make(chan *rpc.Call, 1))
	select {
	case <-call.Done:
		return call.Error
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (f *far) Append(ctx context.Context, s es.Stream, want es.Expected, events ...es.Proposed) (es.Position, error) {
	in, out := AppendArgs{Stream: s, Want: -1, Events: events}, AppendReply{}
	if exactly, ok := want.(es.Exactly); ok {
		in.Want = int64(exactly)
	}
	if err := f.call(ctx, "Remote.Append", in, &out); err != nil {
		return es.Position{}, err
	}
	if out.Conflict {
		return es.Position{}, &es.ConflictError{Stream: s, Want: want}
	}
	return es.At(out.Position, 0), nil
}

func (f *far) Read(ctx context.Context, s es.Stream, from es.Revision) iter.Seq2[es.Record, error] {
	return func(yield func(es.Record, error) bool) {
		var out []PlainRecord
		err := f.call(ctx, "Remote.Read", ReadArgs{Stream: s, From: from}, &out)
		for _, p := range out {
			if !yield(p.record(), nil) {
				return
			}
		}
		if err != nil {
			yield(es.Record{}, err)
		}
	}
}

func (f *far) Head(ctx context.Context) (es.Position, error) {
	var out uint64
	err := f.call(ctx, "Remote.Head", 0, &out)
	return es.At(out, 0), err
}

// Follow yields the log to its end, once.
func (f *far) Follow(ctx context.Context, after es.Position) iter.Seq2[es.Batch, error] {
	return func(yield func(es.Batch, error) bool) {
		var out []PlainRecord
		from, _ := after.Pair()
		err := f.call(ctx, "Remote.Follow", from, &out)
		b := es.Batch{Through: after, CaughtUp: true}
		for _, p := range out {
			b.Records = append(b.Records, p.record())
			b.Through = es.At(p.Position, 0)
		}
		yield(b, err)
	}
}

// PlainRecord is a record whose position can travel.
type PlainRecord struct {
	Proposed es.Proposed
	Stream   es.Stream
	Revision es.Revision
	Position uint64
}

func plain(r es.Record) PlainRecord {
	p, _ := r.Position.Pair()
	return PlainRecord{r.Proposed, r.Stream, r.Revision, p}
}

func (p PlainRecord) record() es.Record {
	return es.Record{Proposed: p.Proposed, Stream: p.Stream, Revision: p.Revision, Position: es.At(p.Position, 0)}
}

// AppendArgs and the other exported types are what net/rpc carries.
type AppendArgs struct {
	Stream es.Stream
	Want   int64
	Events []es.Proposed
}

// AppendReply answers AppendArgs.
type AppendReply struct {
	Position uint64
	Conflict bool
}

// ReadArgs asks for a stream.
type ReadArgs struct {
	Stream es.Stream
	From   es.Revision
}

// Remote is the child's side.
type Remote struct{ store *sqlite.Store }

// Append appends.
func (r *Remote) Append(in AppendArgs, out *AppendReply) error {
	want := es.Expected(es.NoStream{})
	if in.Want >= 0 {
		want = es.Exactly(in.Want)
	}
	p, err := r.store.Append(context.Background(), in.Stream, want, in.Events...)
	if _, ok := errors.AsType[*es.ConflictError](err); ok {
		out.Conflict = true
		return nil
	}
	out.Position, _ = p.Pair()
	return err
}

// Read reads a stream.
func (r *Remote) Read(in ReadArgs, out *[]PlainRecord) error {
	for rec, err := range r.store.Read(context.Background(), in.Stream, in.From) {
		if err != nil {
			return err
		}
		*out = append(*out, plain(rec))
	}
	return nil
}

// Head is the end of the log.
func (r *Remote) Head(_ int, out *uint64) error {
	p, err := r.store.Head(context.Background())
	*out, _ = p.Pair()
	return err
}

// Follow is the log from a position to its end.
func (r *Remote) Follow(after uint64, out *[]PlainRecord) error {
	for batch, err := range r.store.Follow(context.Background(), es.At(after, 0)) {
		if err != nil {
			return err
		}
		for _, rec := range batch.Records {
			*out = append(*out, plain(rec))
		}
		if batch.CaughtUp {
			break
		}
	}
	return nil
}

// TestLinearChild is the child: it serves the store until it is killed.
func TestLinearChild(t *testing.T) {
	dir := os.Getenv(linearDir)
	if dir == "" {
		t.Skip("runs as the child of TestHistoriesAreLinearizable")
	}
	store := openStore(t, filepath.Join(dir, "events.db"), sqlite.Options{})
	server := rpc.NewServer()
	if err := server.Register(&Remote{store}); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "socket")
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("ready")
	server.Accept(l)
}
