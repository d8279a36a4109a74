// Command mingjian is the whole ledger in one binary: it serves both doors, imports files, verifies what others claim and
// looks after its data directory, or the servers that keep its ledger (stores.go says where each store is, open.go opens it).
//
// It guarantees that nothing is accepted before every part is open, that a stop finishes what was accepted, and that each
// way to fail has its exit code. It refuses unknown flags, settings without meaning and data directories in use. This is the
// one place that reads the environment, knows every adapter and ends the process.
package main
