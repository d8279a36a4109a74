package verifier_test

import (
	"bytes"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/portal/verifier/verifiertest"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// lastFeed stands for the line feed at the end of a file.
const lastFeed = "the last line feed"

// spoil does one of the things.
func spoil(file []byte, edit [3]string) []byte {
	if edit[1] == lastFeed {
		return bytes.TrimSuffix(file, []byte("\n"))
	}
	return bytes.Replace(file, []byte(edit[1]), []byte(edit[2]), 1)
}

// spoiled are pool files that are what they are called but not in canonical form: by what was done to which, with what part
// replaced by what.
func spoiled() map[string][3]string {
	return map[string][3]string{
		"blanks":                     {`"stratum"`, `","`, `", "`},
		"an escape":                  {`"stratum"`, `0`, `\u0030`},
		"a slash with a stroke":      {`"stratum"`, `S-`, `S\/`},
		"line feeds of two":          {`"stratum"`, "\n", "\r\n"},
		"an empty line":              {`"stratum"`, "\n", "\n\n"},
		"a line twice":               {`"inspector"`, `{"inspector":"ZJ-01","subject":"S-000"}`, "{\"inspector\":\"ZJ-01\",\"subject\":\"S-000\"}\n{\"inspector\":\"ZJ-01\",\"subject\":\"S-000\"}"},
		"not UTF-8":                  {`"stratum"`, `"id":"`, "\"id\":\"\xff"},
		"a stratum not UTF-8":        {`"stratum"`, `"stratum":"`, "\"stratum\":\"\xff"},
		"candidates in disorder":     {`"stratum"`, `S-000`, `S-999`},
		"inspectors in disorder":     {`"department"`, `ZJ-01`, `ZJ-99`},
		"conflicts in disorder":      {`"inspector"`, `S-000`, `S-999`},
		"members in another order":   {`"inspector"`, `{"inspector":"ZJ-01","subject":"S-000"}`, `{"subject":"S-000","inspector":"ZJ-01"}`},
		"a member left out":          {`"stratum"`, `,"district":"330102"`, ``},
		"lines in another order":     {`"department"`, `["drugs","food"]`, `["food","drugs"]`},
		"a line of business twice":   {`"department"`, `["drugs","food"]`, `["food","food"]`},
		"districts in another order": {`"department"`, `["330000"]`, `["330000","110000"]`},
		"a day that is none":         {`"department"`, `2026-09-30`, `2026-09-31`},
		"another object":             {`"stratum"`, `{`, `{{`},
		"two objects on a line":      {`"stratum"`, "\n", "{}\n"},
		"a line without end":         {`"stratum"`, lastFeed, ""},
		"a line beyond a megabyte":   {`"stratum"`, `S-000`, strings.Repeat("S", 1<<20)},
	}
}

// poolFiles may be missing, come in any order, or not be in canonical form.
func poolFiles(t *testing.T, s *verifiertest.Session) {
	document := read(t, bundles, "pool-files.json")
	files := pools(t)
	if got := s.Verify(t, document, files[1:]...); got.Valid || got.Step != "pool" || len(got.Missing) != 64 {
		t.Errorf("without one: %+v", got)
	}
	if got := s.Verify(t, files[0], document, files[1], files[2]); !got.Valid {
		t.Errorf("with the bundle between them: %+v", got)
	}
	b, err := sortition.DecodeBundle(document)
	if err != nil {
		t.Fatal(err)
	}
	held := map[sortition.Digest][]byte{}
	for _, file := range files {
		held[sha(file)] = file
	}
	for name, edit := range spoiled() {
		at := slices.IndexFunc(files, func(f []byte) bool { return bytes.Contains(f, []byte(edit[0])) })
		file := spoil(files[at], edit)
		if bytes.Equal(file, files[at]) {
			t.Errorf("%s: nothing was spoiled", name)
		}
		pool := &sortition.PoolFile{SHA256: sha(file), Count: uint64(bytes.Count(file, []byte("\n")))}
		edited, all := b, maps.Clone(held)
		switch edit[0] {
		case `"stratum"`:
			edited.SubjectsFile = pool
		case `"department"`:
			edited.InspectorsFile = pool
		default:
			edited.ConflictsFile = pool
		}
		all[pool.SHA256] = file
		text, err := edited.Encode()
		if err != nil {
			t.Fatal(err)
		}
		step, _ := judge(t, text, func(f sortition.PoolFile) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(all[f.SHA256])), nil
		})
		got := s.Verify(t, text, slices.Concat(files, [][]byte{file})...)
		if got.Valid || got.Step != "pool" || step != "pool" || got.Missing != "" {
			t.Errorf("%s: in the browser %+v, here %q", name, got, step)
		}
	}
}
