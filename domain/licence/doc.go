// Package licence is one administrative licence (行政许可): granted (准予), amended (变更), renewed (延续), suspended (暂扣) and
// resumed (恢复), its certificate reissued (补发), and ended by revocation (吊销、撤销、撤回, told apart by their ground),
// cancellation (注销) or expiry (期满); or taken over from an older
// register, one stream per register and licence number, term by term and in any order (历史许可).
//
// Each event is a decision of its own for the public: decision n of a licence is the event at revision n, and State.Decisions
// holds what the licence said after it.
//
// ValidOn answers whether the licence was good on a day, from what is known now, and Validity why it wasn't:
//   - within a term, both days included; a term to 2099-12-31 has no end (长期);
//   - not from the day of a suspension to its last day, or to the day before it was resumed;
//   - not from the day on which it was revoked, cancelled or marked expired, unless it turns out that it was renewed in time;
//   - a taken-over term counts if the register calls it in force or expired. If the register says suspended, revoked or
//     cancelled, it does not say from when, so no day of that term is vouched for.
//
// It guarantees that a row of a register counts once however often and in whatever order it comes, that the same decision
// taken twice is one event, and that the rule broken is named with its article. It refuses changes of a licence that was
// never granted (没有找到相关的历史证书信息) or is cancelled (证书已注销), an end before the beginning, decisions of tomorrow, a new
// licence that is over already, control characters, and numbers of natural persons in any text.
package licence
