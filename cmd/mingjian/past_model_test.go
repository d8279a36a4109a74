package main

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	publicity "github.com/mingjian-ledger/mingjian/domain/rule"
)

// pastModel replays releases into plain maps: what the portal showed after each, by another way than the views'.
type pastModel struct {
	disclosures map[string]*pastDisclosure
	enterprises map[string][]pastProfile // one after each change, oldest first
	releases    []pastRelease            // release n is at n-1
	latest      time.Time                // at which anything was recorded since the last release, never going back
}

type pastRelease struct {
	position uint64
	publicAt time.Time
}

// pastDisclosure is a disclosure as the last act left it.
type pastDisclosure struct {
	kind     disclosure.Kind
	record   string
	current  disclosure.Raw // as it reads by now; a correction under a mask is not shown
	digest   string
	gsxt     bool // it stands on the other outlet
	repaired bool
	pastShot
	shots []pastShot // after each act
}

// pastShot is what the portal showed after one act.
type pastShot struct {
	number uint64 // of the act in the feed
	by     uint64 // of the act that made it look so
	status string // public, masked, ended, withdrawn or elsewhere
	until  string
	reason string
	run    uint64 // act with which it came to the portal, or came again after it had been taken away
	doc    *disclosure.Document
	raw    disclosure.Raw
}

func (s pastShot) about(subject string) bool {
	return slices.ContainsFunc(s.doc.Subjects, func(p disclosure.Subject) bool { return string(p.ID) == subject })
}

func (s pastShot) over(day string) bool { return s.until != "" && day != "" && s.until < day }

// pastProfile is who an enterprise was.
type pastProfile struct {
	position      uint64
	number        uint64 // of the release before or at
	at            time.Time
	known, roster bool
	name, namedOn string
	former        []string
}

func newPastModel() *pastModel {
	return &pastModel{disclosures: map[string]*pastDisclosure{}, enterprises: map[string][]pastProfile{}}
}

// release takes an act in.
func (m *pastModel) release(d *pastDisclosure, event disclosure.Event, position uint64, recorded time.Time) {
	at := recorded
	if n := len(m.releases); n > 0 && m.releases[n-1].publicAt.After(at) {
		at = m.releases[n-1].publicAt
	}
	m.releases, m.latest = append(m.releases, pastRelease{position, at}), at
	was := d.pastShot
	d.number = uint64(len(m.releases))
	m.change(d, event)
	if d.status == "public" && was.status != "public" && was.status != "masked" {
		d.run = d.number
	}
	d.shots = append(d.shots, d.pastShot)
	if d.by != d.number || d.status == "elsewhere" || d.status == "withdrawn" && d.run == 0 {
		return
	}
	touched := map[string]string{} // subjects with the names that the document gives them
	if was.doc != nil && was.run > 0 && (was.status == "public" || was.status == "withdrawn") {
		for _, s := range was.doc.Subjects {
			touched[string(s.ID)] = ""
		}
	}
	if d.status == "public" || d.status == "withdrawn" {
		for _, s := range d.doc.Subjects {
			if touched[string(s.ID)] = ""; d.status == "public" {
				touched[string(s.ID)] = s.Name
			}
		}
		for _, s := range slices.Backward(d.doc.Subjects) { // the first of one id counts
			if d.status == "public" {
				touched[string(s.ID)] = s.Name
			}
		}
	}
	for id, name := range touched {
		if _, err := domain.ParseSubjectID(id); err == nil {
			m.named(id, name, d.doc.Date.String(), position)
		}
	}
}

// change is what an event does to a disclosure. The story tells only what can happen.
func (m *pastModel) change(d *pastDisclosure, event disclosure.Event) {
	switch e := event.(type) {
	case disclosure.Published:
		onPortal := len(e.Terms) == 0
		until := ""
		for _, t := range e.Terms {
			if t.Outlet == publicity.Portal {
				onPortal, until = true, t.Until.String()
			} else {
				d.gsxt = true
			}
		}
		d.current, d.digest = e.Document, e.Digest
		switch {
		case onPortal:
			d.show("public", "", e.Document)
			d.until = until
		case d.status == "" || d.status == "elsewhere":
			d.show("elsewhere", "", e.Document)
		}
	case disclosure.Adopted:
		d.current, d.digest = e.Document, e.Digest
		d.show("public", "", e.Document)
	case disclosure.Corrected:
		d.current, d.digest = e.Document, e.Digest
		if d.status == "public" || d.status == "elsewhere" {
			d.show(d.status, e.Reason, e.Document)
		}
	case disclosure.Withdrawn:
		d.gsxt = false
		if d.status == "public" || d.status == "masked" || d.status == "elsewhere" {
			d.show("withdrawn", e.Reason, nil)
		}
	case disclosure.Masked:
		if e.Outlets[0] == publicity.Portal {
			d.show("masked", e.Reason, nil)
		}
	case disclosure.Unmasked:
		d.show("public", e.Reason, e.Document)
	case disclosure.Ended:
		d.show("ended", e.Reason, nil)
		d.repaired = e.Cause == disclosure.Repaired
	case disclosure.Submitted, disclosure.Returned, disclosure.Reviewed, disclosure.LayerPassed, disclosure.Approved,
		disclosure.Withheld, disclosure.WithholdingReviewed, disclosure.WithholdingLifted,
		disclosure.RepairApplied, disclosure.RepairChecked, disclosure.RepairDecided: // none is told
	}
}

