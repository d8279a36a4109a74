// Package dispute is what others say to a record that is public: a party's reply (陈述、回应), which is shown beside the record, and
// requests to correct it (更正申请) by a party or any citizen (政府信息公开条例 art. 41, Order 45 art. 12, 企业信息公示暂行条例 art. 12).
//
// Replies are kept by disclosure. A party has one reply that stands; another one takes its place, and it can be taken back. A
// reply is no release by itself: it becomes part of the public document, which passes the same reviews as any other. A request
// is registered with its day and channel, verified, decided (corrected, partly, refused with a reason) and, unless refused,
// open until it is linked to the release that made it good.
//
// It guarantees that only parties of what is public reply, that whoever made, reviewed or approved a record and whoever verified a request doesn't
// decide on that request, that the release which a request is linked to is a later one of the same record, and that a command
// repeated is no second event.
//
// It refuses identity numbers of natural persons and, from requesters, telephone numbers in any text: who asks is not kept,
// the state of a request is found by its id. Files are known by their digest alone.
package dispute
