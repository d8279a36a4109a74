package inspection

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// NoticeIssued: the subject is to be told of the inspection (随机抽查通知书). What the paper says beside it comes from the
// assignment and the item list.
type NoticeIssued struct {
	No         string        `json:"no"` // 文书编号, unique in the inspection
	Manner     Manner        `json:"manner"`
	VisitFrom  calendar.Date `json:"visit_from"`
	VisitTo    calendar.Date `json:"visit_to"`
	Place      string        `json:"place,omitempty"`
	Materials  []string      `json:"materials,omitempty"` // to be kept ready
	Contact    string        `json:"contact"`             // office and its number, never a person's own
	Inspectors []Certificate `json:"inspectors"`
	On         calendar.Date `json:"on"`
	By         string        `json:"by"` // account
}

// NoticeServed: the notice reached the subject, or counts as if it had (送达).
type NoticeServed struct {
	No        string             `json:"no"`
	How       Service            `json:"how"`
	On        calendar.Date      `json:"on"`
	To        Person             `json:"to,omitzero"`         // who took it
	Note      string             `json:"note,omitempty"`      // why it was left, number of the parcel and the like
	Inspector domain.InspectorID `json:"inspector,omitempty"` // who served, if an inspector did
	By        string             `json:"by"`                  // account
}

// Service is how a paper is served (送达方式).
type Service string

// The ways.
const (
	Direct     Service = "direct"     // 直接送达
	Left       Service = "left"       // 留置送达
	Posted     Service = "posted"     // 邮寄送达
	Electronic Service = "electronic" // 电子送达
	Announced  Service = "announced"  // 公告送达
)

// IssueNotice makes out a notice. Inspectors and Lists are looked-up facts: the certificates of those assigned who can go, and
// what the item list says of the matters.
type IssueNotice struct {
	By         domain.Actor
	Today      calendar.Date
	No         string
	Manner     Manner
	VisitFrom  calendar.Date
	VisitTo    calendar.Date
	Place      string
	Materials  []string
	Contact    string
	Inspectors []Certificate
	Lists      []CheckList
}

// ServeNotice records how a notice was served.
type ServeNotice struct {
	By    domain.Actor
	Today calendar.Date
	No    string
	How   Service
	On    calendar.Date
	To    Person
	Note  string
}

const (
	maxNotices   = 20 // of one inspection
	maxMaterials = 30
)

// told demands that the actor may deal with the subject: somebody of a team, or staff of the authority.
func (s State) told(by domain.Actor) *domain.Fault {
	if by.Role == domain.Inspector || s.Assigned == nil || s.Released != nil || s.CalledOff != nil {
		_, fault := s.teamOf(by)
		return fault
	}
	if !by.Holds(s.Assigned.Authority) {
		return foreign()
	}
	return nil
}

func (s State) notice(no string) (Notice, bool) {
	for _, n := range s.Notices {
		if n.Issued.No == no {
			return n, true
		}
	}
	return Notice{}, false
}

// issueNotice: a notice that was made out never changes; another one has another number.
func issueNotice(s State, cmd IssueNotice) ([]Event, error) {
	if fault := s.told(cmd.By); fault != nil {
		return nil, fault
	}
	e := NoticeIssued{
		No: cmd.No, Manner: cmd.Manner, VisitFrom: cmd.VisitFrom, VisitTo: cmd.VisitTo, Place: cmd.Place, Materials: cmd.Materials,
		Contact: cmd.Contact, Inspectors: cmd.Inspectors, On: cmd.Today, By: cmd.By.Account,
	}
	if had, known := s.notice(cmd.No); known {
		if sameNotice(had.Issued, e) {
			return nil, nil
		}
		return nil, domain.Refuse(domain.Conflict, "inspection.notice.exists", "no", "该编号的通知书已制作，且内容不同", "a notice of that number was made out with other content")
	}
	if s.Concluded {
		return nil, domain.Refuse(domain.Precondition, "inspection.notice.concluded", "", "检查已办结，不再通知", "the inspection is concluded already")
	}
	if err := s.checkNotice(cmd, e); err != nil {
		return nil, err
	}
	return []Event{e}, nil
}

// sameNotice compares what the caller gave.
func sameNotice(had, now NoticeIssued) bool {
	had.On, had.By, had.Inspectors = now.On, now.By, now.Inspectors
	if len(had.Materials) == 0 && len(now.Materials) == 0 {
		had.Materials, now.Materials = nil, nil
	}
	return reflect.DeepEqual(had, now)
}

