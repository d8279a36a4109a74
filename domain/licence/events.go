package licence

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Event is what happened to a licence.
//
//sumtype:decl
type Event interface {
	EventType() string
	event()
}

const (
	typeGrantedV1       = "mingjian.licence.granted.v1"
	typeAmendedV1       = "mingjian.licence.amended.v1"
	typeRenewedV1       = "mingjian.licence.renewed.v1"
	typeSuspendedV1     = "mingjian.licence.suspended.v1"
	typeResumedV1       = "mingjian.licence.resumed.v1"
	typeRevokedV1       = "mingjian.licence.revoked.v1"
	typeCancelledV1     = "mingjian.licence.cancelled.v1"
	typeExpiredV1       = "mingjian.licence.expired.v1"
	typeReissuedV1      = "mingjian.licence.reissued.v1"
	typeTermTakenOverV1 = "mingjian.licence.term_taken_over.v1"
)

// Holder is who holds the licence (行政相对人). Without a code it stands in no enterprise's record.
type Holder struct {
	Kind     HolderKind       `json:"kind,omitempty"`
	Name     string           `json:"name"`
	Subject  domain.SubjectID `json:"subject,omitempty"`
	Person   string           `json:"person,omitempty"`   // natural person's random name in the vault
	Identity *domain.Sealed   `json:"identity,omitempty"` // the person's number, phone and address, in the vault
}

// SourceRow is where a taken-over term stood.
type SourceRow struct {
	FileDigest string `json:"file_digest"` // hex SHA-256
	Line       int    `json:"line"`        // from 1
}

// Granted: the licence was given (准予行政许可).
type Granted struct {
	Licence         string             `json:"licence"`
	Authority       domain.AuthorityID `json:"authority"`
	AuthorityName   string             `json:"authority_name"`
	Holder          Holder             `json:"holder"`
	DocumentTitle   string             `json:"document_title"`          // 行政许可决定文书名称
	DocumentNo      string             `json:"document_no,omitempty"`   // 行政许可决定文书号
	Category        Category           `json:"category"`                // 许可类别
	CategoryName    string             `json:"category_name,omitempty"` // of category other
	CertificateName string             `json:"certificate_name,omitempty"`
	LicenceNo       string             `json:"licence_no,omitempty"` // 许可编号
	Content         string             `json:"content"`
	DecidedOn       calendar.Date      `json:"decided_on"`
	ValidFrom       calendar.Date      `json:"valid_from"`
	ValidTo         calendar.Date      `json:"valid_to"` // last day
}

// Amended: particulars of the licence were changed (变更); what is absent stays as it was.
type Amended struct {
	DocumentTitle   string        `json:"document_title,omitempty"`
	DocumentNo      string        `json:"document_no"`
	DecidedOn       calendar.Date `json:"decided_on"`
	Reason          string        `json:"reason"`
	Holder          *Holder       `json:"holder,omitempty"`
	CertificateName string        `json:"certificate_name,omitempty"`
	Content         string        `json:"content,omitempty"`
}

// Renewed: the licence goes on for a further term (延续).
type Renewed struct {
	DocumentNo string        `json:"document_no"`
	DecidedOn  calendar.Date `json:"decided_on"`
	ValidFrom  calendar.Date `json:"valid_from"`
	ValidTo    calendar.Date `json:"valid_to"`
}

// Suspended: the licence may not be used for a time (暂扣).
type Suspended struct {
	DocumentNo string        `json:"document_no,omitempty"`
	Reason     string        `json:"reason"`
	On         calendar.Date `json:"on"`             // first day
	Until      calendar.Date `json:"until,omitzero"` // last day, if it is fixed
}

// Resumed: the suspension is over (恢复).
type Resumed struct {
	DocumentNo string        `json:"document_no,omitempty"`
	On         calendar.Date `json:"on"` // first day on which the licence is good again
	Reason     string        `json:"reason"`
}

// Revoked: the licence was taken away (吊销、撤销、撤回). Older events don't say which of them it was.
type Revoked struct {
	DocumentNo string        `json:"document_no,omitempty"`
	Reason     string        `json:"reason"`
	On         calendar.Date `json:"on"` // first day on which it is not good any more
	Ground     Ground        `json:"ground,omitempty"`
}

// Reissued: a certificate was made anew for one that was lost or damaged (补发); what it says stays as it was.
type Reissued struct {
	DocumentNo string        `json:"document_no,omitempty"`
	Reason     string        `json:"reason"`
	On         calendar.Date `json:"on"` // date of the new certificate
}

// Cancelled: the licence was struck off (注销).
type Cancelled struct {
	DocumentNo string        `json:"document_no,omitempty"`
	Reason     string        `json:"reason"`
	On         calendar.Date `json:"on"`
}

// Expired: the last term is over and the licence was not renewed (期满).
type Expired struct {
	On calendar.Date `json:"on"` // first day after the term
}

// TermTakenOver: a term of an older register was recorded as it stood there.
type TermTakenOver struct {
	Licence       string             `json:"licence"`
	Authority     domain.AuthorityID `json:"authority"` // that keeps the record
	AuthorityName string             `json:"authority_name"`
	Register      string             `json:"register"` // short name of the register
	LicenceNo     string             `json:"licence_no"`
	RowNo         string             `json:"row_no"` // the register's own number of the row
	Holder        Holder             `json:"holder"`
	Action        Action             `json:"action"`
	Title         string             `json:"title"`
	Activity      string             `json:"activity,omitempty"`
	ValidFrom     calendar.Date      `json:"valid_from"`
	ValidTo       calendar.Date      `json:"valid_to"`
	Status        Status             `json:"status"`
	SourceRow     *SourceRow         `json:"source_row,omitempty"`
}

func (Granted) EventType() string       { return typeGrantedV1 }
func (Amended) EventType() string       { return typeAmendedV1 }
func (Renewed) EventType() string       { return typeRenewedV1 }
func (Suspended) EventType() string     { return typeSuspendedV1 }
func (Resumed) EventType() string       { return typeResumedV1 }
func (Revoked) EventType() string       { return typeRevokedV1 }
func (Cancelled) EventType() string     { return typeCancelledV1 }
func (Expired) EventType() string       { return typeExpiredV1 }
func (Reissued) EventType() string      { return typeReissuedV1 }
func (TermTakenOver) EventType() string { return typeTermTakenOverV1 }

func (Granted) event()       {}
func (Amended) event()       {}
func (Renewed) event()       {}
func (Suspended) event()     {}
func (Resumed) event()       {}
func (Revoked) event()       {}
func (Cancelled) event()     {}
func (Expired) event()       {}
func (Reissued) event()      {}
func (TermTakenOver) event() {}
