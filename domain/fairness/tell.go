package fairness

import "fmt"

// tell says in plain words what a test came to.
func (t Test) tell() (chinese, english string) {
	zh, en := t.seen()
	switch {
	case t.Cases == 0:
		return zh + "没有可供检验的数据。", en + "There is nothing to test."
	case t.Flagged:
		return zh + "公平抽取中出现这样或更极端的结果，机会不超过" + percent(t.P) + "：值得查问。",
			en + "Fair draws give this or more with a chance of at most " + percent(t.P) + ": worth asking about."
	case t.Smallest > t.Rate:
		return zh + "数据太少：无论抽中与否，没有哪一个能单独示警。",
			en + "There are too few draws: whatever they gave, no single one could be flagged."
	}
	zh += "在公平抽取的通常范围内（p 值 " + percent(t.P) + "）；这不证明抽取公平。"
	en += "This is within what fair draws usually give (p " + percent(t.P) + "); it does not prove them fair."
	if t.Rate < Rate/10 { // a test by unit
		zh += fmt.Sprintf("其中 %d 个若从未或每次都被抽中，才会单独示警。", t.Visible)
		en += fmt.Sprintf(" Of these, %d would be flagged by themselves if they had never or always been drawn.", t.Visible)
	}
	return zh, en
}

func (t Test) seen() (chinese, english string) {
	switch t.Name {
	case Order:
		return fmt.Sprintf("名单次序：被抽中对象之间的 %d 个间隔分为 %d 档，不均匀程度 %s，公平时平均 %s。", t.Cases, bins, t.Statistic, t.Expected),
			fmt.Sprintf("Order in the list: %d gaps between the selected, in %d grades, are uneven by %s; %s is the average of fair draws. ",
				t.Cases, bins, t.Statistic, t.Expected)
	case Repeats:
		return fmt.Sprintf("重复抽中：%d 次分层抽取中，先前已被抽中的对象再次被抽中 %s 次，公平时平均 %s 次。", t.Cases, t.Statistic, t.Expected),
			fmt.Sprintf("Repeats: in %d drawings from strata, subjects selected before were selected again %s times; %s is the average of fair draws. ",
				t.Cases, t.Statistic, t.Expected)
	case Crews:
		return fmt.Sprintf("人员搭配：%d 次派员与随机派员比较曾经共事的多少，分为 %d 档，不均匀程度 %s，公平时平均 %s。", t.Cases, bins, t.Statistic, t.Expected),
			fmt.Sprintf("Crews: %d crews, graded among %d by how often their members went together before, are uneven by %s; %s is the average of fair draws. ",
				t.Cases, bins, t.Statistic, t.Expected)
	case Spared:
		return t.weighed("漏抽：从未或很少被抽中的对象", "Spared: subjects that were never or hardly selected", "个对象", "subjects")
	case Singled:
		return t.weighed("频抽：被抽中过多的对象", "Singled out: subjects that were selected too often", "个对象", "subjects")
	case Inspectors:
		return t.weighed("派员：被派过多或过少的检查人员", "Inspectors: those who were sent too often or too seldom", "名检查人员", "inspectors")
	}
	return t.weighed("固定搭档：一同被派过多的两人", "Pairs: two who were sent together too often", "对检查人员", "pairs of inspectors")
}

func (t Test) weighed(zh, en, zhUnits, enUnits string) (chinese, english string) {
	chinese = fmt.Sprintf("%s。%d %s的平均证据 %s 倍，公平时平均不超过 1 倍", zh, t.Cases, zhUnits, t.Statistic)
	english = fmt.Sprintf("%s. Over %d %s the mean evidence is %s; fair draws give 1 on average or less", en, t.Cases, enUnits, t.Statistic)
	if t.Unit != "" && t.Flagged {
		chinese += "，最突出的是 " + t.Unit
		english += "; the most striking is " + t.Unit
	}
	return chinese + "。", english + ". "
}

// percent writes parts per million as a percentage.
func percent(ppm uint64) string { return fmt.Sprintf("%d.%04d%%", ppm/10_000, ppm%10_000) }
