// Package sampling is the supervision of products by sampling (产品质量监督抽查, 食品安全抽样检验): campaigns (抽检工作) with their
// four publications (四公开), and the results of single sampled products.
//
// A campaign publishes its work plan (工作计划), its sampling scheme (抽查方案), who tests and how that was settled (检验机构的确定) and
// its results (抽查结果), each by an act of its own with a document number and a date. What was published never changes: a new
// version with a reason takes its place, and Campaign.Missing tells which of the four is still owed. A version of the results
// names the list of all documents that are public from then on by digest; a Document is what the public sees of one result.
//
// A result is what a laboratory found of one sampled product. If a batch fails, handling (核查处置) opens with the result and
// stays open until it is closed with an outcome. The sampled party (被抽样单位) or the nominal producer (标称生产企业) may object
// within the clock that Rules tell; a re-test (复检) by another laboratory stands (复检结论为最终结论), and if it passes the
// handling ends by itself.
//
// It guarantees that whoever drafted doesn't publish, that whoever entered a result doesn't publish the results, that whoever
// took the last step of a handling doesn't close it, that a command repeated is no second event, and that the rule broken is
// named. It refuses more failing batches than were drawn, failing batches without the items that failed, a laboratory that was
// not settled on, a late objection, a re-test by the laboratory that tested, and identity numbers of natural persons.
package sampling
