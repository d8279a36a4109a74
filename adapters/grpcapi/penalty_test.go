package grpcapi_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

func penaltyDecision() *mingjianv1.PenaltyDecision {
	return &mingjianv1.PenaltyDecision{
		AuthorityName: "宁安市市场监督管理局", DecisionNo: "宁市监处罚[2026]45号", Procedure: "ordinary",
		Parties: []*mingjianv1.DecidedParty{
			{Kind: "legal", Name: "甲公司", SubjectId: "９１320105780688132k", LegalRepresentative: "张三", Province: "32", ProvinceSource: "uscc"},
		},
		Violation: "加价出售", Facts: "事实\n第二段", Basis: "第四十二条", Kinds: []string{"fine", "confiscation_gains", "licence_suspended"},
		Content: "罚款2000元", FineFen: 200000, ConfiscatedFen: 277, LicenceAffected: "JY1", DecidedOn: "2026-01-16", EffectiveUntil: "2027-01-16",
		InspectionId: "d1:x", FiledOn: "2026-01-05",
	}
}

// jointDecision is against two: a firm that is fined, and a person who is warned as the decision says.
func jointDecision() *mingjianv1.PenaltyDecision {
	d := penaltyDecision()
	d.Parties[0].Sentence = &mingjianv1.PartySentence{
		Kinds: d.GetKinds(), Content: d.GetContent(), FineFen: d.GetFineFen(), ConfiscatedFen: d.GetConfiscatedFen(), LicenceAffected: d.GetLicenceAffected(),
	}
	d.Parties = append(d.Parties, &mingjianv1.DecidedParty{Kind: "natural", Name: "李四"})
	d.Kinds, d.Content, d.FineFen, d.ConfiscatedFen = []string{"warning"}, "警告", 0, 0
	return d
}

func (c *counter) decide(d *mingjianv1.PenaltyDecision) string {
	c.Helper()
	answer, err := c.penalties.DecidePenalty(c.clerk(), &mingjianv1.DecidePenaltyRequest{Decision: d})
	return must(c.office, answer, err).GetReceipt().GetId()
}

// serve tells the party of the decision, and that it will be public.
func (c *counter) serve(id string) {
	c.Helper()
	answer, err := c.penalties.ServePenalty(c.clerk(), &mingjianv1.ServePenaltyRequest{PenaltyId: id, On: "2026-01-17", PublicationNotice: true})
	must(c.office, answer, err)
}

func TestADecisionBecomesTheEventWhole(t *testing.T) {
	c := newCounter(t)
	id := c.decide(penaltyDecision())
	got, err := penalty.Codec().Decode(c.last().Type, c.last().Data)
	if err != nil {
		t.Fatal(err)
	}
	want := penalty.Decided{
		Penalty: id, Authority: ownBureau, AuthorityName: "宁安市市场监督管理局", DecisionNo: "宁市监处罚[2026]45号", DecisionNoNormal: "宁市监处罚〔2026〕45号",
		Procedure: penalty.Ordinary, Parties: []penalty.Party{
			{Kind: penalty.Legal, Name: "甲公司", Subject: "91320105780688132K", LegalRepresentative: "张三", Province: "32", ProvinceSource: penalty.FromCode},
		},
		Violation: "加价出售", Facts: "事实\n第二段", Basis: "第四十二条",
		Kinds: []penalty.Kind{penalty.Fine, penalty.ConfiscationGains, penalty.LicenceSuspended}, Content: "罚款2000元", FineFen: 200000, ConfiscatedFen: 277,
		LicenceAffected: "JY1", DecidedOn: calendar.MustParse("2026-01-16"), EffectiveUntil: calendar.MustParse("2027-01-16"), Inspection: "d1:x",
		FiledOn: calendar.MustParse("2026-01-05"),
	}
	if diff := cmp.Diff(penalty.Event(want), got, cmp.AllowUnexported(calendar.Date{})); diff != "" {
		t.Error(diff)
	}
	if meta, err := c.last().Metadata(); err != nil || meta.Actor != "wang" || c.last().Stream.ID != id {
		t.Errorf("%v, %v", meta, err)
	}
}

