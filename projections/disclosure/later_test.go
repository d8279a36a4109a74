package disclosure_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	events "github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections/disclosure"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func TestLayersAreShown(t *testing.T) {
	b, s := newBook(t), submitted(t, "l1", "b1", "许可")
	s.Layers = []events.Layer{{ID: "law", Name: "法规科", Role: domain.Reviewer}, {ID: "secrecy", Name: "保密办", Role: domain.Reviewer, Secrecy: true}}
	for i, step := range []struct {
		event events.Event
		want  string
	}{
		{s, "submitted law []"},
		{events.LayerPassed{Layer: "law", Digest: s.Digest, By: "li", Opinion: "合法"}, "submitted secrecy [law:li]"},
		{events.Reviewed{Layer: "secrecy", Digest: s.Digest, By: "qian", Opinion: "含隐私"}, "submitted secrecy [law:li]"},
		{events.Reviewed{Layer: "secrecy", Digest: s.Digest, By: "qian", SecrecyClear: true}, "reviewed  [law:li secrecy:qian]"},
		{events.Returned{Digest: s.Digest, By: "qian"}, "returned  []"},
		{s, "submitted law []"},
	} {
		b.add("licence.l1", step.event)
		v := get(t, b)
		var passed []string
		for _, p := range v.GetDraft().GetPassed() {
			passed = append(passed, p.GetLayer()+":"+p.GetBy())
		}
		if got := fmt.Sprint(v.GetStatus(), " ", v.GetDraft().GetNextLayer(), " ", passed); got != step.want {
			t.Errorf("step %d, %T: %s, want %s", i, step.event, got, step.want)
		}
	}
}

