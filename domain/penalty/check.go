package penalty

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// Limits of texts, in characters; those of the 双公示 tables where they have one.
const (
	maxName      = 200
	maxNo        = 128
	maxViolation = 2000
	maxFacts     = 5000
	maxBasis     = 2048
	maxContent   = 4000
	maxReason    = 2000
	maxParties   = 50
	maxDoubts    = 50
	maxAmount    = 1 << 53  // 分; beyond it JSON loses digits
	maxDecision  = 44 << 10 // bytes of a decision without doubts, as stored: what the public sees of it fits a document
	maxSize      = 60 << 10 // bytes of a decision as stored; leaves room below es.MaxEvent
)

// hard are the rules without which a decision can't be told from another or must not be kept, wherever it comes from.
func hard(d Decided, today calendar.Date) []*domain.Fault {
	faults := []*domain.Fault{
		domain.Blank("penalty", "authority_name", d.AuthorityName),
		domain.Text("penalty", "authority_name", d.AuthorityName, maxName),
		domain.Blank("penalty", "decision_no", domain.NormalNo(d.DecisionNo)),
		domain.Text("penalty", "decision_no", d.DecisionNo, maxNo),
		domain.Blank("penalty", "decided_on", d.DecidedOn.String()),
		notFuture("decided_on", d.DecidedOn, today),
		domain.Prose("penalty", "violation", d.Violation, maxViolation),
		domain.Prose("penalty", "facts", d.Facts, maxFacts),
		domain.Prose("penalty", "basis", d.Basis, maxBasis),
		domain.Prose("penalty", "content", d.Content, maxContent),
		domain.Text("penalty", "licence_affected", d.LicenceAffected, maxName),
		domain.Text("penalty", "inspection", d.Inspection, maxName),
		checkAmount("fine_fen", d.FineFen),
		checkAmount("confiscated_fen", d.ConfiscatedFen),
		checkKinds(d.Kinds),
	}
	if d.Procedure != "" && d.Procedure != Ordinary && d.Procedure != Summary {
		faults = append(faults, domain.Refuse(domain.Invalid, "penalty.procedure.unknown", "procedure", "未知的处罚程序", "unknown procedure"))
	}
	if n := len(d.Parties) + len(d.CoParties); len(d.Parties) == 0 || n > maxParties {
		faults = append(faults, domain.Refuse(domain.Invalid, "penalty.parties.number", "parties",
			"处罚决定应当载明当事人（《行政处罚法》第五十九条），一份不超过50名", "a decision names 1 to 50 parties"))
	}
	if others := len(d.CoParties); others > 0 && len(d.Parties) != 1 || d.Place < 0 || d.Place > others ||
		len(d.Others) > 0 && (d.Place != 0 || len(d.Others) != others) {
		faults = append(faults, domain.Refuse(domain.Invalid, "penalty.parties.place", "parties",
			"每名当事人各为一条记录", "a record of one of several parties is of one party, at its place among them"))
	}
	for i, other := range d.Others {
		field := fmt.Sprintf("parties[%d].sentence", i+1)
		faults = append(faults, noPersonalNumber(field, other.Content), noPersonalNumber(field, other.LicenceAffected))
	}
	for i, p := range d.All() {
		faults = append(faults, hardParty(fmt.Sprintf("parties[%d]", i), p)...)
	}
	return append(faults, checkSize(d), notFuture("filed_on", d.FiledOn, today), noPersonalNumber("authority_name", d.AuthorityName), noPersonalNumber("decision_no", d.DecisionNo),
		noPersonalNumber("violation", d.Violation), noPersonalNumber("facts", d.Facts), noPersonalNumber("basis", d.Basis),
		noPersonalNumber("content", d.Content), noPersonalNumber("licence_affected", d.LicenceAffected))
}

