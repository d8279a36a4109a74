package exchange_test

import (
	"fmt"
	"testing"
)

// TestWhatPlatformsSayOfRows has the words of platforms, and what they mean: taken, there already, or for a person to look at. What is to
// be pushed again later was not taken, hence is no duplicate: were it one, a row that never arrived would count as reported.
func TestWhatPlatformsSayOfRows(t *testing.T) {
	t.Parallel()
	for said, want := range map[[2]string]string{
		{"成功", ""}:    `accepted "" ""`,
		{"已入库", ""}:   `accepted "" ""`,
		{"重复", ""}:    `duplicate "" ""`,
		{"重复数据", "无"}: `duplicate "" "无"`,
		{"失败", "有重复信息，最近推送入库时间【2024-05-07 10:00:00】，无需继续推送"}: `duplicate "" "有重复信息，最近推送入库时间【2024-05-07 10:00:00】，无需继续推送"`,
		{"失败", "同一个类型的证号推送重复，请稍后再推送"}:                        `rejected "" "同一个类型的证号推送重复，请稍后再推送"`,
		{"退回", "验证规则代码:1001; 未查询到主体或查询到的主体信息不匹配"}:            `rejected "1001" "验证规则代码:1001; 未查询到主体或查询到的主体信息不匹配"`,
		{"退回", "验证规则代码：2003；格式有误"}:                           `rejected "2003" "验证规则代码：2003；格式有误"`,
		{"疑问数据", "行政相对人代码_1(统一社会信用代码)不正确"}:                   `rejected "" "行政相对人代码_1(统一社会信用代码)不正确"`,
		{"不通过", "行政相对人类别为：自然人，应当以92开头"}:                      `rejected "" "行政相对人类别为：自然人，应当以92开头"`,
		{"失败", "没有找到相关的历史证书信息"}:                              `rejected "" "没有找到相关的历史证书信息"`,
		{"失败", "证书已注销，无需继续推送"}:                               `rejected "" "证书已注销，无需继续推送"`,
		{"失败", "变更内容/变更时间不能为空"}:                              `rejected "" "变更内容/变更时间不能为空"`,
		{"失败", "注销业务请走注销接口"}:                                 `rejected "" "注销业务请走注销接口"`,
		{"失败", "发证日期不能大于当前日期"}:                               `rejected "" "发证日期不能大于当前日期"`,
		{"失败", "截止日期不能小于当前日期"}:                               `rejected "" "截止日期不能小于当前日期"`,
		{"失败", "许可内容里包含特殊字符信息!"}:                             `rejected "" "许可内容里包含特殊字符信息!"`,
	} {
		d := newDesk(t)
		d.put(t, "r.csv", fmt.Sprintf("批次,序号,结果,原因\n%s,1,%s,\"%s\"\n", firstBatch, said[0], said[1]))
		d.must(t)
		if len(d.took) != 1 || d.took[0] != "lake_city penalty 1 "+want {
			t.Errorf("%s %s: took %q, want %s", said[0], said[1], d.took, want)
		}
	}
}
