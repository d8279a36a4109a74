package verifiertest

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
)

// failing keeps what a test would fail with.
type failing struct {
	testing.TB
	why string
}

func (f *failing) Fatalf(format string, args ...any) {
	f.why = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// failure gives what a test of its own would fail with.
func failure(t *testing.T, what func(testing.TB)) string {
	t.Helper()
	f := &failing{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		what(f)
	}()
	<-done
	return f.why
}

func script(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write([]byte(text))
	})
}

// What fails in the browser fails the test that asked, and the session goes on unless nobody was asked.
func TestFailuresAreTold(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Handle("/sum.js", script(`export default (...files) => files.reduce((sum, f) => sum + f.byteLength, 0)`))
	s.Handle("/throws.js", script(`export default async () => { throw new Error("thrown here"); }`))
	s.Handle("/malformed.js", script(`export default (source) => { const source = 1; };`))
	s.Handle("/later.js", script(`export default () => { setTimeout(() => { throw new Error("after all"); }); return new Promise(() => {}); }`))
	ask := func(address string) string {
		return failure(t, func(t testing.TB) { s.Run(t, address, new(any)) })
	}
	for _, c := range [][2]string{
		{"/throws.js", "thrown here"}, {"/malformed.js", "already been declared"}, {"/none.js", "/none.js"},
	} {
		if why := ask(c[0]); !strings.Contains(why, c[1]) {
			t.Errorf("%s failed with %q, want %q", c[0], why, c[1])
		}
	}
	if why := failure(t, func(t testing.TB) { s.Verify(t, []byte{0x1f, 0x8b, 0}) }); why == "" {
		t.Error("spoiled gzip gave a verdict")
	}
	sum := 0
	if s.Run(t, "/sum.js", &sum, []byte("ab"), nil, []byte("c")); sum != 3 {
		t.Errorf("the files have %d bytes", sum)
	}
	if why := ask("/later.js"); !strings.Contains(why, "after all") {
		t.Errorf("failed with %q", why)
	}
	if why := ask("/sum.js"); !strings.Contains(why, "takes no job") {
		t.Errorf("failed with %q", why)
	}
}
