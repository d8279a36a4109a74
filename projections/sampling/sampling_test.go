package sampling_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/domain"
	events "github.com/mingjian-ledger/mingjian/domain/sampling"
	"github.com/mingjian-ledger/mingjian/projections/sampling"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func same(t *testing.T, what string, want, got proto.Message, err error) {
	t.Helper()
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" || err != nil {
		t.Errorf("%s: %v %s", what, err, diff)
	}
}

func acts(list []*viewv1.SamplingAct) (out []string) {
	for _, a := range list {
		out = append(out, a.GetAct()+" "+a.GetLabel())
	}
	return out
}

func TestACampaign(t *testing.T) {
	b := newBook(t)
	b.campaign("c1", opened("c1", 2026), events.PlanDrafted{Version: 1, Plan: plan(100), By: "zhao"}, events.PlanDrafted{Version: 1, Plan: plan(120), By: "zhao"})
	if _, err := sampling.Get(t.Context(), b.live(), "c1"); domain.KindOf(err) != domain.NotFound {
		t.Errorf("a campaign is public before it published anything: %v", err)
	}
	b.campaign("c1", published(events.ActPlan, 1),
		events.SchemeDrafted{Version: 1, By: "zhao", Scheme: events.Scheme{Title: "方案", Content: "x", AttachmentDigest: "aa", Products: []events.PlannedProduct{
			{Product: "韭菜", Batches: 20, Method: "随机", Items: []string{"镉"}, Standards: []string{"GB 2762"}},
		}}},
		published(events.ActScheme, 1),
		events.PlanDrafted{Version: 2, Reason: "增加", Plan: plan(150), By: "zhao"},
		events.LaboratoriesDrafted{Version: 1, By: "zhao", Selection: events.Selection{Content: "y", AttachmentDigest: "bb", Laboratories: []events.Laboratory{
			{Name: "南京院", Code: "ext:r:9", AccreditationNo: "CMA1", Manner: events.Tendered, TenderNo: "T1", Reason: "z", Products: []string{"韭菜"}},
		}}})
	want := &viewv1.Sampling{
		Id: "c1", AuthorityId: "b1", AuthorityName: "甲局", Kind: "food", KindLabel: "食品安全监督抽检", Year: 2026, Title: "抽检 c1", OpenedAt: "2026-03-20T01:00:00Z",
		Missing: []*viewv1.SamplingAct{{Act: "laboratories", Label: "检验机构"}, {Act: "results", Label: "抽查结果"}},
		Plans: []*viewv1.SamplingPlan{{
			Publication: &viewv1.SamplingPublication{Version: 1, DocumentNo: "1号", PublishedOn: "2026-01-04"},
			Title:       "计划", Content: "内容", From: "2026-01-05", To: "2026-03-31", Batches: 120,
		}},
		Schemes: []*viewv1.SamplingScheme{{
			Publication: &viewv1.SamplingPublication{Version: 1, DocumentNo: "1号", PublishedOn: "2026-01-04"}, Title: "方案", Content: "x", AttachmentDigest: "aa",
			Products: []*viewv1.SamplingProduct{{Product: "韭菜", Batches: 20, Method: "随机", Items: []string{"镉"}, Standards: []string{"GB 2762"}}},
		}},
	}
	views := b.live()
	got, err := sampling.Get(t.Context(), views, "c1")
	same(t, "public", want, got, err)
	desk, err := sampling.Desk(t.Context(), views, "c1")
	same(t, "desk", &viewv1.SamplingDesk{Sampling: want, Public: true, Drafts: []*viewv1.SamplingDraft{
		{DraftedBy: "zhao", Plan: &viewv1.SamplingPlan{
			Publication: &viewv1.SamplingPublication{Version: 2, Reason: "增加"},
			Title:       "计划", Content: "内容", From: "2026-01-05", To: "2026-03-31", Batches: 150,
		}},
		{DraftedBy: "zhao", Selection: &viewv1.SamplingSelection{
			Publication: &viewv1.SamplingPublication{Version: 1}, Content: "y", AttachmentDigest: "bb", Laboratories: []*viewv1.SamplingLaboratory{{
				Name: "南京院", Code: "ext:r:9", AccreditationNo: "CMA1", Manner: "tendered", MannerLabel: "招标", TenderNo: "T1", Reason: "z", Products: []string{"韭菜"},
			}},
		}},
	}}, desk, err)

	b.campaign("c1", published(events.ActLaboratories, 1), published(events.ActPlan, 2), events.Cancelled{Reason: "调整"}, events.ResultsPublished{
		Version: 1, DocumentNo: "9号", PublishedOn: day("2026-03-01"), By: "sun", List: events.List{Digest: "dd", Count: 7},
		Totals: events.Totals{Products: 6, BatchesDrawn: 12, BatchesFailing: 3, Failing: 2, Held: 1, Annulled: 4},
	})
	got, err = sampling.Get(t.Context(), b.live(), "c1")
	if err != nil || len(got.GetMissing()) != 0 || len(got.GetPlans()) != 2 || got.GetPlans()[0].GetBatches() != 120 ||
		got.GetPlans()[1].GetPublication().GetReason() != "增加" || got.GetCancelled() != "调整" {
		t.Errorf("%v %v", got, err)
	}
	same(t, "results", &viewv1.SamplingResults{
		Publication: &viewv1.SamplingPublication{Version: 1, DocumentNo: "9号", PublishedOn: "2026-03-01"}, ListDigest: "dd", Count: 7,
		Products: 6, BatchesDrawn: 12, BatchesFailing: 3, Failing: 2, Held: 1, Annulled: 4,
	}, got.GetResults()[0], nil)
}

