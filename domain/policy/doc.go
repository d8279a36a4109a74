// Package policy is what follows from what happened: an event comes in, commands go out. A finished draw assigns the
// inspections (派发); a replacement assigns the next and takes the former back; results, penalties and licence decisions are
// submitted for disclosure (报审) with the document that the public would see, as are entries on lists and what is public once
// a party replied to it; outcomes that give a ground for the list of abnormal operations are proposed as findings; results of
// sampling that a publication lists are shown (公布抽查结果). Documents for disclosure are composed here alone, so that whoever
// submits, adopts or corrects one gets the same. What happens to a record sets, meets and ends its statutory periods (法定期限),
// by the table told and the clocks of the rules; a notice of holidays counts the open ones again.
//
// What is public on Credit China is prepared for the platforms that are set up, or held where the record does not satisfy their
// profile, and prepared anew once what was lacking is there. A row says what was released, as the log told it when the act was
// recorded.
//
// A decision against several parties is recorded for those who are missing.
//
// It guarantees that reacting to a record twice, also after "failed, but stored", has the effect of once: the ids of its
// commands derive from the record's id. What the receiving aggregate refuses for good is told to Refused and passed over, so
// that one record never holds up the others; what may pass is an error, and the record comes again.
//
// It refuses to decide what people must: nothing is approved, published, withdrawn or entered on a list here, and taken-over records lead to
// nothing.
package policy