func hardParty(field string, p Party) []*domain.Fault {
	faults := []*domain.Fault{
		domain.Blank("penalty", field+".name", domain.NormalName(p.Name)),
		domain.Text("penalty", field+".name", p.Name, maxName),
		domain.Text("penalty", field+".legal_representative", p.LegalRepresentative, maxName),
		noPersonalNumber(field+".name", p.Name),
		noPersonalNumber(field+".legal_representative", p.LegalRepresentative),
		checkRegistered(field, p),
		checkIdentity(field, p),
	}
	if p.Kind != "" && p.Kind.Label() == "" {
		faults = append(faults, domain.Refuse(domain.Invalid, "penalty.party.kind", field+".kind", "未知的行政相对人类别", "unknown category of party"))
	}
	if p.Subject == "" {
		return faults
	}
	code := string(p.Subject)
	switch _, err := domain.ParseSubjectID(code); {
	case p.Kind == Natural || uscc.HoldsResidentID(code):
		faults = append(faults, personal(field+".subject"))
	case err != nil:
		faults = append(faults, domain.Refuse(domain.Invalid, "penalty.party.subject", field+".subject",
			"当事人标识应为统一社会信用代码、reg:工商注册号或 ext:登记簿:编号，占位代码不得使用", "not the id of a subject"))
	}
	return faults
}

// soft are the rules of a complete and lawful decision.
func soft(d Decided) []*domain.Fault {
	faults := []*domain.Fault{
		demanded("violation", d.Violation),
		demanded("facts", d.Facts),
		demanded("basis", d.Basis),
		demanded("content", d.Content),
		demanded("procedure", string(d.Procedure)),
	}
	if len(d.Kinds) == 0 {
		faults = append(faults, demanded("kinds", ""))
	}
	faults = append(faults, agree(d.Kinds, d.FineFen, d.ConfiscatedFen)...)
	takesLicence := slices.Contains(d.Kinds, LicenceSuspended) || slices.Contains(d.Kinds, LicenceRevoked)
	if takesLicence && d.LicenceAffected == "" {
		faults = append(faults, domain.Refuse(domain.Invalid, "penalty.licence.required", "licence_affected",
			"暂扣或吊销许可证件的，应填写证照名称及编号（《行政处罚法》第九条第三项）", "the licence suspended or revoked has to be named"))
	}
	if !d.EffectiveUntil.IsZero() && d.EffectiveUntil.Before(d.DecidedOn) {
		faults = append(faults, domain.Refuse(domain.Invalid, "penalty.effective_until.early", "effective_until",
			"处罚有效期不得早于处罚决定日期", "the effect can't end before the decision"))
	}
	if d.Procedure == Summary {
		faults = append(faults, summaryLimits(d))
	}
	if d.FiledOn.After(d.DecidedOn) {
		faults = append(faults, domain.Refuse(domain.Invalid, "penalty.filed_on.late", "filed_on",
			"立案日期不得晚于处罚决定日期（《行政处罚法》第六十条）", "a case is filed before it is decided"))
	}
	if len(d.Parties) > 1 {
		faults = append(faults, domain.Refuse(domain.Invalid, "penalty.parties.joint", "parties",
			"决定涉及多名当事人，应每名当事人各记一条", "a decision against several parties is one record for each"))
	}
	for i, p := range d.Parties {
		faults = append(faults, softParty(fmt.Sprintf("parties[%d]", d.Place+i), p))
	}
	return faults
}

func softParty(field string, p Party) *domain.Fault {
	traders := strings.HasPrefix(string(p.Subject), "92") // 92 is the prefix of 个体工商户
	switch {
	case p.Kind == "":
		return demanded(field+".kind", "")
	case traders && p.Kind != IndividualBusiness && len(p.Subject) == 18:
		return domain.Refuse(domain.Invalid, "penalty.party.category", field+".kind",
			"统一社会信用代码以92开头的，行政相对人类别应为个体工商户", "a code that begins with 92 is a sole trader's")
	}
	return nil
}

// agree holds amounts and kinds to each other: a fine has its amount, and an amount its kind.
func agree(kinds []Kind, fine, confiscated domain.Fen) []*domain.Fault {
	takes := slices.Contains(kinds, ConfiscationGains) || slices.Contains(kinds, ConfiscationGoods)
	faults := []*domain.Fault{nil, nil}
	switch fined := slices.Contains(kinds, Fine); {
	case fined && fine == 0:
		faults[0] = domain.Refuse(domain.Invalid, "penalty.fine.amount", "fine_fen",
			"处罚种类含罚款的，应填写罚款金额（《行政处罚法》第九条第二项）", "a fine has an amount")
	case !fined && fine != 0:
		faults[0] = domain.Refuse(domain.Invalid, "penalty.fine.kind", "kinds",
			"有罚款金额的，处罚种类应含罚款（《行政处罚法》第九条第二项）", "an amount of fine needs the kind fine")
	}
	switch {
	case takes && confiscated == 0:
		faults[1] = domain.Refuse(domain.Invalid, "penalty.confiscated.amount", "confiscated_fen",
			"处罚种类含没收的，应填写没收金额（《行政处罚法》第九条第二项）", "a confiscation has an amount")
	case !takes && confiscated != 0:
		faults[1] = domain.Refuse(domain.Invalid, "penalty.confiscated.kind", "kinds",
			"有没收金额的，处罚种类应含没收违法所得或没收非法财物（《行政处罚法》第九条第二项）", "an amount confiscated needs a kind of confiscation")
	}
	return faults
}

