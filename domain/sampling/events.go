package sampling

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Event is what happened to a campaign.
//
//sumtype:decl
type Event interface {
	EventType() string
	event()
}

const (
	typeOpenedV1              = "mingjian.sampling.opened.v1"
	typePlanDraftedV1         = "mingjian.sampling.plan_drafted.v1"
	typeSchemeDraftedV1       = "mingjian.sampling.scheme_drafted.v1"
	typeLaboratoriesDraftedV1 = "mingjian.sampling.laboratories_drafted.v1"
	typePublishedV1           = "mingjian.sampling.published.v1"
	typeResultsPublishedV1    = "mingjian.sampling.results_published.v1"
	typeCancelledV1           = "mingjian.sampling.cancelled.v1"
)

// Plan is a work plan (工作计划).
type Plan struct {
	Title            string        `json:"title"`
	Content          string        `json:"content"`
	From             calendar.Date `json:"from"`                        // first day of sampling
	To               calendar.Date `json:"to"`                          // last day of sampling
	Batches          int           `json:"batches"`                     // to be drawn
	AttachmentDigest string        `json:"attachment_digest,omitempty"` // hex SHA-256 of the document
}

// Scheme is a sampling scheme (抽查方案).
type Scheme struct {
	Title            string           `json:"title"`
	Content          string           `json:"content,omitempty"`
	Products         []PlannedProduct `json:"products"`
	AttachmentDigest string           `json:"attachment_digest,omitempty"` // hex SHA-256 of the document
}

// PlannedProduct is what a scheme says of one product.
type PlannedProduct struct {
	Product   string   `json:"product"`
	Batches   int      `json:"batches"`          // to be drawn
	Method    string   `json:"method,omitempty"` // 抽样方法
	Items     []string `json:"items"`            // 检验项目
	Standards []string `json:"standards"`        // 检验、判定依据
}

// Selection says who tests (检验机构的确定).
type Selection struct {
	Content          string       `json:"content,omitempty"`
	Laboratories     []Laboratory `json:"laboratories"`
	AttachmentDigest string       `json:"attachment_digest,omitempty"` // hex SHA-256 of the document
}

// Laboratory is a body that tests (检验机构), with how it was settled on.
type Laboratory struct {
	Name            string           `json:"name"`
	Code            domain.SubjectID `json:"code,omitempty"`
	AccreditationNo string           `json:"accreditation_no"` // 资质认定证书编号
	Manner          Manner           `json:"manner"`
	TenderNo        string           `json:"tender_no,omitempty"` // 招标或采购编号, of tendered ones
	Reason          string           `json:"reason,omitempty"`    // of designated ones
	Products        []string         `json:"products,omitempty"`  // all without any
}

// Opened begins a campaign.
type Opened struct {
	Sampling      string             `json:"sampling"`
	Authority     domain.AuthorityID `json:"authority"`
	AuthorityName string             `json:"authority_name"` // on the day
	Kind          Kind               `json:"kind"`
	Year          int                `json:"year"`
	Title         string             `json:"title"`
	By            string             `json:"by"` // account
}

// PlanDrafted begins a draft of the plan anew, whatever the draft of that version was before.
type PlanDrafted struct {
	Version int    `json:"version"`
	Reason  string `json:"reason,omitempty"` // from version 2 on
	Plan    Plan   `json:"plan"`
	By      string `json:"by"` // account
}

// SchemeDrafted begins a draft of the scheme anew.
type SchemeDrafted struct {
	Version int    `json:"version"`
	Reason  string `json:"reason,omitempty"` // from version 2 on
	Scheme  Scheme `json:"scheme"`
	By      string `json:"by"` // account
}

// LaboratoriesDrafted begins a draft of the selection anew.
type LaboratoriesDrafted struct {
	Version   int       `json:"version"`
	Reason    string    `json:"reason,omitempty"` // from version 2 on
	Selection Selection `json:"selection"`
	By        string    `json:"by"` // account
}

// Published makes the draft of a plan, a scheme or a selection public.
type Published struct {
	Act         Act           `json:"act"`
	Version     int           `json:"version"`
	DocumentNo  string        `json:"document_no"` // 发文字号
	PublishedOn calendar.Date `json:"published_on"`
	By          string        `json:"by"` // account
}

// List is a list of the documents of results: a blob with one document a line, by id.
type List struct {
	Digest string `json:"digest"` // hex SHA-256
	Count  int    `json:"count"`
}

// Totals are what a list adds up to.
type Totals struct {
	Products       int `json:"products"`
	BatchesDrawn   int `json:"batches_drawn"`
	BatchesFailing int `json:"batches_failing"`
	Failing        int `json:"failing"`           // products with failing batches
	Held           int `json:"held,omitzero"`     // left out until an objection is decided
	Annulled       int `json:"annulled,omitzero"` // count for nothing
}

// ResultsPublished makes the results of a list public, in the place of those published before.
type ResultsPublished struct {
	Version     int           `json:"version"`
	Reason      string        `json:"reason,omitempty"` // from version 2 on
	DocumentNo  string        `json:"document_no"`
	PublishedOn calendar.Date `json:"published_on"`
	List        List          `json:"list"`
	Totals      Totals        `json:"totals"`
	By          string        `json:"by"` // account
}

// Cancelled ends a campaign: nothing more is drawn; what was drawn is still published and handled.
type Cancelled struct {
	Reason string `json:"reason"`
	By     string `json:"by"` // account
}

func (Opened) EventType() string              { return typeOpenedV1 }
func (PlanDrafted) EventType() string         { return typePlanDraftedV1 }
func (SchemeDrafted) EventType() string       { return typeSchemeDraftedV1 }
func (LaboratoriesDrafted) EventType() string { return typeLaboratoriesDraftedV1 }
func (Published) EventType() string           { return typePublishedV1 }
func (ResultsPublished) EventType() string    { return typeResultsPublishedV1 }
func (Cancelled) EventType() string           { return typeCancelledV1 }

func (Opened) event()              {}
func (PlanDrafted) event()         {}
func (SchemeDrafted) event()       {}
func (LaboratoriesDrafted) event() {}
func (Published) event()           {}
func (ResultsPublished) event()    {}
func (Cancelled) event()           {}
