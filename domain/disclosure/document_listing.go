package disclosure

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// ListingBody is one stay of a subject on a list: its entry with all grounds, and its end.
type ListingBody struct {
	List    Labelled        `json:"list"`             // abnormal or serious
	Marked  bool            `json:"marked,omitempty"` // a sole trader is marked (标记为经营异常状态), not entered
	Grounds []ListingGround `json:"grounds"`
	Status  string          `json:"status"` // listed, removed or rescinded
	End     *ListingEnd     `json:"end,omitempty"`
}

// ListingGround is a ground of entry with its decision.
type ListingGround struct {
	Labelled
	Basis         string        `json:"basis"`
	Table         string        `json:"table"` // version of the table that the ground is of
	AuthorityName string        `json:"authority_name"`
	DocumentNo    string        `json:"document_no"`
	DecidedOn     calendar.Date `json:"decided_on"`
}

// ListingEnd says how the stay ended: by removal (移出) for its remedies, or by rescission (撤销列入) for its reason.
type ListingEnd struct {
	Remedies      []Labelled    `json:"remedies,omitempty"`
	Reason        string        `json:"reason,omitempty" text:"prose"`
	AuthorityName string        `json:"authority_name"`
	DocumentNo    string        `json:"document_no"`
	On            calendar.Date `json:"on"`
}

// Reply is what a party says to the record (当事人陈述), shown beside it.
type Reply struct {
	SubjectID domain.SubjectID `json:"subject_id,omitempty"`
	Party     string           `json:"party"`
	Text      string           `json:"text" text:"prose"`
	On        calendar.Date    `json:"on"`
}
