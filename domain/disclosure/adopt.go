package disclosure

import "github.com/mingjian-ledger/mingjian/domain"

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
	case s.Public() && s.Showing.Digest == digest && s.Draft.Stage == None:
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
		Source: cmd.Source, PublishedOn: cmd.PublishedOn, Number: 1, By: cmd.By.Account, Terms: cmd.Terms,
	}}, nil
}
