// Package outbox hands what happened to other systems: a reactor that makes messages of events and publishes them on a bus.
//
// Two kinds of message leave the ledger. A release message is the item of the public feed that its act of disclosure has,
// word for word as the feed shows it at that moment: what may be shown no more goes without its content there too. A task message
// tells the systems of an authority's staff that a task was opened or ended, or an inspection assigned, recorded or concluded:
// ids, codes and dates, no names of people, no texts. The public's subjects carry release messages alone. After an act by which
// nothing of a disclosure is shown any more, the messages of its former acts come again as the feed shows them, before that of the
// act and in the place of those that a bus may still have: no number of the feed is lacking there.
//
// It guarantees that every such event becomes its messages at least once, in the order of the log; that a message's id follows from
// its event, so that whoever receives one twice can tell; and that the checkpoint moves only when the bus has taken them durably.
// The bus being away keeps the outbox where it is: it holds one event at a time and nothing piles up.
//
// It refuses to guess: a known event that does not decode stops it, and a release that the feed does not hold yet waits for it.
package outbox
