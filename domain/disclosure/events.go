package disclosure

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// Event is what happened to a disclosure.
//
//sumtype:decl
type Event interface {
	EventType() string
	event()
}

const (
	typeSubmittedV1           = "mingjian.disclosure.submitted.v1"
	typeReturnedV1            = "mingjian.disclosure.returned.v1"
	typeReviewedV1            = "mingjian.disclosure.reviewed.v1"
	typeLayerPassedV1         = "mingjian.disclosure.layer_passed.v1"
	typeApprovedV1            = "mingjian.disclosure.approved.v1"
	typePublishedV1           = "mingjian.disclosure.published.v1"
	typeCorrectedV1           = "mingjian.disclosure.corrected.v1"
	typeWithdrawnV1           = "mingjian.disclosure.withdrawn.v1"
	typeAdoptedV1             = "mingjian.disclosure.adopted.v1"
	typeMaskedV1              = "mingjian.disclosure.masked.v1"
	typeUnmaskedV1            = "mingjian.disclosure.unmasked.v1"
	typeEndedV1               = "mingjian.disclosure.ended.v1"
	typeWithheldV1            = "mingjian.disclosure.withheld.v1"
	typeWithholdingReviewedV1 = "mingjian.disclosure.withholding_reviewed.v1"
	typeWithholdingLiftedV1   = "mingjian.disclosure.withholding_lifted.v1"
	typeRepairAppliedV1       = "mingjian.disclosure.repair_applied.v1"
	typeRepairCheckedV1       = "mingjian.disclosure.repair_checked.v1"
	typeRepairDecidedV1       = "mingjian.disclosure.repair_decided.v1"
)

// Submitted: a document is proposed for the public (报审). It replaces one that was under way.
type Submitted struct {
	Disclosure string             `json:"disclosure"`
	Record     Record             `json:"record"`
	Authority  domain.AuthorityID `json:"authority"`
	Document   Raw                `json:"document"`
	Digest     string             `json:"digest"`           // hex SHA-256 of the document
	By         string             `json:"by"`               // account, or "policy"
	Author     string             `json:"author,omitempty"` // account that made the record, where a policy submitted it
	Reason     string             `json:"reason,omitempty"`
	Layers     []Layer            `json:"layers,omitempty"` // in force when it was submitted; none: one review, then the approval
}

// Layer is one step of the review before the approval (审核层级), as the authority has arranged it.
type Layer struct {
	ID      string      `json:"id"`
	Name    string      `json:"name"`              // e.g. 法规科
	Role    domain.Role `json:"role"`              // who passes it
	Secrecy bool        `json:"secrecy,omitempty"` // it is passed by the secrecy review
}

// Returned: the reviewer sent the document back (退回), or a policy recalled it since its record is not for the public any more
// (撤回报审).
type Returned struct {
	Digest string `json:"digest"`
	By     string `json:"by"`
	Reason string `json:"reason"`
}

// Reviewed: the document was checked for secrets and against the negative list (审核).
type Reviewed struct {
	Digest           string   `json:"digest"`
	By               string   `json:"by"`
	SecrecyClear     bool     `json:"secrecy_clear"`
	NegativeListHits []string `json:"negative_list_hits,omitempty"`
	Opinion          string   `json:"opinion,omitempty"`
	Layer            string   `json:"layer,omitempty"` // that it passes, where the review is layered
}

// LayerPassed: one layer of the review agreed to the document (逐级审核).
type LayerPassed struct {
	Layer   string `json:"layer"`
	Digest  string `json:"digest"`
	By      string `json:"by"`
	Opinion string `json:"opinion,omitempty"`
}

// Approved: another person than submitter and reviewers approved it (批准): its wording, and where and from when it is shown.
type Approved struct {
	Digest    string        `json:"digest"`
	By        string        `json:"by"`
	Opinion   string        `json:"opinion,omitempty"`
	Outlets   []rule.Outlet `json:"outlets,omitempty"`   // the only ones that it may be published on; none named: all
	NotBefore calendar.Date `json:"not_before,omitzero"` // first day on which it may be published
}

func (Submitted) EventType() string           { return typeSubmittedV1 }
func (Returned) EventType() string            { return typeReturnedV1 }
func (Reviewed) EventType() string            { return typeReviewedV1 }
func (LayerPassed) EventType() string         { return typeLayerPassedV1 }
func (Approved) EventType() string            { return typeApprovedV1 }
func (Published) EventType() string           { return typePublishedV1 }
func (Corrected) EventType() string           { return typeCorrectedV1 }
func (Withdrawn) EventType() string           { return typeWithdrawnV1 }
func (Adopted) EventType() string             { return typeAdoptedV1 }
func (Masked) EventType() string              { return typeMaskedV1 }
func (Unmasked) EventType() string            { return typeUnmaskedV1 }
func (Ended) EventType() string               { return typeEndedV1 }
func (Withheld) EventType() string            { return typeWithheldV1 }
func (WithholdingReviewed) EventType() string { return typeWithholdingReviewedV1 }
func (WithholdingLifted) EventType() string   { return typeWithholdingLiftedV1 }
func (RepairApplied) EventType() string       { return typeRepairAppliedV1 }
func (RepairChecked) EventType() string       { return typeRepairCheckedV1 }
func (RepairDecided) EventType() string       { return typeRepairDecidedV1 }

func (Submitted) event()           {}
func (Returned) event()            {}
func (Reviewed) event()            {}
func (LayerPassed) event()         {}
func (Approved) event()            {}
func (Published) event()           {}
func (Corrected) event()           {}
func (Withdrawn) event()           {}
func (Adopted) event()             {}
func (Masked) event()              {}
func (Unmasked) event()            {}
func (Ended) event()               {}
func (Withheld) event()            {}
func (WithholdingReviewed) event() {}
func (WithholdingLifted) event()   {}
func (RepairApplied) event()       {}
func (RepairChecked) event()       {}
func (RepairDecided) event()       {}
