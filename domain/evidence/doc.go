// Package evidence decides on the pictures of an inspection or a penalty (现场照片、证据材料).
//
// It guarantees that an event holds of a picture what proves it and nothing that it shows: the reference to the original in the
// vault, whose commitment binds it, and the digest of the cleaned copy; that a picture stands on a record once at a time; and
// that one that was removed stays in the history, with the reason.
//
// It refuses pictures for records of other authorities, captions and reasons that hold identity numbers, bank accounts or mobile
// phones, and more than 100 pictures on a record. It has no state of publication: a picture that is marked for the public is
// shown while the disclosure of its record is public, and not longer.
package evidence
