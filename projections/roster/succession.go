package roster

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// maxKept bounds the former codes and the predecessors kept, so that a row stays small whatever happens how often.
const maxKept = 100

// successionChange tells of a succession on both sides, or with a nil event takes it back on both.
func successionChange(id, heir string, e *roster.SubjectSucceeded) projections.Change {
	return projections.Change{
		Keys: []projections.Key{{Table: SubjectTable, Key: id}, {Table: SubjectTable, Key: heir}},
		Apply: func(rows *projections.Rows) error {
			from, to := &viewv1.RosterSubject{}, &viewv1.RosterSubject{}
			if _, err := document.Get(rows, SubjectTable, id, from); err != nil {
				return err
			}
			known, err := document.Get(rows, SubjectTable, heir, to)
			if err != nil {
				return err
			}
			from.Id, from.Successor = id, nil
			to.Predecessors = slices.DeleteFunc(to.GetPredecessors(), func(s *viewv1.Succession) bool { return s.GetSubjectId() == id })
			if e != nil {
				from.Successor = succession(heir, to.GetName(), *e)
				to.Predecessors = slices.Insert(to.GetPredecessors(), 0, succession(id, from.GetName(), *e))
				to.Predecessors = to.Predecessors[:min(len(to.Predecessors), maxKept)]
			}
			changed(rows)
			if err := document.Put(rows, SubjectTable, subjectRow(from), from); err != nil || !known {
				return err
			}
			return document.Put(rows, SubjectTable, subjectRow(to), to)
		},
	}
}

// succession is one side's view of the other.
func succession(other, name string, e roster.SubjectSucceeded) *viewv1.Succession {
	return &viewv1.Succession{
		SubjectId: other, Name: name, Manner: string(e.Manner), MannerLabel: e.Manner.Label(), EffectiveOn: e.EffectiveOn.String(),
	}
}

// recodeSubject keeps the codes of a subject whose id is none: the former ones in its view, and all of them where they lead to it.
func recodeSubject(rows *projections.Rows, v *viewv1.RosterSubject, former string, on calendar.Date) {
	if v.GetCode() == former || v.GetCode() == v.GetId() {
		return
	}
	if former != "" {
		v.FormerCodes = slices.Insert(v.GetFormerCodes(), 0, &viewv1.FormerCode{Code: former, Until: on.String()})
		v.FormerCodes = v.FormerCodes[:min(len(v.FormerCodes), maxKept)]
	}
	if v.GetCode() != "" {
		rows.Put(codeTable, projections.Row{Key: codeKey(v.GetCode(), v.GetId())})
	}
}

// codeKey orders by code: none holds a character as low as a blank.
func codeKey(code, id string) string { return code + " " + id }

// SubjectOfCode returns the subject, of those whose id is no code, that has or had a code; nil without error if there is none
// or more than one, since such codes were really issued twice (重错码).
func SubjectOfCode(ctx context.Context, r projections.Reader, code string) (*viewv1.RosterSubject, error) {
	page, err := r.List(ctx, projections.Query{Table: codeTable, From: codeKey(code, ""), To: code + "!", Limit: 2})
	if err != nil {
		return nil, fmt.Errorf("roster: subjects of %s: %w", code, err)
	}
	if len(page.Rows) != 1 {
		return nil, nil
	}
	_, id, _ := strings.Cut(page.Rows[0].Key, " ")
	return GetSubject(ctx, r, domain.SubjectID(id))
}
