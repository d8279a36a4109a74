package sampling

import "github.com/mingjian-ledger/mingjian/domain/calendar"

// Rule is what the law of a kind says about objections and handling from a day on.
type Rule struct {
	ID             string
	Kind           Kind
	From           calendar.Date
	Days           int    // to object, the day of receipt not counted
	Working        bool   // they are working days; else the last one moves to the next working day (民法典 art. 203)
	SameLaboratory bool   // the laboratory that tested may test again
	HandlingDays   int    // calendar days to end a handling, 0 for none
	NoMicrobial    bool   // what failed by microbes alone is not tested again
	Basis          string // where it stands
}

// Rules lists all rules, those of a kind by their first day.
func Rules() []Rule {
	return []Rule{
		{
			ID: "product-2000", Kind: Product, From: calendar.MustParse("2000-09-01"), Days: 15,
			Basis: "《产品质量法》第十五条",
		},
		{
			ID: "food-2015", Kind: Food, From: calendar.MustParse("2015-10-01"), Days: 7, Working: true,
			Basis: "《食品安全法》第八十八条",
		},
		{
			ID: "food-2019", Kind: Food, From: calendar.MustParse("2019-10-01"), Days: 7, Working: true, HandlingDays: 90, NoMicrobial: true,
			Basis: "《食品安全法》第八十八条、《食品安全抽样检验管理办法》",
		},
		{
			ID: "drug-2019", Kind: Drug, From: calendar.MustParse("2019-12-01"), Days: 7, Working: true, SameLaboratory: true,
			Basis: "《药品管理法》第一百零二条、《药品质量抽查检验管理办法》",
		},
		{
			ID: "device-2021", Kind: MedicalDevice, From: calendar.MustParse("2021-06-01"), Days: 7, Working: true,
			Basis: "《医疗器械监督管理条例》第七十六条",
		},
	}
}

// RuleOn is the rule of a kind on a day: the latest that was in force, else the first there is.
func RuleOn(kind Kind, day calendar.Date) (rule Rule) {
	for _, r := range Rules() {
		if r.Kind == kind && (rule.ID == "" || !r.From.After(day)) {
			rule = r
		}
	}
	return rule
}

// Deadline is the last day to object for who received the conclusion on a day.
func (r Rule) Deadline(received calendar.Date) calendar.Deadline {
	if r.Working {
		return calendar.Embedded().AddWorkingDays(received, r.Days)
	}
	return calendar.Embedded().RollForward(received.AddDays(r.Days))
}

// clock is the rule that an objection is under and its last day; ok tells whether its clock has started. Of food the sampling
// itself is objected to within as many days of the sampling.
func (r Result) clock(role Role, matter Matter) (rule Rule, last calendar.Deadline, ok bool) {
	from, notified := r.Notified(role)
	if r.Kind == Food && matter == MatterProcess {
		from, notified = r.Sample.SampledOn, true
	}
	if !notified {
		return rule, last, false
	}
	rule = RuleOn(r.Kind, from)
	return rule, rule.Deadline(from), true
}
