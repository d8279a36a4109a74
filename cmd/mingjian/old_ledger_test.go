package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

var keepAnswers = flag.Bool("keep-answers", false, "write down what the public is answered from a ledger that has no answers yet; those there are never change")

// oldLedgers are backups that older programs made, with what they answered the public. Each is kept for ever.
const oldLedgers = "testdata/ledgers"

// TestLedgersOfOlderPrograms restores each with the program of today: every event decodes and folds, the views that the older
// program left and those made anew agree, and the public is told what it was told then. A field that came later may be there
// besides; nothing that was said may be missing or other.
func TestLedgersOfOlderPrograms(t *testing.T) {
	t.Parallel()
	there, err := filepath.Glob(filepath.Join(oldLedgers, "*", "backup.tar.gz"))
	if err != nil || len(there) == 0 {
		t.Fatalf("no ledgers: %v", err)
	}
	for _, archive := range there {
		folder := filepath.Dir(archive)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			l := restoredLedger(t, folder)
			l.verify("as it was restored")
			l.answers()
			l.verify("after the program of today had it open")
			l.rebuilt()
			l.answers()
		})
	}
}

// oldLedger is one of them, restored.
type oldLedger struct {
	*testing.T
	folder, data string
	now          time.Time // its day, on which the answers hang
}

func restoredLedger(t *testing.T, folder string) *oldLedger {
	t.Helper()
	dir := t.TempDir()
	backup, data := filepath.Join(dir, "backup"), filepath.Join(dir, "data")
	unpack(t, filepath.Join(folder, "backup.tar.gz"), backup)
	r := restoring{config: config{Data: data}, from: backup, begin: newEpoch{by: "ops", reason: "恢复"}, screen: io.Discard}
	if err := r.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return &oldLedger{T: t, folder: folder, data: data, now: r.m.CreatedAt}
}

