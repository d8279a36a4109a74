package policy_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/policy"
)

var day = calendar.MustParse

// same demands that the document is fit for the public and reads exactly so.
func same(t *testing.T, doc disclosure.Document, want string) {
	t.Helper()
	raw, _, err := disclosure.Canonical(doc)
	if err != nil {
		t.Fatal(err)
	}
	var got, expected any
	for text, into := range map[string]*any{string(raw): &got, want: &expected} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	a, _ := json.MarshalIndent(got, "", " ")
	b, _ := json.MarshalIndent(expected, "", " ")
	if string(a) != string(b) {
		t.Errorf("got  %s\nwant %s", a, b)
	}
}

func fold[S, C any, E es.Event](d es.Decider[S, C, E]) func(...E) S {
	return func(history ...E) S {
		s := d.Initial
		for _, e := range history {
			s = d.Evolve(s, e)
		}
		return s
	}
}

func TestPenaltyDocument(t *testing.T) {
	decided := penalty.Decided{
		Penalty: "7b0c", Authority: "b1", AuthorityName: "宁安市市场监督管理局", DecisionNo: "宁市监处罚[2026]45号", Procedure: penalty.Ordinary,
		Parties: []penalty.Party{
			{Kind: penalty.Legal, Name: "甲公司", Subject: "91320105780688132K", LegalRepresentative: "张三"}, {Kind: penalty.Natural, Name: "李四"},
		},
		Violation: "加价出售", Facts: "事实\n二", Basis: "第四十二条", Kinds: []penalty.Kind{penalty.Fine}, Content: "罚款2000元", FineFen: 200000,
		DecidedOn: day("2026-03-16"), EffectiveUntil: day("2027-03-16"), Doubts: []penalty.Doubt{{Code: "x"}}, Inspection: "内部",
	}
	const head = `"schema":"mingjian.document.v1","kind":"penalty","record_id":"7b0c","authority":{"id":"b1","name":"宁安市市场监督管理局"},
		"subjects":[{"id":"91320105780688132K","name":"甲公司","kind":"legal"},{"name":"李四","kind":"natural"}],
		"date":"2026-03-16","title":"行政处罚决定书 宁市监处罚[2026]45号"`
	same(t, policy.PenaltyDocument(fold(penalty.Decider)(decided)), `{`+head+`,"penalty":{"decision_no":"宁市监处罚[2026]45号",
		"procedure":"ordinary","violation":"加价出售","facts":"事实\n二","basis":"第四十二条","kinds":[{"code":"fine","label":"罚款"}],
		"content":"罚款2000元","fine_fen":200000,"decided_on":"2026-03-16","effective_until":"2027-03-16","status":"in_force"}}`)
	amended := penalty.Amended{Reason: "复议", Kinds: []penalty.Kind{penalty.Warning, penalty.ConfiscationGains}, Content: "警告，没收违法所得2.77元", ConfiscatedFen: 277, On: day("2026-04-02")}
	same(t, policy.PenaltyDocument(fold(penalty.Decider)(decided, amended)), `{`+head+`,"penalty":{"decision_no":"宁市监处罚[2026]45号",
		"procedure":"ordinary","violation":"加价出售","facts":"事实\n二","basis":"第四十二条",
		"kinds":[{"code":"warning","label":"警告"},{"code":"confiscation_gains","label":"没收违法所得"}],
		"content":"警告，没收违法所得2.77元","confiscated_fen":277,"decided_on":"2026-03-16","effective_until":"2027-03-16","status":"amended",
		"initial_kinds":[{"code":"fine","label":"罚款"}],"initial_content":"罚款2000元","initial_fine_fen":200000,"amended_on":"2026-04-02"}}`)
	again := penalty.Amended{Reason: "诉讼", Kinds: []penalty.Kind{penalty.Fine}, Content: "罚款1000元", FineFen: 100000, On: day("2026-05-02")}
	body := policy.PenaltyDocument(fold(penalty.Decider)(decided, amended, again)).Penalty
	if body.FineFen != 100000 || body.InitialFineFen != 200000 || body.InitialConfiscatedFen != 0 || body.AmendedOn != again.On || body.InitialContent != "罚款2000元" {
		t.Errorf("amended twice: %+v", body)
	}
}

