package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// Limits, in characters where they are about texts.
const (
	maxTitle  = 200
	maxShort  = 100
	maxReason = 500
)

func decide(s State, command Command) ([]Event, error) {
	switch c := command.(type) {
	case DraftPlan:
		return draft(s, c)
	case ApprovePlan:
		return approve(s, c)
	case PublishPlan:
		return publish(s, c)
	case AmendPlan:
		return amend(s, c)
	case CancelPlan:
		return cancel(s, c)
	case OpenTask:
		return openTask(s, c)
	case CancelTask:
		return cancelTask(s, c)
	}
	return nil, domain.Refuse(domain.Invalid, "plan.command.unknown", "", "未知命令", "unknown command")
}

// within demands a plan of the actor's authority.
func (s State) within(by domain.Actor) *domain.Fault {
	switch {
	case s.ID == "":
		return domain.Refuse(domain.NotFound, "plan.missing", "plan_id", "没有该计划", "there is no such plan")
	case !by.Holds(s.Authority):
		return domain.Refuse(domain.Forbidden, "plan.authority.foreign", "", "该计划属于其他机关", "the plan belongs to another authority")
	}
	return nil
}

// draft takes a plan that was cancelled before anybody saw it as none, so that its id can be used again.
func draft(s State, c DraftPlan) ([]Event, error) {
	switch again := s.Year == c.Year && s.Title == c.Title && s.Catalogue == c.Catalogue && s.Version == c.Version && s.Joint == c.Joint; {
	case c.By.Authority == "" || s.ID != "" && !c.By.Holds(s.Authority):
		return nil, domain.Refuse(domain.Forbidden, "plan.authority.foreign", "", "该计划属于其他机关", "the plan belongs to another authority")
	case s.ID == "" || s.Status == CalledOff && s.PublishedOn.IsZero():
	case again && s.Status != CalledOff:
		return nil, nil
	default:
		return nil, domain.Refuse(domain.Conflict, "plan.exists", "plan_id", "该计划已存在，且内容不同", "the plan exists with other content")
	}
	faults := []*domain.Fault{
		identifier("plan.id", "plan_id", c.Plan, 36),
		needed("plan.title", "title", c.Title, maxTitle),
	}
	if c.Year < 2000 || c.Year > 9999 {
		faults = append(faults, domain.Refuse(domain.Invalid, "plan.year.range", "year", "计划年度应为四位年份", "the year is 2000 to 9999"))
	}
	if !c.VersionPublished {
		faults = append(faults, domain.Refuse(domain.Precondition, "plan.version_unpublished", "version",
			"所引用的抽查事项清单版本未公布或已废止", "the cited version of the catalogue is not published, or was withdrawn"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{Drafted{
		Plan: c.Plan, Authority: c.By.Authority, Year: c.Year, Title: c.Title, Catalogue: c.Catalogue, Version: c.Version,
		Joint: c.Joint, By: c.By.Account,
	}}, nil
}

func approve(s State, c ApprovePlan) ([]Event, error) {
	switch fault := s.within(c.By); {
	case fault != nil:
		return nil, fault
	case s.Status == CalledOff:
		return nil, calledOff()
	case s.Status != Draft && (c.Expected == "" || c.Expected == s.ContentDigest):
		return nil, nil
	case s.Status == Draft && (s.DraftedBy == c.By.Account || slices.Contains(s.AmendedBy, c.By.Account)):
		return nil, domain.Refuse(domain.Forbidden, "plan.approval.same_person", "",
			"计划的编制与审批应由不同人员办理", "drafting and approving take two persons")
	}
	fault := domain.Approves("plan.approval.other_content", "expected_digest", c.Expected, s.Content().Digest())
	switch {
	case fault != nil:
		return nil, fault
	case s.Status != Draft:
		return nil, nil
	}
	return []Event{Approved{By: c.By.Account, ContentDigest: s.Content().Digest()}}, nil
}

func calledOff() *domain.Fault {
	return domain.Refuse(domain.Precondition, "plan.cancelled", "plan_id", "该计划已取消", "the plan was cancelled")
}

func publish(s State, c PublishPlan) ([]Event, error) {
	switch fault := s.within(c.By); {
	case fault != nil:
		return nil, fault
	case s.Status == Public && s.DocumentNo == c.DocumentNo && s.Attachment == c.AttachmentDigest && s.PublishedOn == c.PublishedOn:
		return nil, nil
	case s.Status == Public:
		return nil, domain.Refuse(domain.Conflict, "plan.published", "plan_id", "该计划已公布", "the plan was published before")
	case s.Status == CalledOff:
		return nil, calledOff()
	case s.Status != Agreed:
		return nil, domain.Refuse(domain.Precondition, "plan.unapproved", "plan_id", "该计划尚未审批", "the plan is not approved")
	}
	faults := []*domain.Fault{
		needed("plan.document_no", "document_no", c.DocumentNo, maxShort),
		domain.Digest("plan", "attachment_digest", c.AttachmentDigest),
		domain.Blank("plan.published_on", "published_on", c.PublishedOn.String()),
	}
	if c.PublishedOn.After(c.Today) {
		faults = append(faults, domain.Refuse(domain.Invalid, "plan.published_on.future", "published_on",
			"公布日期不得晚于今日", "the day of publication is not in the future"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{Published{DocumentNo: c.DocumentNo, AttachmentDigest: c.AttachmentDigest, PublishedOn: c.PublishedOn}}, nil
}

func amend(s State, c AmendPlan) ([]Event, error) {
	switch fault := s.within(c.By); {
	case fault != nil:
		return nil, fault
	case s.Status == CalledOff:
		return nil, calledOff()
	}
	err := domain.Require(domain.Text("plan.title", "title", c.Title, maxTitle), needed("plan.reason", "reason", c.Reason, maxReason))
	if err != nil || c.Title != "" && c.Title == s.Title {
		return nil, err
	}
	return []Event{Amended{Title: c.Title, Reason: c.Reason, By: c.By.Account}}, nil
}

func cancel(s State, c CancelPlan) ([]Event, error) {
	switch fault := s.within(c.By); {
	case fault != nil:
		return nil, fault
	case s.Status == CalledOff:
		return nil, nil
	}
	for _, t := range s.Tasks {
		if t.Status == TaskOpen {
			return nil, domain.Refuse(domain.Precondition, "plan.cancel.open_tasks", "plan_id",
				"计划内仍有未取消的任务："+t.ID, "a task of the plan is open: "+t.ID)
		}
	}
	if fault := needed("plan.reason", "reason", c.Reason, maxReason); fault != nil {
		return nil, fault
	}
	return []Event{Cancelled{Reason: c.Reason}}, nil
}

// identifier refuses what is not 2 to most letters, digits, dots or hyphens.
func identifier(code, field, id string, most int) *domain.Fault {
	odd := func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '.' && c != '-'
	}
	if len(id) >= 2 && len(id) <= most && !strings.ContainsFunc(id, odd) {
		return nil
	}
	return domain.Refuse(domain.Invalid, code+".form", field,
		fmt.Sprintf("%s：应为2至%d位字母、数字、点或连字符", field, most),
		fmt.Sprintf("%s has 2 to %d letters, digits, dots or hyphens", field, most))
}

// needed is domain.Text for a field that may not be blank. What stands in a task stands in the documents that its inspections
// lead to, and those hold no resident identity number (公民身份号码).
func needed(code, field, value string, most int) *domain.Fault {
	if fault := domain.Blank(code, field, value); fault != nil {
		return fault
	}
	if uscc.HoldsResidentID(value) {
		return domain.Refuse(domain.Invalid, "plan.personal_data", field, field+"：不得包含自然人的身份证件号码",
			field+" holds a natural person's identity number")
	}
	return domain.Text(code, field, value, most)
}
