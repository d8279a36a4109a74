// Package adapter holds what the adapters of the log have in common, whatever they store it in: findings of a check, the loop of a
// follower, who is woken by an append, the ends of streams that were written last and the records that were read last.
//
// It guarantees that a fault of a stored record and a finding have one form in every store, so that callers need not know which one
// they have. It refuses to know a technology: statements, files and protocols are the adapters' own.
package adapter
