package roster_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

const (
	bureau domain.AuthorityID = "11540000MB0000001A"
	other  domain.AuthorityID = "11540000MB0000002B"
	firm   domain.SubjectID   = "91540321MA6TCRT16N"
	digest                    = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	// A number of the form of GB 11643 with a sound check character, of a district that never was: nobody's.
	resident = "110000194912310014"
)

var (
	clerk   = domain.Actor{Account: "li", Role: domain.Clerk, Authority: bureau}
	foreign = domain.Actor{Account: "wu", Role: domain.Clerk, Authority: other}
	today   = calendar.MustParse("2026-03-02")
	founded = calendar.MustParse("2019-01-01")
)

func record() roster.RecordSubject {
	return roster.RecordSubject{
		By: clerk, Today: today, ID: firm, Name: "高原牧场有限公司", Code: "91540321 MA6TCRT16N", District: "540321",
		RegisteredOn: founded, Address: "江达县江达镇1号", Scope: "牧业", Industry: "A03",
		RegistrationAuthority: "江达县市场监督管理局", Source: roster.Source{FileDigest: digest, Line: 2},
	}
}

func registered() roster.SubjectRegistered {
	return roster.SubjectRegistered{
		ID: firm, Name: "高原牧场有限公司", Code: string(firm), Kind: roster.Enterprise, District: "540321",
		Status: roster.Active, Authority: bureau, RegisteredOn: founded, Address: "江达县江达镇1号", Scope: "牧业",
		Industry: "A03", RegistrationAuthority: "江达县市场监督管理局", Source: roster.Source{FileDigest: digest, Line: 2},
	}
}

// faults demands exactly these codes, in order.
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

func TestRecordingRegistersAndThenOnlyTellsDifferences(t *testing.T) {
	subjects := estest.Of(roster.Subjects)
	subjects.When(record()).Then(t, registered())
	subjects.Given(registered()).When(record()).ThenNothing(t)

	blank := roster.RecordSubject{By: clerk, Today: today, ID: firm}
	subjects.Given(registered()).When(blank).ThenNothing(t)

	changed := record()
	changed.Name, changed.District, changed.Status, changed.Scope = "雪域牧场有限公司", "540300", roster.Suspended, "牧业、餐饮"
	changed.Class, changed.ClassSource, changed.ClassMonth = "B", "省级平台", "2026-02"
	subjects.Given(registered()).When(changed).Then(t,
		roster.SubjectRenamed{Name: "雪域牧场有限公司", EffectiveOn: today},
		roster.SubjectRedescribed{
			Code: string(firm), Kind: roster.Enterprise, RegisteredOn: founded, Scope: "牧业、餐饮", Industry: "A03",
			RegistrationAuthority: "江达县市场监督管理局", Source: roster.Source{FileDigest: digest, Line: 2},
		},
		roster.SubjectMoved{District: "540300", Address: "江达县江达镇1号"},
		roster.SubjectStatusRecorded{Status: roster.Suspended, EffectiveOn: today},
		roster.SubjectReclassified{Class: "B", Source: "省级平台", Month: "2026-02"},
	)
}

func TestWhoRepresentsASubject(t *testing.T) {
	t.Parallel()
	subjects := estest.Of(roster.Subjects)
	c := record()
	c.Representative = "次仁某"
	is := roster.SubjectRepresented{Name: "次仁某", EffectiveOn: today}
	subjects.When(c).Then(t, registered(), is)
	subjects.Given(registered(), is).When(c).ThenNothing(t)
	subjects.Given(registered(), is).When(record()).ThenNothing(t) // nothing is said of it
	c.Representative = "扎西某"
	subjects.Given(registered(), is).When(c).Then(t, roster.SubjectRepresented{Name: "扎西某", EffectiveOn: today})
	c.Representative = "扎西某" + resident
	subjects.Given(registered()).When(c).ThenError(t, faults("roster.personal_data"))
}

func TestRegisteringWithAClass(t *testing.T) {
	c := record()
	c.Class = "A"
	estest.Of(roster.Subjects).When(c).Then(t, registered(), roster.SubjectReclassified{Class: "A"})
}

