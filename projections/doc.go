// Package projections turns the event log into views: it declares what a projection is, the ports it is read from and
// written to, and the runner between them.
//
// It guarantees that a batch of records becomes row changes applied together with the checkpoint in one transaction, that a
// record takes effect exactly once however often it is delivered, that position and lag are known, and that whoever wrote
// can wait for the view. It refuses to skip: a known event type that does not decode stops its projection and readiness.
// Views are disposable; the events are the truth.
package projections
