// Package release is the view of what is public: the feed of all releases in the order of the log, the present state of each
// disclosure, and the public lists of inspections, penalties and licences.
//
// It guarantees that releases are numbered from 1 without gaps, the same at every rebuild; that a list holds what is public
// now, newest record first, each once however many subjects it has; and that a withdrawn disclosure is told from one that
// never was, with its reason. A release that was withdrawn stays in the feed as it was, followed by its withdrawal: what the
// public saw on a day can be told for ever.
//
// It refuses to show anything before it was published, and to join a party to an enterprise by anything but its id.
package release
