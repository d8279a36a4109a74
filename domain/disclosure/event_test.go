package disclosure_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

func examples(t testing.TB) []disclosure.Event {
	t.Helper()
	d := penalty("罚款2000元")
	b, digest := raw(t, d)
	byPolicy := submitted(t, d, "")
	byPolicy.By, byPolicy.Author = "policy", "wang"
	return []disclosure.Event{
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
	}
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
