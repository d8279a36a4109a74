package verifiertest

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/portal/verifier"
)

// Verdict is what the verifier in the browser says of a bundle.
type Verdict struct {
	Valid   bool
	Step    string // the first that differs; empty if the bundle is valid
	Message string // what differs, in English
	Missing string // SHA-256 of a pool file that was not given, so that nothing can be said; empty otherwise

	Notes        []string // codes
	Report       Report
	Milliseconds float64 // that the verification took, in the browser
}

// Report is what the verification saw.
type Report struct {
	Terms, Seed                        string
	Subjects, Inspectors, Conflicts    uint64
	Selected, Shortfalls, Replacements int
}

// Session is a browser with the verifier. It does one job after the other, for any number of goroutines.
type Session struct {
	mux   *http.ServeMux
	queue *queue
}

// New starts a browser, which ends with the test. The page is at /verify/ of the session's server, as the binary serves it.
func New(t testing.TB) *Session {
	t.Helper()
	path := find(t)
	s := &Session{mux: http.NewServeMux(), queue: newQueue()}
	pages, err := verifier.Handlers("/verify/")
	if err != nil {
		t.Fatal(err)
	}
	for pattern, page := range pages {
		s.mux.Handle(pattern, page)
	}
	s.queue.register(s.mux)
	server := httptest.NewServer(s.mux)
	var ends sync.WaitGroup
	stop := start(t, path, server.URL+"/session/session.html", &ends, s.queue.end)
	t.Cleanup(func() {
		s.queue.end("the test is over")
		stop()
		ends.Wait()
		server.Close()
	})
	return s
}

// Handle adds to the session's server, such as an answer that the page asks for.
func (s *Session) Handle(pattern string, h http.Handler) { s.mux.Handle(pattern, h) }

// Verify lets the worker of the page verify a bundle, with the pool files that it names if there are any. What keeps the
// verifier from a verdict fails the test.
func (s *Session) Verify(t testing.TB, bundle []byte, pools ...[]byte) Verdict {
	t.Helper()
	var got struct {
		Outcome struct {
			Valid                  *bool
			Step, Message, Missing string
			Notes                  []string
			Report                 Report
		}
		Milliseconds float64
	}
	s.queue.run(t, "/session/verify.js", &got, append([][]byte{bundle}, pools...))
	o := got.Outcome
	return Verdict{Valid: o.Valid != nil && *o.Valid, Step: o.Step, Message: o.Message, Missing: o.Missing, Notes: o.Notes,
		Report: o.Report, Milliseconds: got.Milliseconds}
}

// Run runs a module of JavaScript which Handle serves at an address: its default export is called with the files, each an
// ArrayBuffer, and what it returns or promises is read into a value. What it throws fails the test.
func (s *Session) Run(t testing.TB, address string, into any, files ...[]byte) {
	t.Helper()
	s.queue.run(t, address, into, files)
}
