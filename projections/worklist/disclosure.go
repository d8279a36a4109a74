package worklist

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// What waits at a disclosure.
const (
	reviewDisclosure   = "review_disclosure"
	approveDisclosure  = "approve_disclosure"
	publishDisclosure  = "publish_disclosure"
	resubmitDisclosure = "resubmit_disclosure"
	withdrawDisclosure = "withdraw_disclosure"
	passLayer          = "pass_layer"
	decideWithholding  = "decide_withholding"
	checkWithholding   = "check_withholding"
	checkRepair        = "check_repair"
	decideRepair       = "decide_repair"
)

// withdrawal is the id suffix of the item that asks for a withdrawal: it may wait beside a new document. So may the others.
const (
	withdrawal  = "#withdraw"
	withholding = "#withhold"
)

// Statutory periods in working days.
const (
	publishDays     = 7  // licences and penalties, from the decision (发改办财金〔2018〕424号)
	inspectionDays  = 20 // inspections, from their end, and entries on lists, from the decision (政府信息公开条例 art. 26)
	withdrawalsDays = 3  // from the day a decision lost its effect or was changed (Order 45 art. 11); rescinded entries alike
)

func projectDisclosure(rec es.Record) (projections.Change, error) {
	e, err := disclosure.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	meta, err := rec.Metadata()
	if err != nil {
		return projections.Change{}, err
	}
	return projections.Change{
		Keys: keysOf(rec.Stream.ID),
		Apply: func(rows *projections.Rows) error {
			d, err := load(rows, rec.Stream.ID)
			if err != nil {
				return err
			}
			before := d.items()
			if err := d.apply(e); err != nil {
				return err
			}
			if err := d.put(rows); err != nil {
				return err
			}
			return replace(rows, before, d.items(), meta.RecordedAt)
		},
	}, nil
}

// projectPenalty: a penalty that lost its effect, or was amended to a bare warning, must be withdrawn if it is public and goes
// no further if it is not.
func projectPenalty(rec es.Record) (projections.Change, error) {
	event, err := penalty.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	meta, err := rec.Metadata()
	if err != nil {
		return projections.Change{}, err
	}
	by, bears := withdrawalOf(event)
	if !bears {
		return projections.Change{}, nil
	}
	return withdrawBy(disclosure.Record{Kind: disclosure.Penalty, ID: rec.Stream.ID}, by, meta.RecordedAt), nil
}

// withdrawBy lets a record wait for its withdrawal until a day, or no more if there is none. What is under way of it waits for
// nobody meanwhile.
func withdrawBy(record disclosure.Record, by string, at time.Time) projections.Change {
	id := record.Disclosure()
	return projections.Change{
		Keys: keysOf(id),
		Apply: func(rows *projections.Rows) error {
			d, err := load(rows, id)
			if err != nil {
				return err
			}
			before := d.items()
			d.WithdrawBy = by
			if err := d.put(rows); err != nil {
				return err
			}
			return replace(rows, before, d.items(), at)
		},
	}
}

// withdrawalOf is the last day to withdraw a penalty after an event, empty for none; false for an event that changes nothing
// of that: what is paid or served later takes no withdrawal off.
func withdrawalOf(event penalty.Event) (by string, bears bool) {
	switch e := event.(type) {
	case penalty.Revoked:
		return workingDays(e.On, withdrawalsDays), true
	case penalty.Amended:
		if slices.Equal(e.Kinds, []penalty.Kind{penalty.Warning}) {
			return workingDays(e.On, withdrawalsDays), true
		}
		return "", true
	case penalty.Decided, penalty.Served, penalty.Performed, penalty.Notified, penalty.InstalmentsGranted, penalty.Challenged,
		penalty.Pushed, penalty.PushReceived, penalty.PushPublished, penalty.Redacted, penalty.AmountsConfirmed:
	}
	return "", false
}

