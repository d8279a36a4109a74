// Package telemetry measures and traces at the ports: calls, appends and reads of the event store, batches of projections,
// reactions and what is pushed to others.
//
// It guarantees that every label comes from a closed set, that what it wraps behaves as before, and that nothing is wrapped
// where nobody looks: a Tracing that is off costs nothing. It refuses to see payloads: it counts and times, and nothing of a
// command or an event becomes a label, an attribute or a log line; of a stream it tells the category, never the id.
//
// # How a trace spans processes without being stored
//
// The trace id is the correlation id: both are 16 bytes. Every event's metadata has held one from the beginning, so whoever
// reads the log — a projection of another replica, a policy, the outbox — knows the trace of the command it goes on with, and
// nothing new is stored. The span of an append has the first eight bytes of the id of its command's first event, which
// derives from the command id in the metadata; so what follows is its child. Whether a trace is kept is decided from its last
// seven bytes alone, so that replicas with one ratio agree without telling each other. (The usual sampler looks at the
// two bits that every UUID has alike.) A caller's own trace, told by traceparent, becomes a link: it can force nothing upon ours.
package telemetry
