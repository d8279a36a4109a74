package worklist

import (
	"time"

	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/dispute"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/listing"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Name is the projection's name.
const Name = "worklist.v4"

// The tables: what waits, inspections by id, inspections by inspector, and disclosures, cases of lists, requests for correction
// and deliveries to platforms that something may wait at.
const (
	Table           = "work_item"
	InspectionTable = "inspection"
	assignmentTable = "inspection_assignment"
	disclosureTable = "work_disclosure"
	listingTable    = "work_listing"
	disputeTable    = "work_dispute"
	deliveryTable   = "work_delivery"
)

// divider parts the parts of a key; no id holds it.
const divider = "|"

// Columns.
const (
	colAuthority = "authority"
	colInspector = "inspector"
	colRole      = "role"
	colDue       = "due"
	colTask      = "task"
	colSubject   = "subject"
	colState     = "state"
	colAt        = "at" // place of the first event in the log
)

// Projection keeps what waits, and the inspections.
func Projection() projections.Projection {
	return projections.Projection{
		Name: Name,
		Tables: []projections.Table{
			{
				Name: Table, Columns: []string{colAuthority, colInspector, colRole, colDue},
				Indexes: [][]string{{colInspector, colDue}, {colAuthority, colDue}, {colAuthority, colRole, colDue}},
			},
			{
				Name: InspectionTable, Columns: []string{colAuthority, colTask, colSubject, colState, colAt},
				Indexes: [][]string{
					{colAt}, {colState, colAt}, {colAuthority, colAt}, {colAuthority, colState, colAt},
					{colTask, colAt}, {colTask, colState, colAt}, {colSubject, colAt}, {colSubject, colState, colAt},
				},
			},
			{
				Name: assignmentTable, Columns: []string{colInspector, colState, colAt},
				Indexes: [][]string{{colInspector, colAt}, {colInspector, colState, colAt}},
			},
			{Name: disclosureTable},
			{Name: listingTable},
			{Name: disputeTable},
			{Name: deliveryTable},
		},
		Project: project,
	}
}

func project(rec es.Record) (projections.Change, error) {
	switch {
	case inspection.Codec().Knows(rec.Type):
		return projectInspection(rec)
	case disclosure.Codec().Knows(rec.Type):
		return projectDisclosure(rec)
	case listing.Codec().Knows(rec.Type):
		return projectListing(rec)
	case dispute.Codec().Knows(rec.Type):
		return projectDispute(rec)
	case penalty.Codec().Knows(rec.Type):
		return projectPenalty(rec)
	case delivery.Codec().Knows(rec.Type):
		return projectDelivery(rec)
	}
	return projections.Change{}, nil
}

// replace puts what waits now in the place of what waited before. What waits on unchanged keeps its row.
func replace(rows *projections.Rows, before, now []*viewv1.WorkItem, at time.Time) error {
	had := map[string]*viewv1.WorkItem{}
	for _, item := range before {
		had[item.GetId()] = item
	}
	for _, item := range now {
		if old, same := had[item.GetId()]; same {
			delete(had, item.GetId())
			if equal(old, item) {
				continue
			}
		}
		item.Since, item.KindLabel = instant(at), kindLabel(item.GetKind())
		row := projections.Row{
			Key:     item.GetId(),
			Columns: []string{item.GetAuthorityId(), item.GetInspectorId(), item.GetRole(), dueColumn(item.GetDueOn())},
		}
		if err := document.Put(rows, Table, row, item); err != nil {
			return err
		}
	}
	for _, item := range before {
		if had[item.GetId()] != nil {
			rows.Delete(Table, item.GetId())
		}
	}
	return nil
}

// equal compares what can change while an item waits.
func equal(a, b *viewv1.WorkItem) bool {
	return a.GetKind() == b.GetKind() && a.GetDueOn() == b.GetDueOn() && a.GetTitle() == b.GetTitle() &&
		a.GetRole() == b.GetRole() && a.GetAuthorityId() == b.GetAuthorityId()
}

// dueColumn puts what has no last day behind what has one.
func dueColumn(due string) string {
	if due == "" {
		return "9999-99-99"
	}
	return due
}

func kindLabel(kind string) string {
	switch kind {
	case recordResult:
		return "录入检查结果"
	case confirmResult:
		return "确认检查结果"
	case serveNotice:
		return "送达通知书"
	case recheckDue:
		return "复查"
	case handOver:
		return "移送后续处理"
	case closeFollowUp:
		return "办结移送事项"
	case leaveToLater:
		return "检查人员不足，转入后续抽查"
	case reviewDisclosure:
		return "审核公示内容"
	case approveDisclosure:
		return "批准公示"
	case publishDisclosure:
		return "公示"
	case resubmitDisclosure:
		return "修改后重新报审"
	case withdrawDisclosure:
		return "撤回公示"
	case passLayer:
		return "逐级审核公示内容"
	case decideWithholding:
		return "决定是否不予公开"
	case checkWithholding:
		return "自查不予公开的信息"
	case checkRepair:
		return "核查信用修复申请"
	case decideRepair:
		return "决定信用修复申请"
	case notifyFinding:
		return "列入前告知当事人"
	case decideFinding:
		return "决定是否列入名录"
	case decideRemoval:
		return "决定是否移出名录"
	case verifyRequest:
		return "核实更正申请"
	case decideRequest:
		return "决定更正申请"
	case linkRequest:
		return "关联更正后的公示"
	case mendDelivery:
		return "补正双公示报送数据"
	case resolveRejection:
		return "处理平台退回的数据"
	}
	return ""
}

// place makes an order column of a position.
func place(p es.Position) string {
	commit, _ := p.Pair()
	return projections.Num(commit)
}

func instant(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }
