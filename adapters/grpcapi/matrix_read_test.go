package grpcapi_test

import (
	"maps"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// readCase is how staff read what is not public, and why another authority's may where they do.
type readCase struct {
	given func(*matrixWorld)
	shows func(*matrixWorld) string // what the own clerk sees and another authority's must not
	reqs  []func(*matrixWorld) proto.Message
	open  string
}

func readCases() map[string]readCase {
	const offices, published, drawn = "offices are no secret", "tasks are opened on published plans only", "a draw is public from its freezing on"
	return map[string]readCase{
		"AuthorityService/GetAuthority": {open: offices}, "AuthorityService/ListAuthorities": {open: offices},
		"PlanService/GetTask": {open: published}, "PlanService/ListTasks": {open: published},
		"DrawService/GetDraw": {open: drawn}, "DrawService/ListDraws": {open: drawn}, "DrawService/ListDrawnSubjects": {open: drawn},
		"CatalogueService/GetCatalogue": {given: draftedList, shows: always("抽查事项清单"), reqs: asks(&mingjianv1.GetCatalogueRequest{CatalogueId: matrixList, Version: 1})},
		"CatalogueService/ListCatalogues": {given: draftedList, shows: always("抽查事项清单"), reqs: asks(
			&mingjianv1.ListCataloguesRequest{Drafts: true}, &mingjianv1.ListCataloguesRequest{Drafts: true, CatalogueId: matrixList},
			&mingjianv1.ListCataloguesRequest{Drafts: true, AuthorityId: string(ownBureau)})},
		"PlanService/GetPlan": {given: approvedPlan, shows: always(matrixPlan), reqs: asks(&mingjianv1.GetPlanRequest{PlanId: matrixPlan})},
		"PlanService/ListPlans": {given: approvedPlan, shows: always(matrixPlan), reqs: asks(
			&mingjianv1.ListPlansRequest{Drafts: true}, &mingjianv1.ListPlansRequest{Drafts: true, AuthorityId: string(ownBureau)},
			&mingjianv1.ListPlansRequest{Drafts: true, Year: 2026}, &mingjianv1.ListPlansRequest{Drafts: true, Status: "approved"})},
		"RosterService/GetSubject": {given: rosters, shows: always("第1商店"), reqs: asks(&mingjianv1.GetSubjectRequest{SubjectId: newSubject(1).GetId()})},
		"RosterService/ListSubjects": {given: rosters, shows: always("第1商店"), reqs: asks(
			&mingjianv1.ListSubjectsRequest{}, &mingjianv1.ListSubjectsRequest{AuthorityId: string(ownBureau)}, &mingjianv1.ListSubjectsRequest{District: "540102"})},
		"RosterService/GetInspector": {given: rosters, shows: always("检查员XZ-001"), reqs: asks(&mingjianv1.GetInspectorRequest{InspectorId: "XZ-001"})},
		"RosterService/ListInspectors": {given: rosters, shows: always("检查员XZ-001"), reqs: asks(
			&mingjianv1.ListInspectorsRequest{}, &mingjianv1.ListInspectorsRequest{AuthorityId: string(ownBureau)}, &mingjianv1.ListInspectorsRequest{Department: "市场监管"})},
		"RosterService/ListConflicts": {given: conflict, shows: always("kinship"), reqs: asks(
			&mingjianv1.ListConflictsRequest{}, &mingjianv1.ListConflictsRequest{AuthorityId: string(ownBureau)}, &mingjianv1.ListConflictsRequest{InspectorId: "XZ-001"})},
		"InspectionService/GetInspection": {given: ownInspection, shows: always("SEVEN STAR"), reqs: asks(&mingjianv1.GetInspectionRequest{InspectionId: "old:1"})},
		"InspectionService/ListInspections": {given: ownInspection, shows: always("SEVEN STAR"), reqs: asks(
			&mingjianv1.ListInspectionsRequest{}, &mingjianv1.ListInspectionsRequest{AuthorityId: string(ownBureau)},
			&mingjianv1.ListInspectionsRequest{SubjectId: "ext:old:1"}, &mingjianv1.ListInspectionsRequest{State: "taken_over"})},
		"PenaltyService/GetPenalty": {given: decidedPenalty, shows: made("penalty"), reqs: []func(*matrixWorld) proto.Message{
			of(func(w *matrixWorld, m *mingjianv1.GetPenaltyRequest) { m.PenaltyId = w.ids["penalty"] }, &mingjianv1.GetPenaltyRequest{})}},
		"PenaltyService/ListPenalties": {given: decidedPenalty, shows: made("penalty"), reqs: asks(
			&mingjianv1.ListPenaltiesRequest{}, &mingjianv1.ListPenaltiesRequest{AuthorityId: string(ownBureau)}, &mingjianv1.ListPenaltiesRequest{Query: "甲公司"})},
		"LicenceService/GetLicence": {given: grantedLicence, shows: made("licence"), reqs: []func(*matrixWorld) proto.Message{
			of(func(w *matrixWorld, m *mingjianv1.GetLicenceRequest) { m.LicenceId = w.ids["licence"] }, &mingjianv1.GetLicenceRequest{})}},
		"LicenceService/ListLicences": {given: grantedLicence, shows: made("licence"), reqs: asks(
			&mingjianv1.ListLicencesRequest{}, &mingjianv1.ListLicencesRequest{AuthorityId: string(ownBureau)}, &mingjianv1.ListLicencesRequest{Query: "甲公司"},
			&mingjianv1.ListLicencesRequest{SubjectId: "91320105780688132K"})},
		"DisclosureService/GetDisclosure": {given: submittedDisclosure, shows: made("disclosure"), reqs: []func(*matrixWorld) proto.Message{
			of(func(w *matrixWorld, m *mingjianv1.GetDisclosureRequest) { m.DisclosureId = w.ids["disclosure"] }, &mingjianv1.GetDisclosureRequest{})}},
		"DisclosureService/ListDisclosures": {given: submittedDisclosure, shows: made("disclosure"), reqs: asks(
			&mingjianv1.ListDisclosuresRequest{}, &mingjianv1.ListDisclosuresRequest{AuthorityId: string(ownBureau)}, &mingjianv1.ListDisclosuresRequest{RecordKind: "penalty"})},
		"DeadlineService/ListDeadlines": {given: decidedPenalty, shows: made("penalty"), reqs: []func(*matrixWorld) proto.Message{
			fixed(&mingjianv1.ListDeadlinesRequest{List: "open"}), fixed(&mingjianv1.ListDeadlinesRequest{List: "open", AuthorityId: string(ownBureau), Rule: "penalty-service-7"}),
			of(func(w *matrixWorld, m *mingjianv1.ListDeadlinesRequest) { m.RecordId = w.ids["penalty"] }, &mingjianv1.ListDeadlinesRequest{RecordKind: "penalty"})}},
		"HistoryService/GetEnterpriseAsOf": {open: "what another authority took away is left out, as it is before the public"},
		"HistoryService/GetRecordAsOf": {given: takenAway, shows: made("disclosure"), reqs: []func(*matrixWorld) proto.Message{
			of(func(w *matrixWorld, m *mingjianv1.GetRecordAsOfRequest) { m.DisclosureId = w.ids["disclosure"] }, &mingjianv1.GetRecordAsOfRequest{AsOf: "release:1"})}},
		"HistoryService/ListVersions": {given: takenAway, shows: made("disclosure"), reqs: []func(*matrixWorld) proto.Message{
			of(func(w *matrixWorld, m *mingjianv1.ListVersionsRequest) { m.DisclosureId = w.ids["disclosure"] }, &mingjianv1.ListVersionsRequest{})}},
		"HistoryService/ListRecordsAsOf": {given: takenAway, shows: made("disclosure"), reqs: asks(
			&mingjianv1.ListRecordsAsOfRequest{RecordKind: "penalty", AsOf: "release:1"},
			&mingjianv1.ListRecordsAsOfRequest{RecordKind: "penalty", AsOf: "release:1", AuthorityId: string(ownBureau)})},
		"LedgerService/ListApprovedRebuilds": {open: "what is approved is a rebuild of all that the ledger shows, no authority's"},
		"WebhookService/GetEndpoint":         {open: "an endpoint is an account's, no authority's, see TestAnEndpointIsItsAccounts"},
		"WebhookService/ListEndpoints":       {open: "as above"},
		"WorkService/ListWork": {given: submittedDisclosure, shows: made("disclosure"), reqs: asks(
			&mingjianv1.ListWorkRequest{}, &mingjianv1.ListWorkRequest{AuthorityId: string(ownBureau)})},
	}
}

func always(s string) func(*matrixWorld) string { return func(*matrixWorld) string { return s } }

func made(name string) func(*matrixWorld) string {
	return func(w *matrixWorld) string { return w.ids[name] }
}

func asks(list ...proto.Message) (out []func(*matrixWorld) proto.Message) {
	for _, m := range list {
		out = append(out, fixed(m))
	}
	return out
}

func conflict(w *matrixWorld) {
	rosters(w)
	w.do(planner, &mingjianv1.DeclareConflictRequest{InspectorId: "XZ-001", SubjectId: newSubject(1).GetId(), Ground: "kinship"})
}

// takenAway was public once.
func takenAway(w *matrixWorld) {
	publishedDisclosure(w)
	w.do(approver, &mingjianv1.WithdrawDisclosureRequest{DisclosureId: w.ids["disclosure"], Ground: "revoked", Reason: "复议撤销"})
}

// ownInspection is one of the own bureau alone; a joint one is read by all authorities that take part.
func ownInspection(w *matrixWorld) { takenOverInspections(w) }

// TestWhatIsNotPublicIsReadByItsAuthority lets staff of both authorities and an auditor ask every way there is.
func TestWhatIsNotPublicIsReadByItsAuthority(t *testing.T) {
	t.Parallel()
	cases := readCases()
	maps.Copy(cases, samplingReads())
	maps.Copy(cases, reviewReads())
	maps.Copy(cases, personalReads())
	maps.Copy(cases, redactionReads())
	maps.Copy(cases, evidenceReads())
	maps.Copy(cases, returnReads())
	maps.Copy(cases, deliveryReads())
	maps.Copy(cases, reportingReads())
	maps.Copy(cases, listingReads())
	for method, roles := range grpcapi.AllAccess() {
		name := strings.TrimPrefix(method, "/mingjian.v1.")
		c, ok := cases[name]
		delete(cases, name)
		switch read := strings.Contains(name, "/Get") || strings.Contains(name, "/List"); {
		case !read || roles[0] == grpcapi.Public:
		case !ok:
			t.Errorf("%s has no case", name)
		case c.open == "":
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				c.check(t)
			})
		}
	}
	for name := range cases {
		t.Errorf("%s is no method by which staff read", name)
	}
}

