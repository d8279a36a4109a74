// Package person is a natural person whose data the vault keeps, under the random name by which events know the person: no
// name, no number, only whether the data are to be destroyed (个人信息删除, Personal Information Protection Law art. 47).
//
// A key opens what all authorities sealed of a person, so its destruction takes two: an approver of an authority that keeps
// records of the person asks for it with a ground of the law and a reason; an administrator of the instance, under another
// account, confirms it or drops the request. It guarantees that the request, who made it and on which ground stay on record,
// and that a shredding is decided once and for ever. It refuses a ground that the law does not have, one account on both
// sides, and everything about a person whose data are destroyed. The destruction itself is the vault's; it follows from the
// event, again whenever an older copy of the vault is put back.
package person
