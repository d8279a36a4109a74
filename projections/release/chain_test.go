package release_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gowebpki/jcs"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	"github.com/mingjian-ledger/mingjian/projections/release"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// lived has a record go through every kind of act, beside another.
func lived(t *testing.T) *log {
	l := newLog(t)
	a, b, other := doc("a", bureau, "2026-03-16", huimin), doc("a", bureau, "2026-03-15", anda), doc("b", county, "2026-03-14", anda)
	l.Disclosure("penalty.a", l.placed(a, 1, portal, gsxt))
	l.Disclosure("penalty.b", l.Adopted(other))
	l.Disclosure("penalty.a", l.Corrected(b, 2), masked(3, rule.Portal), l.unmasked(b, 4, rule.Portal))
	l.Disclosure("penalty.b", withdrawn(2))
	l.Disclosure("penalty.a", withdrawn(5))
	l.Disclosure("penalty.c", l.placed(doc("c", bureau, "2026-03-13", huimin), 1, portal), ended(2, disclosure.Repaired, rule.Portal))
	return l
}

// TestWhoeverReceivesTheFeedComputesItsChain does it with nothing but the JSON of the public's answers, by the words of the
// field's comment, also of what is withheld by then.
func TestWhoeverReceivesTheFeedComputesItsChain(t *testing.T) {
	t.Parallel()
	r := lived(t).live()
	list, _, err := release.Past{Reader: r, Today: day}.Feed(t.Context(), 0, 100)
	if err != nil || len(list) != 9 {
		t.Fatalf("%d releases: %v", len(list), err)
	}
	chain, kinds, withheld := make([]byte, 32), map[viewv1.ReleaseKind]bool{}, 0
	for _, act := range list {
		text, err := protojson.MarshalOptions{EmitUnpopulated: true}.Marshal(act)
		if err != nil {
			t.Fatal(err)
		}
		if chain = link(t, chain, text); act.GetChain() != hex.EncodeToString(chain) {
			t.Fatalf("release %d says %s, computed %x", act.GetSequence(), act.GetChain(), chain)
		}
		if kinds[act.GetKind()] = true; act.GetWithheld() {
			withheld++
		}
	}
	if len(kinds) != 7 || withheld == 0 {
		t.Errorf("%d kinds of acts, %d withheld: the log shows too little", len(kinds), withheld)
	}
	end, err := release.Head(t.Context(), r)
	if err != nil || end.Sequence != 9 || end.Chain.String() != hex.EncodeToString(chain) || end.PublicAt.IsZero() {
		t.Errorf("head %+v, %v", end, err)
	}
}

func link(t *testing.T, chain, text []byte) []byte {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	picked := map[string]any{"authorityId": all["authority"].(map[string]any)["id"]}
	for name := range strings.FieldsSeq("sequence kind disclosureId number digest formerDigest tombstoneDigest releasedAt releasedOn outlets") {
		picked[name] = all[name]
	}
	plain, err := json.Marshal(picked)
	if err != nil {
		t.Fatal(err)
	}
	item, err := jcs.Transform(plain)
	if err != nil {
		t.Fatal(err)
	}
	leaf := sha256.Sum256(append([]byte{0}, item...))
	next := sha256.Sum256(append(append([]byte{1}, chain...), leaf[:]...))
	return next[:]
}

// TestTheItemsFormIsForEver holds the bytes: another form would give every receiver another chain.
func TestTheItemsFormIsForEver(t *testing.T) {
	t.Parallel()
	got, err := release.Item(&viewv1.Release{
		Sequence: 12, Kind: viewv1.ReleaseKind_RELEASE_KIND_CORRECTED, DisclosureId: "penalty.a", Number: 2,
		Authority: &viewv1.Party{Id: "SCJG", Name: "市场监督管理局"}, Digest: "aa", FormerDigest: "bb", ReleasedAt: "2026-03-16T01:02:03.4Z",
		ReleasedOn: "2026-03-16", Title: "某某", Document: "{}", Reason: "更正", Position: "9", Outlets: []string{"portal", "gsxt"},
	})
	want := `{"authorityId":"SCJG","digest":"aa","disclosureId":"penalty.a","formerDigest":"bb","kind":"RELEASE_KIND_CORRECTED","number":2,"outlets":["portal","gsxt"],"releasedAt":"2026-03-16T01:02:03.4Z","releasedOn":"2026-03-16","sequence":"12","tombstoneDigest":""}`
	if err != nil || string(got) != want {
		t.Errorf("%v\ngot  %s\nwant %s", err, got, want)
	}
	if got, err = release.Item(&viewv1.Release{}); err != nil || !strings.Contains(string(got), `"outlets":[],`) {
		t.Errorf("without outlets: %s, %v", got, err)
	}
}

func TestTheChainIsToldAtEveryNumber(t *testing.T) {
	t.Parallel()
	r := lived(t).live()
	list, _, err := release.Feed(t.Context(), r, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	seen, last := map[string]bool{}, time.Time{}
	for n := range uint64(len(list) + 1) {
		m, err := release.MarkAt(t.Context(), r, n)
		if err != nil || m.Sequence != n || m.PublicAt.Before(last) {
			t.Fatalf("at %d: %+v, %v", n, m, err)
		}
		if seen[m.Chain.String()] = true; n > 0 && m.Chain.String() != list[n-1].GetChain() || n == 0 && !m.Chain.IsZero() {
			t.Errorf("at %d: %s", n, m.Chain)
		}
		last = m.PublicAt
	}
	if len(seen) != len(list)+1 {
		t.Errorf("%d chains of %d numbers", len(seen), len(list)+1)
	}
	if _, err := release.MarkAt(t.Context(), r, 10); domain.KindOf(err) != domain.NotFound {
		t.Errorf("beyond the end: %v", err)
	}
	empty := projectionstest.NewMemory(t)
	if _, err := empty.Attach(t.Context(), release.Projection()); err != nil {
		t.Fatal(err)
	}
	if m, err := release.Head(t.Context(), empty); err != nil || m != (release.Mark{}) {
		t.Errorf("the head of nothing: %+v, %v", m, err)
	}
	broken := errors.New("no views")
	if _, err := release.MarkAt(t.Context(), unreadable{err: broken}, 1); !errors.Is(err, broken) {
		t.Errorf("views away: %v", err)
	}
}

// unreadable is a view that can't be read.
type unreadable struct {
	projections.Reader
	err error
}

func (u unreadable) Get(context.Context, string, string) (*projections.Row, error) { return nil, u.err }