func TestLicenceDocument(t *testing.T) {
	granted := licence.Granted{
		Licence: "l1", Authority: "b1", AuthorityName: "甲局", Holder: licence.Holder{Kind: licence.Legal, Name: "甲公司", Subject: "91320105780688132K"},
		DocumentTitle: "准予食品经营许可决定书", DocumentNo: "7号", Category: licence.Ordinary, CertificateName: "食品经营许可证", LicenceNo: "JY1",
		Content: "销售", DecidedOn: day("2026-01-08"), ValidFrom: day("2026-01-10"), ValidTo: day("2031-01-09"),
	}
	s := fold(licence.Decider)(granted, licence.Suspended{DocumentNo: "9号", Reason: "违法", On: day("2026-02-01"), Until: day("2026-02-20")})
	const head = `"schema":"mingjian.document.v1","kind":"licence","authority":{"id":"b1","name":"甲局"},
		"subjects":[{"id":"91320105780688132K","name":"甲公司","kind":"legal"}]`
	const body = `"licence_id":"l1","document_title":"准予食品经营许可决定书","category":"ordinary","certificate_name":"食品经营许可证","licence_no":"JY1",
		"content":"销售","valid_from":"2026-01-10","valid_to":"2031-01-09"`
	same(t, policy.LicenceDocument(s, 0), `{`+head+`,"record_id":"l1.0","date":"2026-01-08","title":"准予食品经营许可决定书",
		"licence":{`+body+`,"document_no":"7号","action":"granted","decided_on":"2026-01-08","status":"in_force"}}`)
	same(t, policy.LicenceDocument(s, 1), `{`+head+`,"record_id":"l1.1","date":"2026-02-01","title":"准予食品经营许可决定书（暂扣）",
		"licence":{`+body+`,"document_no":"9号","action":"suspended","decided_on":"2026-02-01","status":"suspended","until":"2026-02-20"}}`)
	s = fold(licence.Decider)(granted, licence.Reissued{Reason: "遗失", On: day("2026-02-03")},
		licence.Revoked{DocumentNo: "10号", Reason: "欺骗", On: day("2026-03-01"), Ground: licence.GroundAnnulled})
	same(t, policy.LicenceDocument(s, 1), `{`+head+`,"record_id":"l1.1","date":"2026-02-03","title":"准予食品经营许可决定书（补发）",
		"licence":{`+body+`,"action":"reissued","decided_on":"2026-02-03","status":"in_force"}}`)
	same(t, policy.LicenceDocument(s, 2), `{`+head+`,"record_id":"l1.2","date":"2026-03-01","title":"准予食品经营许可决定书（撤销）",
		"licence":{`+body+`,"document_no":"10号","action":"revoked","decided_on":"2026-03-01","status":"revoked","ground":{"code":"annulled","label":"撤销"}}}`)
	if _, _, err := disclosure.Canonical(policy.LicenceDocument(s, 3)); domain.KindOf(err) != domain.Invalid {
		t.Errorf("a decision that isn't there: %v", err)
	}

	term := licence.TermTakenOver{
		Licence: "old:30790", Authority: "b1", AuthorityName: "甲局", Register: "old", LicenceNo: "30790", RowNo: "30790-20110416",
		Holder: licence.Holder{Name: "SEVEN STAR", Subject: "ext:old:30790"}, Action: licence.ActRenew, Title: "Retail Food Establishment",
		ValidFrom: day("2011-04-16"), ValidTo: day("2013-04-15"), Status: licence.StatusInForce,
	}
	same(t, policy.LicenceDocument(fold(licence.Decider)(term), 0), `{"schema":"mingjian.document.v1","kind":"licence",
		"authority":{"id":"b1","name":"甲局"},"subjects":[{"id":"ext:old:30790","name":"SEVEN STAR"}],"record_id":"old:30790.0","date":"2011-04-16",
		"title":"Retail Food Establishment（延续）","licence":{"licence_id":"old:30790","document_title":"Retail Food Establishment","licence_no":"30790",
		"action":"renewed","valid_from":"2011-04-16","valid_to":"2013-04-15","status":"in_force"}}`)
}