func (c readCase) check(t *testing.T) {
	w := newMatrixWorld(t)
	c.given(w)
	hidden := c.shows(w)
	auditor := caller{role: domain.Auditor, account: "shen"}
	foreigners := []caller{at(otherBureau, domain.Clerk, "ma"), at(otherBureau, domain.Planner, "he"), inspectorOf(otherBureau, "NX-001")}
	for _, req := range c.reqs {
		m := req(w)
		if said, err := w.read(clerk, m); err != nil || !strings.Contains(said, hidden) {
			t.Errorf("%v: the own clerk sees %s, %v, and nothing of %s", m, said, err, hidden)
		}
		if _, err := w.read(auditor, m); status.Code(err) == codes.PermissionDenied {
			t.Errorf("%v: the auditor is told %v", m, err)
		}
		for _, by := range foreigners {
			said, err := w.read(by, m)
			if strings.Contains(said, hidden) {
				t.Errorf("%v: another authority's %s sees %s", m, by.role, said)
			}
			if one := strings.HasPrefix(string(methodOf(m).Name()), "Get"); one && status.Code(err) != codes.PermissionDenied {
				t.Errorf("%v: another authority's %s is told %v", m, by.role, err)
			}
		}
	}
}

func (w *matrixWorld) read(by caller, m proto.Message) (string, error) {
	w.Helper()
	resp, err := w.send(by, "", m)
	if err != nil {
		return "", err
	}
	return protojson.Format(resp), nil
}

// TestAJointInspectionIsReadByAllWhoTakePart also holds that nobody else reads it.
func TestAJointInspectionIsReadByAllWhoTakePart(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	drawnInspection(w)
	get := &mingjianv1.GetInspectionRequest{InspectionId: w.ids["inspection"]}
	list := &mingjianv1.ListInspectionsRequest{TaskId: taskID(1)}
	for _, by := range []caller{clerk, at(otherBureau, domain.Clerk, "ma")} {
		if _, err := w.read(by, get); err != nil {
			t.Errorf("%s of %s: %v", by.role, by.authority, err)
		}
		if said, err := w.read(by, list); err != nil || !strings.Contains(said, w.ids["inspection"]) {
			t.Errorf("the list of %s: %s, %v", by.authority, said, err)
		}
	}
	stranger := at("third-bureau", domain.Clerk, "wu")
	if _, err := w.read(stranger, get); faultOf(err) != "authority.foreign" {
		t.Errorf("a third authority is told %v", err)
	}
	if said, err := w.read(stranger, list); err != nil || strings.Contains(said, w.ids["inspection"]) {
		t.Errorf("a third authority's list: %s, %v", said, err)
	}
}
