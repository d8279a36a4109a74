package sortition_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// source is a beacon whose signatures are the value backwards.
type source struct{ published time.Time }

func (source) Knows(name string) bool { return name == "drand-quicknet" }

func (source) Signs() bool { return true }

func (s source) PublishedAt(terms sortition.BeaconTerms) (time.Time, error) {
	if terms.Round == "0" {
		return time.Time{}, errors.New("no round 0")
	}
	return s.published, nil
}

func (source) Verify(_ sortition.BeaconTerms, value, signature []byte) error {
	backwards := slices.Clone(value)
	slices.Reverse(backwards)
	if !bytes.Equal(backwards, signature) {
		return errors.New("not the value backwards")
	}
	return nil
}

// dashes is a source that does not sign: a value has a dash in it.
type dashes struct{}

func (dashes) Knows(name string) bool { return name == "福彩双色球" }

func (dashes) Signs() bool { return false }

func (dashes) PublishedAt(sortition.BeaconTerms) (time.Time, error) { return time.Time{}, nil }

func (dashes) Verify(_ sortition.BeaconTerms, value, signature []byte) error {
	if !bytes.Contains(value, []byte("-")) || len(signature) > 0 {
		return errors.New("no dash")
	}
	return nil
}

func codes(report sortition.Report) []sortition.NoteCode {
	var list []sortition.NoteCode
	for _, note := range report.Notes {
		list = append(list, note.Code)
	}
	return list
}

func TestVerifyBeacon(t *testing.T) {
	t.Parallel()
	onTime := time.Date(2023, 8, 23, 15, 59, 24, 0, time.UTC)
	backwards := slices.Clone(drand().Beacon.Value)
	slices.Reverse(backwards)
	tests := []struct {
		name      string
		sources   []sortition.Source
		signature sortition.Bytes
		note      sortition.NoteCode
		strict    bool // whether it holds under Strict
		fails     bool
	}{
		{"proven", []sortition.Source{source{onTime}}, backwards, sortition.NoteBeaconProven, true, false},
		{"unsigned", []sortition.Source{source{onTime}}, nil, sortition.NoteBeaconUnsigned, false, false},
		{"unknown", nil, backwards, sortition.NoteBeaconUnknown, false, false},
		{"early", []sortition.Source{source{onTime.Add(-time.Second)}}, backwards, sortition.NoteBeaconEarly, false, false},
		{"untimed", []sortition.Source{source{}}, backwards, sortition.NoteBeaconProven, true, false},
		{"wrong", []sortition.Source{source{onTime}}, backwards[1:], "", false, true},
	}
	for _, test := range tests {
		_, b := readBundle(t, bundlePath("drand.json"))
		b.Beacon.Signature = test.signature
		report, err := sortition.Verify(b, sortition.Options{Sources: test.sources})
		if (err != nil) != test.fails || !test.fails && !slices.Contains(codes(report), test.note) {
			t.Errorf("%s: notes %v, error %v", test.name, report.Notes, err)
		}
		_, err = sortition.Verify(b, sortition.Options{Sources: test.sources, Strict: true})
		var difference *sortition.StepError
		if test.strict != (err == nil) || err != nil && (!errors.As(err, &difference) || difference.Step != sortition.StepBeacon) {
			t.Errorf("%s, strictly: error %v", test.name, err)
		}
	}
	_, b := readBundle(t, bundlePath("lottery.json"))
	report, err := sortition.Verify(b, sortition.Options{})
	want := []sortition.NoteCode{sortition.NoteExclusions, sortition.NoteCommitsDeclared, sortition.NoteBeaconUnknown}
	if err != nil || !slices.Equal(codes(report), want) {
		t.Errorf("lottery: notes %v, error %v", report.Notes, err)
	}
	b.CommittedAt = ""
	if report, err = sortition.Verify(b, sortition.Options{}); err != nil || !slices.Contains(codes(report), sortition.NoteCommitUntimed) {
		t.Errorf("untimed: notes %v, error %v", report.Notes, err)
	}
	b.CommittedAt = b.Beacon.NotBefore
	var difference *sortition.StepError
	if _, err = sortition.Verify(b, sortition.Options{}); !errors.As(err, &difference) || difference.Step != sortition.StepNotBefore || difference.Field != "committed_at" {
		t.Errorf("late: error %v", err)
	}
}

