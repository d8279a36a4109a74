package disclosure

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// The conditions of a repair (Order 45 art. 14 and the rules on credit repair).
const (
	Period     = "period"            // 已达到最短公示期
	Allowed    = "allowed"           // 依法可以提前停止公示
	Committed  = "commitment"        // 已作出信用承诺
	Performed  = "performed"         // 已履行行政处罚决定规定的义务
	HarmEnded  = "harm_ended"        // 已消除危害后果和不良影响
	NotAgain   = "no_second_penalty" // 未因同一类违法行为再次受到行政处罚
	NotListed  = "not_listed"        // 未在经营异常名录和严重违法失信名单中
	maxPapers  = 50
	maxTitle   = 200
	repairZH   = "信用修复"
	order45Art = "《市场监督管理行政处罚信息公示规定》第十四条"
)

// needed are the conditions that other records tell of.
func needed(kind Kind) []string {
	if kind == Penalty {
		return []string{Performed, NotAgain, NotListed}
	}
	return []string{NotListed}
}

func applyRepair(s State, cmd ApplyRepair) ([]Event, error) {
	if i := s.repairAt(cmd.Repair); i >= 0 && cmd.By.Holds(s.Authority) {
		return nil, nil
	}
	asked, err := s.asked(cmd.By, cmd.Outlets, s.Showing.Outlets.running(cmd.Today))
	if err != nil {
		return nil, err
	}
	outlets := asked.names()
	for _, r := range s.Repairs {
		if r.Open() && slices.ContainsFunc(outlets, func(o rule.Outlet) bool { return slices.Contains(r.Applied.Outlets, o) }) {
			return nil, domain.Refuse(domain.Conflict, "disclosure.repair.open", "",
				"已有正在办理的信用修复申请", "an application for these outlets is under way")
		}
	}
	if err := checkApplication(cmd); err != nil {
		return nil, err
	}
	return []Event{RepairApplied{
		Repair: cmd.Repair, Applicant: cmd.Applicant, Outlets: outlets, Materials: cmd.Materials, Commitment: cmd.Commitment,
		Statement: cmd.Statement, Digest: s.Showing.Digest, By: cmd.By.Account, On: cmd.On,
		DueOn: cmd.Due.On, DueRule: cmd.Due.Rule, DueVersion: cmd.Due.Version, Calendar: cmd.Due.Calendar, Provisional: cmd.Due.Provisional,
	}}, nil
}

func checkApplication(cmd ApplyRepair) error {
	faults := []*domain.Fault{
		domain.Blank("disclosure", "repair_id", cmd.Repair),
		domain.Prose("disclosure", "statement", cmd.Statement, maxReason), noPerson("statement", cmd.Statement),
		domain.Blank("disclosure", "on", cmd.On.String()),
	}
	switch cmd.Applicant {
	case Party, Agent, Administrator:
	default:
		faults = append(faults, domain.Refuse(domain.Invalid, "disclosure.repair.applicant", "applicant",
			"申请人应为当事人、受托代理人或破产管理人", "an applicant is party, agent or administrator"))
	}
	if cmd.On.After(cmd.Today) {
		faults = append(faults, domain.Refuse(domain.Invalid, "disclosure.repair.future", "on", "收到申请的日期不得晚于今天", "it can't have been received after today"))
	}
	if n := len(cmd.Materials); n == 0 || n > maxPapers {
		faults = append(faults, domain.Refuse(domain.Invalid, "disclosure.repair.materials", "materials",
			fmt.Sprintf("申请材料应为1至%d件", maxPapers), fmt.Sprintf("an application has 1 to %d papers", maxPapers)))
	}
	for i, m := range append(slices.Clip(cmd.Materials), cmd.Commitment) {
		field := fmt.Sprintf("materials[%d]", i)
		if i == len(cmd.Materials) {
			field = "commitment"
		}
		faults = append(faults, m.check(field)...)
	}
	return domain.Require(faults...)
}

