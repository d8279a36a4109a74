// Package esdbtest is an EventStoreDB cluster within the test process: servers on loopback TCP ports that speak the protocol of
// EventStore-Client-Go, over one log in memory, with faults that the test commands. It is for tests alone.
//
// Of the real server's behaviour (24.10, with one difference where said) it keeps what clients can see:
//   - An append compares the expected revision with the stream's. Equal: stored, whatever ids the stream holds. Higher: wrong
//     expected version. Lower: if the events after the expected revision have the same ids it is taken for a retry, whatever
//     their data, and answered with the last one's revision and position; otherwise wrong expected version, also if only some
//     ids match. For any revision and for an existing stream, a retry is known by the first id if that was stored of late. An
//     append larger than the maximum (its data counted) is an invalid argument; a deleted stream is said to be so.
//   - Ids are known within their stream only.
//   - The position of an event is that of its record in the log, commit and prepare alike. Reading $all forwards begins with the
//     event at the position, backwards with the one before it; a subscription begins after it.
//   - The log begins with system events, and gets another after every fourth append, so that a filter has something to hide.
//   - A filtered subscription tells a checkpoint after so many events looked at; all tell (from 23.10 on) when they caught up
//     and when they fell behind.
//   - A node that doesn't lead answers a caller who requires the leader with "not leader" and where that is. To others it
//     gives what it has replicated, and passes appends on.
//   - A deleted stream is gone until it is written again, and then goes on with the next revision; a tombstoned one is gone for
//     good. The events of both stay in $all, where real servers drop them at the next scavenge.
//
// It refuses persistent subscriptions, projections and users, which nothing here asks for.
package esdbtest
