package disclosure_test

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// shelf is what one outlet shows, as a reader of the releases alone would keep it.
type shelf struct {
	until  calendar.Date
	masked bool
}

// reader keeps what the releases say, in plain maps.
type reader struct {
	shelves map[rule.Outlet]shelf
	digest  string
	last    int
}

// read follows one event; it holds releases to their numbers and digests.
func (r *reader) read(t *rapid.T, e disclosure.Event) {
	next := func(number int) {
		if r.last++; number != r.last {
			t.Fatalf("release %d comes as number %d: %+v", r.last, number, e)
		}
	}
	hashed := func(raw disclosure.Raw, digest string) {
		if sum := sha256.Sum256(raw); hex.EncodeToString(sum[:]) != digest {
			t.Fatalf("%s does not hold what it says: %s", e.EventType(), raw)
		}
	}
	switch e := es.Event(e).(type) {
	case disclosure.Published:
		next(e.Number)
		hashed(e.Document, e.Digest)
		for _, term := range e.Terms {
			r.shelves[term.Outlet] = shelf{until: term.Until}
		}
		if len(e.Terms) == 0 {
			r.shelves[rule.Portal] = shelf{}
		}
		r.digest = e.Digest
	case disclosure.Corrected:
		next(e.Number)
		hashed(e.Document, e.Digest)
		if e.FormerDigest != r.digest {
			t.Fatalf("corrects %s, not %s", e.FormerDigest, r.digest)
		}
		r.digest = e.Digest
	case disclosure.Withdrawn:
		next(e.Number)
		hashed(e.Tombstone, e.TombstoneDigest)
		clear(r.shelves)
	case disclosure.Masked:
		next(e.Number)
		hashed(e.Tombstone, e.TombstoneDigest)
		for _, o := range e.Outlets {
			r.shelves[o] = shelf{r.shelves[o].until, true}
		}
	case disclosure.Unmasked:
		next(e.Number)
		hashed(e.Document, e.Digest)
		for _, o := range e.Outlets {
			r.shelves[o] = shelf{until: r.shelves[o].until}
		}
	case disclosure.Ended:
		next(e.Number)
		hashed(e.Tombstone, e.TombstoneDigest)
		for _, o := range e.Outlets {
			delete(r.shelves, o)
		}
	default: // what the public does not see
	}
}

func (r *reader) shown(o rule.Outlet, day calendar.Date) bool {
	s, there := r.shelves[o]
	return there && !s.masked && (s.until.IsZero() || !s.until.Before(day))
}

