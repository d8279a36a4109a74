package sortition_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
	"pgregory.net/rapid"
)

func TestPoolLines(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	frozen, file, err := sortition.WriteInspectors(&out, sortition.Values([]sortition.Inspector{
		{ID: "a\"b\\\n\x01<", Department: "市场监管", LicenceValidUntil: "2026-01-01", Lines: []string{"drugs", "food"}, Districts: nil},
		{ID: "b", Department: "d", LicenceValidUntil: "2026-01-01", Districts: []string{"000000"}},
	}))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"id":"a\"b\\\n\u0001<","department":"市场监管","licence_valid_until":"2026-01-01","lines":["drugs","food"],"districts":[]}` + "\n" +
		`{"id":"b","department":"d","licence_valid_until":"2026-01-01","lines":[],"districts":["000000"]}` + "\n"
	if out.String() != want {
		t.Errorf("wrote\n%s", out.String())
	}
	if file.Count != 2 || file.SHA256 != sha256.Sum256([]byte(want)) || frozen.Count != 2 {
		t.Errorf("file %+v, frozen %+v", file, frozen)
	}
}

func TestPoolLinesSurvive(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := genBundle(t)
		pools := sortition.SortedPools(b.Subjects, b.Inspectors, b.Conflicts)
		want, err := sortition.Freeze(pools)
		if err != nil {
			t.Fatal(err)
		}
		var subjects, inspectors, conflicts bytes.Buffer
		wroteSubjects, _, err := sortition.WriteSubjects(&subjects, pools.Subjects)
		if err != nil {
			t.Fatal(err)
		}
		wroteInspectors, _, err := sortition.WriteInspectors(&inspectors, pools.Inspectors)
		if err != nil {
			t.Fatal(err)
		}
		wroteConflicts, _, err := sortition.WriteConflicts(&conflicts, pools.Conflicts)
		if err != nil {
			t.Fatal(err)
		}
		got, err := sortition.Freeze(sortition.Pools{Subjects: sortition.ReadSubjects(&subjects),
			Inspectors: sortition.ReadInspectors(&inspectors), Conflicts: sortition.ReadConflicts(&conflicts)})
		if err != nil {
			t.Fatal(err)
		}
		for _, pair := range [][3]sortition.Frozen{{want.Subjects, got.Subjects, wroteSubjects},
			{want.Inspectors, got.Inspectors, wroteInspectors}, {want.Conflicts, got.Conflicts, wroteConflicts}} {
			if pair[0].Root != pair[1].Root || pair[0].Root != pair[2].Root || pair[0].Count != pair[1].Count {
				t.Fatalf("frozen %+v, written %+v, read %+v", pair[0], pair[2], pair[1])
			}
		}
	})
}

func TestPoolLinesAreCanonical(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		`{"id":"a","stratum":"A","district":"330102"}`, // no line feed
		"\n",
		`{"id": "a","stratum":"A","district":"330102"}` + "\n",
		`{"id":"a","stratum":"A","district":"330102"} ` + "\n",
		`{"id":"a","stratum":"A"}` + "\n",
		`{"id":"a","stratum":"A","district":"330102","x":1}` + "\n",
		`{"stratum":"A","id":"a","district":"330102"}` + "\n",
		`{"id":"\u0061","stratum":"A","district":"330102"}` + "\n",
		`{"id":"a\/","stratum":"A","district":"330102"}` + "\n",
		`{"id":"a\`,
		"{\"id\":\"a\t\",\"stratum\":\"A\",\"district\":\"330102\"}\n",
		"{\"id\":\"\xff\",\"stratum\":\"A\",\"district\":\"330102\"}\n",
		`{"id":"` + strings.Repeat("a", 1<<20) + `","stratum":"A","district":"330102"}` + "\n",
	} {
		failed := false
		for s, err := range sortition.ReadSubjects(strings.NewReader(line)) {
			if err == nil {
				t.Errorf("%.60q was read as %+v", line, s)
			}
			failed = failed || err != nil
		}
		if !failed {
			t.Errorf("%.60q gave nothing", line)
		}
	}
}

