package disclosure

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

const (
	maxReason = 2000 // characters of a reason or opinion
	maxHits   = 20   // entries of the negative list
	maxHit    = 200  // characters of one
)

func decide(s State, cmd Command) ([]Event, error) {
	switch cmd := cmd.(type) {
	case Submit:
		return submit(s, cmd)
	case Recall:
		return recall(s, cmd)
	case Return:
		return sendBack(s, cmd)
	case Review:
		return review(s, cmd)
	case Approve:
		return approve(s, cmd)
	case Publish:
		return publish(s, cmd)
	case Withdraw:
		return withdraw(s, cmd)
	case Adopt:
		return adopt(s, cmd)
	case Mask:
		return mask(s, cmd)
	case Unmask:
		return unmask(s, cmd)
	case Expire:
		return expire(s, cmd)
	case PassLayer:
		return passLayer(s, cmd)
	case Withhold:
		return withhold(s, cmd)
	case ReviewWithholding:
		return reviewWithholding(s, cmd)
	case Lift:
		return lift(s, cmd)
	case ApplyRepair:
		return applyRepair(s, cmd)
	case CheckRepair:
		return checkRepair(s, cmd)
	case DecideRepair:
		return decideRepair(s, cmd)
	}
	return nil, domain.Refuse(domain.Invalid, "disclosure.command.unknown", "", "未知命令", "unknown command")
}

// submit starts the way of a document. What is under way already with the same content, or is public already, needs no
// event; another document takes the place of one under way, whose review and approval are void then. What is withheld of the
// record is left out of every document of it.
func submit(s State, cmd Submit) ([]Event, error) {
	if err := own(s, cmd.By, cmd.Document); err != nil {
		return nil, err
	}
	cmd.Document = s.LeaveOut(cmd.Document)
	raw, digest, err := Canonical(cmd.Document)
	if err != nil {
		return nil, err
	}
	switch {
	case s.Draft.Pending() && s.Draft.Digest == digest:
		return nil, nil
	case !s.Draft.Pending() && s.Public() && s.Showing.Digest == digest:
		return nil, nil
	}
	var missing *domain.Fault
	if s.Release.Number > 0 && cmd.Reason == "" {
		missing = domain.Refuse(domain.Precondition, "disclosure.submit.reason", "reason",
			"该信息已经公示过，更正应说明理由（《市场监督管理行政处罚信息公示规定》第十一条、第十二条）",
			"this record was public before: a new document needs a reason (Order 45 art. 11, 12)")
	}
	if err := domain.Require(missing, domain.Prose("disclosure", "reason", cmd.Reason, maxReason)); err != nil {
		return nil, err
	}
	record := cmd.Document.Record()
	return []Event{Submitted{
		Disclosure: record.Disclosure(), Record: record, Authority: cmd.Document.Authority.ID,
		Document: Raw(raw), Digest: digest, By: cmd.By.Account, Author: cmd.Author, Reason: cmd.Reason, Layers: cmd.Layers,
	}}, nil
}

// recall ends the way of a document whose record is not for the public any more; without one there is nothing to do.
func recall(s State, cmd Recall) ([]Event, error) {
	if s.ID == "" || !s.Draft.Pending() {
		return nil, nil
	}
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	err := domain.Require(domain.Blank("disclosure", "reason", cmd.Reason), domain.Prose("disclosure", "reason", cmd.Reason, maxReason))
	if err != nil {
		return nil, err
	}
	return []Event{Returned{Digest: s.Draft.Digest, By: cmd.By.Account, Reason: cmd.Reason}}, nil
}

func sendBack(s State, cmd Return) ([]Event, error) {
	if err := pending(s, cmd.By, cmd.Digest); err != nil {
		return nil, err
	}
	if fault := second(s, cmd.By); fault != nil {
		return nil, fault
	}
	now := Returned{Digest: cmd.Digest, By: cmd.By.Account, Reason: cmd.Reason}
	switch s.Draft.Stage {
	case SentBack:
		if s.Draft.Return == now {
			return nil, nil
		}
		return nil, wrongStage(s)
	case Done:
		return nil, wrongStage(s)
	case None, Awaiting, Checked, Cleared, Held: // until it is public, it can be stopped
	}
	err := domain.Require(domain.Blank("disclosure", "reason", cmd.Reason), domain.Prose("disclosure", "reason", cmd.Reason, maxReason))
	if err != nil {
		return nil, err
	}
	return []Event{now}, nil
}

