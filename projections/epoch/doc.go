// Package epoch is what views remember of the epochs of the log that they were made of, so that views of another history than
// the log's are told from those of its own: a position alone does not tell, since a restored log gives the numbers of what it
// lost to other events.
//
// It guarantees one row for each epoch that the views have taken in; that of the first, which the log's first event names, tells
// the views of one ledger from those of every other. It refuses nothing: Another and Stray judge, and whoever starts the views
// acts on it.
package epoch
