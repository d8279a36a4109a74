package plan_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/plan"
)

const (
	bureau domain.AuthorityID = "11540000MB0000001A"
	fire   domain.AuthorityID = "11540000MB0000002B"
	digest                    = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

var (
	planner  = domain.Actor{Account: "zhao", Role: domain.Planner, Authority: bureau}
	approver = domain.Actor{Account: "sun", Role: domain.Approver, Authority: bureau}
	foreign  = domain.Actor{Account: "wu", Role: domain.Approver, Authority: fire}
	today    = calendar.MustParse("2026-01-20")
)

func draft() plan.DraftPlan {
	return plan.DraftPlan{
		By: planner, Plan: "xz-2026", Year: 2026, Title: "2026年度抽查计划", Catalogue: "xz-list", Version: 1,
		VersionPublished: true, Joint: true,
	}
}

func drafted() plan.Drafted {
	return plan.Drafted{
		Plan: "xz-2026", Authority: bureau, Year: 2026, Title: "2026年度抽查计划", Catalogue: "xz-list", Version: 1,
		Joint: true, By: "zhao",
	}
}

func approved() plan.Approved {
	return plan.Approved{By: "sun", ContentDigest: contentOf(drafted()).Digest()}
}

func contentOf(d plan.Drafted) plan.Content {
	return plan.Content{
		Plan: d.Plan, Authority: d.Authority, Year: d.Year, Title: d.Title, Catalogue: d.Catalogue, Version: d.Version, Joint: d.Joint,
	}
}

func published() plan.Published {
	return plan.Published{DocumentNo: "藏市监〔2026〕2号", AttachmentDigest: digest, PublishedOn: today}
}

func faults(codes ...string) func(error) bool {
	return func(err error) bool { return strings.Join(codesOf(err), " ") == strings.Join(codes, " ") }
}

func codesOf(err error) []string {
	if joined, many := err.(interface{ Unwrap() []error }); many {
		var out []string
		for _, e := range joined.Unwrap() {
			out = append(out, codesOf(e)...)
		}
		return out
	}
	if f := (*domain.Fault)(nil); errors.As(err, &f) {
		return []string{f.Code}
	}
	return []string{err.Error()}
}

func TestDrafting(t *testing.T) {
	scenario := estest.Of(plan.Decider)
	scenario.When(draft()).Then(t, drafted())
	scenario.Given(drafted()).When(draft()).ThenNothing(t)
	scenario.Given(drafted(), approved(), published()).When(draft()).ThenNothing(t)

	other := draft()
	other.Version = 2
	scenario.Given(drafted()).When(other).ThenError(t, faults("plan.exists"))
	scenario.Given(drafted(), plan.Cancelled{Reason: "重拟"}).When(draft()).Then(t, drafted())
	scenario.Given(drafted(), approved(), published(), plan.Cancelled{Reason: "重拟"}).When(draft()).
		ThenError(t, faults("plan.exists"))

	strange := draft()
	strange.By = foreign
	scenario.Given(drafted()).When(strange).ThenError(t, faults("plan.authority.foreign"))
	strange.By.Authority = ""
	scenario.When(strange).ThenError(t, faults("plan.authority.foreign"))
	scenario.When(plan.DraftPlan{By: planner, Plan: "计划", Year: 26}).ThenError(t,
		faults("plan.id.form", "plan.title.required", "plan.year.range", "plan.version_unpublished"))
}

func TestApprovingTakesAnotherPerson(t *testing.T) {
	scenario := estest.Of(plan.Decider)
	scenario.Given(drafted()).When(plan.ApprovePlan{By: approver}).Then(t, approved())
	scenario.Given(drafted(), approved()).When(plan.ApprovePlan{By: approver}).ThenNothing(t)
	exact := plan.ApprovePlan{By: approver, Expected: approved().ContentDigest}
	scenario.Given(drafted()).When(exact).Then(t, approved())
	scenario.Given(drafted(), approved()).When(exact).ThenNothing(t)
	scenario.Given(drafted(), plan.Approved{By: "sun"}).When(exact).ThenNothing(t)
	exact.Expected = digest
	scenario.Given(drafted()).When(exact).ThenError(t, faults("plan.approval.other_content"))
	scenario.Given(drafted(), approved()).When(exact).ThenError(t, faults("plan.approval.other_content"))
	scenario.Given(drafted()).When(plan.ApprovePlan{By: planner}).ThenError(t, faults("plan.approval.same_person"))
	scenario.Given(drafted()).When(plan.ApprovePlan{By: foreign}).ThenError(t, faults("plan.authority.foreign"))
	scenario.Given(drafted(), plan.Cancelled{Reason: "重拟"}).When(plan.ApprovePlan{By: approver}).ThenError(t, faults("plan.cancelled"))
	scenario.When(plan.ApprovePlan{By: approver}).ThenError(t, faults("plan.missing"))
}

func TestPublishing(t *testing.T) {
	scenario := estest.Of(plan.Decider)
	c := plan.PublishPlan{By: approver, Today: today, DocumentNo: "藏市监〔2026〕2号", AttachmentDigest: digest, PublishedOn: today}
	scenario.Given(drafted(), approved()).When(c).Then(t, published())
	scenario.Given(drafted(), approved(), published()).When(c).ThenNothing(t)
	scenario.Given(drafted()).When(c).ThenError(t, faults("plan.unapproved"))
	scenario.Given(drafted(), approved(), plan.Cancelled{Reason: "重拟"}).When(c).ThenError(t, faults("plan.cancelled"))

	c.DocumentNo, c.PublishedOn, c.AttachmentDigest = "", today.AddDays(1), "abc"
	scenario.Given(drafted(), approved()).When(c).ThenError(t,
		faults("plan.document_no.required", "plan.digest.form", "plan.published_on.future"))
	scenario.Given(drafted(), approved(), published()).When(c).ThenError(t, faults("plan.published"))
	c.By = foreign
	scenario.Given(drafted(), approved()).When(c).ThenError(t, faults("plan.authority.foreign"))
}

func TestAmending(t *testing.T) {
	known := estest.Of(plan.Decider).Given(drafted(), approved(), published())
	known.When(plan.AmendPlan{By: planner, Title: "新题", Reason: "笔误"}).Then(t, plan.Amended{Title: "新题", Reason: "笔误", By: "zhao"})
	known.When(plan.AmendPlan{By: planner, Reason: "附件更换"}).Then(t, plan.Amended{Reason: "附件更换", By: "zhao"})
	known.When(plan.AmendPlan{By: planner, Title: drafted().Title, Reason: "笔误"}).ThenNothing(t)
	known.When(plan.AmendPlan{By: planner, Title: "新\x00题"}).ThenError(t, faults("plan.title.text.control", "plan.reason.required"))
	known.When(plan.AmendPlan{By: foreign, Reason: "x"}).ThenError(t, faults("plan.authority.foreign"))
	estest.Of(plan.Decider).Given(drafted(), plan.Cancelled{Reason: "x"}).When(plan.AmendPlan{By: planner, Reason: "x"}).
		ThenError(t, faults("plan.cancelled"))
}

// What is approved is what is published: a change in between is a draft again, and whoever made it doesn't approve it.
func TestAmendingBeforePublicationNeedsApproval(t *testing.T) {
	scenario := estest.Of(plan.Decider)
	amended := plan.Amended{Title: "新题", Reason: "笔误", By: "qian"}
	again := scenario.Given(drafted(), approved(), amended)
	again.When(plan.PublishPlan{By: approver, Today: today, DocumentNo: "2号", PublishedOn: today}).ThenError(t, faults("plan.unapproved"))
	retitled := contentOf(drafted())
	retitled.Title = amended.Title
	again.When(plan.ApprovePlan{By: approver}).Then(t, plan.Approved{By: "sun", ContentDigest: retitled.Digest()})
	again.When(plan.ApprovePlan{By: approver, Expected: retitled.Digest()}).Then(t, plan.Approved{By: "sun", ContentDigest: retitled.Digest()})
	again.When(plan.ApprovePlan{By: approver, Expected: approved().ContentDigest}).ThenError(t, faults("plan.approval.other_content"))
	scenario.Given(drafted(), approved(), published(), amended).When(plan.ApprovePlan{By: approver, Expected: approved().ContentDigest}).ThenNothing(t)
	again.When(plan.ApprovePlan{By: planner}).ThenError(t, faults("plan.approval.same_person"))
	qian := domain.Actor{Account: "qian", Role: domain.Approver, Authority: bureau}
	again.When(plan.ApprovePlan{By: qian}).ThenError(t, faults("plan.approval.same_person"))
	scenario.Given(drafted(), amended).When(plan.ApprovePlan{By: qian}).ThenError(t, faults("plan.approval.same_person"))
	scenario.Given(drafted(), approved(), plan.Amended{Reason: "附件更换", By: "qian"}).
		When(plan.PublishPlan{By: approver, Today: today, DocumentNo: "2号", PublishedOn: today}).
		Then(t, plan.Published{DocumentNo: "2号", PublishedOn: today})
	scenario.Given(drafted(), approved(), published(), amended).When(plan.ApprovePlan{By: qian}).ThenNothing(t)
}

func TestCancelling(t *testing.T) {
	scenario := estest.Of(plan.Decider)
	c := plan.CancelPlan{By: planner, Reason: "机构改革"}
	scenario.Given(drafted(), approved(), published()).When(c).Then(t, plan.Cancelled{Reason: "机构改革"})
	scenario.Given(drafted(), plan.Cancelled{Reason: "x"}).When(c).ThenNothing(t)
	scenario.Given(drafted()).When(plan.CancelPlan{By: planner}).ThenError(t, faults("plan.reason.required"))
	scenario.When(c).ThenError(t, faults("plan.missing"))
	opened := plan.TaskOpened{Task: task()}
	scenario.Given(drafted(), approved(), published(), opened).When(c).ThenError(t, faults("plan.cancel.open_tasks"))
	scenario.Given(drafted(), approved(), published(), opened, plan.TaskCancelled{Task: "xz-2026-1", Reason: "x"}).When(c).
		Then(t, plan.Cancelled{Reason: "机构改革"})
}

func TestPlanOfATask(t *testing.T) {
	for task, want := range map[string]string{"xz-2026-1": "xz-2026", "a-b": "a", "x": "", "x-": "", "-x": "", "": ""} {
		if got, ok := plan.IDOfTask(task); got != want || ok != (want != "") {
			t.Errorf("IDOfTask(%q) = %q, %v; want %q", task, got, ok, want)
		}
	}
}

func examples() []plan.Event {
	return []plan.Event{
		drafted(), plan.Approved{By: "sun"}, approved(), published(), plan.Amended{Title: "新题", Reason: "笔误"}, plan.Cancelled{Reason: "机构改革"},
		plan.TaskOpened{Task: full()}, plan.TaskOpened{Task: task()}, plan.TaskOpened{Task: inLine()}, plan.TaskCancelled{Task: "xz-2026-1", Reason: "重复下达"},
		plan.Amended{Reason: "附件更换", By: "zhao"},
	}
}

func TestGoldens(t *testing.T) {
	estest.Golden(t, "testdata/events", plan.Codec(), examples()...)
}

func TestAnyHistoryFolds(t *testing.T) { estest.Fold(t, plan.Decider, examples()...) }

func FuzzDecode(f *testing.F) {
	types := plan.Codec().Types()
	f.Add(2, []byte(`{"plan":"xz-2026","year":2026}`))
	f.Add(6, []byte(`{"task":{"id":"xz-2026-1","window_start":"2026-03-01"}}`))
	f.Fuzz(func(_ *testing.T, typ int, data []byte) {
		if e, err := plan.Decider.Decode(types[uint(typ)%uint(len(types))], data); err == nil {
			plan.Decider.Evolve(plan.Decider.Initial, e)
		}
	})
}
