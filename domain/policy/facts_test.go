package policy_test

import (
	"reflect"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/domain/profile"
	"github.com/mingjian-ledger/mingjian/domain/roster"
)

var bureauState = authority.State{ID: "zixu", Name: "子虚市市场监督管理局", Code: "11540900MB9X00015L", District: "540900"}

func finedParty() penalty.Decided {
	return penalty.Decided{
		Penalty: "7b0c", Authority: "zixu", AuthorityName: "子虚市工商行政管理局", DecisionNo: "子市监处罚〔2026〕45号", Procedure: penalty.Ordinary,
		Parties:   []penalty.Party{{Kind: penalty.Legal, Name: "子虚市望舒餐饮管理有限公司", Subject: "91540902MA9X01006G", LegalRepresentative: "王望舒"}},
		Violation: "使用过期原料", Facts: "一、\n二、", Basis: "第一百二十四条", Kinds: []penalty.Kind{penalty.Fine, penalty.Criticism}, Content: "罚款2000元",
		FineFen: 2000_00, DecidedOn: day("2026-03-16"), EffectiveUntil: day("2027-03-16"),
	}
}

func TestPenaltyFacts(t *testing.T) {
	got := policy.PenaltyFacts(fold(penalty.Decider)(finedParty()), policy.Around{Authority: bureauState, PublicUntil: day("2027-03-16"), Remark: "无"})
	want := profile.Facts{
		Kind: profile.Penalty, Record: "7b0c", Title: "行政处罚决定书", DocumentNo: "子市监处罚〔2026〕45号", Content: "罚款2000元", District: "540900",
		Party:     profile.Party{Kind: "legal", Name: "子虚市望舒餐饮管理有限公司", USCC: "91540902MA9X01006G", LegalRepresentative: "王望舒"},
		Authority: profile.Unit{Name: "子虚市工商行政管理局", USCC: "11540900MB9X00015L"}, Source: profile.Unit{Name: "子虚市工商行政管理局", USCC: "11540900MB9X00015L"},
		DecidedOn: day("2026-03-16"), Status: profile.Coded{Code: "in_force"}, PublicUntil: day("2027-03-16"), Remark: "无",
		Violation: "使用过期原料", Story: "一、\n二、", Basis: "第一百二十四条", Fine: 2000_00, EffectiveUntil: day("2027-03-16"),
		Kinds: []profile.Coded{{Code: "fine", Label: "罚款"}, {Code: "criticism", Label: "通报批评"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	amended := penalty.Amended{Reason: "复议", Kinds: []penalty.Kind{penalty.ConfiscationGains}, Content: "没收违法所得2.77元", ConfiscatedFen: 277, On: day("2026-04-02")}
	got = policy.PenaltyFacts(fold(penalty.Decider)(finedParty(), amended), policy.Around{Authority: bureauState, Withdrawn: true, Name: "子虚市望舒饮食有限公司"})
	if got.Content != amended.Content || got.Fine != 0 || got.Confiscated != 277 || len(got.Kinds) != 1 || got.Status.Code != "amended" || !got.Withdrawn ||
		got.Party.Name != "子虚市望舒饮食有限公司" {
		t.Errorf("amended: %+v", got)
	}
	joint := finedParty()
	joint.Parties = append(joint.Parties, penalty.Party{Kind: penalty.Natural, Name: "李四"})
	if !policy.PenaltyFacts(fold(penalty.Decider)(joint), policy.Around{}).Joint {
		t.Error("that a record is of two parties is not told")
	}
	if got := policy.PenaltyFacts(penalty.State{}, policy.Around{}); got.Record != "" || got.Party != (profile.Party{}) {
		t.Errorf("of no penalty there are facts: %+v", got)
	}
}

// Who is known by which code, and who is known to have none.
func TestPartyFacts(t *testing.T) {
	const code, reg = "92540902MA9X03968B", "540902600000014"
	sealed := &domain.Sealed{Item: "i", Persons: []string{"p"}, Commitment: "c"}
	tests := []struct {
		name    string
		subject domain.SubjectID
		roster  roster.Subject
		sealed  *domain.Sealed
		want    profile.Party
	}{
		{"a code", code, roster.Subject{}, nil, profile.Party{USCC: code}},
		{"a code that the roster has as another", code, roster.Subject{ID: code, Code: "92540902MA9X04338D"}, nil, profile.Party{USCC: "92540902MA9X04338D"}},
		{"another subject's code", code, roster.Subject{ID: "reg:" + reg, Code: "92540902MA9X04338D"}, nil, profile.Party{USCC: code}},
		{"a number of registration", "reg:" + reg, roster.Subject{}, nil, profile.Party{Registration: reg, NoCode: true}},
		{"a number of registration, and a code on the roster", "reg:" + reg, roster.Subject{ID: "reg:" + reg, Code: code}, nil, profile.Party{Registration: reg, USCC: code}},
		{"a number of another register", "ext:food:17", roster.Subject{}, nil, profile.Party{}},
		{"nothing", "", roster.Subject{}, nil, profile.Party{}},
		{"an identity", "", roster.Subject{}, sealed, profile.Party{HasIdentity: true}},
	}
	for _, tt := range tests {
		d := finedParty()
		d.Parties = []penalty.Party{{Kind: penalty.IndividualBusiness, Name: "乌有区南柯小吃店", Subject: tt.subject, Identity: tt.sealed}}
		got := policy.PenaltyFacts(fold(penalty.Decider)(d), policy.Around{Subject: tt.roster, LegalRepresentative: "李南柯"}).Party
		tt.want.Kind, tt.want.Name, tt.want.LegalRepresentative = "individual_business", "乌有区南柯小吃店", "李南柯"
		if got != tt.want {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}

// Who reports is the authority itself, unless another one does.
func TestUnitFacts(t *testing.T) {
	d := finedParty()
	d.Authority, d.AuthorityName = "11540900MB9X00015L", ""
	s := fold(penalty.Decider)(d)
	if got := policy.PenaltyFacts(s, policy.Around{}).Authority; got != (profile.Unit{USCC: "11540900MB9X00015L"}) {
		t.Errorf("the code that is the id: %+v", got)
	}
	got := policy.PenaltyFacts(s, policy.Around{Authority: bureauState, Source: authority.State{ID: "xx", Name: "子虚市信用中心", Code: "11540900MB9X00023F"}})
	if got.Authority != (profile.Unit{Name: bureauState.Name, USCC: bureauState.Code}) || got.Source != (profile.Unit{Name: "子虚市信用中心", USCC: "11540900MB9X00023F"}) {
		t.Errorf("another one reports: %+v %+v", got.Authority, got.Source)
	}
	d.Authority = "zixu"
	if got := policy.PenaltyFacts(fold(penalty.Decider)(d), policy.Around{}).Authority.USCC; got != "" {
		t.Errorf("an id that is no code is told as %s", got)
	}
}

func TestLicenceFacts(t *testing.T) {
	s := fold(licence.Decider)(
		licence.Granted{Licence: "9f", Authority: "zixu", AuthorityName: "子虚市市场监督管理局", Holder: licence.Holder{Kind: licence.Legal, Name: "子虚市望舒餐饮管理有限公司", Subject: "91540902MA9X01006G"},
			DocumentTitle: "食品经营许可决定书", DocumentNo: "子市监许〔2026〕7号", Category: licence.OtherCategory, CategoryName: "备案", CertificateName: "食品经营许可证",
			LicenceNo: "JY25409020000018", Content: "热食类食品制售", DecidedOn: day("2026-04-01"), ValidFrom: day("2026-04-01"), ValidTo: day("2031-03-31")},
		licence.Renewed{DocumentNo: "子市监许〔2031〕1号", DecidedOn: day("2031-03-01"), ValidFrom: day("2031-04-01"), ValidTo: licence.LongTerm},
		licence.Revoked{Reason: "骗取", On: day("2032-01-05"), Ground: licence.GroundAnnulled},
	)
	around := policy.Around{Authority: bureauState, Subject: roster.Subject{ID: "91540902MA9X01006G", Code: "91540902MA9X01006G", Representative: "王望舒"}}
	want := profile.Facts{
		Kind: profile.Licence, Record: "9f.0", Title: "食品经营许可决定书", DocumentNo: "子市监许〔2026〕7号", Content: "热食类食品制售", District: "540900",
		Party:     profile.Party{Kind: "legal", Name: "子虚市望舒餐饮管理有限公司", USCC: "91540902MA9X01006G", LegalRepresentative: "王望舒"},
		Authority: profile.Unit{Name: bureauState.Name, USCC: bureauState.Code}, Source: profile.Unit{Name: bureauState.Name, USCC: bureauState.Code},
		DecidedOn: day("2026-04-01"), Status: profile.Coded{Code: "in_force", Label: "有效"}, Action: profile.Coded{Code: "granted", Label: "核发"},
		Category: profile.Coded{Code: "other", Label: "备案"}, Certificate: "食品经营许可证", LicenceNo: "JY25409020000018",
		ValidFrom: day("2026-04-01"), ValidTo: day("2031-03-31"),
	}
	if got := policy.LicenceFacts(s, 0, around); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	renewed := policy.LicenceFacts(s, 1, around)
	if renewed.Record != "9f.1" || renewed.ValidTo != licence.LongTerm || renewed.DocumentNo != "子市监许〔2031〕1号" || renewed.Action.Code != "renewed" || renewed.DecidedOn != day("2031-03-01") {
		t.Errorf("renewed: %+v", renewed)
	}
	if got := policy.LicenceFacts(s, 2, around); got.Status.Code != "revoked" || got.DecidedOn != day("2032-01-05") {
		t.Errorf("revoked: %+v", got)
	}
	around.LegalRepresentative = "李望舒"
	if got := policy.LicenceFacts(s, 0, around).Party.LegalRepresentative; got != "李望舒" {
		t.Errorf("recorded for the delivery: %s", got)
	}
	around.LegalRepresentative, around.Subject.ID = "", "91540902MA9X99999X"
	if got := policy.LicenceFacts(s, 0, around).Party.LegalRepresentative; got != "" {
		t.Errorf("another subject's: %s", got)
	}
	if got := policy.LicenceFacts(s, 3, around); !reflect.DeepEqual(got, profile.Facts{}) {
		t.Errorf("of a decision that isn't there: %+v", got)
	}
	term := licence.TermTakenOver{Licence: "food:1", Authority: "zixu", AuthorityName: "子虚市市场监督管理局", Register: "food", LicenceNo: "1", RowNo: "1",
		Holder: licence.Holder{Name: "某店"}, Title: "许可", ValidFrom: day("2014-01-01"), ValidTo: day("2015-01-01"), Status: licence.StatusExpired, Action: licence.ActGrant}
	if got := policy.LicenceFacts(fold(licence.Decider)(term), 0, around); !got.DecidedOn.IsZero() {
		t.Errorf("a term of an older register was decided on %s", got.DecidedOn)
	}
}

// The codes of the aggregates are those that the embedded profiles have words for, or what is other.
func TestOwnCodesHaveWords(t *testing.T) {
	ps := profile.Embedded()
	p, _ := ps.At("credit_china", profile.Penalty, day("2026-05-06"))
	for _, k := range penalty.Kinds() {
		d := finedParty()
		d.Kinds, d.FineFen, d.Content, d.LicenceAffected = []penalty.Kind{k.Code}, 0, "见决定书", "食品经营许可证X"
		switch k.Code {
		case penalty.Fine:
			d.FineFen = 1
		case penalty.ConfiscationGains, penalty.ConfiscationGoods:
			d.ConfiscatedFen = 1
		}
		row, problems := p.Row(policy.PenaltyFacts(fold(penalty.Decider)(d), policy.Around{Authority: bureauState}), day("2026-05-06"))
		if profile.Bars(problems) || row.Value("CF_CFLB") == "" {
			t.Errorf("%s: %+v", k.Code, problems)
		}
	}
	p, _ = ps.At("credit_china", profile.Licence, day("2026-05-06"))
	status, _ := p.Field("XK_ZT")
	words := map[string]bool{}
	for _, row := range status.Codes.Rows {
		words[row.Own] = true
	}
	for _, s := range []licence.Status{licence.StatusInForce, licence.StatusSuspended, licence.StatusRevoked, licence.StatusCancelled, licence.StatusExpired} {
		if !words[string(s)] {
			t.Errorf("status %s has no word", s)
		}
	}
	for _, c := range []licence.Category{licence.Ordinary, licence.Franchise, licence.Recognition, licence.Approval, licence.Registration} {
		s := fold(licence.Decider)(licence.Granted{Licence: "9f", Authority: "zixu", AuthorityName: bureauState.Name, Holder: licence.Holder{Kind: licence.IndividualBusiness, Name: "乌有区南柯小吃店", Subject: "92540902MA9X03968B"},
			DocumentTitle: "决定书", DocumentNo: "1号", Category: c, Content: "内容", DecidedOn: day("2026-04-01"), ValidFrom: day("2026-04-01"), ValidTo: day("2031-03-31")})
		row, problems := p.Row(policy.LicenceFacts(s, es.Revision(0), policy.Around{Authority: bureauState, LegalRepresentative: "李南柯"}), day("2026-05-06"))
		if len(problems) > 0 || row.Value("XK_XKLB") != c.Label() {
			t.Errorf("%s: %s %+v", c, row.Value("XK_XKLB"), problems)
		}
	}
}
