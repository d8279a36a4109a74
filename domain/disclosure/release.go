package disclosure

import (
	"github.com/mingjian-ledger/mingjian/domain"
)

// publish makes the approved document public; the approver may do it, submitter and reviewer may not.
func publish(s State, cmd Publish) ([]Event, error) {
	if err := pending(s, cmd.By, cmd.Digest); err != nil {
		return nil, err
	}
	if fault := third(s, cmd.By); fault != nil {
		return nil, fault
	}
	switch s.Draft.Stage {
	case Done:
		return nil, nil
	case None, Awaiting, SentBack, Checked:
		return nil, wrongStage(s)
	case Cleared:
	}
	if cmd.Obsolete != nil {
		return nil, cmd.Obsolete
	}
	d, number := s.Draft, s.Release.Number+1
	if !s.Public() {
		return []Event{Published{Document: d.Document, Digest: d.Digest, Number: number, By: cmd.By.Account, On: cmd.Today}}, nil
	}
	return []Event{Corrected{
		Document: d.Document, Digest: d.Digest, FormerDigest: s.Release.Digest, Reason: d.Reason,
		Number: number, By: cmd.By.Account, On: cmd.Today,
	}}, nil
}

func withdraw(s State, cmd Withdraw) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	r := s.Release
	switch {
	case r.Withdrawn && r.Ground == cmd.Ground && r.Reason == cmd.Reason:
		return nil, nil
	case !s.Public():
		return nil, domain.Refuse(domain.Precondition, "disclosure.withdraw.nothing", "",
			"该信息当前没有公示，无需撤回", "nothing of this record is public, so nothing can be withdrawn")
	case cmd.Digest != "" && cmd.Digest != r.Digest:
		return nil, otherDigest()
	}
	err := domain.Require(
		checkGround(cmd.Ground),
		domain.Blank("disclosure", "reason", cmd.Reason),
		domain.Prose("disclosure", "reason", cmd.Reason, maxReason),
	)
	if err != nil {
		return nil, err
	}
	return []Event{Withdrawn{
		Ground: cmd.Ground, Reason: cmd.Reason, Digest: r.Digest, Number: r.Number + 1, By: cmd.By.Account, On: cmd.Today,
	}}, nil
}

func checkGround(g Ground) *domain.Fault {
	switch g {
	case GroundChanged, GroundRevoked, GroundIllegal, GroundVoid, GroundError:
		return nil
	}
	return domain.Refuse(domain.Invalid, "disclosure.withdraw.ground", "ground",
		"撤回理由应为变更、撤销、确认违法、确认无效或公示有误之一（《行政处罚法》第四十八条）",
		"a ground of withdrawal is one of changed, revoked, illegal, void, error")
}

// adopt is for administrators and for records that never went through this ledger's own way. What was adopted and has gone
// on since needs no event: a file that is taken over again tells nothing new of it.
func adopt(s State, cmd Adopt) ([]Event, error) {
	if cmd.By.Role != domain.Admin {
		return nil, domain.Refuse(domain.Forbidden, "disclosure.adopt.role", "",
			"仅管理员可以迁移历史公示信息", "only an administrator takes over what was public before")
	}
	if err := own(s, cmd.By, cmd.Document); err != nil {
		return nil, err
	}
	raw, digest, err := Canonical(cmd.Document)
	if err != nil {
		return nil, err
	}
	switch {
	case s.Public() && s.Release.Digest == digest && s.Draft.Stage == None:
		return nil, nil
	case s.Adoption == Adoption{cmd.Source, cmd.PublishedOn} && (s.Release.Number > 1 || s.Draft.Stage != None):
		return nil, nil
	case s.ID != "":
		return nil, domain.Refuse(domain.Conflict, "disclosure.adopt.exists", "",
			"该记录已在本系统报审或公示，内容不同，不得以迁移方式覆盖", "the record is disclosed here already, with other content")
	}
	err = domain.Require(
		domain.Blank("disclosure", "source", cmd.Source),
		domain.Text("disclosure", "source", cmd.Source, maxHit),
		domain.Blank("disclosure", "published_on", cmd.PublishedOn.String()),
	)
	if err == nil && cmd.PublishedOn.After(cmd.Today) {
		err = domain.Refuse(domain.Invalid, "disclosure.adopt.future", "published_on",
			"原公示日期不得晚于今天", "what is taken over can't have been published after today")
	}
	if err != nil {
		return nil, err
	}
	record := cmd.Document.Record()
	return []Event{Adopted{
		Disclosure: record.Disclosure(), Record: record, Authority: cmd.Document.Authority.ID, Document: Raw(raw), Digest: digest,
		Source: cmd.Source, PublishedOn: cmd.PublishedOn, Number: 1, By: cmd.By.Account,
	}}, nil
}