// TestTestingWithoutPublishingShows: once a result is entered the campaign is public, with all that it owes.
func TestTestingWithoutPublishingShows(t *testing.T) {
	b := newBook(t)
	b.campaign("c1", opened("c1", 2026), events.PlanDrafted{Version: 1, Plan: plan(100), By: "zhao"})
	b.result("r1", recorded("r1", "c1", events.Food, sampleOf("2026-01-30", 0)))
	got, err := sampling.Get(t.Context(), b.live(), "c1")
	want := []string{"plan 工作计划", "scheme 抽查方案", "laboratories 检验机构", "results 抽查结果"}
	if err != nil || !slices.Equal(acts(got.GetMissing()), want) || len(got.GetPlans()) != 0 {
		t.Errorf("%v %v", got, err)
	}
}

func TestAResultForStaff(t *testing.T) {
	b := newBook(t)
	b.campaign("c1", opened("c1", 2026))
	b.result("r1", story(t, "r1", "c1")...)
	got, err := sampling.Result(t.Context(), b.live(), "r1")
	failures := func(measured, batch string, microbial bool) []*viewv1.SampleFailure {
		return []*viewv1.SampleFailure{{Item: "腐霉利", Measured: measured, Limit: "0.2", Standard: "GB 2763", Batch: batch, Microbial: microbial}}
	}
	same(t, "staff", &viewv1.SamplingResult{
		Id: "r1", SamplingId: "c1", AuthorityId: "b1", AuthorityName: "甲局", Kind: "food", KindLabel: "食品安全监督抽检",
		Sample: &viewv1.SampledProduct{
			Product: "韭菜", Trademark: "青山", Specification: "散装", Stage: "circulation", StageLabel: "流通环节", Batches: []string{"1", "2"}, BatchesDrawn: 2, BatchesFailing: 1,
			Failures: failures("0.45", "1", true), Laboratory: &viewv1.SampleLaboratory{Name: "南京院", Code: "ext:r:9"},
			SampledFrom: &viewv1.SampleParty{Name: "惠民超市", SubjectId: "91320105780688132K", Address: "人民路1号"}, Producer: &viewv1.SampleParty{Name: "青山农场"},
			SampledOn: "2026-01-12", ReportNo: "SP-1", ReportedOn: "2026-01-30",
		},
		Notices: []*viewv1.SampleNotice{{Role: "sampled_party", RoleLabel: "被抽样单位", On: "2026-02-01"}},
		Objections: []*viewv1.SampleObjection{{
			Number: 1, Role: "sampled_party", RoleLabel: "被抽样单位", Matter: "result", MatterLabel: "检验结论（申请复检）", State: "dismissed", StateLabel: "复检维持不合格结论",
			Ground: "自检合格", LodgedOn: "2026-02-02", Deadline: "2026-02-10", Provisional: true, Rule: "food-2019", EndedOn: "2026-02-20",
			Laboratory: &viewv1.SampleLaboratory{Name: "安徽院"}, OrderedOn: "2026-02-04",
		}},
		Retest: &viewv1.SampleRetest{
			Laboratory: &viewv1.SampleLaboratory{Name: "安徽院"}, BatchesFailing: 2, Failures: failures("0.5", "", false), ReportNo: "FJ-1", ReportedOn: "2026-02-20",
		},
		Handlings: []*viewv1.SampleHandling{{
			Number: 1, OpenedOn: "2026-01-30", DueOn: "2026-04-30", Outcome: "penalised", OutcomeLabel: "已处罚", ClosedOn: "2026-03-01", Note: "结案说明", ClosedBy: "qian",
			Steps: []*viewv1.SampleHandlingStep{{
				Kind: "recalled", KindLabel: "召回", On: "2026-02-03", Quantity: "3 kg", CaseNo: "立1号", PenaltyId: "p1", Note: "内部备注", RecordedBy: "wang",
			}},
		}},
		BatchesFailing: 2, Failing: true, HandlingState: "closed", PublishedVersion: 1, Digest: got.GetDigest(), Stale: true,
		RecordedAt: "2026-03-20T01:01:00Z", RecordedBy: "wang",
	}, got, err)
}

