package enterprise

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// sight is how the public sees a record in an enterprise's.
type sight int

const (
	unseen    sight = iota // not at all: it is masked, has ended, or is on other outlets alone
	seen                   // with its document
	tombstone              // with the reason why it was withdrawn
)

// act is a release as the records of enterprises have it.
type act struct {
	event    disclosure.Event
	entry    *viewv1.EnterpriseEntry // as it stands in each record, but for the sequence number
	subjects []*viewv1.Party         // those with an id, each once; what takes a document away has them from the former
	recorded time.Time
	at       stamp
}

func projectRelease(rec es.Record) (projections.Change, error) {
	a, err := actOf(rec)
	if err != nil {
		return projections.Change{}, err
	}
	id := rec.Stream.ID
	keys := []projections.Key{{Table: headTable, Key: headKey}, {Table: disclosureTable, Key: id}}
	for _, s := range a.subjects {
		keys = append(keys, projections.Key{Table: Table, Key: s.GetId()})
	}
	return projections.Change{
		Keys: keys,
		// What takes a document away doesn't name its subjects and a correction may drop some: the former release tells.
		More: func(rows *projections.Rows) (more []projections.Key, err error) {
			former := &viewv1.Released{}
			_, err = document.Get(rows, disclosureTable, id, former)
			for _, s := range former.GetRelease().GetSubjects() {
				more = append(more, projections.Key{Table: Table, Key: s.GetId()})
			}
			return more, err
		},
		Apply: func(rows *projections.Rows) error { return a.apply(rows) },
	}, nil
}

func actOf(rec es.Record) (act, error) {
	event, err := disclosure.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return act{}, err
	}
	meta, err := rec.Metadata()
	if err != nil {
		return act{}, err
	}
	kind, id, _ := strings.Cut(rec.Stream.ID, ".")
	a := act{event: event, recorded: meta.RecordedAt, entry: &viewv1.EnterpriseEntry{DisclosureId: rec.Stream.ID, RecordKind: kind, RecordId: id}}
	var raw disclosure.Raw
	switch e := event.(type) {
	case disclosure.Published:
		a.entry.Kind, a.entry.Digest, raw = viewv1.ReleaseKind_RELEASE_KIND_PUBLISHED, e.Digest, e.Document
	case disclosure.Corrected:
		a.entry.Kind, a.entry.Digest, raw = viewv1.ReleaseKind_RELEASE_KIND_CORRECTED, e.Digest, e.Document
		a.entry.Reason = e.Reason
	case disclosure.Withdrawn:
		a.entry.Kind, a.entry.Digest, a.entry.Reason = viewv1.ReleaseKind_RELEASE_KIND_WITHDRAWN, e.Digest, e.Reason
		a.entry.Summary = "已撤回"
	case disclosure.Adopted:
		a.entry.Kind, a.entry.Digest, raw = viewv1.ReleaseKind_RELEASE_KIND_ADOPTED, e.Digest, e.Document
	case disclosure.Unmasked:
		a.entry.Kind, a.entry.Digest, raw = viewv1.ReleaseKind_RELEASE_KIND_UNMASKED, e.Digest, e.Document
		a.entry.Reason = e.Reason
	case disclosure.Masked, disclosure.Ended: // they leave no entry
	case disclosure.Submitted, disclosure.Returned, disclosure.Reviewed, disclosure.LayerPassed, disclosure.Approved,
		disclosure.Withheld, disclosure.WithholdingReviewed, disclosure.WithholdingLifted,
		disclosure.RepairApplied, disclosure.RepairChecked, disclosure.RepairDecided:
	}
	if raw == nil {
		return a, nil
	}
	return a, a.describe(raw)
}

func (a *act) describe(raw disclosure.Raw) error {
	var doc disclosure.Document
	if err := json.Unmarshal(raw, &doc); err != nil {
		return fmt.Errorf("enterprise: document of %s: %w", a.entry.GetDisclosureId(), err)
	}
	a.entry.Date, a.entry.Title, a.entry.Summary, a.entry.Document = doc.Date.String(), doc.Title, summary(doc), string(raw)
	a.entry.Authority = &viewv1.Party{Id: string(doc.Authority.ID), Name: doc.Authority.Name}
	seen := map[domain.SubjectID]bool{}
	for _, s := range doc.Subjects {
		if _, err := domain.ParseSubjectID(string(s.ID)); err == nil && !seen[s.ID] {
			seen[s.ID] = true
			a.subjects = append(a.subjects, &viewv1.Party{Id: string(s.ID), Name: s.Name})
		}
	}
	return nil
}

