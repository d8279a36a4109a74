package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/listing"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

const listedID = "ext:r:1"

var caseID = listing.ID(listing.Abnormal, listedID)

func foundOf(kind string) listing.Found {
	return listing.Found{
		Listing: caseID, List: listing.Abnormal, Authority: bureau, Subject: listing.Subject{ID: listedID, Name: "公司1", Kind: kind}, Finding: 1,
		Ground: listing.Unreachable, Table: "abnormal-2014", Facts: "内部事实", Inspection: "i1", On: day("2026-03-02"), By: "policy",
	}
}

func decidedBy(no, on string) listing.Decision {
	return listing.Decision{AuthorityName: "西藏自治区市场监督管理局", DocumentNo: no, On: day(on), By: "wang"}
}

func enteredIn() listing.Entered {
	return listing.Entered{Entry: 1, Findings: []int{1}, Ground: listing.Unreachable, Table: "abnormal-2014", Decision: decidedBy("异1号", "2026-03-10")}
}

func addedTo() listing.GroundAdded {
	return listing.GroundAdded{Entry: 1, Findings: []int{2}, Ground: listing.FalseInfo, Table: "abnormal-2014", Decision: decidedBy("异2号", "2026-03-20")}
}

func removedFrom() listing.Removed {
	return listing.Removed{Entry: 1, Remedies: []listing.Remedy{listing.Reached, listing.Corrected}, Decision: decidedBy("移1号", "2026-04-03")}
}

func rescindedOf() listing.Rescinded {
	return listing.Rescinded{Entry: 1, Reason: "送达地址有误", Decision: decidedBy("撤1号", "2026-04-20")}
}

func TestListingDocument(t *testing.T) {
	state := fold(listing.Decider)(foundOf("enterprise"), enteredIn(), addedTo(), removedFrom(), rescindedOf())
	same(t, policy.ListingDocument(state, 1), `{
		"schema": "mingjian.document.v1", "kind": "listing", "record_id": "`+listing.RecordID(caseID, 1)+`", "date": "2026-03-10",
		"title": "列入经营异常名录（已撤销） 异1号", "authority": {"id": "11540000MB0000001A", "name": "西藏自治区市场监督管理局"},
		"subjects": [{"id": "ext:r:1", "name": "公司1", "kind": "enterprise"}],
		"listing": {"list": {"code": "abnormal", "label": "经营异常名录"}, "status": "rescinded", "grounds": [
			{"code": "unreachable", "label": "通过登记的住所或者经营场所无法联系", "basis": "《企业经营异常名录管理暂行办法》第四条第四项", "table": "abnormal-2014",
			 "authority_name": "西藏自治区市场监督管理局", "document_no": "异1号", "decided_on": "2026-03-10"},
			{"code": "false_info", "label": "公示信息隐瞒真实情况、弄虚作假", "basis": "《企业经营异常名录管理暂行办法》第四条第三项", "table": "abnormal-2014",
			 "authority_name": "西藏自治区市场监督管理局", "document_no": "异2号", "decided_on": "2026-03-20"}],
			"end": {"authority_name": "西藏自治区市场监督管理局", "document_no": "撤1号", "on": "2026-04-20", "reason": "送达地址有误"}}}`)
	for n := range 3 {
		if doc := policy.ListingDocument(state, n); (doc.Schema != "") != (n == 1) {
			t.Errorf("entry %d: %+v", n, doc)
		}
	}
}

