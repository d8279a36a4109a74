// Package roster keeps the views of the two rosters (两库): subjects, inspectors and conflicts of interest, for staff and for
// the pools of draws.
//
// It guarantees that Subjects, Inspectors and Conflicts yield rows in ascending order of their ids' bytes with flat memory,
// whatever the filter, and that LastChange moves with every change of any of the three: who reads it before and after such
// a pass, and finds the same position, held one state in hands. Lists for staff look at a bounded number of rows a page.
//
// It refuses to be public: addresses and licence numbers stand in it.
package roster
