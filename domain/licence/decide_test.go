package licence_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/licence"
)

func TestGrant(t *testing.T) {
	cmd := licence.Grant{By: clerk, Today: today, Grant: grant()}
	scenario.When(cmd).Then(t, granted(grant()))
	scenario.Given(granted(grant())).When(cmd).ThenNothing(t)
	other := cmd
	other.Grant.Content, other.Grant.ValidTo = "散装食品销售", day("2030-01-09")
	scenario.Given(granted(grant())).When(other).ThenError(t, func(err error) bool {
		return hasCode(err, "licence.exists") && strings.Contains(err.Error(), "content, valid_to")
	})
	scenario.When(licence.Grant{By: stranger, Today: today, Grant: grant()}).ThenError(t, faulty("licence.authority.foreign"))
	for name, c := range map[string]struct {
		change func(*licence.Granted)
		code   string
	}{
		"no title":               {func(g *licence.Granted) { g.DocumentTitle = "" }, "licence.required"},
		"no content":             {func(g *licence.Granted) { g.Content = " " }, "licence.required"},
		"no holder":              {func(g *licence.Granted) { g.Holder.Name = "" }, "licence.required"},
		"no category of holder":  {func(g *licence.Granted) { g.Holder.Kind = "" }, "licence.holder.kind"},
		"placeholder":            {func(g *licence.Granted) { g.Holder.Subject = "00000000000000000X" }, "licence.holder.subject"},
		"resident number":        {func(g *licence.Granted) { g.Holder.Subject = "11010519491231002X" }, "licence.personal_data"},
		"natural with a code":    {func(g *licence.Granted) { g.Holder.Kind = licence.Natural }, "licence.personal_data"},
		"number in the content":  {func(g *licence.Granted) { g.Content = "负责人11010519491231002X" }, "licence.personal_data"},
		"92 is a sole trader":    {func(g *licence.Granted) { g.Holder.Subject = "92320105780688132H" }, "licence.holder.category"},
		"unknown class":          {func(g *licence.Granted) { g.Category = "royal" }, "licence.category.unknown"},
		"other without its name": {func(g *licence.Granted) { g.Category = licence.OtherCategory }, "licence.category.name"},
		"no number at all":       {func(g *licence.Granted) { g.LicenceNo, g.DocumentNo = "", " " }, "licence.number.required"},
		"decided tomorrow":       {func(g *licence.Granted) { g.DecidedOn = today.AddDays(1) }, "licence.date.future"},
		"no date":                {func(g *licence.Granted) { g.DecidedOn = calendar.Date{} }, "licence.required"},
		"no beginning":           {func(g *licence.Granted) { g.ValidFrom = calendar.Date{} }, "licence.required"},
		"no end":                 {func(g *licence.Granted) { g.ValidTo = calendar.Date{} }, "licence.required"},
		"ends before it begins":  {func(g *licence.Granted) { g.ValidTo = day("2026-01-09") }, "licence.valid_to.early"},
		"is over already":        {func(g *licence.Granted) { g.ValidTo = today.AddDays(-1) }, "licence.valid_to.past"},
		"control character":      {func(g *licence.Granted) { g.LicenceNo = "JY\x00" }, "licence.text.control"},
		"long content":           {func(g *licence.Granted) { g.Content = strings.Repeat("字", 4001) }, "licence.text.length"},
	} {
		t.Run(name, func(t *testing.T) {
			scenario.When(licence.Grant{By: clerk, Today: today, Grant: grant(c.change)}).ThenError(t, faulty(c.code))
		})
	}
}

func TestIDOfALicence(t *testing.T) {
	if licence.ID(bureau, "ＪＹ 1", "x") != licence.ID(bureau, "JY1", "y") {
		t.Error("width and blanks make another licence")
	}
	if licence.ID(bureau, "", "宁市监许[2026]7号") != licence.ID(bureau, " ", "宁市监许〔2026〕7号") {
		t.Error("without a licence number the number of the decision counts, in its normal form")
	}
	for _, id := range []string{licence.ID("x1", "JY1", ""), licence.ID(bureau, "JY2", ""), licence.TakenOverID("old", "JY1")} {
		if id == licence.ID(bureau, "JY1", "") {
			t.Error("another licence has the same id")
		}
	}
	for no, want := range map[string]string{"30790": "old:30790", " 30 790": "old:30790", "A-1_b": "old:A-1_b"} {
		if got := licence.TakenOverID("old", no); got != want {
			t.Errorf("TakenOverID(%q) = %q", no, got)
		}
	}
	if a, b := licence.TakenOverID("old", "苏食药/1"), licence.TakenOverID("old", "苏食药/2"); a == b || len(a) != len("old:")+36 {
		t.Errorf("ids of numbers that don't fit a path: %s, %s", a, b)
	}
}

