package grpcapi_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

func licenceGrant() *mingjianv1.GrantLicenceRequest {
	return &mingjianv1.GrantLicenceRequest{
		AuthorityName: "宁安市市场监督管理局", Holder: &mingjianv1.Holder{Kind: "legal", Name: "甲公司", SubjectId: "91320105780688132k"},
		DocumentTitle: "准予食品经营许可决定书", DocumentNo: "7号", Category: "other", CategoryName: "备案", CertificateName: "食品经营许可证",
		LicenceNo: "JY1", Content: "销售", DecidedOn: "2026-01-08", ValidFrom: "2026-01-10", ValidTo: "2026-02-09",
	}
}

func TestAGrantBecomesTheEventWhole(t *testing.T) {
	c := newCounter(t)
	answer, err := c.licences.GrantLicence(c.clerk(), licenceGrant())
	id := must(c.office, answer, err).GetReceipt().GetId()
	got, err := licence.Codec().Decode(c.last().Type, c.last().Data)
	if err != nil {
		t.Fatal(err)
	}
	day := calendar.MustParse
	want := licence.Granted{
		Licence: id, Authority: ownBureau, AuthorityName: "宁安市市场监督管理局",
		Holder:        licence.Holder{Kind: licence.Legal, Name: "甲公司", Subject: "91320105780688132K"},
		DocumentTitle: "准予食品经营许可决定书", DocumentNo: "7号", Category: licence.OtherCategory, CategoryName: "备案", CertificateName: "食品经营许可证",
		LicenceNo: "JY1", Content: "销售", DecidedOn: day("2026-01-08"), ValidFrom: day("2026-01-10"), ValidTo: day("2026-02-09"),
	}
	if diff := cmp.Diff(licence.Event(want), got, cmp.AllowUnexported(calendar.Date{})); diff != "" {
		t.Error(diff)
	}
}

func TestLicenceService(t *testing.T) {
	c := newCounter(t)
	req := licenceGrant()
	req.AuthorityName = ""
	granted, err := c.licences.GrantLicence(c.clerk(), req)
	id := must(c.office, granted, err).GetReceipt().GetId()
	amended, err := c.licences.AmendLicence(c.clerk(), &mingjianv1.AmendLicenceRequest{
		LicenceId: id, DocumentTitle: "准予变更决定书", DocumentNo: "8号", DecidedOn: "2026-01-11", Reason: "更名",
		Holder: &mingjianv1.Holder{Kind: "legal", Name: "甲集团", SubjectId: "91320105780688132K"}, CertificateName: "新证", Content: "批发",
	})
	must(c.office, amended, err)
	renewed, err := c.licences.RenewLicence(c.clerk(), &mingjianv1.RenewLicenceRequest{
		LicenceId: id, DocumentNo: "9号", DecidedOn: "2026-01-12", ValidFrom: "2026-02-10", ValidTo: "2099-12-31",
	})
	must(c.office, renewed, err)
	suspended, err := c.licences.SuspendLicence(c.clerk(), &mingjianv1.SuspendLicenceRequest{
		LicenceId: id, DocumentNo: "10号", Reason: "违法", On: "2026-01-13", Until: "2026-01-19",
	})
	must(c.office, suspended, err)
	resumed, err := c.licences.ResumeLicence(c.clerk(), &mingjianv1.ResumeLicenceRequest{LicenceId: id, DocumentNo: "11号", Reason: "改正", On: "2026-01-15"})
	must(c.office, resumed, err)
	revoked, err := c.licences.RevokeLicence(c.clerk(), &mingjianv1.RevokeLicenceRequest{LicenceId: id, DocumentNo: "12号", Reason: "欺骗", On: "2026-01-18", Ground: "annulled"})
	must(c.office, revoked, err)
	cancelled, err := c.licences.CancelLicence(c.clerk(), &mingjianv1.CancelLicenceRequest{LicenceId: id, DocumentNo: "13号", Reason: "已撤销", On: "2026-01-20"})
	must(c.office, cancelled, err)
	c.follow()
	for day, valid := range map[string]bool{
		"2026-01-09": false, "2026-01-12": true, "2026-01-13": false, "2026-01-15": true, "2026-01-18": false, "": false,
	} {
		got, err := c.licences.GetLicence(c.clerk(), &mingjianv1.GetLicenceRequest{LicenceId: id, ValidOn: day})
		if err != nil || got.GetValid() != valid || day != "" && got.GetValidOn() != day || day == "" && got.GetValidOn() != "2026-01-21" {
			t.Errorf("on %q: %v, %v", day, got.GetValid(), err)
		}
	}
	got, err := c.licences.GetLicence(c.clerk(), &mingjianv1.GetLicenceRequest{LicenceId: id})
	l := must(c.office, got, err).GetLicence()
	var decisions [][]string
	for _, d := range l.GetDecisions() {
		decisions = append(decisions, []string{d.GetRecordId(), d.GetAction(), d.GetDocumentNo(), d.GetOn(), d.GetReason(), d.GetUntil()})
	}
	want := [][]string{
		{id + ".0", "granted", "7号", "2026-01-08", "", ""}, {id + ".1", "amended", "8号", "2026-01-11", "更名", ""},
		{id + ".2", "renewed", "9号", "2026-01-12", "", ""}, {id + ".3", "suspended", "10号", "2026-01-13", "违法", "2026-01-19"},
		{id + ".4", "resumed", "11号", "2026-01-15", "改正", ""}, {id + ".5", "revoked", "12号", "2026-01-18", "欺骗", ""},
		{id + ".6", "cancelled", "13号", "2026-01-20", "已撤销", ""},
	}
	if diff := cmp.Diff(want, decisions); diff != "" {
		t.Error(diff)
	}
	if l.GetAuthorityName() != "西藏某市场监督管理局" || l.GetHolder().GetName() != "甲集团" || l.GetCertificateName() != "新证" || l.GetContent() != "批发" ||
		l.GetDocumentTitle() != "准予变更决定书" || l.GetValidTo() != "2099-12-31" || l.GetStatus() != "cancelled" {
		t.Error(l)
	}
}

