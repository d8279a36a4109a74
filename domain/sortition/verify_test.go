package sortition_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// source is a beacon whose signatures are the value backwards.
type source struct{ published time.Time }

func (s source) Name() string { return "drand-quicknet" }

func (s source) PublishedAt(round string) (time.Time, error) {
	if round == "0" {
		return time.Time{}, errors.New("no round 0")
	}
	return s.published, nil
}

func (s source) Verify(_ string, value, signature []byte) error {
	backwards := slices.Clone(value)
	slices.Reverse(backwards)
	if !bytes.Equal(backwards, signature) {
		return errors.New("not the value backwards")
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
		sources   []sortition.BeaconVerifier
		signature sortition.Bytes
		note      sortition.NoteCode
		strict    bool // whether it holds under Strict
		fails     bool
	}{
		{"proven", []sortition.BeaconVerifier{source{onTime}}, backwards, sortition.NoteBeaconProven, true, false},
		{"unsigned", []sortition.BeaconVerifier{source{onTime}}, nil, sortition.NoteBeaconUnsigned, false, false},
		{"unknown", nil, backwards, sortition.NoteBeaconUnknown, false, false},
		{"early", []sortition.BeaconVerifier{source{onTime.Add(-time.Second)}}, backwards, sortition.NoteBeaconEarly, false, false},
		{"wrong", []sortition.BeaconVerifier{source{onTime}}, backwards[1:], "", false, true},
	}
	for _, test := range tests {
		_, b := readBundle(t, bundlePath("drand.json"))
		b.Beacon.Signature = test.signature
		report, err := sortition.Verify(b, sortition.Options{Beacons: test.sources})
		if (err != nil) != test.fails || !test.fails && !slices.Contains(codes(report), test.note) {
			t.Errorf("%s: notes %v, error %v", test.name, report.Notes, err)
		}
		_, err = sortition.Verify(b, sortition.Options{Beacons: test.sources, Strict: true})
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
