// Package personal is the view of the references that events hold to personal texts, and of what is decided of persons: for
// staff who open a text or have a person's data destroyed.
//
// It guarantees a row for each reference in an event of a penalty, a licence, a disclosure, an inspection, a listing, a reply or a
// piece of evidence, and in its metadata, under each record in which it stands and the authority that recorded it first, and one
// per person of whom a destruction was asked. It holds no personal data: names of persons are random, and what a reference leads
// to only the vault knows. It refuses to tell whether a text can still be opened; the vault does.
package personal
