// Package nistbeacon proves pulses of randomness beacons in the format of NIST's version 2.0 (NISTIR 8213 draft, beacon-2.0.xsd),
// which INMETRO and CLCERT publish as well, without a network: from the beacon's certificates and the pulse as it was published.
//
// A round is "CHAIN/PULSE", two indices; its value is the pulse's outputValue, 64 bytes; the signature of a value is the pulse's
// JSON document. Fields are hashed as the beacons in service do it, lengths in four bytes, not eight as the draft's text has it.
//
// It guarantees of a value that passes: it is the SHA-512 of the pulse's fields and their signature; the signature is that of a
// certificate which was given beforehand and whose SHA-512 the pulse names (RSA, PKCS #1 v1.5, SHA-512: cipher suite 0); the
// pulse has the indices of the round, and its time is not before the instant that the terms name.
//
// Pulses come once a period at the earliest and are counted without gaps, so that from one published pulse follows the earliest
// time of each later one; after an outage they come later than that.
//
// It refuses other cipher suites, pulses that begin a chain or have another status than "in order" or "after a gap in time", and
// to fetch anything, certificates included. It can't see whether a beacon signed two pulses of one index, and does not look at
// the expiry or the issuer of a certificate: to give it is to trust it.
package nistbeacon
