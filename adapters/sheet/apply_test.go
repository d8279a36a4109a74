package sheet

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const inspectorMapping = `
kind: inspectors
empty: ["无"]
header_row: 2
columns:
  id: {column: 编号, prefix: "jc-", extract: '^0*([1-9][0-9]*)$'}
  name: {column: 姓名, required: true}
  department: {join: {columns: [局, 科], with: "·"}}
  lines: {column: 条线, split: ["、", ";"], map: {食品: food, 药品: drug, 特设: equipment}}
  districts: {column: 辖区, split: " "}
  expert: {column: 专家, default: 否}
  group: {column: 组, map: {"": none, 一: g1}, otherwise: other}
  licence_valid_until: {column: 证件有效期}
skip_when:
  - {column: 状态, equals: [调离, 退休]}
  - {column: 姓名, matches: '^合计'}
`

func TestRules(t *testing.T) {
	t.Parallel()
	content := "这一行不是表头,,,,,,,,,\n编号,姓名,局,科,条线,辖区,专家,组,证件有效期,状态\n" +
		"007,张三,江城局,食品科,食品、药品;食品,310101  310102,是,一,2030-12-31,在岗\n" +
		"8,李四,江城局,无,,,,二,无,在岗\n" +
		"9,王五,江城局,,特设,,否,,,退 休\n" +
		"9,王五,江城局,,特设,,否,,,退休\n" +
		"合计,合计3人,,,,,,,,\n" +
		"x10,赵六,,,化妆品,,也许,,,在岗\n"
	r := open(t, tempFile(t, "a.csv", content), Options{Mapping: mustMapping(t, inspectorMapping)})
	rows := all(t, r)
	if got := problems(rows); got != "8 专家 bool, 8 编号 extract, 8 条线 map" {
		t.Error(got)
	}
	if c := r.Counts(); c.Skipped != 2 || c.Read != 4 || c.Refused != 1 {
		t.Errorf("counts %+v", c)
	}
	want := []map[string]string{
		{"id": "jc-7", "name": "张三", "department": "江城局·食品科", "lines": "food;drug", "districts": "310101;310102", "expert": "true",
			"group": "g1", "licence_valid_until": "2030-12-31"},
		{"id": "jc-8", "name": "李四", "department": "江城局", "expert": "false", "group": "other"},
		{"id": "jc-9", "name": "王五", "department": "江城局", "lines": "equipment", "expert": "false", "group": "none"},
	}
	for i := range want {
		got := map[string]string{}
		for field, v := range rows[i].Values {
			got[field] = v.Text()
		}
		if diff := cmp.Diff(want[i], got); diff != "" {
			t.Errorf("row %d: %s", i, diff)
		}
	}
	if list := rows[0].Values["lines"].List(); len(list) != 2 || rows[0].Values["department"].Raw() != "江城局\n食品科" {
		t.Errorf("list %v, raw %q", list, rows[0].Values["department"].Raw())
	}
	if expert, ok := rows[0].Values["expert"].Bool(); !expert || !ok {
		t.Error("the expert is none")
	}
}

func TestAMissingSkipColumnIsRefused(t *testing.T) {
	t.Parallel()
	_, err := Open(tempFile(t, "a.csv", "x\n编号,姓名\n1,张三\n"), Options{Mapping: mustMapping(t, inspectorMapping)})
	if file := (*FileError)(nil); !errors.As(err, &file) || file.Rule != FileColumns || !strings.Contains(file.EN, "状态") {
		t.Fatal(err)
	}
}

const penaltyMapping = `
kind: penalties
columns:
  decision_no: {column: 文号, required: true}
  party_name: {column: 当事人, required: true}
  authority: {column: 机关, required: true}
  decided_on: {column: 日期, required: true}
  content: {column: 内容, required: true}
  kinds: {column: 种类, split: ";"}
  fine_fen: {column: 罚款, money: wanyuan}
penalty_text: content
`

