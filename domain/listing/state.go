package listing

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Category is the stream category.
const Category = "listing"

// Decider is the aggregate.
var Decider = es.Decider[State, Command, Event]{
	Category: Category, Initial: State{}, Evolve: evolve, Decide: decide, Decode: table.Decode,
}

// ID is the id of a subject's standing on a list.
func ID(list List, subject domain.SubjectID) string {
	return string(es.DeriveID(es.DeriveID("", "mingjian", Category), string(list), string(subject)))
}

// RecordID is the id under which an entry is disclosed.
func RecordID(listing string, entry int) string { return listing + "." + strconv.Itoa(entry) }

// ParseRecordID is the inverse of RecordID.
func ParseRecordID(id string) (listing string, entry int, err error) {
	if dot := strings.LastIndexByte(id, '.'); dot > 0 {
		if n, err := strconv.Atoi(id[dot+1:]); err == nil && n > 0 && RecordID(id[:dot], n) == id {
			return id[:dot], n, nil
		}
	}
	return "", 0, domain.Refuse(domain.Invalid, "listing.record_id.form", "record_id",
		"列入记录的编号应为“名录标识.序号”", "the record id of an entry is LISTING.NUMBER")
}

// Stage is how far a finding is.
type Stage string

// The stages.
const (
	Waiting   Stage = "waiting"   // 待决定
	Settled   Stage = "entered"   // 已列入
	Turned    Stage = "dismissed" // 不予列入
	TakenBack Stage = "retracted" // 已撤回
	Repeated  Stage = "repeated"  // 列入期间再次发现
)

// Label is the stage in Chinese.
func (s Stage) Label() string {
	switch s {
	case Waiting:
		return "待决定"
	case Settled:
		return "已列入"
	case Turned:
		return "不予列入"
	case TakenBack:
		return "已撤回"
	case Repeated:
		return "列入期间再次发现"
	}
	return string(s)
}

// State is a subject's standing on a list; without ID nothing was ever found.
type State struct {
	ID        string
	List      List
	Subject   Subject            // as found last
	Authority domain.AuthorityID // that keeps the case
	Findings  []Finding          // by number
	Entries   []Entry            // by number
}

// Finding is one finding and what came of it.
type Finding struct {
	Found     Found
	Stage     Stage
	Notice    *Notified
	Dismissal *Dismissed
}

// Entry is one stay on the list.
type Entry struct {
	Number       int
	Authority    domain.AuthorityID // that entered the subject, and whose record it is
	Subject      Subject
	Grounds      []Listed
	Applications []Application
	Removed      *Removed
	Rescinded    *Rescinded
}

// Listed is a ground of an entry with its decision.
type Listed struct {
	Ground    Ground
	Table     string
	ConsentNo string
	Decision
}

// Application is an application for removal.
type Application struct {
	Applied RemovalApplied
	Refused *RemovalRefused
	Granted bool
}

// Exists tells whether anything was ever found.
func (s State) Exists() bool { return s.ID != "" }

// Open tells whether the entry stands.
func (e Entry) Open() bool { return e.Removed == nil && e.Rescinded == nil }

// Status is listed, removed or rescinded.
func (e Entry) Status() string {
	switch {
	case e.Rescinded != nil:
		return "rescinded"
	case e.Removed != nil:
		return "removed"
	}
	return "listed"
}

// has tells whether the entry has a ground.
func (e Entry) has(g Ground) bool {
	return slices.ContainsFunc(e.Grounds, func(l Listed) bool { return l.Ground == g })
}

// pending is the application that waits.
func (e Entry) pending() (Application, bool) {
	if n := len(e.Applications); n > 0 && e.Applications[n-1].Refused == nil && !e.Applications[n-1].Granted {
		return e.Applications[n-1], true
	}
	return Application{}, false
}

// Current is the open entry.
func (s State) Current() (Entry, bool) {
	if n := len(s.Entries); n > 0 && s.Entries[n-1].Open() {
		return s.Entries[n-1], true
	}
	return Entry{}, false
}

// EntryOf finds an entry by its number.
func (s State) EntryOf(number int) (Entry, bool) {
	if number < 1 || number > len(s.Entries) {
		return Entry{}, false
	}
	return s.Entries[number-1], true
}

// Busy tells whether anything waits or stands: then the case is its authority's alone.
func (s State) Busy() bool {
	_, open := s.Current()
	return open || slices.ContainsFunc(s.Findings, func(f Finding) bool { return f.Stage == Waiting })
}

func evolve(s State, e Event) State {
	switch e := e.(type) {
	case Found:
		f := Finding{Found: e, Stage: Waiting}
		if e.Entry > 0 {
			f.Stage = Repeated
		}
		s.ID, s.List, s.Subject, s.Authority = e.Listing, e.List, e.Subject, e.Authority
		s.Findings = append(slices.Clip(s.Findings), f)
	case Dismissed:
		s.Findings = s.finding(e.Finding, func(f *Finding) { f.Stage, f.Dismissal = Turned, &e })
	case Retracted:
		s.Findings = s.finding(e.Finding, func(f *Finding) { f.Stage = TakenBack })
	case Notified:
		s.Findings = s.finding(e.Finding, func(f *Finding) { f.Notice = &e })
	case Entered:
		s = s.settled(e.Findings)
		entry := Entry{Number: e.Entry, Authority: s.Authority, Subject: s.Subject, Grounds: []Listed{{e.Ground, e.Table, e.ConsentNo, e.Decision}}}
		s.Entries = append(slices.Clip(s.Entries), entry)
	case GroundAdded:
		s = s.settled(e.Findings)
		s.Entries = s.entry(e.Entry, func(n *Entry) {
			n.Grounds = append(slices.Clip(n.Grounds), Listed{e.Ground, e.Table, e.ConsentNo, e.Decision})
		})
	case RemovalApplied:
		s.Entries = s.entry(e.Entry, func(n *Entry) { n.Applications = append(slices.Clip(n.Applications), Application{Applied: e}) })
	case RemovalRefused:
		s.Entries = s.application(e.Entry, e.Application, func(a *Application) { a.Refused = &e })
	case Removed:
		s.Entries = s.application(e.Entry, e.Application, func(a *Application) { a.Granted = true })
		s.Entries = s.entry(e.Entry, func(n *Entry) { n.Removed = &e })
	case Rescinded:
		s.Entries = s.entry(e.Entry, func(n *Entry) { n.Rescinded = &e })
	case Transferred:
		s.Authority = e.To
	}
	return s
}

// finding is the list with one finding changed; a number that is none changes nothing.
func (s State) finding(number int, change func(*Finding)) []Finding {
	if number < 1 || number > len(s.Findings) {
		return s.Findings
	}
	out := slices.Clone(s.Findings)
	change(&out[number-1])
	return out
}

func (s State) settled(findings []int) State {
	for _, n := range findings {
		s.Findings = s.finding(n, func(f *Finding) { f.Stage = Settled })
	}
	return s
}

func (s State) entry(number int, change func(*Entry)) []Entry {
	if number < 1 || number > len(s.Entries) {
		return s.Entries
	}
	out := slices.Clone(s.Entries)
	change(&out[number-1])
	return out
}

func (s State) application(entry, number int, change func(*Application)) []Entry {
	return s.entry(entry, func(e *Entry) {
		if number < 1 || number > len(e.Applications) {
			return
		}
		e.Applications = slices.Clone(e.Applications)
		change(&e.Applications[number-1])
	})
}
