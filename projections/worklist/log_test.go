package worklist_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	"github.com/mingjian-ledger/mingjian/projections/worklist"
)

const (
	bureau  = "11540000MB0000001A"
	fire    = "11540000MB0000002B"
	subject = "91540321MA6TCRT16N"
	id      = "xz-2026-t1-1:" + subject
	market  = "市场监管"
	rescue  = "消防"
)

var (
	start = time.Date(2026, 5, 18, 1, 0, 0, 0, time.UTC)
	done  = calendar.MustParse("2026-05-20")
)

// log collects what happened.
type log struct {
	testing.TB
	store *estest.Store
	next  map[es.Stream]es.Revision
	n     int
}

func newLog(t testing.TB) *log {
	return &log{TB: t, store: estest.NewStore(t), next: map[es.Stream]es.Revision{}}
}

func (l *log) add(category, id string, events ...es.Event) {
	l.Helper()
	l.n++
	proposed, err := es.Propose(es.Metadata{
		Command: es.DeriveID("", fmt.Sprint("command", l.n)), RecordedAt: start.Add(time.Duration(l.n) * time.Second),
	}, events...)
	if err != nil {
		l.Fatal(err)
	}
	stream := es.Stream{Category: category, ID: id}
	want := es.Expected(es.NoStream{})
	if r, ok := l.next[stream]; ok {
		want = es.Exactly(r - 1)
	}
	if _, err := l.store.Append(l.Context(), stream, want, proposed...); err != nil {
		l.Fatal(err)
	}
	l.next[stream] += es.Revision(len(events))
}

func (l *log) inspection(events ...es.Event) {
	l.Helper()
	l.add("inspection", id, events...)
}

func (l *log) live() projections.Reader {
	l.Helper()
	return projectionstest.Live(l, worklist.Projection(), l.store.All())
}

// waits lists what waits as "kind who due", page by page.
func (l *log) waits(f worklist.Filter) string {
	l.Helper()
	r := l.live()
	var out []string
	for f.PageSize = 2; ; {
		list, token, err := worklist.List(l.Context(), r, f)
		if err != nil {
			l.Fatal(err)
		}
		for _, item := range list {
			if item.GetKindLabel() == "" || item.GetSince() == "" {
				l.Errorf("item without label or time: %v", item)
			}
			out = append(out, strings.TrimSpace(item.GetKind()+" "+item.GetInspectorId()+item.GetRole()+" "+item.GetDueOn()))
		}
		if f.PageToken = token; token == "" {
			return strings.Join(out, ", ")
		}
	}
}

func assigned() inspection.Assigned {
	return inspection.Assigned{
		Inspection: id, Draw: "xz-2026-t1-1", Task: "xz-2026-t1", Plan: "xz-2026", Authority: bureau, Subject: subject, SubjectName: "高原牧场有限公司",
		Teams: []inspection.Team{
			{Department: market, Inspectors: []domain.InspectorID{"XZ-001", "XZ-002"}}, {Department: rescue, Authority: fire, Inspectors: []domain.InspectorID{"XZ-003"}}},
		Items: []inspection.Item{{No: "1", Matter: "营业执照公示", Basis: []string{"条例第十条"}}}, TaskTitle: "联合抽查", TaskKind: "untargeted",
		DueOn: calendar.MustParse("2026-06-30"),
	}
}

func recorded(by domain.InspectorID, department string, outcomes ...inspection.Outcome) inspection.Recorded {
	return inspection.Recorded{
		Department: department, By: by, Manner: inspection.OnSite, StartedAt: start, EndedAt: start.Add(time.Hour),
		Findings: []inspection.Finding{{Item: "1", Line: "1.1", Basis: "b", Result: inspection.Compliant, Note: "n"}}, Outcomes: outcomes, CompletedOn: done,
	}
}

func raw(l *log, kind disclosure.Kind, record string, on calendar.Date) (disclosure.Raw, string) {
	l.Helper()
	d := disclosure.Document{
		Schema: disclosure.Schema, Kind: kind, RecordID: record, Authority: disclosure.Authority{ID: bureau, Name: "局"},
		Subjects: []disclosure.Subject{{ID: subject, Name: "高原牧场有限公司"}}, Date: on, Title: "某某公示",
	}
	switch kind {
	case disclosure.Penalty:
		d.Penalty = &disclosure.PenaltyBody{DecisionNo: "1", DecidedOn: on, Status: "in_force"}
	case disclosure.Inspection:
		d.Inspection = &disclosure.InspectionBody{CompletedOn: on, Outcomes: []disclosure.Labelled{{Code: "no_problem", Label: "未发现问题"}}}
	case disclosure.Licence:
		d.Licence = &disclosure.LicenceBody{LicenceID: "1", Action: "granted", DecidedOn: on, Status: "valid"}
	case disclosure.Listing:
		d.Listing = &disclosure.ListingBody{List: disclosure.Labelled{Code: "abnormal", Label: "经营异常名录"}, Status: "listed"}
	}
	b, digest, err := disclosure.Canonical(d)
	if err != nil {
		l.Fatal(err)
	}
	return disclosure.Raw(b), digest
}

func submitted(l *log, kind disclosure.Kind, record string, on calendar.Date) disclosure.Submitted {
	l.Helper()
	b, digest := raw(l, kind, record, on)
	r := disclosure.Record{Kind: kind, ID: record}
	return disclosure.Submitted{Disclosure: r.Disclosure(), Record: r, Authority: bureau, Document: b, Digest: digest, By: "policy"}
}
