// Package bus carries messages between this ledger and other systems, on Watermill: through NATS JetStream, or within the process
// for an instance that is alone.
//
// A message is a CloudEvent 1.0 in structured JSON; asyncapi.json describes every type of it, as webhook too. Its subject says who may read it:
//
//	mingjian.v1.public.release.KIND.AUTHORITY.RECORD        the feed of releases; KIND is inspection, penalty, licence or listing
//	mingjian.v1.staff.task.AUTHORITY.PLAN                   tasks that were opened or ended
//	mingjian.v1.staff.inspection.AUTHORITY.INSPECTION       inspections that were assigned, recorded, concluded
//	mingjian.v1.poison                                      what a handler of this ledger could not take
//	mingjian.v1.redrive.HANDLER                             what it is to try again
//
// Of an id, letters, digits, "_" and "-" stand for themselves in a subject and any other byte is "=" with two hexadecimal digits.
// The public's subjects are in the stream MINGJIAN_V1_PUBLIC, the staff's in MINGJIAN_V1_STAFF, the last two in MINGJIAN_V1_AGAIN, so
// that a reader can be given one and not the others.
//
// It guarantees that a published message is on the disk of the NATS servers, or was taken by every handler of the process, before
// Publish returns; that messages of one subject come in the order of their publication; that none is lost, as long as it is not older
// than the stream keeps messages; and that a message which comes twice has one id. When nothing that went to a subject may be
// shown any more, what the stream still has of it is removed as the message comes in that says so, or the first of those that come
// again before it.
//
// It refuses to hold messages in memory for a broker that is away, to drop what a handler fails on, and to log where it connects
// as whom.
package bus
