package policy_test

import (
	"context"
	"iter"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// fixedRoster is a draw.Source over lists.
type fixedRoster struct {
	subjects []sortition.Subject
	officers []sortition.Inspector
}

func (r fixedRoster) Subjects(context.Context) iter.Seq2[draw.Candidate, error] {
	return func(yield func(draw.Candidate, error) bool) {
		for _, s := range r.subjects {
			if !yield(draw.Candidate{ID: s.ID, District: s.District, Status: "active"}, nil) {
				return
			}
		}
	}
}

func (r fixedRoster) Inspectors(context.Context) iter.Seq2[draw.Officer, error] {
	return func(yield func(draw.Officer, error) bool) {
		for _, o := range r.officers {
			if !yield(draw.Officer{Inspector: o, Authority: bureau}, nil) {
				return
			}
		}
	}
}

func (fixedRoster) Conflicts(context.Context) iter.Seq2[sortition.Conflict, error] {
	return sortition.Values[sortition.Conflict](nil)
}

func (fixedRoster) LastChange(context.Context) (es.Position, error) { return es.At(9, 0), nil }

func TestADrawAssignsEveryDrawnSubject(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.drawn()
	w.react()
	for _, sel := range w.selected(s) {
		got := stateOf(w, inspection.Decider, drawID+":"+sel.Subject).Assigned
		teams := []inspection.Team{{Department: "市场监管"}, {Department: "消防", Authority: fire}}
		for i, team := range sel.Teams {
			for _, id := range team.Inspectors {
				at := slices.IndexFunc(teams, func(x inspection.Team) bool { return x.Department == sel.Teams[i].Department })
				teams[at].Inspectors = append(teams[at].Inspectors, domain.InspectorID(id))
			}
		}
		want := &inspection.Assigned{
			Inspection: drawID + ":" + sel.Subject, Draw: drawID, Task: "xz-2026-t1", Plan: "xz-2026", Authority: bureau,
			Subject: domain.SubjectID(sel.Subject), SubjectName: "公司" + sel.Subject[len(sel.Subject)-1:], Teams: teams,
			Items:     []inspection.Item{{No: "1", Matter: "营业执照公示", Basis: []string{"条例第十条"}}, {No: "2", Matter: "消防设施"}},
			TaskTitle: "食品经营联合抽查", TaskKind: "untargeted", DueOn: day("2026-12-31"), OpensOn: day("2026-11-01"), Catalogue: "food", Version: 1,
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.EquateComparable(want.DueOn)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", sel.Subject, diff)
		}
	}
	if len(w.refused) > 0 {
		t.Errorf("refused: %v", w.refused)
	}
}

func TestAReplacementAssignsTheNextAndReleasesTheFormer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.drawn()
	w.react()
	out := w.selected(s)[0].Subject
	next, err := draw.Next(t.Context(), w.blobs, s, out, draw.Closed)
	if err != nil {
		t.Fatal(err)
	}
	w.add("draw", drawID, draw.Replaced{Number: 1, SubjectOut: out, Reason: draw.Closed, ReplacedBy: next.ReplacedBy})
	w.react()
	former, in := stateOf(w, inspection.Decider, drawID+":"+out), stateOf(w, inspection.Decider, drawID+":"+next.ReplacedBy.Subject)
	if former.Released == nil || former.Released.Reason != "closed" || former.Released.By != next.ReplacedBy.Subject {
		t.Errorf("the former was not released: %+v", former.Released)
	}
	if in.Assigned == nil || in.Released != nil {
		t.Errorf("the next was not assigned: %+v", in)
	}
}

