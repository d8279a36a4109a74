package plan

import (
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Status is where a plan stands.
type Status string

// The statuses.
const (
	Draft     Status = "draft"     // 编制中
	Agreed    Status = "approved"  // 已审批
	Public    Status = "published" // 已公布
	CalledOff Status = "cancelled" // 已取消
)

// TaskStatus is where a task stands in its plan; how far it was carried out is told by its draws and inspections.
type TaskStatus string

// The statuses of a task.
const (
	TaskOpen      TaskStatus = "open"      // 已下达
	TaskCalledOff TaskStatus = "cancelled" // 已取消
)

// OpenedTask is a task with its status.
type OpenedTask struct {
	Task
	Status TaskStatus
	Reason string // of a cancellation
}

// State is a plan; without ID it does not exist.
type State struct {
	ID         string
	Authority  domain.AuthorityID
	Year       int
	Title      string
	Catalogue  string
	Version    int
	Joint      bool
	DraftedBy  string   // account
	AmendedBy  []string // accounts that changed it before it was published
	ApprovedBy string   // account
	// ContentDigest is that of what was approved; empty in a draft and where the approval named none.
	ContentDigest string
	Status        Status
	DocumentNo    string
	Attachment    string // digest
	PublishedOn   calendar.Date
	Tasks         []OpenedTask // in the order in which they were opened
}

// Content is what is agreed to when a plan is approved.
type Content struct {
	Plan      string             `json:"plan"`
	Authority domain.AuthorityID `json:"authority"`
	Year      int                `json:"year"`
	Title     string             `json:"title"`
	Catalogue string             `json:"catalogue"`
	Version   int                `json:"version"` // of the catalogue
	Joint     bool               `json:"joint"`
}

// Digest names the content.
func (c Content) Digest() string { return domain.DigestOf(c) }

// Content is what the plan says now.
func (s State) Content() Content {
	return Content{
		Plan: s.ID, Authority: s.Authority, Year: s.Year, Title: s.Title, Catalogue: s.Catalogue, Version: s.Version, Joint: s.Joint,
	}
}

// Task finds a task, in whatever status.
func (s State) Task(id string) (OpenedTask, bool) {
	for _, t := range s.Tasks {
		if t.ID == id {
			return t, true
		}
	}
	return OpenedTask{}, false
}

// IDOfTask is the id of the plan that a task id tells: all before its last "-". Not ok if it tells none.
func IDOfTask(task string) (plan string, ok bool) {
	n := strings.LastIndexByte(task, '-')
	if n < 1 || n == len(task)-1 {
		return "", false
	}
	return task[:n], true
}

func evolve(s State, event Event) State {
	switch e := event.(type) {
	case Drafted:
		s = State{
			ID: e.Plan, Authority: e.Authority, Year: e.Year, Title: e.Title, Catalogue: e.Catalogue, Version: e.Version,
			Joint: e.Joint, DraftedBy: e.By, Status: Draft,
		}
	case Approved:
		s.ApprovedBy, s.ContentDigest, s.Status = e.By, e.ContentDigest, Agreed
	case Published:
		s.DocumentNo, s.Attachment, s.PublishedOn, s.Status = e.DocumentNo, e.AttachmentDigest, e.PublishedOn, Public
	case Amended:
		if e.Title == "" {
			break
		}
		s.Title = e.Title
		if s.Status == Draft || s.Status == Agreed {
			s.Status, s.ApprovedBy, s.ContentDigest = Draft, "", ""
			s.AmendedBy = append(slices.Clone(s.AmendedBy), e.By)
		}
	case Cancelled:
		s.Status = CalledOff
	case TaskOpened:
		s.Tasks = append(slices.Clone(s.Tasks), OpenedTask{Task: e.Task, Status: TaskOpen})
	case TaskCancelled:
		s.Tasks = slices.Clone(s.Tasks)
		for i := range s.Tasks {
			if s.Tasks[i].ID == e.Task {
				s.Tasks[i].Status, s.Tasks[i].Reason = TaskCalledOff, e.Reason
			}
		}
	}
	return s
}
