package paper_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/mingjian-ledger/mingjian/adapters/paper"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

const (
	market = "信用监督管理科"
	rescue = "防火监督科"
	sly    = `</td></table><script>alert("1")</script><img src=x onerror=alert(1)>'"&`
)

// joint is a joint inspection of which one department has recorded and corrected its result.
func joint() *viewv1.InspectionPaper {
	shown := []*viewv1.InspectionCertificate{
		{InspectorId: "ZX-01", Name: "林知远", No: "ZX-2024-0001", ValidUntil: "2028-12-31"}, {InspectorId: "ZX-02", Name: "沈若水", No: "ZX-2024-0002", ValidUntil: "2028-12-31"},
	}
	rectified, pending := &viewv1.CodedLabel{Code: "rectified_on_order", Label: "发现问题已责令改正"}, &viewv1.CodedLabel{Code: "problem_pending", Label: "发现问题待后续处理"}
	i := &viewv1.Inspection{
		Id: "ZX-1-T2-1:91540902MA9X01006G", State: "concluded", DrawId: "ZX-1-T2-1", TaskId: "ZX-1-T2", PlanId: "ZX-1", AuthorityId: "zx",
		SubjectId: "91540902MA9X01006G", SubjectName: "子虚市望舒餐饮管理有限公司", TaskTitle: "餐饮服务单位部门联合抽查", TaskKind: "targeted",
		OpensOn: "2026-05-01", DueOn: "2026-06-30",
		Departments: []*viewv1.InspectionDepartment{
			{
				Name: market, AuthorityId: "zx", Inspectors: []string{"ZX-01", "ZX-02"}, Recorded: true, RecordedBy: "ZX-01", Signed: []string{"ZX-01", "ZX-02"},
				Manner: "on_site", StartedAt: "2026-05-18T01:30:00Z", EndedAt: "2026-05-18T16:05:00Z", RecordedAt: "2026-05-20T03:00:00Z",
				Outcomes: []*viewv1.CodedLabel{rectified}, CompletedOn: "2026-05-19",
				Findings: []*viewv1.InspectionFinding{
					{Item: "0201", Line: "1", Basis: "食品安全法第三十五条", Result: "compliant"},
					{Item: "0201", Line: "2", Result: "noncompliant", Note: "两名从业人员健康证明过期"},
					{Item: "0201", Line: "3", Result: "not_applicable", Note: "未提供冷食类食品"},
				},
				Visit: &viewv1.InspectionVisit{
					Place: "云梦路6号一层", Present: shown, Met: []*viewv1.InspectionPerson{{Name: "何其芳华", Role: "店长"}}, Statement: "对第2项有异议：健康证明已在办理。",
					Signature: "refused", SignatureLabel: "拒绝签名", UnsignedReason: "不认可第2项", Witness: "云梦社区工作人员周某",
				},
			},
			{Name: rescue, AuthorityId: "xf", Inspectors: []string{"XF-01"}},
		},
		Corrections: []*viewv1.InspectionCorrection{
			{Department: market, Former: []*viewv1.CodedLabel{pending}, Outcomes: []*viewv1.CodedLabel{rectified}, Reason: "选错结果", By: "ZX-02", On: "2026-05-21"},
		},
		Rectifications: []*viewv1.InspectionRectification{{Department: market, Demand: "三十日内补办健康证明", DueOn: "2026-06-18", RecheckedOn: "2026-06-10", Passed: true, Note: "已补办"}},
	}
	p := &viewv1.InspectionPaper{
		Inspection: i, Subject: &viewv1.RosterSubject{Address: "子虚市云梦路6号"}, PlanDocumentNo: "子虚市监发〔2026〕9号",
		Items: []*viewv1.CatalogueItem{
			{No: "0201", Matter: "餐饮服务提供者食品安全管理情况的检查", Departments: []string{market}, Basis: []string{"《中华人民共和国食品安全法》第一百零九条"}, CheckList: []*viewv1.CheckListLine{
				{No: "1", Content: "食品经营许可证是否合法有效并公示", Basis: "食品安全法第三十五条"}, {No: "2", Content: "从业人员是否持有有效的健康证明"}, {No: "3", Content: "冷食类食品制作是否在专间内进行"},
			}},
			{No: "0202", Matter: "餐饮场所消防安全的检查", Departments: []string{rescue}, Basis: []string{"《中华人民共和国消防法》第五十三条"}, Content: "疏散通道、安全出口、消防设施器材"},
		},
		Authorities: []*viewv1.Authority{{Id: "zx", Name: "子虚市市场监督管理局"}, {Id: "xf", Name: "子虚市消防救援支队"}},
		Inspectors: []*viewv1.RosterInspector{
			{Id: "ZX-01", Name: "林知远", LicenceNo: "ZX-2026-0001", LicenceValidUntil: "2030-12-31"}, {Id: "ZX-02", Name: "沈若水", LicenceNo: "ZX-2024-0002", LicenceValidUntil: "2028-12-31"},
			{Id: "XF-01", Name: "石头城", LicenceNo: "XF-77", LicenceValidUntil: "2027-12-31"},
		},
		Departments: []string{market, rescue},
	}
	p.Notice = &viewv1.InspectionNotice{
		No: "子虚市监抽通〔2026〕7号", Manner: "on_site", VisitFrom: "2026-05-18", VisitTo: "2026-05-19", Place: "云梦路6号一层", Materials: []string{"食品经营许可证", "从业人员健康证明"},
		Contact: "子虚市市场监督管理局信用监督管理科 0899-6323456", Inspectors: shown, IssuedOn: "2026-05-15",
		ServedOn: "2026-05-16", How: "left", HowLabel: "留置送达", ServedTo: &viewv1.InspectionPerson{Name: "何其芳华", Role: "店长"}, ServiceNote: "拒收，社区工作人员在场", ServedBy: "XF-01",
	}
	return p
}