func TestRecordID(t *testing.T) {
	for _, id := range []string{"a.b", "", ".1", "a.", "a.-1", "a.+1", "a.01", "a"} {
		if _, _, err := licence.ParseRecordID(id); err == nil {
			t.Errorf("accepted %q", id)
		}
	}
	if l, n, err := licence.ParseRecordID(licence.RecordID("old:3.4", 12)); err != nil || l != "old:3.4" || n != 12 {
		t.Errorf("%s %d %v", l, n, err)
	}
}

func TestAmend(t *testing.T) {
	holder := licence.Holder{Kind: licence.Legal, Name: "宁安市惠民食品集团有限公司", Subject: "91320105780688132K"}
	a := licence.Amended{DocumentNo: "宁市监许〔2026〕9号", DecidedOn: day("2026-02-01"), Reason: "名称变更", Holder: &holder}
	cmd := licence.Amend{By: clerk, Today: today, Amendment: a}
	given := scenario.Given(granted(grant()))
	given.When(cmd).Then(t, a)
	scenario.Given(granted(grant()), a).When(cmd).ThenNothing(t)
	scenario.When(cmd).ThenError(t, faulty("licence.missing"))
	scenario.Given(granted(grant()), licence.Cancelled{On: day("2026-02-01")}).When(cmd).ThenError(t, faulty("licence.cancelled"))
	scenario.Given(granted(grant()), licence.Revoked{On: day("2026-02-01")}).When(cmd).ThenError(t, faulty("licence.revoked"))
	for code, change := range map[string]func(*licence.Amend){
		"licence.authority.foreign": func(c *licence.Amend) { c.By = stranger },
		"licence.amend.nothing":     func(c *licence.Amend) { c.Amendment.Holder = nil },
		"licence.required":          func(c *licence.Amend) { c.Amendment.Reason = "" },
		"licence.date.early":        func(c *licence.Amend) { c.Amendment.DecidedOn = day("2026-01-07") },
		"licence.date.future":       func(c *licence.Amend) { c.Amendment.DecidedOn = today.AddDays(1) },
		"licence.holder.kind":       func(c *licence.Amend) { c.Amendment.Holder = &licence.Holder{Name: "甲"} },
	} {
		bad := cmd
		change(&bad)
		given.When(bad).ThenError(t, faulty(code))
	}
}

func TestRenew(t *testing.T) {
	r := licence.Renewed{DocumentNo: "宁市监许〔2026〕10号", DecidedOn: day("2026-03-01"), ValidFrom: day("2031-01-10"), ValidTo: day("2036-01-09")}
	cmd := licence.Renew{By: clerk, Today: today, Renewal: r}
	given := scenario.Given(granted(grant()))
	given.When(cmd).Then(t, r)
	scenario.Given(granted(grant()), r, licence.Suspended{On: today}).When(cmd).ThenNothing(t)
	short := granted(grant(func(g *licence.Granted) { g.ValidTo = day("2026-02-28") }))
	lapsed := scenario.Given(short, licence.Expired{On: day("2026-03-01")})
	lapsed.When(cmd).ThenError(t, faulty("licence.expired"))
	inTime := cmd
	inTime.Renewal.DecidedOn = day("2026-02-28")
	lapsed.When(inTime).Then(t, inTime.Renewal) // decided in time, entered late
	for _, c := range []struct {
		history []licence.Event
		want    licence.Status
	}{
		{[]licence.Event{short, licence.Expired{On: day("2026-03-01")}, inTime.Renewal}, licence.StatusInForce},
		{[]licence.Event{short, licence.Suspended{On: day("2026-02-01")}, licence.Expired{On: day("2026-03-01")}, inTime.Renewal}, licence.StatusSuspended},
	} {
		if s := fold(c.history...); s.Current.Status != c.want {
			t.Errorf("renewed in time: %s, want %s", s.Current.Status, c.want)
		}
	}
	scenario.Given(granted(grant()), licence.Cancelled{On: day("2026-02-01")}).When(cmd).ThenError(t, faulty("licence.cancelled"))
	for code, change := range map[string]func(*licence.Renewed){
		"licence.renew.shorter":  func(r *licence.Renewed) { r.ValidFrom, r.ValidTo = day("2030-01-10"), day("2031-01-09") },
		"licence.valid_to.early": func(r *licence.Renewed) { r.ValidTo = day("2031-01-09") },
		"licence.required":       func(r *licence.Renewed) { r.DocumentNo = "" },
	} {
		bad := cmd
		change(&bad.Renewal)
		given.When(bad).ThenError(t, faulty(code))
	}
}

