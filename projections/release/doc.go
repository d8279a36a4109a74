// Package release is the view of what is public: the feed of all releases in the order of the log, the present state of each
// disclosure, and the public lists of inspections, penalties and licences, now and at every moment gone by.
//
// It guarantees that releases are numbered from 1 without gaps, the same at every rebuild; that a list holds what is public
// now on the authority's own portal, newest record first, each once however many subjects it has; that nothing is shown past
// its term; and that a disclosure which was withdrawn, is masked or has ended is told from one that never was, with its reason.
// A release whose document was taken away stays in the log of releases as it was, followed by that act with its tombstone: what
// the public saw on a day can be told for ever, to those who may know it.
//
// A moment lies after a release and before the next. It is asked for by the number of a release, by a position of the log, or
// by time. A release became public when it was recorded or, where a clock had been set back, together with the latest one
// before it: times of the feed never decrease, so that a moment has one answer, the same after a rebuild. A date stands for
// its end in Asia/Shanghai. A moment that lies ahead of the clock or of the view is refused, since its answer may change still;
// what is recorded at this very instant may come into the feed a little later than it is dated. What Past answers costs reads
// in proportion to what it answers; the present is read from its own tables as if there was no past.
//
// What was public then may not all be shown to the public again. Content is shown only while the record is public today, and
// only what was shown since it was last put there: so a correction's former document is told beside the new one (Order 45
// art. 12), but what was withdrawn is not, since the authority has disowned it (行政处罚法 art. 48, Order 45 art. 11), nor is
// what has ended or is masked, since the law wants its publication stopped (停止公示: Order 45 art. 13 and 14, and the rules on
// credit repair 信用修复) and a look into the past would go on with it by another name. Of these
//
//   - whoever names a record by its id is told that it was public then: kind of record and act, authority, day, digest, and
//     when and why it was removed. He holds a copy or a reference, and the digest lets him prove what he holds;
//   - lists and the record of an enterprise tell of what was withdrawn, without its content, as the law has the reason of a
//     withdrawal published; of what has ended or is masked they tell nothing, nor do they count it: that an enterprise once
//     had a record which was repaired is what the repair takes from the public's sight.
//
// The feed tells of every release, so that its numbers have no gaps and digests can be compared, and hands out the content only
// of what some outlet still shows: an end on the portal alone does not keep a document from those that go on.
//
// Whoever may see the authority's own files, and auditors, are answered in full (Past.Sees).
//
// It refuses to show anything before it was published, and to join a party to an enterprise by anything but its id.
package release
