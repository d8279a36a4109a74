package disclosure

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

// own refuses documents of another authority's records, and of another record than the disclosure's.
func own(s State, by domain.Actor, doc Document) error {
	switch {
	case !by.Holds(doc.Authority.ID), s.ID != "" && !by.Holds(s.Authority):
		return foreign()
	case s.ID != "" && s.Record != doc.Record():
		return domain.Refuse(domain.Conflict, "disclosure.record.other", "document", "文稿与公示事项不是同一记录", "the document is about another record")
	}
	return nil
}

// within refuses disclosures that don't exist or are another authority's.
func within(s State, by domain.Actor) error {
	switch {
	case s.ID == "":
		return domain.Refuse(domain.NotFound, "disclosure.missing", "id", "没有该公示事项", "there is no such disclosure")
	case !by.Holds(s.Authority):
		return foreign()
	}
	return nil
}

// pending refuses acts on another document than the one under way.
func pending(s State, by domain.Actor, digest string) error {
	if err := within(s, by); err != nil {
		return err
	}
	switch {
	case s.Draft.Stage == None:
		return domain.Refuse(domain.Precondition, "disclosure.draft.none", "", "没有待办理的公示文稿", "no document is under way")
	case digest != s.Draft.Digest:
		return otherDigest()
	}
	return nil
}

// submitted tells whether an account stands behind the document: it submitted it, or made the record that a policy submitted, or
// did so for one that this one took the place of.
func (d Draft) submitted(by domain.Actor) bool {
	return by.Account == d.Submitter || d.Author != "" && by.Account == d.Author || slices.Contains(d.Behind, by.Account)
}

// second refuses the submitter as reviewer.
func second(s State, by domain.Actor) *domain.Fault {
	if s.Draft.submitted(by) {
		return separate("reviewer", "录入人、报审人不得审核本人经办的文稿", "whoever made or submitted a document can't review it")
	}
	return nil
}

// third refuses the submitter and the reviewer as approver or publisher.
func third(s State, by domain.Actor) *domain.Fault {
	if s.Draft.submitted(by) {
		return separate("approver", "录入人、报审人不得批准或发布本人经办的文稿", "whoever made or submitted a document can't approve or publish it")
	}
	if slices.Contains(s.Draft.Reviewers, by.Account) {
		return separate("approver", "审核人不得批准或发布本人审核的文稿", "whoever reviewed a document can't approve or publish it")
	}
	return nil
}

func separate(duty, zh, en string) *domain.Fault {
	return domain.Refuse(domain.Forbidden, "disclosure."+duty+".same", "", zh, en)
}

func foreign() *domain.Fault {
	return domain.Refuse(domain.Forbidden, "disclosure.authority.foreign", "", "该公示事项属于其他机关", "the disclosure belongs to another authority")
}

func otherDigest() *domain.Fault {
	return domain.Refuse(domain.Conflict, "disclosure.digest.other", "digest",
		"文稿已有变化，请重新打开后办理", "the document is another one by now: open it again")
}

func wrongStage(s State) *domain.Fault {
	return domain.Refuse(domain.Precondition, "disclosure.stage", "",
		"公示文稿当前状态为“"+s.Draft.Stage.Label()+"”，不能进行此操作", "the document is "+string(s.Draft.Stage)+": this step is not next")
}

// Label is the stage in Chinese.
func (s Stage) Label() string {
	switch s {
	case None:
		return "无"
	case Awaiting:
		return "待审核"
	case SentBack:
		return "已退回"
	case Checked:
		return "待批准"
	case Cleared:
		return "待公示"
	case Done:
		return "已公示"
	case Held:
		return "不予公开"
	}
	return string(s)
}