func TestAResultIsSubmittedAndSubmittedAgainWhenCorrected(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := drawID + ":" + w.selected(w.drawn())[0].Subject
	w.react()
	w.conclude(id, inspection.NoProblem)
	w.react()
	d := stateOf(w, disclosure.Decider, "inspection."+id)
	want, _, err := disclosure.Canonical(named(w, policy.InspectionDocument(stateOf(w, inspection.Decider, id))))
	if err != nil || d.Draft.Stage != disclosure.Awaiting || string(d.Draft.Document) != string(want) || d.Draft.Submitter != "policy" || d.Draft.Reason != "" {
		t.Errorf("%v: draft %+v\nwant %s", err, d.Draft, want)
	}
	w.add("inspection", id, inspection.Corrected{Department: "市场监管", Outcomes: []inspection.Outcome{inspection.Unreachable}, Reason: "地址录错", By: "XZ-1"})
	w.react()
	again := stateOf(w, disclosure.Decider, "inspection."+id)
	if again.Draft.Digest == d.Draft.Digest || again.Draft.Reason != "地址录错" {
		t.Errorf("after the correction: %+v", again.Draft)
	}
	w.add("inspection", id, inspection.Corrected{Department: "市场监管", Outcomes: []inspection.Outcome{inspection.Unreachable}, Reason: "补充要点", By: "XZ-1",
		Findings: []inspection.Finding{{Item: "1", Result: inspection.NotApplicable, Note: "无人"}}})
	w.react()
	if d := stateOf(w, disclosure.Decider, "inspection."+id); d.Draft.Digest != again.Draft.Digest || d.Draft.Reason != "地址录错" {
		t.Errorf("after a correction of findings alone: %+v", d.Draft)
	}
	if len(w.refused) > 0 {
		t.Errorf("refused: %v", w.refused)
	}
}

func TestAResultIsSubmittedAgainAfterAnOrderAndItsRecheck(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := drawID + ":" + w.selected(w.drawn())[0].Subject
	w.react()
	ordered := inspection.RectificationOrdered{Demand: "限期改正", DueOn: day("2026-12-01"), By: "XZ-1"}
	w.add("inspection", id, ordered)
	w.react()
	if d := stateOf(w, disclosure.Decider, "inspection."+id); d.ID != "" {
		t.Errorf("an open inspection was submitted: %+v", d.Draft)
	}
	w.conclude(id, inspection.RectifiedOnOrder)
	w.react()
	last := stateOf(w, disclosure.Decider, "inspection."+id).Draft.Digest
	w.add("inspection", id, inspection.RectificationOrdered{Demand: "再次改正", DueOn: day("2026-12-11"), By: "XZ-1"})
	w.react()
	last = w.again(id, last, "登记责令改正")
	w.add("inspection", id, inspection.Rechecked{On: day("2026-12-02"), By: "XZ-1"})
	w.react()
	last = w.again(id, last, "登记复查结果：不合格")
	w.add("inspection", id, inspection.Rechecked{Passed: true, On: day("2026-12-03"), By: "XZ-1"})
	w.react()
	w.again(id, last, "登记复查结果：合格")
}

// What may not be published any more doesn't go on towards it; what is public is withdrawn by a person.
func TestWhatIsNotForThePublicAnyMoreIsRecalled(t *testing.T) {
	t.Parallel()
	warned := penalty.Amended{Reason: "复议变更", Kinds: []penalty.Kind{penalty.Warning}, Content: "警告", On: day("2026-04-01")}
	for name, end := range map[string]es.Event{
		"revoked":                   penalty.Revoked{Ground: penalty.GroundRevoked, Reason: "r", On: day("2026-04-01")},
		"amended to a bare warning": warned,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.add("penalty", "p", decided("p"))
			w.react()
			w.add("penalty", "p", end)
			w.react()
			d := stateOf(w, disclosure.Decider, "penalty.p").Draft
			if d.Stage != disclosure.SentBack || d.Return.By != policy.Account || d.Return.Reason == "" || len(w.refused) > 0 {
				t.Errorf("under way: %+v, refused %v", d, w.refused)
			}

			w = newWorld(t)
			w.add("penalty", "p", decided("p"))
			w.react()
			w.publish("penalty.p")
			w.add("penalty", "p", end)
			w.react()
			if s := stateOf(w, disclosure.Decider, "penalty.p"); !s.Public() || s.Draft.Stage != disclosure.Done || len(w.refused) > 0 {
				t.Errorf("public: %+v, refused %v", s, w.refused)
			}
		})
	}
}

