package penalty

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Notified: the party was told in writing, after a service without it, that the decision will be public (补充告知, Order 45
// art. 8).
type Notified struct {
	On calendar.Date `json:"on"`
}

// Instalment is a part of a fine and the last day for paying it.
type Instalment struct {
	DueOn     calendar.Date `json:"due_on"`
	AmountFen domain.Fen    `json:"amount_fen"`
}

// InstalmentsGranted: the party may pay later or in parts (暂缓或者分期缴纳, 行政处罚法 art. 66). It takes the place of an earlier
// grant.
type InstalmentsGranted struct {
	Instalments []Instalment  `json:"instalments"` // in the order of their days
	Reason      string        `json:"reason"`
	DocumentNo  string        `json:"document_no,omitempty"`
	On          calendar.Date `json:"on"`
}

// Challenged: a review or a lawsuit about the decision is under way, or over with Until. It takes the place of what was
// recorded of the same number. No late fine is counted meanwhile (行政处罚法 art. 73).
type Challenged struct {
	Kind       ChallengeKind `json:"kind"`
	DocumentNo string        `json:"document_no"`
	From       calendar.Date `json:"from"`           // first day
	Until      calendar.Date `json:"until,omitzero"` // last day
}

// Pushed: the penalty was sent to the province where the party is registered (推送, Order 45 art. 10).
type Pushed struct {
	Province  string        `json:"province"`  // two digits of GB/T 2260
	Authority string        `json:"authority"` // name of the authority that it was sent to
	On        calendar.Date `json:"on"`
	Channel   string        `json:"channel,omitempty"` // by which way
}

// PushReceived: the other province said that it has the penalty; its ten working days run from then.
type PushReceived struct {
	ReceiptNo string        `json:"receipt_no"`
	On        calendar.Date `json:"on"`
}

// PushPublished: the other province published the penalty.
type PushPublished struct {
	On      calendar.Date `json:"on"`
	Address string        `json:"address,omitempty"` // where it stands
}

func (Notified) EventType() string           { return typeNotifiedV1 }
func (InstalmentsGranted) EventType() string { return typeInstalmentsGrantedV1 }
func (Challenged) EventType() string         { return typeChallengedV1 }
func (Pushed) EventType() string             { return typePushedV1 }
func (PushReceived) EventType() string       { return typePushReceivedV1 }
func (PushPublished) EventType() string      { return typePushPublishedV1 }

func (Notified) event()           {}
func (InstalmentsGranted) event() {}
func (Challenged) event()         {}
func (Pushed) event()             {}
func (PushReceived) event()       {}
func (PushPublished) event()      {}
