// Package telemetrytest receives traces in tests: a collector that speaks OTLP over gRPC on the loopback address.
//
// It guarantees that a span counts once it was received and acknowledged. It refuses nothing and keeps everything until the
// test ends.
package telemetrytest
