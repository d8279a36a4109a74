// Package identity keeps bearer tokens: who an account is, in which role and authority, and until when. They are in a
// SQLite file, or in a schema of PostgreSQL for any number of servers. A backup is a SQLite file either way, and goes into either.
//
// It guarantees that a token is 256 random bits shown once, that only its SHA-256 is stored, that a revoked or expired token
// is refused from that moment on in every process, and that an operator may create tokens while the server runs. It refuses
// tokens without a role, without an expiry, and roles other than admin, integrator and auditor without an authority.
package identity