// TestWhatThePublicSees holds the public row to the published document, with what goes on beside it in codes.
func TestWhatThePublicSees(t *testing.T) {
	b := newBook(t)
	b.campaign("c1", opened("c1", 2026))
	history := story(t, "r1", "c1")
	b.result("r1", history[:5]...)
	if _, err := sampling.Shown(t.Context(), b.live(), "r1"); domain.KindOf(err) != domain.NotFound {
		t.Errorf("a result is public before it was published: %v", err)
	}
	b.result("r1", history[5])
	got, err := sampling.Shown(t.Context(), b.live(), "r1")
	if err != nil || got.GetUnderRevision() || got.GetHandlingState() != "open" || got.GetObjections()[0].GetState() != "pending" || got.GetBatchesFailing() != 1 {
		t.Errorf("%v %v", got, err)
	}
	b.result("r1", history[6:]...)
	got, err = sampling.Shown(t.Context(), b.live(), "r1")
	if err != nil || !got.GetUnderRevision() || got.GetHandlingState() != "closed" || got.GetHandling().GetOutcomeLabel() != "已处罚" ||
		got.GetBatchesFailing() != 1 || got.GetRetest() != nil || got.GetObjections()[0].GetState() != "pending" {
		t.Errorf("what was published changed without a publication: %v %v", got, err)
	}
	for _, secret := range []string{"自检合格", "内部备注", "结案说明", "3 kg", "立1号", "wang", "qian"} {
		if strings.Contains(prototext.Format(got), secret) {
			t.Errorf("%q is public", secret)
		}
	}
	b.result("r1", shown(t, 2, history...))
	got, err = sampling.Shown(t.Context(), b.live(), "r1")
	if err != nil || got.GetUnderRevision() || got.GetVersion() != 2 || got.GetBatchesFailing() != 2 || got.GetRetest().GetReportNo() != "FJ-1" ||
		got.GetObjections()[0].GetState() != "dismissed" || got.GetSample().GetProducer().GetName() != "青山农场" || !got.GetFailing() ||
		got.GetDocumentNo() != "9号" || got.GetPublishedOn() != "2026-03-01" || got.GetKindLabel() != "食品安全监督抽检" {
		t.Errorf("%v %v", got, err)
	}
	annulled := append(slices.Clone(history), events.ResultAnnulled{Reason: "程序违法", By: "li"})
	b.result("r1", annulled[len(history)], shown(t, 3, annulled...))
	got, err = sampling.Shown(t.Context(), b.live(), "r1")
	if err != nil || got.GetSample() != nil || got.GetAnnulled() != "程序违法" || got.GetFailing() || got.GetUnderRevision() {
		t.Errorf("%v %v", got, err)
	}
}

