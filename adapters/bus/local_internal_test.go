package bus

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/google/go-cmp/cmp"
)

func TestMatches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, subject string
		want             bool
	}{
		{"a.b", "a.b", true},
		{"a.b", "a", false},
		{"a", "a.b", false},
		{"a.*", "a.b", true},
		{"a.*", "a.b.c", false},
		{"*.b", "a.b", true},
		{"a.>", "a.b", true},
		{"a.>", "a.b.c", true},
		{"a.>", "a", false},
		{">", "a.b", true},
		{"a.*.c", "a.b.c", true},
		{"a.*.c", "a.b.d", false},
		{"a.b", "a.bc", false},
	} {
		if got := matches(c.pattern, c.subject); got != c.want {
			t.Errorf("%s matches %s: %t", c.pattern, c.subject, got)
		}
	}
}

// TestShelfSurvivesACrash: a line that was cut short takes nothing else with it.
func TestShelfSurvivesACrash(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	put := func(id string) {
		t.Helper()
		s, err := openShelf(folder)
		if err != nil {
			t.Fatal(err)
		}
		m := message.NewMessage(id, []byte("text of "+id))
		m.Metadata.Set("handler_poisoned", "h")
		if err := s.put(m); err != nil {
			t.Fatal(err)
		}
	}
	put("a")
	put("torn")
	file := filepath.Join(folder, shelfFile)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, whole[:len(whole)-9], 0o600); err != nil {
		t.Fatal(err)
	}
	put("b")
	put("b") // laid aside twice
	s, err := openShelf(folder)
	if err != nil {
		t.Fatal(err)
	}
	take := func(from ...string) (got []string) {
		t.Helper()
		n, err := s.take(func(handler string, m *message.Message) (bool, error) {
			if string(m.Payload) != "text of "+m.UUID || handler != "h" {
				t.Errorf("%s of %s: %s", m.UUID, handler, m.Payload)
			}
			for _, id := range from {
				if m.UUID == id {
					got = append(got, m.UUID)
					return true, nil
				}
			}
			return false, nil
		})
		if err != nil || n != len(got) {
			t.Errorf("%d messages, %v", n, err)
		}
		return got
	}
	for _, c := range []struct{ from, want []string }{
		{[]string{"b"}, []string{"b", "b"}}, {[]string{"a", "b", "torn"}, []string{"a"}}, {[]string{"a"}, nil},
	} {
		if diff := cmp.Diff(c.want, take(c.from...)); diff != "" {
			t.Error(diff)
		}
	}
}
