package profile_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/profile"
)

// rowOf demands a row without a problem.
func rowOf(t testing.TB, p profile.Profile, f profile.Facts) profile.Row {
	t.Helper()
	row, problems := p.Row(f, today)
	if len(problems) > 0 {
		t.Fatalf("%s: %s", p.ID(), told(problems))
	}
	return row
}

// values are columns as text, those without a value left out.
func values(columns []profile.Column) string {
	var out []string
	for _, c := range columns {
		if c.Value != "" {
			out = append(out, c.Key+"="+c.Value)
		}
	}
	return strings.Join(out, "\n")
}

func TestPenaltyRow(t *testing.T) {
	p := at(t, "credit_china", profile.Penalty)
	row := rowOf(t, p, penaltyFacts())
	if got, want := values(p.Written(row, profile.File)), strings.TrimSpace(`
CF_XDR_MC=子虚市望舒餐饮管理有限公司
CF_XDR_LB=法人及非法人组织
CF_XDR_SHXYM=91540902MA9X01006G
CF_FRDB=王望舒
CF_WSH=子市监处罚〔2026〕45号
CF_WFXW=使用超过保质期的食品原料
CF_SY=当事人于2026年2月使用过期面粉。
CF_YJ=《食品安全法》第一百二十四条
CF_CFLB=罚款
CF_NR=罚款2000元
CF_NR_FK=0.200000
CF_JDRQ=2026/03/16
CF_YXQ=2027/03/16
CF_GSJZQ=2027/03/16
CF_CFJG=子虚市市场监督管理局
CF_CFJGDM=11540900MB9X00015L
CF_SJLY=子虚市市场监督管理局
CF_SJLYDM=11540900MB9X00015L`); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if len(row.Columns) != 30 || row.Table != "all" || len(row.Personal) != 0 {
		t.Errorf("%d columns in table %s, personal %v", len(row.Columns), row.Table, row.Personal)
	}
}