// TestTheViewFollowsTheAggregate holds result and counts to what the aggregate says after each event of every story.
func TestTheViewFollowsTheAggregate(t *testing.T) {
	passed := story(t, "r2", "c1")
	retested := passed[7].(events.Retested)
	retested.BatchesFailing, retested.Failures = 0, nil
	passed[7], passed[8] = retested, events.HandlingClosed{Outcome: events.OutcomeRetestPassed, On: day("2026-03-01")}
	first := story(t, "r3", "c1")
	cleared := sampleOf("2026-01-30", 0)
	stories := map[string][]events.ResultEvent{
		"r1": story(t, "r1", "c1"), "r2": passed,
		"r3": append(first[:6:6], events.ObjectionWithdrawn{Number: 1, On: day("2026-03-01"), Reason: "x"}, events.ResultCorrected{Sample: cleared, Reason: "y", By: "li"},
			events.HandlingClosed{Outcome: events.OutcomeCorrected, On: day("2026-03-01")}, events.ResultCorrected{Sample: sampleOf("2026-02-01", 2), Reason: "z", By: "li"},
			events.HandlingOpened{Number: 2, On: day("2026-03-02")}, events.ResultAnnulled{Reason: "w"}, events.HandlingClosed{Outcome: events.OutcomeAnnulled, On: day("2026-03-01")}),
		"r4": append(story(t, "r4", "c1")[:5:5], events.ObjectionRefused{Number: 1, On: day("2026-03-01"), Reason: "x"}, events.ResultAnnulled{Reason: "y"}),
		"r5": append(story(t, "r5", "c1")[:5:5], events.ResultCorrected{Sample: cleared, Reason: "y", By: "li"}, events.HandlingClosed{Outcome: events.OutcomeCorrected, On: day("2026-03-01")}),
	}
	b := newBook(t)
	b.campaign("c1", opened("c1", 2026))
	states := map[string]events.Result{}
	for n := range 13 {
		for _, id := range []string{"r1", "r2", "r3", "r4", "r5"} {
			if n < len(stories[id]) {
				b.result(id, stories[id][n])
				states[id] = events.Results.Evolve(states[id], stories[id][n])
			}
		}
		views := b.live()
		var want, got viewv1.SamplingDesk
		for id, r := range states {
			v, err := sampling.Result(t.Context(), views, id)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, n, v, r)
			tally(&want, r)
		}
		desk, err := sampling.Desk(t.Context(), views, "c1")
		if err != nil {
			t.Fatal(err)
		}
		proto.Merge(&got, desk)
		got.Sampling, got.Public = nil, false
		same(t, "counts", &want, &got, nil)
	}
}

func compare(t *testing.T, n int, v *viewv1.SamplingResult, r events.Result) {
	t.Helper()
	state := map[bool]string{true: "closed", false: ""}[len(r.Handlings) > 0]
	if r.Open() != nil {
		state = "open"
	}
	if v.GetFailing() != r.Failing() || int(v.GetBatchesFailing()) != r.BatchesFailing() || v.GetStale() != r.Stale || v.GetDigest() != r.Digest ||
		int(v.GetPublishedVersion()) != r.Version || v.GetHandlingState() != state || v.GetAnnulled() != r.Annulled ||
		len(v.GetHandlings()) != len(r.Handlings) || !slices.Equal(v.GetCorrections(), r.Corrections) || v.GetSample().GetReportedOn() != r.Sample.ReportedOn.String() {
		t.Errorf("after %d events the view says %v, the aggregate %+v", n+1, v, r)
	}
	for i, o := range r.Objections {
		if got := v.GetObjections()[i]; got.GetState() != string(o.State) || got.GetEndedOn() != o.EndedOn.String() || got.GetReason() != o.Reason {
			t.Errorf("after %d events objection %d is %v, want %+v", n+1, i+1, got, o)
		}
	}
}

func tally(d *viewv1.SamplingDesk, r events.Result) {
	d.Results++
	for _, c := range []struct {
		holds bool
		at    *int32
	}{
		{r.Failing(), &d.Failing}, {r.Version == 0 && r.Annulled == "", &d.Unpublished}, {r.Stale, &d.Stale}, {r.Objected(), &d.Objected}, {r.Open() != nil, &d.HandlingsOpen},
	} {
		if c.holds {
			*c.at++
		}
	}
}
