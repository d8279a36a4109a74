// Package draw is the random draw (随机抽取) of a spot check: who is inspected (检查对象) and by whom (执法检查人员), as a public,
// deterministic function of published data (mingjian/draw/v1, package sortition).
//
// A draw is frozen (冻结名录): the pools of one task are written down, their Merkle roots and digests are its first event. Its
// terms are fixed and bound to randomness that nobody can know yet: a public source (公开随机源), sealed nonces of several
// parties (参与方承诺), or both. Parties commit (承诺) and, when nobody can commit any more, reveal (揭示). What the source said is
// recorded. Then the draw is run, by anyone with the same result, and subjects that can't be inspected are replaced from the
// reserve order (候补) alone. Aborted draws stay and are numbered.
//
// It guarantees that nothing which enters the seed can be chosen by somebody who knows the rest: terms are fixed before the
// source speaks, commitments end then, reveals begin then; that a value which its source signs is verified, and that one which
// nothing proves is recorded before anybody reveals, beside two parties at least, when two people have entered the same, each for
// themselves (an entry that differs stays for all to see; a further person decides, or the draw is aborted); that selection and
// replacements are those of sortition; that the bundle written from state and blobs is all a verifier needs; that a subject which
// was checked for a matter as often as the item list allows in a year (年度频次上限) is in no pool, whichever authority checked it,
// and that those left out are counted by reason.
//
// It refuses to change terms that are fixed, to take a namesake from another authority for a party, to blame a party that could
// not have acted yet, to abort a draw whose outcome can be computed (also where only the record of what the source said is
// missing), to take more of a stratum than an item's yearly ratio allows (年度抽查比例上限), whether by ratio or by count and with
// the year's earlier draws, a lone party without a public source (it could choose its nonce to its liking), and everything that
// sortition refuses.
package draw