func render(t testing.TB, what func(paper.Pages) func(io.Writer, *viewv1.InspectionPaper) error, p *viewv1.InspectionPaper) string {
	t.Helper()
	pages, err := paper.New()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := what(pages)(&out, p); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func ofNotice(p paper.Pages) func(io.Writer, *viewv1.InspectionPaper) error { return p.Notice }
func ofSheet(p paper.Pages) func(io.Writer, *viewv1.InspectionPaper) error  { return p.Sheet }

// text is what a page says, element by element, and how many elements of each name it has.
func text(t testing.TB, page string) (string, map[string]int) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	elements := map[string]int{}
	var visit func(*html.Node)
	visit = func(n *html.Node) {
		if n.Type == html.ElementNode {
			if elements[n.Data]++; n.Data == "style" {
				return
			}
			for _, a := range n.Attr {
				elements["@"+a.Key]++
			}
		}
		if s := strings.TrimSpace(n.Data); n.Type == html.TextNode && s != "" {
			words = append(words, s)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			visit(c)
		}
	}
	visit(root)
	return strings.Join(words, " "), elements
}

func shows(t *testing.T, said string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(said, w) {
			t.Errorf("nothing of %q in:\n%s", w, said)
		}
	}
}

func TestANoticeSaysWhoComesWhenAndWhy(t *testing.T) {
	t.Parallel()
	said, _ := text(t, render(t, ofNotice, joint()))
	shows(t, said, "子虚市市场监督管理局 市场监管领域随机抽查通知书 文书编号：子虚市监抽通〔2026〕7号", "子虚市望舒餐饮管理有限公司", "91540902MA9X01006G",
		"子虚市监发〔2026〕9号", "任务编号：ZX-1-T2，定向抽查", "抽取编号：ZX-1-T2-1",
		"0201 餐饮服务提供者食品安全管理情况的检查 1. 食品经营许可证是否合法有效并公示", "《中华人民共和国食品安全法》第一百零九条", "0202 餐饮场所消防安全的检查 疏散通道",
		"检查时间 2026年5月18日至2026年5月19日（本次任务检查期限：2026年5月1日至2026年6月30日）", "检查方式 实地核查", "检查地点 云梦路6号一层",
		"林知远 ZX-2024-0001 子虚市市场监督管理局信用监督管理科 2028年12月31日", "1．食品经营许可证 2．从业人员健康证明",
		"有权拒绝接受检查", "申请其回避", "陈述、申辩", "0899-6323456", "2026年5月15日",
		"送达方式 留置送达 送达日期 2026年5月16日 收件人 何其芳华 职务或身份 店长", "送达人签名 （系统登记：石头城） 备注 拒收，社区工作人员在场")
}

