// Package reporting counts how an authority reported its licences and penalties to a credit platform (双公示报送考核): how many of the
// decisions of a month had to be reported, which the platform took in time, late or not at all, and the rates by which authorities
// are ranked: 合规率, 迟报率 and 瞒报率. List is the proof beside the counts: each decision event with the receipt that answers for it,
// or named as missing and why.
//
// What the rates are of is not in any text that is known here: bulletins publish the names and the numbers alone (domain facts
// §1.6: a provincial bulletin of February 2024, 合规率 100 %, 迟报率 0.34 %). This ledger counts, and says with every rate, part and
// whole:
//
//   - a decision belongs to the month of its date (决定日期), since timeliness is judged by that (发改办财金〔2018〕424号: within 7 working
//     days from the decision), so that no later event moves it to another month;
//   - 合规率: of the decisions that the platform answered, those that it took without having rejected a row of them before;
//   - 迟报率: of the decisions that the platform took, those whose row went out after the last day. The day on which the row that was
//     taken was submitted first counts: a rejected row stops no clock, and how long the platform takes to answer is not the
//     authority's doing;
//   - 瞒报率: of the decisions that had to be reported, those of which the platform has nothing though the last day is over.
//
// It guarantees that each decision has exactly one Class on a day, that the classes add up to the decisions, that what ended or lost
// its effect only after the last day stays an omission, that a rate is never shown as whole or as nothing where it is not, and that
// a list which was changed, cut, put together of others or counted otherwise is found by Verify. It uses whole numbers alone.
//
// It refuses to judge by anything but the facts in a Decision, and holds no name, number or text of a person.
package reporting
