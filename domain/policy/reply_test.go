package policy_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/dispute"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/policy"
)

func replied(id string, number int, text string) dispute.ReplyReceived {
	return dispute.ReplyReceived{
		Record: dispute.Record{Disclosure: id, Authority: bureau, Digest: "00", Release: 1}, Reply: number, Replaces: number - 1,
		Party: dispute.Replier{Subject: "ext:r:1", Name: "公司1"}, Text: text, Channel: dispute.Post, On: day("2026-04-01"), By: "wang",
	}
}

// texts are the replies within a document.
func texts(t *testing.T, raw disclosure.Raw) string {
	t.Helper()
	var doc disclosure.Document
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range doc.Replies {
		if r.Party != "公司1" || r.SubjectID != "ext:r:1" || r.On != day("2026-04-01") {
			t.Errorf("%+v", r)
		}
		out = append(out, r.Text)
	}
	return strings.Join(out, ",")
}

// publicPenalty has one at the public already.
func publicPenalty(t *testing.T) *world {
	w := newWorld(t)
	w.add("penalty", "p", decided("p"))
	w.react()
	w.publish("penalty.p")
	w.react()
	return w
}

func TestAReplyIsSubmittedWithWhatIsPublic(t *testing.T) {
	t.Parallel()
	w := publicPenalty(t)
	for _, step := range []struct {
		e             dispute.ReplyEvent
		reason, texts string
	}{
		{replied("penalty.p", 1, "已整改"), "登记当事人陈述", "已整改"},
		{replied("penalty.p", 2, "补充"), "当事人更换陈述", "补充"},
		{dispute.ReplyTakenBack{Reply: 2, ByParty: true, On: day("2026-04-03"), By: "wang"}, "", ""},
	} {
		w.add("reply", "penalty.p", step.e)
		w.react()
		d := stateOf(w, disclosure.Decider, "penalty.p")
		if step.reason == "" { // what is under way without a reply is what is public: the last draft goes on, and can't be approved
			continue
		}
		if d.Draft.Stage != disclosure.Awaiting || d.Draft.Reason != step.reason || d.Draft.Author != "wang" || texts(t, d.Draft.Document) != step.texts {
			t.Errorf("%T: %+v", step.e, d.Draft)
		}
	}
	if len(w.refused) > 0 {
		t.Error(w.refused)
	}
}

func TestAReplyThatIsShownIsTakenBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		back   dispute.ReplyTakenBack
		reason string
	}{
		"by the party":     {dispute.ReplyTakenBack{Reply: 1, ByParty: true, Reason: "不再需要", On: day("2026-04-03"), By: "wang"}, "当事人收回陈述"},
		"by the authority": {dispute.ReplyTakenBack{Reply: 1, Reason: "含他人信息", On: day("2026-04-03"), By: "wang"}, "陈述不再随附公示：含他人信息"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := publicPenalty(t)
			w.add("reply", "penalty.p", replied("penalty.p", 1, "已整改"))
			w.react()
			w.correct("penalty.p", 2)
			w.add("reply", "penalty.p", c.back)
			w.react()
			d := stateOf(w, disclosure.Decider, "penalty.p").Draft
			if d.Stage != disclosure.Awaiting || d.Reason != c.reason || texts(t, d.Document) != "" {
				t.Errorf("%+v", d)
			}
		})
	}
}

// correct takes a submitted document to the public in the place of another.
func (w *world) correct(id string, number int) {
	w.Helper()
	d := stateOf(w, disclosure.Decider, id)
	w.add("disclosure", id, disclosure.Reviewed{Digest: d.Draft.Digest, By: "li", SecrecyClear: true}, disclosure.Approved{Digest: d.Draft.Digest, By: "zhao"},
		disclosure.Corrected{Document: d.Draft.Document, Digest: d.Draft.Digest, FormerDigest: d.Release.Digest, Reason: d.Draft.Reason, Number: number, By: "zhao", On: day("2026-04-02")})
}