func TestSuspendAndResume(t *testing.T) {
	s := licence.Suspended{Reason: "违法经营", On: day("2026-03-01"), Until: day("2026-03-10")}
	r := licence.Resumed{Reason: "整改完成", On: day("2026-03-05")}
	suspend, resume := licence.Suspend{By: clerk, Today: today, Suspension: s}, licence.Resume{By: clerk, Today: today, Resumption: r}
	given := scenario.Given(granted(grant()))
	given.When(suspend).Then(t, s)
	scenario.Given(granted(grant()), s).When(suspend).ThenNothing(t)
	given.When(resume).ThenError(t, faulty("licence.resume.nothing"))
	scenario.Given(granted(grant()), s).When(resume).Then(t, r)
	scenario.Given(granted(grant()), s, r).When(resume).ThenNothing(t)
	early := resume
	early.Resumption.On = day("2026-02-28")
	amended := licence.Amended{DocumentNo: "9", DecidedOn: day("2026-03-02"), Content: "x", Reason: "y"}
	scenario.Given(granted(grant()), s, amended).When(early).ThenError(t, faulty("licence.resume.early"))
	again := suspend
	again.Suspension.On, again.Suspension.Until = day("2026-03-15"), calendar.Date{}
	scenario.Given(granted(grant()), s, amended).When(again).Then(t, again.Suspension)
	open := licence.Suspended{Reason: "违法经营", On: day("2026-03-01")}
	scenario.Given(granted(grant()), open).When(again).ThenError(t, faulty("licence.suspended"))
	scenario.Given(granted(grant()), licence.Expired{On: day("2026-03-01")}).When(suspend).ThenError(t, faulty("licence.expired"))
	backwards := suspend
	backwards.Suspension.Until = day("2026-02-28")
	given.When(backwards).ThenError(t, faulty("licence.suspend.until"))
}

func TestEnds(t *testing.T) {
	revoked := licence.Revoked{DocumentNo: "8", Reason: "以欺骗手段取得", On: day("2026-03-01"), Ground: licence.GroundAnnulled}
	cancelled := licence.Cancelled{Reason: "歇业", On: day("2026-03-02")}
	revoke, cancel := licence.Revoke{By: clerk, Today: today, Revocation: revoked}, licence.Cancel{By: clerk, Today: today, Cancellation: cancelled}
	given := scenario.Given(granted(grant()))
	given.When(revoke).Then(t, revoked)
	scenario.Given(granted(grant()), revoked).When(revoke).ThenNothing(t)
	otherwise := revoke
	otherwise.Revocation.Ground = licence.GroundPunished
	scenario.Given(granted(grant()), revoked).When(otherwise).ThenError(t, faulty("licence.revoked"))
	for _, g := range []licence.Ground{licence.GroundPunished, licence.GroundAnnulled, licence.GroundRetracted} {
		otherwise.Revocation.Ground = g
		given.When(otherwise).Then(t, otherwise.Revocation)
	}
	otherwise.Revocation.Ground = ""
	given.When(otherwise).ThenError(t, faulty("licence.revoke.ground"))
	given.When(cancel).Then(t, cancelled)
	scenario.Given(granted(grant()), revoked).When(cancel).Then(t, cancelled)
	scenario.Given(granted(grant()), licence.Expired{On: day("2026-03-01")}).When(cancel).Then(t, cancelled)
	scenario.Given(granted(grant()), cancelled).When(cancel).ThenNothing(t)
	scenario.Given(granted(grant()), cancelled).When(revoke).ThenError(t, faulty("licence.cancelled"))
	again := cancel
	again.Cancellation.Reason = "另一理由"
	scenario.Given(granted(grant()), cancelled).When(again).ThenError(t, faulty("licence.cancelled"))

	short := granted(grant(func(g *licence.Granted) { g.ValidTo = day("2026-03-10") }))
	expire := licence.Expire{By: clerk, Today: today, On: day("2026-03-11")}
	scenario.Given(short).When(expire).Then(t, licence.Expired{On: day("2026-03-11")})
	scenario.Given(short, licence.Expired{On: day("2026-03-11")}).When(expire).ThenNothing(t)
	expire.On = day("2026-03-10")
	scenario.Given(short).When(expire).ThenError(t, faulty("licence.expire.early"))
	longTerm := granted(grant(func(g *licence.Granted) { g.ValidTo = licence.LongTerm }))
	scenario.Given(longTerm).When(licence.Expire{By: clerk, Today: day("2101-01-01"), On: day("2100-01-01")}).ThenError(t, faulty("licence.expire.early"))
}

