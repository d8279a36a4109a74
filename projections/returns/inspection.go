package returns

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/projections"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// LineScope is the scope of inspections of a business line.
func LineScope(line string) string { return "line/" + line }

// projectInspection: an inspection becomes a row when it ends, with what stood until then, and stays one under corrections.
func projectInspection(rec es.Record) (projections.Change, error) {
	event, err := inspection.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	key := Inspection + "|" + rec.Stream.ID
	f := fact{rec: rec, key: key, source: key}
	switch e := event.(type) {
	case inspection.Assigned:
		f.task = e.Task
		f.next = func(s standing) standing {
			s.source = assigned(e, s.line)
			return s
		}
	case inspection.Recorded:
		f.next = within(func(v *viewv1.ReturnRow) {
			signed(v, e.By)
			for _, p := range e.Visit.Present {
				signed(v, p.Inspector)
			}
			found(v, e.Department, e.Outcomes)
		})
	case inspection.Confirmed:
		f.next = within(func(v *viewv1.ReturnRow) { signed(v, e.By) })
	case inspection.Corrected:
		f.next = within(func(v *viewv1.ReturnRow) {
			signed(v, e.By)
			found(v, e.Department, e.Outcomes)
		})
	case inspection.Concluded:
		f.next = func(s standing) standing {
			if s.source == nil {
				return s // a stream that does not begin with its beginning tells of nothing
			}
			s.row = proto.CloneOf(s.source)
			s.row.Date = e.CompletedOn.String()
			return s
		}
	case inspection.TakenOver:
		f.next = func(s standing) standing {
			s.row = &viewv1.ReturnRow{
				Kind: Inspection, Id: e.Inspection, Scope: LineScope(""), AuthorityId: string(e.Authority), Date: e.CompletedOn.String(), TakenOver: true,
				SubjectId: string(e.Subject), SubjectName: e.SubjectName, Matter: e.Item, Outcome: labels(e.Outcomes),
			}
			return s
		}
	case inspection.RectificationOrdered, inspection.Rechecked, inspection.HandedOver, inspection.Released, inspection.CalledOff,
		inspection.NoticeIssued, inspection.NoticeServed, inspection.FollowUpClosed:
		return projections.Change{}, nil
	}
	return f.change(), nil
}

func assigned(e inspection.Assigned, line string) *viewv1.ReturnRow {
	var matters []string
	for _, i := range e.Items {
		matters = append(matters, i.Matter)
	}
	if len(matters) == 0 {
		matters = []string{e.TaskTitle}
	}
	return &viewv1.ReturnRow{
		Kind: Inspection, Id: e.Inspection, Scope: LineScope(line), Line: line, AuthorityId: string(e.Authority),
		SubjectId: string(e.Subject), SubjectName: e.SubjectName, Matter: strings.Join(matters, "；"),
	}
}

// within changes what is kept of an inspection, and its row if it has one.
func within(edit func(*viewv1.ReturnRow)) func(standing) standing {
	return func(s standing) standing {
		for _, v := range []*viewv1.ReturnRow{s.source, s.row} {
			if v != nil {
				edit(v)
			}
		}
		return s
	}
}

func signed(v *viewv1.ReturnRow, by domain.InspectorID) {
	if !slices.Contains(v.GetInspectors(), string(by)) {
		v.Inspectors = append(v.GetInspectors(), string(by))
	}
}

// found puts what a department found in the place of what it found before.
func found(v *viewv1.ReturnRow, department string, outcomes []inspection.Outcome) {
	var codes []string
	for _, o := range outcomes {
		codes = append(codes, string(o))
	}
	at := slices.IndexFunc(v.GetFindings(), func(f *viewv1.ReturnFinding) bool { return f.GetDepartment() == department })
	if at < 0 {
		v.Findings, at = append(v.GetFindings(), &viewv1.ReturnFinding{Department: department}), len(v.GetFindings())
	}
	v.Findings[at].Outcomes = codes
	var all []inspection.Outcome
	for _, f := range v.GetFindings() {
		for _, c := range f.GetOutcomes() {
			all = append(all, inspection.Outcome(c))
		}
	}
	v.Outcome = labels(inspection.Union(all))
}

func labels(outcomes []inspection.Outcome) string {
	var out []string
	for _, o := range outcomes {
		out = append(out, o.Label())
	}
	return strings.Join(out, "；")
}