// TestAJointInspectionIsPublishedDepartmentByDepartment also holds that the orders of both stand in the document.
func TestAJointInspectionIsPublishedDepartmentByDepartment(t *testing.T) {
	recorded := func(department string, by domain.InspectorID, on string, o inspection.Outcome) inspection.Recorded {
		return inspection.Recorded{Department: department, By: by, Manner: inspection.OnSite, StartedAt: time.Unix(0, 0), EndedAt: time.Unix(60, 0),
			Outcomes: []inspection.Outcome{o}, CompletedOn: day(on)}
	}
	doc := policy.InspectionDocument(fold(inspection.Decider)(
		inspection.Assigned{Inspection: "d1:x", Authority: "b1", Teams: []inspection.Team{
			{Department: "食品科", Inspectors: []domain.InspectorID{"i1"}}, {Department: "消防科", Inspectors: []domain.InspectorID{"i2"}},
		}},
		recorded("食品科", "i1", "2026-03-01", inspection.RectifiedOnOrder), recorded("消防科", "i2", "2026-03-02", inspection.ProblemPending),
		inspection.Concluded{CompletedOn: day("2026-03-02"), Outcomes: []inspection.Outcome{inspection.RectifiedOnOrder, inspection.ProblemPending}, Table: "2026-1"},
		inspection.RectificationOrdered{Demand: "公示", DueOn: day("2026-03-20"), By: "i1"},
		inspection.RectificationOrdered{Demand: "清理通道", DueOn: day("2026-03-21"), By: "i2", Department: "消防科"},
		inspection.Rechecked{Passed: true, On: day("2026-03-10"), By: "i1", Department: "食品科"},
	))
	const rectified, pending = `{"code":"rectified_on_order","label":"发现问题已责令改正"}`, `{"code":"problem_pending","label":"发现问题待后续处理"}`
	const market = `{"department":"食品科","demand":"公示","due_on":"2026-03-20","rechecked_on":"2026-03-10","passed":true}`
	doc.Subjects, doc.Authority.Name, doc.Title = []disclosure.Subject{{Name: "甲公司"}}, "甲局", "联合抽查"
	same(t, doc, `{"schema":"mingjian.document.v1","kind":"inspection","record_id":"d1:x","authority":{"id":"b1","name":"甲局"},"subjects":[{"name":"甲公司"}],
		"date":"2026-03-02","title":"联合抽查","inspection":{"manner":"on_site","completed_on":"2026-03-02","outcomes":[`+rectified+`,`+pending+`],"outcome_table":"2026-1",
		"departments":[{"name":"食品科","outcomes":[`+rectified+`],"manner":"on_site","completed_on":"2026-03-01"},
			{"name":"消防科","outcomes":[`+pending+`],"manner":"on_site","completed_on":"2026-03-02"}],
		"rectification":`+market+`,
		"rectifications":[{"department":"消防科","demand":"清理通道","due_on":"2026-03-21"},`+market+`]}}`)
}

