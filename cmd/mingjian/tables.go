package main

import (
	"google.golang.org/protobuf/proto"

	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// tableInfo says of a table of the views what people who look at a difference want to know.
type tableInfo struct {
	public   bool          // the public is answered from it
	document proto.Message // what its documents are; nil for JSON, a text or none
}

// tableInfos are all tables of allProjections.
func tableInfos() map[string]tableInfo {
	all := map[string]tableInfo{}
	for name, document := range publicTables() {
		all[name] = tableInfo{public: true, document: document}
	}
	for name, document := range innerTables() {
		all[name] = tableInfo{public: false, document: document}
	}
	return all
}

func publicTables() map[string]proto.Message {
	return map[string]proto.Message{
		"authority":                &viewv1.Authority{},
		"catalogue_version":        &viewv1.Catalogue{},
		"catalogue_content":        &viewv1.Catalogue{},
		"deadline":                 &viewv1.Deadline{},
		"punctuality":              &viewv1.Punctuality{},
		"correction_request_state": &viewv1.CorrectionRequestState{},
		"draw":                     &viewv1.Draw{},
		"drawn_subject":            &viewv1.DrawnSubject{},
		"enterprise":               &viewv1.Enterprise{},
		"enterprise_entry":         &viewv1.EnterpriseEntry{},
		"enterprise_head":          nil,
		"licence":                  &viewv1.Licence{},
		"plan":                     &viewv1.Plan{},
		"task":                     &viewv1.Task{},
		"release":                  &viewv1.Release{},
		"release_head":             nil,
		"released":                 &viewv1.Released{},
		"released_former":          &viewv1.Released{},
		"released_subject":         nil,
		"roster_code":              nil,
		"sampling":                 &viewv1.Sampling{},
		"sampling_shown":           &viewv1.PublicSamplingResult{},
		"statistic":                &viewv1.Statistic{},
		"statistic_source":         &viewv1.StatisticContribution{},
	}
}

func innerTables() map[string]proto.Message {
	return map[string]proto.Message{
		"audited_read":          &viewv1.AuditedRead{},
		"catalogue_draft":       &viewv1.Catalogue{},
		"disclosure":            &viewv1.Disclosure{},
		"withheld":              &viewv1.Withholding{},
		"repair":                &viewv1.Repair{},
		"running_term":          nil,
		"correction_request":    &viewv1.CorrectionRequest{},
		"reply":                 &viewv1.Replies{},
		"last_checked":          nil,
		"draw_entry":            &viewv1.DrawEntries{},
		"checked_matter":        nil,
		"enterprise_former":     &viewv1.Enterprise{},
		"enterprise_disclosure": &viewv1.Released{},
		"ledger_epoch":          nil,
		"listing":               &viewv1.Listing{},
		"penalty":               &viewv1.Penalty{},
		"personal_item":         &viewv1.PersonalItem{},
		"personal_of_record":    &viewv1.PersonalItem{},
		"personal_of_person":    &viewv1.PersonalItem{},
		"shredding":             &viewv1.Shredding{},
		"plan_draft":            &viewv1.Plan{},
		"released_past_list":    &viewv1.HistoryNode{},
		"released_past_root":    &viewv1.HistoryNode{},
		"released_past_node":    &viewv1.HistoryNode{},
		"return_row":            &viewv1.ReturnRow{},
		"return_count":          &viewv1.AnnualPart{},
		"return_state":          &viewv1.ReturnState{},
		"return_head":           nil,
		"return_source":         &viewv1.ReturnRow{},
		"return_task":           nil,
		"roster_subject":        &viewv1.RosterSubject{},
		"roster_inspector":      &viewv1.RosterInspector{},
		"roster_conflict":       &viewv1.RosterConflict{},
		"roster_change":         nil,
		"sampling_desk":         &viewv1.SamplingDesk{},
		"sampling_result":       &viewv1.SamplingResult{},
		"work_item":             &viewv1.WorkItem{},
		"inspection":            &viewv1.Inspection{},
		"inspection_assignment": nil,
		"work_disclosure":       nil,
		"work_listing":          nil,
		"work_dispute":          nil,
		"work_delivery":         nil,
		"delivery":              &viewv1.Delivery{},
		"delivery_row":          &viewv1.KeptDeliveryRow{},
		"delivery_head":         &viewv1.DeliveryHead{},
		"delivery_batch":        nil,
		"delivery_count":        &viewv1.DeliveryCounts{},
		"reporting":             &viewv1.ReportedDecision{},
		"reporting_head":        nil,
		"reporting_licence":     nil,
		"reporting_rows":        nil,
	}
}
