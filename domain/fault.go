package domain

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what an error means to whoever asked; the edges map it to their codes.
type Kind int

// The kinds. The zero kind is never used on purpose: it means an internal fault.
const (
	Internal     Kind = iota
	Invalid           // the request is wrong by itself: it names the field and the rule
	NotFound          // there is no such thing, or it is not public
	Conflict          // it exists already with other content, or somebody was faster
	Precondition      // right in form, but the state or a rule of law forbids it now
	Forbidden         // the actor may not do this
	Unauthorized      // nobody known asked
	Gone              // it was public and was withdrawn; the reason stands in its place
	TooLarge          // over a stated limit
	Unavailable       // try again later
	Throttled         // asked too often; try again later
)

// Fault is an error for people: a stable code, the field and rule it is about, and a sentence in both languages.
type Fault struct {
	Kind  Kind
	Code  string // stable and dotted, e.g. "penalty.fine.negative"; integrators branch on it
	Field string // path of the request field, empty if it is about the whole
	ZH    string // sentence in Chinese
	EN    string // sentence in English
	Err   error  // cause for the log, never shown
	// Instead is the JSON of what stands in the place of what is Gone, if there is such a thing.
	Instead string
	// Again is how long to wait before asking again, where that is known.
	Again time.Duration
}

// Refuse makes a fault.
func Refuse(kind Kind, code, field, zh, en string) *Fault {
	return &Fault{Kind: kind, Code: code, Field: field, ZH: zh, EN: en}
}

func (f *Fault) Error() string {
	if f.Field == "" {
		return f.Code + ": " + f.EN
	}
	return fmt.Sprintf("%s: %s: %s", f.Code, f.Field, f.EN)
}

func (f *Fault) Unwrap() error { return f.Err }

// KindOf is the kind of the first Fault in err's chain, Internal without one.
func KindOf(err error) Kind {
	if f := (*Fault)(nil); errors.As(err, &f) {
		return f.Kind
	}
	return Internal
}

// Require joins the faults that are not nil, so that a caller hears of all bad fields at once.
func Require(faults ...*Fault) error {
	var errs []error
	for _, f := range faults {
		if f != nil {
			errs = append(errs, f)
		}
	}
	return errors.Join(errs...)
}

// Blank refuses an empty text of a required field (rule "required").
func Blank(code, field, value string) *Fault {
	if value != "" {
		return nil
	}
	return Refuse(Invalid, code+".required", field, field+"：必填", field+" is required")
}
