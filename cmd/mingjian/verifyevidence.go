package main

import (
	"context"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/evidence"
)

// checkEvidence reads the cleaned copy of each picture against its digest, those of removed ones too: the log names them.
func (v *verifier) checkEvidence(ctx context.Context, s evidence.State) error {
	for _, p := range s.Pictures {
		if err := v.readThrough(ctx, p.Attached.Copy.Digest); err != nil {
			return fmt.Errorf("picture %s: %w", p.Attached.Evidence, err)
		}
	}
	return nil
}
