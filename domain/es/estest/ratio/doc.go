// Package ratio measures a subject against its limit, or against a peer, in the same process and run: on a shared machine
// with a noisy disk no absolute figure means anything, but what two loads reach in alternating slices of time compares.
//
// It reports the median of the pairs' ratios with the quartiles, and says so when these differ too much for the run to count.
// It refuses to judge: a figure that falls short is printed as such and fails nothing.
package ratio