func TestABlankNoticeHasRoomToWrite(t *testing.T) {
	t.Parallel()
	p := joint()
	p.Notice = nil
	said, _ := text(t, render(t, ofNotice, p))
	shows(t, said, "文书编号：____", "检查时间 年　　月　　日至　　　　年　　月　　日", "□书面检查　□实地核查", "石头城 XF-77 子虚市消防救援支队防火监督科 2027年12月31日",
		"林知远 ZX-2026-0001", "□直接　□留置　□邮寄　□电子　□公告")
}

func TestASheetIsTheRecordOfAVisit(t *testing.T) {
	t.Parallel()
	p := joint()
	p.Departments = []string{market}
	said, elements := text(t, render(t, ofSheet, p))
	shows(t, said, "现场检查笔录 检查编号：ZX-1-T2-1:91540902MA9X01006G", "检查部门 信用监督管理科 检查方式 实地核查", "检查地点 云梦路6号一层",
		"检查时间 自2026年5月18日9时30分至2026年5月19日0时05分", "1 林知远 ZX-2024-0001 2028年12月31日", "在场人员 姓名 职务或身份 1 何其芳华 店长", "是否申请回避",
		"1 食品经营许可证是否合法有效并公示 食品安全法第三十五条 ☑符合 □不符合 □不涉及", "2 从业人员是否持有有效的健康证明 □符合 ☑不符合 □不涉及 两名从业人员健康证明过期",
		"□符合 □不符合 ☑不涉及 未提供冷食类食品", "□未发现问题", "☑发现问题已责令改正", "□被吊销",
		"责令改正：三十日内补办健康证明（改正期限：2026年6月18日）　复查：2026年6月10日，合格（已补办）", "对第2项有异议",
		"当事人签名情况：拒绝签名。原因：不认可第2项。见证人：云梦社区工作人员周某", "当事人（签名或盖章）：", "（系统录入：林知远）",
		"更正记录", "2026年5月21日 发现问题待后续处理 发现问题已责令改正 选错结果 沈若水", "登记时间：2026年5月20日11时00分", "已确认人员：林知远　沈若水")
	if strings.Contains(said, "与实际情况相符") {
		t.Error("who refused to sign is said to agree")
	}
	if elements["main"] != 1 || strings.Contains(said, "消防安全的检查") {
		t.Errorf("%d sheets, or another department's matters", elements["main"])
	}
}

func TestASheetOfEachDepartmentAndBlankOnes(t *testing.T) {
	t.Parallel()
	said, elements := text(t, render(t, ofSheet, joint()))
	if elements["main"] != 2 {
		t.Errorf("%d sheets", elements["main"])
	}
	_, form, _ := strings.Cut(said, "子虚市消防救援支队 现场检查笔录")
	for _, of := range []string{form, blank(t)} {
		shows(t, of, "检查时间 自　　年　　月　　日　　时　　分至", "□书面检查　□实地核查", "□符合 □不符合 □不涉及", "□已签名确认　□拒绝签名　□无人在场", "与实际情况相符")
		if strings.Contains(of, "☑") || strings.Contains(of, "登记时间") || strings.Contains(of, "更正记录") || strings.Contains(of, "何其芳华") {
			t.Errorf("a form that is filled in:\n%s", of)
		}
	}
	shows(t, form, "石头城 XF-77", "疏散通道、安全出口、消防设施器材")
	shows(t, blank(t), "林知远 ZX-2026-0001", "食品经营许可证是否合法有效并公示 食品安全法第三十五条")
}