func review(s State, cmd Review) ([]Event, error) {
	if err := pending(s, cmd.By, cmd.Digest); err != nil {
		return nil, err
	}
	if fault := second(s, cmd.By); fault != nil {
		return nil, fault
	}
	now := Reviewed{
		Digest: cmd.Digest, By: cmd.By.Account, SecrecyClear: cmd.SecrecyClear,
		NegativeListHits: cmd.NegativeListHits, Opinion: cmd.Opinion,
	}
	if len(s.Draft.Layers) > 0 {
		return layeredReview(s, cmd, now)
	}
	switch s.Draft.Stage {
	case Checked, Cleared, Done:
		if sameReview(s.Draft.Review, now) {
			return nil, nil
		}
		if s.Draft.Stage != Checked {
			return nil, wrongStage(s)
		}
	case SentBack, Held:
		return nil, wrongStage(s)
	case None, Awaiting:
	}
	if err := checkReview(cmd); err != nil {
		return nil, err
	}
	return []Event{now}, nil
}

func sameReview(a, b Reviewed) bool {
	return a.By == b.By && a.SecrecyClear == b.SecrecyClear && a.Opinion == b.Opinion && slices.Equal(a.NegativeListHits, b.NegativeListHits)
}

func checkReview(cmd Review) error {
	faults := []*domain.Fault{domain.Prose("disclosure", "opinion", cmd.Opinion, maxReason)}
	if len(cmd.NegativeListHits) > maxHits {
		faults = append(faults, domain.Refuse(domain.Invalid, "disclosure.review.hits", "negative_list_hits",
			"负面清单命中项不得超过20项", "at most 20 hits of the negative list"))
	}
	for _, h := range cmd.NegativeListHits {
		faults = append(faults, domain.Blank("disclosure", "negative_list_hits", h), domain.Text("disclosure", "negative_list_hits", h, maxHit))
	}
	if (!cmd.SecrecyClear || len(cmd.NegativeListHits) > 0) && cmd.Opinion == "" {
		faults = append(faults, domain.Refuse(domain.Invalid, "disclosure.review.opinion", "opinion",
			"保密审查未通过或命中负面清单的，应写明审核意见（《政府信息公开条例》第十七条）",
			"an opinion is needed where the secrecy review is not clear or the negative list was hit"))
	}
	return domain.Require(faults...)
}

// approve needs a clear secrecy review and a third person.
func approve(s State, cmd Approve) ([]Event, error) {
	if err := pending(s, cmd.By, cmd.Digest); err != nil {
		return nil, err
	}
	if fault := third(s, cmd.By); fault != nil {
		return nil, fault
	}
	switch s.Draft.Stage {
	case Cleared, Done:
		return nil, nil
	case None, Awaiting, SentBack, Held:
		return nil, wrongStage(s)
	case Checked:
	}
	if !s.Draft.Review.SecrecyClear {
		return nil, domain.Refuse(domain.Precondition, "disclosure.approve.secrecy", "",
			"保密审查未通过，不得公示（《政府信息公开条例》第十七条、《市场监督管理行政处罚信息公示规定》第五条）",
			"the secrecy review is not clear: this may not be made public")
	}
	if cmd.Obsolete != nil {
		return nil, cmd.Obsolete
	}
	if err := domain.Require(domain.Prose("disclosure", "opinion", cmd.Opinion, maxReason), checkOutlets(cmd.Outlets)); err != nil {
		return nil, err
	}
	return []Event{Approved{
		Digest: cmd.Digest, By: cmd.By.Account, Opinion: cmd.Opinion, Outlets: cmd.Outlets, NotBefore: cmd.NotBefore,
	}}, nil
}
