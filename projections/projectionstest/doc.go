// Package projectionstest holds projections and sinks to their contracts.
//
// SinkSuite has a case for each sentence of projections.Sink, Target, Reader and Watcher; every adapter runs it, and SharedSuite
// and LeaseSuite those for several processes. Live checks a
// projection against a list of records: any cut into batches, redelivery and a rebuild end in the same bytes, and broken bytes
// stop it. Memory is a sink for tests of pure projections: it fails the test on a breach of contract and can answer "failed,
// not committed" and "failed, but committed". Log is a source over a growing list of records. Releases makes the records of
// disclosures.
//
// It refuses to be used outside of tests: Memory and Log keep everything and scan it.
package projectionstest