func TestPenaltyService(t *testing.T) {
	c := newCounter(t)
	d := penaltyDecision()
	d.AuthorityName = ""
	id := c.decide(d)
	answer, err := c.penalties.ServePenalty(c.clerk(), &mingjianv1.ServePenaltyRequest{PenaltyId: id, On: "2026-01-17", PublicationNotice: true})
	must(c.office, answer, err)
	paid, err := c.penalties.RecordPerformance(c.clerk(), &mingjianv1.RecordPerformanceRequest{PenaltyId: id, Kind: "paid", AmountFen: 200000, On: "2026-01-18"})
	must(c.office, paid, err)
	amended, err := c.penalties.AmendPenalty(c.clerk(), &mingjianv1.AmendPenaltyRequest{
		PenaltyId: id, Reason: "复议变更", Kinds: []string{"fine", "confiscation_goods"}, Content: "罚款1000元", FineFen: 100000, ConfiscatedFen: 5, On: "2026-01-19",
	})
	must(c.office, amended, err)
	revoked, err := c.penalties.RevokePenalty(c.as(domain.Approver, "zhao"), &mingjianv1.RevokePenaltyRequest{PenaltyId: id, Ground: "void", Reason: "确认无效", On: "2026-01-20"})
	must(c.office, revoked, err)
	c.follow()
	got, err := c.penalties.GetPenalty(c.clerk(), &mingjianv1.GetPenaltyRequest{PenaltyId: id})
	p := must(c.office, got, err).GetPenalty()
	if p.GetAuthorityName() != "西藏某市场监督管理局" || p.GetServedOn() != "2026-01-17" || !p.GetPublicationNotice() || p.GetPaidFen() != 200000 ||
		p.GetContent().GetFineFen() != 100000 || p.GetContent().GetConfiscatedFen() != 5 || p.GetContent().GetText() != "罚款1000元" ||
		p.GetAmendments()[0].GetReason() != "复议变更" || p.GetAmendments()[0].GetOn() != "2026-01-19" ||
		p.GetInitial().GetFineFen() != 200000 || p.GetStatus() != "revoked" || p.GetRevocation().GetReason() != "确认无效" || p.GetRevocation().GetOn() != "2026-01-20" {
		t.Error(p)
	}

	_, err = c.penalties.GetPenalty(c.as(domain.Auditor, "shen"), &mingjianv1.GetPenaltyRequest{PenaltyId: id})
	must(c.office, 0, err)
	_, err = c.penalties.GetPenalty(c.at(otherBureau, domain.Clerk, "ma"), &mingjianv1.GetPenaltyRequest{PenaltyId: id})
	c.refused(err, "authority.foreign")
	_, err = c.penalties.GetPenalty(c.clerk(), &mingjianv1.GetPenaltyRequest{PenaltyId: "none"})
	c.refused(err, "penalty.missing")
	_, err = c.penalties.ServePenalty(c.at(otherBureau, domain.Clerk, "ma"), &mingjianv1.ServePenaltyRequest{PenaltyId: id, On: "2026-01-17"})
	c.refused(err, "penalty.authority.foreign")
	_, err = c.penalties.ServePenalty(c.clerk(), &mingjianv1.ServePenaltyRequest{PenaltyId: id, On: "2026-02-30"})
	c.refused(err, "date.form")
	d.DecidedOn, d.EffectiveUntil, d.FiledOn = "16/01/2026", "long", "x"
	_, err = c.penalties.DecidePenalty(c.clerk(), &mingjianv1.DecidePenaltyRequest{Decision: d})
	c.refused(err, "date.form date.form date.form")
}