func TestRealCodesThatFailAreKeptWithFindings(t *testing.T) {
	c := record()
	c.ID, c.Code = "91540321MA6TCRT16P", "" // the check character is wrong
	want := registered()
	want.ID, want.Code, want.Kind = c.ID, string(c.ID), roster.Other
	want.CodeFindings = uscc.Check(string(c.ID))
	if len(want.CodeFindings) == 0 {
		t.Fatal("the code is sound")
	}
	estest.Of(roster.Subjects).When(c).Then(t, want)
}

func TestADistrictMayBeUnknown(t *testing.T) {
	c, want := record(), registered()
	c.District, want.District = "", ""
	estest.Of(roster.Subjects).When(c).Then(t, want)
	moved := record()
	estest.Of(roster.Subjects).Given(want).When(moved).Then(t, roster.SubjectMoved{District: "540321", Address: want.Address})
}

func TestPlaceholderMeansNoCode(t *testing.T) {
	c := record()
	c.ID, c.Code, c.Kind = "reg:540300000012345", uscc.Placeholder, roster.IndividualBusiness
	want := registered()
	want.ID, want.Code, want.Kind = c.ID, "", roster.IndividualBusiness
	estest.Of(roster.Subjects).When(c).Then(t, want)
}

func TestRecordingIsRefused(t *testing.T) {
	if !uscc.IsResidentID(resident) {
		t.Fatal("the number is not of the form")
	}
	cases := map[string]struct {
		alter func(*roster.RecordSubject)
		codes []string
	}{
		"nothing but the id": {func(c *roster.RecordSubject) { *c = roster.RecordSubject{By: clerk, ID: firm} },
			[]string{"roster.subject.name.required"}},
		"nobody's authority": {func(c *roster.RecordSubject) { c.By.Authority = "" }, []string{"roster.authority.foreign"}},
		"another code":       {func(c *roster.RecordSubject) { c.Code = "91540400MA6TCRUK8W" }, []string{"roster.subject.code.other"}},
		"a resident number as id": {func(c *roster.RecordSubject) { c.ID, c.Code = "ext:old:"+resident, "" },
			[]string{"roster.personal_data"}},
		"a resident number as code": {func(c *roster.RecordSubject) { c.ID, c.Code = "ext:old:7", resident },
			[]string{"roster.personal_data"}},
		"a resident number in the name": {func(c *roster.RecordSubject) { c.Name = "张三（" + resident + "）" },
			[]string{"roster.personal_data"}},
		"a resident number in wide digits": {func(c *roster.RecordSubject) {
			c.Address = "住１１００００１９４９１２３１００１４号"
		},
			[]string{"roster.personal_data"}},
		"a bad kind, status and district": {func(c *roster.RecordSubject) { c.Kind, c.Status, c.District = "shop", "gone", "54" },
			[]string{"roster.subject.kind.unknown", "roster.subject.status.unknown", "roster.district.form"}},
		"control characters": {func(c *roster.RecordSubject) { c.Name = "高原\x00牧场" }, []string{"roster.subject.name.text.control"}},
		"a long name":        {func(c *roster.RecordSubject) { c.Name = strings.Repeat("牧", 201) }, []string{"roster.subject.name.text.length"}},
		"a reserved class":   {func(c *roster.RecordSubject) { c.Class = "none" }, []string{"roster.subject.class.reserved"}},
		"a bad month":        {func(c *roster.RecordSubject) { c.Class, c.ClassMonth = "A", "2026-13" }, []string{"roster.month.form"}},
		"a bad digest":       {func(c *roster.RecordSubject) { c.Source.FileDigest = "abc" }, []string{"roster.digest.form"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := record()
			tc.alter(&c)
			estest.Of(roster.Subjects).When(c).ThenError(t, faults(tc.codes...))
		})
	}
}

func TestLineBreaksInLongTexts(t *testing.T) {
	c, want := record(), registered()
	c.Scope = "牧业\n餐饮"
	want.Scope = c.Scope
	estest.Of(roster.Subjects).When(c).Then(t, want)
}

