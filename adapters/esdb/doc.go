// Package esdb keeps the event log in an EventStoreDB (KurrentDB) server or cluster, through EventStore-Client-Go/v4. It knows
// the traps of that client, and no other package does.
//
// The store keeps the contracts of es.Store and es.Source. From the server come: that an append is atomic and on a quorum of
// nodes before it is acknowledged, the check of the expected revision, and positions in the order of commit. The rest is done
// here. The server takes an append for a retry when the same ids follow the expected revision, whatever their data; it stores
// ids anew when the expectation was moved to the stream's end. So before an append the ids up to the expected revision are
// known (they are kept from what was read and written, and read if they are not), after a refusal the stream is searched for
// them, and after a success the last event is read back: if it does not bear the mark of this append, all are compared. A
// retry gets its first answer whatever is expected, an id used otherwise in its stream a *es.ReusedError.
//
// One sentence of the contract is not kept: that an id stored in another stream is reused. The server has no index of ids, and
// no append over two streams that could reserve one. Ids derive from the command, and a command is of one stream, so this shows
// only when a caller uses one command id for two streams; each stream then holds its events once. In the conformance suite it
// is Features.PerStream.
//
// Data is stored as given; the metadata is stored as given within a JSON object that also holds the SHA-256 of the record,
// checked whenever it is read, and the mark of the append. Streams are named category-id, after a namespace if the URL names
// one. Follow subscribes to $all with a filter that the server applies: streams of the namespace, or else all but system streams.
// It reconnects for ever, and ends only for what time does not heal: its context, no access, damage, a log that lost its tail.
// Head is found by reading $all backwards, since the client can't filter there, and remembers how far it looked.
//
// A client has a connection of its own and is used by one call at a time: in the client, a failed discovery of nodes leaves
// every other caller waiting for ever, and closing it under a call panics. Every call has a deadline; what the caller may ask
// again (and an append with its ids may be asked again) is asked again until Options.Patience ends. All goes to the leader: the
// client means to demand it and loses the header on the way, so it is set here.
//
// It refuses a server older than 22.6 (which does not tell the position of an event read from its stream), another node
// preference than leader, names that are not UTF-8 or begin with "$", settings it does not know, a stream that was deleted or
// cut, and events of others in its streams. The server's maximum append size (1 MiB unless configured) bounds an append.
package esdb
