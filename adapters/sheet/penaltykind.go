package sheet

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/mingjian-ledger/mingjian/domain/penalty"
)

var (
	labelLists = regexp.MustCompile(`处罚种类:([^;。\n]*)|#([^#\n]+)#`)
	noPenalty  = regexp.MustCompile(`^[ 0-9.、;,]*(?:本局)?(?:决定)?(?:对当事人)?(?:不予|免予)(?:行政)?处罚`)
	seizes     = regexp.MustCompile(`没收([^,，]*)`)
	ofGains    = regexp.MustCompile(`违法所得|价款|多收|多付|退还|所得款|[0-9元]$`)
)

// kindWords finds the kinds that one word gives away. Fines and confiscations are looked at apart.
type kindWord struct {
	kind    penalty.Kind
	pattern *regexp.Regexp
}

var kindWords = []kindWord{
	{penalty.Warning, regexp.MustCompile(`(?:^|[^不免]予|[^予])警告`)},
	{penalty.Criticism, regexp.MustCompile(`通报批评`)},
	{penalty.LicenceSuspended, regexp.MustCompile(`暂扣`)},
	{penalty.GradeLowered, regexp.MustCompile(`降低资质等级`)},
	{penalty.LicenceRevoked, regexp.MustCompile(`吊销`)},
	{penalty.ActivityLimited, regexp.MustCompile(`限制开展生产经营`)},
	{penalty.BusinessSuspended, regexp.MustCompile(`停产停业|停业整顿|停止营业`)},
	{penalty.Closure, regexp.MustCompile(`责令关闭`)},
	{penalty.ProfessionLimited, regexp.MustCompile(`限制从业|禁止从事|不得从事`)},
	{penalty.Detention, regexp.MustCompile(`行政拘留`)},
}

// labels reads the lists of kinds that some systems append (行政处罚种类:…; #…#) and blanks them out.
func (x *extraction) labels() {
	s := string(x.f.s)
	for _, at := range labelLists.FindAllStringSubmatchIndex(s, -1) {
		from, to := at[2], at[3]
		if from < 0 {
			from, to = at[4], at[5]
		}
		if name := strings.TrimSpace(s[from:to]); strings.HasSuffix(name, "其他行政处罚") {
			x.add(&x.labelled, penalty.Other) // 法律、行政法规规定的其他行政处罚: one name with a comma in it
		} else {
			for _, n := range strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(",，、 ", r) }) {
				x.label(n)
			}
		}
		for i := utf8.RuneCountInString(s[:at[0]]); i < utf8.RuneCountInString(s[:at[1]]); i++ {
			x.f.s[i] = masked
		}
	}
}

func (x *extraction) label(name string) {
	for _, row := range penalty.Kinds() {
		if name == row.Label {
			x.add(&x.labelled, row.Code)
			return
		}
	}
	if strings.HasPrefix(name, "责令") && !strings.HasPrefix(name, "责令停") && !strings.HasPrefix(name, "责令关") {
		return // an order to correct is no penalty
	}
	for _, w := range kindWords {
		if w.pattern.MatchString(name) {
			x.add(&x.labelled, w.kind)
			return
		}
	}
	x.block("处罚种类“"+name+"”不在《行政处罚法》第九条之列", "the kind "+name+" is not in the list of the law")
}

// clauseKinds finds the kinds that a clause imposes.
func (x *extraction) clauseKinds(s string) bool {
	if noPenalty.MatchString(s) {
		x.block("决定不予行政处罚，不属于处罚决定", "it was decided not to impose a penalty")
		return true
	}
	found := false
	add := func(kind penalty.Kind) {
		x.add(&x.kinds, kind)
		found = true
	}
	for _, w := range kindWords {
		if w.pattern.MatchString(s) {
			add(w.kind)
		}
	}
	if strings.Contains(s, "罚款") {
		add(penalty.Fine)
	}
	for _, m := range seizes.FindAllStringSubmatch(s, -1) {
		switch object := strings.TrimSpace(m[1]); {
		case ofGains.MatchString(object):
			add(penalty.ConfiscationGains)
		case utf8.RuneCountInString(strings.Trim(object, ":.、 □")) < 2:
			x.block("写有没收但未写明没收何物", "it says confiscated but not what")
		default:
			add(penalty.ConfiscationGoods)
		}
	}
	return found
}
