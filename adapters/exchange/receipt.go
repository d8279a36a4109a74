package exchange

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/profile"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
)

// Verdict is what a platform says of a row.
type Verdict string

// The verdicts.
const (
	Accepted  Verdict = "accepted"
	Duplicate Verdict = "duplicate" // the platform has it already: it is there
	Rejected  Verdict = "rejected"
)

// Answer is one line of a receipt. A platform that does not return what it was sent with the row names it by the decision.
type Answer struct {
	Line     int          // of the receipt
	Platform string       // empty, as Kind is, where the line does not tell the batch
	Kind     profile.Kind //
	From, To uint64       // rows of the batch
	Number   uint64       // 0: it is named by the decision
	Decision Decision
	Verdict  Verdict
	Code     string
	Text     string // as the platform wrote it, without numbers of persons
}

// Decision names the record of a row.
type Decision struct {
	DocumentNo string
	Party      string
	On         calendar.Date // zero if it is not told
}

// ReceiptError says why a receipt, or a line of it, can't be used. It quotes nothing of it.
type ReceiptError struct {
	Line   int // 0: the whole
	ZH, EN string
	Err    error // not told: it may quote
}

func (e *ReceiptError) Error() string {
	if e.Line == 0 {
		return "exchange: receipt: " + e.EN
	}
	return fmt.Sprintf("exchange: receipt: line %d: %s", e.Line, e.EN)
}

func (e *ReceiptError) Unwrap() error { return e.Err }

// errSending says of a receipt that its batch is still being sent: a platform may answer before the ledger knows that the batch is
// there, most of all when a crash came between.
var errSending = errors.New("exchange: receipt: its batch is still being sent")

// heading is a column of a receipt.
type heading int

const (
	byNumber heading = iota
	byBatch
	byFile
	byLine
	byDocumentNo
	byParty
	byDay
	itsVerdict
	itsCode
	itsText
	headings
)

// headingWords are what platforms write over a column.
func headingWords() [headings][]string {
	return [headings][]string{
		byNumber: {"number", "序号", "行序号", "报送序号"}, byBatch: {"batch", "批次", "批次号"},
		byFile: {"file", "文件", "文件名"}, byLine: {"line", "行", "行号"},
		byDocumentNo: {"documentno", "document_no", "文号", "决定书文号", "决定文书号", "处罚决定书文号", "行政处罚决定书文号", "许可决定文书号", "行政许可决定文书号", "cf_wsh", "xk_wsh"},
		byParty:      {"party", "名称", "当事人", "相对人名称", "行政相对人名称", "企业名称", "主体名称", "cf_xdr_mc", "xk_xdr_mc"},
		byDay:        {"decidedon", "decided_on", "决定日期", "处罚决定日期", "行政处罚决定日期", "许可决定日期", "行政许可决定日期", "cf_jdrq", "xk_jdrq"},
		itsVerdict:   {"verdict", "status", "结果", "状态", "校验结果", "入库状态", "处理结果"},
		itsCode:      {"code", "错误代码", "错误码", "验证规则代码"},
		itsText:      {"text", "reason", "原因", "错误信息", "错误描述", "退回原因", "说明"},
	}
}

// verdictWords are what they write for a verdict.
func verdictWords() map[Verdict][]string {
	return map[Verdict][]string{
		Accepted:  {"accepted", "成功", "已入库", "入库成功", "入库", "通过", "校验通过", "接受", "合格"},
		Duplicate: {"duplicate", "重复", "重复数据", "数据重复"},
		Rejected:  {"rejected", "失败", "退回", "已退回", "不通过", "校验不通过", "入库失败", "拒绝", "不合格", "疑问数据"},
	}
}

// headingOf knows a column by the words over it.
func headingOf(title string) (heading, bool) {
	title = strings.ToLower(strings.Join(strings.Fields(clean(title)), ""))
	for h, words := range headingWords() {
		if slices.Contains(words, title) {
			return heading(h), true
		}
	}
	return 0, false
}

// verdictOf knows a verdict by its words.
func verdictOf(word, text string) (Verdict, bool) {
	for v, words := range verdictWords() {
		if !slices.Contains(words, strings.ToLower(word)) {
			continue
		}
		if v == Rejected && strings.Contains(text, "重复信息") && strings.Contains(text, "无需继续推送") {
			return Duplicate, true
		}
		return v, true
	}
	return "", false
}

// ruleCode is how a platform writes the code of a rule into its text.
var ruleCode = regexp.MustCompile(`验证规则代码[:：] *([0-9A-Za-z_.-]{1,32})`)

const (
	headingWithin = 10 // rows
	maxText       = 500
)

// receipt reads the answers of a receipt, all or none. The error tells of every line that is not understood.
func (i *Inbox) receipt(ctx context.Context, path, name string) (answers []Answer, err error) {
	columns := map[heading]int(nil)
	line := 0
	var bad []error
	for cells, err := range i.Sheets.Read(ctx, "", path) {
		if err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			return nil, &ReceiptError{ZH: "不是可以读取的 XLSX 或 CSV 文件", EN: "it is no XLSX or CSV that can be read", Err: err}
		}
		line++
		for n := range cells {
			cells[n] = clean(cells[n])
		}
		switch {
		case strings.Join(cells, "") == "":
		case columns == nil && line > headingWithin:
			return nil, noHeading()
		case columns == nil:
			columns = headingsOf(cells)
		default:
			a, err := i.answer(ctx, line, name, func(h heading) string {
				if at, ok := columns[h]; ok && at < len(cells) {
					return cells[at]
				}
				return ""
			})
			if wrong := (*ReceiptError)(nil); errors.As(err, &wrong) {
				bad = append(bad, wrong)
				continue
			}
			if err != nil {
				return nil, err
			}
			answers = append(answers, a)
		}
	}
	if columns == nil {
		return nil, noHeading()
	}
	if len(bad) > 0 {
		return nil, errors.Join(bad...)
	}
	return answers, nil
}

