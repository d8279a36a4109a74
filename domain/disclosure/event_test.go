package disclosure_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

func examples(t testing.TB) []disclosure.Event {
	t.Helper()
	d := penalty("罚款2000元")
	b, digest := raw(t, d)
	byPolicy := submitted(t, d, "")
	byPolicy.By, byPolicy.Author = "policy", "wang"
	stone := disclosure.Stone{Tombstone: disclosure.Raw(`{"schema":"mingjian.tombstone.v1"}`), TombstoneDigest: "5f"}
	out := []disclosure.Event{
		submitted(t, d, "复议变更 <&>"),
		disclosure.Returned{Digest: digest, By: "li", Reason: "当事人名称有误"},
		disclosure.Reviewed{Digest: digest, By: "li", SecrecyClear: true, NegativeListHits: []string{"商业秘密"}, Opinion: "已作处理"},
		disclosure.Approved{Digest: digest, By: "zhao"},
		disclosure.Published{Document: b, Digest: digest, Number: 1, By: "zhao", On: today},
		disclosure.Corrected{Document: b, Digest: digest, FormerDigest: "00", Reason: "复议变更", Number: 2, By: "zhao", On: today},
		disclosure.Withdrawn{Ground: disclosure.GroundRevoked, Reason: "复议撤销", Digest: digest, Number: 3, By: "zhao", On: today},
		disclosure.Adopted{
			Disclosure: "penalty.7b0c", Record: d.Record(), Authority: bureau, Document: b, Digest: digest,
			Source: "原公示平台", PublishedOn: today, Number: 1, By: "root",
		},
		byPolicy,
		layered(t, d),
		disclosure.Reviewed{Digest: digest, By: "li", SecrecyClear: true, Layer: "secrecy"},
		disclosure.LayerPassed{Layer: "law", Digest: digest, By: "sun", Opinion: "程序合法"},
		disclosure.Approved{
			Digest: digest, By: "zhao", Opinion: "措辞妥当", Outlets: []rule.Outlet{rule.Portal, rule.GSXT}, NotBefore: today,
		},
		disclosure.Published{Document: b, Digest: digest, Number: 1, By: "zhao", On: today, Terms: terms},
		disclosure.Corrected{Document: b, Digest: digest, FormerDigest: "00", Reason: "复议变更", Number: 2, By: "zhao", On: today, Terms: terms[:1]},
		disclosure.Withdrawn{
			Ground: disclosure.GroundRevoked, Reason: "复议撤销", Digest: digest, Number: 3, By: "zhao", On: today, Stone: stone,
		},
		disclosure.Adopted{
			Disclosure: "penalty.7b0c", Record: d.Record(), Authority: bureau, Document: b, Digest: digest,
			Source: "原公示平台", PublishedOn: today, Number: 1, By: "root", Terms: terms[:1],
		},
	}
	return append(out, laterExamples(t)...)
}

// laterExamples are of what came after the first publication, and of what is withheld.
func laterExamples(t testing.TB) []disclosure.Event {
	t.Helper()
	b, digest := raw(t, penalty("罚款2000元"))
	stone := disclosure.Stone{Tombstone: disclosure.Raw(`{"schema":"mingjian.tombstone.v1"}`), TombstoneDigest: "5f"}
	return []disclosure.Event{
		disclosure.Masked{
			Outlets: []rule.Outlet{rule.CreditChina}, Reason: "重整期间", DocumentNo: "（2026）某01破1号", Digest: digest,
			Number: 2, By: "zhao", On: today, Stone: stone,
		},
		disclosure.Unmasked{
			Outlets: []rule.Outlet{rule.CreditChina}, Reason: "重整终止", DocumentNo: "（2026）某01破1号之二", Document: b, Digest: digest,
			Number: 3, By: "zhao", On: today,
		},
		disclosure.Ended{
			Outlets: []rule.Outlet{rule.Portal}, Cause: disclosure.Repaired, Reason: "准予信用修复", Rule: "gsxt.penalty", Repair: "r1",
			Digest: digest, Number: 4, By: "zhao", On: today, Stone: stone,
		},
		disclosure.Withheld{
			Withholding: 1, Publicity: disclosure.NotPublic, Ground: disclosure.Labelled{Code: "commercial", Label: "商业秘密"},
			Basis: "《政府信息公开条例》第十五条", List: "2019-05-15", Parts: []string{"penalty.facts"}, Reason: "含配方", Digest: digest,
			Document: b, Remaining: digest, By: "zhao", On: today, CheckBy: today,
		},
		disclosure.WithholdingReviewed{Withholding: 1, Kept: true, Reason: "理由仍在", By: "sun", On: today, CheckBy: today},
		disclosure.WithholdingLifted{Withholding: 1, Reason: "权利人同意公开", By: "sun", On: today},
		disclosure.RepairApplied{
			Repair: "r1", Applicant: disclosure.Party, Outlets: []rule.Outlet{rule.GSXT},
			Materials:  []disclosure.Material{{Title: "缴款凭证", Digest: "aa"}},
			Commitment: disclosure.Material{Title: "信用承诺书", Digest: "bb"}, Statement: "已整改", Digest: digest, By: "wang", On: today,
			DueOn: today, DueRule: "repair.decision", DueVersion: "1", Calendar: "c1", Provisional: true,
		},
		disclosure.RepairChecked{
			Repair: "r1", By: "li", On: today, Conditions: []disclosure.Condition{{
				Code: "period", Verdict: disclosure.Met, Rests: "2026-06-20", Basis: "Order 45 art. 14",
			}},
		},
		disclosure.RepairDecided{Repair: "r1", Granted: true, Reason: "符合条件", By: "zhao", On: today},
	}
}

// layered is a submission under an arrangement of layers.
func layered(t testing.TB, d disclosure.Document) disclosure.Submitted {
	t.Helper()
	s := submitted(t, d, "")
	s.Layers = []disclosure.Layer{{ID: "law", Name: "法规科", Role: domain.Reviewer}, {ID: "secrecy", Name: "保密办", Role: domain.Reviewer, Secrecy: true}}
	return s
}

func TestGoldens(t *testing.T) {
	estest.Golden(t, "testdata/events", disclosure.Codec(), examples(t)...)
}

func TestFold(t *testing.T) { estest.Fold(t, disclosure.Decider, examples(t)...) }

func FuzzDecode(f *testing.F) {
	for _, typ := range disclosure.Codec().Types() {
		f.Add(typ, []byte(`{"document":{"a":"\u003c\\u003c"},"on":"2026-01-02","record":{"id":"x"}}`))
	}
	f.Fuzz(func(t *testing.T, typ string, data []byte) {
		e, err := disclosure.Codec().Decode(typ, data)
		if err == nil {
			disclosure.Decider.Evolve(disclosure.State{}, e)
		}
	})
}
