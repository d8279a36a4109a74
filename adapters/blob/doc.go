// Package blob keeps content named by its SHA-256: the lists of draws, and cleaned copies of pictures. Dir keeps it in files,
// Database in tables of PostgreSQL. Both implement draw.Blobs.
//
// It guarantees that a content is on disk (with a Dir: file and folder entry both) before its digest is given out; that a name
// never stands for half a content, whatever moment the machine stops at; that reading ends in an error when the bytes lack
// their digest; and that a content of any length passes in pieces of bounded size. It refuses names that are no digest and
// never changes or removes a content. What a crash leaves of unfinished content is removed when the store is opened, unless it
// is opened for reading beside a writer; of a Database, which others may be writing, what is a day old.
package blob