func TestLicenceRow(t *testing.T) {
	p := at(t, "provincial", profile.Licence)
	facts := licenceFacts()
	facts.ValidTo = day("2099-12-31")
	facts.DocumentNo = ""
	row := rowOf(t, p, facts)
	if got, want := values(p.Written(row, profile.Interface)), strings.TrimSpace(`
XK_XDR_MC=子虚市望舒餐饮管理有限公司
XK_XDR_LB=法人及非法人组织
XK_XDR_SHXYM=91540902MA9X01006G
XK_FRDB=王望舒
XK_XKWS=食品经营许可决定书
XK_WSH=JY25409020000018
XK_XKLB=普通
XK_XKZS=食品经营许可证
XK_XKBH=JY25409020000018
XK_NR=热食类食品制售
XK_JDRQ=2026-04-01 00:00:00
XK_YXQZ=2026-04-01 00:00:00
XK_YXQZI=2099-12-31 00:00:00
XK_XKJG=子虚市市场监督管理局
XK_XKJGDM=11540900MB9X00015L
XK_ZT=1
XK_LYDW=子虚市信用中心
XK_LYDWDM=11540900MB9X00023F`); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A platform is told that something stands no more as it can be told: by a status, or by taking the row out.
func TestWithdrawal(t *testing.T) {
	p := at(t, "credit_china", profile.Licence)
	for status, want := range map[string]string{"in_force": "1", "suspended": "2", "revoked": "2", "cancelled": "2", "expired": "2"} {
		facts := licenceFacts()
		facts.Status.Code = status
		if got := rowOf(t, p, facts).Value("XK_ZT"); got != want {
			t.Errorf("%s is told as %s", status, got)
		}
	}
	facts := licenceFacts()
	facts.Withdrawn = true
	if got := rowOf(t, p, facts).Value("XK_ZT"); got != "2" || p.Withdrawal != profile.Modify {
		t.Errorf("withdrawn is told as %s by %s", got, p.Withdrawal)
	}
	if p := at(t, "credit_china", profile.Penalty); p.Withdrawal != profile.Delete {
		t.Errorf("the penalties of 2018 have no status, but %s", p.Withdrawal)
	}
	old, ok := profile.Embedded().At("credit_china", profile.Penalty, day("2018-07-24"))
	if !ok || old.Version != "2015" {
		t.Fatalf("before 2018-07-25: %s", old.ID())
	}
	gone := penaltyFacts()
	gone.DecidedOn, gone.Withdrawn = day("2018-07-02"), true
	row, problems := old.Row(gone, day("2018-07-24"))
	if got := values(old.Written(row, profile.File)); !strings.Contains(got, "CF_ZT=1\nDFBM=540900\nSJC=2018/07/24") || len(problems) > 0 {
		t.Errorf("%s\n%s", told(problems), got)
	}
}

// The kinds of art. 9 in the words of the feed, each once.
func TestKindsOfPenalty(t *testing.T) {
	p := at(t, "credit_china", profile.Penalty)
	tests := []struct {
		codes    string
		affected string
		want     string
	}{
		{"warning criticism", "", "警告;其他-通报批评"},
		{"fine confiscation_gains confiscation_goods", "", "罚款;没收违法所得;没收非法财物"},
		{"licence_suspended", "食品经营许可证X", "暂扣或者吊销许可证"},
		{"licence_suspended licence_revoked", "食品经营许可证X", "暂扣或者吊销许可证"},
		{"licence_revoked", "营业执照X", "暂扣或者吊销执照"},
		{"grade_lowered activity_limited business_suspended", "", "其他-降低资质等级;其他-限制开展生产经营活动;责令停产停业"},
		{"closure profession_limited detention", "", "其他-责令关闭;其他-限制从业;行政拘留"},
	}
	labels := map[string]string{"criticism": "通报批评", "grade_lowered": "降低资质等级", "activity_limited": "限制开展生产经营活动", "closure": "责令关闭", "profession_limited": "限制从业"}
	for _, tt := range tests {
		f := penaltyFacts()
		f.Kinds, f.Fine, f.LicenceAffected, f.Content = nil, 0, tt.affected, "见决定书"
		for code := range strings.FieldsSeq(tt.codes) {
			f.Kinds = append(f.Kinds, profile.Coded{Code: code, Label: labels[code]})
			switch code {
			case "fine":
				f.Fine = 1
			case "confiscation_gains":
				f.Confiscated = 1
			}
		}
		if got := rowOf(t, p, f).Value("CF_CFLB"); got != tt.want {
			t.Errorf("%s: %s", tt.codes, got)
		}
	}
}

func TestAmountInText(t *testing.T) {
	p := at(t, "credit_china", profile.Penalty)
	tests := []struct {
		fen     domain.Fen
		content string
		agrees  bool
	}{
		{2000_00, "罚款2000元", true},
		{2000_00, "罚款人民币2,000.00元整", true},
		{2000_00, "罚款２０００元", true},
		{2000_00, "罚款 2000 元", true},
		{2000_00, "罚款0.2万元", true},
		{1, "罚款0.01元", true},
		{1, "罚款0.000001万元", true},
		{2_0000_0000_00, "罚款2亿元", true},
		{3500_00, "罚款2000元、1500元", true}, // the sum
		{2000_00, "罚款人民币贰仟元整（2000元）", true},
		{2000_00, "罚款贰仟元整", true},
		{2000_00, "罚款两千元", true},
		{1_2345_67, "罚款壹万贰仟叁佰肆拾伍元陆角柒分", true},
		{1_0005_07, "罚款壹万零伍元零柒分", true},
		{1_0000_0000_00, "罚款一亿元", true},
		{15_00, "罚款十五元", true},
		{15_00, "依据第一百二十四条罚款", true},
		{2000_0000_00, "罚款贰仟元整", false},
		{3500_00, "罚款二千元、一千五百元", true},
		{2000_00, "罚款2百元、贰拾元", false},
		{2000_00, "依据第12条，罚款", true},
		{2000_00, "罚款2000万元", false},
		{2000_0000_00, "罚款2000元", false},
		{2000_00, "罚款200元", false},
		{2000_00, "罚款2000.001元", true}, // no whole 分, hence no amount
		{9_007_199_254_740_992, "罚款90071992547409.92元", true},
	}
	for _, tt := range tests {
		f := penaltyFacts()
		f.Fine, f.Content = tt.fen, tt.content
		row, problems := p.Row(f, today)
		if warned := len(problems) == 1 && problems[0].Rule == "amount_text" && problems[0].Warning; warned == tt.agrees || len(row.Columns) == 0 {
			t.Errorf("%s 万元, %s: %s", tt.fen.WanYuan(), tt.content, told(problems))
		}
	}
}

// Numbers of persons are in no row: their columns are named where they have to be filled, and nowhere else.
func TestPersonalColumns(t *testing.T) {
	p := at(t, "credit_china", profile.Penalty)
	f := penaltyFacts()
	f.Party = trader()
	f.Party.HasIdentity = true // of who runs it; nobody has to be told
	if row := rowOf(t, p, f); len(row.Personal) > 0 {
		t.Errorf("a trader's row asks for %v", row.Personal)
	}
	f.Party = person()
	row := rowOf(t, p, f)
	if want := []string{"CF_XDR_ZJLX", "CF_XDR_ZJHM"}; !slices.Equal(row.Personal, want) {
		t.Fatalf("a person's row asks for %v", row.Personal)
	}
	for _, key := range []string{"CF_XDR_ZJLX", "CF_XDR_ZJHM", "CF_FR_ZJLX", "CF_FR_ZJHM"} {
		if row.Value(key) != "" {
			t.Errorf("%s has a value", key)
		}
	}
	columns, problems := p.Identified(row, profile.Identity{Kind: profile.Coded{Code: "resident_id", Label: "身份证"}, Number: residentID})
	if got := values(columns); len(problems) > 0 || !strings.Contains(got, "CF_XDR_ZJLX=身份证\nCF_XDR_ZJHM="+residentID) || row.Value("CF_XDR_ZJHM") != "" {
		t.Errorf("%s\n%s", told(problems), got)
	}
	tests := []struct{ kind, label, number, want string }{
		{"passport", "护照号", "E00000000", ""},
		{"resident_id", "身份证", residentID[:17] + "1", "CF_XDR_ZJHM personal 证件号码：不是GB 11643的公民身份号码"},
		{"resident_id", "身份证", "", "CF_XDR_ZJHM required 证件号码：必填，记录中没有"},
		{"", "", "E00000000", "CF_XDR_ZJLX required 证件类型：必填，记录中没有"},
		{"other", "士官证", "E\u200B1", "CF_XDR_ZJHM invisible 证件号码：含有不可见字符（U+200B）"},
		{"passport", "护照号", strings.Repeat("1", 65), "CF_XDR_ZJHM length 证件号码：共65字，不得超过64字"},
	}
	for _, tt := range tests {
		columns, problems := p.Identified(row, profile.Identity{Kind: profile.Coded{Code: tt.kind, Label: tt.label}, Number: tt.number})
		if told(problems) != tt.want || (columns == nil) != (tt.want != "") {
			t.Errorf("%s: %s", tt.kind, told(problems))
		}
		for _, problem := range problems {
			if tt.number != "" && strings.Contains(problem.Chinese+problem.English, tt.number) {
				t.Error("a problem tells the number")
			}
		}
	}
}

func TestTables(t *testing.T) {
	p := at(t, "provincial", profile.Penalty)
	for table, party := range map[string]profile.Party{"legal": firm(), "natural": trader()} {
		f := penaltyFacts()
		f.Party = party
		row := rowOf(t, p, f)
		var want []string
		for _, field := range p.Columns(table) {
			want = append(want, field.Key)
		}
		var got []string
		for _, c := range row.Columns {
			got = append(got, c.Key)
		}
		if row.Table != table || !slices.Equal(got, want) || slices.Contains(got, "CF_FRDB") != (table == "legal") {
			t.Errorf("%s is in table %s with %v", party.Name, row.Table, got)
		}
	}
}

func TestProfilesByDay(t *testing.T) {
	ps := profile.Embedded()
	if got := ps.Platforms(); !slices.Equal(got, []string{"credit_china", "provincial"}) {
		t.Errorf("platforms %v", got)
	}
	for on, want := range map[string]string{"2015-11-30": "", "2015-12-01": "2015", "2018-07-24": "2015", "2018-07-25": "2018", "2099-12-31": "2018"} {
		if p, ok := ps.At("credit_china", profile.Penalty, day(on)); ok != (want != "") || p.Version != want {
			t.Errorf("on %s: %s", on, p.ID())
		}
	}
	if _, ok := ps.At("nobody", profile.Penalty, today); ok {
		t.Error("a platform that is none has a profile")
	}
	if p, ok := ps.Get("credit_china", profile.Penalty, "2015"); !ok || p.On(today) || p.On(calendar.Date{}) {
		t.Errorf("an old version is not found, or holds: %s", p.ID())
	}
}
