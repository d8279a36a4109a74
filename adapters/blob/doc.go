// Package blob keeps content in files named by their SHA-256: the lists of draws, and cleaned copies of pictures. It
// implements draw.Blobs.
//
// It guarantees that a content is on disk, file and folder entry both, before its digest is given out; that a name never
// stands for half a content, whatever moment the machine stops at; and that reading ends in an error when the bytes lack
// their digest. It refuses names that are no digest and never changes or removes a content. What a crash leaves in the
// folder for unfinished content is removed when the store is opened, unless it is opened for reading beside a writer.
package blob