func blank(t *testing.T) string {
	t.Helper()
	p := joint()
	p.Blank, p.Departments = true, []string{market}
	said, _ := text(t, render(t, ofSheet, p))
	return said
}

func TestFindingsWithoutAPlaceOnTheListAreShown(t *testing.T) {
	t.Parallel()
	p := joint()
	p.Departments = []string{market}
	d := p.GetInspection().GetDepartments()[0]
	d.Findings = append(d.GetFindings(), &viewv1.InspectionFinding{Item: "0201", Line: "旧要点", Result: "compliant", Note: "旧清单"},
		&viewv1.InspectionFinding{Item: "0202", Result: "noncompliant", Note: "顺带发现"})
	said, _ := text(t, render(t, ofSheet, p))
	shows(t, said, "旧要点", "☑符合 □不符合 □不涉及 旧清单", "餐饮场所消防安全的检查", "顺带发现")
}

func TestEveryOutcomeHasABox(t *testing.T) {
	t.Parallel()
	said := blank(t)
	for _, o := range inspection.Outcomes() {
		shows(t, said, "□"+o.Label)
	}
}

// TestTextsStayTexts fills every text of a paper with markup, and holds that the pages have the elements and attributes that
// they have without it, and no script.
func TestTextsStayTexts(t *testing.T) {
	t.Parallel()
	for name, what := range map[string]func(paper.Pages) func(io.Writer, *viewv1.InspectionPaper) error{"notice": ofNotice, "sheet": ofSheet} {
		plain, hostile := joint(), joint()
		fill(hostile.ProtoReflect(), sly)
		fill(plain.ProtoReflect(), "甲")
		_, want := text(t, render(t, what, plain))
		page := render(t, what, hostile)
		said, got := text(t, page)
		if got["script"] > 0 || got["img"] > 0 || got["@onerror"] > 0 || strings.Contains(page, "<script") {
			t.Errorf("%s: a text became markup: %v", name, got)
		}
		for element, n := range want {
			if got[element] != n {
				t.Errorf("%s: %d of %s, without markup in the texts %d", name, got[element], element, n)
			}
		}
		shows(t, said, sly)
	}
}

// TestAPageStandsForItself holds that nothing is fetched or run.
func TestAPageStandsForItself(t *testing.T) {
	t.Parallel()
	for _, page := range []string{render(t, ofNotice, joint()), render(t, ofSheet, joint())} {
		_, elements := text(t, page)
		for _, forbidden := range []string{"script", "link", "img", "iframe", "form", "@src", "@href", "@onclick"} {
			if elements[forbidden] > 0 {
				t.Errorf("%d of %s", elements[forbidden], forbidden)
			}
		}
		if strings.Contains(page, "url(") || !strings.Contains(page, "default-src 'none'") || !strings.Contains(page, "size: A4") {
			t.Error("the page fetches something, or is of no size")
		}
	}
}

func TestAPaperThatLacksEverythingIsAForm(t *testing.T) {
	t.Parallel()
	for _, what := range []func(paper.Pages) func(io.Writer, *viewv1.InspectionPaper) error{ofNotice, ofSheet} {
		page := render(t, what, &viewv1.InspectionPaper{Departments: []string{"没有的部门"}})
		if said, _ := text(t, page); !strings.Contains(said, "年　　月　　日") {
			t.Errorf("no room to write: %s", said)
		}
	}
	broken := func(paper.Pages) func(io.Writer, *viewv1.InspectionPaper) error {
		return func(_ io.Writer, p *viewv1.InspectionPaper) error {
			pages, err := paper.New()
			if err != nil {
				return err
			}
			if err := pages.Notice(closed{}, p); err == nil {
				t.Error("a writer's fault is not told")
			}
			return nil
		}
	}
	render(t, broken, joint())
}

// closed takes nothing.
type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
