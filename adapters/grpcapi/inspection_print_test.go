package grpcapi_test

import (
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// printed is the page that a request gets.
func (w *matrixWorld) printed(by caller, req proto.Message) (string, error) {
	w.Helper()
	resp, err := w.send(by, "", req)
	if err != nil {
		return "", err
	}
	page := resp.(interface{ GetPage() *httpbody.HttpBody }).GetPage()
	if page.GetContentType() != "text/html; charset=utf-8" {
		w.Errorf("a page of type %q", page.GetContentType())
	}
	return string(page.GetData()), nil
}

func (w *matrixWorld) notice(no string, blank bool) *mingjianv1.PrintNoticeRequest {
	return &mingjianv1.PrintNoticeRequest{InspectionId: w.ids["inspection"], No: no, Blank: blank}
}

func (w *matrixWorld) sheet(department string, blank bool) *mingjianv1.PrintSheetRequest {
	return &mingjianv1.PrintSheetRequest{InspectionId: w.ids["inspection"], Department: department, Blank: blank}
}

// page demands a page that holds some texts and others not.
func (w *matrixWorld) page(req proto.Message, with, without []string) {
	w.Helper()
	said, err := w.printed(clerk, req)
	if err != nil {
		w.Fatal(err)
	}
	for _, s := range with {
		if !strings.Contains(said, s) {
			w.Errorf("%v: nothing of %q in\n%s", req, s, said)
		}
	}
	for _, s := range without {
		if strings.Contains(said, s) {
			w.Errorf("%v: %q stands in\n%s", req, s, said)
		}
	}
}

func TestPrintingANotice(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	drawnInspection(w)
	form := []string{"文书编号：____", "第" + w.ids["subject"][len(w.ids["subject"])-1:] + "商店", "xz-2026-01", "藏市监〔2026〕2号", "亮照经营", "条例第三十八条",
		"检查员" + w.ids["one"], "ZF-" + w.ids["fire"], string(ownBureau) + "市场监督管理局"}
	w.page(w.notice("", false), form, []string{"藏市监抽通"})
	w.do(clerk, newNotice(w))
	second := newNotice(w)
	second.No, second.Contact = "藏市监抽通〔2026〕8号", "总值班室 0891-6320000"
	w.do(clerk, second)
	w.page(w.notice("", false), []string{"藏市监抽通〔2026〕8号", "0891-6320000", "2026年11月23日至2026年11月25日", "□直接"}, []string{"〔2026〕7号"})
	w.page(w.notice("藏市监抽通〔2026〕7号", false), []string{"0891-6323456", "1．营业执照"}, nil)
	w.page(w.notice("", true), form, []string{"藏市监抽通"})
	w.do(inspectorOf(otherBureau, w.ids["fire"]), &mingjianv1.ServeNoticeRequest{
		InspectionId: w.ids["inspection"], No: second.GetNo(), How: "left", On: "2026-11-20", Note: "拒收，社区工作人员在场",
	})
	w.page(w.notice("", false), []string{"留置送达", "2026年11月20日", "检查员" + w.ids["fire"], "拒收，社区工作人员在场"}, []string{"□直接"})
	if _, err := w.printed(clerk, w.notice("9号", false)); faultOf(err) != "inspection.notice.missing" {
		t.Errorf("a notice that is not there: %v", err)
	}
}

func TestPrintingASheet(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	drawnInspection(w)
	form := []string{"营业执照是否置于醒目位置", "条例第三十六条", "□符合", "八一路1号", "检查员" + w.ids["two"]}
	w.page(w.sheet("市场监管", false), form, []string{"☑", "扎西顿珠"})
	w.do(inspectorOf(ownBureau, w.ids["one"]), w.result("市场监管", "info_false"))
	w.page(w.sheet("市场监管", false), []string{"☑", "扎西顿珠", "白玛央金", "第二条有异议", "拒绝签名。原因：不认可。见证人：社区工作人员李某", "2026年11月20日9时00分", "未开业"}, nil)
	w.page(w.sheet("市场监管", true), form, []string{"☑", "扎西顿珠"})
	w.page(w.sheet("", false), []string{string(ownBureau) + "市场监督管理局", string(otherBureau) + "市场监督管理局", "ZF-" + w.ids["fire"]}, nil)
	if _, err := w.printed(clerk, w.sheet("税务", false)); faultOf(err) != "inspection.department.unknown" {
		t.Errorf("a department that takes no part: %v", err)
	}
}

// TestPapersAreForThoseWhoTakePart also holds that an older system's record has none.
func TestPapersAreForThoseWhoTakePart(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	recordedInspection(w)
	for _, req := range []proto.Message{w.notice("", false), w.sheet("", false)} {
		for _, by := range []caller{clerk, at(otherBureau, domain.Clerk, "ma"), inspectorOf(ownBureau, w.ids["one"]), {role: domain.Auditor, account: "shen"}} {
			if said, err := w.printed(by, req); err != nil || said == "" {
				t.Errorf("%s of %s: %v", by.role, by.authority, err)
			}
		}
		for code, by := range map[string]caller{
			"authority.foreign":             at("third-bureau", domain.Clerk, "wu"),
			"inspection.assignment.foreign": inspectorOf(ownBureau, "XZ-999"),
			"access.role":                   home(domain.Integrator, "platform"),
		} {
			if said, err := w.printed(by, req); faultOf(err) != code || said != "" {
				t.Errorf("%s of %s is told %v", by.role, by.authority, err)
			}
		}
	}
	old := newMatrixWorld(t)
	takenOverInspections(old)
	old.ids["inspection"] = "old:1"
	if _, err := old.printed(clerk, old.sheet("", false)); faultOf(err) != "inspection.paper.taken_over" {
		t.Errorf("an older system's record: %v", err)
	}
}
