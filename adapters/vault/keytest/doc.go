// Package keytest holds the conformance suite of the vault.KeyService port.
//
// It guarantees a named case for every sentence of the port's contract. It refuses to know where a service keeps its keys.
package keytest
