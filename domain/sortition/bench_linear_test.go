package sortition

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es/estest/ratio"
)

// Blocks of SHA-256 that a candidate costs at least: its leaf has 73 bytes and two marks make a node of two leaves; its pool
// line of 67 bytes is read and hashed twice in a verification, when the pool is frozen and when tickets are drawn.
const (
	freezeBlocks = 2 + 2
	verifyBlocks = freezeBlocks + 1 + 2*67.0/64
)

func freezing(ids []string) func() error {
	return func() error {
		_, err := FreezeSubjects(benchSubjects(ids))
		return err
	}
}

// publishedFile makes a valid bundle whose candidates are in a file: three thousand of them are drawn, forty inspectors go. The
// ids are not kept, so that the memory of a verification shows.
func publishedFile(b *testing.B, n int) (Bundle, Options) {
	b.Helper()
	ids := benchIDs(n)
	bundle := Bundle{Version: Version, DrawID: "draw-1", TaskID: "task-1", Number: 1, Line: "food", WindowEnd: "2026-12-31",
		Departments: []Department{{Name: "d", TeamSize: 2}}, Inspectors: []Inspector{}, Conflicts: []Conflict{},
		Reveals: []Reveal{{Party: "bureau"}}}
	for _, name := range benchStrata {
		bundle.Strata = append(bundle.Strata, Stratum{Name: name, Count: 1000})
	}
	for i := range 40 {
		bundle.Inspectors = append(bundle.Inspectors, Inspector{ID: fmt.Sprintf("%02d", i), Department: "d", LicenceValidUntil: "2027-01-01",
			Lines: []string{"food"}, Districts: []string{"330000"}})
	}
	path := filepath.Join(b.TempDir(), "pool")
	out, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	frozen, file, err := WriteSubjects(out, benchSubjects(ids))
	if err != nil {
		b.Fatal(err)
	}
	if err := out.Close(); err != nil {
		b.Fatal(err)
	}
	pools := SortedPools(nil, bundle.Inspectors, nil)
	others, err := Freeze(pools)
	if err != nil {
		b.Fatal(err)
	}
	pools.Subjects = benchSubjects(ids)
	bundle.SubjectsFile = &file
	bundle.SubjectRoot, bundle.InspectorRoot, bundle.ConflictRoot = frozen.Root, others.Inspectors.Root, others.Conflicts.Root
	terms := bundle.DrawTerms()
	bundle.Terms = terms.Digest()
	bundle.Commitments = []Commitment{{Party: "bureau", Commitment: Seal(bundle.Terms, "bureau", Nonce{}), CommittedAt: "2026-01-01T00:00:00Z"}}
	result, err := Draw(terms, pools, nil, bundle.Reveals)
	if err != nil {
		b.Fatal(err)
	}
	bundle.Seed, bundle.Selected = result.Seed, result.Selected
	document, err := bundle.Encode()
	if err != nil {
		b.Fatal(err)
	}
	if bundle, err = DecodeBundle(document); err != nil { // what was drawn are pieces of the text of all ids
		b.Fatal(err)
	}
	return bundle, Options{Open: func(PoolFile) (io.ReadCloser, error) { return os.Open(path) }}
}

func verifying(b *testing.B, n int) func() error {
	b.Helper()
	bundle, opts := publishedFile(b, n)
	return func() error {
		_, err := Verify(bundle, opts)
		return err
	}
}

// BenchmarkFreeze measures the freezing of a pool against the blocks that it must hash.
func BenchmarkFreeze(b *testing.B) {
	ids := benchIDs(*candidates)
	for b.Loop() {
		compare(b, few(), ratio.Goal{ID: "P11", What: fmt.Sprintf("freezing %d candidates / their SHA-256 blocks", *candidates), AtLeast: 0.33},
			blocks(len(ids), freezeBlocks, 1), once(len(ids), freezing(ids)))
		print(b, ratio.Goal{ID: "P14", What: fmt.Sprintf("peak MB, freezing %d candidates", *candidates), AtMost: 16}, peaks(b, freezing(ids)))
	}
	runtime.KeepAlive(ids)
}

// BenchmarkVerify measures the verification of a bundle with its candidates in a file, from the file to the verdict.
func BenchmarkVerify(b *testing.B) {
	verify := verifying(b, *candidates)
	for b.Loop() {
		compare(b, few(), ratio.Goal{ID: "P11", What: fmt.Sprintf("verifying %d candidates / their SHA-256 blocks", *candidates), AtLeast: 0.33},
			blocks(*candidates, verifyBlocks, 1), once(*candidates, verify))
		print(b, ratio.Goal{ID: "P14", What: fmt.Sprintf("peak MB, verifying %d candidates in a file", *candidates), AtMost: 64}, peaks(b, verify))
	}
}

// BenchmarkLinear measures goal P14: what ten times the candidates cost, from 9 to 12 times, and in how much more memory.
func BenchmarkLinear(b *testing.B) {
	all := benchIDs(*candidates)
	tenth := all[:len(all)/10]
	for _, work := range []struct {
		what string
		run  func(ids []string) func() error
	}{
		{"drawing", drawing10},
		{"freezing", freezing},
		{"verifying", func(ids []string) func() error { return verifying(b, len(ids)) }},
	} {
		small, large := work.run(tenth), work.run(all)
		b.Run(work.what, func(b *testing.B) {
			for b.Loop() {
				f, _, err := few().Compare(once(len(all), large), once(len(tenth), small))
				if err != nil {
					b.Fatal(err)
				}
				times := ratio.Figure{Median: 10 * f.Median, Low: 10 * f.Low, High: 10 * f.High, Limit: f.Limit, Subject: f.Subject}
				print(b, ratio.Goal{ID: "P14", What: fmt.Sprintf("cost of %s %d candidates / a tenth of them (9 to 12)", work.what, len(all)), AtMost: 12}, times)
			}
		})
	}
	runtime.KeepAlive(all)
}
