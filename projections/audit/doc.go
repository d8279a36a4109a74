// Package audit is the view of the trail (查阅日志): who read what is not public, for auditors.
//
// It guarantees one row per entry of the log, listed by time, of all or of one authority, account or record. It refuses to
// tell what the answers held.
package audit
