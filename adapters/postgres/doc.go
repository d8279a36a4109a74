// Package postgres keeps the event log and the views in PostgreSQL, for any number of processes at once. Each store has a schema
// of its own (mingjian_events, mingjian_views), so that all of them may share a database.
//
// The event store keeps the contracts of es.Store and es.Source. It guarantees that an append is on the server's disk before it
// is acknowledged, that concurrent appends of a process share one statement and one commit, that positions are gap-free and in
// commit order whichever processes append, so that a follower skips nothing, and that every record is checked against its
// SHA-256 whenever it is read from the server. A notification wakes followers in other processes; one that is lost costs time
// (Options.Poll) and nothing else. After a lost connection the outcome of what was under way is unknown, as es.Store says, and
// the store goes on by itself once the server answers.
//
// The views keep the contracts of projections.Sink, Shared, Reader, Watcher and Elsewhere. A commit is one round trip and one
// transaction, refused where another process moved the checkpoint or took the lease; it does not wait for the disk, so that a
// crash of the server may take the last ones, which follow from the log again. What it changed is told to the other processes
// in the same transaction. A rebuild gathers rows in memory and streams them into tables that get their indexes at the end; a
// switch to them is a change of one pointer, which readers in whichever process find by themselves when the former tables are
// gone. No query reads a table whole: texts are found by the pairs of their characters, without an extension of the server.
//
// Leases keep the contract of projections.Leases in a schema of their own (mingjian_leases). A process that is killed is known to be
// dead when its connection ends, one that is silent when its term is over by the server's clock; what such a one left locked in the
// views its successor ends.
//
// Schemas only ever grow: an older program may work beside a newer one while a deployment is renewed, until a script says that
// it no longer can (Schema). It refuses a schema that another program made, a schema too new for this one, a server that
// acknowledges what is not on disk (fsync or synchronous_commit off), a database that is not in UTF-8, and any update or deletion
// of an event.
package postgres
