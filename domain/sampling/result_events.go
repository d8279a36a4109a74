package sampling

import (
	"encoding/json"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// ResultEvent is what happened to the result of a sampled product.
//
//sumtype:decl
type ResultEvent interface {
	EventType() string
	resultEvent()
}

const (
	typeResultRecordedV1     = "mingjian.sampling.result_recorded.v1"
	typeResultCorrectedV1    = "mingjian.sampling.result_corrected.v1"
	typeResultAnnulledV1     = "mingjian.sampling.result_annulled.v1"
	typeResultPublishedV1    = "mingjian.sampling.result_published.v1"
	typePartyNotifiedV1      = "mingjian.sampling.party_notified.v1"
	typeObjectionLodgedV1    = "mingjian.sampling.objection_lodged.v1"
	typeObjectionWithdrawnV1 = "mingjian.sampling.objection_withdrawn.v1"
	typeObjectionRefusedV1   = "mingjian.sampling.objection_refused.v1"
	typeRetestOrderedV1      = "mingjian.sampling.retest_ordered.v1"
	typeRetestedV1           = "mingjian.sampling.retested.v1"
	typeHandlingOpenedV1     = "mingjian.sampling.handling_opened.v1"
	typeHandlingSteppedV1    = "mingjian.sampling.handling_stepped.v1"
	typeHandlingClosedV1     = "mingjian.sampling.handling_closed.v1"
)

// Party is who was sampled, or who made the product by its label. Without a subject id it stands in no enterprise's record.
type Party struct {
	Name    string           `json:"name"`
	Subject domain.SubjectID `json:"subject,omitempty"`
	Address string           `json:"address,omitempty"` // of business, as the regulations want it published
}

// Tester is the laboratory that tested.
type Tester struct {
	Name string           `json:"name"`
	Code domain.SubjectID `json:"code,omitempty"`
}

// Failure is an item that failed (不合格项目).
type Failure struct {
	Item      string `json:"item"`
	Measured  string `json:"measured"`            // 实测值
	Limit     string `json:"limit"`               // 标准值
	Standard  string `json:"standard"`            // 判定依据
	Batch     string `json:"batch,omitempty"`     // one of the sample's, if it is about that alone
	Microbial bool   `json:"microbial,omitempty"` // 微生物指标: no re-test of food
}

// Sample is a sampled product with what was found of it.
type Sample struct {
	Product        string        `json:"product"`
	Trademark      string        `json:"trademark,omitempty"`
	Specification  string        `json:"specification,omitempty"` // 规格型号
	Stage          Stage         `json:"stage"`
	Batches        []string      `json:"batches,omitempty"` // 批号或生产日期
	BatchesDrawn   int           `json:"batches_drawn"`
	BatchesFailing int           `json:"batches_failing"`
	Failures       []Failure     `json:"failures,omitempty"`
	Laboratory     Tester        `json:"laboratory"`
	SampledFrom    Party         `json:"sampled_from"` // 被抽样单位
	Producer       *Party        `json:"producer,omitempty"`
	SampledOn      calendar.Date `json:"sampled_on"`
	ReportNo       string        `json:"report_no"`
	ReportedOn     calendar.Date `json:"reported_on"`
}

// ResultRecorded: a laboratory's report was entered.
type ResultRecorded struct {
	Result        string             `json:"result"`
	Sampling      string             `json:"sampling"`
	Kind          Kind               `json:"kind"`
	Authority     domain.AuthorityID `json:"authority"`
	AuthorityName string             `json:"authority_name"`
	Sample        Sample             `json:"sample"`
	By            string             `json:"by"` // account
}

// ResultCorrected: what was entered was wrong; the sample takes the place of the one before.
type ResultCorrected struct {
	Sample Sample `json:"sample"`
	Reason string `json:"reason"`
	By     string `json:"by"` // account
}

// ResultAnnulled: the result counts for nothing, e.g. since the sample was not taken as the rules demand.
type ResultAnnulled struct {
	Reason string `json:"reason"`
	By     string `json:"by"` // account
}

// ResultPublished: this document is what the public sees from now on.
type ResultPublished struct {
	Version     int             `json:"version"` // of the campaign's results
	DocumentNo  string          `json:"document_no"`
	PublishedOn calendar.Date   `json:"published_on"`
	Document    json.RawMessage `json:"document"`
	Digest      string          `json:"digest"`          // hex SHA-256 of the document
	Stale       bool            `json:"stale,omitempty"` // the result changed after the list was drawn up
}

// PartyNotified: a party received the conclusion (检验结论送达), which starts its clock.
type PartyNotified struct {
	Role   Role          `json:"role"`
	On     calendar.Date `json:"on"`
	Reason string        `json:"reason,omitempty"` // of a corrected day
	By     string        `json:"by"`               // account
}

// ObjectionLodged: a party objected in time.
type ObjectionLodged struct {
	Number   int               `json:"number"` // from 1
	Role     Role              `json:"role"`
	Matter   Matter            `json:"matter"`
	Ground   string            `json:"ground"`
	LodgedOn calendar.Date     `json:"lodged_on"`
	Rule     string            `json:"rule"`     // id of the clock
	Deadline calendar.Deadline `json:"deadline"` // last day for it
	By       string            `json:"by"`       // account
}

// ObjectionWithdrawn: the party took its objection back.
type ObjectionWithdrawn struct {
	Number int           `json:"number"`
	On     calendar.Date `json:"on"`
	Reason string        `json:"reason"`
	By     string        `json:"by"` // account
}

// ObjectionRefused: the objection was not taken up, or not found to be right.
type ObjectionRefused struct {
	Number int           `json:"number"`
	On     calendar.Date `json:"on"`
	Reason string        `json:"reason"`
	By     string        `json:"by"` // account
}

// RetestOrdered: another laboratory tests again.
type RetestOrdered struct {
	Number     int           `json:"number"` // of the objection
	Laboratory Tester        `json:"laboratory"`
	On         calendar.Date `json:"on"`
	By         string        `json:"by"` // account
}

// Retested: what the other laboratory found stands.
type Retested struct {
	Number         int           `json:"number"` // of the objection
	Laboratory     Tester        `json:"laboratory"`
	BatchesFailing int           `json:"batches_failing"`
	Failures       []Failure     `json:"failures,omitempty"`
	ReportNo       string        `json:"report_no"`
	ReportedOn     calendar.Date `json:"reported_on"`
	By             string        `json:"by"` // account
}

// HandlingOpened: a failing product is to be dealt with.
type HandlingOpened struct {
	Number int           `json:"number"` // from 1
	On     calendar.Date `json:"on"`
	DueOn  calendar.Date `json:"due_on,omitzero"` // last day for closing it, where the law sets one
	Rule   string        `json:"rule,omitempty"`  // id of the clock
}

// HandlingStepped: something was done about it.
type HandlingStepped struct {
	Step Step   `json:"step"`
	By   string `json:"by"` // account
}

// Step is what was done, and when.
type Step struct {
	Kind     StepKind      `json:"kind"`
	On       calendar.Date `json:"on"`
	Quantity string        `json:"quantity,omitempty"` // with its unit
	CaseNo   string        `json:"case_no,omitempty"`  // of a case that was filed
	Penalty  string        `json:"penalty,omitempty"`  // id of the penalty
	Note     string        `json:"note,omitempty"`
}

// HandlingClosed: the handling ended.
type HandlingClosed struct {
	Outcome Outcome       `json:"outcome"`
	On      calendar.Date `json:"on"`
	Note    string        `json:"note,omitempty"`
	By      string        `json:"by"` // account
}

func (ResultRecorded) EventType() string     { return typeResultRecordedV1 }
func (ResultCorrected) EventType() string    { return typeResultCorrectedV1 }
func (ResultAnnulled) EventType() string     { return typeResultAnnulledV1 }
func (ResultPublished) EventType() string    { return typeResultPublishedV1 }
func (PartyNotified) EventType() string      { return typePartyNotifiedV1 }
func (ObjectionLodged) EventType() string    { return typeObjectionLodgedV1 }
func (ObjectionWithdrawn) EventType() string { return typeObjectionWithdrawnV1 }
func (ObjectionRefused) EventType() string   { return typeObjectionRefusedV1 }
func (RetestOrdered) EventType() string      { return typeRetestOrderedV1 }
func (Retested) EventType() string           { return typeRetestedV1 }
func (HandlingOpened) EventType() string     { return typeHandlingOpenedV1 }
func (HandlingStepped) EventType() string    { return typeHandlingSteppedV1 }
func (HandlingClosed) EventType() string     { return typeHandlingClosedV1 }

func (ResultRecorded) resultEvent()     {}
func (ResultCorrected) resultEvent()    {}
func (ResultAnnulled) resultEvent()     {}
func (ResultPublished) resultEvent()    {}
func (PartyNotified) resultEvent()      {}
func (ObjectionLodged) resultEvent()    {}
func (ObjectionWithdrawn) resultEvent() {}
func (ObjectionRefused) resultEvent()   {}
func (RetestOrdered) resultEvent()      {}
func (Retested) resultEvent()           {}
func (HandlingOpened) resultEvent()     {}
func (HandlingStepped) resultEvent()    {}
func (HandlingClosed) resultEvent()     {}
