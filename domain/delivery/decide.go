package delivery

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

func decide(s State, command Command) ([]Event, error) {
	if c, first := command.(Prepare); first {
		return prepare(s, c)
	}
	if !s.Exists() {
		return nil, domain.Refuse(domain.NotFound, "delivery.missing", "delivery_id", "没有该报送记录", "there is no such delivery")
	}
	switch c := command.(type) {
	case Submit:
		return submit(s, c)
	case SetAside:
		return setAside(s, c)
	case Receive:
		return receive(s, c)
	case ChooseName:
		return chooseName(s, c)
	case RecordRepresentative:
		return recordRepresentative(s, c)
	case Resend:
		return resend(s, c)
	case GiveUp:
		return giveUp(s, c)
	case Lapse:
		return lapse(s, c)
	case Prepare:
	}
	return nil, domain.Refuse(domain.Invalid, "delivery.command.unknown", "", "未知命令", "unknown command")
}

// own demands that the actor's authority answers for the record.
func own(by domain.Actor, authority domain.AuthorityID) *domain.Fault {
	if authority != "" && by.Holds(authority) {
		return nil
	}
	return domain.Refuse(domain.Forbidden, "delivery.authority.foreign", "authority_id", "该信息由其他机关报送", "the record is another authority's")
}

// prepare answers what an act, or a fact that came since, means for the platform. An act that a later one has overtaken means
// nothing any more.
func prepare(s State, c Prepare) ([]Event, error) {
	c.About.Delivery = ID(c.About.Platform, c.About.Disclosure)
	if err := checkAbout(c.By, c.About); err != nil {
		return nil, err
	}
	switch {
	case c.Act < s.Act || c.Cause == ByFact && !s.Exists():
		return nil, nil
	case s.GivenUp == nil || c.Act > s.GivenUp.Act:
	case c.Cause == ByPerson:
		return nil, closed(*s.GivenUp)
	default:
		return nil, nil
	}
	if c.Cause == ByPerson {
		if err := domain.Require(needed("reason", c.Reason, maxReason), personal("reason", c.Reason)); err != nil {
			return nil, err
		}
	}
	if s.Exists() {
		c.About.Stood = s.Stood
	} else {
		s.Stood = c.About.Stood
	}
	has := s.holds()
	if !c.Wanted {
		return takeAway(s, c, has)
	}
	if len(c.Problems) > 0 {
		return hold(s, c, c.Problems)
	}
	if has.as != nil && has.shown && has.as.Prepared.Digest == c.Content.digest() {
		return settled(s, c, ThereAlready)
	}
	p := c.prepared(s, Add)
	if has.known {
		p.Action = Modify
	}
	return ready(s, c, p)
}

// settled says that nothing is to be sent, where something waited to be; else there is nothing to say.
func settled(s State, c Prepare, why DropWhy) ([]Event, error) {
	switch s.Status {
	case WasHeld:
	case WasRejected, WasGivenUp:
		if c.Act == s.Act {
			return nil, nil
		}
	case None, WasPrepared, WasDropped, WasSubmitted, WasAccepted:
		return nil, nil
	}
	return []Event{Dropped{Act: c.Act, Why: why, On: c.Today, By: c.By.Account}}, nil
}

// takeAway has what the platform shows deleted, as it was sent, which no rule of the profile stands in the way of; or has it
// marked as standing no more.
func takeAway(s State, c Prepare, has atPlatform) ([]Event, error) {
	switch {
	case !has.shown:
		return settled(s, c, NeverThere)
	case c.Withdrawal != Modify && has.as != nil:
		c.Content, c.About.Match, c.Warnings = has.as.Prepared.Content, has.as.Prepared.Match, nil
	case len(c.Problems) > 0:
		return hold(s, c, c.Problems)
	}
	p := c.prepared(s, Delete)
	if c.Withdrawal == Modify {
		p.Action, p.Gone = Modify, true
	}
	return ready(s, c, p)
}

func (c Prepare) prepared(s State, action Action) Prepared {
	return Prepared{
		About: c.About, Content: c.Content, Row: len(s.Rows) + 1, Act: c.Act, Action: action, Gone: false, Digest: c.Content.digest(), Warnings: c.Warnings,
		Cause: c.Cause, Reason: c.Reason, On: c.Today, By: c.By.Account,
	}
}

// ready is the row, if there is room for it: a row over the size of an event is held, one over the limit of the act given up.
func ready(s State, c Prepare, p Prepared) ([]Event, error) {
	if last, sent := s.Last(); sent && !last.void() && s.Status != WasHeld && last.Prepared.Act == p.Act && last.Prepared.Action == p.Action && last.Prepared.Digest == p.Digest {
		return nil, nil
	}
	if data, err := json.Marshal(p); err != nil || len(data) > es.MaxEvent {
		return hold(s, c, []Problem{{
			Field: "", Rule: "size", ZH: fmt.Sprintf("报送数据共%d字节，不得超过%d字节", len(data), es.MaxEvent),
			EN: fmt.Sprintf("the row has %d bytes of at most %d", len(data), es.MaxEvent),
		}})
	}
	if s.spent(c.Act) >= MaxRows {
		return []Event{GivenUp{Act: c.Act, Why: TooManyRows, On: c.Today, By: c.By.Account}}, nil
	}
	return []Event{p}, nil
}

