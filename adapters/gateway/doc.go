// Package gateway is the REST door: grpc-gateway over an in-process connection to the one interceptor chain, with what HTTP
// adds to it.
//
// It guarantees that every error is a problem document (RFC 9457) with a stable code and a sentence in the language asked
// for, that public answers carry an ETag (RFC 9110) and an unchanged one costs a 304, that a request over the size limit is
// refused before it is read, that the public record of an enterprise is served from bytes rendered once per change, and that
// a draw's bundle and a list of results are the bytes that they are, or break off so that nobody takes a part for the whole. It
// refuses to answer anything itself that the chain would refuse: bytes are kept of public answers alone.
package gateway
