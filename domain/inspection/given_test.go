package inspection

import (
	"errors"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

var (
	today = calendar.MustParse("2026-05-20")
	began = time.Date(2026, 5, 18, 1, 30, 0, 0, time.UTC)
	ended = began.Add(90 * time.Minute)
	now   = time.Date(2026, 5, 20, 8, 0, 0, 0, time.UTC)
)

const (
	bureau  domain.AuthorityID = "11540000MB0000001A"
	fire    domain.AuthorityID = "11540000MB0000002B"
	market                     = "市场监管"
	rescue                     = "消防"
	subject domain.SubjectID   = "91540321MA6TCRT16N"
)

func inspector(id domain.InspectorID, of domain.AuthorityID) domain.Actor {
	return domain.Actor{Account: "acc-" + string(id), Role: domain.Inspector, Authority: of, Inspector: id}
}

func clerk(of domain.AuthorityID) domain.Actor {
	return domain.Actor{Account: "clerk", Role: domain.Clerk, Authority: of}
}

func assigned() Assigned {
	return Assigned{
		Inspection: "xz-2026-t1-1:" + string(subject), Draw: "xz-2026-t1-1", Task: "xz-2026-t1", Plan: "xz-2026",
		Authority: bureau, Subject: subject, SubjectName: "高原牧场有限公司",
		Teams: []Team{
			{Department: market, Inspectors: []domain.InspectorID{"XZ-001", "XZ-002"}},
			{Department: rescue, Authority: fire, Inspectors: []domain.InspectorID{"XZ-003"}},
		},
		Items:     []Item{{No: "1", Matter: "营业执照公示", Basis: []string{"企业信息公示暂行条例第十条"}}, {No: "2", Matter: "消防设施"}},
		TaskTitle: "食品经营单位联合抽查", TaskKind: "untargeted", DueOn: calendar.MustParse("2026-06-30"),
	}
}

func result(by domain.Actor, department string, outcomes ...Outcome) RecordResult {
	return RecordResult{
		By: by, Now: now, Department: department, Manner: OnSite, StartedAt: began, EndedAt: ended,
		Findings: []Finding{{Item: "1", Result: Compliant}}, Outcomes: outcomes, CompletedOn: today,
	}
}

func recorded(by domain.InspectorID, department string, outcomes ...Outcome) Recorded {
	return Recorded{
		Department: department, By: by, Manner: OnSite, StartedAt: began, EndedAt: ended,
		Findings: []Finding{{Item: "1", Result: Compliant}}, Outcomes: outcomes, CompletedOn: today, Table: OutcomeTable,
	}
}

// visit is one with a signature.
func visit() Visit {
	return Visit{
		Place: "八一路1号", Present: certificates("XZ-001", "XZ-002"), Met: []Person{{Name: "扎西", Role: "店长"}}, Statement: "无异议",
		Signature: Signature{State: Signed},
	}
}

func certificates(ids ...domain.InspectorID) []Certificate {
	var out []Certificate
	for _, id := range ids {
		out = append(out, Certificate{Inspector: id, Name: "检查员" + string(id), No: "证" + string(id), ValidUntil: calendar.MustParse("2027-12-31")})
	}
	return out
}

func issued() NoticeIssued {
	return NoticeIssued{
		No: "藏市监抽通〔2026〕7号", Manner: OnSite, VisitFrom: today.AddDays(2), VisitTo: today.AddDays(4), Place: "八一路1号",
		Materials: []string{"营业执照"}, Contact: "信用监管处 0891-6323456", Inspectors: certificates("XZ-001", "XZ-002", "XZ-003"), On: today, By: "clerk",
	}
}

func served() NoticeServed {
	return NoticeServed{
		No: "藏市监抽通〔2026〕7号", How: Left, On: today, To: Person{Name: "扎西", Role: "店长"}, Note: "拒收，社区工作人员在场", Inspector: "XZ-001", By: "acc-XZ-001",
	}
}

func concluded(outcomes ...Outcome) Concluded {
	return Concluded{CompletedOn: today, Outcomes: outcomes, Table: OutcomeTable}
}

func takenOver() TakenOver {
	return TakenOver{
		Inspection: "chicago:77", Source: "chicago", RecordNo: "77", Subject: subject, SubjectName: "高原牧场有限公司",
		Authority: bureau, Item: "食品安全", Manner: OnSite, CompletedOn: calendar.MustParse("2014-03-01"),
		Outcomes: []Outcome{RectifiedOnOrder}, Table: OutcomeTable, Note: "旧系统记录",
		SourceRow: &SourceRow{FileDigest: "ab12", Line: 7},
	}
}

func given(history ...Event) estest.Story[State, Command, Event] {
	return estest.Of(Decider).Given(history...)
}

// refused tells whether a fault of that code is among the joined ones.
func refused(kind domain.Kind, code string) func(error) bool {
	return func(err error) bool {
		var found bool
		var visit func(error)
		visit = func(err error) {
			if f := (*domain.Fault)(nil); errors.As(err, &f) && f.Code == code && f.Kind == kind && f.ZH != "" && f.EN != "" {
				found = true
			}
			if many, ok := err.(interface{ Unwrap() []error }); ok {
				for _, e := range many.Unwrap() {
					visit(e)
				}
			}
		}
		visit(err)
		return found
	}
}

func TestGoldens(t *testing.T) {
	t.Parallel()
	e := recorded("XZ-001", market, InfoFalse, RectifiedOnOrder)
	e.Findings = []Finding{{Item: "1", Line: "1.2", Basis: "条例第十条", Result: Noncompliant, Note: "未公示"}}
	e.Table = ""
	listed := assigned()
	listed.Catalogue, listed.Version, listed.OpensOn = "xz-list", 3, calendar.MustParse("2026-05-01")
	full := e
	full.Table, full.Visit = OutcomeTable, visit()
	full.Visit.Signature = Signature{State: SigningRefused, Reason: "不认可检查结果", Witness: "社区工作人员李某"}
	estest.Golden[Event](t, "testdata/events", Codec(),
		assigned(), listed, e, full, Confirmed{Department: market, By: "XZ-002"}, concluded(InfoFalse, RectifiedOnOrder),
		RectificationOrdered{Demand: "十日内公示", DueOn: calendar.MustParse("2026-06-01"), By: "XZ-001"},
		RectificationOrdered{Demand: "十日内公示", DueOn: calendar.MustParse("2026-06-01"), By: "XZ-001", Department: market},
		Rechecked{Passed: true, On: calendar.MustParse("2026-06-02"), Note: "已公示", By: "XZ-002"},
		Rechecked{Passed: true, On: calendar.MustParse("2026-06-02"), Note: "已公示", By: "XZ-002", Department: market},
		Corrected{Department: market, Outcomes: []Outcome{NoProblem}, Reason: "录入有误", By: "XZ-001"},
		Corrected{Department: market, Outcomes: []Outcome{NoProblem}, Reason: "录入有误", By: "XZ-001", On: today, Table: OutcomeTable, Findings: e.Findings},
		HandedOver{To: CaseFiling, Reason: "涉嫌违法"}, HandedOver{To: CaseFiling, Reason: "涉嫌违法", On: today}, issued(), served(),
		FollowUpClosed{To: CaseFiling, Result: Filed, Reference: "藏市监立〔2026〕3号", Note: "另案", On: today, By: "clerk"}, takenOver(), Released{Reason: "deregistered", By: "91540400MA6TCRUK8W"},
		CalledOff{Department: rescue, Reason: "检查人员调离", By: "clerk"}, CalledOff{Reason: "检查人员不足", By: "clerk"},
	)
}

func TestFold(t *testing.T) {
	t.Parallel()
	estest.Fold[State, Command, Event](t, Decider, assigned(), recorded("XZ-001", market, NoProblem), Confirmed{Department: market, By: "XZ-002"},
		concluded(NoProblem), RectificationOrdered{Demand: "改正", DueOn: today}, Rechecked{Passed: true, On: today}, Rechecked{On: today},
		Corrected{Department: market, Outcomes: []Outcome{Unreachable}}, HandedOver{To: CaseFiling},
		FollowUpClosed{To: CaseFiling, Result: Filed, On: today}, issued(), served(), takenOver(), Released{Reason: "closed"},
		CalledOff{Department: rescue, Reason: "r"}, CalledOff{Reason: "r"})
}

func FuzzDecode(f *testing.F) {
	f.Add(0, []byte(`{"department":"市场监管","by":"XZ-001","started_at":"2026-05-18T01:30:00Z","outcomes":["no_problem"]}`))
	f.Add(1, []byte(`{"teams":[{"department":"消防","inspectors":[]}],"due_on":"2026-06-30"}`))
	f.Fuzz(func(t *testing.T, which int, data []byte) {
		types := Codec().Types()
		e, err := Codec().Decode(types[uint(which)%uint(len(types))], data)
		if err != nil {
			return
		}
		s := evolve(evolve(Decider.Initial, assigned()), e)
		_, _ = decide(s, result(inspector("XZ-001", bureau), market, NoProblem))
	})
}

func refusedField(err error, field string) bool {
	f := (*domain.Fault)(nil)
	return errors.As(err, &f) && f.Field == field
}
