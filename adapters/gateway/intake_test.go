package gateway_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
)

const intake = "/v1/public/correction-requests"

// adopt makes a penalty public.
func (w *world) adopt(id string) {
	w.Helper()
	b, digest := w.document(id, "2026-03-16", "罚款")
	r := disclosure.Record{Kind: disclosure.Penalty, ID: id}
	w.append(disclosure.Decider.Category, r.Disclosure(), disclosure.Adopted{
		Disclosure: r.Disclosure(), Record: r, Authority: bureau, Document: b, Digest: digest, Source: "旧系统", PublishedOn: calendar.MustParse("2026-03-17"), Number: 1, By: "root",
	})
	w.settle()
}

func doubt(statement string) io.Reader {
	return strings.NewReader(`{"disclosureId":"penalty.a","requester":"citizen","points":["amount"],"statement":"` + statement + `"}`)
}

func TestRequestsOfThePublicAreTakenWithinLimits(t *testing.T) {
	w := open(t)
	w.adopt("a")
	var first struct{ RequestID, ReceivedOn, Position string }
	a := w.send(http.MethodPost, intake, doubt("金额不符"), "Content-Type", "application/json")
	if err := json.Unmarshal([]byte(a.body), &first); err != nil || a.status != http.StatusOK || first.RequestID == "" || first.ReceivedOn != "2026-03-20" {
		t.Fatalf("%d %s, %v", a.status, a.body, err)
	}
	if got := w.get(intake + "/" + first.RequestID + "?after=" + first.Position); got.status != http.StatusOK || !strings.Contains(got.body, `"stageLabel":"已受理，待核实"`) ||
		strings.Contains(got.body, "不符") {
		t.Errorf("%d %s", got.status, got.body)
	}
	for n := range 4 {
		if a := w.send(http.MethodPost, intake, doubt(fmt.Sprint("又", n))); a.status != http.StatusOK {
			t.Errorf("number %d: %d %s", n+2, a.status, a.body)
		}
	}
	// The gateway tells whom it serves; what a caller says of itself does not count.
	a = w.send(http.MethodPost, intake, doubt("太多"), "X-Forwarded-For", "203.0.113.9")
	if p := a.problem(t); a.status != http.StatusTooManyRequests || p.Code != "public.rate" || p.Title != "超出限额" || !strings.Contains(p.Detail, "600秒") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestARequestOfThePublicIsSmall(t *testing.T) {
	w := open(t)
	w.adopt("a")
	text := `{"statement":"` + strings.Repeat("长", 6<<10) + `"}`
	for how, body := range map[string]io.Reader{"declared": strings.NewReader(text), "in chunks": unsized{strings.NewReader(text)}} {
		a := w.send(http.MethodPost, intake, body, "Content-Type", "application/json")
		if p := a.problem(t); a.status != http.StatusRequestEntityTooLarge || p.Code != "request.too_large" {
			t.Errorf("%s: %d %s", how, a.status, a.body)
		}
	}
	if a := w.send(http.MethodPost, intake, doubt(strings.Repeat("长", 1000))); a.status != http.StatusOK {
		t.Errorf("the longest statement: %d %s", a.status, a.body)
	}
	if a := w.send(http.MethodPost, intake, doubt(strings.Repeat("长", 1001))); a.status != http.StatusBadRequest {
		t.Errorf("a longer one: %d %s", a.status, a.body)
	}
}
