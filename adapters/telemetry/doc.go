// Package telemetry measures at the ports: appends and reads of the event store, calls, and how far each projection is.
//
// It guarantees that every label comes from a closed set and that what it wraps behaves as before. It refuses to see
// payloads: it counts and times, and nothing of a command or an event becomes a label or a log line.
package telemetry