func TestInspectionDocument(t *testing.T) {
	assigned := inspection.Assigned{
		Inspection: "d1:91320105780688132K", Draw: "d1", Task: "t1", Plan: "p1", Authority: "b1", Subject: "91320105780688132K", SubjectName: "甲公司",
		Teams:     []inspection.Team{{Department: "食品科", Inspectors: []domain.InspectorID{"i1", "i2"}}, {Department: "计量科"}},
		Items:     []inspection.Item{{No: "1", Matter: "食品销售检查"}, {No: "2", Matter: "计量器具检查"}},
		TaskTitle: "食品双随机", TaskKind: "targeted",
	}
	recorded := inspection.Recorded{
		Department: "食品科", By: "i1", Manner: inspection.OnSite, StartedAt: time.Unix(0, 0), EndedAt: time.Unix(60, 0),
		Findings: []inspection.Finding{{Item: "1", Note: "内部意见"}}, Outcomes: []inspection.Outcome{inspection.ProblemPending}, CompletedOn: day("2026-03-02"),
		Visit: inspection.Visit{ // of which nothing is for the public
			Place: "一号铺面", Present: []inspection.Certificate{{Inspector: "i1", Name: "检查员", No: "证1"}}, Met: []inspection.Person{{Name: "张某某", Role: "店长"}},
			Statement: "无异议", Signature: inspection.Signature{State: inspection.SigningRefused, Reason: "拒签", Witness: "李某某"},
		},
	}
	history := []inspection.Event{
		assigned,
		inspection.NoticeIssued{No: "1", Manner: inspection.OnSite, Contact: "办公室", Inspectors: []inspection.Certificate{{Inspector: "i1", Name: "检查员", No: "证1"}}},
		inspection.NoticeServed{No: "1", How: inspection.Direct, To: inspection.Person{Name: "张某某", Role: "店长"}},
		recorded, inspection.Confirmed{Department: "食品科", By: "i2"},
		inspection.Concluded{CompletedOn: day("2026-03-02"), Outcomes: []inspection.Outcome{inspection.ProblemPending}, Table: "2026-1"},
		inspection.RectificationOrdered{Demand: "限期改正", DueOn: day("2026-03-20"), By: "i1"},
		inspection.Rechecked{Passed: true, On: day("2026-03-19"), Note: "已改正", By: "i1"},
		inspection.Corrected{Department: "食品科", Outcomes: []inspection.Outcome{inspection.RectifiedOnOrder}, Reason: "录入有误", By: "i1", On: day("2026-03-20")},
		inspection.Corrected{Department: "食品科", Outcomes: []inspection.Outcome{inspection.RectifiedOnOrder}, Reason: "漏填要点", By: "i1",
			Findings: []inspection.Finding{{Item: "1", Note: "补充的内部意见"}}},
		inspection.HandedOver{To: inspection.CaseFiling, Reason: "涉嫌违法"},
		inspection.FollowUpClosed{To: inspection.CaseFiling, Result: inspection.NotFiled, Note: "情节轻微"},
	}
	rectified := `[{"code":"rectified_on_order","label":"发现问题已责令改正"}]`
	store := estest.NewStore(t)
	doc, err := policy.NameAuthority(t.Context(), store, policy.InspectionDocument(fold(inspection.Decider)(history...)))
	if err != nil {
		t.Fatal(err)
	}
	same(t, doc, `{"schema":"mingjian.document.v1","kind":"inspection","record_id":"d1:91320105780688132K","authority":{"id":"b1","name":"b1"},
		"subjects":[{"id":"91320105780688132K","name":"甲公司"}],"date":"2026-03-02","title":"食品双随机","inspection":{
		"plan_id":"p1","task_id":"t1","task_title":"食品双随机","task_kind":"targeted","draw_id":"d1","items":["食品销售检查","计量器具检查"],"manner":"on_site",
		"completed_on":"2026-03-02","outcomes":`+rectified+`,"outcome_table":"2026-1",
		"departments":[{"name":"食品科","outcomes":`+rectified+`,"manner":"on_site","completed_on":"2026-03-02"}],
		"corrections":[{"department":"食品科","former":[{"code":"problem_pending","label":"发现问题待后续处理"}],"outcomes":`+rectified+`,"reason":"录入有误","on":"2026-03-20"}],
		"rectification":{"department":"食品科","demand":"限期改正","due_on":"2026-03-20","rechecked_on":"2026-03-19","passed":true,"note":"已改正"}}}`)

	taken := inspection.TakenOver{
		Inspection: "chi:1", Source: "chi", RecordNo: "1", Subject: "ext:chi:30790", SubjectName: "SEVEN STAR", Authority: "b1",
		Item: "Canvass", Manner: inspection.OnSite, CompletedOn: day("2012-01-02"), Outcomes: []inspection.Outcome{inspection.NoProblem}, Note: "Risk 1",
	}
	if _, err := es.Transact(t.Context(), store, authority.Decider, "b1", authority.Command(authority.Register{
		By: domain.Actor{Account: "root", Role: domain.Admin, Authority: "b1"},
		ID: "b1", Name: "宁安市市场监督管理局", District: "320100", Level: authority.County, Departments: []string{"食品科"},
	}), es.Metadata{Command: es.DeriveID("", "test")}); err != nil {
		t.Fatal(err)
	}
	if doc, err = policy.NameAuthority(t.Context(), store, policy.InspectionDocument(fold(inspection.Decider)(taken))); err != nil {
		t.Fatal(err)
	}
	same(t, doc, `{"schema":"mingjian.document.v1","kind":"inspection","record_id":"chi:1","authority":{"id":"b1","name":"宁安市市场监督管理局"},
		"subjects":[{"id":"ext:chi:30790","name":"SEVEN STAR"}],"date":"2012-01-02","title":"Canvass","inspection":{"items":["Canvass"],
		"manner":"on_site","completed_on":"2012-01-02","outcomes":[{"code":"no_problem","label":"未发现问题"}],"source":"chi","record_no":"1","note":"Risk 1"}}`)
	if _, _, err := disclosure.Canonical(policy.InspectionDocument(inspection.State{})); domain.KindOf(err) != domain.Invalid {
		t.Errorf("no inspection: %v", err)
	}
}

