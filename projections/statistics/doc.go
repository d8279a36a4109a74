// Package statistics counts what is public: inspections by outcome, penalties by kind with their amounts, licence decisions
// by action and by category, entries on lists by ground, releases by kind, draws by state, tasks by kind and requests for
// correction by outcome; each for all authorities and each one, for
// all years and each one.
//
// It guarantees that every count is the plain sum over what is public now, exact after any correction or withdrawal: what a
// record added is kept, and taken away before it adds anew. Releases are the exception, being acts that stay: a withdrawal
// adds one.
//
// It refuses to estimate, to count what was not published, and to show a count of nothing.
package statistics
