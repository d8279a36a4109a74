package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

func TestTheAnnualReportIsCountedAgain(t *testing.T) {
	t.Parallel()
	serving(t, func(ctx context.Context, in *instance, both []door) {
		o := newOffice(ctx, t, in, both)
		o.setUp()
		o.inspect("i1", "p-1", "2023-05-02", inspection.NoProblem)
		o.inspect("i2", "p-1", "2024-01-01", inspection.NoProblem)
		for i := range 3 {
			id := fmt.Sprint("l", i)
			o.add("licence", id, licence.Granted{Licence: id, Authority: "bs", Holder: licence.Holder{Name: "甲"}, DocumentTitle: "书", LicenceNo: id,
				DecidedOn: onDay("2023-02-02"), ValidFrom: onDay("2023-02-02"), ValidTo: onDay("2024-02-01")},
				licence.Renewed{DocumentNo: "续", DecidedOn: onDay("2023-12-31"), ValidFrom: onDay("2024-02-02"), ValidTo: onDay("2025-02-01")})
		}
		o.add("licence", "l0", licence.Expired{On: onDay("2023-12-31")})
		o.add("penalty", "f1", penalty.Decided{Penalty: "f1", Authority: "bs", DecisionNo: "0001", DecidedOn: onDay("2023-03-03"), FineFen: 200_010}, penalty.Revoked{On: onDay("2024-01-01"), Ground: "void", Reason: "x"})
		o.add("penalty", "f2", penalty.Decided{Penalty: "f2", Authority: "other", DecisionNo: "2", DecidedOn: onDay("2023-03-03")})
		clerk := o.person(domain.Clerk, "bs")
		report := &mingjianv1.GetAnnualReportResponse{}
		o.get(clerk, "/v1/annual-report", url.Values{"year": {"2023"}}, report)
		lines := o.unspoiled(first(o.file(clerk, "/v1/annual-report:export", url.Values{"year": {"2023"}, "format": {"csv"}})))
		got := ""
		for _, c := range report.GetCounts() {
			if c.Count == nil {
				got += c.GetMeasure() + "=- "
				continue
			}
			got += fmt.Sprintf("%s=%d ", c.GetMeasure(), c.GetCount())
			if n := recounted(t, lines, c.GetQuery()); n != c.GetCount() {
				t.Errorf("%s is %d, the rows are %d", c.GetMeasure(), c.GetCount(), n)
			}
		}
		if got != "licence=6 penalty=1 compulsion=- inspection=1 " || report.GetDueOn() != "2024-01-31" || report.GetAsOf() == "" {
			t.Errorf("%s due on %s as of %s", got, report.GetDueOn(), report.GetAsOf())
		}
		if i := slices.IndexFunc(lines, func(l []string) bool { return l[0] == "penalty" }); i < 0 || lines[i][4] != "0001" || lines[i][7] != "2000.10" || lines[i][8] != "200010" {
			t.Errorf("the penalty is %v", lines)
		}
		o.must(o.person(domain.Admin, homeBureau).post(ctx, "/v1/authorities/bs:succeed", &mingjianv1.SucceedAuthorityRequest{
			AuthorityId: "bs", SuccessorId: "other", Reason: "机构改革", EffectiveOn: "2024-06-01",
		}, &mingjianv1.SucceedAuthorityResponse{}))
		heir := o.person(domain.Clerk, "other")
		o.get(heir, "/v1/annual-report", url.Values{"year": {"2023"}}, report)
		lines = o.unspoiled(first(o.file(heir, "/v1/annual-report:export", url.Values{"year": {"2023"}, "format": {"csv"}})))
		if n := report.GetCounts()[1].GetCount(); n != 2 || recounted(t, lines, report.GetCounts()[1].GetQuery()) != 2 {
			t.Errorf("the successor's penalties are %d: %v", n, report.GetCounts()[1])
		}
	})
}

// TestOthersDontCountForAnAuthority, and a year is one.
func TestOthersDontCountForAnAuthority(t *testing.T) {
	t.Parallel()
	serving(t, func(ctx context.Context, in *instance, both []door) {
		o := newOffice(ctx, t, in, both)
		clerk := o.person(domain.Clerk, "bs")
		_, err := o.person(domain.Clerk, "other").call(ctx, http.MethodGet, "/v1/annual-report:export?year=2023&authority_id=bs", nil, nil)
		o.refusedWith(err, "authority.foreign")
		_, err = clerk.call(ctx, http.MethodGet, "/v1/annual-report:export?year=x", nil, nil)
		o.refusedWith(err, "request.uint32.gte_lte")
	})
}

// recounted asks the rows what a count asked the ledger.
func recounted(t *testing.T, lines [][]string, query string) (n int64) {
	t.Helper()
	var q struct {
		Count       string   `json:"count"`
		Actions     []string `json:"actions"`
		From        string   `json:"from"`
		To          string   `json:"to"`
		Authorities []string `json:"authorities"`
	}
	if err := json.Unmarshal([]byte(query), &q); err != nil {
		t.Fatal(errors.Join(err, errors.New(strconv.Quote(query))))
	}
	for _, l := range lines {
		if len(l) > 5 && l[0] == q.Count && l[3] >= q.From && l[3] <= q.To && slices.Contains(q.Authorities, l[2]) &&
			(len(q.Actions) == 0 || slices.Contains(q.Actions, l[5])) {
			n++
		}
	}
	return n
}