func TestListPenalties(t *testing.T) {
	c := newCounter(t)
	for i, name := range []string{"甲公司", "乙公司", "丙公司"} {
		d := penaltyDecision()
		d.Parties[0].Name, d.DecidedOn = name, "2026-01-1"+string(rune('0'+i))
		by := c.clerk()
		if name == "丙公司" {
			by = c.at(otherBureau, domain.Clerk, "ma")
		}
		_, err := c.penalties.DecidePenalty(by, &mingjianv1.DecidePenaltyRequest{Decision: d})
		must(c.office, 0, err)
	}
	c.follow()
	for name, row := range map[string]struct {
		role domain.Role
		req  *mingjianv1.ListPenaltiesRequest
		want []string
	}{
		"own":                        {domain.Clerk, &mingjianv1.ListPenaltiesRequest{}, []string{"乙公司", "甲公司"}},
		"a page":                     {domain.Clerk, &mingjianv1.ListPenaltiesRequest{PageSize: 1}, []string{"乙公司"}},
		"the auditor sees all":       {domain.Auditor, &mingjianv1.ListPenaltiesRequest{}, []string{"丙公司", "乙公司", "甲公司"}},
		"of one status":              {domain.Clerk, &mingjianv1.ListPenaltiesRequest{Status: "amended"}, nil},
		"a query finds own":          {domain.Clerk, &mingjianv1.ListPenaltiesRequest{Query: "公司"}, []string{"甲公司", "乙公司"}},
		"a query of the auditor":     {domain.Auditor, &mingjianv1.ListPenaltiesRequest{Query: "丙公"}, []string{"丙公司"}},
		"a number in other brackets": {domain.Clerk, &mingjianv1.ListPenaltiesRequest{Query: "〔2026〕45"}, []string{"甲公司", "乙公司"}},
	} {
		got, err := c.penalties.ListPenalties(c.as(row.role, "x"), row.req)
		var names []string
		for _, p := range got.GetPenalties() {
			names = append(names, p.GetParties()[0].GetName())
		}
		if err != nil || !slices.Equal(names, row.want) {
			t.Errorf("%s: %v, %v", name, names, err)
		}
	}
	_, err := c.penalties.ListPenalties(c.clerk(), &mingjianv1.ListPenaltiesRequest{AuthorityId: string(otherBureau)})
	c.refused(err, "authority.foreign")
}

func oldPenalty(line int32, change func(*mingjianv1.PenaltyDecision)) *mingjianv1.TakenOverPenalty {
	d := penaltyDecision()
	d.DecisionNo = "旧〔2020〕" + string('0'+line) + "号"
	change(d)
	return &mingjianv1.TakenOverPenalty{Line: line, Decision: d}
}

