// Package roster is the two rosters (两库) from which spot checks are drawn: the subjects of inspection (检查对象名录库) and the
// inspectors (执法检查人员名录库). Each subject and each inspector is a stream of its own.
//
// A subject is recorded (建档) by the authority that keeps it, and later renamed (更名), moved (迁址), given a business status
// (登记状态), a class (信用风险分类: the letters, their source and the month are data, not constants) or attributes in a business
// line (行业属性: class within the line, licences held, 重点单位). Recording is an upsert, so
// that the same file can be taken in twice: what is the same leads to no event, what differs leads to the event that says so,
// and a field left blank says nothing. One that went on as another subject (吸收合并、新设合并、转型、换码) names it as its
// successor (承继), unless that was a mistake and is revoked; its id stays what it is. An inspector is enrolled (入库), licensed anew (执法证换发), reassigned (调整), suspended
// (暂停), reinstated (恢复), and declares conflicts of interest (回避, 行政处罚法 art. 43).
//
// It guarantees that a code which fails GB 32100 is kept with its findings, since such codes were really issued; that lines,
// districts and findings are sorted and without repetition, as the draw needs them; and that an entry is changed only by the
// authority that keeps it.
//
// It refuses the placeholder code as an id, a resident identity number (公民身份号码) in any field, a class older than the one
// recorded, a successor that is not on the roster or has one itself, and to enrol another person under an id in use.
package roster
