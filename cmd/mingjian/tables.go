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
	return map[string]tableInfo{
		"audited_read":             {false, &viewv1.AuditedRead{}},
		"authority":                {true, &viewv1.Authority{}},
		"catalogue_version":        {true, &viewv1.Catalogue{}},
		"catalogue_draft":          {false, &viewv1.Catalogue{}},
		"catalogue_content":        {true, &viewv1.Catalogue{}},
		"deadline":                 {true, &viewv1.Deadline{}},
		"punctuality":              {true, &viewv1.Punctuality{}},
		"disclosure":               {false, &viewv1.Disclosure{}},
		"withheld":                 {false, &viewv1.Withholding{}},
		"repair":                   {false, &viewv1.Repair{}},
		"running_term":             {false, nil},
		"correction_request":       {false, &viewv1.CorrectionRequest{}},
		"correction_request_state": {true, &viewv1.CorrectionRequestState{}},
		"reply":                    {false, &viewv1.Replies{}},
		"draw":                     {true, &viewv1.Draw{}},
		"drawn_subject":            {true, &viewv1.DrawnSubject{}},
		"last_checked":             {false, nil},
		"draw_entry":               {false, &viewv1.DrawEntries{}},
		"checked_matter":           {false, nil},
		"enterprise":               {true, &viewv1.Enterprise{}},
		"enterprise_former":        {false, &viewv1.Enterprise{}},
		"enterprise_entry":         {true, &viewv1.EnterpriseEntry{}},
		"enterprise_disclosure":    {false, &viewv1.Released{}},
		"enterprise_head":          {true, nil},
		"ledger_epoch":             {false, nil},
		"licence":                  {true, &viewv1.Licence{}},
		"listing":                  {false, &viewv1.Listing{}},
		"penalty":                  {false, &viewv1.Penalty{}},
		"personal_item":            {false, &viewv1.PersonalItem{}},
		"personal_of_record":       {false, &viewv1.PersonalItem{}},
		"personal_of_person":       {false, &viewv1.PersonalItem{}},
		"shredding":                {false, &viewv1.Shredding{}},
		"plan":                     {true, &viewv1.Plan{}},
		"plan_draft":               {false, &viewv1.Plan{}},
		"task":                     {true, &viewv1.Task{}},
		"release":                  {true, &viewv1.Release{}},
		"release_head":             {true, nil},
		"released":                 {true, &viewv1.Released{}},
		"released_former":          {true, &viewv1.Released{}},
		"released_subject":         {true, nil},
		"released_past_list":       {false, &viewv1.HistoryNode{}},
		"released_past_root":       {false, &viewv1.HistoryNode{}},
		"released_past_node":       {false, &viewv1.HistoryNode{}},
		"return_row":               {false, &viewv1.ReturnRow{}},
		"return_count":             {false, &viewv1.AnnualPart{}},
		"return_state":             {false, &viewv1.ReturnState{}},
		"return_head":              {false, nil},
		"return_source":            {false, &viewv1.ReturnRow{}},
		"return_task":              {false, nil},
		"roster_subject":           {false, &viewv1.RosterSubject{}},
		"roster_inspector":         {false, &viewv1.RosterInspector{}},
		"roster_conflict":          {false, &viewv1.RosterConflict{}},
		"roster_code":              {true, nil},
		"roster_change":            {false, nil},
		"sampling":                 {true, &viewv1.Sampling{}},
		"sampling_desk":            {false, &viewv1.SamplingDesk{}},
		"sampling_result":          {false, &viewv1.SamplingResult{}},
		"sampling_shown":           {true, &viewv1.PublicSamplingResult{}},
		"statistic":                {true, &viewv1.Statistic{}},
		"statistic_source":         {true, &viewv1.StatisticContribution{}},
		"work_item":                {false, &viewv1.WorkItem{}},
		"inspection":               {false, &viewv1.Inspection{}},
		"inspection_assignment":    {false, nil},
		"work_disclosure":          {false, nil},
		"work_listing":             {false, nil},
		"work_dispute":             {false, nil},
	}
}
