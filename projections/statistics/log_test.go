package statistics_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

const (
	huimin = "91320105780688132K"
	anda   = "91640100750825125W"
	bureau = "11320100MB0000001X"
	county = "11320200MB0000002X"
)

var day = calendar.MustParse("2026-03-20")

// log collects what happened to disclosures.
type log struct {
	testing.TB
	store *estest.Store
	next  map[es.Stream]es.Revision
	n     int
}

func newLog(t testing.TB) *log {
	return &log{TB: t, store: estest.NewStore(t), next: map[es.Stream]es.Revision{}}
}

func (l *log) add(stream es.Stream, events ...es.Event) {
	l.Helper()
	l.n++
	meta := es.Metadata{
		Command:    es.DeriveID("", fmt.Sprint("command", l.n)),
		RecordedAt: time.Date(2026, 3, 20, 8, 0, l.n, 0, time.UTC),
	}
	proposed, err := es.Propose(meta, events...)
	if err != nil {
		l.Fatal(err)
	}
	want := es.Expected(es.NoStream{})
	if r, ok := l.next[stream]; ok {
		want = es.Exactly(r - 1)
	}
	if _, err := l.store.Append(l.Context(), stream, want, proposed...); err != nil {
		l.Fatal(err)
	}
	l.next[stream] += es.Revision(len(events))
}

func (l *log) disclosure(id string, events ...es.Event) {
	l.Helper()
	l.add(es.Stream{Category: disclosure.Decider.Category, ID: id}, events...)
}

// doc is a penalty of a day against the subjects.
func doc(id, authority, date string, subjects ...string) disclosure.Document {
	d := disclosure.Document{
		Schema: disclosure.Schema, Kind: disclosure.Penalty, RecordID: id,
		Authority: disclosure.Authority{ID: domain.AuthorityID(authority), Name: "宁安市市场监督管理局"},
		Date:      calendar.MustParse(date), Title: "宁市监处罚〔2026〕" + id + "号",
		Penalty: &disclosure.PenaltyBody{
			DecisionNo: id, Kinds: []disclosure.Labelled{{Code: "fine", Label: "罚款"}}, FineFen: 200000,
			Content: "罚款 <2000> 元 & 其他", DecidedOn: calendar.MustParse(date), Status: "in_force",
		},
	}
	for _, s := range subjects {
		d.Subjects = append(d.Subjects, disclosure.Subject{ID: domain.SubjectID(s), Name: "公司" + s})
	}
	return d
}

func (l *log) raw(d disclosure.Document) (disclosure.Raw, string) {
	l.Helper()
	b, digest, err := disclosure.Canonical(d)
	if err != nil {
		l.Fatal(err)
	}
	return disclosure.Raw(b), digest
}

func (l *log) published(d disclosure.Document, number int) disclosure.Published {
	b, digest := l.raw(d)
	return disclosure.Published{Document: b, Digest: digest, Number: number, By: "zhao", On: day}
}

func (l *log) corrected(d disclosure.Document, number int) disclosure.Corrected {
	b, digest := l.raw(d)
	return disclosure.Corrected{
		Document: b, Digest: digest, FormerDigest: "former", Reason: "更正", Number: number, By: "zhao", On: day.AddDays(1),
	}
}

func (l *log) adopted(d disclosure.Document) disclosure.Adopted {
	b, digest := l.raw(d)
	return disclosure.Adopted{
		Disclosure: d.Record().Disclosure(), Record: d.Record(), Authority: d.Authority.ID, Document: b, Digest: digest,
		Source: "旧系统", PublishedOn: calendar.MustParse("2019-05-06"), Number: 1, By: "root",
	}
}

func withdrawn(number int) disclosure.Withdrawn {
	return disclosure.Withdrawn{
		Ground: disclosure.GroundRevoked, Reason: "复议撤销原决定", Digest: "former", Number: number, By: "zhao", On: day.AddDays(2),
	}
}
