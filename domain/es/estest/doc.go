// Package estest holds what tests of event-sourced code share: given/when/then for deciders, goldens and the fold property
// for events, a strict in-memory store that can lie, and the conformance suite and metamorphic test of the Store and Source
// ports.
//
// It guarantees that every sentence of the ports' contracts has a named case and that the fake itself passes them. It
// refuses to change a golden that exists: stored bytes are for ever, so a changed event is a new version beside the old one.
package estest
