package disclosure

import "github.com/mingjian-ledger/mingjian/domain/calendar"

// Publicity is whom a record is open to (公开属性). Whatever is not withheld is for the public of itself.
type Publicity string

// The attributes.
const (
	Proactive Publicity = "proactive"  // 主动公开
	OnRequest Publicity = "on_request" // 依申请公开
	NotPublic Publicity = "not_public" // 不予公开
)

// Withheld: a person decided that a document, or some parts of it, may not be shown, on a ground that the law names (不予公开、
// 部分公开; 政府信息公开条例 art. 13 to 16, art. 37).
type Withheld struct {
	Withholding int           `json:"withholding"` // number within the disclosure, from 1
	Publicity   Publicity     `json:"publicity"`
	Ground      Labelled      `json:"ground"`          // of the negative list
	Basis       string        `json:"basis"`           // article that the list names for it
	List        string        `json:"list"`            // version of the negative list
	Parts       []string      `json:"parts,omitempty"` // fields left out, e.g. "penalty.facts"; none: the whole
	Reason      string        `json:"reason"`
	Digest      string        `json:"digest"`              // of the document that was judged
	Document    Raw           `json:"document,omitempty"`  // what is left of it, which goes its way anew
	Remaining   string        `json:"remaining,omitempty"` // digest of what is left
	By          string        `json:"by"`
	On          calendar.Date `json:"on"`
	CheckBy     calendar.Date `json:"check_by"` // last day of the self-check that it falls into (年初自查)
}

// WithholdingReviewed: somebody else looked at a withholding again and kept it, or not (定期评估审查).
type WithholdingReviewed struct {
	Withholding int           `json:"withholding"`
	Kept        bool          `json:"kept"`
	Reason      string        `json:"reason"`
	By          string        `json:"by"`
	On          calendar.Date `json:"on"`
	CheckBy     calendar.Date `json:"check_by,omitzero"` // last day of the next self-check, where it was kept
}

// WithholdingLifted: what was withheld may be shown after all (转为主动公开); the document goes its way again.
type WithholdingLifted struct {
	Withholding int           `json:"withholding"`
	Reason      string        `json:"reason"`
	By          string        `json:"by"`
	On          calendar.Date `json:"on"`
}