func TestTakingOverPenalties(t *testing.T) {
	c := newCounter(t)
	rows := []*mingjianv1.TakenOverPenalty{
		oldPenalty(1, func(*mingjianv1.PenaltyDecision) {}),
		oldPenalty(2, func(d *mingjianv1.PenaltyDecision) {
			d.FineFen, d.Parties[0].SubjectId, d.Parties[0].ProvinceSource = 0, "", "registration_authority"
		}),
		oldPenalty(3, func(d *mingjianv1.PenaltyDecision) { d.DecidedOn = "2020-13-01" }),
		oldPenalty(4, func(d *mingjianv1.PenaltyDecision) {
			d.Parties[0].SubjectId, d.Parties[0].ProvinceSource = "00000000000000000X", "registration_authority"
		}),
		oldPenalty(1, func(d *mingjianv1.PenaltyDecision) { d.Content = "另一内容" }),
		oldPenalty(6, func(d *mingjianv1.PenaltyDecision) { d.AuthorityName = "" }),
	}
	rows[5].Doubts = []*mingjianv1.ImportDoubt{{Code: "sheet.amount", Field: "fine_fen", Note: "金额有疑问"}}
	req := &mingjianv1.TakeOverPenaltiesRequest{FileDigest: strings.Repeat("ab", 32), Rows: rows}
	by := domain.Actor{Account: "wang", Role: domain.Clerk, Authority: ownBureau}
	want := [][]string{
		{"ACCEPTED"},
		{"ACCEPTED", "penalty.fine.amount@fine_fen", "penalty.party.codeless@parties[0].subject"},
		{"REFUSED", "date.form@decided_on"},
		{"REFUSED", "penalty.party.subject@parties[0].subject"},
		{"REFUSED", "row.twice@id"},
		{"ACCEPTED", "sheet.amount@fine_fen"},
	}
	check := proto.CloneOf(req)
	check.CheckOnly = true
	checked, err := c.penalties.TakeOverPenalties(c.keyed(by, "check"), check)
	if diff := cmp.Diff(want, came(must(c.office, checked, err).GetResults())); diff != "" || len(c.store.All()) != 1 {
		t.Fatal(diff, len(c.store.All()))
	}
	first, err := c.penalties.TakeOverPenalties(c.keyed(by, "one"), req)
	if diff := cmp.Diff(want, came(must(c.office, first, err).GetResults())); diff != "" {
		t.Fatal(diff)
	}
	n := len(c.store.All())
	if e, err := penalty.Codec().Decode(c.last().Type, c.last().Data); err != nil || *e.(penalty.Decided).SourceRow == (penalty.SourceRow{}) {
		t.Errorf("%v, %v", e, err)
	}
	if again, err := c.penalties.TakeOverPenalties(c.keyed(by, "one"), req); !cmp.Equal(want, came(must(c.office, again, err).GetResults())) {
		t.Error("a retry gives another answer", came(again.GetResults()))
	}
	for i, row := range want {
		if row[0] == "ACCEPTED" {
			want[i][0] = "UNCHANGED"
		}
	}
	other, err := c.penalties.TakeOverPenalties(c.keyed(by, "two"), req)
	if diff := cmp.Diff(want, came(must(c.office, other, err).GetResults())); diff != "" {
		t.Error(diff)
	}
	if len(c.store.All()) != n {
		t.Error("known rows were recorded again")
	}
	changed := proto.CloneOf(req)
	changed.Rows = changed.GetRows()[:1]
	changed.Rows[0].Decision.Basis = "另一依据"
	differs, err := c.penalties.TakeOverPenalties(c.keyed(by, "three"), changed)
	if diff := cmp.Diff([][]string{{"REFUSED", "penalty.exists@basis"}}, came(must(c.office, differs, err).GetResults())); diff != "" {
		t.Error(diff)
	}
	c.store.FailNotStored(1)
	fresh := &mingjianv1.TakeOverPenaltiesRequest{FileDigest: req.GetFileDigest(), Rows: []*mingjianv1.TakenOverPenalty{oldPenalty(7, func(*mingjianv1.PenaltyDecision) {})}}
	if _, err := c.penalties.TakeOverPenalties(c.keyed(by, "four"), fresh); err == nil {
		t.Error("a fault of the store was taken for an answer")
	}
	c.follow()
	got, err := c.penalties.GetPenalty(c.clerk(), &mingjianv1.GetPenaltyRequest{PenaltyId: first.GetResults()[5].GetId()})
	if p := must(c.office, got, err).GetPenalty(); p.GetSourceLine() != 6 || p.GetSourceFileDigest() != req.GetFileDigest() ||
		p.GetAuthorityName() != "西藏某市场监督管理局" || !cmp.Equal(p.GetDoubts()[0].GetNote(), "金额有疑问") {
		t.Error(p)
	}
}

// TestAJointDecisionIsRecordedForEachParty also has a store that says "failed", at either record, and stored it or did not.
func TestAJointDecisionIsRecordedForEachParty(t *testing.T) {
	by := domain.Actor{Account: "wang", Role: domain.Clerk, Authority: ownBureau}
	req := &mingjianv1.DecidePenaltyRequest{Decision: jointDecision()}
	calm := newCounter(t)
	first, err := calm.penalties.DecidePenalty(calm.keyed(by, "one"), req)
	ids := must(calm.office, first, err).GetPenaltyIds()
	if len(ids) != 2 || first.GetReceipt().GetId() != ids[0] || first.GetReceipt().GetPosition() != calm.last().Position.String() {
		t.Fatal(first)
	}
	calm.follow()
	for i, want := range []struct {
		name string
		fine int64
	}{{"甲公司", 200000}, {"李某", 0}} { // a natural person is not named whole
		got, err := calm.penalties.GetPenalty(calm.clerk(), &mingjianv1.GetPenaltyRequest{PenaltyId: ids[i]})
		p := must(calm.office, got, err).GetPenalty()
		if len(p.GetParties()) != 1 || p.GetParties()[0].GetName() != want.name || p.GetContent().GetFineFen() != want.fine || p.GetDecisionId() != ids[0] ||
			p.GetCoParties()[0].GetPenaltyId() != ids[1-i] || p.GetRecordedBy() != "wang" {
			t.Errorf("party %d: %v", i, p)
		}
	}
	n := len(calm.store.All())
	for _, stored := range []bool{true, false} {
		for at := 1; at <= 2; at++ {
			c := newCounter(t)
			c.penalties.Store = &failing{Store: c.store, at: at, stored: stored}
			if _, err := c.penalties.DecidePenalty(c.keyed(by, "one"), req); err == nil {
				t.Errorf("a fault of the store at record %d was taken for an answer", at)
			}
			for range 2 {
				again, err := c.penalties.DecidePenalty(c.keyed(by, "one"), req)
				if got := must(c.office, again, err); !slices.Equal(got.GetPenaltyIds(), ids) || len(c.store.All()) != n {
					t.Errorf("sent again after a fault at record %d (stored: %t): %v, %d records, want %d", at, stored, got, len(c.store.All()), n)
				}
			}
		}
	}
}