func TestFreezeRefuses(t *testing.T) {
	t.Parallel()
	good := sortition.Subject{ID: "b", Stratum: "A", District: "330102"}
	officer := sortition.Inspector{ID: "b", Department: "d", LicenceValidUntil: "2026-01-01"}
	with := func(change func(*sortition.Inspector)) []sortition.Inspector {
		changed := officer
		change(&changed)
		return []sortition.Inspector{changed}
	}
	tests := map[string]error{
		"subjects[1]: must be there once":                                   freezeSubjects(good, good),
		"subjects[1]: must come in canonical order":                         freezeSubjects(good, sortition.Subject{ID: "a", Stratum: "A", District: "330102"}),
		"subjects[0].id: must not be empty":                                 freezeSubjects(sortition.Subject{Stratum: "A", District: "330102"}),
		"subjects[0].id: must be UTF-8":                                     freezeSubjects(sortition.Subject{ID: "\xff", Stratum: "A", District: "330102"}),
		"subjects[0].stratum: must not be empty":                            freezeSubjects(sortition.Subject{ID: "a", District: "330102"}),
		"subjects[0].district: must be six digits: got 33010a":              freezeSubjects(sortition.Subject{ID: "a", Stratum: "A", District: "33010a"}),
		"inspectors[0].department: must not be empty":                       freezeInspectors(with(func(i *sortition.Inspector) { i.Department = "" })),
		"inspectors[0].licence_valid_until: must be a day":                  freezeInspectors(with(func(i *sortition.Inspector) { i.LicenceValidUntil = "2026-02-29" })),
		"inspectors[0].lines[1]: must be sorted by bytes, each once: got a": freezeInspectors(with(func(i *sortition.Inspector) { i.Lines = []string{"b", "a"} })),
		"inspectors[0].lines[0]: must not be empty":                         freezeInspectors(with(func(i *sortition.Inspector) { i.Lines = []string{""} })),
		"inspectors[0].districts[1]: must be six digits":                    freezeInspectors(with(func(i *sortition.Inspector) { i.Districts = []string{"330000", "33"} })),
		"conflicts[1]: must come in canonical order":                        freezeConflicts([]sortition.Conflict{{Inspector: "b", Subject: "b"}, {Inspector: "b", Subject: "a"}}),
		"conflicts[0].subject: must not be empty":                           freezeConflicts([]sortition.Conflict{{Inspector: "b"}}),
	}
	for want, err := range tests {
		var input *sortition.InputError
		if !errors.As(err, &input) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func freezeSubjects(list ...sortition.Subject) error {
	_, err := sortition.FreezeSubjects(sortition.Values(list))
	return err
}

func freezeInspectors(list []sortition.Inspector) error {
	_, err := sortition.FreezeInspectors(sortition.Values(list))
	return err
}

func freezeConflicts(list []sortition.Conflict) error {
	_, err := sortition.FreezeConflicts(sortition.Values(list))
	return err
}

// A stream that can be run again opens and closes its source each time, and tells what goes wrong with it.
func TestReopened(t *testing.T) {
	t.Parallel()
	opened, closed := 0, 0
	broken := errors.New("broken")
	var openError, closeError error
	stream := sortition.Reopened(func() (io.ReadCloser, error) {
		opened++
		return closer{strings.NewReader("{\"inspector\":\"i\",\"subject\":\"s\"}\n"), func() error { closed++; return closeError }}, openError
	}, sortition.ReadConflicts)
	for range 2 {
		if frozen, err := sortition.FreezeConflicts(stream); err != nil || frozen.Count != 1 {
			t.Fatalf("%+v, %v", frozen, err)
		}
	}
	next, stop := iter.Pull2(stream)
	if c, err, ok := next(); !ok || err != nil || c.Subject != "s" {
		t.Errorf("%+v, %v", c, err)
	}
	stop()
	if opened != 3 || closed != 3 {
		t.Errorf("opened %d times, closed %d times", opened, closed)
	}
	closeError = broken
	if _, err := sortition.FreezeConflicts(stream); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	openError = broken
	if _, err := sortition.FreezeConflicts(stream); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

type closer struct {
	io.Reader
	close func() error
}

func (c closer) Close() error { return c.close() }

func TestSortedPoolsLeavesItsArguments(t *testing.T) {
	t.Parallel()
	inspectors := []sortition.Inspector{{ID: "b", Lines: []string{"y", "x"}, Districts: []string{"2", "1"}}, {ID: "a"}}
	pools := sortition.SortedPools(nil, inspectors, nil)
	if inspectors[0].ID != "b" || !slices.Equal(inspectors[0].Lines, []string{"y", "x"}) {
		t.Errorf("changed to %+v", inspectors)
	}
	for first, err := range pools.Inspectors {
		if first.ID != "a" || err != nil {
			t.Errorf("first is %+v, %v", first, err)
		}
		break
	}
}
