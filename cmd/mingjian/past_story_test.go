package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	publicity "github.com/mingjian-ledger/mingjian/domain/rule"
)

// pastStory is a random history of disclosures and of the register, with the model that follows it.
type pastStory struct {
	testing.TB
	rnd     *rand.Rand
	now     time.Time // of the server, whose clock is set back now and then
	records []es.Record
	next    map[es.Stream]es.Revision
	model   *pastModel
	alive   []string // disclosures that something can still happen to
	made    int
}

func newPastStory(t testing.TB, seed uint64) *pastStory {
	return &pastStory{
		TB: t, rnd: rand.New(rand.NewPCG(seed, 11)), //nolint:gosec // a repeatable test, not a secret
		now: time.Date(2024, 1, 2, 1, 0, 0, 0, time.UTC), next: map[es.Stream]es.Revision{}, model: newPastModel(),
	}
}

func (s *pastStory) today() calendar.Date { return calendar.DateOf(s.now) }

// record writes an event and returns its position.
func (s *pastStory) record(stream es.Stream, e es.Event) uint64 {
	s.Helper()
	n := len(s.records)
	proposed, err := es.Propose(es.Metadata{Command: es.DeriveID("", fmt.Sprint(n)), RecordedAt: s.now}, e)
	if err != nil {
		s.Fatal(err)
	}
	at := uint64(3*n + 5) //nolint:gosec // positions grow and have gaps
	s.records = append(s.records, es.Record{Proposed: proposed[0], Stream: stream, Revision: s.next[stream], Position: es.At(at, 0)})
	s.next[stream]++
	return at
}

// go lets time pass, or steps the clock back.
func (s *pastStory) pass() {
	if s.rnd.IntN(30) == 0 {
		s.now = s.now.Add(-time.Duration(s.rnd.IntN(40*3600)) * time.Second)
		return
	}
	s.now = s.now.Add(time.Duration(s.rnd.IntN(9*3600)) * time.Second)
}

// tell makes acts of disclosure, and what happens in the register between them.
func (s *pastStory) tell(acts int) {
	s.Helper()
	for range acts {
		s.pass()
		if s.rnd.IntN(12) == 0 {
			for range 1 + s.rnd.IntN(5) {
				s.registerActs()
				s.now = s.now.Add(time.Duration(s.rnd.IntN(4*3600)-2*3600) * time.Second)
			}
		}
		s.act()
	}
}

func (s *pastStory) subject(n int) string {
	if n%4 == 3 {
		return fmt.Sprintf("ext:market/%d", n) // no subject id: a code of some old register
	}
	return fmt.Sprintf("reg:3201050000%05d", n)
}

const storySubjects = 240

func (s *pastStory) registerActs() {
	id := s.subject(4 * s.rnd.IntN(storySubjects/4))
	stream := es.Stream{Category: roster.Subjects.Category, ID: id}
	e := es.Event(roster.SubjectRenamed{Name: fmt.Sprintf("新名%d号", s.rnd.IntN(1000)), EffectiveOn: s.today()})
	if s.next[stream] == 0 {
		e = roster.SubjectRegistered{
			ID: domain.SubjectID(id), Name: "登记名" + id, Kind: roster.Enterprise, Status: roster.Active, Authority: "A1", RegisteredOn: s.today(),
		}
	}
	s.model.register(id, e, s.record(stream, e), s.now)
}

// document is what the public is to see of a record: subjects, date and authority may be others each time.
func (s *pastStory) document(kind disclosure.Kind, record string) disclosure.Document {
	d := disclosure.Document{
		Schema: disclosure.Schema, Kind: kind, RecordID: record, Date: s.today().AddDays(-s.rnd.IntN(60)),
		Authority: disclosure.Authority{ID: domain.AuthorityID(fmt.Sprintf("A%d", 1+s.rnd.IntN(3))), Name: "某局"},
		Title:     fmt.Sprintf("第%d稿", s.rnd.IntN(1_000_000)),
	}
	for range 1 + s.rnd.IntN(3) {
		id := s.subject(s.rnd.IntN(storySubjects))
		d.Subjects = append(d.Subjects, disclosure.Subject{ID: domain.SubjectID(id), Name: fmt.Sprintf("公示名%d %s", s.rnd.IntN(3), id)})
	}
	switch kind {
	case disclosure.Penalty:
		d.Penalty = &disclosure.PenaltyBody{DecisionNo: record, DecidedOn: d.Date, FineFen: domain.Fen(100 * s.rnd.IntN(1000)), Status: "in_force"}
	case disclosure.Licence:
		d.Licence = &disclosure.LicenceBody{LicenceID: record, Action: "granted", DecidedOn: d.Date, Status: "valid"}
	case disclosure.Inspection:
		d.Inspection = &disclosure.InspectionBody{CompletedOn: d.Date, Outcomes: []disclosure.Labelled{{Code: "no_problem", Label: "未发现问题"}}}
	case disclosure.Listing:
		d.Listing = &disclosure.ListingBody{List: disclosure.Labelled{Code: "abnormal", Label: "经营异常名录"}, Status: "listed"}
	}
	return d
}

func (s *pastStory) raw(d disclosure.Document) (disclosure.Raw, string) {
	s.Helper()
	b, digest, err := disclosure.Canonical(d)
	if err != nil {
		s.Fatal(err)
	}
	return disclosure.Raw(b), digest
}