func TestASoleTraderIsMarkedAndNotEntered(t *testing.T) {
	for name, c := range map[string]struct {
		kind    string
		history []listing.Event
		title   string
	}{
		"a firm":               {"enterprise", nil, "列入经营异常名录 异1号"},
		"a firm that left":     {"enterprise", []listing.Event{removedFrom()}, "列入经营异常名录（已移出） 异1号"},
		"a trader":             {"individual_business", nil, "标记为经营异常状态 异1号"},
		"a trader that left":   {"individual_business", []listing.Event{removedFrom()}, "标记为经营异常状态（已恢复正常记载状态） 异1号"},
		"a trader by mistake":  {"individual_business", []listing.Event{rescindedOf()}, "标记为经营异常状态（已撤销） 异1号"},
		"one of a former list": {"", nil, "列入经营异常名录 异1号"},
	} {
		t.Run(name, func(t *testing.T) {
			doc := policy.ListingDocument(fold(listing.Decider)(slices.Concat([]listing.Event{foundOf(c.kind), enteredIn()}, c.history)...), 1)
			if doc.Title != c.title || doc.Listing.Marked != strings.HasPrefix(c.title, "标记") {
				t.Errorf("%s, marked %t", doc.Title, doc.Listing.Marked)
			}
		})
	}
	serious := foundOf("individual_business")
	serious.List, serious.Ground, serious.Table = listing.Serious, listing.FoodSafety, "serious-2021"
	if doc := policy.ListingDocument(fold(listing.Decider)(serious, enteredIn()), 1); doc.Title != "列入严重违法失信名单 异1号" || doc.Listing.Marked {
		t.Error(doc.Title)
	}
}

func TestEachActOfAnEntryIsSubmitted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := "listing." + listing.RecordID(caseID, 1)
	w.add("listing", caseID, foundOf("enterprise"))
	w.react()
	if d := stateOf(w, disclosure.Decider, id); d.ID != "" {
		t.Errorf("a finding was submitted: %+v", d)
	}
	w.add("listing", caseID, enteredIn())
	w.react()
	draft := stateOf(w, disclosure.Decider, id).Draft
	if draft.Stage != disclosure.Awaiting || draft.Author != "wang" || draft.Reason != "" {
		t.Errorf("%+v", draft)
	}
	w.publish(id)
	last := draft.Digest
	for _, step := range []struct {
		e      listing.Event
		reason string
	}{
		{addedTo(), "增加列入事由：公示信息隐瞒真实情况、弄虚作假"}, {removedFrom(), "登记移出决定"},
	} {
		w.add("listing", caseID, step.e)
		w.react()
		now := stateOf(w, disclosure.Decider, id).Draft
		if now.Digest == last || now.Reason != step.reason || now.Stage != disclosure.Awaiting || len(w.refused) > 0 {
			t.Errorf("%T: %+v, refused %v", step.e, now, w.refused)
		}
		last = now.Digest
	}
}

// TestWhatWasRescindedIsNotCorrected: it is to be withdrawn, and a correction that is under way goes no further.
func TestWhatWasRescindedIsNotCorrected(t *testing.T) {
	t.Parallel()
	id := "listing." + listing.RecordID(caseID, 1)
	for name, underWay := range map[string][]listing.Event{"alone": nil, "with a ground under way": {addedTo()}, "after its removal": {removedFrom()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.add("listing", caseID, foundOf("enterprise"), enteredIn())
			w.react()
			w.publish(id)
			before := stateOf(w, disclosure.Decider, id)
			for _, e := range underWay {
				w.add("listing", caseID, e)
			}
			w.react()
			w.add("listing", caseID, rescindedOf())
			w.react()
			d := stateOf(w, disclosure.Decider, id)
			if d.Draft.Pending() || !d.Public() || d.Release.Digest != before.Release.Digest || len(w.refused) > 0 {
				t.Errorf("%+v, refused %v", d.Draft, w.refused)
			}
			if want := "列入决定已撤销：送达地址有误"; underWay != nil && (d.Draft.Stage != disclosure.SentBack || d.Draft.Return.Reason != want) {
				t.Errorf("what was under way: %+v", d.Draft)
			}
		})
	}
}

func TestWhatWasRescindedBeforeItWasPublicIsRecalled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := "listing." + listing.RecordID(caseID, 1)
	w.add("listing", caseID, foundOf("enterprise"), enteredIn())
	w.react()
	w.add("listing", caseID, rescindedOf())
	w.react()
	d := stateOf(w, disclosure.Decider, id).Draft
	if d.Stage != disclosure.SentBack || d.Return.By != policy.Account || d.Return.Reason != "列入决定已撤销：送达地址有误" || len(w.refused) > 0 {
		t.Errorf("%+v, refused %v", d, w.refused)
	}
	late := newWorld(t)
	late.add("listing", caseID, foundOf("enterprise"), enteredIn(), rescindedOf())
	late.react()
	if d := stateOf(late, disclosure.Decider, id); d.ID != "" || len(late.refused) > 0 {
		t.Errorf("what was rescinded at once is under way: %+v, refused %v", d, late.refused)
	}
}

