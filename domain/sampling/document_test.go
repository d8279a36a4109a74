package sampling_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
)

func TestDocument(t *testing.T) {
	history := failed(notified, lodged(1), sampling.RetestOrdered{Number: 1, Laboratory: otherLab},
		sampling.Retested{Number: 1, Laboratory: otherLab, BatchesFailing: 2, Failures: []sampling.Failure{failure()}, ReportNo: "FJ-1", ReportedOn: day("2026-03-10")})
	sample := failing()
	want := sampling.Document{
		Schema: sampling.Schema, ID: sampling.ResultID("na-2026-q1", sample), Sampling: "na-2026-q1", Kind: sampling.Food, Authority: bureau,
		AuthorityName: "宁安市市场监督管理局", Sample: &sample, BatchesFailing: 2,
		Retest:     &sampling.DocumentRetest{Laboratory: otherLab, BatchesFailing: 2, Failures: []sampling.Failure{failure()}, ReportNo: "FJ-1", ReportedOn: day("2026-03-10")},
		Objections: []sampling.DocumentObjection{{Role: sampling.SampledParty, Matter: sampling.MatterResult, State: sampling.Dismissed}},
	}
	got := fold(history...).Document()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(calendar.Date{})); diff != "" {
		t.Fatal(diff)
	}
	raw, digest, err := got.Encode()
	if sum := sha256.Sum256(raw); err != nil || digest != hex.EncodeToString(sum[:]) {
		t.Fatal(digest, err)
	}
	if strings.Contains(string(raw), "同批次自检合格") {
		t.Error("the words of an objection are public")
	}
	back, err := sampling.ParseDocument(raw)
	if diff := cmp.Diff(got, back, cmp.AllowUnexported(calendar.Date{})); diff != "" || err != nil {
		t.Error(diff, err)
	}
	stored, err := json.Marshal(sampling.ResultPublished{PublishedOn: today, Document: raw})
	var event sampling.ResultPublished
	if err != nil || json.Unmarshal(stored, &event) != nil || !bytes.Equal(event.Document, raw) {
		t.Errorf("stored as %s", stored)
	}
	for _, bad := range []string{``, `{}`, `{"schema":"mingjian.sampling.result.v1"}`, `{"schema":"mingjian.document.v1","id":"x"}`} {
		if _, err := sampling.ParseDocument([]byte(bad)); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
	gone := fold(failed(sampling.ResultAnnulled{Reason: "程序违法"})...).Document()
	if gone.Sample != nil || gone.Annulled != "程序违法" || gone.BatchesFailing != 0 {
		t.Errorf("%+v", gone)
	}
}

func TestListing(t *testing.T) {
	result := func(report string, history ...sampling.ResultEvent) sampling.Result {
		s := passing(func(s *sampling.Sample) { s.ReportNo = report })
		first := recorded(sampling.Food, s)
		if len(history) > 0 {
			first.Sample.BatchesFailing, first.Sample.Failures = 1, []sampling.Failure{failure()}
		}
		return fold(append([]sampling.ResultEvent{first}, history...)...)
	}
	public := sampling.ResultPublished{Version: 1, Digest: "x"}
	all := []sampling.Result{
		result("passed"), result("failed", sampling.ResultCorrected{Sample: failing(), By: "qian"}),
		result("objected to", lodged(1)), result("objected to and public", public, lodged(1)),
		result("annulled", sampling.ResultAnnulled{Reason: "x", By: "li"}), result("annulled and public", public, sampling.ResultAnnulled{Reason: "x", By: "wu"}),
		result("retested", lodged(1), sampling.RetestOrdered{Number: 1}, sampling.Retested{Number: 1, By: "zhou", ReportedOn: today}),
	}
	slices.SortFunc(all, func(a, b sampling.Result) int { return strings.Compare(a.ID, b.ID) })
	var out bytes.Buffer
	l := sampling.NewListing(&out)
	for _, r := range all {
		if err := l.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Add(all[0]); err == nil {
		t.Error("took results in any order")
	}
	list, totals, recorders := l.Sum()
	if want := (sampling.Totals{Products: 4, BatchesDrawn: 8, BatchesFailing: 2, Failing: 2, Held: 1, Annulled: 2}); totals != want {
		t.Errorf("totals %+v, want %+v", totals, want)
	}
	if !slices.Equal(recorders, []string{"li", "qian", "wang", "wu", "zhou"}) {
		t.Error(recorders)
	}
	sum := sha256.Sum256(out.Bytes())
	if list.Count != 5 || list.Digest != hex.EncodeToString(sum[:]) {
		t.Errorf("%+v", list)
	}
	n := 0
	for raw, err := range sampling.ReadList(&out) {
		if _, bad := sampling.ParseDocument(raw); bad != nil || err != nil {
			t.Error(bad, err)
		}
		n++
	}
	if n != list.Count {
		t.Errorf("read %d of %d", n, list.Count)
	}
	broken := errors.New("broken")
	for _, err := range sampling.ReadList(iotest.ErrReader(broken)) {
		if !errors.Is(err, broken) {
			t.Error(err)
		}
	}
	if err := sampling.NewListing(failingWriter{broken}).Add(result("passed")); !errors.Is(err, broken) {
		t.Error(err)
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }
