// Package projections turns the event log into views: it declares what a projection is, the ports it is read from and
// written to, the runner between them, and the group that runs all of a process.
//
// It guarantees that a batch of records becomes row changes applied together with the checkpoint in one transaction, that a
// record takes effect on rows exactly once however often it is delivered, that the result does not depend on how the log was
// cut into batches, that position and lag are known, that whoever wrote can wait for the view, and that a view can be
// rebuilt while it is served. A Reactor, whose effects lie outside, sees each record at least once. Where several processes share
// a sink, each projection and reactor runs in the one that has its lease, and whoever waits in another is told the same.
//
// It refuses to skip: a known event type that does not decode, or a row that breaks its table's shape, stops its projection
// and the readiness of the process. It refuses a query that no index answers. Views are disposable; the events are the truth.
package projections
