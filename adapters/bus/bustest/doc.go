// Package bustest is the conformance suite of the bus: what outbox.Publisher and bus.Handler promise, on every address that the bus
// takes.
package bustest
