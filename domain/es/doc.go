// Package es is the event-sourcing kernel: streams, revisions, positions, records, the Store and Source ports and the one
// way a command becomes events (Transact).
//
// It guarantees that an append states what it expects, that every event id derives from the command that caused it (so a
// retry after an unknown outcome is recognised), that stored bytes are hashed as they are and that history is folded, never
// validated. It refuses an "any revision" append, an event over MaxEvent bytes and a command id used twice for different
// payloads. It knows no aggregate, no database and no clock.
package es
