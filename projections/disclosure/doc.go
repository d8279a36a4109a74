// Package disclosure is the view of disclosures (公示) for staff: the document under way with who submitted, reviewed and
// approved it, and the last release.
//
// It guarantees one row per disclosure, listed by authority, status and kind of record with what was submitted last first;
// lists leave the documents out. It refuses to be the public's list: that derives from releases alone.
package disclosure
