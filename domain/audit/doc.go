// Package audit is the trail (查阅日志) of who read what is not public: one stream for each authority and day, one event for
// each answer that left, whether a record that is not published or personal data of a natural person.
//
// It guarantees that an entry says who (account, role, authority), what (the method and the ids in the request), why, if a
// purpose was given, and under which request id. It refuses purposes that hold long numbers, since an entry is for ever and
// identity numbers and phones have no place in it; an id in a request that looks like an identity number is left out of the
// entry. What was found is not in the trail: the answer can be told from the log as of the entry's position.
package audit