func noHeading() error {
	return &ReceiptError{ZH: "找不到表头：应有结果列，以及序号列、文件名与行号列或文号与名称列",
		EN: "no heading is found: it has a column of verdicts, and one of numbers, or two of files and lines or of document numbers and parties"}
}

// headingsOf are the places of the columns; nil if the row is no heading.
func headingsOf(cells []string) map[heading]int {
	at := map[heading]int{}
	for n, title := range cells {
		if h, ok := headingOf(title); ok {
			if _, twice := at[h]; !twice {
				at[h] = n
			}
		}
	}
	_, number := at[byNumber]
	_, line := at[byLine]
	_, document := at[byDocumentNo]
	_, party := at[byParty]
	if _, verdict := at[itsVerdict]; !verdict || !number && !line && (!document || !party) {
		return nil
	}
	return at
}

// answer reads one line; name is that of the receipt, which may tell the batch.
func (i *Inbox) answer(ctx context.Context, line int, name string, cell func(heading) string) (a Answer, err error) {
	a = Answer{Line: line, Code: cell(itsCode)}
	a.Text = shown(cell(itsText))
	if m := ruleCode.FindStringSubmatch(a.Text); a.Code == "" && m != nil {
		a.Code = m[1]
	}
	a.Code = shown(a.Code)
	var ok bool
	if a.Verdict, ok = verdictOf(cell(itsVerdict), a.Text); !ok {
		return a, &ReceiptError{Line: line, ZH: "结果不是已知的用语", EN: "the verdict is in no known words"}
	}
	a.Decision = Decision{DocumentNo: shown(cell(byDocumentNo)), Party: cell(byParty)}
	byDecision := cell(byNumber) == "" && cell(byLine) == "" && a.Decision.DocumentNo != "" && a.Decision.Party != ""
	file := cell(byFile)
	batch, _, _ := strings.Cut(first(cell(byBatch), file, name), ".")
	p, ok := parseBatch(batch)
	if !ok {
		if !byDecision || cell(byBatch) != "" || file != "" {
			return a, &ReceiptError{Line: line, ZH: "看不出属于哪个批次", EN: "it does not tell the batch"}
		}
		batch = "" // it may be of any
	}
	if i.Sending != nil {
		if sending, err := i.Sending(batch); err != nil || sending {
			return a, cmp.Or(err, errSending)
		}
	}
	a.Platform, a.Kind, a.From, a.To = p.platform, p.kind, p.from, p.to
	if byDecision {
		if a.Decision.On, ok = dayOf(cell(byDay)); !ok {
			return a, &ReceiptError{Line: line, ZH: "决定日期无法识别", EN: "the day of the decision is in no known form"}
		}
		return a, nil
	}
	if a.Number, err = i.number(ctx, file, cell(byNumber), cell(byLine)); err != nil && fault(err) == nil && !errors.Is(err, strconv.ErrSyntax) && !errors.Is(err, strconv.ErrRange) {
		return a, err
	}
	if err != nil || a.Number < p.from || a.Number > p.to {
		return a, &ReceiptError{Line: line, ZH: "没有报送过这一行", EN: "no such row was sent", Err: err}
	}
	return a, nil
}

// number is that of a row which is named by it or by file and line; 0 if by neither.
func (i *Inbox) number(ctx context.Context, file, number, line string) (uint64, error) {
	if number != "" {
		return strconv.ParseUint(number, 10, 64)
	}
	if n, err := strconv.Atoi(line); err == nil && file != "" {
		return i.Number(ctx, file, n)
	}
	return 0, nil
}

// dayOf reads a day as platforms write it, perhaps with a time behind it; the zero day where there is none.
func dayOf(text string) (day calendar.Date, ok bool) {
	text, _, _ = strings.Cut(strings.NewReplacer("年", "-", "月", "-", "日", "", "/", "-", ".", "-", "T", " ").Replace(text), " ")
	if text == "" {
		return day, true
	}
	parts := strings.Split(text, "-")
	if len(parts) == 1 && len(text) == 8 {
		parts = []string{text[:4], text[4:6], text[6:]}
	}
	for n := range parts {
		if len(parts[n]) == 1 {
			parts[n] = "0" + parts[n]
		}
	}
	day, err := calendar.Parse(strings.Join(parts, "-"))
	return day, err == nil
}

type batchName struct {
	platform string
	kind     profile.Kind
	from, to uint64
}

// parseBatch is the inverse of BatchName.
func parseBatch(name string) (b batchName, ok bool) {
	parts := strings.Split(name, "-")
	n := len(parts)
	if n < 4 {
		return b, false
	}
	from, err1 := strconv.ParseUint(parts[n-2], 10, 64)
	to, err2 := strconv.ParseUint(parts[n-1], 10, 64)
	b = batchName{strings.Join(parts[:n-3], "-"), profile.Kind(parts[n-3]), from, to}
	return b, errors.Join(err1, err2) == nil && BatchName(b.platform, b.kind, from, to) == name
}

func first(texts ...string) string {
	i := slices.IndexFunc(texts, func(s string) bool { return s != "" })
	if i < 0 {
		return ""
	}
	return texts[i]
}

// clean takes off what stands around a text in a cell, and what nobody sees.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r):
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s), "'"))
}

// shown is a platform's text as it may be recorded: numbers of persons taken out, cut to a length.
func shown(s string) string {
	s = redaction.Apply(s, redaction.Propose(s, redaction.Context{}))
	if runes := []rune(s); len(runes) > maxText {
		s = string(runes[:maxText-1]) + "…"
	}
	return s
}