func named(w *world, doc disclosure.Document) disclosure.Document {
	w.Helper()
	doc, err := policy.NameAuthority(w.Context(), w.store, doc)
	if err != nil {
		w.Fatal(err)
	}
	return doc
}

func decided(id string) penalty.Decided {
	return penalty.Decided{
		Penalty: id, Authority: bureau, AuthorityName: "西藏自治区市场监督管理局", DecisionNo: "藏市监处罚〔2026〕1号", DecisionNoNormal: "藏市监处罚[2026]1号",
		Procedure: penalty.Ordinary, Parties: []penalty.Party{{Kind: penalty.Legal, Name: "公司1", Subject: "ext:r:1"}}, Violation: "v", Facts: "f", Basis: "b",
		Kinds: []penalty.Kind{penalty.Fine}, Content: "罚款", FineFen: 200000, DecidedOn: day("2026-03-16"),
	}
}

func TestPenaltiesForThePublicAreSubmitted(t *testing.T) {
	t.Parallel()
	change := func(f func(*penalty.Decided)) penalty.Decided {
		d := decided("p")
		f(&d)
		return d
	}
	amended := penalty.Amended{Reason: "复议变更", Kinds: []penalty.Kind{penalty.Fine}, Content: "罚款", FineFen: 100000, On: day("2026-04-01")}
	revoked := penalty.Revoked{Ground: penalty.GroundRevoked, Reason: "r", On: day("2026-04-01")}
	taken := change(func(d *penalty.Decided) { d.SourceRow = &penalty.SourceRow{FileDigest: "ab", Line: 1} })
	cases := map[string]struct {
		history   []es.Event
		submitted bool
		reason    string
	}{
		"a fine":                       {[]es.Event{decided("p")}, true, ""},
		"an amended one":               {[]es.Event{decided("p"), amended}, true, "复议变更"},
		"a summary one":                {[]es.Event{change(func(d *penalty.Decided) { d.Procedure = penalty.Summary })}, false, ""},
		"a bare warning":               {[]es.Event{change(func(d *penalty.Decided) { d.Kinds, d.FineFen = []penalty.Kind{penalty.Warning}, 0 })}, false, ""},
		"one taken over":               {[]es.Event{taken}, false, ""},
		"one taken over, then amended": {[]es.Event{taken, amended}, true, "复议变更"},
		"one revoked at once":          {[]es.Event{decided("p"), revoked}, false, ""},
		"one that was only served":     {[]es.Event{taken, penalty.Served{On: day("2026-03-20")}}, false, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.add("penalty", "p", c.history...)
			w.react()
			d := stateOf(w, disclosure.Decider, "penalty.p")
			if (d.ID != "") != c.submitted || d.Draft.Reason != c.reason || len(w.refused) > 0 {
				t.Errorf("submitted %v with reason %q, refused %v", d.ID != "", d.Draft.Reason, w.refused)
			}
		})
	}
}

