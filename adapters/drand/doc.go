// Package drand proves rounds of the drand quicknet beacon without a network: from the league's public key, the round and
// its signature.
//
// It guarantees that a value which passes is the one value of its round: the signature is checked against the key (BLS12-381,
// signatures in G1, scheme bls-unchained-g1-rfc9380), in its one canonical encoding, and the value is the SHA-256 of it. It
// tells when a round is published, so that a draw can be bound to a round that is still to come.
//
// It refuses any other chain, any other spelling of a round or a signature, and to fetch anything: whoever reveals the beacon
// brings value and signature along, from whichever relay could be reached.
package drand
