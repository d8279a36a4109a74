package verifiertest

import (
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"testing"
)

// scripts are what the browser loads first: session.html, which asks for jobs, and the modules that verify and that use the page.
//
//go:embed session.html session.js verify.js page.js
var scripts embed.FS

// queue hands jobs to the browser, which asks for them, and takes its answers.
type queue struct {
	jobs  chan *job
	ended chan struct{} // closed when no answer comes any more
	once  sync.Once
	why   string // it ended

	lock sync.Mutex
	sent map[int]*job
	last int
}

// job is a module to run with some files.
type job struct {
	ID     int    `json:"id"`
	Module string `json:"module"` // its address
	Files  int    `json:"files"`

	content [][]byte
	answer  chan answer
}

type answer struct {
	Value  json.RawMessage `json:"value"`
	Failed string          `json:"failed"`
}

func newQueue() *queue {
	return &queue{jobs: make(chan *job), ended: make(chan struct{}), sent: map[int]*job{}}
}

func (q *queue) register(mux *http.ServeMux) {
	served := http.StripPrefix("/session/", http.FileServerFS(scripts))
	mux.HandleFunc("GET /session/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cross-Origin-Opener-Policy", "same-origin") // as the page's, which is opened from here
		served.ServeHTTP(w, r)
	})
	mux.HandleFunc("GET /session/jobs", q.give)
	mux.HandleFunc("GET /session/jobs/{id}/{file}", q.giveFile)
	mux.HandleFunc("POST /session/jobs/{id}", q.take)
	mux.HandleFunc("POST /session/broken", q.broken)
}

// end says why there are no more answers. The first reason counts.
func (q *queue) end(why string) {
	q.once.Do(func() {
		q.why = why
		close(q.ended)
	})
}

func (q *queue) add(module string, files [][]byte) *job {
	q.lock.Lock()
	defer q.lock.Unlock()
	q.last++
	j := &job{ID: q.last, Module: module, Files: len(files), content: files, answer: make(chan answer, 1)}
	q.sent[j.ID] = j
	return j
}

func (q *queue) find(r *http.Request) *job {
	q.lock.Lock()
	defer q.lock.Unlock()
	id, _ := strconv.Atoi(r.PathValue("id")) // 0 is no job
	return q.sent[id]
}

func (q *queue) remove(j *job) {
	q.lock.Lock()
	defer q.lock.Unlock()
	delete(q.sent, j.ID)
}

func (q *queue) run(t testing.TB, module string, into any, files [][]byte) {
	t.Helper()
	j := q.add(module, files)
	defer q.remove(j)
	select {
	case q.jobs <- j:
	case <-q.ended:
		t.Fatalf("the browser takes no job: %s", q.why)
	}
	select {
	case got := <-j.answer:
		if got.Failed != "" {
			t.Fatalf("%s failed in the browser: %s", module, got.Failed)
		}
		if err := json.Unmarshal(got.Value, into); err != nil {
			t.Fatalf("read what %s came to, %s: %v", module, got.Value, err)
		}
	case <-q.ended:
		t.Fatalf("the browser did not finish %s: %s", module, q.why)
	}
}

// give waits for a job; the browser asks for one at a time.
func (q *queue) give(w http.ResponseWriter, r *http.Request) {
	select {
	case j := <-q.jobs:
		w.Header().Set("Cache-Control", "no-store")
		_ = json.NewEncoder(w).Encode(j) // a browser that is gone ends the queue
	case <-q.ended:
		w.WriteHeader(http.StatusNoContent)
	case <-r.Context().Done():
	}
}

func (q *queue) giveFile(w http.ResponseWriter, r *http.Request) {
	j := q.find(r)
	at, err := strconv.Atoi(r.PathValue("file"))
	if j == nil || err != nil || at < 0 || at >= len(j.content) {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(j.content[at])
}

func (q *queue) take(w http.ResponseWriter, r *http.Request) {
	j := q.find(r)
	if j == nil {
		http.NotFound(w, r)
		return
	}
	var got answer
	if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
		got = answer{Failed: fmt.Sprintf("its answer cannot be read: %v", err)}
	}
	select {
	case j.answer <- got:
	default: // it was answered
	}
}

// broken takes errors that nobody handles, such as those of a script that cannot be loaded.
func (q *queue) broken(_ http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	q.end(fmt.Sprintf("an error in the browser: %s (%v)", text, err))
}