func TestPenaltyText(t *testing.T) {
	t.Parallel()
	content := "文号,当事人,机关,日期,内容,种类,罚款\n" +
		"1号,甲店,江城局,2024-01-02,没收违法所得5元；罚款2000元。,,\n" +
		"2号,乙店,江城局,2024-01-02,可以并处五千元以下的罚款。,,\n" +
		"3号,丙店,江城局,2024-01-02,可以并处五千元以下的罚款。,fine,0.2\n" +
		"4号,丁店,江城局,2024-01-02,罚款2000元。,fine,2000\n" +
		"5号,戊店,江城局,2024-01-02,,fine,0.2\n" +
		"6号,己店,江城局,2024-01-02,罚款100元；另罚款200元。,,\n"
	r := open(t, tempFile(t, "a.csv", content), Options{Mapping: mustMapping(t, penaltyMapping)})
	rows := all(t, r)
	if got := problems(rows); got != "3 内容 penalty-text, 4 内容 penalty-text, 5 内容 penalty-text, 6 内容 required, 7 内容 penalty-text" {
		t.Error(got)
	}
	refused := ""
	for _, row := range rows {
		if row.Refused() {
			refused += row.Text("decision_no") + " "
		}
	}
	if refused != "2号 5号 " {
		t.Errorf("refused %s", refused)
	}
	fine, _ := rows[0].Values["fine_fen"].Fen()
	seized, _ := rows[0].Values["confiscated_fen"].Fen()
	if fine != 200000 || seized != 500 || rows[0].Text("kinds") != "fine;confiscation_gains" || rows[0].Values["fine_fen"].Raw() != "没收违法所得5元\n罚款2000元" {
		t.Errorf("read %d, %d, %+v", fine, seized, rows[0].Values)
	}
	doubtful := all(t, open(t, r.file.f.Name(), Options{Mapping: mustMapping(t, penaltyMapping+"penalty_doubts: warn\n")}))
	if doubtful[1].Refused() || len(doubtful[1].Problems) == 0 || doubtful[1].Values["kinds"].Has() {
		t.Errorf("a doubt as a warning: %+v", doubtful[1])
	}
	if fine, _ := rows[3].Values["fine_fen"].Fen(); fine != 2000*1000000 || rows[3].Problems[0].EN != "the column says 20000000.00 yuan, the text says 2000.00" {
		t.Errorf("%d, %+v", fine, rows[3].Problems)
	}
}

func TestPersonalDataInRows(t *testing.T) {
	t.Parallel()
	content := "文号,当事人,机关,日期,内容,种类,罚款\n" +
		"1号,甲店,江城局,2024-01-02,罚款2000元，联系13812345678。,,\n" +
		"11010519491231002X,甲店,江城局,2024-01-02,罚款2000元。,,\n" +
		"13812345678,甲店,江城局,2024-01-02,罚款2000元。,,\n"
	path := tempFile(t, "a.csv", content)
	for mode, want := range map[PersonalData]int{"": 2, PersonalRefuse: 2, PersonalWarn: 0, PersonalOff: 0} {
		r := open(t, path, Options{Mapping: mustMapping(t, penaltyMapping), PersonalData: mode})
		rows := all(t, r)
		if r.Counts().Refused != want {
			t.Errorf("%q: %d refused: %s", mode, r.Counts().Refused, problems(rows))
		}
		if got := problems(rows); mode != PersonalOff && got != "2 内容 personal-data, 3 文号 personal-data" {
			t.Errorf("%q: %s", mode, got)
		}
		for _, row := range rows {
			for _, p := range row.Problems {
				if strings.Contains(p.Value, "13812345678") || strings.Contains(p.Value, "11010519491231002X") {
					t.Errorf("%q: the report shows %q", mode, p.Value)
				}
			}
		}
	}
}

func TestKeysAndDigests(t *testing.T) {
	t.Parallel()
	row := func(no, party, content string) Row {
		return Row{Kind: Penalties, Values: map[string]Value{
			"decision_no": {kind: typeCode, text: no}, "party_name": {kind: typeText, text: party}, "authority": {kind: typeText, text: "江城局"},
			"decided_on": {kind: typeDate, text: "2024-01-02"}, "content": {kind: typeProse, text: content},
		}}
	}
	a, b := row("江市监罚〔2024〕9号", "甲（个体工商户）", "x"), row("江市监罚[2024] 9号", "甲(个体工商户)", "y")
	if a.NaturalKey() != b.NaturalKey() || a.NaturalKey() == "" || a.Digest() == b.Digest() {
		t.Errorf("one decision, two wordings: %q, %q", a.NaturalKey(), b.NaturalKey())
	}
	if other := row("江市监罚〔2024〕9号", "乙店", "x"); other.NaturalKey() == a.NaturalKey() {
		t.Error("two parties of one decision have the same key")
	}
	same := row("江市监罚〔2024〕9号", "甲（个体工商户）", "x")
	same.Line, same.Raw = 77, []string{"other"}
	if same.Digest() != a.Digest() {
		t.Error("the digest depends on the place in the file")
	}
	shifted := row("江市监罚〔2024〕9号", "甲（个体工商户）x", "")
	if shifted.Digest() == a.Digest() {
		t.Error("text moved between fields has the same digest")
	}
	list := func(elements ...string) Row {
		return Row{Kind: Inspectors, Values: map[string]Value{"lines": {kind: typeList, list: elements, text: strings.Join(elements, ";")}}}
	}
	if list("a;b").Digest() == list("a", "b").Digest() || list("a").NaturalKey() != "" {
		t.Error("a list is told by its text only, or a row without id has a key")
	}
}
