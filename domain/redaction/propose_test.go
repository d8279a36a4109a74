package redaction_test

import (
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian-ledger/mingjian/domain/redaction"
)

// check is the check character of a resident identity number's first 17 places.
func check(first17 string) string {
	sum, weight := 0, 1
	for i := 16; i >= 0; i-- {
		weight = weight * 2 % 11
		sum += weight * int(first17[i]-'0')
	}
	return first17 + string("10X98765432"[sum%11])
}

var (
	zhang = check("33010619850312002") // fictional people of a fictional decision
	child = check("33010620120312002")
)

func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7F {
			return r - '!' + 0xFF01
		}
		return r
	}, s)
}

func TestPropose(t *testing.T) {
	t.Parallel()
	spaced := zhang[:6] + " " + zhang[6:14] + " " + zhang[14:]
	wrong := zhang[:17] + map[bool]string{true: "1", false: "2"}[zhang[17] != '1']
	firm := redaction.Context{Parties: []redaction.Party{{Name: "宁安市张三水果店", Kind: redaction.Trader, Person: "张三"}}}
	citizen := redaction.Context{Parties: []redaction.Party{{Name: "李四光", Kind: redaction.Natural}}}
	for name, c := range map[string]struct {
		served  string
		context redaction.Context
		want    string
	}{
		"resident number":              {"公民身份号码：" + zhang + "。", firm, "公民身份号码：***。"},
		"in full width":                {"号码" + wide(zhang) + "的人", firm, "号码***的人"},
		"in groups":                    {"号码 " + spaced + "，", firm, "号码 ***，"},
		"with invisible characters":    {"号码" + zhang[:9] + "\u200b" + zhang[9:], firm, "号码***"},
		"with dashes":                  {zhang[:6] + "—" + zhang[6:14] + "-" + zhang[14:], firm, "***"},
		"that fails its check":         {"号码" + wrong + "。", firm, "号码***。"},
		"of fifteen places":            {"身份证号330106850312002。", firm, "身份证号***。"},
		"in Chinese digits":            {"号码三三〇一〇六一九八五〇三一二〇〇二" + "七", firm, "号码***"},
		"within a longer row":          {"编号77" + zhang[:17] + strings.TrimSuffix(zhang[17:], "X") + map[bool]string{true: "X", false: ""}[zhang[17] == 'X'] + "，", firm, ""},
		"credit code stays":            {"统一社会信用代码914403001922038216的公司", firm, "统一社会信用代码914403001922038216的公司"},
		"credit code with letters":     {"代码91320105780688132K的公司", firm, "代码91320105780688132K的公司"},
		"register number stays":        {"工商注册号440301103448669", firm, "工商注册号440301103448669"},
		"mobile":                       {"联系电话13912345678。", firm, "联系电话***。"},
		"mobile of the country":        {"拨打+86 139-1234-5678。", firm, "拨打***。"},
		"mobile in full width":         {"请打＋８６１３９１２３４５６７８", firm, "请打***"},
		"amount like a mobile":         {"货值13912345678元", firm, "货值13912345678元"},
		"landline":                     {"座机0571-88881234，", firm, "座机***，"},
		"landline in brackets":         {"电话（0571）88881234，", firm, "电话（***，"},
		"local landline":               {"电话88881234，", firm, "电话***，"},
		"hot line stays":               {"拨打12315投诉", firm, "拨打12315投诉"},
		"card":                         {"转至6222021234567890128", firm, "转至***"},
		"card in groups":               {"6222 0212 3456 7890 128", firm, "***"},
		"account of an organisation":   {"开户行某银行，账号：33050161709900000123。", firm, "开户行某银行，账号：***。"},
		"short account":                {"账号190012345", firm, "账号***"},
		"barcode stays":                {"条码6901234567892的酒", firm, "条码6901234567892的酒"},
		"food licence stays":           {"许可证JY13301060123456", firm, "许可证JY13301060123456"},
		"dates and amounts stay":       {"2026-03-16 罚款3000元，共计 15 2026.03", firm, "2026-03-16 罚款3000元，共计 15 2026.03"},
		"mail":                         {"邮箱zhang.san@example.cn。", firm, "邮箱***。"},
		"messenger":                    {"微信号：zs_198503，", firm, "微信号：***，"},
		"plate":                        {"浙A·12B45货车", firm, "***货车"},
		"new plate":                    {"驾驶浙AD12345", firm, "驾驶***"},
		"passport":                     {"护照号E12345678，", firm, "护照号***，"},
		"permit":                       {"港澳居民来往内地通行证H12345678", firm, "港澳居民来往内地通行证***"},
		"card of Hong Kong":            {"持A123456(7)入境", firm, "持***入境"},
		"home":                         {"住址：浙江省宁安市东湖区文苑路88号翠苑小区3幢2单元501室。", firm, "住址：某地址。"},
		"home in running text":         {"家住宁安市东湖区临湖村三组12号，", firm, "家住某地址，"},
		"home of a person named":       {"李某，男，汉族，住宁安市东湖区文苑路88号，", firm, "李某，男，汉族，住某地址，"},
		"place of business stays":      {"经营场所：宁安市东湖区文苑路88号", firm, "经营场所：宁安市东湖区文苑路88号"},
		"address of a firm stays":      {"位于宁安市东湖区文苑路88号的仓库", firm, "位于宁安市东湖区文苑路88号的仓库"},
		"dwelling without a word":      {"送货到，宁安市东湖区翠苑小区3幢2单元501室。", firm, "送货到，某地址。"},
		"known home":                   {"在临湖大道1号查获", redaction.Context{Homes: []string{"临湖大道１号"}}, "在某地址查获"},
		"health":                       {"从业人员患有乙型肝炎仍上岗", firm, "从业人员患有***仍上岗"},
		"health in law":                {"依据“患有国务院规定的有碍食品安全疾病的人员”", firm, "依据“患有国务院规定的有碍食品安全疾病的人员”"},
		"representative":               {"法定代表人：赵六，", firm, "法定代表人：赵某，"},
		"representative in brackets":   {"（经营者：欧阳修文）", firm, "（经营者：欧阳某）"},
		"agent in running text":        {"委托代理人王小明称商品已售", firm, "委托代理人王某称商品已售"},
		"witness everywhere":           {"证人钱七、店员孙八在场，钱七说", firm, "证人钱某、店员孙某在场，钱某说"},
		"of a people with long names":  {"负责人：阿卜杜拉·买买提，", firm, "负责人：阿某，"},
		"before a verb":                {"负责人尉迟大年申请复议，负责人王小明拒绝签字", firm, "负责人尉迟某申请复议，负责人王某拒绝签字"},
		"with a title":                 {"消费者周丽华女士投诉", firm, "消费者周某女士投诉"},
		"role without a name":          {"经营者应当明码标价，经营者高度重视，负责人在场", firm, "经营者应当明码标价，经营者高度重视，负责人在场"},
		"law about operators":          {"“经营者违反明码标价规定的，责令改正”", firm, "“经营者违反明码标价规定的，责令改正”"},
		"masked already":               {"法定代表人：张某，电话139****5678", firm, "法定代表人：张某，电话139****5678"},
		"trade name stays, owner goes": {"宁安市张三水果店的张三承认", firm, "宁安市张三水果店的张某承认"},
		"punished person":              {"当事人李四光加价出售", citizen, "当事人李某加价出售"},
	} {
		spans := redaction.Propose(c.served, c.context)
		got := redaction.Apply(c.served, spans)
		if name == "within a longer row" {
			if strings.Contains(got, zhang[:17]) {
				t.Errorf("%s: %s", name, got)
			}
			continue
		}
		if got != c.want {
			t.Errorf("%s: %s\n got %s\nwant %s %+v", name, c.served, got, c.want, spans)
		}
		for _, s := range spans {
			if r, ok := redaction.RuleOf(s.Rule); !ok || r.Article == "" || r.Label == "" || s.Confidence < 1 || s.Confidence > 99 {
				t.Errorf("%s: %+v", name, s)
			}
		}
	}
}

func TestPartyNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"宁安市东湖百货商行;李四":           "宁安市东湖百货商行;李某",
		"宁安市东湖百货商行；李四光":          "宁安市东湖百货商行；李某",
		"宁安市东湖百货商行；经营者：李四":       "宁安市东湖百货商行；经营者：李某",
		"东湖百货商行（经营者：李四）":         "东湖百货商行（经营者：李某）",
		"东湖百货商行(经营者李四)":          "东湖百货商行(经营者李某)",
		"东湖百货商行；西湖百货有限公司":        "东湖百货商行；西湖百货有限公司",
		"宁安（集团）有限公司":             "宁安（集团）有限公司",
		"宁安药房（个人独资）":             "宁安药房（个人独资）",
		"李四":                     "李某",
		"李家饭店":                   "李家饭店",
		"东湖商行13912345678":        "东湖商行***",
		"李四光" + wide(zhang) + "": "李四光***",
	} {
		c := redaction.Context{Parties: []redaction.Party{{Name: name}}}
		fields := []redaction.Field{{Name: "name", Kind: redaction.PartyName, Text: name}, {Name: "facts", Text: "李四在场"}}
		spans := redaction.ProposeAll(fields, c)
		if got := redaction.Apply(name, spans[0]); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
		if got := redaction.Apply(fields[1].Text, spans[1]); strings.HasSuffix(want, "李某") && strings.HasSuffix(name, "李四") && got != "李某在场" {
			t.Errorf("%s: an operator's name stays elsewhere: %s", name, got)
		}
	}
	label := redaction.ProposeAll([]redaction.Field{{Name: "no", Kind: redaction.Label, Text: "负责人：王五，住址：宁安市东湖区文苑路8号，" + zhang}}, redaction.Context{})
	if len(label[0]) != 1 || label[0][0].Rule != redaction.Resident {
		t.Errorf("a label: %+v", label)
	}
}

