package sheet

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// masked stands for a character that takes no part: quoted law, titles of laws, lists of kinds already read.
const masked = '□'

// maskQuoted blanks out what stands between quotation marks and in titles of laws. It fails if they do not match.
func maskQuoted(s []rune) bool {
	closing := map[rune]rune{'“': '”', '《': '》', '「': '」', '〈': '〉', '‘': '’'}
	var open []rune
	straight := false
	for i, r := range s {
		end, opens := closing[r]
		switch {
		case r == '"':
			straight = !straight
			s[i] = masked
		case opens:
			open = append(open, end)
			s[i] = masked
		case len(open) > 0 && slices.Contains(open, r):
			if open[len(open)-1] != r {
				return false
			}
			open = open[:len(open)-1]
			s[i] = masked
		case len(open) == 0 && (r == '”' || r == '》' || r == '」'):
			return false
		case len(open) > 0 || straight:
			s[i] = masked
		}
	}
	return len(open) == 0 && !straight
}

var (
	decides  = regexp.MustCompile(`(?:处罚|处理|决定)(?:决定)?如下|(?:如下|以下)的?(?:行政)?(?:处罚|处理)(?:决定)?|(?:给予|作出)行政处罚:|进行了:`)
	proposes = regexp.MustCompile(`建议[^。;\n]{0,80}(?:处罚|处理|罚款)|拟(?:作出|给予|处|对)`)
	merges   = regexp.MustCompile(`合并`)
	// Law speaks of whoever does something, of what may be imposed, and of limits.
	isLaw = regexp.MustCompile(`可以并处|可以处|可并处|情节严重的|有下列|[的者][,，] *(?:由[^,，]{0,20})?(?:责令|没收|予以|给予|处|可以)|以下的?罚款|以上[^,，]{0,12}以下`)
	// A plan that was only announced (行政处罚告知) decides nothing.
	isPlan = regexp.MustCompile(`拟(?:作出|给予|处|对)|告知书|曾(?:经)?(?:因|被)|申辩`)
)

// passage is a piece of the text by rune offsets.
type passage struct{ from, to int }

// operative finds the pieces of the text that decide.
func (x *extraction) operative() []passage {
	s := string(x.f.s)
	found := decides.FindAllStringIndex(s, -1)
	if len(found) == 0 {
		return x.sentences()
	}
	var out []passage
	for i, at := range found {
		to := len(s)
		if i+1 < len(found) {
			to = found[i+1][0]
		}
		if i > 0 && merges.MatchString(sentenceBefore(s, at[0])) {
			out = nil
		}
		out = append(out, passage{utf8.RuneCountInString(s[:at[1]]), utf8.RuneCountInString(s[:to])})
	}
	return out
}

// sentenceBefore is the sentence up to offset at.
func sentenceBefore(s string, at int) string {
	return s[strings.LastIndexAny(s[:at], "。\n")+1 : at]
}

// sentences are those of a text without words of decision that are neither law nor a plan.
func (x *extraction) sentences() []passage {
	var out []passage
	from := 0
	for i := 0; i <= len(x.f.s); i++ {
		if i < len(x.f.s) && x.f.s[i] != '。' && x.f.s[i] != '\n' {
			continue
		}
		sentence := string(x.f.s[from:i])
		switch {
		case isLaw.MatchString(sentence):
			x.law = true
		case isPlan.MatchString(sentence):
		case len(out) > 0 && out[len(out)-1].to == from-1:
			out[len(out)-1].to = i // one passage, so that an enumeration stays together
		default:
			out = append(out, passage{from, i})
		}
		from = i + 1
	}
	return out
}

// read goes through the clauses of one passage.
func (x *extraction) read(p passage) {
	before := len(x.fines) + len(x.seized)
	x.heading = false
	from := p.from
	for i := p.from; i <= p.to; i++ {
		if i < p.to && !strings.ContainsRune("。;\n", x.f.s[i]) {
			continue
		}
		x.clause(passage{from, i})
		from = i + 1
	}
	if len(x.fines)+len(x.seized) > before && len(decides.FindAllStringIndex(string(x.f.s), 2)) > 0 {
		x.passages++
	}
}

var isCondition = regexp.MustCompile(`逾期|拒不|期满|届满|到期不`)

// clause reads one clause up to a condition in it; what hangs on a condition is not imposed yet.
func (x *extraction) clause(p passage) {
	s := string(x.f.s[p.from:p.to])
	if strings.Trim(s, " □") == "" {
		return
	}
	if at := isCondition.FindStringIndex(s); at != nil {
		if strings.Contains(s[at[0]:], "没收") {
			x.doubt(false, "附条件的没收（如逾期不退还则没收）未计入", "a confiscation that hangs on a condition is not counted")
		}
		p.to = p.from + utf8.RuneCountInString(s[:at[0]])
		s = s[:at[0]]
	}
	amounts := x.clauseAmounts(p)
	kinds := x.clauseKinds(s)
	if amounts || kinds {
		excerpt := clip(strings.TrimSpace(x.f.original(x.text, p.from, p.to)), 200)
		if !slices.Contains(x.result.Excerpts, excerpt) {
			x.result.Excerpts = append(x.result.Excerpts, excerpt)
		}
	}
}
