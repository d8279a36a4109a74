// Package sortitiontest edits bundles at random, for tests that hold verifiers to noticing it, and has the conformance suite of
// the sortition.Source port, a named case for each sentence of its contract.
//
// It guarantees that an edit depends on nothing but the document and the random numbers, that it touches one place, and that
// the text it gives is JSON which differs from the text it took. It refuses to say whether an edit matters: that is what the
// tests find out.
package sortitiontest
