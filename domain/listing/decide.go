package listing

import "github.com/mingjian-ledger/mingjian/domain"

func decide(s State, cmd Command) ([]Event, error) {
	switch cmd := cmd.(type) {
	case Find:
		return find(s, cmd)
	case Propose:
		return propose(s, cmd)
	case Retract:
		return retract(s, cmd)
	case Dismiss:
		return dismiss(s, cmd)
	case Notify:
		return notify(s, cmd)
	case Enter:
		return enter(s, cmd)
	case ApplyForRemoval:
		return apply(s, cmd)
	case RefuseRemoval:
		return refuseRemoval(s, cmd)
	case Remove:
		return remove(s, cmd)
	case Rescind:
		return rescind(s, cmd)
	case Transfer:
		return transfer(s, cmd)
	}
	return nil, domain.Refuse(domain.Invalid, "listing.command.unknown", "", "未知命令", "unknown command")
}

// transfer: the case goes as it is, with what waits.
func transfer(s State, cmd Transfer) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	var unknown, idle, own *domain.Fault
	if !cmd.Known {
		unknown = domain.Refuse(domain.Precondition, "listing.transfer.unknown", "to", "没有该机关或者该机关已撤并", "there is no such authority, or it acts no more")
	}
	if cmd.To == s.Authority {
		own = domain.Refuse(domain.Invalid, "listing.transfer.own", "to", "不能移交给本机关", "a case can't be transferred to its own authority")
	}
	if !s.Busy() {
		idle = domain.Refuse(domain.Precondition, "listing.transfer.idle", "", "没有待办理的事项，无需移交", "nothing waits or stands that could be transferred")
	}
	err := domain.Require(unknown, own, idle, domain.Blank("listing", "reason", cmd.Reason), prose("reason", cmd.Reason, maxReason), day("on", cmd.On, s.since(), cmd.Today))
	if err != nil {
		return nil, err
	}
	return []Event{Transferred{To: cmd.To, Reason: cmd.Reason, On: cmd.On, By: cmd.By.Account}}, nil
}

// within refuses cases that don't exist or are another authority's.
func within(s State, by domain.Actor) error {
	switch {
	case !s.Exists():
		return domain.Refuse(domain.NotFound, "listing.missing", "listing_id", "没有该名录事项", "there is no such case")
	case !by.Holds(s.Authority):
		return foreign()
	}
	return nil
}

func foreign() *domain.Fault {
	return domain.Refuse(domain.Forbidden, "listing.authority.foreign", "", "该名录事项属于其他机关", "the case belongs to another authority")
}

// separate refuses to let one person do what takes two.
func separate(zh, en string) *domain.Fault {
	return domain.Refuse(domain.Forbidden, "listing.same_person", "", zh, en)
}