func TestChangingASubject(t *testing.T) {
	known := estest.Of(roster.Subjects).Given(registered())
	known.When(roster.RenameSubject{By: clerk, Name: "雪域有限公司", EffectiveOn: today}).
		Then(t, roster.SubjectRenamed{Name: "雪域有限公司", EffectiveOn: today})
	known.When(roster.RenameSubject{By: clerk, Name: registered().Name, EffectiveOn: today}).ThenNothing(t)
	known.When(roster.RenameSubject{By: clerk}).
		ThenError(t, faults("roster.subject.name.required", "roster.subject.effective_on.required"))
	known.When(roster.MoveSubject{By: clerk, District: "540102"}).Then(t, roster.SubjectMoved{District: "540102"})
	known.When(roster.MoveSubject{By: clerk, District: "lhasa"}).ThenError(t, faults("roster.district.form"))
	known.When(roster.RecordSubjectStatus{By: clerk, Status: roster.Revoked, Reason: "吊销决定", EffectiveOn: today}).
		Then(t, roster.SubjectStatusRecorded{Status: roster.Revoked, Reason: "吊销决定", EffectiveOn: today})
	known.When(roster.RecordSubjectStatus{By: clerk, Status: roster.Active, EffectiveOn: today}).ThenNothing(t)
}

func TestClassesGoForwardInTime(t *testing.T) {
	march := roster.SubjectReclassified{Class: "B", Source: "省级平台", Month: "2026-03"}
	known := estest.Of(roster.Subjects).Given(registered(), march)
	known.When(roster.ReclassifySubject{By: clerk, Class: "B", Source: "省级平台", Month: "2026-03"}).ThenNothing(t)
	known.When(roster.ReclassifySubject{By: clerk, Class: "B", Source: "省级平台", Month: "2026-04"}).
		Then(t, roster.SubjectReclassified{Class: "B", Source: "省级平台", Month: "2026-04"})
	known.When(roster.ReclassifySubject{By: clerk, Class: "A", Source: "省级平台", Month: "2026-02"}).
		ThenError(t, faults("roster.subject.class.stale"))
}

func TestOnlyTheKeepingAuthorityChangesASubject(t *testing.T) {
	c := record()
	c.By = foreign
	known := estest.Of(roster.Subjects).Given(registered())
	known.When(c).ThenError(t, faults("roster.authority.foreign"))
	known.When(roster.MoveSubject{By: foreign, District: "540102"}).ThenError(t, faults("roster.authority.foreign"))
	estest.Of(roster.Subjects).When(roster.MoveSubject{By: clerk, District: "540102"}).
		ThenError(t, faults("roster.subject.missing"))
}

func TestSubjectIDs(t *testing.T) {
	for _, tc := range []struct{ id, code, want, fault string }{
		{"", "９１540321-MA6TCRT16n", "91540321MA6TCRT16N", ""},
		{"reg:540300000012345", "", "reg:540300000012345", ""},
		{"reg:540300000012345", uscc.Placeholder, "reg:540300000012345", ""},
		{"ext:chicago:123", "", "ext:chicago:123", ""},
		{"", "", "", "roster.subject.id.required"},
		{"", uscc.Placeholder, "", "roster.subject.placeholder"},
		{"ext:old:" + uscc.Placeholder, "", "", "roster.subject.placeholder"},
		{"", resident, "", "roster.personal_data"},
		{"ext:old:" + resident, "", "", "roster.personal_data"},
		{"", "12345", "", "subject_id.form"},
	} {
		got, err := roster.SubjectIDOf(tc.id, tc.code)
		if string(got) != tc.want || err != nil && !faults(tc.fault)(err) || err == nil && tc.fault != "" {
			t.Errorf("SubjectIDOf(%q, %q) = %q, %v; want %q, %q", tc.id, tc.code, got, err, tc.want, tc.fault)
		}
	}
}

func TestKindOfCode(t *testing.T) {
	for code, want := range map[string]roster.Kind{
		"91540321MA6TCRT16N": roster.Enterprise, "11230500001755309F": roster.Institution, "reg:1": roster.Other, "": roster.Other,
	} {
		if got := roster.KindOf(code); got != want {
			t.Errorf("KindOf(%s) = %s, want %s", code, got, want)
		}
	}
}
