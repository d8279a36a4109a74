// Package fairness asks of a set of draws what no single bundle can show: how much of the pools they covered, how often each
// subject, inspector and pair of inspectors came up against expectation, and whether that looks like chance. It is a function
// of published bundles (package sortition) alone, the same to the last digit for whoever computes it; Version names it.
//
// # What is asked
//
// Pools follow from what was drawn before: whoever was just inspected may be left out of the next one. So every question is put to
// one draw at a time, given all that went before, and the answers are put together. To compare with draws made up from the same
// pools would flag an honest bureau for the order that its exclusions bring. Draws count in the order of their times of record
// (Recorded), then of their ids. Of the selection, the draw itself is asked, before replacements: those follow from the
// reserve, which Verify checks. A stratum of which all are drawn, and a team of all who are eligible, leave nothing to ask.
//
//   - Order: with R candidates of a stratum not passed in canonical order, r of them selected, the next is passed over with
//     probability (R-r)/R. So the length of each gap before a selected candidate has a place within what chance gives: L,
//     the probability of a longer one, plus v times that of this one. Places fall into 16 grades, each as likely.
//   - Repeats: of N candidates of a stratum K were selected in an earlier draw, n are selected now, x of these are among
//     the K. The place u of x is P(fewer) + v·P(x), hypergeometric. Over all strata the sums of -ln u and of -ln(1-u) are
//     compared with as many exponential times; p is twice the smaller tail.
//   - Crews: fifteen other crews are chosen by chance from those who were eligible, by the rules of sortition and the published
//     assignments before. The grade of the crew is how many of the fifteen have fewer earlier assignments together, summed
//     over their pairs, plus a number by chance from 0 to those that have as many.
//   - Spared, Singled, Inspectors, Pairs: for each unit the evidence that it was drawn q times as often as its share:
//     q^drawn·e^(-(q-1)·expected); for q = 0 and none drawn, 1/(the probability of that), else 0. Spared takes q of 0 and 1/4,
//     Singled and Pairs 2, 4, 8 and 16, Inspectors 1/4, 1/2, 3/2, 2 and 4. Expected is the sum of n/N, of t/m of m eligible and
//     teams of t, or of t(t-1)/(m(m-1)), across departments t·t'/(m·m'). The statistic is the mean over units and q; p is one
//     by it. That is a bound (Markov), which holds however pools hang on earlier draws and whatever is looked at.
//
// Order and Crews compare Pearson's statistic of their grades with 1999 others: p is (1+as uneven)/2000, or 60 by the number
// made when the sixtieth as uneven is found.
//
// # The rate
//
// A test is flagged at 3000 parts per million (Order, Repeats, Crews), 300 (Spared, Singled) or 200 (Inspectors, Pairs): 10,000
// together. The first three reach their rates exactly, the others stay below theirs, so of fair sets of draws 0.9 to 1 in a
// hundred is flagged. Who looks at many years and bureaus will see some of these.
//
// # What it sees, and what not
//
// A draw of every k-th row, of the same rows, or by turns shows within a year; so does a favoured pair sent with a tenth of some
// hundred subjects. A single protected subject takes long: it is flagged when its chance of never having been drawn is below
// 0.0003·2/(number of subjects), for 2,000 subjects after some 46 monthly draws of 30 in 100, or 320 of 5 in 100. Smallest and
// Visible of a Test say what the draws at hand could have shown: not flagged is never proved fair. It sees nothing of subjects
// that never entered a pool, of results, and of a seed that was chosen among many until a draw pleased; aborted draws are
// counted for that reason. Nor does it ask whether a bundle is genuine: sortition.Verify does.
//
// # The numbers
//
// All are whole, all quotients rounded down if nothing else is said. Parts of one count 2^-62, expectations and logarithms
// 10^-9. L starts at 2^62 and is L·(R-r)/R after each candidate passed over. Hypergeometric and Poisson weights start with 2^48 at
// the mode, floor((n+1)(K+1)/(N+2)) or floor(mean), and go on both ways by the quotient of neighbours until one is 0. A logarithm is
// that to base 2, in 32 binary places by squaring, times 0.693147181; ln(3/2) is 0.405465108. e^x is 2^k·e^y with y below
// 0.693147181, by its series in 2^-62 until a term is 0, and counts 2^-20, at most 2^62; (q-1)·expected is rounded
// towards 0; evidence is divided by 8 before it is summed.
//
// What chance must decide comes from streams: block i is SHA-256(S ‖ u64(i)), S = SHA-256(LP("mingjian/fairness/v1/" purpose) ‖
// K ‖ LP(part)…), LP and u64 as in the draw. K is SHA-256(LP("mingjian/fairness/v1") ‖ terms ‖ seed) of the draw. v is the first
// eight bytes without their two lowest bits: purpose order, parts stratum and subject; purpose repeats, part stratum. Purpose crews,
// part subject: for each other crew and each department, with its eligible in order of their ids, places i = 0 … t-1 are exchanged
// with i + (upper half of the product of the next eight bytes and what is left), at last the ties in the same way. Purpose
// reference/order or reference/crews, K the SHA-256 of the sixteen counts as u64, no parts: half bytes, the upper first, are grades
// of the others; each begins with a new block.
//
// It refuses a draw that is given twice and one whose selection or teams could not have come from its pool and terms. It reads
// no clock and holds, beside one pool at a time, some hundred bytes for each subject; pairs are counted for up to MostPaired inspectors.
package fairness
