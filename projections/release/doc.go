// Package release is the view of what is public: the feed of all releases in the order of the log, the present state of each
// disclosure, and the public lists of inspections, penalties and licences.
//
// It guarantees that releases are numbered from 1 without gaps, the same at every rebuild; that a list holds what is public
// now on the authority's own portal, newest record first, each once however many subjects it has; that nothing is shown past
// its term; and that a disclosure which was withdrawn, is masked or has ended is told from one that never was, with its reason.
// A release whose document was taken away stays in the feed as it was, followed by that act with its tombstone: what the
// public saw on a day can be told for ever.
//
// It refuses to show anything before it was published, and to join a party to an enterprise by anything but its id.
package release
