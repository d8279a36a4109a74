// Package canonical writes JSON in the one form of RFC 8785, so that the same content has the same bytes, hence the same digest,
// whoever writes it.
//
// It guarantees that two texts of JSON with the same content come out the same, and that what it wrote it leaves as it is. It
// refuses numbers that aren't whole or lie beyond 2^53, which not every reader holds exactly, and more than one value.
package canonical