func (m Material) check(field string) []*domain.Fault {
	faults := []*domain.Fault{
		domain.Blank("disclosure", field+".title", m.Title), domain.Text("disclosure", field+".title", m.Title, maxTitle), noPerson(field+".title", m.Title),
	}
	if !domain.IsDigest(m.Digest) {
		faults = append(faults, domain.Refuse(domain.Invalid, "disclosure.repair.digest", field+".digest",
			"材料应以其SHA-256摘要（64位小写十六进制）登记", "a paper is recorded by its SHA-256, 64 lower-case hex digits"))
	}
	return faults
}

func noPerson(field, value string) *domain.Fault {
	if !uscc.HoldsResidentID(value) {
		return nil
	}
	return domain.Refuse(domain.Invalid, "disclosure.personal_data", field,
		field+"：不得含有自然人的身份证件号码", field+" holds a natural person's identity number")
}

func checkRepair(s State, cmd CheckRepair) ([]Event, error) {
	r, err := s.open(cmd.By, cmd.Repair)
	if err != nil {
		return nil, err
	}
	if cmd.By.Account == r.Applied.By {
		return nil, separate("checker", "申请的受理人不得核查本人受理的申请", "whoever received an application can't check it")
	}
	if err := domain.Require(domain.Prose("disclosure", "attested", cmd.Attested, maxReason), noPerson("attested", cmd.Attested)); err != nil {
		return nil, err
	}
	conditions, err := s.conditions(r.Applied, cmd.Facts, cmd.Today)
	if err != nil {
		return nil, err
	}
	harm := Condition{Code: HarmEnded, Verdict: Attested, Rests: cmd.Attested, Basis: order45Art}
	if cmd.Attested == "" {
		harm.Verdict, harm.Rests = Unmet, "核查人未确认"
	}
	now := RepairChecked{Repair: cmd.Repair, Conditions: append(conditions, harm), By: cmd.By.Account, On: cmd.Today}
	if old := r.Checked; old.By == now.By && old.On == now.On && slices.Equal(old.Conditions, now.Conditions) {
		return nil, nil
	}
	return []Event{now}, nil
}

// conditions asks what the terms say, and joins what other records tell.
func (s State) conditions(a RepairApplied, facts []Condition, today calendar.Date) ([]Condition, error) {
	for _, code := range needed(s.Record.Kind) {
		if !slices.ContainsFunc(facts, func(c Condition) bool { return c.Code == code }) {
			return nil, domain.Refuse(domain.Internal, "disclosure.repair.facts", "", "缺少核查依据："+code, "the fact "+code+" was not looked up")
		}
	}
	period := Condition{Code: Period, Verdict: Met, Basis: order45Art}
	allowed := Condition{Code: Allowed, Verdict: Met, Basis: order45Art}
	var days, rules []string
	for _, o := range a.Outlets {
		st, _ := s.Showing.Outlets.On(o)
		if st.Early != rule.EarlyAllowed {
			allowed.Verdict = Unmet
		}
		if st.Earliest.IsZero() || today.Before(st.Earliest) {
			period.Verdict = Unmet
		}
		days = append(days, outletLabel(o)+"："+st.Earliest.String())
		rules = append(rules, outletLabel(o)+"："+st.Rule)
	}
	period.Rests, allowed.Rests = strings.Join(days, "；"), strings.Join(rules, "；")
	committed := Condition{Code: Committed, Verdict: Met, Rests: a.Commitment.Title + " " + a.Commitment.Digest, Basis: order45Art}
	return append([]Condition{period, allowed, committed}, facts...), nil
}

