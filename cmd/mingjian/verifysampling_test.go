package main

import (
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/blob"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
)

func TestVerifyReadsPublishedResults(t *testing.T) {
	t.Parallel()
	blobs, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	put := func(text string) string {
		digest, _, err := blobs.Put(t.Context(), strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return digest
	}
	const line = `{"schema":"mingjian.sampling.result.v1","id":"r"}` + "\n"
	v := &verifier{blobs: blobs}
	for name, c := range map[string]struct {
		list sampling.List
		says string
	}{
		"right":          {sampling.List{Digest: put(line + line), Count: 2}, ""},
		"too few":        {sampling.List{Digest: put(line), Count: 2}, "has 1 documents, not 2"},
		"no document":    {sampling.List{Digest: put(line + "{}\n"), Count: 2}, "version 1: sampling: decode document"},
		"not even there": {sampling.List{Digest: strings.Repeat("0", 64), Count: 1}, "blob"},
	} {
		err := v.checkSampling(t.Context(), sampling.Campaign{Results: []sampling.Version[sampling.Listed]{{Number: 1, Body: sampling.Listed{List: c.list}}}})
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}
