// Package document reads and writes a row's document as a protobuf message.
//
// It guarantees that the same message gives the same bytes within one build (maps are written in key order), so that a rebuilt
// view equals the live one byte for byte. Another build may order bytes differently; views are compared with a fresh rebuild,
// never with stored digests. It refuses a document that is not a message of the given type's wire form.
package document