// apply takes the former release out of the records that it stood in and puts this one in, if the portal is touched at all.
func (a act) apply(rows *projections.Rows) error {
	former := &viewv1.Released{}
	if _, err := document.Get(rows, disclosureTable, a.entry.GetDisclosureId(), former); err != nil {
		return err
	}
	var err error
	if a.entry.Sequence, a.at, err = advance(rows, a.recorded); err != nil {
		return err
	}
	before := document.Outlets(former.GetOutlets())
	after := disclosure.Showing{Outlets: before}.After(a.event).Outlets
	was := sightOf(former)
	now := &viewv1.Released{Release: former.GetRelease(), Withdrawn: former.GetWithdrawn(), Outlets: document.OutletViews(after)}
	if before.Touched(a.event, rule.Portal) {
		if a.entry.GetDocument() == "" {
			a.subjects = former.GetRelease().GetSubjects()
			a.entry.Date, a.entry.Authority = former.GetRelease().GetDate(), former.GetRelease().GetAuthority()
		}
		now.Release = &viewv1.Release{Date: a.entry.GetDate(), Authority: a.entry.GetAuthority(), Subjects: a.subjects}
		now.Withdrawn = a.entry.GetKind() == viewv1.ReleaseKind_RELEASE_KIND_WITHDRAWN
		if err := a.change(rows, former.GetRelease().GetSubjects(), was, sightOf(now), after); err != nil {
			return err
		}
	}
	return document.Put(rows, disclosureTable, projections.Row{Key: a.entry.GetDisclosureId()}, now)
}

// sightOf is how the public sees a disclosure on the portal, whatever day it is.
func sightOf(r *viewv1.Released) sight {
	switch {
	case r.GetWithdrawn():
		return tombstone
	case document.Outlets(r.GetOutlets()).Shown(rule.Portal, calendar.Date{}):
		return seen
	}
	return unseen
}

// change puts the act into the records of its subjects, and takes it out of those that it is not about any more.
func (a act) change(rows *projections.Rows, former []*viewv1.Party, was, now sight, after disclosure.Outlets) error {
	until := ""
	if portal, there := after.On(rule.Portal); there {
		until = portal.Until.String()
	}
	for _, s := range former {
		if now == unseen || !contains(a.subjects, s.GetId()) {
			if err := a.leave(rows, s.GetId(), was); err != nil {
				return err
			}
		}
	}
	for _, s := range a.subjects {
		if now == unseen {
			break
		}
		before := unseen
		if contains(former, s.GetId()) {
			before = was
		}
		if err := a.enter(rows, s, before, now, until); err != nil {
			return err
		}
	}
	return nil
}

func contains(list []*viewv1.Party, id string) bool {
	for _, p := range list {
		if p.GetId() == id {
			return true
		}
	}
	return false
}

// leave takes the record off an enterprise that it is not about, or that may not be seen with it any more.
func (a act) leave(rows *projections.Rows, subject string, was sight) error {
	r, err := load(rows, subject)
	if err != nil {
		return err
	}
	r.count(a.entry.GetRecordKind(), was, -1)
	rows.Delete(entryTable, entryKey(subject, a.entry.GetDisclosureId()))
	return r.store(rows, a.at)
}

// enter puts the record on an enterprise's, in place of what it said before if it stood there already.
func (a act) enter(rows *projections.Rows, subject *viewv1.Party, was, now sight, until string) error {
	r, err := load(rows, subject.GetId())
	if err != nil {
		return err
	}
	r.count(a.entry.GetRecordKind(), was, -1)
	r.count(a.entry.GetRecordKind(), now, 1)
	if !r.GetOnRoster() && now == seen && a.entry.GetDate() >= r.namedOn {
		r.Name, r.namedOn = subject.GetName(), a.entry.GetDate()
	}
	if until != "" && (r.ends == "" || until < r.ends) {
		r.ends = until
	}
	err = document.Put(rows, entryTable, projections.Row{
		Key:     entryKey(subject.GetId(), a.entry.GetDisclosureId()),
		Columns: []string{subject.GetId(), a.entry.GetDate(), until},
	}, a.entry)
	if err != nil {
		return err
	}
	return r.store(rows, a.at)
}

func entryKey(subject, disclosure string) string { return subject + "|" + disclosure }
