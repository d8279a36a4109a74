// Package penalty is one administrative penalty (行政处罚): the decision (处罚决定) with its parties (当事人), violation (违法行为),
// facts, basis, kinds (处罚种类, 行政处罚法 art. 9) and amounts, its service (送达), performance (履行), amendment (变更) and its end
// by revocation (撤销), confirmed illegality or nullity (art. 48). Decisions of older systems are taken over (历史数据) with the
// doubts that they raise. A penalty of a party that is registered in another province is sent there (推送, Order 45 art. 10).
//
// # What makes a decision the same
//
// A number of a decision (决定书文号) is no key: one decision may name several parties, numbers start anew each year or office
// and brackets are typed in many ways. The key is the authority that keeps the record, the number in its normal form, the
// normal name of the party as it stands in the decision, and the date of decision; ID derives from it. The name is
// taken rather than a code because it is what the decision says and never changes, while a code may be found out later.
//
// A decision against several parties is one record for each of them (Apart), linked by the decision's id, which is that of the
// first party's record: what becomes of one party's penalty, its publicity and its end are its own. The first record holds
// whom the others are of, so that they can be completed from it alone.
//
// # Parties without a code
//
// A party may have no subject id. Then the penalty is found by the party's name in the lists of penalties and stands in no
// enterprise's record: no id is made up from a name, since one name is borne by many, and the placeholder code is refused, so
// that two parties never become one. An importer may offer a code that it resolved (register, name and district agreeing);
// what can't be resolved is kept with the doubt "penalty.party.codeless". A natural person (自然人) never has an id here.
//
// It guarantees that decided content is never changed but by an amendment beside it, that the same row taken over twice is
// one event, and that each rule names its article in the fault. It refuses amounts without their kind and kinds without
// their amount, fines of summary procedure over the limits of art. 51, dates in the future, control characters, and numbers
// of natural persons in any text. Of a row taken over it refuses only what can't be told apart or must not be kept, and
// records the rest as doubts.
//
// Decisions of summary procedure (简易程序) and bare warnings (仅受警告) are kept and not published (Order 45 art. 2); others
// are once they were served with the notice that they will be (art. 8).
//
// # What is due
//
// DueOn counts the late fine (加处罚款, 行政处罚法 art. 72) in whole 分 for any day. It is counted on what of the fine is overdue
// and unpaid; the law says "by the amount of the fine", and that what was paid does not count any more is how it is applied.
package penalty
