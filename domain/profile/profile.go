package profile

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Channel is how a row travels.
type Channel string

// The channels.
const (
	File      Channel = "file"      // a template, as XLSX or CSV
	Interface Channel = "interface" // JSON, or a database in front of the platform
)

// Action is what a row tells a platform to do.
type Action string

// The actions.
const (
	Add    Action = "add"
	Modify Action = "modify"
	Delete Action = "delete"
)

// Table is a template of a profile: some platforms have one for all parties, some one for each kind.
type Table struct {
	Name    string   `json:"name"` // plain, it may stand in a file's name
	Label   string   `json:"label"`
	Parties []string `json:"parties"` // own codes of the kinds that it is for
}

// Profile is what one platform wants of one kind of record in a span of days.
type Profile struct {
	Platform   string               `json:"platform"`
	Kind       Kind                 `json:"kind"`
	Version    string               `json:"version"`
	Label      string               `json:"label"`
	LabelEN    string               `json:"label_en"`
	Source     string               `json:"source"` // where it is from
	From       calendar.Date        `json:"from"`
	Until      calendar.Date        `json:"until,omitzero"` // last day
	Dates      map[Channel]DateForm `json:"dates"`
	Withdrawal Action               `json:"withdrawal"` // how what stands no more is told: delete, or modify with another status
	Tables     []Table              `json:"tables"`
	Fields     []Field              `json:"fields"`
	Checks     []Check              `json:"checks,omitempty"`
	Unverified []string             `json:"unverified,omitempty"` // members of this that nobody has confirmed
	Note       string               `json:"note,omitempty"`
}

// ID names a profile for good: what it says under one id never changes.
func (p Profile) ID() string { return p.Platform + "/" + string(p.Kind) + "/" + p.Version }

// Doubts counts what of the profile nobody has confirmed.
func (p Profile) Doubts() int {
	n := len(p.Unverified)
	for _, f := range p.Fields {
		n += len(f.Unverified)
	}
	for _, c := range p.Checks {
		if c.Unverified {
			n++
		}
	}
	return n
}

// On tells whether the profile holds on a day.
func (p Profile) On(day calendar.Date) bool {
	return !day.Before(p.From) && (p.Until.IsZero() || !day.After(p.Until))
}

// Field is the column of a key; false without one.
func (p Profile) Field(key string) (Field, bool) {
	i := slices.IndexFunc(p.Fields, func(f Field) bool { return f.Key == key })
	if i < 0 {
		return Field{}, false
	}
	return p.Fields[i], true
}

// Columns are the columns of a table in their order.
func (p Profile) Columns(table string) []Field {
	var out []Field
	for _, f := range p.Fields {
		if f.in(table) {
			out = append(out, f)
		}
	}
	return out
}

// table is the table for a kind of party.
func (p Profile) table(party string) (Table, bool) {
	i := slices.IndexFunc(p.Tables, func(t Table) bool { return slices.Contains(t.Parties, party) })
	if i < 0 {
		return Table{}, false
	}
	return p.Tables[i], true
}

// Profiles are all profiles together. They are a value and never change; the zero Profiles has none.
type Profiles struct{ all []Profile }

// All lists the profiles by platform, kind and first day.
func (ps Profiles) All() []Profile { return slices.Clone(ps.all) }

// Platforms lists the platforms that have a profile.
func (ps Profiles) Platforms() []string {
	var out []string
	for _, p := range ps.all {
		if !slices.Contains(out, p.Platform) {
			out = append(out, p.Platform)
		}
	}
	return out
}

// At is the profile of a platform and kind on a day, of several that hold the one that began last; false if none holds then.
func (ps Profiles) At(platform string, kind Kind, day calendar.Date) (Profile, bool) {
	for _, p := range slices.Backward(ps.all) {
		if p.Platform == platform && p.Kind == kind && p.On(day) {
			return p, true
		}
	}
	return Profile{}, false
}

// Get is the profile of a version, whether it holds today or not; false without one.
func (ps Profiles) Get(platform string, kind Kind, version string) (Profile, bool) {
	for _, p := range ps.all {
		if p.Platform == platform && p.Kind == kind && p.Version == version {
			return p, true
		}
	}
	return Profile{}, false
}
