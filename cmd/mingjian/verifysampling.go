package main

import (
	"context"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/sampling"
)

// checkSampling reads each list of results that a campaign published to its end, and counts what stands in it.
func (v *verifier) checkSampling(ctx context.Context, c sampling.Campaign) error {
	for _, version := range c.Results {
		want := version.Body.List
		list, err := v.blobs.Open(ctx, want.Digest)
		if err != nil {
			return err
		}
		n := 0
		for document, err := range sampling.ReadList(list) {
			if err == nil {
				_, err = sampling.ParseDocument(document)
			}
			if err != nil {
				_ = list.Close() // read only
				return fmt.Errorf("results of version %d: %w", version.Number, err)
			}
			n++
		}
		if err := list.Close(); err != nil {
			return err
		}
		if n != want.Count {
			return fmt.Errorf("results of version %d: the list %s has %d documents, not %d", version.Number, want.Digest, n, want.Count)
		}
	}
	return nil
}