func hold(s State, c Prepare, problems []Problem) ([]Event, error) {
	if s.Status == WasHeld && s.Held.Act == c.Act && reflect.DeepEqual(s.Held.Problems, problems) {
		return nil, nil
	}
	return []Event{Held{
		About: c.About, Act: c.Act, Row: 0, Number: 0, Version: c.Content.Version, Problems: slices.Clone(problems), On: c.Today, By: c.By.Account,
	}}, nil
}

// resend prepares the last row again. A clerk may while the act's rows are not spent, an approver also begins anew.
func resend(s State, c Resend) ([]Event, error) {
	if err := forAnother(s, c.By, c.Reason); err != nil {
		return nil, err
	}
	last, sent := s.Last()
	switch {
	case !sent || s.Status != WasRejected && s.Status != WasGivenUp:
		return nil, domain.Refuse(domain.Precondition, "delivery.resend.nothing", "",
			"没有被退回或已停止报送的数据，无需重新报送", "nothing was rejected or given up, so nothing is sent again")
	case !last.void():
		return nil, domain.Refuse(domain.Precondition, "delivery.resend.held", "",
			"该信息尚不满足报送规范，应先补正", "the record does not satisfy the profile: put it right first")
	case c.As != "" && (c.As == Delete) != (last.Prepared.Action == Delete), c.As == Add && last.Prepared.Gone:
		return nil, domain.Refuse(domain.Invalid, "delivery.resend.action", "as",
			"重新报送不能在删除与新增、修改之间改变", "what was to be deleted is not sent for showing, nor the other way round")
	}
	action := c.As
	if action == "" {
		action = last.Prepared.Action
		switch known := s.holds().known; {
		case action == Delete || last.Prepared.Gone:
		case known:
			action = Modify
		default:
			action = Add
		}
	}
	again := last.Prepared
	again.Row, again.Action, again.Cause, again.Reason, again.On, again.By = len(s.Rows)+1, action, ByResend, c.Reason, c.Today, c.By.Account
	return []Event{again}, nil
}

// forAnother asks who may have a row sent beyond the one of the act, and that a reason is given.
func forAnother(s State, by domain.Actor, reason string) error {
	if fault := own(by, s.Authority); fault != nil {
		return fault
	}
	if s.GivenUp != nil && by.Role != domain.Approver {
		return closed(*s.GivenUp)
	}
	return domain.Require(needed("reason", reason, maxReason), personal("reason", reason))
}

func closed(g GivenUp) *domain.Fault {
	zh, en := "", ""
	switch g.Why {
	case TooManyRows:
		zh, en = fmt.Sprintf("已连续退回%d次", MaxRows), fmt.Sprintf("%d rows were rejected", MaxRows)
	case NeverTaken:
		zh, en = fmt.Sprintf("已报送%d次未获回执", MaxSubmissions), fmt.Sprintf("it was submitted %d times without an answer", MaxSubmissions)
	case NoAnswer:
		zh, en = fmt.Sprintf("%d日内未获回执", AnswerDays), fmt.Sprintf("there was no answer within %d days", AnswerDays)
	case Decided:
		zh, en = "已决定停止报送", "somebody decided so"
	}
	return domain.Refuse(domain.Precondition, "delivery.given_up", "", "该信息已停止报送（"+zh+"），须由批准人重新启动",
		"the delivery was given up ("+en+"): an approver begins anew")
}

// giveUp is an approver's: what is not sent may be an omission (瞒报).
func giveUp(s State, c GiveUp) ([]Event, error) {
	if fault := own(c.By, s.Authority); fault != nil {
		return nil, fault
	}
	if c.By.Role != domain.Approver {
		return nil, domain.Refuse(domain.Forbidden, "delivery.give_up.role", "", "停止报送须由批准人决定", "an approver decides to give up")
	}
	switch s.Status {
	case WasHeld, WasRejected, WasSubmitted:
	case WasPrepared:
		return nil, domain.Refuse(domain.Precondition, "delivery.give_up.unsent", "", "该行数据待报送，报送后才能停止", "the row is on its way: it is submitted first")
	case WasGivenUp:
		if s.GivenUp != nil {
			return nil, nil
		}
	case None, WasDropped, WasAccepted:
		return nil, domain.Refuse(domain.Precondition, "delivery.give_up.settled", "", "该信息已报送完毕，无需停止", "the delivery is settled")
	}
	if err := domain.Require(needed("reason", c.Reason, maxReason), personal("reason", c.Reason)); err != nil {
		return nil, err
	}
	return []Event{GivenUp{Act: s.Act, Why: Decided, Reason: c.Reason, On: c.Today, By: c.By.Account}}, nil
}

func lapse(s State, c Lapse) ([]Event, error) {
	last, _ := s.Last()
	if s.Status != WasSubmitted || len(last.Submissions) == 0 || c.Today.Before(AnswerBy(last.Submissions[0].On).AddDays(1)) {
		return nil, nil
	}
	return []Event{GivenUp{Act: s.Act, Why: NoAnswer, On: c.Today, By: c.By.Account}}, nil
}

// AnswerBy is the last day for the answer to what was submitted first on a day.
func AnswerBy(first calendar.Date) calendar.Date { return first.AddDays(AnswerDays) }