// TestADecisionIsCompletedForItsOtherParties has the first party's record alone, then all of them, and then one of another
// content.
func TestADecisionIsCompletedForItsOtherParties(t *testing.T) {
	t.Parallel()
	d := decided("")
	d.DecidedOn, d.Parties[0].Subject = day("1970-01-01"), "ext:reg:1" // the log of these tests begins then
	d.Parties = append(d.Parties, penalty.Party{Kind: penalty.Natural, Name: "李四"}, penalty.Party{Kind: penalty.Natural, Name: "李四"})
	fine := func(fen domain.Fen) *penalty.Sentence {
		return &penalty.Sentence{Kinds: []penalty.Kind{penalty.Fine}, Content: "罚款", FineFen: fen}
	}
	list, err := penalty.Apart(d, []*penalty.Sentence{fine(1), fine(2), fine(3)})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for i, one := range list {
		ids = append(ids, penalty.RecordID(one))
		list[i].Penalty, list[i].Decision = ids[i], ids[0]
		list[i].DecisionNoNormal = domain.NormalNo(one.DecisionNo)
	}
	w := newWorld(t)
	w.add("penalty", ids[0], list[0])
	w.react()
	for i, id := range ids {
		got := stateOf(w, penalty.Decider, id).Decision
		if got.FineFen != domain.Fen(i+1) || got.Place != i || got.Decision != ids[0] || got.Parties[0] != d.Parties[i] {
			t.Errorf("party %d: %+v", i, got)
		}
		if doc := stateOf(w, disclosure.Decider, "penalty."+id); doc.Draft.Author != "wang" {
			t.Errorf("party %d: submitted for %q", i, doc.Draft.Author)
		}
	}
	n := len(w.store.All())
	w.done = 0
	w.react()
	if again := len(w.store.All()); again != n || len(w.refused) > 0 {
		t.Errorf("%d records, after reacting again %d; refused %v", n, again, w.refused)
	}

	w = newWorld(t)
	other := list[1]
	other.Basis = "另一依据"
	w.add("penalty", ids[1], other)
	w.add("penalty", ids[0], list[0])
	w.react()
	if len(w.refused) != 1 || domain.KindOf(w.refused[0]) != domain.Conflict || !stateOf(w, penalty.Decider, ids[2]).Exists() {
		t.Errorf("beside a record of other content: refused %v", w.refused)
	}
}

// That a licence lapsed is submitted if somebody said so, and not if the date alone did.
func TestWhatADateAloneDemandsIsNotSubmitted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	granted := licence.Granted{
		Licence: "l1", Authority: bureau, AuthorityName: "局", Holder: licence.Holder{Kind: licence.Legal, Name: "公司1"}, DocumentTitle: "准予许可决定书",
		DocumentNo: "7号", Category: licence.Ordinary, Content: "c", DecidedOn: day("2026-01-08"), ValidFrom: day("2026-01-10"), ValidTo: day("2026-01-31"),
	}
	w.add("licence", "l1", granted, licence.Expired{On: day("2026-02-01")})
	granted.Licence = "l2"
	w.add("licence", "l2", granted)
	_, err := es.Transact(t.Context(), w.store, licence.Decider, "l2", licence.Command(licence.Expire{
		By: domain.Actor{Account: policy.Daily, Authority: bureau}, Today: day("2026-02-01"), On: day("2026-02-01"),
	}), es.Metadata{Command: es.DeriveID("", "expire"), Actor: policy.Daily})
	if err != nil {
		t.Fatal(err)
	}
	w.react()
	for id, want := range map[string]bool{"licence.l1.1": true, "licence.l2.0": true, "licence.l2.1": false} {
		if d := stateOf(w, disclosure.Decider, id); (d.ID != "") != want {
			t.Errorf("%s submitted: %v", id, d.ID != "")
		}
	}
}

func TestEachLicenceDecisionIsARecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("licence", "l1", licence.Granted{
		Licence: "l1", Authority: bureau, AuthorityName: "西藏自治区市场监督管理局", Holder: licence.Holder{Kind: licence.Legal, Name: "公司1"}, DocumentTitle: "准予许可决定书",
		DocumentNo: "7号", Category: licence.Ordinary, Content: "c", DecidedOn: day("2026-01-08"), ValidFrom: day("2026-01-10"), ValidTo: day("2031-01-09"),
	}, licence.Suspended{Reason: "违法", On: day("2026-02-01")})
	w.add("licence", "old:1", licence.TermTakenOver{
		Licence: "old:1", Authority: bureau, AuthorityName: "局", Register: "old", LicenceNo: "1", RowNo: "1", Holder: licence.Holder{Name: "公司2"},
		Action: licence.ActGrant, Title: "t", ValidFrom: day("2011-04-16"), ValidTo: day("2013-04-15"), Status: licence.StatusInForce,
	})
	w.react()
	for id, want := range map[string]bool{"licence.l1.0": true, "licence.l1.1": true, "licence.old:1.0": false} {
		if d := stateOf(w, disclosure.Decider, id); (d.ID != "") != want {
			t.Errorf("%s submitted: %v", id, d.ID != "")
		}
	}
}