// TestOutcomesAreProposedAndDecideNothing concludes inspections with every outcome there is.
func TestOutcomesAreProposedAndDecideNothing(t *testing.T) {
	t.Parallel()
	for _, row := range inspection.Outcomes() {
		t.Run(string(row.Code), func(t *testing.T) {
			t.Parallel()
			w, id, subject := oneInspection(t)
			w.conclude(id, row.Code)
			w.react()
			want := map[inspection.Outcome]listing.Ground{
				inspection.InfoNotDisclosed: listing.NotPublished, inspection.InfoFalse: listing.FalseInfo, inspection.Unreachable: listing.Unreachable,
			}[row.Code]
			s := stateOf(w, listing.Decider, listing.ID(listing.Abnormal, subject.ID))
			switch {
			case want == "" && s.Exists():
				t.Errorf("it led to %+v", s)
			case want == "":
			case len(s.Findings) != 1 || len(s.Entries) != 0:
				t.Errorf("%d findings and %d entries", len(s.Findings), len(s.Entries))
			default:
				f := s.Findings[0]
				if e := f.Found; e.Ground != want || f.Stage != listing.Waiting || e.By != policy.Account || e.Inspection != id || e.Subject != subject ||
					e.On != day("2026-11-20") || e.Authority != bureau || !strings.Contains(e.Facts, row.Label) {
					t.Errorf("%+v", f)
				}
			}
			if len(w.refused) > 0 {
				t.Error(w.refused)
			}
		})
	}
}

// oneInspection is one that waits for its result.
func oneInspection(t *testing.T) (w *world, id string, subject listing.Subject) {
	w = newWorld(t)
	s := w.drawn()
	w.react()
	first := w.selected(s)[0].Subject
	state := stateOf(w, roster.Subjects, first)
	return w, drawID + ":" + first, listing.Subject{ID: state.ID, Name: state.Name, Kind: string(state.Kind)}
}

func TestACorrectedOutcomeTakesItsProposalBack(t *testing.T) {
	t.Parallel()
	w, id, subject := oneInspection(t)
	w.conclude(id, inspection.Unreachable, inspection.InfoFalse)
	w.react()
	stream := listing.ID(listing.Abnormal, subject.ID)
	team := stateOf(w, inspection.Decider, id).Assigned.Teams
	for _, d := range team {
		w.add("inspection", id, inspection.Corrected{Department: d.Department, Outcomes: []inspection.Outcome{inspection.InfoFalse}, Reason: "已取得联系", By: d.Inspectors[0], On: day("2026-11-25")})
	}
	w.react()
	var got []string
	for _, f := range stateOf(w, listing.Decider, stream).Findings {
		got = append(got, string(f.Found.Ground)+" "+string(f.Stage))
	}
	if strings.Join(got, ", ") != "false_info waiting, unreachable retracted" || len(w.refused) > 0 {
		t.Errorf("%v, refused %v", got, w.refused)
	}
	// Handling all again changes nothing.
	n := len(w.store.All())
	for _, rec := range w.store.All() {
		if err := w.reactions().Handle(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.store.All()) != n {
		t.Errorf("%d records more", len(w.store.All())-n)
	}
}

// A sole trader has no ground of what was not published on order; one whose case another authority keeps is told of.
func TestWhatIsNoGroundIsNotProposed(t *testing.T) {
	t.Parallel()
	w, id, subject := oneInspection(t)
	w.add("subject", string(subject.ID), roster.SubjectRedescribed{Kind: roster.IndividualBusiness})
	w.conclude(id, inspection.InfoNotDisclosed)
	w.react()
	if s := stateOf(w, listing.Decider, listing.ID(listing.Abnormal, subject.ID)); s.Exists() || len(w.refused) > 0 {
		t.Errorf("%+v, refused %v", s, w.refused)
	}
	w, id, subject = oneInspection(t)
	stream := listing.ID(listing.Abnormal, subject.ID)
	foreign := foundOf("enterprise")
	foreign.Listing, foreign.Subject, foreign.Authority = stream, subject, fire
	w.add("listing", stream, foreign)
	w.conclude(id, inspection.Unreachable)
	w.react()
	if s := stateOf(w, listing.Decider, stream); len(s.Findings) != 1 || len(w.refused) != 1 {
		t.Errorf("%+v, refused %v", s, w.refused)
	}
}

func TestBrokenBytesOfListsAndRepliesAreErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("listing", caseID, foundOf("enterprise"), enteredIn())
	w.add("reply", "penalty.p", replied("penalty.p", 1, "甲"))
	for _, rec := range w.store.All() {
		if rec.Stream.Category == "authority" || rec.Type == (listing.Found{}).EventType() {
			continue
		}
		rec.Data = []byte(`["wrong"]`)
		if err := w.reactions().Handle(t.Context(), rec); err == nil {
			t.Errorf("%s with broken bytes was passed over", rec.Type)
		}
	}
}

