// Package delivery is what one credit platform was given of one disclosure and what it answered (双公示数据报送): for each act
// that changes what is public a row is prepared, in the form that the platform's profile asks for, or held (暂存) where the
// record can't satisfy it; rows are submitted in batches and accepted (入库), recognised as sent before, or rejected (退回) with
// code and text. A rejection for a name that the platform's base record of that day writes otherwise (1001) is resolved by
// choosing that name.
//
// It guarantees that no row is dropped or sent half: whatever can't be sent is held with the fields and rules until a fact, a
// later act or a person settles it; that what a row says never changes, and what is sent instead is another row; that the
// action of a row (add, modify, delete) follows from what the platform took so far; that the same act, receipt or batch recorded
// twice is recorded once; and that nothing is tried for ever: after MaxRows rows for one act, MaxSubmissions of one row or
// AnswerDays without an answer the delivery is given up with its reason, and goes on only when an approver says so.
//
// It refuses a receipt for a row that was never submitted or has another content, naming the row. Personal columns are blank
// here: an event says which they are, and refers to the sealed identity that fills them.
package delivery
