package demo_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/deploy/demo"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

func TestFirmsAreFictionalWithSoundCodes(t *testing.T) {
	t.Parallel()
	firms, err := demo.Subjects()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(firms); n < 30 || n > 60 {
		t.Errorf("%d firms", n)
	}
	kinds, classes, seen, gone := map[string]int{}, map[string]int{}, map[string]bool{}, 0
	for _, f := range firms {
		for _, finding := range uscc.Check(f.Code) {
			t.Errorf("line %d: %s: %s", f.Line, f.Code, finding)
		}
		if seen[f.Code] || seen[f.Name] {
			t.Errorf("line %d: %s %s is there twice", f.Line, f.Code, f.Name)
		}
		seen[f.Code], seen[f.Name] = true, true
		// No prefecture of Tibet has the number 09 in GB/T 2260, so nobody real holds such a code.
		if f.Code[2:8] != f.District || !strings.HasPrefix(f.District, "5409") {
			t.Errorf("line %d: district %s, code %s", f.Line, f.District, f.Code)
		}
		if _, err := time.Parse(time.DateOnly, f.RegisteredOn); err != nil {
			t.Errorf("line %d: %v", f.Line, err)
		}
		kinds[f.Kind]++
		classes[f.Class]++
		if f.Status == "deregistered" {
			gone++
		}
	}
	for _, class := range []string{"A", "B", "C", "D", ""} {
		if classes[class] < 2 {
			t.Errorf("%d firms of class %q", classes[class], class)
		}
	}
	if len(kinds) != 3 || gone != 1 {
		t.Errorf("kinds %v, %d deregistered", kinds, gone)
	}
}

func TestInspectors(t *testing.T) {
	t.Parallel()
	list, err := demo.Inspectors()
	if err != nil {
		t.Fatal(err)
	}
	departments, lapsed := map[string]int{}, 0
	for _, i := range list {
		departments[i.Authority+" "+i.Department]++
		if i.ValidUntil < "2026" {
			lapsed++
		}
		if len(i.Lines) == 0 || slices.Contains(i.Lines, "") || len(i.Districts) == 0 {
			t.Errorf("%s: lines %v, districts %v", i.ID, i.Lines, i.Districts)
		}
	}
	if len(departments) != 3 || lapsed != 1 {
		t.Errorf("departments %v, %d lapsed licences", departments, lapsed)
	}
}

func TestBodiesFollowTheDay(t *testing.T) {
	t.Parallel()
	left := regexp.MustCompile(`\{[a-z]+[^"]*\}`)
	for _, day := range []string{"2026-11-22", "2027-12-31", "2028-02-29"} {
		at, _ := time.Parse(time.DateOnly, day)
		for _, name := range []string{
			"authorities", "catalogue", "plan", "task-registration", "task-catering", "penalty-change", "penalty-display", "licence",
		} {
			body, err := demo.Body(name, at)
			if err != nil {
				t.Fatal(err)
			}
			if !json.Valid(body) {
				t.Errorf("%s is not JSON on %s:\n%s", name, day, body)
			}
			if rest := left.Find(body); rest != nil {
				t.Errorf("%s: %s is left", name, rest)
			}
		}
	}
	at, _ := time.Parse(time.DateOnly, "2027-12-31")
	body, err := demo.Body("task-catering", at)
	if err != nil || !strings.Contains(string(body), `"windowEnd": "2028-02-29"`) || !strings.Contains(string(body), `"windowStart": "2027-12-31"`) {
		t.Fatalf("%v:\n%s", err, body)
	}
	if _, err := demo.Body("nothing", at); err == nil {
		t.Error("an unknown name gave a body")
	}
}
