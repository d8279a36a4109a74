// Package plan keeps the views of yearly spot-check plans (年度抽查计划) and of their tasks (抽查任务).
//
// It guarantees that the list of published plans never holds one that was not published: those stand in a table of their own
// with the accounts of drafter and approver, which are dropped on publication. Tasks exist on published plans only, so all
// of them are public. Lists are newest first, by the plan's year and the place in the log; what was cancelled stays with its
// reason. It refuses to list by authority and plan at once.
package plan
