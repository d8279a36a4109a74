// Package domain holds the few things that two aggregates share: error kinds, typed natural keys, roles and actors, and
// money in 分.
//
// It guarantees that an id or amount which exists was checked when it was made. It refuses to know any aggregate, transport
// or store. Civil dates stand in domain/calendar, since the value packages import the standard library only.
package domain
