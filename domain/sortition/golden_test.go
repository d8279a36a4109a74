package sortition_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

var update = flag.Bool("update", false, "write the vectors that are not there yet; one that is there is never changed")

// vector is a published bundle and what a verifier must say of it. The file vectors.json lists them for verifiers in any
// language.
type vector struct {
	File  string         `json:"file"`
	Valid bool           `json:"valid"`
	Step  sortition.Step `json:"step,omitempty"` // the first that differs
	What  string         `json:"what"`
}

func bundlePath(name string) string {
	return filepath.Join("testdata", "bundles", filepath.FromSlash(name))
}

// openBundle opens a vector, which may be packed.
func openBundle(t testing.TB, name string) io.Reader {
	t.Helper()
	content, err := os.ReadFile(bundlePath(name))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(name, ".gz") {
		return bytes.NewReader(content)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return unpacked
}

// openPool opens a pool that is kept apart.
func openPool(file sortition.PoolFile) (io.ReadCloser, error) {
	return os.Open(bundlePath("pools/" + file.SHA256.String()))
}

// publish holds a vector to what it must be. What is published stays: a missing file is written with -update, one that is
// there is only compared.
func publish(t *testing.T, name string, content []byte) {
	t.Helper()
	path := bundlePath(name)
	switch _, err := os.Stat(path); {
	case err == nil:
		got, err := io.ReadAll(openBundle(t, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, content) {
			t.Errorf("%s is not what the reference makes:\n%.2000s", path, content)
		}
		return
	case !errors.Is(err, os.ErrNotExist) || !*update:
		t.Fatalf("%v; -update writes it", err)
	}
	if strings.HasSuffix(name, ".gz") {
		var small bytes.Buffer
		out, err := gzip.NewWriterLevel(&small, gzip.BestCompression)
		if err == nil {
			_, err = out.Write(content)
		}
		if err = errors.Join(err, out.Close()); err != nil {
			t.Fatal(err)
		}
		content = small.Bytes()
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, content, 0o644)); err != nil {
		t.Fatal(err)
	}
}

// index reads vectors.json.
func index(t testing.TB) []vector {
	t.Helper()
	var list []vector
	content, err := os.ReadFile(bundlePath("vectors.json"))
	if err == nil {
		err = json.Unmarshal(content, &list)
	}
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// publishIndex holds the index to the vectors; with -update it grows, and keeps every entry that it has.
func publishIndex(t *testing.T, list []vector) {
	t.Helper()
	lines := []string{}
	for _, v := range list {
		line, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, " "+string(line))
	}
	content := "[\n" + strings.Join(lines, ",\n") + "\n]\n"
	got, err := os.ReadFile(bundlePath("vectors.json"))
	if err == nil && string(got) == content {
		return
	}
	if !*update || err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("vectors.json is not the index of the vectors (%v); -update adds to it", err)
	}
	for line := range strings.Lines(string(got)) {
		if line = strings.TrimRight(line, ",\n"); len(line) > 1 && !slices.Contains(lines, line) {
			t.Fatalf("vectors.json would lose or change %s", line)
		}
	}
	if err := os.WriteFile(bundlePath("vectors.json"), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestVectorsAreTheReferences holds the published vectors to the second implementation, which made them.
func TestVectorsAreTheReferences(t *testing.T) {
	t.Parallel()
	var list []vector
	for _, v := range drawn() {
		inputs := v.inputs()
		made := refDraw(inputs)
		if len(made.Replacements) != len(inputs.Replacements) {
			t.Fatalf("%s: only %d replacements can be made", v.file, len(made.Replacements))
		}
		if v.apart {
			made = apart(t, made)
		}
		document, err := made.Encode()
		if err != nil {
			t.Fatal(err)
		}
		publish(t, v.file, document)
		list = append(list, vector{File: v.file, Valid: true, What: v.what})
	}
	for _, v := range tampered(t) {
		publish(t, v.File, v.document)
		list = append(list, v.vector)
	}
	publishIndex(t, list)
}

// apart puts the pools of a bundle into files.
func apart(t *testing.T, b sortition.Bundle) sortition.Bundle {
	t.Helper()
	pools := sortition.SortedPools(b.Subjects, b.Inspectors, b.Conflicts)
	files := [3]*sortition.PoolFile{}
	for i, write := range []func(io.Writer) (sortition.Frozen, sortition.PoolFile, error){
		func(w io.Writer) (sortition.Frozen, sortition.PoolFile, error) {
			return sortition.WriteSubjects(w, pools.Subjects)
		},
		func(w io.Writer) (sortition.Frozen, sortition.PoolFile, error) {
			return sortition.WriteInspectors(w, pools.Inspectors)
		},
		func(w io.Writer) (sortition.Frozen, sortition.PoolFile, error) {
			return sortition.WriteConflicts(w, pools.Conflicts)
		},
	} {
		var out bytes.Buffer
		_, file, err := write(&out)
		if err != nil {
			t.Fatal(err)
		}
		publish(t, "pools/"+file.SHA256.String(), out.Bytes())
		files[i] = &file
	}
	b.Subjects, b.Inspectors, b.Conflicts = nil, nil, nil
	b.SubjectsFile, b.InspectorsFile, b.ConflictsFile = files[0], files[1], files[2]
	return b
}