func (d *pastDisclosure) show(status, reason string, raw disclosure.Raw) {
	d.by, d.status, d.reason, d.raw = d.number, status, reason, raw
	if raw != nil {
		d.doc = &disclosure.Document{}
		if err := json.Unmarshal(raw, d.doc); err != nil {
			panic(err) // it was marshalled here
		}
	}
}

// named notes that the record of an enterprise changed with a release.
func (m *pastModel) named(id, name, date string, position uint64) {
	p := m.profile(id)
	p.position, p.number, p.at = position, uint64(len(m.releases)), m.latest
	if name != "" && !p.roster && date >= p.namedOn {
		p.name, p.namedOn = name, date
	}
	p.known = p.roster || m.shownOf(id)
	if !p.known {
		p = pastProfile{position: p.position, number: p.number, at: p.at}
	}
	m.enterprises[id] = append(m.enterprises[id], p)
}

// shownOf tells whether the portal has anything of an enterprise, whatever the terms.
func (m *pastModel) shownOf(id string) bool {
	for _, d := range m.disclosures {
		if d.doc != nil && d.run > 0 && (d.status == "public" || d.status == "withdrawn") && d.about(id) {
			return true
		}
	}
	return false
}

func (m *pastModel) profile(id string) pastProfile {
	if list := m.enterprises[id]; len(list) > 0 {
		p := list[len(list)-1]
		p.former = slices.Clone(p.former)
		return p
	}
	return pastProfile{}
}

// register takes in what happened in the register.
func (m *pastModel) register(id string, event es.Event, position uint64, recorded time.Time) {
	if recorded.After(m.latest) {
		m.latest = recorded
	}
	p := m.profile(id)
	p.position, p.number, p.at, p.known, p.roster = position, uint64(len(m.releases)), m.latest, true, true
	switch e := event.(type) {
	case roster.SubjectRegistered:
		p.name, p.namedOn = e.Name, ""
	case roster.SubjectRenamed:
		p.former, p.name = append([]string{p.name}, p.former...), e.Name
	}
	m.enterprises[id] = append(m.enterprises[id], p)
}

// pastMoment is a moment as the model sees it.
type pastMoment struct {
	number   uint64 // of the last release
	position uint64
	at       time.Time
	byTime   bool
}

func (p pastMoment) day() string {
	if p.at.IsZero() {
		return ""
	}
	return calendar.DateOf(p.at).String()
}

// lastAt is the last release that had happened by a time.
func (m *pastModel) lastAt(at time.Time) (n uint64) {
	for i, r := range m.releases {
		if !r.publicAt.After(at) {
			n = uint64(i + 1) //nolint:gosec // counts up from 0
		}
	}
	return n
}

// lastBefore is the last release up to a position.
func (m *pastModel) lastBefore(position uint64) (n uint64) {
	for i, r := range m.releases {
		if r.position <= position {
			n = uint64(i + 1) //nolint:gosec // counts up from 0
		}
	}
	return n
}

// at is what the portal showed of a disclosure after a release; nil before its first act.
func (d *pastDisclosure) at(number uint64) *pastShot {
	for i := range slices.Backward(d.shots) {
		if d.shots[i].number <= number {
			return &d.shots[i]
		}
	}
	return nil
}

// profileAt is who an enterprise was at a moment.
func (m *pastModel) profileAt(id string, at pastMoment) (p pastProfile) {
	for _, was := range m.enterprises[id] {
		belongs := was.position <= at.position
		if at.byTime {
			belongs = cmp.Or(cmp.Compare(was.number, at.number), was.at.Compare(at.at)) <= 0
		}
		if belongs {
			p = was
		}
	}
	return p
}

// removal is the act that took away what a shot showed, nil if it is shown to this day; taken by the calendar if its number is 0.
func (d *pastDisclosure) removal(s pastShot, today string) *pastShot {
	var by *pastShot
	for i := range d.shots {
		switch t := &d.shots[i]; {
		case t.number <= s.number || t.run != s.run:
		case t.status == "public":
			by = nil
		case by == nil || t.status == "withdrawn":
			by = t
		}
	}
	if by == nil && d.run == s.run && d.over(today) {
		return &pastShot{}
	}
	return by
}

func (m *pastModel) ids() []string { return slices.Sorted(maps.Keys(m.disclosures)) }