// unpack makes a folder of an archive.
func unpack(t *testing.T, from, to string) {
	t.Helper()
	packed, err := os.Open(from) //nolint:gosec // of this folder
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = packed.Close() }()
	plain, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	for in := tar.NewReader(plain); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil || !filepath.IsLocal(h.Name) {
			t.Fatalf("%s: %v", from, err)
		}
		name := filepath.Join(to, h.Name) //nolint:gosec // a local name
		if h.Typeflag == tar.TypeDir {
			err = os.MkdirAll(name, 0o700)
		} else {
			var content []byte
			if content, err = io.ReadAll(in); err == nil {
				err = os.WriteFile(name, content, 0o600)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func (l *oldLedger) verify(when string) {
	l.Helper()
	if code, out, errs := command(l.T, "verify", "--data", l.data); code != exitOK {
		l.Fatalf("%s: verify ended with %d\n%s%s", when, code, out, errs)
	}
}

// rebuilt makes each view anew from the old events; nothing may come out otherwise.
func (l *oldLedger) rebuilt() {
	l.Helper()
	args := []string{"projection", "rebuild", "--data", l.data}
	for _, p := range allProjections() {
		args = append(args, p.Name)
	}
	if code, out, errs := command(l.T, args...); code != exitOK {
		l.Fatalf("rebuild ended with %d\n%s%s", code, out, errs)
	}
}

// answer is what the public was told.
type answer struct {
	Path   string          `json:"path"`
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body"`
}

// answers compares what the public is told with what it was told.
func (l *oldLedger) answers() {
	l.Helper()
	c := config{Data: l.data, Patience: time.Minute, Drain: time.Minute, clock: func() time.Time { return l.now }}
	err := withInstance(l.Context(), c, slog.New(slog.DiscardHandler), func(in *instance) error {
		if err := in.group.Settle(l.Context()); err != nil {
			return err
		}
		kept := filepath.Join(l.folder, "answers.json.gz")
		if _, err := os.Stat(kept); *keepAnswers && errors.Is(err, fs.ErrNotExist) {
			return l.keep(in, kept)
		}
		for _, want := range readAnswers(l.T, kept) {
			l.compare(want, l.ask(in, want.Path))
		}
		return nil
	})
	if err != nil {
		l.Fatal(err)
	}
}

func (l *oldLedger) ask(in *instance, path string) answer {
	rec := httptest.NewRecorder()
	in.rest.ServeHTTP(rec, httptest.NewRequestWithContext(l.Context(), http.MethodGet, path, nil))
	return answer{path, rec.Code, rec.Body.Bytes()}
}

func readAnswers(t *testing.T, name string) (out []answer) {
	t.Helper()
	packed, err := os.ReadFile(name) //nolint:gosec // of this folder
	if err != nil {
		t.Fatal(err)
	}
	plain, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewDecoder(plain).Decode(&out); err != nil || len(out) < 100 {
		t.Fatalf("%d answers, %v", len(out), err)
	}
	return out
}

func (l *oldLedger) compare(want, got answer) {
	l.Helper()
	if want.Status != got.Status {
		l.Errorf("%s is answered with %d, not %d: %s", want.Path, got.Status, want.Status, got.Body)
		return
	}
	var was, is any
	if err := errors.Join(json.Unmarshal(want.Body, &was), json.Unmarshal(got.Body, &is)); err != nil {
		l.Errorf("%s: %v", want.Path, err)
		return
	}
	if at := missed(was, is); at != "" {
		l.Errorf("%s: other than it was at %s\nwas %s\nis  %s", want.Path, at, want.Body, got.Body)
	}
}

// missed is where an answer does not say what it said; empty if it says all of it.
func missed(was, is any) string {
	switch was := was.(type) {
	case map[string]any:
		now, ok := is.(map[string]any)
		if !ok {
			return "{}"
		}
		for name, v := range was {
			if at := missed(v, now[name]); at != "" {
				return name + "." + at
			}
		}
		return ""
	case []any:
		now, ok := is.([]any)
		if !ok || len(now) != len(was) {
			return "[]"
		}
		for i, v := range was {
			if at := missed(v, now[i]); at != "" {
				return fmt.Sprint(i, ".", at)
			}
		}
		return ""
	}
	if !reflect.DeepEqual(was, is) {
		return "="
	}
	return ""
}

// keep writes down what the public is told today.
func (l *oldLedger) keep(in *instance, name string) error {
	var out []answer
	for _, path := range l.paths(in) {
		if a := l.ask(in, path); a.Status == http.StatusOK && json.Valid(a.Body) {
			out = append(out, a)
		}
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if err := errors.Join(json.NewEncoder(z).Encode(out), z.Close()); err != nil {
		return err
	}
	return os.WriteFile(name, packed.Bytes(), 0o600)
}

// paths are all the ways in which the public may ask, of everything that is released.
func (l *oldLedger) paths(in *instance) []string {
	l.Helper()
	feed := &mingjianv1.ListReleasesResponse{}
	if err := protojson.Unmarshal(l.ask(in, "/v1/feed/releases?after=0&limit=1000").Body, feed); err != nil {
		l.Fatal(err)
	}
	ids := map[string][]string{"kind": {"agencies", "inspectors", "subjects"}, "on": {"2026-11-29"}, "query": {"望舒", "虚构", "宁安"}}
	for _, r := range feed.GetReleases() {
		ids["disclosure_id"] = append(ids["disclosure_id"], r.GetDisclosureId())
		ids["record_id"] = append(ids["record_id"], r.GetRecordId())
		ids["licence_id"] = append(ids["licence_id"], r.GetRecordId())
		ids["authority_id"] = append(ids["authority_id"], r.GetAuthority().GetId())
		for _, s := range r.GetSubjects() {
			ids["disclosure_id"] = append(ids["disclosure_id"], s.GetId())
		}
	}
	ids["disclosure_id"] = append(ids["disclosure_id"], "na-2026-food", "ZX-DEMO-T1-1", "ZX-DEMO-T2-1") // campaigns and draws are asked for by "id" too
	search := &leak{T: l.T, in: in, ids: ids}
	out := []string{"/v1/feed/releases?after=0&limit=1000"}
	for name, m := range in.apiMethods(l.T) {
		ofTheLaw := strings.HasSuffix(name, "/GetDisclosureCatalogue") || strings.HasSuffix(name, "/ListHolidayNotices") ||
			strings.HasSuffix(name, "/ListProfiles") // as this program knows it
		if httpRule(m).GetGet() == "" || m.IsStreamingServer() || ofTheLaw || !slices.Contains(grpcapi.AllAccess()["/"+name], grpcapi.Public) {
			continue
		}
		out = append(out, search.paths(m)...)
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(path string) bool { return strings.Contains(path, "/none") })
}
