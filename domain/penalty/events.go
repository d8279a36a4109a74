package penalty

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
)

// Event is what happened to a penalty.
//
//sumtype:decl
type Event interface {
	EventType() string
	event()
}

const (
	typeDecidedV1   = "mingjian.penalty.decided.v1"
	typeServedV1    = "mingjian.penalty.served.v1"
	typePerformedV1 = "mingjian.penalty.performed.v1"
	typeAmendedV1   = "mingjian.penalty.amended.v1"
	typeRevokedV1   = "mingjian.penalty.revoked.v1"

	typeNotifiedV1           = "mingjian.penalty.notified.v1"
	typeInstalmentsGrantedV1 = "mingjian.penalty.instalments_granted.v1"
	typeChallengedV1         = "mingjian.penalty.challenged.v1"
	typePushedV1             = "mingjian.penalty.pushed.v1"
	typePushReceivedV1       = "mingjian.penalty.push_received.v1"
	typePushPublishedV1      = "mingjian.penalty.push_published.v1"
)

// Party is whom the decision is against.
type Party struct {
	Kind                PartyKind        `json:"kind,omitempty"` // nothing where an older record doesn't say
	Name                string           `json:"name"`           // as in the decision
	Subject             domain.SubjectID `json:"subject,omitempty"`
	LegalRepresentative string           `json:"legal_representative,omitempty"` // 法定代表人 or 经营者, as registered
	// Province is where the party is registered, two digits of GB/T 2260, and ProvinceSource what that was taken from. Nothing
	// derives it: where nobody said it, it is not known.
	Province       string         `json:"province,omitempty"`
	ProvinceSource ProvinceSource `json:"province_source,omitempty"`
	Person         string         `json:"person,omitempty"`   // natural person's random name in the vault
	Identity       *domain.Sealed `json:"identity,omitempty"` // the person's number, phone and address, in the vault
}

// Doubt is a rule that an accepted decision doesn't satisfy (疑问数据).
type Doubt struct {
	Code  string `json:"code"` // as of the rule's fault elsewhere
	Field string `json:"field,omitempty"`
	Note  string `json:"note,omitempty"`
}

// SourceRow is where a taken-over decision stood.
type SourceRow struct {
	FileDigest string `json:"file_digest"` // hex SHA-256
	Line       int    `json:"line"`        // from 1
}

// Sentence is what one party is sentenced to by a decision that names several.
type Sentence struct {
	Kinds           []Kind     `json:"kinds,omitempty"`
	Content         string     `json:"content,omitempty"`
	FineFen         domain.Fen `json:"fine_fen,omitempty"`
	ConfiscatedFen  domain.Fen `json:"confiscated_fen,omitempty"`
	LicenceAffected string     `json:"licence_affected,omitempty"`
}

// Decided: the authority decided the penalty (作出处罚决定). With SourceRow it was taken over. Amounts are in 分.
//
// A decision against several parties is one record per party: Parties is the record's own party, CoParties are the others in
// the decision's order, Place says where among them the own one stands, and Decision is common to all: the id of the first
// party's record. What the party is sentenced to is its own. Older records hold all parties of their decision in Parties.
type Decided struct {
	Penalty          string             `json:"penalty"`
	Authority        domain.AuthorityID `json:"authority"`      // that keeps the record
	AuthorityName    string             `json:"authority_name"` // that decided, as in the decision
	DecisionNo       string             `json:"decision_no"`    // as in the decision
	DecisionNoNormal string             `json:"decision_no_normal"`
	Procedure        Procedure          `json:"procedure,omitempty"`
	Parties          []Party            `json:"parties"`
	Violation        string             `json:"violation,omitempty"`
	Facts            string             `json:"facts,omitempty"`
	Basis            string             `json:"basis,omitempty"`
	Kinds            []Kind             `json:"kinds,omitempty"`
	Content          string             `json:"content,omitempty"`
	FineFen          domain.Fen         `json:"fine_fen,omitempty"`
	ConfiscatedFen   domain.Fen         `json:"confiscated_fen,omitempty"`
	LicenceAffected  string             `json:"licence_affected,omitempty"` // 暂扣或吊销证照名称及编号
	DecidedOn        calendar.Date      `json:"decided_on"`
	EffectiveUntil   calendar.Date      `json:"effective_until,omitzero"` // 处罚有效期; 2099-12-31 is 长期
	Inspection       string             `json:"inspection,omitempty"`     // that led to it
	FiledOn          calendar.Date      `json:"filed_on,omitzero"`        // 立案日期, if it is known
	Decision         string             `json:"decision,omitempty"`
	Place            int                `json:"place,omitempty"`
	CoParties        []Party            `json:"co_parties,omitempty"`
	Others           []Sentence         `json:"others,omitempty"` // in the first party's record: what CoParties are sentenced to
	Doubts           []Doubt            `json:"doubts,omitempty"`
	SourceRow        *SourceRow         `json:"source_row,omitempty"`
	// Redaction is what was taken out of the texts above, which are the published ones; nothing if they are as served.
	Redaction *redaction.Overlay `json:"redaction,omitempty"`
}

// Served: the decision was served on the party (送达), with or without the notice that it will be published (Order 45 art. 8).
type Served struct {
	On                calendar.Date `json:"on"`
	PublicationNotice bool          `json:"publication_notice"`
	PayBy             calendar.Date `json:"pay_by,omitzero"` // last day for paying, where the decision sets one
}

// Performed: the party did a part of what it was sentenced to (履行). The number of the receipt tells equal payments apart.
type Performed struct {
	Kind      PerformanceKind `json:"kind"`
	AmountFen domain.Fen      `json:"amount_fen,omitempty"`
	On        calendar.Date   `json:"on"`
	ReceiptNo string          `json:"receipt_no,omitempty"` // 票据号
}

// Amended: the decision was changed, e.g. in review (复议变更); the former content stays in the history.
type Amended struct {
	Reason         string        `json:"reason"`
	Kinds          []Kind        `json:"kinds"`
	Content        string        `json:"content"`
	FineFen        domain.Fen    `json:"fine_fen,omitempty"`
	ConfiscatedFen domain.Fen    `json:"confiscated_fen,omitempty"`
	On             calendar.Date `json:"on"`
	// Redaction is what was taken out of content and reason; nothing if they are as served.
	Redaction *redaction.Overlay `json:"redaction,omitempty"`
}

// Revoked: the decision has no effect any more.
type Revoked struct {
	Ground Ground        `json:"ground"`
	Reason string        `json:"reason"`
	On     calendar.Date `json:"on"`
}

func (Decided) EventType() string   { return typeDecidedV1 }
func (Served) EventType() string    { return typeServedV1 }
func (Performed) EventType() string { return typePerformedV1 }
func (Amended) EventType() string   { return typeAmendedV1 }
func (Revoked) EventType() string   { return typeRevokedV1 }

func (Decided) event()   {}
func (Served) event()    {}
func (Performed) event() {}
func (Amended) event()   {}
func (Revoked) event()   {}
