// Package airgap carries what an inner ledger (内网账本) makes public to an outer one (外网账本) on another network, where the two
// share nothing but a folder, a disk that is carried or a one-way link (单向摆渡). The inner side writes bundles into the folder and
// the outer side takes them; receipts go the other way where there is one.
//
// What goes out are acts, numbered from 1 in the order of the inner log: the releases of disclosures (公示、更正、撤回、暂停、恢复、停止公示)
// with the bytes of their documents and tombstones, what the record of an enterprise says of the roster, and what is known of
// authorities. That is what the release feed, the public lists, the records of enterprises and the page of an authority are made
// of, so that these are the same on both sides, number by number. An act keeps its stream, type, event id, command id, authority and
// the time of its recording, since these make appending idempotent and date the release.
//
// Nothing else leaves. A document that was proposed, reviewed, withheld or stopped is in no act; nor are opinions and reasons of
// reviews, credit repairs and their papers, numbers of court rulings, addresses, business scopes, classes and sources of
// the roster, sealed references and what was redacted. In the place of each account stands Ward. Of each type it is written down
// which of its fields go (see going): a field that is not named stays, and a type of which nothing is written stops the sender.
// What was public and is withdrawn, masked or ended since goes all the same, with the act that took it away behind it: the outer
// ledger holds it as the inner one does, and shows it no more than that.
//
// A bundle is some acts that follow upon each other, at most MaxActs of them and MaxPayload bytes. Its header names the inner
// ledger, its epoch (纪元), the series and number of the bundle, the digest of the bundle before, the first and last act, the chain
// (domain/chain) before and after them, size and digest of the acts; it is signed (Ed25519), and checked before anything else is
// read. The sender writes down where a bundle begins and ends before it writes the bundle, so that it makes the same one again
// whenever it is asked; a sender that lost what it wrote down begins another series. Who keeps the files can check by their digests
// that none is missing; both ledgers go by the chain. head.gap tells how far the sender is, so that the loss of the last bundle shows too.
//
// It guarantees that the outer ledger has the acts of the inner one without a gap, in their order, each once, however bundles are
// lost, repeated, exchanged, altered or cut off, and wherever either side is stopped: what the outer side is short of it asks for
// again from the first act that it lacks, in its receipt, or people do (Sender.Send with a number). That a bundle was taken is
// recorded in the outer log (domain/gap), so that a restored outer ledger asks from where it is then.
//
// It refuses, with a Reason for each, what is not signed by a key that it was given, another inner ledger's bundles, and a bundle
// whose chain does not go on from what is here: the inner log was set back (rollback), and goes on otherwise. An inner ledger that
// was restored says so by its epoch. It is followed if all acts that were taken are in it; if it lost some, nothing more is taken
// until people restored the outer ledger to before these too, or began another one: what was public can't be taken back in
// silence. The sender refuses to go on from a log that is behind what it sent, unless a new epoch was begun. The receiver refuses a
// ledger that has acts of its own; and who serves an outer ledger refuses whatever would add some (see Outer).
package airgap
