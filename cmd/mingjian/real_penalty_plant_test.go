package main

import (
	"encoding/csv"
	"fmt"
	"path/filepath"
	"strings"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// plantedRows are decisions in the form of the real file.
func plantedRows() [][]string {
	const bureau = "虚构县市场监督管理局"
	return [][]string{
		{"decision_no", "party", "authority", "decided_on", "content"},
		{"虚市监处罚〔2026〕101号", "虚构县西湖水果店;" + importedOwner, bureau, "2026-03-02", "经营者" + importedOwner + "（公民身份号码" + importedID +
			"，家庭住址：虚构县文苑路88号" + importedFlat + "，电话" + importedMobile + "），账号" + importedCard + "。本局决定处罚如下：罚款2000元。"},
		{"虚市监处罚〔2026〕102号", "虚构县南山小吃店；" + importedBoss, bureau, "2026-03-03", "负责人：" + importedBoss + "，身份证号" + importedOldID +
			"，座机" + importedFixed + "，证人：" + importedParty + "。决定处罚如下：罚款叁仟元整。"},
		{"虚市监处罚〔2026〕103号", importedParty, bureau, "2026-03-04", "当事人：" + importedParty + "，邮箱" + importedMail + "，家住" + secretHome +
			"。决定处罚如下：没收违法所得120.50元，罚款伍佰元整。"},
		{"虚市监处罚〔2026〕104号", "虚构县北岭文具店；" + childName, bureau, "2026-03-05", "经营者：" + childName + "，身份证号" + importedChild +
			"。决定处罚如下：罚款100元。"},
	}
}

// takePlantedFile imports the rows: without leave those with numbers of persons are refused, and nobody reads the numbers in the
// report; with it they go in.
func (f *filed) takePlantedFile() {
	f.Helper()
	var text strings.Builder
	if err := csv.NewWriter(&text).WriteAll(plantedRows()); err != nil {
		f.Fatal(err)
	}
	file := write(f.T, filepath.Join(f.aside, "planted.csv"), text.String())
	if read, accepted, refused := f.taken(file, "refused.jsonl", "refuse"); read != 4 || accepted != 2 || refused != 2 {
		f.Errorf("%d rows: %d accepted, %d refused", read, accepted, refused)
	}
	if read, accepted, refused := f.taken(file, "planted.jsonl", "warn"); read != 4 || accepted != 2 || refused != 0 {
		f.Errorf("%d rows: %d accepted, %d refused", read, accepted, refused)
	}
	for _, p := range f.list() {
		if strings.HasPrefix(p.GetDecisionNo(), "虚市监处罚") {
			f.planted[p.GetId()] = true
		}
	}
	if len(f.planted) != 4 {
		f.Fatalf("%d planted rows went in", len(f.planted))
	}
}

// decideMore records decisions of today: against a trader with a code, against a natural person whose identity is known, and
// against a minor.
func (f *filed) decideMore() {
	f.Helper()
	trader := plantedPenalty("虚市监处罚〔2026〕1号")
	trader.Parties[0].SubjectId = lifeSubject
	natural := plantedPenalty("虚市监处罚〔2026〕2号")
	natural.Parties = []*mingjianv1.DecidedParty{{Kind: "natural", Name: partyName, Identity: &mingjianv1.PersonalIdentity{
		IdKind: "resident_id", IdNumber: partyID, Phone: partyMobile, Address: partyHome,
	}}}
	natural.Facts += fmt.Sprintf("当事人%s，住%s，电话%s。", partyName, partyHome, partyMobile)
	minor := plantedPenalty("虚市监处罚〔2026〕3号")
	minor.Parties = []*mingjianv1.DecidedParty{{Kind: "natural", Name: childName}}
	minor.Facts += "当事人：" + childName + "，身份证号" + importedChild + "。"
	for _, d := range []*mingjianv1.PenaltyDecision{trader, natural, minor} {
		resp := &mingjianv1.DecidePenaltyResponse{}
		f.send(f.clerk, "/v1/penalties", &mingjianv1.DecidePenaltyRequest{Decision: d}, resp)
		for _, id := range resp.GetPenaltyIds() {
			f.send(f.clerk, "/v1/penalties/"+id+":serve", &mingjianv1.ServePenaltyRequest{On: "2026-03-17", PublicationNotice: true}, &mingjianv1.ServePenaltyResponse{})
			f.planted[id] = true
		}
	}
	f.settle()
}
