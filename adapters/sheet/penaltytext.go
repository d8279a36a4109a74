package sheet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
)

// Penalty is what the text of a decision says in its operative part.
type Penalty struct {
	Kinds          []penalty.Kind // 行政处罚法 art. 9, in its order; 责令改正 (art. 28) is an order and no penalty
	FineFen        int64
	ConfiscatedFen int64    // 没收违法所得; confiscated goods have no amount here
	Excerpts       []string // the passages it was read from, as they stand in the text
	Doubts         []Doubt
	Words          []string // amounts that stand there in Chinese numerals alone, so that no digits bear them out
}

// Doubt is something that a clerk must look at.
type Doubt struct {
	Blocks bool // kinds or amounts cannot be relied on
	Text
}

// Sure tells that kinds and amounts were read without a doubt about them.
func (p Penalty) Sure() bool {
	return !slices.ContainsFunc(p.Doubts, func(d Doubt) bool { return d.Blocks })
}

// ExtractPenalty reads kinds and amounts of a penalty out of the text of the decision. It looks at the operative part only:
// behind 处罚如下 and the like, or, in a text without such words, at the sentences that are not law. What is quoted, what
// names a limit (五千元以下), a basis of calculation, a refund or a condition is no penalty. Amounts given twice, in digits
// and in words, must agree, and so must a total. Where the text leaves anything open, the amount is 0 and a doubt says why.
func ExtractPenalty(text string) Penalty {
	x := &extraction{text: text}
	if strings.TrimSpace(Clean(text)) == "" {
		x.block("处罚内容为空", "the text of the decision is empty")
		return x.result
	}
	folded := foldText(text)
	x.f = foldedText{s: slices.Clone(folded.s), at: folded.at}
	if !maskQuoted(x.f.s) {
		x.block("引号或书名号不成对，无法区分法条与处罚内容", "quotation marks do not match, so that law and decision cannot be told apart")
		return x.result
	}
	x.labels()
	for _, part := range x.operative() {
		x.read(part)
	}
	if len(x.result.Excerpts) > 0 && proposes.MatchString(string(x.f.s)) {
		x.doubt(false, "文中用语为“建议”或“拟”，请核对是否为最终决定", "the text proposes (建议, 拟); check that it is the final decision")
	}
	x.settle()
	return x.result
}

// extraction is one reading of one text.
type extraction struct {
	text   string
	f      foldedText // masked: what is quoted or already used is blanked out
	result Penalty

	kinds    map[penalty.Kind]bool
	labelled map[penalty.Kind]bool // kinds named in a list of kinds
	fines    []int64
	seized   []int64
	totals   []total
	passages int  // passages of the decision that hold amounts
	law      bool // sentences of law were left out
	unclear  []string
	persons  bool // a fine on somebody beside the party
	heading  bool // the last fine stood in an enumeration
	words    []worded
	digits   map[int64]bool // amounts that stand there in digits
}

// worded is an amount in Chinese numerals.
type worded struct {
	text string
	fen  int64
}

// said remembers how a sound amount is written.
func (x *extraction) said(text string, fen int64) {
	switch {
	case !strings.ContainsAny(text, "0123456789"):
		x.words = append(x.words, worded{text, fen})
	case x.digits == nil:
		x.digits = map[int64]bool{fen: true}
	default:
		x.digits[fen] = true
	}
}

// total is a stated sum; of fines alone or of everything.
type total struct {
	fen   int64
	fines bool
}

func (x *extraction) doubt(blocks bool, zh, en string) {
	d := Doubt{blocks, Text{zh, en}}
	if !slices.Contains(x.result.Doubts, d) {
		x.result.Doubts = append(x.result.Doubts, d)
	}
}

func (x *extraction) block(zh, en string) { x.doubt(true, zh, en) }

func (x *extraction) add(set *map[penalty.Kind]bool, kind penalty.Kind) {
	if *set == nil {
		*set = map[penalty.Kind]bool{}
	}
	(*set)[kind] = true
}

