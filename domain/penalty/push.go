package penalty

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

const articlePush = "《市场监督管理行政处罚信息公示规定》第十条"

// push sends again to another authority, or to the same on another day, as long as nobody said that it has the penalty.
func push(s State, cmd Push) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	p := cmd.Push
	if s.Pushed != nil && *s.Pushed == p {
		return nil, nil
	}
	faults := []*domain.Fault{
		s.Withheld(), s.day("on", p.On, cmd.Today, articlePush), checkProvince("province", p.Province),
		domain.Blank("penalty", "authority", p.Authority), domain.Text("penalty", "authority", p.Authority, maxName),
		domain.Text("penalty", "channel", p.Channel, maxName),
		noPersonalNumber("authority", p.Authority), noPersonalNumber("channel", p.Channel),
	}
	if s.Received != nil {
		faults = append(faults, domain.Refuse(domain.Precondition, "penalty.push.received", "",
			"对方已确认收到，不能再次推送（"+articlePush+"）", "the other province has it already"))
	}
	for _, party := range s.Decision.Parties {
		if party.Province != "" && party.Province != p.Province {
			faults = append(faults, domain.Refuse(domain.Invalid, "penalty.push.province", "province",
				"应推送至当事人登记地省级市场监督管理部门（"+articlePush+"）："+party.Province, "the party is registered in another province: "+party.Province))
		}
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{p}, nil
}

func receivePush(s State, cmd ReceivePush) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	r := cmd.Receipt
	switch {
	case s.Received != nil && *s.Received == r:
		return nil, nil
	case s.Received != nil:
		return nil, domain.Refuse(domain.Conflict, "penalty.push.received", "receipt_no", "接收回执已登记，内容不同", "another receipt is recorded already")
	case s.Pushed == nil:
		return nil, domain.Refuse(domain.Precondition, "penalty.push.none", "", "尚未推送（"+articlePush+"）", "the penalty was not sent to another province")
	}
	err := domain.Require(domain.Blank("penalty", "receipt_no", r.ReceiptNo), domain.Text("penalty", "receipt_no", r.ReceiptNo, maxNo),
		noPersonalNumber("receipt_no", r.ReceiptNo), notFuture("on", r.On, cmd.Today), notBefore("on", r.On, s.Pushed.On, "推送日期"))
	if err != nil {
		return nil, err
	}
	return []Event{r}, nil
}

func publishPush(s State, cmd PublishPush) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	p := cmd.Publication
	switch {
	case s.Shown != nil && *s.Shown == p:
		return nil, nil
	case s.Shown != nil:
		return nil, domain.Refuse(domain.Conflict, "penalty.push.published", "on", "异地公示已登记，内容不同", "another publication is recorded already")
	case s.Received == nil:
		return nil, domain.Refuse(domain.Precondition, "penalty.push.unreceived", "",
			"尚未登记接收回执（"+articlePush+"）", "the other province did not say that it has the penalty")
	}
	err := domain.Require(domain.Text("penalty", "address", p.Address, maxReason), noPersonalNumber("address", p.Address),
		notFuture("on", p.On, cmd.Today), notBefore("on", p.On, s.Received.On, "接收日期"))
	if err != nil {
		return nil, err
	}
	return []Event{p}, nil
}

// notBefore refuses a missing date and one before another.
func notBefore(field string, day, first calendar.Date, what string) *domain.Fault {
	switch {
	case day.IsZero():
		return domain.Blank("penalty", field, "")
	case day.Before(first):
		return domain.Refuse(domain.Invalid, "penalty.date.order", field,
			field+"：不得早于"+what+first.String(), field+" may not be before "+first.String())
	}
	return nil
}

// checkProvince demands two digits of GB/T 2260; 10 are bodies that the State registers itself.
func checkProvince(field, code string) *domain.Fault {
	if len(code) == 2 && code[0] >= '1' && code[0] <= '8' && code[1] >= '0' && code[1] <= '9' {
		return nil
	}
	return domain.Refuse(domain.Invalid, "penalty.province.form", field,
		field+"：应为省级行政区划代码前两位（GB/T 2260）", field+" is the two digits of a province (GB/T 2260)")
}

// checkRegistered holds the province of a party's registration to what it was taken from.
func checkRegistered(field string, p Party) *domain.Fault {
	switch {
	case p.Province == "" && p.ProvinceSource == "":
		return nil
	case p.ProvinceSource == FromRegistration:
		return checkProvince(field+".province", p.Province)
	case p.ProvinceSource != FromCode:
		return domain.Refuse(domain.Invalid, "penalty.province.source", field+".province_source",
			"登记地省份应注明来源：登记机关或统一社会信用代码", "the province of registration says where it is from: registration_authority or uscc")
	}
	if code := string(p.Subject); len(code) != 18 || code[2:4] != p.Province {
		return domain.Refuse(domain.Invalid, "penalty.province.code", field+".province",
			"登记地省份与统一社会信用代码第三、四位不一致", "the code of the party names another province")
	}
	return checkProvince(field+".province", p.Province)
}
