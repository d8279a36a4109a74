package person_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/person"
)

var (
	approver = domain.Actor{Account: "zhao.approver", Role: domain.Approver, Authority: "xz"}
	admin    = domain.Actor{Account: "root", Role: domain.Admin}
	both     = domain.Actor{Account: "zhao.approver", Role: domain.Admin}
)

func ask() person.RequestShredding {
	return person.RequestShredding{By: approver, Person: "p1", Known: true, Ground: person.RetentionExpired, Reason: "保存期限届满"}
}

func asked() person.ShreddingRequested {
	return person.ShreddingRequested{Person: "p1", Ground: person.RetentionExpired, Reason: "保存期限届满", By: "zhao.approver", Authority: "xz"}
}

func shredded() person.Shredded {
	return person.Shredded{Person: "p1", Ground: person.RetentionExpired, Reason: "保存期限届满", RequestedBy: "zhao.approver", Authority: "xz", By: "root"}
}

func dropped() person.ShreddingDropped {
	return person.ShreddingDropped{Person: "p1", Reason: "复议期间", By: "root"}
}

func code(want string) func(error) bool {
	return func(err error) bool {
		f := (*domain.Fault)(nil)
		return errors.As(err, &f) && f.Code == want
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	estest.Golden(t, "testdata/events", person.Codec(), []person.Event{asked(), dropped(), shredded()}...)
}

func TestTwoDecideOnAShredding(t *testing.T) {
	t.Parallel()
	s := estest.Of(person.Decider)
	s.When(ask()).Then(t, asked())
	s.Given(asked()).When(ask()).ThenNothing(t)
	s.Given(asked()).When(person.ConfirmShredding{By: admin, Person: "p1"}).Then(t, shredded())
	s.Given(asked()).When(person.DropShredding{By: admin, Person: "p1", Reason: "复议期间"}).Then(t, dropped())
	s.Given(asked(), dropped()).When(ask()).Then(t, asked())
	s.Given(asked(), shredded()).When(person.ConfirmShredding{By: admin, Person: "p1"}).ThenNothing(t)

	s.Given(asked()).When(person.ConfirmShredding{By: both, Person: "p1"}).ThenError(t, code("person.same_account"))
	s.Given(asked()).When(person.ConfirmShredding{By: approver, Person: "p1"}).ThenError(t, code("person.role"))
	s.Given(asked()).When(person.DropShredding{By: approver, Person: "p1", Reason: "x"}).ThenError(t, code("person.role"))
	s.When(person.ConfirmShredding{By: admin, Person: "p1"}).ThenError(t, code("person.request.none"))
	s.Given(asked()).When(person.ConfirmShredding{By: admin, Person: "p1", Ground: person.RetentionExpired}).Then(t, shredded())
	s.Given(asked()).When(person.ConfirmShredding{By: admin, Person: "p1", Ground: person.Unlawful}).ThenError(t, code("person.ground.other"))
	s.Given(asked(), dropped()).When(person.ConfirmShredding{By: admin, Person: "p1"}).ThenError(t, code("person.request.none"))
	s.Given(asked()).When(person.DropShredding{By: admin, Person: "p1"}).ThenError(t, code("person.reason.required"))
	s.Given(asked(), shredded()).When(ask()).ThenError(t, code("person.shredded"))
	s.Given(asked(), shredded()).When(person.DropShredding{By: admin, Person: "p1", Reason: "x"}).ThenError(t, code("person.shredded"))
}

func TestARequestIsRefused(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*person.RequestShredding){
		"person.role":                func(c *person.RequestShredding) { c.By.Role = domain.Clerk },
		"person.missing":             func(c *person.RequestShredding) { c.Known = false },
		"person.ground.unknown":      func(c *person.RequestShredding) { c.Ground = "whim" },
		"person.reason.required":     func(c *person.RequestShredding) { c.Reason = "" },
		"person.reason.text.length":  func(c *person.RequestShredding) { c.Reason = strings.Repeat("长", 501) },
		"person.reason.number":       func(c *person.RequestShredding) { c.Reason = "11010119900307109X申请" },
		"person.reason.text.control": func(c *person.RequestShredding) { c.Reason = "a\u0007" },
	} {
		c := ask()
		change(&c)
		estest.Of(person.Decider).When(c).ThenError(t, func(err error) bool {
			var joined interface{ Unwrap() []error }
			if errors.As(err, &joined) {
				err = joined.Unwrap()[0]
			}
			return code(want)(err)
		})
	}
	other := ask()
	other.Reason = "另有原因"
	estest.Of(person.Decider).Given(asked()).When(other).ThenError(t, code("person.request.pending"))
}

func TestEveryGroundHasALabel(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, g := range []person.Ground{person.PurposeAchieved, person.RetentionExpired, person.ConsentWithdrawn, person.Unlawful, person.OtherLaw} {
		if g.Label() == "" || seen[g.Label()] {
			t.Errorf("%s: %q", g, g.Label())
		}
		seen[g.Label()] = true
	}
}