// TestReleasedDecisionsTellValidity holds what documents tell to what the licence itself does, day by day.
func TestReleasedDecisionsTellValidity(t *testing.T) {
	native := []licence.Event{
		licence.Granted{Licence: "l1", Holder: licence.Holder{Kind: licence.Legal, Name: "甲公司"}, Category: licence.Ordinary, CertificateName: "证", LicenceNo: "1",
			DecidedOn: day("2026-01-01"), ValidFrom: day("2026-01-05"), ValidTo: day("2026-06-30")},
		licence.Suspended{On: day("2026-02-01"), Until: day("2026-02-20")}, licence.Resumed{On: day("2026-02-10")}, licence.Expired{On: day("2026-07-01")},
		licence.Renewed{DecidedOn: day("2026-06-01"), ValidFrom: day("2026-07-01"), ValidTo: day("2026-12-31")}, licence.Suspended{On: day("2026-08-01")},
		licence.Revoked{On: day("2026-09-01"), Ground: licence.GroundPunished},
	}
	old := []licence.Event{
		licence.TermTakenOver{Licence: "old:1", RowNo: "1", Action: licence.ActGrant, ValidFrom: day("2026-01-05"), ValidTo: day("2026-03-05"), Status: licence.StatusExpired},
		licence.TermTakenOver{Licence: "old:1", RowNo: "2", Action: licence.ActRevoke, ValidFrom: day("2026-05-05"), ValidTo: day("2026-06-05"), Status: licence.StatusRevoked},
	}
	for name, history := range map[string][]licence.Event{"native": native, "taken over": old} {
		s := fold(licence.Decider)(history...)
		var told []licence.Decision
		for n := range s.Decisions {
			told = append(told, policy.ReleasedDecision(policy.LicenceDocument(s, es.Revision(n))))
		}
		if d := told[0]; d.Holder != s.Decisions[0].Holder || d.CertificateName != s.Decisions[0].CertificateName || d.LicenceNo != s.Decisions[0].LicenceNo {
			t.Errorf("%s: the first decision is told as %+v", name, d)
		}
		for on := day("2026-01-01"); on.Before(day("2027-01-10")); on = on.AddDays(1) {
			if got, want := licence.Validity(told, on), licence.Validity(s.Decisions, on); got != want {
				t.Errorf("%s, on %s: %s, want %s", name, on, got, want)
			}
		}
	}
	if d := policy.ReleasedDecision(disclosure.Document{}); d.Action != "" {
		t.Errorf("a document without a licence: %+v", d)
	}
}
