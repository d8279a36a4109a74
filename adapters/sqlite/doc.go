// Package sqlite keeps the event log, and the views, in SQLite files of one data directory, without cgo.
//
// The event store (events.db, synchronous=FULL) keeps the contracts of es.Store and es.Source. It guarantees that an append
// is on disk before it is acknowledged, that concurrent appends share one sync, that positions are gap-free and in commit
// order, that every record is checked against its SHA-256 whenever it is read from the file, and that one process at a time writes
// a data directory. It refuses a file of another application, a file of a newer schema, and any update or deletion of an event.
//
// Don't open the database files of a running store by other means than SQLite within the same process: closing such a
// descriptor drops SQLite's locks (POSIX record locks belong to the process).
package sqlite