func TestMinors(t *testing.T) {
	t.Parallel()
	for served, want := range map[string]redaction.Minor{
		"当事人身份证" + child: redaction.MinorNumber,
		"当事人身份证" + zhang: redaction.NoMinor,
		"向未成年人销售电子烟":     redaction.MinorNamed,
		"依据《中华人民共和国未成年人保护法》“不得向未成年人销售烟”处罚": redaction.NoMinor,
	} {
		if got := redaction.Minors([]redaction.Field{{Text: served}}, "2026-03-16"); got != want {
			t.Errorf("%s: %q, want %q", served, got, want)
		}
	}
	ids := redaction.ResidentIDs([]redaction.Field{{Text: wide(zhang) + "，" + child}, {Text: zhang}})
	if !slices.Equal(ids, []string{zhang, child}) {
		t.Errorf("numbers %v", ids)
	}
}

func TestHardRulesStay(t *testing.T) {
	t.Parallel()
	served := "法定代表人：赵六，电话13912345678，住址：宁安市东湖区文苑路88号。"
	proposed := redaction.Propose(served, redaction.Context{})
	soft := slices.DeleteFunc(slices.Clone(proposed), func(s redaction.Span) bool { return s.Rule == redaction.Mobile })
	phone := slices.DeleteFunc(slices.Clone(proposed), func(s redaction.Span) bool { return s.Rule != redaction.Mobile })
	if len(proposed) != 3 || redaction.Covered(proposed, soft) || !redaction.Covered(proposed, phone) || !redaction.Covered(proposed, proposed) {
		t.Errorf("%+v", proposed)
	}
	half := []redaction.Span{{From: phone[0].From, To: phone[0].To - 4, Rule: redaction.Manual, Replacement: "*"}}
	rest := redaction.Span{From: phone[0].To - 4, To: phone[0].To, Rule: redaction.Manual, Replacement: "*"}
	if redaction.Covered(proposed, half) || !redaction.Covered(proposed, append(half, rest)) {
		t.Error("half a number is covered, or both halves are not")
	}
}

// The published decisions there are: what the rules find in them, by rule. They were published, so that little is left.
func TestRealPenalties(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "..", "shared", "data", "penalties", "samr-price-penalties.csv")
	file, err := os.Open(path)
	if err != nil {
		if os.Getenv("MINGJIAN_TEST_REQUIRE") == "1" {
			t.Fatalf("real input is required: %v", err)
		}
		t.Skipf("no real input: %v", err)
	}
	t.Cleanup(func() { file.Close() })
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	count := map[redaction.RuleID]int{}
	for n, row := range rows[1:] {
		fields := []redaction.Field{
			{Name: "decision_no", Kind: redaction.Label, Text: row[0]}, {Name: "party", Kind: redaction.PartyName, Text: row[1]},
			{Name: "content", Text: row[4]},
		}
		spans := redaction.ProposeAll(fields, redaction.Context{Parties: []redaction.Party{{Name: row[1]}}, On: row[3]})
		for i, list := range spans {
			for _, s := range list {
				count[s.Rule]++
				t.Logf("row %d, %s: %s %d%% %q", n+1, fields[i].Name, s.Rule, s.Confidence, string([]rune(fields[i].Text)[s.From:s.To]))
			}
		}
	}
	report := ""
	for _, rule := range slices.Sorted(maps.Keys(count)) {
		report += fmt.Sprintf("%s %d\n", rule, count[rule])
	}
	t.Logf("%d rows\n%s", len(rows)-1, report)
	if diff := cmp.Diff(map[redaction.RuleID]int{}, count); diff != "" || len(rows)-1 != 216 {
		t.Errorf("%d rows: %s", len(rows)-1, diff)
	}
}