// TestWhatWasWithheldIsListed asks the list of the self-check as it goes.
func TestWhatWasWithheldIsListed(t *testing.T) {
	b := newBook(t)
	s, other := submitted(t, "l1", "b1", "许可"), submitted(t, "l2", "b2", "其他")
	withheld := func(on string, parts ...string) events.Withheld {
		return events.Withheld{
			Withholding: 1, Publicity: events.OnRequest, Ground: events.Labelled{Code: "process", Label: "过程性信息"}, Basis: "b",
			List: "2019-05-15", Parts: parts, On: day(on), CheckBy: day("2027-01-10"), By: "zhao",
		}
	}
	b.add("licence.l1", s, withheld("2026-03-20"))
	b.add("licence.l2", other, withheld("2025-12-31"))
	v := get(t, b)
	if v.GetStatus() != "withheld" || v.GetPublicity() != "on_request" || len(v.GetWithholdings()) != 1 {
		t.Errorf("view %v", v)
	}
	list := func(f disclosure.WithheldFilter) string {
		t.Helper()
		f.PageSize = 10
		views := projectionstest.Live(t, disclosure.Projection(), b.records)
		page, _, err := disclosure.ListWithheld(t.Context(), views, f)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, w := range page {
			out = append(out, w.GetId()+" "+w.GetState()+" "+w.GetCheckBy())
		}
		return strings.Join(out, ", ")
	}
	lastYear := disclosure.WithheldFilter{Authority: "b1", State: disclosure.Open, Year: 2026}
	for name, c := range map[string]struct {
		filter disclosure.WithheldFilter
		want   string
	}{
		"all":         {disclosure.WithheldFilter{}, "licence.l2#1 open 2027-01-10, licence.l1#1 open 2027-01-10"},
		"authority":   {disclosure.WithheldFilter{Authority: "b2"}, "licence.l2#1 open 2027-01-10"},
		"self-check":  {lastYear, "licence.l1#1 open 2027-01-10"},
		"of a year":   {disclosure.WithheldFilter{State: disclosure.Open, Year: 2025}, "licence.l2#1 open 2027-01-10"},
		"lifted ones": {disclosure.WithheldFilter{State: disclosure.Lifted}, ""},
	} {
		if got := list(c.filter); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	b.add("licence.l1", events.WithholdingReviewed{Withholding: 1, Kept: true, By: "li", On: day("2027-01-05"), CheckBy: day("2028-01-10")})
	if got := list(lastYear); got != "" {
		t.Errorf("looked at, and still listed: %s", got)
	}
	b.add("licence.l1", events.WithholdingLifted{Withholding: 1, By: "li", Reason: "同意公开", On: day("2027-02-01")})
	if got := list(disclosure.WithheldFilter{Authority: "b1", State: disclosure.Lifted}); got != "licence.l1#1 lifted " {
		t.Errorf("lifted: %s", got)
	}
	if v := get(t, b); v.GetStatus() != "submitted" || v.GetPublicity() != "proactive" {
		t.Errorf("view %v", v)
	}
	partial := withheld("2027-02-02", "licence.content")
	partial.Withholding, partial.Document, partial.Remaining = 2, s.Document, "rest"
	b.add("licence.l1", partial)
	if v := get(t, b); v.GetStatus() != "submitted" || v.GetPublicity() != "proactive" || v.GetDraft().GetDigest() != "rest" {
		t.Errorf("view %v", v)
	}
}

func TestRepairsAndTermsAreKept(t *testing.T) {
	b, s := newBook(t), submitted(t, "l1", "b1", "许可")
	terms := []rule.Term{
		{Outlet: rule.Portal, From: day("2026-03-20"), Until: day("2027-03-20"), Rule: "p"},
		{Outlet: rule.GSXT, From: day("2026-03-20"), Until: day("2029-03-20"), Rule: "g"},
		{Outlet: rule.CreditChina, From: day("2026-03-20"), Rule: "c"},
	}
	over := func(on string) string {
		t.Helper()
		list, _, err := disclosure.TermsOver(t.Context(), projectionstest.Live(t, disclosure.Projection(), b.records), day(on), 10, "")
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, o := range list {
			out = append(out, fmt.Sprint(o.Disclosure, " ", o.Outlet, " ", o.Until))
		}
		return strings.Join(out, ", ")
	}
	repairs := func(state string) string {
		t.Helper()
		views := projectionstest.Live(t, disclosure.Projection(), b.records)
		list, _, err := disclosure.ListRepairs(t.Context(), views, disclosure.RepairFilter{Authority: "b1", State: state, PageSize: 10})
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, r := range list {
			out = append(out, r.GetId()+" "+r.GetState()+" "+r.GetDueOn())
		}
		return strings.Join(out, ", ")
	}
	b.add("licence.l1", s, events.Published{Document: s.Document, Digest: s.Digest, Number: 1, By: "zhao", On: day("2026-03-20"), Terms: terms})
	for on, want := range map[string]string{
		"2027-03-20": "", "2027-03-21": "licence.l1 portal 2027-03-20",
		"2030-01-01": "licence.l1 portal 2027-03-20, licence.l1 gsxt 2029-03-20",
	} {
		if got := over(on); got != want {
			t.Errorf("over by %s: %q, want %q", on, got, want)
		}
	}
	paper := events.Material{Title: "缴款凭证", Digest: "aa"}
	b.add("licence.l1",
		events.RepairApplied{
			Repair: "r1", Applicant: events.Administrator, Outlets: []rule.Outlet{rule.GSXT}, Materials: []events.Material{paper},
			Commitment: paper, By: "wang", On: day("2026-07-01"), DueOn: day("2026-07-15"), DueRule: "x",
		},
		events.RepairApplied{Repair: "r2", On: day("2026-07-01"), DueOn: day("2026-07-14")})
	if got := repairs(""); got != "r2 applied 2026-07-14, r1 applied 2026-07-15" {
		t.Errorf("repairs %q", got)
	}
	b.add("licence.l1", events.RepairChecked{Repair: "r1", By: "li", On: day("2026-07-02"), Conditions: []events.Condition{{Code: events.Period, Verdict: events.Met}}})
	if got := repairs(disclosure.Checked); got != "r1 checked 2026-07-15" {
		t.Errorf("repairs %q", got)
	}
	b.add("licence.l1", events.RepairDecided{Repair: "r1", Granted: true, Reason: "符合", By: "zhao", On: day("2026-07-03")},
		events.Ended{Outlets: []rule.Outlet{rule.GSXT}, Cause: events.Repaired, Reason: "信用修复", Number: 2, By: "zhao", On: day("2026-07-03")})
	if got := over("2030-01-01"); got != "licence.l1 portal 2027-03-20" {
		t.Errorf("over: %q", got)
	}
	v := get(t, b)
	r := v.GetRepairs()[0]
	if r.GetState() != disclosure.Granted || r.GetApplicantLabel() != "破产管理人" || r.GetConditions()[0].GetLabel() != "已达到最短公示期" || v.GetStatus() != "published" {
		t.Errorf("repair %v of %s", r, v.GetStatus())
	}
	b.add("licence.l1", events.Withdrawn{Ground: events.GroundError, Reason: "有误", Number: 3, By: "zhao", On: day("2026-07-04")})
	if got := over("2030-01-01") + repairs(disclosure.Void); got != "r2 void 2026-07-14" {
		t.Errorf("after the withdrawal: %q", got)
	}
}

func TestEndedEverywhere(t *testing.T) {
	b, s := newBook(t), submitted(t, "l1", "b1", "许可")
	b.add("licence.l1", s, events.Published{Document: s.Document, Digest: s.Digest, Number: 1, By: "zhao", On: day("2026-03-20")},
		events.Masked{Outlets: []rule.Outlet{rule.Portal}, DocumentNo: "破1号", Number: 2, By: "zhao", On: day("2026-04-01")})
	v := get(t, b)
	if v.GetStatus() != "published" || !v.GetOutlets()[0].GetMasked() || v.GetRelease().GetDocumentNo() != "破1号" ||
		v.GetRelease().GetKind() != viewv1.ReleaseKind_RELEASE_KIND_MASKED {
		t.Errorf("masked: %v", v)
	}
	b.add("licence.l1", events.Ended{Outlets: []rule.Outlet{rule.Portal}, Cause: events.Expired, Number: 3, On: day("2026-05-01")})
	if v := get(t, b); v.GetStatus() != "ended" || v.GetStatusLabel() != "已停止公示" || v.GetPublic() || v.GetOutlets()[0].GetEnded() != "expired" {
		t.Errorf("ended: %v", v)
	}
}
