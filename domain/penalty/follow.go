package penalty

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

func serve(s State, cmd Serve) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	now := Served{On: cmd.On, PublicationNotice: cmd.PublicationNotice, PayBy: cmd.PayBy}
	switch {
	case s.Served != nil && *s.Served == now:
		return nil, nil
	case s.Served != nil:
		return nil, domain.Refuse(domain.Conflict, "penalty.served.already", "on",
			"送达已登记，内容不同", "the service is recorded already, with other content")
	}
	faults := []*domain.Fault{live(s), s.day("on", cmd.On, cmd.Today, "《行政处罚法》第六十一条")}
	if !cmd.PayBy.IsZero() {
		faults = append(faults, notBefore("pay_by", cmd.PayBy, cmd.On, "送达日期"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{now}, nil
}

// perform accepts late fines above the fine, up to its double (行政处罚法 art. 72). Two equal payments of a day are two if their
// receipts tell them apart, else the same one twice.
func perform(s State, cmd RecordPerformance) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	p := cmd.Performance
	if slices.Contains(s.Performance, p) {
		return nil, nil
	}
	faults := []*domain.Fault{
		live(s), s.day("on", p.On, cmd.Today, "《行政处罚法》第六十六条"), checkAmount("amount_fen", p.AmountFen), s.receipt(p),
		domain.Text("penalty", "receipt_no", p.ReceiptNo, maxNo), noPersonalNumber("receipt_no", p.ReceiptNo),
	}
	switch fine := s.Current().FineFen; p.Kind {
	case Paid:
		if p.AmountFen <= 0 || p.AmountFen > 2*fine-s.paid() {
			faults = append(faults, domain.Refuse(domain.Precondition, "penalty.paid.amount", "amount_fen",
				"缴纳金额应大于零，且累计不得超过罚款与等额加处罚款之和（《行政处罚法》第七十二条第一项）",
				"payments are above zero and together at most twice the fine"))
		}
	case Confiscated:
		if p.AmountFen <= 0 {
			faults = append(faults, domain.Refuse(domain.Invalid, "penalty.performance.amount", "amount_fen",
				"没收入库金额应大于零（《行政处罚法》第七十四条）", "the amount taken in is above zero"))
		}
	case OtherDone:
	default:
		faults = append(faults, domain.Refuse(domain.Invalid, "penalty.performance.kind", "kind", "未知的履行方式", "unknown kind of performance"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{p}, nil
}

func amend(s State, cmd Amend) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	a, d := cmd.Amendment, s.Current()
	if slices.Equal(a.Kinds, d.Kinds) && a.Content == d.Content && a.FineFen == d.FineFen && a.ConfiscatedFen == d.ConfiscatedFen {
		return nil, nil
	}
	faults := append(agree(a.Kinds, a.FineFen, a.ConfiscatedFen),
		live(s), s.day("on", a.On, cmd.Today, "《行政处罚法》第四十八条"), checkKinds(a.Kinds),
		checkAmount("fine_fen", a.FineFen), checkAmount("confiscated_fen", a.ConfiscatedFen),
		demanded("content", a.Content), domain.Prose("penalty", "content", a.Content, maxContent), noPersonalNumber("content", a.Content),
		domain.Blank("penalty", "reason", a.Reason), domain.Prose("penalty", "reason", a.Reason, maxReason), noPersonalNumber("reason", a.Reason))
	if len(a.Kinds) == 0 {
		faults = append(faults, demanded("kinds", ""))
	}
	now := evolve(s, a).Current()
	if now.Procedure == Summary {
		faults = append(faults, summaryLimits(now))
	}
	if n := len(s.Amendments); n > 0 && a.On.Before(s.Amendments[n-1].On) {
		faults = append(faults, domain.Refuse(domain.Invalid, "penalty.amend.order", "on",
			"变更日期不得早于前一次变更", "an amendment is not before the one that it follows"))
	}
	if err := domain.Require(append(faults, checkSize(now))...); err != nil {
		return nil, err
	}
	return []Event{a}, nil
}

func revoke(s State, cmd Revoke) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	r := cmd.Revocation
	if s.Revoked != nil && *s.Revoked == r {
		return nil, nil
	}
	faults := []*domain.Fault{
		live(s), s.day("on", r.On, cmd.Today, "《行政处罚法》第四十八条"),
		domain.Blank("penalty", "reason", r.Reason), domain.Prose("penalty", "reason", r.Reason, maxReason), noPersonalNumber("reason", r.Reason),
	}
	switch r.Ground {
	case GroundChanged, GroundRevoked, GroundIllegal, GroundVoid:
	default:
		faults = append(faults, domain.Refuse(domain.Invalid, "penalty.revoke.ground", "ground",
			"应为依法变更、撤销、确认违法或确认无效之一（《行政处罚法》第四十八条）", "a ground is one of changed, revoked, illegal, void"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{r}, nil
}

// within refuses penalties that don't exist or are another authority's.
func within(s State, by domain.Actor) error {
	switch {
	case !s.Exists():
		return missing()
	case !by.Holds(s.Decision.Authority):
		return foreign()
	}
	return nil
}

// live refuses to act on a decision that has no effect any more.
func live(s State) *domain.Fault {
	if s.Revoked == nil {
		return nil
	}
	return domain.Refuse(domain.Precondition, "penalty.revoked", "",
		"处罚决定已失去效力，不能再办理（《行政处罚法》第四十八条）", "the decision has no effect any more")
}

// day refuses dates before the decision and after today.
func (s State) day(field string, day, today calendar.Date, article string) *domain.Fault {
	switch {
	case day.IsZero():
		return domain.Blank("penalty", field, "")
	case day.Before(s.Decision.DecidedOn):
		return domain.Refuse(domain.Invalid, "penalty.date.early", field,
			field+"：不得早于处罚决定日期（"+article+"）", field+" may not be before the decision")
	}
	return notFuture(field, day, today)
}

func missing() *domain.Fault {
	return domain.Refuse(domain.NotFound, "penalty.missing", "id", "没有该处罚决定", "there is no such penalty")
}

func foreign() *domain.Fault {
	return domain.Refuse(domain.Forbidden, "penalty.authority.foreign", "", "该处罚决定属于其他机关", "the penalty belongs to another authority")
}