func TestLicencesThatEndByThemselves(t *testing.T) {
	c := newCounter(t)
	req := licenceGrant()
	req.ValidTo = "2026-01-21"
	granted, err := c.licences.GrantLicence(c.clerk(), req)
	id := must(c.office, granted, err).GetReceipt().GetId()
	_, err = c.licences.ExpireLicence(c.clerk(), &mingjianv1.ExpireLicenceRequest{LicenceId: id, On: "2026-01-21"})
	c.refused(err, "licence.expire.early")
	_, err = c.licences.ExpireLicence(c.clerk(), &mingjianv1.ExpireLicenceRequest{LicenceId: id, On: "2026-01-22"})
	c.refused(err, "licence.date.future")
	for _, bad := range []error{
		second(c.licences.ExpireLicence(c.clerk(), &mingjianv1.ExpireLicenceRequest{LicenceId: id, On: "22"})),
		second(c.licences.SuspendLicence(c.clerk(), &mingjianv1.SuspendLicenceRequest{LicenceId: id, On: "2026-01-20", Until: "x"})),
		second(c.licences.ResumeLicence(c.clerk(), &mingjianv1.ResumeLicenceRequest{LicenceId: id, On: "x"})),
		second(c.licences.RevokeLicence(c.clerk(), &mingjianv1.RevokeLicenceRequest{LicenceId: id, On: "x"})),
		second(c.licences.CancelLicence(c.clerk(), &mingjianv1.CancelLicenceRequest{LicenceId: id, On: "x"})),
		second(c.licences.AmendLicence(c.clerk(), &mingjianv1.AmendLicenceRequest{LicenceId: id, DecidedOn: "x"})),
		second(c.licences.GetLicence(c.clerk(), &mingjianv1.GetLicenceRequest{LicenceId: id, ValidOn: "x"})),
	} {
		c.refused(bad, "date.form")
	}
	_, err = c.licences.RenewLicence(c.clerk(), &mingjianv1.RenewLicenceRequest{LicenceId: id, DecidedOn: "x", ValidFrom: "y", ValidTo: "z"})
	c.refused(err, "date.form date.form date.form")
}

func second[T any](_ T, err error) error { return err }

// oldTerm is a row of an older register.
func oldTerm(line int32, no, row, from, to, status string) *mingjianv1.TakenOverTerm {
	return &mingjianv1.TakenOverTerm{
		Line: line, LicenceNo: no, RowNo: row, Holder: &mingjianv1.Holder{Name: "STAR", SubjectId: "ext:chi:" + no}, Action: "renewed",
		Title: "Retail Food", Activity: "Retail", ValidFrom: from, ValidTo: to, Status: status,
	}
}

