// Package conformance holds a real EventStoreDB or KurrentDB server to the suite that the store passes on the test cluster: its
// tests, built as one static binary (make esdb-conformance), need nothing but a server named by MINGJIAN_TEST_ESDB.
//
// It keeps to streams of namespaces that are new in every run, and leaves them there: nothing is deleted. It refuses to judge
// what can't be brought about in a server from outside, a corrupted record. The server's maximum append size must be 4 MiB or
// more (the suite appends 2,000 events at once), and the credentials must allow reading $all.
package conformance

// Standalone is "yes" in the binary, where not to name a server is a mistake. It is set when the binary is linked.
var Standalone string
