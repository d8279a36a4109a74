// Package redaction proposes, by rule, what is taken out of a text before the public sees it (去标识化): identity numbers,
// phones, bank accounts, home addresses, contacts, plates, health, and names of persons who are not the subject of the record
// (Order 45 art. 6, 个人信息保护法 art. 28). A person approves what was proposed, or proposes other spans.
//
// It guarantees that the same text and context give the same spans; that spans are in order, inside the text and do not
// overlap; that where two rules overlap all that either would hide is hidden, under the stricter of them; that a text from
// which the proposed spans were taken holds nothing more that a hard rule would find; and that Diff gives both texts back, rune
// for rune. Check digits raise the confidence of a number; a number of the right shape is never passed over for failing them.
//
// It refuses to lift a hard rule (identity and bank numbers, mobile phones), and to let a replacement bring in what a hard
// rule would find. It does not decide: where a trader lives where he trades, or where a firm is named like a person, the
// confidence is low and the reviewer sees it. Business addresses and trade names stand in registers and stay.
package redaction