// summaryLimits are those of 行政处罚法 art. 51: a warning, or a fine up to 200 yuan for a citizen and 3000 for an
// organisation. Sole traders with a trade name count as organisations, as the market supervisors' practice has it.
func summaryLimits(d Decided) *domain.Fault {
	limit := domain.Fen(0)
	for _, p := range d.Parties {
		if p.Kind == Natural {
			limit += 200_00
		} else {
			limit += 3000_00
		}
	}
	others := slices.ContainsFunc(d.Kinds, func(k Kind) bool { return k != Warning && k != Fine })
	if !others && d.FineFen <= limit {
		return nil
	}
	return domain.Refuse(domain.Invalid, "penalty.summary.limit", "procedure",
		"简易程序仅适用于警告，或者对公民二百元以下、对法人或者其他组织三千元以下的罚款（《行政处罚法》第五十一条）",
		"summary procedure is for warnings and fines up to 200 yuan (citizens) or 3000 yuan (organisations)")
}

func checkKinds(kinds []Kind) *domain.Fault {
	for i, k := range kinds {
		if k.Label() == "" || slices.Contains(kinds[:i], k) {
			return domain.Refuse(domain.Invalid, "penalty.kinds.unknown", "kinds",
				"处罚种类未知或重复（《行政处罚法》第九条）："+string(k), "unknown or repeated kind of penalty: "+string(k))
		}
	}
	return nil
}

// checkSize refuses what is too long to be published whole, e.g. fifty parties with the longest of names and facts, and what
// no store takes for its doubts. Each text may have its full length by itself.
func checkSize(d Decided) *domain.Fault {
	bare := d
	bare.Doubts = nil
	field, whole := "", size(bare)
	switch parties := size(bare.Parties) + size(bare.CoParties) + size(bare.Others); {
	case whole > maxDecision && parties > maxDecision/2:
		field = "parties"
	case whole > maxDecision:
		field = longest(d)
	case size(d) > maxSize:
		field = "doubts"
	default:
		return nil
	}
	return domain.Refuse(domain.TooLarge, "penalty.size", field,
		"处罚决定内容过长（上限44KiB），请精简文字或分别录入当事人", "the decision is longer than 44 KiB: shorten it, or record parties in decisions of their own")
}

// longest names the text that takes most room.
func longest(d Decided) string {
	field, most := "", 0
	for _, text := range []struct{ field, value string }{
		{"violation", d.Violation}, {"facts", d.Facts}, {"basis", d.Basis}, {"content", d.Content},
	} {
		if n := size(text.value); n > most {
			field, most = text.field, n
		}
	}
	return field
}

// size is how many bytes a value takes as stored; a missing date does not encode, and is refused as such.
func size(v any) int {
	data, err := json.Marshal(v)
	if err != nil {
		return 0
	}
	return len(data)
}

func checkAmount(field string, amount domain.Fen) *domain.Fault {
	if amount >= 0 && amount <= maxAmount {
		return nil
	}
	return domain.Refuse(domain.Invalid, "penalty.amount.range", field, "金额不得为负，也不得超过2^53分", "an amount lies between 0 and 2^53 分")
}

// demanded refuses an empty text that the law asks of a decision.
func demanded(field, value string) *domain.Fault {
	if strings.TrimSpace(value) != "" {
		return nil
	}
	return domain.Refuse(domain.Invalid, "penalty.decision.incomplete", field,
		field+"：处罚决定应当载明（《行政处罚法》第五十九条）", field+" is required in a decision")
}

func notFuture(field string, day, today calendar.Date) *domain.Fault {
	if !day.After(today) {
		return nil
	}
	return domain.Refuse(domain.Invalid, "penalty.date.future", field, field+"：不得晚于今天", field+" may not be after today")
}
