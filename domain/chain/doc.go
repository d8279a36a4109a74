// Package chain is the running digest over a sequence of items, which whoever sends them and whoever receives them compute alike.
//
// It guarantees that two sides whose chains are equal after the same number of items hold the same items in the same order, as
// long as each item tells its own number: what was left out, repeated, exchanged or altered on the way makes every chain from
// there on another. So "did you get everything up to N" is one comparison. It refuses a text that isn't the one form of a chain.
package chain