// What a later correction submits shows the reply too, and a correction that is under way goes on with a later one.
func TestRepliesStayBesideACorrectedRecord(t *testing.T) {
	t.Parallel()
	amended := penalty.Amended{Reason: "复议变更", Kinds: []penalty.Kind{penalty.Fine}, Content: "罚款", FineFen: 100000, On: day("2026-04-05")}
	w := publicPenalty(t)
	w.add("reply", "penalty.p", replied("penalty.p", 1, "已整改"))
	w.react()
	w.add("penalty", "p", amended)
	w.react()
	if d := stateOf(w, disclosure.Decider, "penalty.p").Draft; d.Reason != "复议变更" || texts(t, d.Document) != "已整改" {
		t.Errorf("%+v", d)
	}
	w.add("reply", "penalty.p", replied("penalty.p", 2, "补充"))
	w.react()
	d := stateOf(w, disclosure.Decider, "penalty.p").Draft
	if d.Reason != "复议变更" || texts(t, d.Document) != "补充" || d.Stage != disclosure.Awaiting {
		t.Errorf("%+v", d)
	}
	// What is under way is what the record gives now, so that it can be approved.
	now, err := policy.WithReplies(t.Context(), w.store, policy.PenaltyDocument(stateOf(w, penalty.Decider, "p")))
	if err != nil || len(now.Replies) != 1 || now.Replies[0].Text != "补充" || now.Penalty.FineFen != 100000 {
		t.Errorf("%+v, %v", now, err)
	}
	if _, digest, err := disclosure.Canonical(now); err != nil || digest != d.Digest {
		t.Errorf("the record gives %s, under way is %s: %v", digest, d.Digest, err)
	}
	w.add("reply", "penalty.p", dispute.ReplyTakenBack{Reply: 2, ByParty: true, On: day("2026-04-06"), By: "wang"})
	w.react()
	if d := stateOf(w, disclosure.Decider, "penalty.p").Draft; d.Reason != "复议变更" || texts(t, d.Document) != "" || d.Stage != disclosure.Awaiting {
		t.Errorf("%+v", d)
	}
	if len(w.refused) > 0 {
		t.Error(w.refused)
	}
}

func TestNothingIsSubmittedOfWhatIsNotPublic(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("penalty", "p", decided("p"))
	w.react()
	before := stateOf(w, disclosure.Decider, "penalty.p").Draft.Digest
	w.add("reply", "penalty.p", replied("penalty.p", 1, "已整改"))
	w.react()
	if d := stateOf(w, disclosure.Decider, "penalty.p"); d.Draft.Digest != before {
		t.Errorf("%+v", d.Draft)
	}
}

// TestWhoStandsBehindACorrectionDoesSoWithAReply: the one who received it takes nobody's place, so that whoever made the
// correction still reviews no document of it. What was reviewed without the reply is to be reviewed again.
func TestWhoStandsBehindACorrectionDoesSoWithAReply(t *testing.T) {
	t.Parallel()
	w := publicPenalty(t)
	w.add("penalty", "p", penalty.Amended{Reason: "复议变更", Kinds: []penalty.Kind{penalty.Fine}, Content: "罚款", FineFen: 100000, On: day("2026-04-05")})
	w.react()
	before := stateOf(w, disclosure.Decider, "penalty.p").Draft
	w.add("disclosure", "penalty.p", disclosure.Reviewed{Digest: before.Digest, By: "li", SecrecyClear: true})
	w.add("reply", "penalty.p", replied("penalty.p", 1, "已整改"))
	w.react()
	d := stateOf(w, disclosure.Decider, "penalty.p").Draft
	if d.Digest == before.Digest || d.Stage != disclosure.Awaiting || !slices.Contains(d.Behind, before.Author) || len(w.refused) > 0 {
		t.Errorf("%+v, before %+v, refused %v", d, before, w.refused)
	}
	n := len(w.store.All())
	for _, rec := range w.store.All() {
		if rec.Stream.Category != "reply" {
			continue
		}
		if err := w.reactions().Handle(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(w.store.All()); got != n {
		t.Errorf("handled again, it made %d records more", got-n)
	}
}