func TestTakingOverTerms(t *testing.T) {
	c := newCounter(t)
	rows := []*mingjianv1.TakenOverTerm{
		oldTerm(1, "30790", "30790-2013", "2013-04-16", "2015-04-15", "in_force"),
		oldTerm(2, "30791", "30791-2011", "2011-04-16", "2013-04-15", "in_force"),
		oldTerm(3, "30790", "30790-2011", "2011-04-16", "2013-04-15", "expired"),
		oldTerm(4, "30790", "30790-2013", "2013-04-16", "2015-04-15", "in_force"),
		oldTerm(5, "30790", "30790-2011", "2011-04-16", "2013-04-15", "revoked"),
		oldTerm(6, "30792", "30792-2011", "2011-04-31", "x", "in_force"),
		oldTerm(7, "30793", "30793-2011", "2011-04-16", "2013-04-15", "AAI"),
	}
	req := &mingjianv1.TakeOverTermsRequest{Register: "chi", FileDigest: strings.Repeat("ab", 32), Rows: rows}
	by := domain.Actor{Account: "root", Role: domain.Admin, Authority: ownBureau}
	want := [][]string{
		{"ACCEPTED"}, {"ACCEPTED"}, {"ACCEPTED"}, {"UNCHANGED"}, {"REFUSED", "row.twice@row_no"},
		{"REFUSED", "date.form@valid_from", "date.form@valid_to"}, {"REFUSED", "licence.status.unknown@status"},
	}
	check := proto.CloneOf(req)
	check.CheckOnly = true
	checked, err := c.licences.TakeOverTerms(c.keyed(by, "check"), check)
	if diff := cmp.Diff(want, came(must(c.office, checked, err).GetResults())); diff != "" || len(c.store.All()) != 1 {
		t.Fatal(diff, len(c.store.All()))
	}
	first, err := c.licences.TakeOverTerms(c.keyed(by, "one"), req)
	if diff := cmp.Diff(want, came(must(c.office, first, err).GetResults())); diff != "" {
		t.Fatal(diff)
	}
	var ids []string
	for _, r := range first.GetResults() {
		ids = append(ids, r.GetId())
	}
	if !slices.Equal(ids, []string{"chi:30790.0", "chi:30791.0", "chi:30790.1", "chi:30790.0", "", "", ""}) {
		t.Errorf("ids %q", ids)
	}
	n := len(c.store.All())
	again, err := c.licences.TakeOverTerms(c.keyed(by, "one"), req)
	if diff := cmp.Diff(want, came(must(c.office, again, err).GetResults())); diff != "" {
		t.Errorf("a retry gives another answer: %s", diff)
	}
	differs := proto.CloneOf(req)
	differs.Rows = []*mingjianv1.TakenOverTerm{oldTerm(1, "30790", "30790-2011", "2011-04-16", "2013-04-16", "revoked")}
	refused, err := c.licences.TakeOverTerms(c.keyed(by, "differs"), differs)
	if diff := cmp.Diff([][]string{{"REFUSED", "licence.exists@valid_to"}}, came(must(c.office, refused, err).GetResults())); diff != "" {
		t.Error(diff)
	}
	want[0], want[1], want[2] = []string{"UNCHANGED"}, []string{"UNCHANGED"}, []string{"UNCHANGED"}
	other, err := c.licences.TakeOverTerms(c.keyed(by, "two"), req)
	if diff := cmp.Diff(want, came(must(c.office, other, err).GetResults())); diff != "" || other.GetResults()[2].GetId() != "chi:30790.1" {
		t.Error(diff, other.GetResults()[2].GetId())
	}
	if len(c.store.All()) != n || n != 4 { // the bureau's registration and three terms
		t.Errorf("%d events, then %d", n, len(c.store.All()))
	}
	c.store.FailNotStored(1)
	fresh := proto.CloneOf(req)
	fresh.Rows = []*mingjianv1.TakenOverTerm{oldTerm(1, "1", "1", "2011-04-16", "2013-04-15", "in_force")}
	if _, err := c.licences.TakeOverTerms(c.keyed(by, "three"), fresh); err == nil {
		t.Error("a fault of the store was taken for an answer")
	}

	c.follow()
	got, err := c.licences.GetLicence(c.clerk(), &mingjianv1.GetLicenceRequest{LicenceId: "chi:30790", ValidOn: "2013-04-15"})
	if l := must(c.office, got, err).GetLicence(); !got.GetValid() || l.GetValidFrom() != "2013-04-16" || len(l.GetDecisions()) != 2 || l.GetRegister() != "chi" {
		t.Error(got)
	}
	for name, row := range map[string]struct {
		req  *mingjianv1.ListLicencesRequest
		want []string
	}{
		"all":         {&mingjianv1.ListLicencesRequest{}, []string{"chi:30790", "chi:30791"}},
		"of a holder": {&mingjianv1.ListLicencesRequest{SubjectId: "ext:chi:30791"}, []string{"chi:30791"}},
		"a number":    {&mingjianv1.ListLicencesRequest{Query: "30790"}, []string{"chi:30790"}},
		"of a status": {&mingjianv1.ListLicencesRequest{Status: "revoked"}, nil},
	} {
		list, err := c.licences.ListLicences(c.clerk(), row.req)
		var ids []string
		for _, l := range list.GetLicences() {
			ids = append(ids, l.GetId())
		}
		if err != nil || !slices.Equal(ids, row.want) {
			t.Errorf("%s: %v, %v", name, ids, err)
		}
		foreign, err := c.licences.ListLicences(c.at(otherBureau, domain.Clerk, "ma"), row.req)
		if err != nil || len(foreign.GetLicences()) != 0 {
			t.Errorf("%s, seen by another bureau: %v, %v", name, foreign.GetLicences(), err)
		}
	}
	_, err = c.licences.GetLicence(c.at(otherBureau, domain.Clerk, "ma"), &mingjianv1.GetLicenceRequest{LicenceId: "chi:30790"})
	c.refused(err, "authority.foreign")
}