// failing answers one append with a fault, whether it stored it or not.
type failing struct {
	es.Store
	at     int
	stored bool
}

func (f *failing) Append(ctx context.Context, stream es.Stream, want es.Expected, events ...es.Proposed) (es.Position, error) {
	if f.at--; f.at == 0 {
		if f.stored {
			if p, err := f.Store.Append(ctx, stream, want, events...); err != nil {
				return p, err
			}
		}
		return es.Position{}, errors.New("the store does not answer")
	}
	return f.Store.Append(ctx, stream, want, events...)
}

// What is refused for one party is recorded for none.
func TestAJointDecisionThatIsRefusedForOneParty(t *testing.T) {
	c := newCounter(t)
	n := len(c.store.All())
	for code, change := range map[string]func(*mingjianv1.PenaltyDecision){
		"penalty.decision.incomplete": func(d *mingjianv1.PenaltyDecision) { d.Parties[1].Kind = "" },
		"penalty.parties.sentence":    func(d *mingjianv1.PenaltyDecision) { d.FineFen, d.Kinds = 1, []string{"fine"} },
		"penalty.parties.twice":       func(d *mingjianv1.PenaltyDecision) { d.Parties = append(d.Parties, d.GetParties()[0]) },
	} {
		d := jointDecision()
		change(d)
		_, err := c.penalties.DecidePenalty(c.clerk(), &mingjianv1.DecidePenaltyRequest{Decision: d})
		c.refused(err, code)
	}
	alone := jointDecision()
	alone.Parties, alone.Basis = alone.GetParties()[1:], "另一依据"
	c.decide(alone)
	_, err := c.penalties.DecidePenalty(c.clerk(), &mingjianv1.DecidePenaltyRequest{Decision: jointDecision()})
	c.refused(err, "penalty.exists")
	if got := len(c.store.All()); got != n+1 {
		t.Errorf("%d records", got-n)
	}
}

func TestARowAgainstSeveral(t *testing.T) {
	c := newCounter(t)
	apart, together := jointDecision(), jointDecision()
	apart.DecisionNo, together.DecisionNo = "旧1号", "旧2号"
	together.Parties[0].Sentence = nil
	req := &mingjianv1.TakeOverPenaltiesRequest{FileDigest: strings.Repeat("ab", 32), Rows: []*mingjianv1.TakenOverPenalty{
		{Line: 1, Decision: apart}, {Line: 2, Decision: together},
	}}
	n := len(c.store.All())
	for _, want := range [][][]string{
		{{"ACCEPTED"}, {"ACCEPTED", "penalty.parties.joint@parties"}}, {{"UNCHANGED"}, {"UNCHANGED", "penalty.parties.joint@parties"}},
	} {
		got, err := c.penalties.TakeOverPenalties(c.clerk(), req)
		if diff := cmp.Diff(want, came(must(c.office, got, err).GetResults())); diff != "" || len(c.store.All()) != n+3 {
			t.Error(diff, len(c.store.All())-n)
		}
	}
}
