// Package linear finds out whether a log behaves as one: many clients append, read and repeat at once while some of them and
// the log itself are killed, and what they saw is checked for linearizability (Herlihy and Wing, 1990).
//
// It guarantees that an answer which no order of the operations explains is found: a stale read, a lost or doubled append, a
// refusal without ground, a position that goes back. It refuses to call a history good that the checker could not finish.
// An append whose answer never came may have taken effect at any time after it was asked, or never.
package linear
