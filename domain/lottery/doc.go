// Package lottery knows the form of what number lotteries (福利彩票、体育彩票) draw, so that a random draw can be bound to one: the
// name of the game, the issue number (期号) as the round, the time of the drawing as the instant before which nobody knows the
// numbers, and the drawn numbers in drawing order, decimal, joined by "-".
//
// It guarantees one spelling of a round and of a value: no leading zeros, no blanks, as many numbers as the game draws, each in
// its range, none twice where balls are not put back. What a game draws is a row of a table (see games), or, for a game that
// is not there, part of its name, "lottery:LABEL:SHAPE": "lottery:某省风采:7of1-36,1x0-9" draws seven different numbers from 1 to
// 36 and one from 0 to 9. The name stands in the terms of the draw, so that its shape can't be changed afterwards.
//
// It refuses to tell whether numbers were drawn, since no lottery signs them: people must enter them. It refuses to tell when
// an issue is drawn, too: holidays move the issues, so that the time is the word of whoever fixes the terms.
package lottery
