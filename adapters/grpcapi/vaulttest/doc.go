// Package vaulttest holds the conformance suite of the grpcapi.Vault port and an in-memory vault that passes it.
//
// It guarantees a named case for every sentence of the port's contract. It refuses to know a storage technology, and knows
// the port by its methods alone, so that it stands below the package that declares it.
package vaulttest
