package sheet

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/mingjian-ledger/mingjian/domain"
)

// Patterns for what stands between a word and its amount. Half-width colons and brackets, since the text is folded.
var (
	limitBehind   = regexp.MustCompile(`^ *(?:及?以[上下内]|至|[-~])`)
	limitBefore   = regexp.MustCompile(`(?:不超过|不高于|不低于|最高|最低|以上|至) *$`)
	repeats       = regexp.MustCompile(`^[ ,，]*(?:\( *(?:大写|小写|人民币|即|计|:| )*|(?:大写|小写)[: ]*(?:人民币)? *)$`)
	fineBefore    = regexp.MustCompile(`罚款[ :,，]*(?:\([^()]{1,6}\))? *:?(?:金额|数额|计|为|即)?(?:人民币)?[: ]*$`)
	fineBehind    = regexp.MustCompile(`^ *的?(?:行政)?罚款`)
	imposes       = regexp.MustCompile(`(?:处|处以|给予|予以|作出|科) *(?:人民币)? *$`)
	totalBefore   = regexp.MustCompile(`(?:合计|共计|总计|总共|罚没款|罚没|合并执行)(?:金额|款项|款|项|合计|共计|总计|共|计|为|人民币|罚没|罚款|执行|[: ])*$`)
	ofFines       = regexp.MustCompile(`罚款[^,，没]*$`)
	confiscates   = regexp.MustCompile(`没收([^,，]*)$`)
	notPenal      = regexp.MustCompile(`退还|返还|退款|退回|退赔|赔偿|多付|多收|违法所得|货值|经营额|销售额|营业额|加价|售价|标价|收取|收费|价款|成本`)
	notSimply     = regexp.MustCompile(`分别|各处|各罚|每[日天月年次件个台吨]|被[^,，]{0,6}(?:处以|罚款|没收)`)
	sentenced     = strings.NewReplacer("被处罚人", "当事人", "被处罚单位", "当事人", "被处罚者", "当事人")
	persons       = regexp.MustCompile(`法定代表人|负责人|责任人|主管人员`)
	enumerated    = regexp.MustCompile(`^ *\(?[一二三四五六七八九十0-9]+[).、] *(?:人民币)? *$`)
	headingBefore = regexp.MustCompile(`罚款[ :,，]*\([^()]{1,3}\) *(?:人民币)? *$`)
)

// clauseAmounts finds out what each amount of a clause is for; it tells whether one was a penalty.
func (x *extraction) clauseAmounts(p passage) bool {
	part := foldedText{s: x.f.s[p.from:p.to]}
	found := part.amounts()
	penal := false
	for i, a := range found {
		c := amountContext{before: string(part.s[:a.from]), behind: string(part.s[a.to:]), between: string(part.s[:a.from])}
		if i > 0 {
			c.between = string(part.s[found[i-1].to:a.from])
		}
		c.part = c.before[strings.LastIndexAny(c.before, ",，")+1:]
		use := c.use(i > 0, x.heading)
		if a.sound && use != useNothing && use != useUnclear {
			x.said(string(part.s[a.from:a.to]), a.fen)
		}
		switch {
		case use == useNothing:
		case !a.sound:
			x.unclear = append(x.unclear, string(part.s[a.from:a.to]))
		case use == useRepeat:
			if found[i-1].fen != a.fen {
				x.block("金额的大写与小写不一致："+domain.Fen(found[i-1].fen).Yuan()+" 与 "+domain.Fen(a.fen).Yuan(),
					"the amount in words is not the amount in digits: "+domain.Fen(found[i-1].fen).Yuan()+" and "+domain.Fen(a.fen).Yuan())
			}
		case use == useFine:
			x.fines, penal = append(x.fines, a.fen), true
			x.persons = x.persons || persons.MatchString(c.before)
			x.heading = x.heading || headingBefore.MatchString(c.before)
		case use == useConfiscation:
			x.seized, penal = append(x.seized, a.fen), true
		case use == useTotal:
			x.totals, penal = append(x.totals, total{a.fen, ofFines.MatchString(c.part)}), true
		default:
			x.unclear = append(x.unclear, string(part.s[a.from:a.to]))
		}
	}
	return penal
}

// use is what an amount is for.
type use int

const (
	useUnclear use = iota
	useNothing     // limit of law, basis of calculation, refund, facts
	useRepeat      // the amount before it once more, in words or digits
	useFine
	useConfiscation
	useTotal
)

// amountContext is what stands around an amount in its clause.
type amountContext struct {
	before, behind string
	between        string // since the amount before it
	part           string // since the last comma
}

func (c amountContext) use(second, heading bool) use {
	confiscated := confiscates.FindStringSubmatch(c.part)
	switch {
	case limitBehind.MatchString(c.behind), limitBefore.MatchString(c.part):
		return useNothing
	case second && repeats.MatchString(c.between):
		return useRepeat
	case totalBefore.MatchString(c.before):
		return useTotal
	case notSimply.MatchString(sentenced.Replace(c.part)): // several parties, a rate, or an earlier penalty
		return useUnclear
	case fineBefore.MatchString(c.before):
		return useFine
	case fineBehind.MatchString(c.behind) && imposes.MatchString(c.part):
		return useFine
	case confiscated != nil && !strings.Contains(confiscated[1], "罚") && !strings.Contains(confiscated[1], "元") &&
		utf8.RuneCountInString(confiscated[1]) <= 40:
		return useConfiscation
	case heading && enumerated.MatchString(c.before):
		return useFine
	case notPenal.MatchString(c.part) && !strings.Contains(c.part, "罚款"):
		return useNothing
	}
	return useUnclear
}
