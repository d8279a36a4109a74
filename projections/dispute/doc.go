// Package dispute is the view of what others say to public records: requests for correction as staff see them, what everybody
// sees of each, and the replies of parties to a disclosure.
//
// It guarantees that what everybody sees of a request holds no statement, no evidence and no account. It refuses to show
// replies to the public: those are part of the public document.
package dispute
