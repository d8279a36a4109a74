package projectionstest

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

// Subjects and authorities of the releases; all are fictional.
const (
	Huimin = "91320105780688132K"
	Anda   = "91640100750825125W"
	Bureau = "11320100MB0000001X"
	County = "11320200MB0000002X"
)

// Day is that of the releases.
func Day() calendar.Date { return calendar.MustParse("2026-03-20") }

// Releases collects what happens to disclosures, for the tests of the views of them. Record n is of 8:00 UTC and n seconds on
// Day.
type Releases struct {
	testing.TB
	Store *estest.Store
	next  map[es.Stream]es.Revision
	n     int
}

// NewReleases begins with nothing.
func NewReleases(t testing.TB) *Releases {
	return &Releases{TB: t, Store: estest.NewStore(t), next: map[es.Stream]es.Revision{}}
}

// Add appends events to a stream.
func (l *Releases) Add(stream es.Stream, events ...es.Event) {
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
	if _, err := l.Store.Append(l.Context(), stream, want, proposed...); err != nil {
		l.Fatal(err)
	}
	l.next[stream] += es.Revision(len(events))
}

// Disclosure appends events to a disclosure.
func (l *Releases) Disclosure(id string, events ...es.Event) {
	l.Helper()
	l.Add(es.Stream{Category: disclosure.Decider.Category, ID: id}, events...)
}

// Penalty is the document of one of a day against the subjects.
func Penalty(id, authority, date string, subjects ...string) disclosure.Document {
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

// Raw is the document in the form that it is released in, with its digest.
func (l *Releases) Raw(d disclosure.Document) (disclosure.Raw, string) {
	l.Helper()
	b, digest, err := disclosure.Canonical(d)
	if err != nil {
		l.Fatal(err)
	}
	return disclosure.Raw(b), digest
}

// Published releases a document for the first time.
func (l *Releases) Published(d disclosure.Document, number int) disclosure.Published {
	b, digest := l.Raw(d)
	return disclosure.Published{Document: b, Digest: digest, Number: number, By: "zhao", On: Day()}
}

// Corrected puts a document in the place of another.
func (l *Releases) Corrected(d disclosure.Document, number int) disclosure.Corrected {
	b, digest := l.Raw(d)
	return disclosure.Corrected{
		Document: b, Digest: digest, FormerDigest: "former", Reason: "更正", Number: number, By: "zhao", On: Day().AddDays(1),
	}
}

// Adopted takes a document over from elsewhere.
func (l *Releases) Adopted(d disclosure.Document) disclosure.Adopted {
	b, digest := l.Raw(d)
	return disclosure.Adopted{
		Disclosure: d.Record().Disclosure(), Record: d.Record(), Authority: d.Authority.ID, Document: b, Digest: digest,
		Source: "旧系统", PublishedOn: calendar.MustParse("2019-05-06"), Number: 1, By: "root",
	}
}

// Withdrawn takes a document away.
func Withdrawn(number int) disclosure.Withdrawn {
	return disclosure.Withdrawn{
		Ground: disclosure.GroundRevoked, Reason: "复议撤销原决定", Digest: "former", Number: number, By: "zhao", On: Day().AddDays(2),
	}
}
