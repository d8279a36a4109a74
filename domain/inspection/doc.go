// Package inspection is one inspection (检查): of one subject, within one task of a spot check (抽查任务) or as taken over from
// an older system (历史检查记录).
//
// A drawn inspection is assigned (派发) to the teams of the draw, recorded (录入检查结果) by each department, confirmed (确认) by a
// second inspector, and concluded (办结) by itself once every department with a team has recorded and at least two different
// assigned inspectors have recorded or confirmed: law enforcement takes two (行政处罚法 art. 42). Before that the subject may be
// told by a notice (通知书), whose service (送达) is recorded. A record answers the check lists of the item list that the plan
// pins, line by line, and says who was there, who was met and whether they signed. What follows is kept with it: each
// department's orders to put right (责令改正) and their re-checks (复查), handing over (移送) to case filing (立案) or to the list of
// abnormal operations (经营异常名录) until it is known what came of it, and corrections with a reason (更正). What too few of the
// drawn inspectors can finish is called off (终止检查) with a reason and left to a later task: nobody is put in their place by
// hand.
//
// It guarantees that only inspectors of the assigned team record, confirm and correct, that no inspector counts twice, that
// a confirmation stands for the content it was given to (a correction before the end asks for it again), that the outcomes
// are those of the table (see Outcomes), several at a time, 未发现问题 only alone, and that a department which could carry out
// its inspection has an opinion on each line of its own matters. When something was and when it was recorded both stand.
//
// It refuses to change what is recorded except by a correction, outcomes that contradict the findings, times in the future,
// inspectors without a valid certificate, identity and mobile numbers of people, and to take over one record twice with
// different content.
package inspection
