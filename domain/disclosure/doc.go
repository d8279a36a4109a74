// Package disclosure is the way of one record to the public (公示): an inspection's result, a penalty or a decision on a
// licence is submitted (报审), reviewed (审核) for secrecy and against the negative list (保密审查、负面清单, 政府信息公开条例 art. 17),
// approved (批准) and published (公示); what was published may be corrected (更正) or withdrawn (撤回) with its reason, and what
// was public before this ledger held it is adopted (历史数据迁移).
//
// A Document is exactly what the public sees: canonical JSON (RFC 8785), de-identified before it comes here. Each release
// stores it whole with its SHA-256, so that what the public saw on any day can be told for ever. Releases of one disclosure
// are numbered from 1; a withdrawal takes a number too.
//
// It guarantees that what is published is byte for byte what was approved and reviewed (every act names the digest) and what
// the record says then, that submitter, reviewer and approver are different accounts on every path (whoever made the record
// counts as submitter of what a policy submits), that a new document sends the case back to its start, that until it is public
// a document can be stopped, and that only documents of the authority's own records pass.
//
// It refuses documents over MaxDocument, a subject without a name, control characters in any text (a line feed may stand in
// prose), resident identity numbers in any text, bank accounts and mobile numbers in prose, a correction or withdrawal without a
// reason, and to adopt anything over what is public already. Natural persons' numbers and addresses have no field in a Document.
package disclosure
