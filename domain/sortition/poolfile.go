package sortition

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"iter"
)

// open gives the pools of the bundle in canonical order, from its lists or its files.
func (v *verification) open() (Pools, error) {
	b := v.bundle
	for _, pool := range []struct {
		name string
		list bool
		file *PoolFile
	}{
		{"subjects", b.Subjects != nil || v.packed != nil, b.SubjectsFile},
		{"inspectors", b.Inspectors != nil, b.InspectorsFile},
		{"conflicts", b.Conflicts != nil, b.ConflictsFile},
	} {
		switch {
		case pool.list && pool.file != nil:
			return Pools{}, refuse(pool.name, "must be a list or a file, not both", "")
		case pool.file != nil && v.opts.Open == nil:
			return Pools{}, fmt.Errorf("open pool file of %s, %s: no files given", pool.name, pool.file.SHA256)
		}
	}
	p := SortedPools(b.Subjects, b.Inspectors, b.Conflicts)
	switch {
	case b.SubjectsFile != nil:
		p.Subjects = fromFile(*b.SubjectsFile, "subjects_file", v.opts.Open, ReadSubjects)
	case v.packed != nil:
		p.Subjects = v.packed.all()
	}
	if b.InspectorsFile != nil {
		p.Inspectors = fromFile(*b.InspectorsFile, "inspectors_file", v.opts.Open, ReadInspectors)
	}
	if b.ConflictsFile != nil {
		p.Conflicts = fromFile(*b.ConflictsFile, "conflicts_file", v.opts.Open, ReadConflicts)
	}
	return p, nil
}

// fromFile streams a pool file, ending in an error if its bytes are not those that were named.
func fromFile[T any](file PoolFile, field string, open func(PoolFile) (io.ReadCloser, error),
	read func(io.Reader) iter.Seq2[T, error]) iter.Seq2[T, error] {
	return Reopened(func() (io.ReadCloser, error) {
		source, err := open(file)
		if err != nil {
			return nil, err
		}
		return newCheckedReader(source, file, field), nil
	}, read)
}

// checkedReader hashes and counts what is read and, instead of a wrong end of file, gives an error.
type checkedReader struct {
	io.ReadCloser
	file  PoolFile
	field string
	hash  hash.Hash
	lines uint64
}

func newCheckedReader(source io.ReadCloser, file PoolFile, field string) *checkedReader {
	return &checkedReader{ReadCloser: source, file: file, field: field, hash: sha256.New()}
}

func (r *checkedReader) Read(to []byte) (int, error) {
	n, err := r.ReadCloser.Read(to)
	_, _ = r.hash.Write(to[:n]) // a hash never fails
	r.lines += uint64(bytes.Count(to[:n], []byte{'\n'}))
	if err != io.EOF {
		return n, err
	}
	if got := Digest(r.hash.Sum(nil)); got != r.file.SHA256 {
		return n, refuse(r.field+".sha256", "must be the digest of the file, "+got.String(), r.file.SHA256.String())
	}
	if r.lines != r.file.Count {
		return n, refuse(r.field+".count", fmt.Sprintf("must be the lines of the file, %d", r.lines), fmt.Sprint(r.file.Count))
	}
	return n, io.EOF
}
