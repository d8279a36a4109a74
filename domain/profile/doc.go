// Package profile holds what receiving platforms (信用平台) want to be told of a penalty or a licence, as data: the columns of
// 双公示 with label, obligation, type, length, codes and rules, per platform, kind and days on which they hold. A profile is the
// one source for checking a record, for its row, for the columns of a file, for the JSON Schema and for the documentation.
//
// It guarantees that amounts and dates are converted exactly, that the same facts give the same bytes, that a text is never
// cut, and that whoever reads a problem learns the column, its label and the rule in Chinese and English. What nobody has
// confirmed of a column says so (unverified).
//
// It refuses to give a row that breaks a rule of its profile: there are problems instead, all of them at once. It refuses
// numbers that identify a natural person: their columns are named and stay empty, and are filled where a file is written.
// It refuses profiles that it doesn't understand whole: an unknown member of a file is an error that names it.
package profile
