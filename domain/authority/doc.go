// Package authority is an authority (执法机关): the body in whose name checks are planned, decisions made and results published.
//
// It is registered (登记) with its code (统一社会信用代码), district, level and departments (内设机构); later renamed (更名), given
// further departments or fewer, and succeeded (职责承继) by another when institutions are reformed: five bureaus become one.
//
// It guarantees that a registered authority stays known for ever under its id, so that decisions keep the name of their
// day, and that a succession leads to an authority that exists and stands. It refuses everything else to an authority
// that was succeeded, and every command to anyone but an administrator of the instance, whose task authorities are.
package authority
