package sheet

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian-ledger/mingjian/domain/penalty"
)

// decision is a fictional text and what must be read out of it; amounts in 分.
type decision struct {
	text         string
	kinds        string
	fine, seized int64
	blocks       string // part of the blocking doubt, empty if sure
	warns        string // part of another doubt
}

func clearDecisions() map[string]decision {
	return map[string]decision{
		"one fine":         {text: "罚款5000元。", kinds: "fine", fine: 500000},
		"fine behind":      {text: "处16000元罚款上缴国库。", kinds: "fine", fine: 1600000},
		"a fine of":        {text: "处以2000元的罚款。", kinds: "fine", fine: 200000},
		"full width":       {text: "罚款５０００元", kinds: "fine", fine: 500000},
		"ten thousands":    {text: "没收违法所得1.5032万元，罚款2.0000万元", kinds: "fine;confiscation_gains", fine: 2000000, seized: 1503200},
		"words":            {text: "1；警告； 2；罚款伍仟元。", kinds: "warning;fine", fine: 500000},
		"words and digits": {text: "罚款人民币50000元（伍万圆）整。", kinds: "fine", fine: 5000000},
		"twice in words":   {text: "没收违法所得105.6元（大写：壹佰零伍元陆角）。\\n罚款人民币211.2元（大写：贰佰壹拾壹元贰角）。", kinds: "fine;confiscation_gains", fine: 21120, seized: 10560},
		"with total":       {text: "1.没收违法所得100元；\n2.罚款50000元；\n3.罚款50000元；\n综上，罚没款共计100100元。", kinds: "fine;confiscation_gains", fine: 10000000, seized: 10000},
		"only a total":     {text: "对两种行为的罚款合计人民币叁仟元整。", kinds: "fine", fine: 300000},
		"goods": {text: "本局决定如下：没收扣押的过期食品12袋，罚款20000元，上缴国库；责令改正。",
			kinds: "fine;confiscation_goods", fine: 2000000},
		"quoted law": {text: "依据《价格法》第四十二条“责令改正，没收违法所得，可以并处五千元以下的罚款”的规定，本局决定对当事人罚款1500元。",
			kinds: "fine", fine: 150000},
		"law before the decision": {text: "没有违法所得的，处5万元以上50万元以下的罚款。现决定处罚如下：罚款60000元。", kinds: "fine", fine: 6000000},
		"basis of calculation":    {text: "对当事人处以违法所得（73480元）0.15倍的罚款11022元。", kinds: "fine", fine: 1102200},
		"enumeration": {text: "罚款：（一）人民币351.68元（大写：叁佰伍拾壹元陆角捌分）。\n（二）人民币24.95元。", kinds: "fine", fine: 37663,
			warns: "已逐项相加"},
		"merged at the end": {text: "对甲行为，给予以下行政处罚：罚款1000元。对乙行为，给予以下行政处罚：罚款2000元。综上，合并处罚如下：罚款3000元。",
			kinds: "fine", fine: 300000},
		"refund first":      {text: "1、责令退还多付价款1620元，逾期未退还，部分予以没收。\n2、处罚款：1620元。", kinds: "fine", fine: 162000, warns: "附条件"},
		"the punished":      {text: "对被处罚人罚款200元。", kinds: "fine", fine: 20000},
		"damages":           {text: "责令赔偿消费者300元，罚款200元。", kinds: "fine", fine: 20000},
		"late fine":         {text: "决定处罚如下：罚款200元。逾期不缴纳的，每日按罚款数额的百分之三加处罚款。", kinds: "fine", fine: 20000},
		"licence":           {text: "给予以下行政处罚：1.吊销食品经营许可证；2.罚款80000元。", kinds: "fine;licence_revoked", fine: 8000000},
		"closure":           {text: "本局决定如下：责令停产停业，警告。", kinds: "warning;business_suspended"},
		"list of kinds":     {text: "罚款金额10,500元；行政处罚种类：警告,罚款,没收非法财物；", kinds: "warning;fine;confiscation_goods", fine: 1050000},
		"other by law":      {text: "罚款0.35万元#法律、行政法规规定的其他行政处罚#", kinds: "fine;other", fine: 350000},
		"a proposal":        {text: "建议责令当事人改正，给予行政处罚如下：罚款300元。", kinds: "fine", fine: 30000, warns: "建议"},
		"form of one place": {text: "对某某物业进行了:\n1.罚款:金额4500元;\n以上处罚内容共计壹项，罚没款合计4500元，大写肆仟伍佰元整。", kinds: "fine", fine: 450000},
	}
}

