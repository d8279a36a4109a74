package draw

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/projections"
)

// MatterTable holds what each subject was or is to be checked for: a row an inspection that was not ended without a result.
const MatterTable = "checked_matter"

// MatterCheck is one inspection of a subject, as the yearly caps and ratios of item lists count it.
type MatterCheck struct {
	Subject   string   `json:"-"`
	Authority string   `json:"authority"`
	Matters   []string `json:"matters"` // MatterKey of each
	Year      int      `json:"year"`    // of the last day on which it may end; once it ended, of that day
	Drawn     bool     `json:"drawn,omitempty"`
}

// MatterKey tells a matter (抽查事项) from others by its words, whatever list and number it has, since lists of different
// authorities and versions number differently. Blanks don't count.
func MatterKey(matter string) string {
	squeezed := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, matter)
	sum := sha256.Sum256([]byte(squeezed))
	return hex.EncodeToString(sum[:8])
}

// matterRow orders by subject: no subject id holds a character as low as a blank.
func matterRow(subject, id string) string { return subject + " " + id }

func assignedMatters(e inspection.Assigned, recorded calendar.Date) projections.Change {
	c := MatterCheck{Authority: string(e.Authority), Year: e.DueOn.Year(), Drawn: true}
	if e.DueOn.IsZero() {
		c.Year = recorded.Year()
	}
	for _, i := range e.Items {
		c.Matters = append(c.Matters, MatterKey(i.Matter))
	}
	return putMatters(string(e.Subject), e.Inspection, c)
}

func takenOverMatter(e inspection.TakenOver) projections.Change {
	if e.Subject == "" || e.Item == "" || e.CompletedOn.IsZero() {
		return projections.Change{}
	}
	return putMatters(string(e.Subject), e.Inspection, MatterCheck{
		Authority: string(e.Authority), Matters: []string{MatterKey(e.Item)}, Year: e.CompletedOn.Year(),
	})
}

func putMatters(subject, id string, c MatterCheck) projections.Change {
	return projections.Change{Apply: func(rows *projections.Rows) error {
		doc, err := json.Marshal(c)
		rows.Put(MatterTable, projections.Row{Key: matterRow(subject, id), Doc: doc})
		return err
	}}
}

// concludedMatters moves a check to the year in which it ended.
func concludedMatters(subject, id string, on calendar.Date) projections.Change {
	key := matterRow(subject, id)
	return projections.Change{Keys: []projections.Key{{Table: MatterTable, Key: key}}, Apply: func(rows *projections.Rows) error {
		row, err := rows.Get(MatterTable, key)
		if err != nil || row == nil || on.IsZero() {
			return err
		}
		c, err := matterOf(*row)
		if err != nil {
			return err
		}
		c.Year = on.Year()
		doc, err := json.Marshal(c)
		rows.Put(MatterTable, projections.Row{Key: key, Doc: doc})
		return err
	}}
}

func noMatters(subject, id string) projections.Change {
	key := matterRow(subject, id)
	return projections.Change{
		Keys: []projections.Key{{Table: MatterTable, Key: key}},
		Apply: func(rows *projections.Rows) error {
			rows.Delete(MatterTable, key)
			return nil
		},
	}
}

func matterOf(row projections.Row) (c MatterCheck, err error) {
	if err := json.Unmarshal(row.Doc, &c); err != nil {
		return c, fmt.Errorf("draw: matters of %s: %w", row.Key, err)
	}
	c.Subject, _, _ = strings.Cut(row.Key, " ")
	return c, nil
}

// MatterChecks yields the checks of all subjects ascending by subject, a page at a time. An error is yielded once, last.
func MatterChecks(ctx context.Context, r projections.Reader) iter.Seq2[MatterCheck, error] {
	return func(yield func(MatterCheck, error) bool) {
		for q := (projections.Query{Table: MatterTable, Limit: projections.MaxLimit}); ; {
			page, err := r.List(ctx, q)
			if err != nil {
				yield(MatterCheck{}, fmt.Errorf("draw: list checked matters: %w", err))
				return
			}
			for _, row := range page.Rows {
				c, err := matterOf(row)
				if !yield(c, err) || err != nil {
					return
				}
			}
			if q.After = page.Next; q.After == "" {
				return
			}
		}
	}
}

// together makes one change of several.
func together(list ...projections.Change) projections.Change {
	var all projections.Change
	list = slices.DeleteFunc(list, func(c projections.Change) bool { return c.Apply == nil })
	if len(list) == 0 {
		return all
	}
	for _, c := range list {
		all.Keys = append(all.Keys, c.Keys...)
	}
	all.Apply = func(rows *projections.Rows) error {
		for _, c := range list {
			if err := c.Apply(rows); err != nil {
				return err
			}
		}
		return nil
	}
	return all
}