// TestTheClocksOfAList holds the periods of findings, of publications and of applications for removal to the calendar.
func TestTheClocksOfAList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, second := foundOf("enterprise"), foundOf("enterprise")
	second.Finding, second.Ground, second.On = 2, listing.FalseInfo, day("2026-03-04")
	third := foundOf("enterprise")
	third.Finding, third.On = 3, day("2026-03-05")
	entry := listing.RecordID(caseID, 1)
	w.add("listing", caseID, first, second, third)
	w.expect(rule.Listing, caseID+".finding-1", "listing-finding-10 2026-03-16")
	w.expect(rule.Listing, caseID+".finding-2", "listing-finding-10 2026-03-18")
	settled := enteredIn()
	settled.Findings = []int{1, 3}
	w.add("listing", caseID, settled)
	w.expect(rule.Listing, caseID+".finding-1", "listing-finding-10 2026-03-16 met 2026-03-10")
	w.expect(rule.Listing, caseID+".finding-3", "listing-finding-10 2026-03-19 met 2026-03-10")
	w.expect(rule.Listing, entry, "listing-portal-20 2026-04-08, listing-gsxt-20 2026-04-08")
	w.publish("listing." + entry)
	w.expect(rule.Listing, entry, "listing-portal-20 2026-04-08 met 2026-03-20, listing-gsxt-20 2026-04-08")
	w.add("listing", caseID, listing.Dismissed{Finding: 2, Reason: "不实", On: day("2026-03-19"), By: "sun"})
	w.expect(rule.Listing, caseID+".finding-2", "listing-finding-10 2026-03-18 lapsed")
	w.add("listing", caseID, listing.RemovalApplied{Entry: 1, Application: 1, Statement: "已改", ReceivedOn: day("2026-03-23"), By: "wang"})
	w.expect(rule.Listing, entry, "listing-portal-20 2026-04-08 met 2026-03-20, listing-gsxt-20 2026-04-08, listing-removal-5 2026-03-30")
	w.add("listing", caseID, listing.RemovalRefused{Entry: 1, Application: 1, Reason: "未改", Decision: decidedBy("不移1号", "2026-03-24")},
		listing.RemovalApplied{Entry: 1, Application: 2, Statement: "已改", ReceivedOn: day("2026-03-25"), By: "wang"}, removedFrom())
	w.expect(rule.Listing, entry, "listing-portal-20 2026-04-08 met 2026-03-20, listing-gsxt-20 2026-04-08 lapsed, listing-removal-5 2026-03-30 met 2026-03-24, "+
		"listing-removal-5 2026-04-01 met 2026-04-03")
}

func TestNoPeriodIsKnownFromAFindingOfTheSeriousList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	serious := foundOf("enterprise")
	serious.List, serious.Ground, serious.Table, serious.Penalty = listing.Serious, listing.FoodSafety, "serious-2021", "p"
	repeated := foundOf("enterprise")
	repeated.Finding, repeated.Entry = 2, 1
	w.add("listing", caseID, serious, repeated, listing.Retracted{Finding: 2, Reason: "更正"})
	w.expect(rule.Listing, caseID+".finding-1", "")
	w.expect(rule.Listing, caseID+".finding-2", "")
}
