package evidence_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/evidence"
)

var clerk = domain.Actor{Account: "wang", Role: domain.Clerk, Authority: "bs"}

func attached(n int) evidence.Attached {
	return evidence.Attached{
		Evidence: fmt.Sprintf("e-%d", n), Record: evidence.Record{Kind: evidence.Penalty, ID: "p-1"}, Authority: "bs", Caption: "货架标价",
		Copy:     evidence.Copy{Media: "image/jpeg", Digest: fmt.Sprintf("%064x", n), Size: 1200, Width: 40, Height: 30},
		Original: domain.Sealed{Item: fmt.Sprintf("i-%d", n), Persons: []string{"record"}, Commitment: strings.Repeat("5a", 32)},
		Publish:  true, By: "wang",
	}
}

func removed(n int) evidence.Removed {
	return evidence.Removed{Evidence: fmt.Sprintf("e-%d", n), Reason: "拍到路人", By: "wang"}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	estest.Golden(t, "testdata/events", evidence.Codec(), []evidence.Event{attached(1), removed(1)}...)
}

func TestFold(t *testing.T) {
	t.Parallel()
	estest.Fold(t, evidence.Decider, []evidence.Event{attached(1), attached(2), removed(1), removed(9)}...)
}

func code(want string) func(error) bool {
	return func(err error) bool {
		fault, ok := errors.AsType[*domain.Fault](err)
		return ok && fault.Code == want
	}
}

func TestAttach(t *testing.T) {
	t.Parallel()
	of := estest.Of(evidence.Decider)
	attach := func(change func(*evidence.Attached)) evidence.Command {
		a := attached(2)
		a.By = ""
		change(&a)
		return evidence.Attach{By: clerk, Attached: a}
	}
	as := func(*evidence.Attached) {}
	of.Given(attached(1)).When(attach(as)).Then(t, attached(2))
	of.Given(attached(1), removed(1)).When(attach(func(a *evidence.Attached) { a.Copy.Digest = attached(1).Copy.Digest })).Then(t, func() evidence.Event {
		a := attached(2)
		a.Copy.Digest = attached(1).Copy.Digest
		return a
	}())
	for want, change := range map[string]func(*evidence.Attached){
		"evidence.authority.foreign":    func(a *evidence.Attached) { a.Authority = "nx" },
		"evidence.caption.required":     func(a *evidence.Attached) { a.Caption = "" },
		"evidence.caption.text.length":  func(a *evidence.Attached) { a.Caption = strings.Repeat("长", 201) },
		"evidence.caption.text.control": func(a *evidence.Attached) { a.Caption = "a\x00" },
		"evidence.personal":             func(a *evidence.Attached) { a.Caption = "店主13912345678" },
		"evidence.copy":                 func(a *evidence.Attached) { a.Copy.Media = "image/gif" },
		"evidence.original":             func(a *evidence.Attached) { a.Original.Item = "" },
		"evidence.attached":             func(a *evidence.Attached) { a.Copy.Digest = attached(1).Copy.Digest },
	} {
		of.Given(attached(1)).When(attach(change)).ThenError(t, code(want))
	}
	var many []evidence.Event
	for n := range 100 {
		many = append(many, attached(n+10))
	}
	of.Given(many...).When(attach(as)).ThenError(t, code("evidence.many"))
	of.Given(append(many, removed(10))...).When(attach(as)).Then(t, attached(2))
}

func TestRemove(t *testing.T) {
	t.Parallel()
	of := estest.Of(evidence.Decider)
	remove := func(by domain.Actor, reason string) evidence.Command {
		return evidence.Remove{By: by, Evidence: "e-1", Reason: reason}
	}
	other := clerk
	other.Authority = "nx"
	successor := other
	successor.Succeeded = []domain.AuthorityID{"bs"}
	of.Given(attached(1)).When(remove(clerk, "拍到路人")).Then(t, removed(1))
	of.Given(attached(1)).When(remove(successor, "拍到路人")).Then(t, removed(1))
	of.Given(attached(1), removed(1)).When(remove(clerk, "拍到路人")).ThenNothing(t)
	of.Given(attached(1), removed(1)).When(remove(clerk, "错传")).ThenError(t, code("evidence.removed"))
	of.Given(attached(1)).When(remove(other, "错传")).ThenError(t, code("evidence.authority.foreign"))
	of.Given(attached(2)).When(remove(clerk, "错传")).ThenError(t, code("evidence.missing"))
	of.Given(attached(1)).When(remove(clerk, "")).ThenError(t, code("evidence.reason.required"))
	of.Given(attached(1)).When(remove(clerk, "身份证330106198503120028")).ThenError(t, code("evidence.personal"))
}

func TestWhatIsPublic(t *testing.T) {
	t.Parallel()
	kept := attached(3)
	kept.Publish = false
	s := evidence.State{}
	for _, e := range []evidence.Event{attached(1), attached(2), kept, removed(1)} {
		s = evidence.Decider.Evolve(s, e)
	}
	if list := s.Public(); len(list) != 1 || list[0].Evidence != "e-2" {
		t.Errorf("%+v", list)
	}
	if _, ok := s.Find("e-1"); ok {
		t.Error("a removed one is found")
	}
	if _, ok := s.Find("e-3"); !ok {
		t.Error("one that stands is not found")
	}
}

func TestRecords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"penalty.p-1": true, "inspection.d:91.x": true, "licence.l": false, "penalty.": false, "penalty": false, "": false,
	} {
		r, ok := evidence.ParseRecord(text)
		if ok != want || ok && r.Stream() != text {
			t.Errorf("%q: %+v, %t", text, r, ok)
		}
	}
}
