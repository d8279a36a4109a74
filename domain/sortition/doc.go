// Package sortition is the double random draw (双随机) as a pure function: from frozen pools, committed terms and revealed
// randomness to the subjects that are inspected, the inspectors who go there, and the order in which replacements follow.
// The algorithm is mingjian/draw/v1; a Bundle holds everything a stranger needs to recompute it.
//
// The life of a draw: Freeze the pools, seal the Terms and the parties' nonces with Seal, Draw when the beacon has spoken
// and the nonces are open, Replace only from the reserve, Verify the published Bundle; ReadBundle reads one of any size.
//
// It guarantees that the same inputs give the same bytes on every machine, that neither the order of arrival nor the number
// of processors matters, that every refusal names the field and the rule, and that Verify names the first step at which a
// bundle differs from what it must be. Subjects stream: memory grows with the number drawn, not with the pool.
//
// What a bundle states and cannot prove: its number among the draws of the task, the exclusions, the times of record as long as
// they are before the beacon, who entered the value of a source that does not sign, the reasons of replacements, and which
// replacements were made (a bundle from before the last of them verifies as well). Everything else is bound, and no single edit
// of it passes.
//
// It refuses terms that leave a choice open, pools that are out of order or name a subject twice, a reveal that does not
// fit its commitment, and a replacement from anywhere but the reserve. It reads no clock, no file and no network, and it
// normalises nothing: identifiers are made equal before they enter a pool.
package sortition

// Version names the algorithm and the form of its bundle.
const Version = "mingjian/draw/v1"
