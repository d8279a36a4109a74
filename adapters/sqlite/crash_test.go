package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

const crashDir = "MINGJIAN_TEST_CRASH_DIR"

// An acknowledged event survives the sudden end of the process, and what was not acknowledged leaves the log whole.
func TestAcknowledgedEventsSurviveKill(t *testing.T) {
	dir := t.TempDir()
	acknowledged := map[string]string{} // stream@revision to position
	for round := range 6 {
		crash(t, dir, 40+round*150, acknowledged)
		s := openStore(t, filepath.Join(dir, "events.db"), sqlite.Options{})
		clean(t, s)
		stored := map[string]string{}
		for _, r := range whole(t, s) {
			want := noted(r.Stream.ID, int(r.Revision))
			if string(r.Data) != string(want.Data) || string(r.Meta) != string(want.Meta) || r.ID != want.ID {
				t.Fatalf("round %d: %s@%d holds %s", round, r.Stream, r.Revision, r.Data)
			}
			stored[fmt.Sprintf("%s@%d", r.Stream.ID, r.Revision)] = r.Position.String()
		}
		for event, position := range acknowledged {
			if stored[event] != position {
				t.Fatalf("round %d: %s was acknowledged at %s and is at %q", round, event, position, stored[event])
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(acknowledged) < 1000 {
		t.Fatalf("only %d events were acknowledged", len(acknowledged))
	}
}

// crash lets a child append until it acknowledged so many events, and kills it.
func crash(t *testing.T, dir string, events int, acknowledged map[string]string) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrashChild$", "-test.count=1")
	child.Env = append(os.Environ(), crashDir+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); {
		event, position, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "stored "), " ")
		if !ok {
			t.Fatalf("the child said %q", lines.Text())
		}
		acknowledged[event] = position
		if n++; n == events {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || child.ProcessState.Exited() {
		t.Fatalf("the child ended by itself: %v", err)
	}
}

// TestCrashChild is the child: it appends for ever and says what was acknowledged.
func TestCrashChild(t *testing.T) {
	dir := os.Getenv(crashDir)
	if dir == "" {
		t.Skip("runs as the child of TestAcknowledgedEventsSurviveKill")
	}
	s := openStore(t, filepath.Join(dir, "events.db"), sqlite.Options{})
	var out sync.Mutex
	var all sync.WaitGroup
	for w := range 8 {
		all.Go(func() {
			name := fmt.Sprint("w", w)
			next, err := length(t.Context(), s, name)
			if err != nil {
				fmt.Println("read:", err)
				return
			}
			for n := 1; ; n = n%3 + 1 {
				batch := make([]es.Proposed, n)
				for i := range batch {
					batch[i] = noted(name, next+i)
				}
				last, err := s.Append(t.Context(), testStream(name), after(next), batch...)
				if err != nil {
					fmt.Println("append:", err)
					return
				}
				position, _ := last.Pair()
				out.Lock()
				for i := range batch {
					fmt.Printf("stored %s@%d %d\n", name, next+i, position-uint64(n-1-i))
				}
				out.Unlock()
				next += n
			}
		})
	}
	all.Wait()
}

func length(ctx context.Context, s *sqlite.Store, name string) (n int, err error) {
	for _, err := range s.Read(ctx, testStream(name), 0) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