func (s State) checkNotice(cmd IssueNotice, e NoticeIssued) error {
	const code = "inspection.notice"
	var window, many, nobody *domain.Fault
	switch from, to := cmd.VisitFrom, cmd.VisitTo; {
	case from.IsZero() || to.IsZero():
		window = domain.Refuse(domain.Invalid, "inspection.notice.visit_required", "visit_from", "检查起止日期必填", "the first and last day of the visit are required")
	case to.Before(from):
		window = domain.Refuse(domain.Invalid, "inspection.notice.visit_order", "visit_to", "检查截止日期早于开始日期", "the last day of the visit is before the first")
	case from.Before(cmd.Today):
		window = domain.Refuse(domain.Invalid, "inspection.notice.visit_past", "visit_from", "检查开始日期早于今天", "the first day of the visit is over")
	case from.Before(s.Assigned.OpensOn):
		window = domain.Refuse(domain.Precondition, "inspection.notice.visit_early", "visit_from", "检查开始日期早于抽查任务公告的检查日期",
			"the first day of the visit is before the window of the task")
	}
	if len(s.Notices) >= maxNotices || len(cmd.Materials) > maxMaterials {
		many = domain.Refuse(domain.TooLarge, "inspection.notice.count", "materials", "通知书或所列材料过多", "there are too many notices, or materials in this one")
	}
	if len(cmd.Inspectors) == 0 {
		nobody = domain.Refuse(domain.Precondition, "inspection.notice.nobody", "", "没有可以前往检查的执法检查人员", "no assigned inspector is on duty with a valid certificate")
	}
	faults := []*domain.Fault{
		window, many, nobody, checkManner(cmd.Manner), s.listedManner(cmd.Manner, "", cmd.Lists),
		domain.Blank(code, "no", cmd.No), line(code, "no", cmd.No, maxKey), line(code, "place", cmd.Place, maxLine),
		domain.Blank(code, "contact", cmd.Contact), personal(code, "contact", cmd.Contact, maxKey), checkSize("materials", e),
	}
	for n, m := range cmd.Materials {
		at := fmt.Sprintf("materials[%d]", n)
		faults = append(faults, domain.Blank(code, at, m), line(code, at, m, maxLine))
	}
	return domain.Require(faults...)
}

// serveNotice: one paper is served once.
func serveNotice(s State, cmd ServeNotice) ([]Event, error) {
	if fault := s.told(cmd.By); fault != nil {
		return nil, fault
	}
	had, known := s.notice(cmd.No)
	if !known {
		return nil, domain.Refuse(domain.NotFound, "inspection.notice.missing", "no", "没有该编号的通知书", "there is no notice of that number")
	}
	e := NoticeServed{No: cmd.No, How: cmd.How, On: cmd.On, To: cmd.To, Note: cmd.Note, Inspector: cmd.By.Inspector, By: cmd.By.Account}
	if had.Served != nil {
		was := *had.Served
		if was.Inspector, was.By = e.Inspector, e.By; was == e {
			return nil, nil
		}
		return nil, domain.Refuse(domain.Conflict, "inspection.notice.served", "no", "该通知书已送达，且登记的内容不同", "the notice was served, and recorded otherwise")
	}
	if err := checkService(had.Issued, cmd); err != nil {
		return nil, err
	}
	return []Event{e}, nil
}

// checkService: who took the paper is named, but where it was put up for all; why it was left stands in the note (民事诉讼法
// art. 89, which administrative bodies follow, 行政处罚法 art. 61).
func checkService(issued NoticeIssued, cmd ServeNotice) error {
	const code = "inspection.notice"
	faults := []*domain.Fault{notAfter("on", cmd.On, cmd.Today), prose(code, "note", cmd.Note, maxLine)}
	if !cmd.On.IsZero() && cmd.On.Before(issued.On) {
		faults = append(faults, domain.Refuse(domain.Invalid, "inspection.notice.on_early", "on", "送达日期早于通知书日期", "it was served before it was made out"))
	}
	switch {
	case !slices.Contains([]Service{Direct, Left, Posted, Electronic, Announced}, cmd.How):
		faults = append(faults, domain.Refuse(domain.Invalid, "inspection.notice.how_unknown", "how", "未知的送达方式："+string(cmd.How), "unknown way of service: "+string(cmd.How)))
	case cmd.How == Left || cmd.How == Announced:
		faults = append(faults, domain.Blank(code, "note", cmd.Note))
	default:
		faults = append(faults, domain.Blank(code, "to.name", cmd.To.Name))
	}
	if cmd.To != (Person{}) {
		faults = append(faults, checkPerson("to", cmd.To))
	}
	return domain.Require(faults...)
}

// checkPerson: name and role, and nothing by which a person could be found elsewhere.
func checkPerson(at string, p Person) *domain.Fault {
	const code = "inspection.person"
	return cmp.Or(domain.Blank(code, at+".name", p.Name), domain.Blank(code, at+".role", p.Role),
		personal(code, at+".name", p.Name, maxName), personal(code, at+".role", p.Role, maxName))
}