func doubtfulDecisions() map[string]decision {
	return map[string]decision{
		"empty":                     {text: " \u200b\n", blocks: "为空"},
		"law only":                  {text: "经营者违反规定的，责令改正，没收违法所得，可以并处五千元以下的罚款。", blocks: "只有法律条文"},
		"facts only":                {text: "当事人的行为违反了《价格法》第十三条的规定。", blocks: "没有写明处罚种类"},
		"no penalty":                {text: "1；不予行政处罚。", blocks: "不予行政处罚"},
		"amount without a kind":     {text: "2000元", blocks: "无法判断金额"},
		"kind without an amount":    {text: "警告、责令限期改正,罚款", kinds: "warning;fine", blocks: "未写明金额"},
		"gains without an amount":   {text: "没收违法所得；罚款100元。", kinds: "fine;confiscation_gains", blocks: "没收违法所得但未写明"},
		"seizure of nothing":        {text: "本局决定如下：没收。", blocks: "未写明没收何物"},
		"words contradict digits":   {text: "罚款伍仟元整（￥500元）。", kinds: "fine", blocks: "大写与小写不一致"},
		"total contradicts":         {text: "没收违法所得100元；罚款200元；罚没款合计400元。", kinds: "fine;confiscation_gains", blocks: "不一致"},
		"half read amount":          {text: "罚款1万5千元。", kinds: "fine", blocks: "无法判断金额“1万5千元”"},
		"about":                     {text: "罚款数千元。", kinds: "fine", blocks: "无法判断金额"},
		"same amount twice":         {text: "罚款500元。另对当事人罚款500元。", kinds: "fine", blocks: "多次"},
		"announced, then decided":   {text: "拟作出如下行政处罚：罚款5000元。经申辩，现决定处罚如下：罚款3000元。", kinds: "fine", blocks: "多处处罚决定", warns: "拟"},
		"quotation marks":           {text: "依据“可以并处五千元以下的罚款的规定，罚款100元。", blocks: "引号"},
		"titles":                    {text: "依据《价格法的规定，罚款100元。", blocks: "引号"},
		"kind contradicts":          {text: "罚款0.000275万元#没收违法所得#", kinds: "fine;confiscation_gains", blocks: "无法判断性质"},
		"unknown kind":              {text: "罚款金额100元；行政处罚种类：罚款,训诫；", kinds: "fine", blocks: "不在"},
		"ambiguous words":           {text: "罚款一千五元。", kinds: "fine", blocks: "无法判断金额"},
		"an earlier penalty":        {text: "2022年因同类行为被罚款5000元。现罚款8000元。", kinds: "fine", blocks: "5000元"},
		"several parties":           {text: "对甲店、乙店分别罚款5000元。", kinds: "fine", blocks: "5000元"},
		"a rate":                    {text: "每日罚款100元。", kinds: "fine", blocks: "100元"},
		"organisation and person":   {text: "对当事人罚款50000元，对其法定代表人罚款10000元。", kinds: "fine", blocks: "单位和个人"},
		"unexplained second amount": {text: "罚款100元，并缴纳300元。", kinds: "fine", blocks: "300元"},
	}
}

func TestExtractPenalty(t *testing.T) {
	t.Parallel()
	for _, cases := range []map[string]decision{clearDecisions(), doubtfulDecisions()} {
		for name, test := range cases {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				got := ExtractPenalty(test.text)
				if got.Sure() != (test.blocks == "") {
					t.Fatalf("sure %t: %+v", got.Sure(), got)
				}
				want := decision{text: test.text, kinds: codes(got.Kinds), fine: got.FineFen, seized: got.ConfiscatedFen,
					blocks: test.blocks, warns: test.warns}
				if diff := cmp.Diff(want, test, cmp.AllowUnexported(decision{})); diff != "" {
					t.Fatalf("%s %+v", diff, got)
				}
				if !hasDoubt(got, true, test.blocks) || !hasDoubt(got, false, test.warns) {
					t.Fatalf("doubts %+v", got.Doubts)
				}
				for _, e := range got.Excerpts {
					if !strings.Contains(test.text, strings.TrimPrefix(e, "…")) {
						t.Fatalf("excerpt %q is not in the text", e)
					}
				}
			})
		}
	}
}

func codes(kinds []penalty.Kind) string {
	var out []string
	for _, k := range kinds {
		out = append(out, string(k))
	}
	return strings.Join(out, ";")
}

// hasDoubt wants a doubt with the words, and without words none of the kind.
func hasDoubt(p Penalty, blocks bool, words string) bool {
	some := false
	for _, d := range p.Doubts {
		if d.Blocks != blocks {
			continue
		}
		if d.EN == "" || d.ZH == "" {
			return false
		}
		some = true
		if words != "" && strings.Contains(d.ZH, words) {
			return true
		}
	}
	return words == "" && !some
}

func TestAmountsInWordsAlone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"罚款伍仟元。": "伍仟元", "没收违法所得壹佰元；罚款贰佰元，罚没款合计叁佰元整。": "壹佰元 贰佰元 叁佰元整",
		"罚款伍仟元（￥5000元）。": "", "罚款5000元（伍仟元整）。": "", "罚款人民币50000元（伍万圆）整。": "",
		"对两种行为的罚款合计人民币叁仟元整。": "叁仟元整", "依据“可以并处五千元以下的罚款”的规定，罚款1500元。": "", "罚款叁仟元，没收违法所得100元。": "叁仟元",
	} {
		if got := strings.Join(ExtractPenalty(text).Words, " "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// FuzzExtractPenalty wants that amounts come only without a blocking doubt, are amounts of the text or sums of them, and
// that the same text is read alike twice.
func FuzzExtractPenalty(f *testing.F) {
	for _, cases := range []map[string]decision{clearDecisions(), doubtfulDecisions()} {
		for _, c := range cases {
			f.Add(c.text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := ExtractPenalty(text)
		if got.FineFen < 0 || got.ConfiscatedFen < 0 || (!got.Sure() && got.FineFen+got.ConfiscatedFen != 0) {
			t.Fatalf("%+v", got)
		}
		if got.Sure() && len(got.Kinds) == 0 {
			t.Fatalf("sure of nothing: %+v", got)
		}
		var all int64
		for _, a := range FindAmounts(text) {
			all += a.Fen
		}
		if got.FineFen+got.ConfiscatedFen > all {
			t.Fatalf("more than the text holds (%d): %+v", all, got)
		}
		if diff := cmp.Diff(got, ExtractPenalty(text)); diff != "" {
			t.Fatal(diff)
		}
	})
}
