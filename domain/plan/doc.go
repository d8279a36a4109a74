// Package plan is a yearly spot-check plan (年度抽查计划) with its tasks (抽查任务).
//
// A plan is drafted (编制) on a published version of an item list, approved (审批) by another person, published (公布) with a
// document number, amended (调整) with a reason, or cancelled (取消). On a published plan tasks are opened (下达): targeted
// (定向) or untargeted (不定向), for items of the pinned version, with the scope of subjects, the strata and their ratios or
// counts, the departments with the size of their teams, and the time window; a task may be cancelled. What a task says is
// what the draw is held to.
//
// It guarantees that the items of a task stand in the published version that the plan pins and share the task's line, that
// no ratio is above what its items allow, that the teams of a task make two inspectors at least (行政处罚法 art. 42), that
// another person than those who drafted and amended it approved what is published (the approval names the digest of its content,
// and is refused if the approver named another), and that a task id tells its plan: it is
// the plan's id, "-" and a suffix.
//
// It refuses a task on a plan that is not published, two departments' authorities on a plan that is not joint (联合抽查), a
// targeted task without a condition, to cancel a plan while a task of it is open, and to cancel a task while a draw of it
// stands: nobody gets rid of an outcome that way.
package plan
