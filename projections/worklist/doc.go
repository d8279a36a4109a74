// Package worklist is the view of what waits for whom (待办): inspections to record, to confirm, to hand over, or to leave to a
// later task for want of inspectors, notices to serve, re-checks due, procedures of which the end is not known yet, disclosures
// to review layer by layer, approve, publish, mend, withhold or withdraw, withholdings to look at again, applications for credit
// repair to check and decide, findings of which the party is to be told or which are to be decided on, applications for removal
// from a list, requests for correction, and rows for credit platforms that are held or were rejected; and of the inspections themselves as staff see them.
//
// It guarantees that a thing waits exactly as long as it is not done: items are told from the state of the inspection or
// disclosure, and go when that no longer asks for them. Last days are those of the task or order, or statutory periods in
// working days. It refuses to decide anything; who may do it is asked again when it is done.
package worklist