// terms of the portal, for some days or for ever, and of another outlet.
func (s *pastStory) terms(portal, gsxt bool) (out []publicity.Term) {
	if portal {
		t := publicity.Term{Outlet: publicity.Portal, From: s.today(), Rule: "r", Version: "v"}
		if s.rnd.IntN(4) > 0 {
			t.Until = s.today().AddDays(s.rnd.IntN(200))
		}
		out = append(out, t)
	}
	if gsxt {
		out = append(out, publicity.Term{Outlet: publicity.GSXT, From: s.today(), Rule: "r", Version: "v"})
	}
	return out
}

func pastKinds() []disclosure.Kind {
	return []disclosure.Kind{disclosure.Inspection, disclosure.Penalty, disclosure.Licence, disclosure.Listing}
}

// act lets one thing happen to one disclosure.
func (s *pastStory) act() {
	s.Helper()
	if len(s.alive) < 250 {
		s.made++
		kind := pastKinds()[s.made%4]
		s.alive = append(s.alive, disclosure.Record{Kind: kind, ID: fmt.Sprintf("r%04d", s.made)}.Disclosure())
		s.happen(s.alive[len(s.alive)-1])
		return
	}
	i := s.rnd.IntN(len(s.alive))
	if !s.happen(s.alive[i]) {
		s.alive = slices.Delete(s.alive, i, i+1)
		s.act()
	}
}

// happen picks what may happen to a disclosure as it stands; false if nothing ever will.
func (s *pastStory) happen(id string) bool {
	s.Helper()
	d := s.model.disclosures[id]
	if d == nil {
		d = &pastDisclosure{kind: disclosure.Kind(id[:len(id)-len(".r0000")]), record: id[len(id)-len("r0000"):]}
		s.model.disclosures[id] = d
	}
	number := len(d.shots) + 1
	portal, n := []publicity.Outlet{publicity.Portal}, s.rnd.IntN(100)
	stone := disclosure.Stone{}
	over := d.until != "" && d.until < s.today().String()
	switch {
	case d.status == "" && n < 20:
		s.adopt(id, d)
	case d.status == "" || d.status == "withdrawn" && !d.gsxt || d.status == "ended" && !d.gsxt && !d.repaired:
		s.publish(id, d, n%5 > 0, n%2 == 0 || n%5 == 0)
	case d.status == "ended" && !d.gsxt:
		return false
	case (d.status == "public" || d.status == "masked") && over:
		s.end(id, d, disclosure.Expired)
	case d.status == "elsewhere" && n < 40, d.status == "withdrawn" && n < 50:
		s.publish(id, d, true, false)
	case d.status == "public" && n < 8 && d.gsxt:
		s.write(id, d, disclosure.Masked{Outlets: []publicity.Outlet{publicity.GSXT}, Reason: "裁定", Number: number, On: s.today()})
	case d.status == "public" && n < 20:
		s.write(id, d, disclosure.Masked{Outlets: portal, Reason: fmt.Sprintf("裁定%d", n), Digest: d.digest, Number: number, On: s.today()})
	case d.status == "public" && n < 25 && !d.gsxt:
		s.publish(id, d, false, true)
	case d.status == "masked" && n < 50:
		s.write(id, d, disclosure.Unmasked{Outlets: portal, Reason: "恢复", Document: d.current, Digest: d.digest, Number: number, On: s.today()})
	case (d.status == "public" || d.status == "masked") && n < 60 && n >= 50:
		s.end(id, d, disclosure.Repaired)
	case n < 80:
		raw, digest := s.raw(s.document(d.kind, d.record))
		s.write(id, d, disclosure.Corrected{
			Document: raw, Digest: digest, FormerDigest: d.digest, Reason: fmt.Sprintf("更正%d", n), Number: number, On: s.today(),
		})
	default:
		s.write(id, d, disclosure.Withdrawn{
			Ground: disclosure.GroundRevoked, Reason: fmt.Sprintf("撤销%d", s.rnd.IntN(1000)), Digest: d.digest, Number: number, On: s.today(), Stone: stone,
		})
	}
	return true
}

func (s *pastStory) adopt(id string, d *pastDisclosure) {
	s.Helper()
	doc := s.document(d.kind, d.record)
	raw, digest := s.raw(doc)
	s.write(id, d, disclosure.Adopted{
		Disclosure: id, Record: doc.Record(), Authority: doc.Authority.ID, Document: raw, Digest: digest, Source: "旧系统",
		PublishedOn: s.today().AddDays(-700), Number: 1,
	})
}

func (s *pastStory) publish(id string, d *pastDisclosure, portal, gsxt bool) {
	s.Helper()
	raw, digest := d.current, d.digest
	if d.status != "public" { // else it goes to a further outlet as it is
		raw, digest = s.raw(s.document(d.kind, d.record))
	}
	terms := s.terms(portal, gsxt)
	if portal && !gsxt && s.rnd.IntN(4) == 0 {
		terms = nil
	}
	s.write(id, d, disclosure.Published{Document: raw, Digest: digest, Number: len(d.shots) + 1, On: s.today(), Terms: terms})
}

func (s *pastStory) end(id string, d *pastDisclosure, cause disclosure.EndCause) {
	s.Helper()
	s.write(id, d, disclosure.Ended{
		Outlets: []publicity.Outlet{publicity.Portal}, Cause: cause, Reason: "停止公示" + string(cause), Digest: d.digest, Number: len(d.shots) + 1, On: s.today(),
	})
}

func (s *pastStory) write(id string, d *pastDisclosure, e disclosure.Event) {
	s.Helper()
	at := s.record(es.Stream{Category: disclosure.Decider.Category, ID: id}, e)
	s.model.release(d, e, at, s.now)
}