// settle draws the conclusions from everything that was read.
func (x *extraction) settle() {
	fine, seized := sum(x.fines), sum(x.seized)
	if len(x.fines) == 0 && len(x.seized) == 0 && len(x.totals) == 1 && x.totals[0].fines {
		fine, x.totals = x.totals[0].fen, nil
		x.fines = []int64{fine}
	}
	if fine > 0 {
		x.add(&x.kinds, penalty.Fine)
	}
	if seized > 0 {
		x.add(&x.kinds, penalty.ConfiscationGains)
	}
	if x.passages > 1 {
		x.block("文中有多处处罚决定段落且未写明合并处罚，无法确定最终金额", "several passages decide and none says that they are merged")
	}
	if x.persons && len(x.fines) > 1 {
		x.block("文中可能同时处罚单位和个人，无法确定各自的金额", "the text may fine an organisation and a person; their amounts cannot be told apart")
	}
	x.checkLabels(fine, seized)
	x.checkTotals(fine, seized)
	x.checkMissing(fine, seized)
	for kind := range x.labelled {
		x.add(&x.kinds, kind)
	}
	for _, row := range penalty.Kinds() {
		if x.kinds[row.Code] {
			x.result.Kinds = append(x.result.Kinds, row.Code)
		}
	}
	if len(x.result.Kinds) == 0 {
		x.noKinds()
	}
	if x.result.Sure() {
		x.result.FineFen, x.result.ConfiscatedFen = fine, seized
	}
	for _, w := range x.words {
		if !x.digits[w.fen] && !slices.Contains(x.result.Words, w.text) {
			x.result.Words = append(x.result.Words, w.text)
		}
	}
}

func (x *extraction) checkLabels(fine, seized int64) {
	if len(x.labelled) > 0 && !x.labelled[penalty.Fine] && x.labelled[penalty.ConfiscationGains] && fine > 0 && seized == 0 {
		x.block("处罚种类写的是没收违法所得，金额却写在罚款名下，无法判断性质",
			"the kind says confiscation, the amount is called a fine")
	}
}

// checkTotals compares stated totals, or without one asks that several fines differ, since an equal amount may be a
// repetition.
func (x *extraction) checkTotals(fine, seized int64) {
	for _, t := range x.totals {
		if t.fen != fine+seized && (!t.fines || t.fen != fine) {
			x.block(fmt.Sprintf("合计金额 %s 元与各项之和 %s 元不一致", domain.Fen(t.fen).Yuan(), domain.Fen(fine+seized).Yuan()),
				fmt.Sprintf("the total %s is not the sum of the items %s", domain.Fen(t.fen).Yuan(), domain.Fen(fine+seized).Yuan()))
		}
	}
	if len(x.totals) > 0 {
		return
	}
	for _, list := range [][]int64{x.fines, x.seized} {
		sorted := slices.Sorted(slices.Values(list))
		if len(slices.Compact(sorted)) < len(list) {
			x.block("同一金额出现多次且没有合计，无法判断是重复书写还是多项处罚",
				"the same amount stands there twice without a total: perhaps a repetition, perhaps two penalties")
		}
	}
	if (len(x.fines) > 1 || len(x.seized) > 1) && x.result.Sure() {
		x.doubt(false, "多项金额没有合计，已逐项相加", "several amounts without a total; they were added")
	}
}

func (x *extraction) checkMissing(fine, seized int64) {
	if (x.kinds[penalty.Fine] || x.labelled[penalty.Fine]) && fine == 0 {
		x.block("写有罚款但未写明金额", "a fine without an amount")
	}
	if (x.kinds[penalty.ConfiscationGains] || x.labelled[penalty.ConfiscationGains]) && seized == 0 {
		x.block("写有没收违法所得但未写明金额", "confiscation of illegal gains without an amount")
	}
	for _, amount := range x.unclear {
		x.block("无法判断金额“"+amount+"”是罚款还是其他款项", "cannot tell what the amount "+amount+" is for")
	}
}

func (x *extraction) noKinds() {
	if x.law {
		x.block("内容只有法律条文，没有具体的处罚决定", "the text holds law only and no decision")
		return
	}
	x.block("内容中没有写明处罚种类", "the text names no kind of penalty")
}

func sum(list []int64) (total int64) {
	for _, n := range list {
		total += n
	}
	return total
}
