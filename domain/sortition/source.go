package sortition

import (
	"time"
)

// Source is a public source of randomness (公开随机源), or a family of them, that a draw can be bound to. It is never asked:
// what a Source says follows from its arguments and from what it was made with, so that a draw can be judged offline.
//
// Knows tells whether terms that name a source of that name are this one's to judge; the other methods are for those terms
// alone and MUST refuse others.
//
// Signs tells what makes a value of the source believed: true if the source signs its values, so that Verify proves them;
// false if it doesn't, so that people must enter what it said.
//
// PublishedAt gives the instant at which the source publishes the round, zero if the name of a round doesn't tell. It looks at
// the name and the round alone. A round that the source can't have is an error; there is one spelling of a round.
//
// Verify gives nil only if the value can be the source's for the round: of a source that signs, only if the signature shows
// that it is, and that it was not published before terms.NotBefore, where the signature tells the time; of another, if it has
// the form of the source's values, without a signature.
//
// Every answer MUST be the same every time. A Source may be used from many goroutines, and MUST NOT keep or change what it is
// given.
type Source interface {
	Knows(name string) bool
	Signs() bool
	PublishedAt(terms BeaconTerms) (time.Time, error)
	Verify(terms BeaconTerms, value, signature []byte) error
}

// SourceOf gives the first of the sources that knows a name, nil if none does.
func SourceOf(sources []Source, name string) Source {
	for _, s := range sources {
		if s.Knows(name) {
			return s
		}
	}
	return nil
}