// waiting is a disclosure as far as somebody has to act on it.
type waiting struct {
	ID         string                   `json:"id"`
	Authority  domain.AuthorityID       `json:"authority"`
	Title      string                   `json:"title"`
	Stage      string                   `json:"stage"` // kind of what waits; empty for nothing
	Due        string                   `json:"due"`
	Outlets    []*viewv1.OutletStanding `json:"outlets"`     // how it stands
	WithdrawBy string                   `json:"withdraw_by"` // last day to withdraw; empty while the record is for the public
	Layers     []disclosure.Layer       `json:"layers,omitempty"`
	Passed     []string                 `json:"passed,omitempty"`   // layers that agreed
	Found      bool                     `json:"found,omitempty"`    // the review says that it may not be shown as it is
	Withheld   []withheldItem           `json:"withheld,omitempty"` // what stands
	Repairs    []repairItem             `json:"repairs,omitempty"`  // what is open
}

// withheldItem is a withholding that waits for its self-check.
type withheldItem struct {
	Number  int    `json:"number"`
	Whole   bool   `json:"whole"`
	CheckBy string `json:"check_by"`
}

// repairItem is an application that waits for its check or its decision.
type repairItem struct {
	ID      string `json:"id"`
	Checked bool   `json:"checked"`
	Due     string `json:"due"`
}

func load(rows *projections.Rows, id string) (waiting, error) {
	d := waiting{ID: id}
	row, err := rows.Get(disclosureTable, id)
	if err != nil || row == nil {
		return d, err
	}
	if err := json.Unmarshal(row.Doc, &d); err != nil {
		return d, fmt.Errorf("worklist: disclosure %s: %w", id, err)
	}
	return d, nil
}

func (d waiting) put(rows *projections.Rows) error {
	doc, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("worklist: disclosure %s: %w", d.ID, err)
	}
	rows.Put(disclosureTable, projections.Row{Key: d.ID, Doc: doc})
	return nil
}

func (d *waiting) apply(e disclosure.Event) error {
	d.Outlets = document.OutletViews(disclosure.Showing{Outlets: document.Outlets(d.Outlets)}.After(e).Outlets)
	switch e := e.(type) {
	case disclosure.Submitted:
		d.Layers = e.Layers
		d.begin()
		return d.describe(e.Record.Kind, e.Authority, e.Document)
	case disclosure.Returned:
		d.Stage, d.Found = resubmitDisclosure, false
	case disclosure.Reviewed:
		d.reviewed(e)
	case disclosure.LayerPassed:
		d.Passed = append(d.Passed, e.Layer)
		d.turn()
	case disclosure.Approved:
		d.Stage, d.Found = publishDisclosure, false
	case disclosure.Published, disclosure.Corrected:
		d.Stage = ""
	case disclosure.Withdrawn:
		d.Stage, d.Found, d.WithdrawBy, d.Repairs = "", false, "", nil
	case disclosure.Adopted:
		d.Stage = ""
		return d.describe(e.Record.Kind, e.Authority, e.Document)
	case disclosure.Masked, disclosure.Unmasked, disclosure.Ended: // nobody has to do anything more
	case disclosure.Withheld:
		d.Withheld = append(d.Withheld, withheldItem{e.Withholding, len(e.Parts) == 0, e.CheckBy.String()})
		d.begin()
	case disclosure.WithholdingReviewed:
		d.kept(e)
	case disclosure.WithholdingLifted:
		d.Withheld = slices.DeleteFunc(d.Withheld, func(w withheldItem) bool { return w.Number == e.Withholding })
		if d.Stage == "" {
			d.begin()
		}
	case disclosure.RepairApplied:
		d.Repairs = append(d.Repairs, repairItem{ID: e.Repair, Due: e.DueOn.String()})
	case disclosure.RepairChecked:
		for i := range d.Repairs {
			d.Repairs[i].Checked = d.Repairs[i].Checked || d.Repairs[i].ID == e.Repair
		}
	case disclosure.RepairDecided:
		d.Repairs = slices.DeleteFunc(d.Repairs, func(r repairItem) bool { return r.ID == e.Repair })
	}
	return nil
}

// begin puts a document at the start of its way; while the record is withheld whole, nobody is waited for.
func (d *waiting) begin() {
	d.Passed, d.Found = nil, false
	if d.Stage = ""; !slices.ContainsFunc(d.Withheld, func(w withheldItem) bool { return w.Whole }) {
		d.turn()
	}
}

