package disclosure

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/canonical"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// TombstoneSchema is the form of the tombstones written today.
const TombstoneSchema = "mingjian.tombstone.v1"

// The acts that leave a tombstone.
const (
	ActWithdrawn = "withdrawn" // 撤回
	ActMasked    = "masked"    // 暂停公示
	ActEnded     = "ended"     // 停止公示
)

// Tombstone is what the public sees in the place of a document that it may not see any more. It names neither the party nor
// what the document was titled: whoever was restored is not told of by the stone.
type Tombstone struct {
	Schema    string        `json:"schema"`
	Kind      Kind          `json:"kind"`
	RecordID  string        `json:"record_id"`
	Authority Authority     `json:"authority"`
	Act       string        `json:"act"`
	Outlets   []rule.Outlet `json:"outlets"`         // where the document stood and stands no more
	Cause     string        `json:"cause,omitempty"` // the ground of a withdrawal, the cause of an end
	Reason    string        `json:"reason" text:"prose"`
	Number    int           `json:"number"` // of the release
	On        calendar.Date `json:"on"`     // first day on which the document is not shown
}

// stone makes the tombstone of an act on some outlets. Its texts are held to the rules of documents.
func (s State) stone(act, cause, reason string, number int, on calendar.Date, outlets []rule.Outlet) (Stone, error) {
	var head struct {
		Authority Authority `json:"authority"`
	}
	if err := json.Unmarshal(s.Showing.Document, &head); err != nil {
		return Stone{}, fmt.Errorf("disclosure: document of %s: %w", s.ID, err)
	}
	t := Tombstone{
		Schema: TombstoneSchema, Kind: s.Record.Kind, RecordID: s.Record.ID, Authority: head.Authority, Act: act,
		Outlets: outlets, Cause: cause, Reason: reason, Number: number, On: on,
	}
	if err := domain.Require(checkTexts("tombstone", "", reflect.ValueOf(t))...); err != nil {
		return Stone{}, err
	}
	plain, err := json.Marshal(t)
	if err != nil {
		return Stone{}, fmt.Errorf("disclosure: encode tombstone: %w", err)
	}
	raw, err := canonical.JSON(plain)
	if err != nil {
		return Stone{}, err
	}
	return Stone{Tombstone: raw, TombstoneDigest: digestOf(raw)}, nil
}