// command draws a command that may or may not be right, on the document under way.
func command(t *rapid.T, s disclosure.State, day calendar.Date) disclosure.Command {
	by := person(rapid.SampledFrom([]string{"wang", "li", "sun", "zhao", "qian"}).Draw(t, "by"),
		rapid.SampledFrom([]domain.Role{domain.Clerk, domain.Reviewer, domain.Approver}).Draw(t, "role"))
	outlets := rapid.SliceOfDistinct(rapid.SampledFrom(disclosure.Every()), rapid.ID[rule.Outlet]).Draw(t, "outlets")
	digest, reason := s.Draft.Digest, rapid.SampledFrom([]string{"", "理由"}).Draw(t, "reason")
	d := penalty(rapid.SampledFrom([]string{"罚款2000元", "罚款1000元", "警告"}).Draw(t, "content"))
	var layers []disclosure.Layer
	if rapid.Bool().Draw(t, "layered") {
		layers = []disclosure.Layer{
			{ID: "law", Name: "法规科", Role: domain.Reviewer}, {ID: "secrecy", Name: "保密办", Role: domain.Reviewer, Secrecy: true},
		}
	}
	given := slices.DeleteFunc([]rule.Term{
		{Outlet: rule.Portal, From: day, Until: day.AddDays(200), Earliest: day.AddDays(20), Early: rule.EarlyAllowed, Rule: "p", Version: "1"},
		{Outlet: rule.GSXT, From: day, Until: day.AddDays(400), Earliest: day.AddDays(40), Early: rule.EarlyAllowed, Rule: "g", Version: "1"},
		{Outlet: rule.CreditChina, From: day, Rule: "c", Version: "1", Early: rule.EarlyForbidden},
	}, func(term rule.Term) bool { return slices.Contains(outlets, term.Outlet) })
	commands := []disclosure.Command{
		disclosure.Submit{By: by, Document: d, Reason: reason, Layers: layers},
		disclosure.Return{By: by, Digest: digest, Reason: reason},
		disclosure.Review{By: by, Digest: digest, SecrecyClear: true},
		disclosure.Review{By: by, Digest: digest, NegativeListHits: []string{"商业秘密"}, Opinion: reason},
		disclosure.PassLayer{By: by, Digest: digest, Layer: "law"},
		disclosure.Approve{By: by, Digest: digest},
		disclosure.Publish{By: by, Digest: digest, Today: day, Terms: given, Outlets: outlets},
		disclosure.Publish{By: by, Digest: digest, Today: day, Terms: given},
		disclosure.Publish{By: by, Digest: digest, Today: day},
		disclosure.Mask{By: by, Today: day, Outlets: outlets, Reason: reason, DocumentNo: "破1号"},
		disclosure.Unmask{By: by, Today: day, Outlets: outlets, Reason: "终止"},
		disclosure.Expire{By: by, Today: day, Outlet: rapid.SampledFrom(disclosure.Every()).Draw(t, "outlet")},
		disclosure.Withhold{
			By: by, Today: day, Digest: digest, Publicity: disclosure.NotPublic, Ground: "privacy", Reason: reason,
			Parts: rapid.SampledFrom([][]string{nil, {"penalty.facts"}}).Draw(t, "parts"),
		},
		disclosure.Lift{By: by, Today: day, Withholding: len(s.Withholdings), Reason: reason, Document: &d, Layers: layers},
		disclosure.ReviewWithholding{By: by, Today: day, Withholding: len(s.Withholdings), Kept: true, Reason: reason},
		disclosure.ApplyRepair{
			By: by, Today: day, Repair: "r" + day.String(), Applicant: disclosure.Party, Outlets: outlets,
			Materials: []disclosure.Material{paper}, Commitment: vow, On: day,
		},
	}
	if rapid.IntRange(0, 9).Draw(t, "withdraw") == 0 {
		commands = []disclosure.Command{disclosure.Withdraw{By: by, Today: day, Ground: disclosure.GroundError, Reason: reason}}
	}
	if n := len(s.Repairs); n > 0 {
		id := s.Repairs[n-1].Applied.Repair
		commands = append(commands, disclosure.CheckRepair{By: by, Today: day, Repair: id, Facts: facts(), Attested: reason},
			disclosure.DecideRepair{By: by, Today: day, Repair: id, Granted: reason != "", Reason: "r", Facts: facts()})
	}
	return rapid.SampledFrom(commands).Draw(t, "command")
}

// rightStep draws what is likely to come next, by somebody who may do it, so that courses get far.
func rightStep(t *rapid.T, s disclosure.State, day calendar.Date) disclosure.Command {
	digest := s.Draft.Digest
	review := disclosure.Review{By: person("li", domain.Reviewer), Digest: digest, SecrecyClear: rapid.IntRange(0, 4).Draw(t, "clear") > 0, Opinion: "看过"}
	var steps []disclosure.Command
	switch s.Draft.Stage {
	case disclosure.None, disclosure.SentBack, disclosure.Done:
		d := penalty(rapid.SampledFrom([]string{"罚款2000元", "罚款1000元", "罚款500元"}).Draw(t, "content"))
		steps = append(steps, disclosure.Submit{By: clerk, Document: d, Reason: "更正"})
	case disclosure.Awaiting:
		steps = append(steps, review, disclosure.PassLayer{By: person("sun", domain.Reviewer), Digest: digest, Layer: "law"})
	case disclosure.Checked:
		steps = append(steps, disclosure.Approve{By: approver, Digest: digest}, review, disclosure.Withhold{
			By: approver, Today: day, Digest: digest, Publicity: disclosure.NotPublic, Ground: "privacy", Reason: "隐私",
		})
	case disclosure.Cleared:
		steps = append(steps, disclosure.Publish{By: approver, Digest: digest, Today: day, Terms: []rule.Term{
			{Outlet: rule.Portal, From: day, Until: day.AddDays(50), Earliest: day, Early: rule.EarlyAllowed, Rule: "p", Version: "1"},
			{Outlet: rule.GSXT, From: day, Until: day.AddDays(400), Earliest: day, Early: rule.EarlyAllowed, Rule: "g", Version: "1"},
		}})
	case disclosure.Held:
		steps = append(steps, disclosure.ReviewWithholding{
			By: reviewer, Today: day, Withholding: len(s.Withholdings), Kept: rapid.Bool().Draw(t, "kept"), Reason: "自查",
		})
	}
	if s.Public() {
		steps = append(steps, disclosure.Mask{By: approver, Today: day, Reason: "重整", DocumentNo: "破1号"},
			disclosure.Unmask{By: approver, Today: day, Reason: "终止"}, disclosure.Expire{By: approver, Today: day, Outlet: rule.Portal},
			disclosure.ApplyRepair{
				By: clerk, Today: day, Repair: "r" + day.String(), Applicant: disclosure.Party,
				Materials: []disclosure.Material{paper}, Commitment: vow, On: day,
			})
	}
	if n := len(s.Repairs); n > 0 && s.Repairs[n-1].Open() {
		id := s.Repairs[n-1].Applied.Repair
		steps = append(steps, disclosure.CheckRepair{By: reviewer, Today: day, Repair: id, Facts: facts(), Attested: "照片"},
			disclosure.DecideRepair{By: approver, Today: day, Repair: id, Granted: true, Reason: "r", Facts: facts()})
	}
	return rapid.SampledFrom(steps).Draw(t, "step")
}

