// Package archive is the form in which a log leaves one store and comes into another: a gzip of JSON lines, an event each, in
// the order of the log.
//
// It guarantees that stream, revision, id, type, metadata and data of each event come back byte for byte, that the hash of each
// is checked when it is read, and that events go into the other store in the same order with the same revisions, so that both
// logs have the same hashes. Positions are the store's own: they are in the archive, and may be others in the store that takes it.
// It refuses a line that is not of this form, an event whose hash does not match, and a store that is not empty.
package archive
