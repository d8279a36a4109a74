// Package grpcapi answers Mingjian's RPCs: one file per service maps a request to a command or a query, and one chain of
// interceptors stands before all of them.
//
// It guarantees that every call passes identity, access, size, validation and the read-your-writes wait in that order, that
// a write carries a command id so that its retry is recognised, that errors leave as stable codes with a sentence in Chinese
// and English, and that an answer says how new it is. An identity of a natural person is sealed before a service sees the
// request, and an answer that is not public leaves when who got it is entered in the trail, or not at all. It refuses methods without a row in the access table, and it decides
// nothing of the domain's.
package grpcapi