// decideRepair ends the publication in the same breath as it grants.
func decideRepair(s State, cmd DecideRepair) ([]Event, error) {
	if i := s.repairAt(cmd.Repair); i >= 0 && cmd.By.Holds(s.Authority) {
		if d := s.Repairs[i].Decided; d.By == cmd.By.Account && d.Granted == cmd.Granted && d.Reason == cmd.Reason {
			return nil, nil
		}
	}
	r, err := s.open(cmd.By, cmd.Repair)
	if err != nil {
		return nil, err
	}
	switch cmd.By.Account {
	case r.Applied.By, r.Checked.By:
		return nil, separate("decider", "申请的受理人、核查人不得作出修复决定", "whoever received or checked an application can't decide it")
	}
	if r.Checked.By == "" {
		return nil, domain.Refuse(domain.Precondition, "disclosure.repair.unchecked", "", "申请尚未核查", "the application was not checked yet")
	}
	err = domain.Require(
		domain.Blank("disclosure", "reason", cmd.Reason), domain.Prose("disclosure", "reason", cmd.Reason, maxReason), noPerson("reason", cmd.Reason),
	)
	if err != nil {
		return nil, err
	}
	decided := RepairDecided{Repair: cmd.Repair, Granted: cmd.Granted, Reason: cmd.Reason, By: cmd.By.Account, On: cmd.Today}
	if !cmd.Granted {
		return []Event{decided}, nil
	}
	if err := s.grantable(r, cmd); err != nil {
		return nil, err
	}
	ends, err := s.repaired(r, decided)
	if err != nil {
		return nil, err
	}
	return append([]Event{decided}, ends...), nil
}

// grantable refuses to grant what breaks a condition, as it was checked and as it is now.
func (s State) grantable(r Repair, cmd DecideRepair) error {
	now, err := s.conditions(r.Applied, cmd.Facts, cmd.Today)
	if err != nil {
		return err
	}
	var faults []*domain.Fault
	seen := map[string]bool{}
	for _, c := range append(slices.Clip(r.Checked.Conditions), now...) {
		if c.Verdict == Unmet && !seen[c.Code] {
			seen[c.Code] = true
			faults = append(faults, domain.Refuse(domain.Precondition, "disclosure.repair.unmet", c.Code,
				"不符合修复条件："+ConditionLabel(c.Code)+"（"+c.Rests+"）", "the condition "+c.Code+" is not met: "+c.Rests))
		}
	}
	return domain.Require(faults...)
}

// repaired are the ends of what still runs, one for each rule.
func (s State) repaired(r Repair, d RepairDecided) ([]Event, error) {
	var out []Event
	running := s.Showing.Outlets.running(d.On)
	running = slices.DeleteFunc(running, func(o Standing) bool { return !slices.Contains(r.Applied.Outlets, o.Outlet) })
	for len(running) > 0 {
		id := running[0].Rule
		var outlets []rule.Outlet
		for _, o := range running {
			if o.Rule == id {
				outlets = append(outlets, o.Outlet)
			}
		}
		running = slices.DeleteFunc(running, func(o Standing) bool { return o.Rule == id })
		ended, err := s.end(outlets, Ended{
			Cause: Repaired, Reason: repairZH, Rule: id, Repair: d.Repair, By: d.By, On: d.On,
		}, s.Release.Number+1+len(out))
		if err != nil {
			return nil, err
		}
		out = append(out, ended)
	}
	return out, nil
}

func (s State) repairAt(id string) int {
	return slices.IndexFunc(s.Repairs, func(r Repair) bool { return r.Applied.Repair == id })
}

// open is the application with an id, which must wait for its decision.
func (s State) open(by domain.Actor, id string) (Repair, error) {
	if err := within(s, by); err != nil {
		return Repair{}, err
	}
	i := s.repairAt(id)
	switch {
	case i < 0:
		return Repair{}, domain.Refuse(domain.NotFound, "disclosure.repair.missing", "repair_id", "没有该信用修复申请", "there is no such application")
	case !s.Repairs[i].Open():
		return Repair{}, domain.Refuse(domain.Precondition, "disclosure.repair.closed", "repair_id", "该信用修复申请已经办结", "the application is closed")
	}
	return s.Repairs[i], nil
}

// ConditionLabel words a condition in Chinese.
func ConditionLabel(code string) string {
	switch code {
	case Period:
		return "已达到最短公示期"
	case Allowed:
		return "依法可以提前停止公示"
	case Committed:
		return "已作出信用承诺"
	case Performed:
		return "已履行行政处罚决定规定的义务"
	case HarmEnded:
		return "已消除危害后果和不良影响"
	case NotAgain:
		return "未因同一类违法行为再次受到行政处罚"
	case NotListed:
		return "未在经营异常名录和严重违法失信名单中"
	}
	return code
}