// A source that does not sign: what the value rests on is told, and it is never proven.
func TestVerifyEntries(t *testing.T) {
	t.Parallel()
	_, b := readBundle(t, bundlePath("lottery.json"))
	entry := func(by string, value sortition.Bytes) sortition.Entry {
		return sortition.Entry{By: by, Value: value, EnteredAt: b.Beacon.NotBefore}
	}
	same, other := entry("公证处", b.Beacon.Value), entry("局", sortition.Bytes("1-2-3-4-5-6-7"))
	early := same
	early.EnteredAt = "2026-05-03T13:14:59Z"
	nobody := same
	nobody.By = ""
	unread := same
	unread.EnteredAt = "2026-05-03"
	known, unknown := []sortition.Source{source{}, dashes{}}, []sortition.Source(nil)
	tests := []struct {
		name    string
		sources []sortition.Source
		value   sortition.Bytes
		entries []sortition.Entry
		note    sortition.NoteCode // or else it differs
		text    string
	}{
		{"stated once", known, nil, nil, sortition.NoteBeaconStated, "只由机关登记一次"},
		{"stated by nobody known", unknown, nil, nil, sortition.NoteBeaconUnknown, "nobody here"},
		{"entered by two", known, nil, []sortition.Entry{same, same}, sortition.NoteBeaconEntered, "由 2 人分别独立录入，结果相同；"},
		{"entered by two of three", unknown, nil, []sortition.Entry{other, same, same}, sortition.NoteBeaconEntered, "另有 1 人录入的与此不同"},
		{"entered by one", known, nil, []sortition.Entry{same}, "", "beacon.entries: want at least 2 that are the value, got 1"},
		{"entered differently", unknown, nil, []sortition.Entry{same, other}, "", "got 1"},
		{"entered too early", known, nil, []sortition.Entry{same, early}, "", "beacon.entries[1].entered_at"},
		{"entered by nobody", known, nil, []sortition.Entry{nobody, same}, "", "beacon.entries[0].by"},
		{"entered at no time", known, nil, []sortition.Entry{same, unread}, "", "beacon.entries[1].entered_at"},
		{"of another form", known, sortition.Bytes("1"), nil, "", "of the form that the source has"},
	}
	for _, test := range tests {
		c := b
		beacon := *b.Beacon
		beacon.Entries = test.entries
		if test.value != nil {
			beacon.Value = test.value
		}
		c.Beacon = &beacon
		document, err := c.Encode()
		if err != nil {
			t.Fatal(err)
		}
		read, err := sortition.DecodeBundle(document)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		text := ""
		report, err := sortition.Verify(read, sortition.Options{Sources: test.sources, Explain: func(f sortition.Finding) { text += f.Chinese + f.English }})
		text += fmt.Sprint(report.Notes, err)
		if (err == nil) != (test.note != "") || test.note != "" && !slices.Contains(codes(report), test.note) || !strings.Contains(text, test.text) {
			t.Errorf("%s: %s", test.name, text)
		}
		var difference *sortition.StepError
		_, err = sortition.Verify(read, sortition.Options{Sources: test.sources, Strict: true})
		if !errors.As(err, &difference) || difference.Step != sortition.StepBeacon {
			t.Errorf("%s, strictly: %v", test.name, err)
		}
	}
}

func TestVerifyPoolFiles(t *testing.T) {
	t.Parallel()
	_, b := readBundle(t, bundlePath("replacements.json"))
	pools := sortition.SortedPools(b.Subjects, b.Inspectors, b.Conflicts)
	blobs := map[sortition.Digest][]byte{}
	var out bytes.Buffer
	_, subjects, err := sortition.WriteSubjects(&out, pools.Subjects)
	if err != nil {
		t.Fatal(err)
	}
	blobs[subjects.SHA256] = bytes.Clone(out.Bytes())
	out.Reset()
	_, inspectors, err := sortition.WriteInspectors(&out, pools.Inspectors)
	if err != nil {
		t.Fatal(err)
	}
	blobs[inspectors.SHA256] = bytes.Clone(out.Bytes())
	out.Reset()
	_, conflicts, err := sortition.WriteConflicts(&out, pools.Conflicts)
	if err != nil {
		t.Fatal(err)
	}
	blobs[conflicts.SHA256] = bytes.Clone(out.Bytes())
	b.Subjects, b.Inspectors, b.Conflicts = nil, nil, nil
	b.SubjectsFile, b.InspectorsFile, b.ConflictsFile = &subjects, &inspectors, &conflicts
	document, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if b, err = sortition.DecodeBundle(document); err != nil {
		t.Fatal(err)
	}
	open := func(file sortition.PoolFile) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(blobs[file.SHA256])), nil
	}
	report, err := sortition.Verify(b, sortition.Options{Open: open})
	if err != nil || report.Subjects != 24 || report.Inspectors != 15 || report.Conflicts != 24 || report.Replacements != 3 {
		t.Fatalf("report %+v, error %v", report, err)
	}
	var difference *sortition.StepError
	if _, err := sortition.Verify(b, sortition.Options{}); err == nil || errors.As(err, &difference) {
		t.Errorf("without files: error %v", err)
	}
	broken := errors.New("broken")
	_, err = sortition.Verify(b, sortition.Options{Open: func(sortition.PoolFile) (io.ReadCloser, error) { return nil, broken }})
	if !errors.Is(err, broken) {
		t.Errorf("a file that does not open: error %v", err)
	}
	intact := blobs[subjects.SHA256]
	blobs[subjects.SHA256] = bytes.Replace(intact, []byte("330102"), []byte("330103"), 1)
	if _, err := sortition.Verify(b, sortition.Options{Open: open}); !errors.As(err, &difference) || difference.Field != "subjects_file.sha256" {
		t.Errorf("another file: error %v", err)
	}
	blobs[subjects.SHA256] = intact
	b.SubjectsFile = &sortition.PoolFile{SHA256: subjects.SHA256, Count: 23}
	if _, err := sortition.Verify(b, sortition.Options{Open: open}); !errors.As(err, &difference) || difference.Field != "subjects_file.count" {
		t.Errorf("another count: error %v", err)
	}
	b.Subjects = []sortition.Subject{}
	if _, err := sortition.Verify(b, sortition.Options{Open: open}); !errors.As(err, &difference) || difference.Field != "subjects" {
		t.Errorf("a list and a file: error %v", err)
	}
}
