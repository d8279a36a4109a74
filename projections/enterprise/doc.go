// Package enterprise is the public record of each subject (记于市场主体名下): who it is and was called, how much is public
// about it, and the latest records on its time line.
//
// It guarantees that counts are those of the records that are public now on the authority's own portal, also beyond the entries
// shown; that a correction takes the place of what it corrects and a withdrawal leaves its reason there; that what is masked or
// has ended leaves nothing, on the day after its term at the latest; that an enterprise known from disclosures
// alone has a record too; and that one event costs the same however long a time line is.
//
// It keeps what each record was, so that GetAsOf tells who an enterprise was and was called, and how much was public of it, as
// far as that was known at a moment (see package history); which entries it showed, the release view tells.
//
// It refuses to join a record to an enterprise by a name: a party without an id appears in no enterprise's record. Of the
// roster it shows who the subject is and whether it is in business; how it is classed and where it is stay inside.
package enterprise
