package catalogue

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

func decide(s State, command Command) ([]Event, error) {
	switch c := command.(type) {
	case DraftVersion:
		return draft(s, c)
	case PublishVersion:
		return publish(s, c)
	case WithdrawVersion:
		return withdraw(s, c)
	}
	return nil, domain.Refuse(domain.Invalid, "catalogue.command.unknown", "", "未知命令", "unknown command")
}

func foreign() *domain.Fault {
	return domain.Refuse(domain.Forbidden, "catalogue.authority.foreign", "", "该清单属于其他机关", "the catalogue belongs to another authority")
}

func draft(s State, c DraftVersion) ([]Event, error) {
	if c.By.Authority == "" || s.ID != "" && !c.By.Holds(s.Authority) {
		return nil, foreign()
	}
	if v, known := s.Version(c.Version); known && v.Title == c.Title && slices.EqualFunc(v.Items, c.Items, same) {
		return nil, nil
	}
	if v, known := s.Version(c.Version); known && v.Status != Draft {
		return nil, domain.Refuse(domain.Conflict, "catalogue.version.published", "version",
			"该版本已公布，不得更改", "the version is published and never changes")
	}
	faults := []*domain.Fault{identifier(c.Catalogue), needed("catalogue.title", "title", c.Title, maxName)}
	if c.Version != s.next() {
		faults = append(faults, domain.Refuse(domain.Precondition, "catalogue.version.sequence", "version",
			number("应编制的版本为第%d版", s.next()), number("the next version is %d", s.next())))
	}
	faults = append(faults, checkItems(c.Items)...)
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	var events []Event
	for i, part := range parts(c.Items) {
		if i > 0 {
			events = append(events, ItemsAdded{Version: c.Version, Items: part})
			continue
		}
		events = append(events, VersionDrafted{
			Catalogue: c.Catalogue, Authority: c.By.Authority, Version: c.Version, Title: c.Title, Items: part, By: c.By.Account,
		})
	}
	return events, nil
}

// version finds what an act is about, within the actor's authority.
func (s State) version(by domain.Actor, n int) (Version, *domain.Fault) {
	v, known := s.Version(n)
	switch {
	case !known:
		return v, domain.Refuse(domain.NotFound, "catalogue.version.missing", "version", "没有该清单版本", "there is no such version")
	case !by.Holds(s.Authority):
		return v, foreign()
	}
	return v, nil
}

func publish(s State, c PublishVersion) ([]Event, error) {
	v, fault := s.version(c.By, c.Version)
	switch {
	case fault != nil:
		return nil, fault
	case v.Status == Published && v.DocumentNo == c.DocumentNo && v.PublishedOn == c.PublishedOn && (c.Expected == "" || c.Expected == s.Digest(v)):
		return nil, nil
	case v.Status != Draft:
		return nil, domain.Refuse(domain.Conflict, "catalogue.version.published", "version",
			"该版本已公布", "the version was published before")
	case v.DraftedBy == c.By.Account:
		return nil, domain.Refuse(domain.Forbidden, "catalogue.version.same_person", "",
			"清单的编制与公布应由不同人员办理", "drafting and publishing take two persons")
	}
	faults := []*domain.Fault{
		needed("catalogue.document_no", "document_no", c.DocumentNo, maxShort),
		domain.Blank("catalogue.published_on", "published_on", c.PublishedOn.String()),
		domain.Approves("catalogue.version.other_content", "expected_digest", c.Expected, s.Digest(v)),
	}
	if c.PublishedOn.After(c.Today) {
		faults = append(faults, domain.Refuse(domain.Invalid, "catalogue.published_on.future", "published_on",
			"公布日期不得晚于今日", "the day of publication is not in the future"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{VersionPublished{
		Version: c.Version, DocumentNo: c.DocumentNo, PublishedOn: c.PublishedOn, By: c.By.Account, ContentDigest: s.Digest(v),
	}}, nil
}

func withdraw(s State, c WithdrawVersion) ([]Event, error) {
	v, fault := s.version(c.By, c.Version)
	switch {
	case fault != nil:
		return nil, fault
	case v.Status == Withdrawn:
		return nil, nil
	case v.Status != Published:
		return nil, domain.Refuse(domain.Precondition, "catalogue.version.unpublished", "version",
			"该版本尚未公布", "the version is not published")
	}
	faults := []*domain.Fault{
		needed("catalogue.reason", "reason", c.Reason, maxReason),
		domain.Blank("catalogue.withdrawn_on", "withdrawn_on", c.WithdrawnOn.String()),
	}
	switch {
	case c.WithdrawnOn.After(c.Today): // it has effect at once: no task may cite the version any more
		faults = append(faults, domain.Refuse(domain.Invalid, "catalogue.withdrawn_on.future", "withdrawn_on",
			"废止日期不得晚于今日", "the day of withdrawal is not in the future"))
	case !c.WithdrawnOn.IsZero() && c.WithdrawnOn.Before(v.PublishedOn):
		faults = append(faults, domain.Refuse(domain.Invalid, "catalogue.withdrawn_on.early", "withdrawn_on",
			"废止日期不得早于公布日期", "the day of withdrawal is not before that of publication"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{VersionWithdrawn{Version: c.Version, Reason: c.Reason, WithdrawnOn: c.WithdrawnOn}}, nil
}