func TestReissue(t *testing.T) {
	r := licence.Reissued{DocumentNo: "9", Reason: "遗失", On: day("2026-03-01")}
	cmd := licence.Reissue{By: clerk, Today: today, Reissue: r}
	given := scenario.Given(granted(grant()))
	given.When(cmd).Then(t, r)
	scenario.Given(granted(grant()), r).When(cmd).ThenNothing(t)
	another := cmd
	another.Reissue.On = day("2026-03-05")
	scenario.Given(granted(grant()), r).When(another).Then(t, another.Reissue)
	short := granted(grant(func(g *licence.Granted) { g.ValidTo = day("2026-02-28") }))
	scenario.Given(short).When(cmd).ThenError(t, faulty("licence.expired"))
	scenario.Given(short, licence.Expired{On: day("2026-03-01")}).When(cmd).ThenError(t, faulty("licence.expired"))
	scenario.Given(granted(grant()), licence.Cancelled{On: day("2026-02-01")}).When(cmd).ThenError(t, faulty("licence.cancelled"))
	scenario.When(cmd).ThenError(t, faulty("licence.missing"))
	for code, change := range map[string]func(*licence.Reissue){
		"licence.authority.foreign": func(c *licence.Reissue) { c.By = stranger },
		"licence.required":          func(c *licence.Reissue) { c.Reissue.Reason = " " },
		"licence.date.early":        func(c *licence.Reissue) { c.Reissue.On = day("2026-01-07") },
		"licence.date.future":       func(c *licence.Reissue) { c.Reissue.On = today.AddDays(1) },
	} {
		bad := cmd
		change(&bad)
		given.When(bad).ThenError(t, faulty(code))
	}
}

func TestTakeOverTerm(t *testing.T) {
	cmd := licence.TakeOverTerm{By: clerk, Today: today, Term: row("1", "2011-04-16", "2013-04-15", licence.StatusInForce)}
	first := term("1", "2011-04-16", "2013-04-15", licence.StatusInForce)
	scenario.When(cmd).Then(t, first)
	again := cmd
	again.Term.SourceRow = &licence.SourceRow{FileDigest: "cd", Line: 99}
	scenario.Given(first).When(again).ThenNothing(t)
	earlier := cmd
	earlier.Term = row("0", "2009-04-16", "2011-04-15", licence.StatusExpired)
	scenario.Given(first).When(earlier).Then(t, term("0", "2009-04-16", "2011-04-15", licence.StatusExpired))
	other := cmd
	other.Term.Status, other.Term.Holder.Name = licence.StatusRevoked, "EIGHT STAR"
	scenario.Given(first).When(other).ThenError(t, func(err error) bool {
		return hasCode(err, "licence.exists") && strings.Contains(err.Error(), "holder, status")
	})
	scenario.Given(granted(grant())).When(cmd).ThenError(t, faulty("licence.register.other"))
	for name, c := range map[string]struct {
		change func(*licence.TakeOverTerm)
		code   string
	}{
		"foreign":         {func(c *licence.TakeOverTerm) { c.By = stranger }, "licence.authority.foreign"},
		"no row number":   {func(c *licence.TakeOverTerm) { c.Term.RowNo = "" }, "licence.required"},
		"no number":       {func(c *licence.TakeOverTerm) { c.Term.LicenceNo = "\u200b" }, "licence.required"},
		"no source":       {func(c *licence.TakeOverTerm) { c.Term.SourceRow = nil }, "licence.required"},
		"no title":        {func(c *licence.TakeOverTerm) { c.Term.Title = "" }, "licence.required"},
		"register's name": {func(c *licence.TakeOverTerm) { c.Term.Register = "旧系统" }, "licence.register.form"},
		"unknown action":  {func(c *licence.TakeOverTerm) { c.Term.Action = "C_LOC" }, "licence.action.unknown"},
		"unknown status":  {func(c *licence.TakeOverTerm) { c.Term.Status = "AAI" }, "licence.status.unknown"},
		"ends too early":  {func(c *licence.TakeOverTerm) { c.Term.ValidTo = day("2011-04-15") }, "licence.valid_to.early"},
		"unknown holder":  {func(c *licence.TakeOverTerm) { c.Term.Holder.Kind = "x" }, "licence.holder.kind"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := cmd
			c.change(&bad)
			scenario.When(bad).ThenError(t, faulty(c.code))
		})
	}
}

// A number that thousands of rows share is a placeholder, and a stream without end.
func TestTermsOfOneNumberAreBounded(t *testing.T) {
	s := licence.Decider.Initial
	for n := range 1000 {
		s = licence.Decider.Evolve(s, term(strconv.Itoa(n), "2011-04-16", "2013-04-15", licence.StatusInForce))
	}
	take := func(no string) error {
		_, err := licence.Decider.Decide(s, licence.TakeOverTerm{By: clerk, Today: today, Term: row(no, "2011-04-16", "2013-04-15", licence.StatusInForce)})
		return err
	}
	if err := take("1000"); !hasCode(err, "licence.terms.number") {
		t.Errorf("one more: %v", err)
	}
	if err := take("7"); err != nil {
		t.Errorf("a known one: %v", err)
	}
}