// turn says what comes next: the layer whose turn it is, the review where there are no layers, or the approval.
func (d *waiting) turn() {
	d.Stage = approveDisclosure
	if len(d.Layers) == 0 {
		d.Stage = reviewDisclosure
	}
	if l, open := d.next(); open {
		d.Stage = passLayer
		if l.Secrecy {
			d.Stage = reviewDisclosure
		}
	}
}

func (d *waiting) next() (disclosure.Layer, bool) {
	for _, l := range d.Layers {
		if !slices.Contains(d.Passed, l.ID) {
			return l, true
		}
	}
	return disclosure.Layer{}, false
}

func (d *waiting) reviewed(e disclosure.Reviewed) {
	d.Found = !e.SecrecyClear
	switch {
	case d.Found:
		d.Stage = resubmitDisclosure
	case len(d.Layers) == 0:
		d.Stage = approveDisclosure
	default:
		d.Passed = append(d.Passed, e.Layer)
		d.turn()
	}
}

func (d *waiting) kept(e disclosure.WithholdingReviewed) {
	for i := range d.Withheld {
		if d.Withheld[i].Number == e.Withholding && e.Kept {
			d.Withheld[i].CheckBy = e.CheckBy.String()
		}
	}
}

// describe takes from a document what an item shows, and counts the period from the day of the record.
func (d *waiting) describe(kind disclosure.Kind, authority domain.AuthorityID, document disclosure.Raw) error {
	var head struct {
		Title string        `json:"title"`
		Date  calendar.Date `json:"date"`
	}
	if err := json.Unmarshal(document, &head); err != nil {
		return fmt.Errorf("worklist: document of %s: %w", d.ID, err)
	}
	days := publishDays
	if kind == disclosure.Inspection || kind == disclosure.Listing {
		days = inspectionDays
	}
	d.Authority, d.Title, d.Due = authority, head.Title, workingDays(head.Date, days)
	return nil
}

// items are what waits at the disclosure.
func (d waiting) items() []*viewv1.WorkItem {
	kind, record, _ := strings.Cut(d.ID, ".")
	item := func(id, what, role, due string) *viewv1.WorkItem {
		return &viewv1.WorkItem{
			Id: id, Kind: what, AuthorityId: string(d.Authority), Role: role, RecordKind: kind, RecordId: record,
			DisclosureId: d.ID, Title: d.Title, DueOn: due,
		}
	}
	var out []*viewv1.WorkItem
	if d.Stage != "" && d.WithdrawBy == "" {
		role := roleOf(d.Stage)
		if l, open := d.next(); open && d.Stage == passLayer {
			role = l.Role
		}
		out = append(out, item(d.ID, d.Stage, string(role), d.Due))
	}
	if d.Found && d.WithdrawBy == "" {
		out = append(out, item(d.ID+withholding, decideWithholding, string(roleOf(decideWithholding)), d.Due))
	}
	if document.Outlets(d.Outlets).Stand() && d.WithdrawBy != "" {
		out = append(out, item(d.ID+withdrawal, withdrawDisclosure, string(roleOf(withdrawDisclosure)), d.WithdrawBy))
	}
	for _, w := range d.Withheld {
		out = append(out, item(fmt.Sprintf("%s#check%d", d.ID, w.Number), checkWithholding, string(roleOf(checkWithholding)), w.CheckBy))
	}
	for _, r := range d.Repairs {
		what := checkRepair
		if r.Checked {
			what = decideRepair
		}
		out = append(out, item(d.ID+"#repair-"+r.ID, what, string(roleOf(what)), r.Due))
	}
	return out
}

// roleOf is who has to act.
func roleOf(what string) domain.Role {
	switch what {
	case reviewDisclosure, checkWithholding, checkRepair:
		return domain.Reviewer
	case resubmitDisclosure:
		return domain.Clerk
	}
	return domain.Approver
}

func workingDays(from calendar.Date, n int) string {
	if from.IsZero() {
		return ""
	}
	return calendar.Embedded().AddWorkingDays(from, n).Date.String()
}

func keysOf(disclosureID string) []projections.Key {
	return []projections.Key{{Table: disclosureTable, Key: disclosureID}}
}