// TestAnyCourse lets anybody try anything in any order: releases are numbered without gaps, the state shows what a reader of the
// releases knows, and nothing was published that three different persons did not submit, review as clear and approve.
func TestAnyCourse(t *testing.T) {
	published := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		s, r, day := disclosure.State{}, reader{shelves: map[rule.Outlet]shelf{}}, today
		var history []disclosure.Event
		for range rapid.IntRange(1, 120).Draw(t, "steps") {
			day = day.AddDays(rapid.SampledFrom([]int{0, 0, 0, 1, 30}).Draw(t, "days"))
			cmd := rightStep(t, s, day)
			if rapid.IntRange(0, 2).Draw(t, "anything") == 0 {
				cmd = command(t, s, day)
			}
			events, err := disclosure.Decider.Decide(s, cmd)
			if err != nil && len(events) > 0 {
				t.Fatalf("%d events beside %v", len(events), err)
			}
			for _, e := range events {
				published[e.EventType()]++
				history = append(history, e)
				s = disclosure.Decider.Evolve(s, e)
				r.read(t, e)
				switch es.Event(e).(type) {
				case disclosure.Published, disclosure.Corrected:
					threeHands(t, history)
				default: // shows nothing new
				}
			}
			for _, o := range disclosure.Every() {
				if s.Shown(o, day) != r.shown(o, day) {
					t.Fatalf("on %s %s shows %t, the releases say %t:\n%+v", day, o, s.Shown(o, day), r.shown(o, day), s.Showing.Outlets)
				}
			}
		}
	})
	for _, typ := range disclosure.Codec().Types() {
		if published[typ] == 0 && !strings.Contains(typ, "adopted") {
			t.Errorf("no course came to %s", typ)
		}
	}
}

// threeHands looks back from a release for who submitted, reviewed and approved its document.
func threeHands(t *rapid.T, history []disclosure.Event) {
	digest, by := "", ""
	switch e := es.Event(history[len(history)-1]).(type) {
	case disclosure.Published:
		digest, by = e.Digest, e.By
	case disclosure.Corrected:
		digest, by = e.Digest, e.By
	default: // not asked
	}
	var submitter, approver string
	reviewers := map[string]bool{}
	clear := false
	for _, e := range slices.Backward(history[:len(history)-1]) {
		switch e := es.Event(e).(type) {
		case disclosure.Approved:
			if e.Digest == digest && approver == "" {
				approver = e.By
			}
		case disclosure.Reviewed:
			if e.Digest == digest {
				clear = clear || len(reviewers) == 0 && e.SecrecyClear
				reviewers[e.By] = true
			}
		case disclosure.Submitted:
			submitter = e.By
		default: // nobody's agreement
		}
		if submitter != "" {
			break
		}
	}
	if !clear || approver == "" || submitter == approver || reviewers[submitter] || reviewers[approver] || reviewers[by] || by == submitter {
		t.Fatalf("%s published what %s submitted, %v reviewed (clear: %t) and %s approved", by, submitter, reviewers, clear, approver)
	}
}
