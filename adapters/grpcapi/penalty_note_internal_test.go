package grpcapi

import (
	"testing"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// TestANoteTellsNobodysName has notes of an importer that quote names without a word that says whose they are.
func TestANoteTellsNobodysName(t *testing.T) {
	t.Parallel()
	for party, want := range map[string]string{
		"慕容白露":           "「罚慕容某三百元」，电话***",
		"虚构果店；慕容白露":      "「罚慕容某三百元」，电话***",
		"慕容白露商贸有限公司":     "「罚慕容白露三百元」，电话***",
		"虚构果店（经营者：慕容白露）": "「罚慕容某三百元」，电话***",
	} {
		row := &mingjianv1.TakenOverPenalty{
			Decision: &mingjianv1.PenaltyDecision{Parties: []*mingjianv1.DecidedParty{{Name: party}}},
			Doubts:   []*mingjianv1.ImportDoubt{{Code: "penalty-text", Field: "content", Note: "「罚慕容白露三百元」，电话13700001234"}},
		}
		if got := cleanNotes(row).GetDoubts()[0].GetNote(); got != want {
			t.Errorf("of %s: %s", party, got)
		}
	}
	if got := cleanNotes(&mingjianv1.TakenOverPenalty{Doubts: []*mingjianv1.ImportDoubt{{Note: "13700001234"}}}); got.GetDoubts()[0].GetNote() != "***" {
		t.Errorf("without a decision: %v", got)
	}
}
