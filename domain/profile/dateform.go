package profile

import (
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// DateForm is how a channel writes days.
type DateForm string

// The forms that are known to be asked for.
const (
	Slashes  DateForm = "yyyy/MM/dd"
	Dashes   DateForm = "yyyy-MM-dd"
	Midnight DateForm = "yyyy-MM-dd HH:mm:ss" // the day's first second
)

var dateLayouts = map[DateForm]string{Slashes: "2006/01/02", Dashes: time.DateOnly, Midnight: time.DateTime}

// Write gives a day in the form. Of a text that is no canonical day (YYYY-MM-DD) it gives the text.
func (f DateForm) Write(canonical string) string {
	if _, err := calendar.Parse(canonical); err != nil {
		return canonical
	}
	switch f {
	case Slashes:
		return strings.ReplaceAll(canonical, "-", "/")
	case Midnight:
		return canonical + " 00:00:00"
	case Dashes:
	}
	return canonical
}

// Read is the inverse of Write; false for a text that Write doesn't give.
func (f DateForm) Read(written string) (canonical string, ok bool) {
	layout, known := dateLayouts[f]
	at, err := time.Parse(layout, written)
	if !known || err != nil || at.Year() < 1 {
		return "", false
	}
	canonical = at.Format(time.DateOnly)
	return canonical, f.Write(canonical) == written
}

// Written is the row as a channel has it: days in the channel's form, all else as it is.
func (p Profile) Written(row Row, channel Channel) []Column {
	out := make([]Column, len(row.Columns))
	for i, c := range row.Columns {
		if f, ok := p.Field(c.Key); ok && f.Type == Day {
			c.Value = p.Dates[channel].Write(c.Value)
		}
		out[i] = c
	}
	return out
}

// Read gives the columns back that Written gave; false names the key of a value that it never gives.
func (p Profile) Read(columns []Column, channel Channel) (canonical []Column, bad string, ok bool) {
	canonical = make([]Column, len(columns))
	for i, c := range columns {
		f, known := p.Field(c.Key)
		if !known {
			return nil, c.Key, false
		}
		if f.Type == Day && c.Value != "" {
			if c.Value, ok = p.Dates[channel].Read(c.Value); !ok {
				return nil, c.Key, false
			}
		}
		canonical[i] = c
	}
	return canonical, "", true
}
