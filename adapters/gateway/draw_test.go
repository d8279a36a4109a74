package gateway_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

var (
	zhao  = insider{domain.Planner, "zhao", bureau}
	wang  = insider{domain.Clerk, "wang", bureau}
	sun   = insider{domain.Approver, "sun", bureau}
	qian  = insider{domain.Reviewer, "qian", fireBrigade} // acts for the second party
	other = insider{domain.Planner, "ma", fireBrigade}
)

const (
	firstParty, secondParty = "市场监管局", "纪检监察室"
	bothParties             = `"parties":[{"name":"市场监管局","account":"zhao"},{"name":"纪检监察室","account":"qian","authorityId":"11320100MB0000002X"}]`
	drandRound              = `"beacon":{"name":"drand-quicknet","round":"1000"}`
	drandValue              = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"
	drandSignature          = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
	lotteryIssue            = `"beacon":{"name":"福彩双色球","round":"2023098","notBefore":"2023-08-24T21:15:00+08:00"}`
)

// Statuses of what the right person may not do now, of what nobody may, of what contradicts the record, and of who may not.
const (
	notNow   = http.StatusUnprocessableEntity
	wrong    = http.StatusBadRequest
	conflict = http.StatusConflict
	forbid   = http.StatusForbidden
)

// nonce of a party, as it is revealed.
func nonceOf(party string) sortition.Nonce { return sha256.Sum256([]byte(party)) }

func (w *drawWorld) commitment(id, party string) string {
	w.Helper()
	var terms sortition.Digest
	if err := terms.UnmarshalText([]byte(w.public(id).GetTerms())); err != nil {
		w.Fatal(err)
	}
	return fmt.Sprintf(`{"party":"%s","commitment":"%s"}`, party, sortition.Seal(terms, party, nonceOf(party)))
}

func revealOf(party string) string {
	nonce := nonceOf(party)
	return fmt.Sprintf(`{"party":"%s","nonce":"%x"}`, party, nonce[:])
}

func drawn(numbers, more string) string {
	return fmt.Sprintf(`{"value":"%s"%s}`, hex.EncodeToString([]byte(numbers)), more)
}

// sealed is a draw that both parties committed to.
func (w *drawWorld) sealed(task, beacon string) string {
	w.Helper()
	id := w.frozen(task)
	w.do(zhao, "/v1/draws/"+id+":fixTerms", "{"+beacon+","+bothParties+"}")
	w.do(zhao, "/v1/draws/"+id+":commit", w.commitment(id, firstParty))
	w.do(qian, "/v1/draws/"+id+":commit", w.commitment(id, secondParty))
	return id
}

// TestWhatADrawRefusesBeforeTheSourceSpeaks: every act by the wrong person, out of order, or against what is frozen.
func TestWhatADrawRefusesBeforeTheSourceSpeaks(t *testing.T) {
	t.Parallel()
	w := openDraws(t)
	id := w.frozen("plan-t1")
	path := "/v1/draws/" + id
	fix := "{" + drandRound + "," + bothParties + "}"
	w.enrol("ext:r:late", "后来的商店")
	w.settle()
	nobody := fmt.Sprintf(`{"party":"%s","commitment":"%s"}`, firstParty, strings.Repeat("0", 64))
	w.refuse(
		refusal{"a freeze of another pool", zhao, "/v1/draws", `{"planId":"plan","taskId":"plan-t1"}`, conflict, "draw.exists", "已冻结", "frozen already"},
		refusal{"a freeze by another authority", other, "/v1/draws", `{"planId":"plan","taskId":"plan-t1"}`, forbid, "draw.authority.foreign", "属于其他机关", "another authority"},
		refusal{"a freeze by a clerk", wang, "/v1/draws", `{"planId":"plan","taskId":"plan-t1"}`, forbid, "access.role", "", ""},
		refusal{"the task cancelled", zhao, "/v1/tasks/plan-t1:cancel", `{"reason":"不想查了"}`, notNow, "plan.task.drawn", "抽取", "draw"},
		refusal{"a run before the terms", zhao, path + ":run", `{}`, notNow, "draw.run.terms", "抽取条件尚未固定", "terms are not fixed"},
		refusal{"a commitment before the terms", zhao, path + ":commit", nobody, notNow, "draw.terms.open", "抽取条件尚未固定", "terms are not fixed"},
		refusal{"terms without randomness", zhao, path + ":fixTerms", `{}`, wrong, "draw.randomness.none", "须指定", "required"},
		refusal{"one party alone", zhao, path + ":fixTerms", `{"parties":[{"name":"局","account":"zhao"}]}`, wrong, "draw.parties.alone", "至少须有两个参与方", "one alone could choose"},
		refusal{"a source that has spoken", zhao, path + ":fixTerms", `{"beacon":{"name":"drand-quicknet","round":"1"}}`, notNow, "draw.beacon.spoken", "可能已公布", "known already"},
		refusal{"another time than the round's", zhao, path + ":fixTerms", `{"beacon":{"name":"drand-quicknet","round":"1000","notBefore":"2023-08-24T00:00:00Z"}}`,
			wrong, "draw.beacon.round_time", "公布时刻不符", "publishes this round at"},
		refusal{"no round of the source", zhao, path + ":fixTerms", `{"beacon":{"name":"drand-quicknet","round":"1e3"}}`, wrong, "draw.beacon.round", "没有这一轮次", "no such round"},
		refusal{"no issue of the lottery", zhao, path + ":fixTerms", `{"beacon":{"name":"福彩双色球","round":"98"}}`, wrong, "draw.beacon.round", "没有这一轮次", "no such round"},
		refusal{"a lottery without parties", zhao, path + ":fixTerms", "{" + lotteryIssue + "}", wrong, "draw.beacon.unproved", "至少两个参与方", "two parties"},
		refusal{"terms by another authority", other, path + ":fixTerms", fix, forbid, "draw.authority.foreign", "属于其他机关", "another authority"},
	)
	w.do(zhao, path+":fixTerms", fix)
	first, second := w.commitment(id, firstParty), w.commitment(id, secondParty)
	namesake, stranger := zhao, qian
	namesake.authority, stranger.authority = fireBrigade, bureau
	w.refuse(
		refusal{"other terms", zhao, path + ":fixTerms", `{"beacon":{"name":"drand-quicknet","round":"1100"},` + bothParties + "}", conflict, "draw.terms.fixed", "不得更改", "can't be changed"},
		refusal{"a reveal before all committed", zhao, path + ":reveal", revealOf(firstParty), notNow, "draw.reveal.unsealed", "尚有参与方未承诺", "not all parties"},
		refusal{"another's commitment", qian, path + ":commit", first, forbid, "draw.party.foreign", "仅该参与方的账号", "own account"},
		refusal{"a namesake of the first party's account", namesake, path + ":commit", first, forbid, "draw.party.foreign", "仅该参与方的账号", "own account"},
		refusal{"a namesake of the second party's account", stranger, path + ":commit", second, forbid, "draw.party.foreign", "仅该参与方的账号", "own account"},
		refusal{"no party of the draw", qian, path + ":commit", strings.Replace(second, secondParty, "公证处", 1), wrong, "draw.party.unknown", "不是本次抽取的参与方", "not a party"},
	)
	w.do(zhao, path+":commit", first)
	w.refuse(
		refusal{"a second commitment", zhao, path + ":commit", strings.Replace(second, secondParty, firstParty, 1), conflict, "draw.party.committed", "已承诺", "has committed"},
		refusal{"a copied commitment", qian, path + ":commit", strings.Replace(first, firstParty, secondParty, 1), wrong, "draw.commit.copied", "与其他参与方相同", "another party's"},
		refusal{"the source's value too early", wang, path + ":recordBeacon", `{"value":"` + drandValue + `","signature":"` + drandSignature + `"}`,
			notNow, "draw.beacon.early", "尚未公布", "not spoken yet"},
	)
	w.now = speaks
	w.refuse(refusal{"a commitment after the source's time", qian, path + ":commit", second, notNow, "draw.commit.late", "不再接受承诺", "nobody can commit"})
	w.do(sun, path+":abort", `{"reason":"纪检监察室未承诺","party":"`+secondParty+`"}`)
	w.refuse(
		refusal{"anything after the abort", qian, path + ":commit", second, notNow, "draw.aborted", "已中止", "was aborted"},
		refusal{"another abort", sun, path + ":abort", `{"reason":"断电"}`, notNow, "draw.aborted", "已中止", "was aborted"},
	)
}

// TestWhatADrawRefusesAfterTheSourceSpoke goes on from sealed commitments to the result.
func TestWhatADrawRefusesAfterTheSourceSpoke(t *testing.T) {
	t.Parallel()
	w := openDraws(t)
	id := w.sealed("plan-t1", drandRound)
	path, said := "/v1/draws/"+id, `{"value":"`+drandValue+`","signature":"`+drandSignature+`"}`
	w.now = speaks.Add(-time.Nanosecond)
	w.refuse(
		refusal{"a reveal before the source speaks", zhao, path + ":reveal", revealOf(firstParty), notNow, "draw.reveal.early", "公布前不得揭示", "before the source speaks"},
		refusal{"a party blamed too early", sun, path + ":abort", `{"reason":"未揭示","party":"` + secondParty + `"}`, wrong, "draw.abort.party", "没有未履行", "can't reveal yet"},
	)
	w.now = speaks
	w.do(zhao, path+":reveal", revealOf(firstParty))
	forged := strings.Replace(said, `"signature":"b4`, `"signature":"b5`, 1)
	w.refuse(
		refusal{"a second reveal", zhao, path + ":reveal", strings.Replace(revealOf(secondParty), secondParty, firstParty, 1), conflict, "draw.party.revealed", "已揭示", "has revealed"},
		refusal{"a nonce that was not committed", qian, path + ":reveal", strings.Replace(revealOf(firstParty), firstParty, secondParty, 1), wrong, "draw.reveal.mismatch", "与承诺不符", "does not open"},
		refusal{"a run with a party missing", zhao, path + ":run", `{}`, notNow, "draw.run.reveal", "尚未揭示：" + secondParty, "not revealed yet: " + secondParty},
		refusal{"a value without its signature", wang, path + ":recordBeacon", `{"value":"` + drandValue + `"}`, wrong, "draw.beacon.disproved", "未通过验证", "does not prove"},
		refusal{"a forged signature", wang, path + ":recordBeacon", forged, wrong, "draw.beacon.disproved", "未通过验证", "does not prove"},
		refusal{"another value", wang, path + ":recordBeacon", strings.Replace(said, "fe29", "fe28", 1), wrong, "draw.beacon.disproved", "未通过验证", "does not prove"},
		refusal{"the value by an approver", sun, path + ":recordBeacon", said, forbid, "access.role", "", ""},
		refusal{"the value by another authority", other, path + ":recordBeacon", said, forbid, "draw.authority.foreign", "属于其他机关", "another authority"},
		refusal{"the value for a party by another", wang, path + ":witnessBeacon", strings.Replace(said, "{", `{"party":"`+secondParty+`",`, 1), forbid, "draw.party.foreign", "仅该参与方的账号", "own account"},
	)
	w.do(qian, path+":witnessBeacon", strings.Replace(said, "{", `{"party":"`+secondParty+`",`, 1)) // who wants the result can't be kept from it
	w.do(qian, path+":reveal", revealOf(secondParty))
	w.refuse(
		refusal{"an abort of what can be computed", sun, path + ":abort", `{"reason":"结果不理想"}`, notNow, "draw.abort.determined", "结果已确定", "determined"},
		refusal{"a run by another authority", other, path + ":run", `{}`, forbid, "draw.authority.foreign", "属于其他机关", "another authority"},
		refusal{"a replacement before the draw", sun, path + ":replace", `{"subjectOut":"ext:r:0","reason":"closed"}`, notNow, "draw.replace.undrawn", "尚未抽取", "nothing is drawn"},
	)
	w.do(zhao, path+":run", `{}`)
	w.refuse(refusal{"an abort of what is drawn", sun, path + ":abort", `{"reason":"结果不理想"}`, notNow, "draw.abort.determined", "结果已确定", "determined"})
	w.replacements(id)
}

// replacements tries those that are refused, and makes one.
func (w *drawWorld) replacements(id string) {
	w.Helper()
	b := w.bundle(id)
	var rest []string
	for n := range 8 {
		subject := fmt.Sprintf("ext:r:%d", n)
		if !slices.ContainsFunc(b.Selected, func(s sortition.Selection) bool { return s.Subject == subject }) {
			rest = append(rest, subject)
		}
	}
	leaves := func(subject, reason string) string {
		return fmt.Sprintf(`{"subjectOut":"%s","reason":"%s"}`, subject, reason)
	}
	out, seen, path := b.Selected[0].Subject, b.Selected[1], "/v1/draws/"+id+":replace"
	officer := insider{domain.Inspector, seen.Teams[0].Inspectors[0], bureau}
	w.do(officer, "/v1/inspections/"+id+":"+seen.Subject+":record", `{"department":"`+seen.Teams[0].Department+`","manner":"on_site",
		"startedAt":"2023-08-23T09:00:00+08:00","endedAt":"2023-08-23T10:00:00+08:00","findings":[{"item":"1","result":"compliant"}],
		"outcomes":["no_problem"],"completedOn":"2023-08-23"}`)
	w.refuse(
		refusal{"a reason that is not listed", sun, path, leaves(out, "disliked"), wrong, "draw.replace.reason", "未列入公布范围", "not on the published list"},
		refusal{"a subject that is not selected", sun, path, leaves(rest[0], "closed"), notNow, "draw.replace.not_selected", "未被抽中", "not selected"},
		refusal{"a subject that was inspected", sun, path, leaves(seen.Subject, "closed"), notNow, "draw.replace.inspected", "已录入结果", "a result is recorded"},
		refusal{"a replacement by a clerk", wang, path, leaves(out, "closed"), forbid, "access.role", "", ""},
		refusal{"a replacement by another authority", other, path, leaves(out, "closed"), forbid, "draw.authority.foreign", "属于其他机关", "another authority"},
	)
	w.do(sun, path, leaves(out, "closed"))
	w.refuse(
		refusal{"another reason for the same", sun, path, leaves(out, "merged"), conflict, "draw.replace.replaced", "已因其他理由", "another reason"},
	)
	if b := w.bundle(id); len(b.Replacements) != 1 || b.Beacon.Entries != nil {
		w.Errorf("replacements %v, entries %v", b.Replacements, b.Beacon.Entries)
	}
}

// bundle is the published bundle, which must verify.
func (w *drawWorld) bundle(id string) sortition.Bundle {
	w.Helper()
	b, err := sortition.DecodeBundle([]byte(w.get("/v1/public/draws/" + id + "/bundle").body))
	if err != nil {
		w.Fatal(err)
	}
	if _, err := sortition.Verify(b, sortition.Options{Sources: w.sources}); err != nil {
		w.Fatal(err)
	}
	return b
}

// TestALotteryIsEnteredByTwoPeople: each for himself, none told what another entered.
func TestALotteryIsEnteredByTwoPeople(t *testing.T) {
	t.Parallel()
	w := openDraws(t)
	id := w.sealed("plan-t1", lotteryIssue)
	path := "/v1/draws/" + id
	const right, mistyped, forParty = "9-3-31-16-22-8-11", "9-3-31-16-22-8-1", `,"party":"纪检监察室"`
	w.refuse(refusal{"numbers before the drawing", wang, path + ":recordBeacon", drawn(right, ""), notNow, "draw.beacon.early", "尚未公布", "not spoken yet"})
	w.now = time.Date(2023, 8, 24, 13, 15, 0, 0, time.UTC)
	w.refuse(
		refusal{"numbers that the game does not draw", wang, path + ":recordBeacon", drawn("9-3-31-16-22-8-17", ""), wrong, "draw.beacon.form", "不符合该随机源", "not the form"},
		refusal{"numbers with leading zeros", wang, path + ":recordBeacon", drawn("09-03-31-16-22-08-11", ""), wrong, "draw.beacon.form", "不符合该随机源", "not the form"},
		refusal{"a signature", wang, path + ":recordBeacon", drawn(right, `,"signature":"00"`), wrong, "draw.beacon.unsigned", "没有签名", "does not sign"},
		refusal{"a reveal before the numbers", zhao, path + ":reveal", revealOf(firstParty), notNow, "draw.reveal.beacon", "须先登记", "recorded before"},
	)
	w.do(wang, path+":recordBeacon", drawn(mistyped, ""))
	if b := w.public(id).GetBeacon(); len(b.GetEntries()) != 1 || b.GetEntries()[0].GetValue() != "" || b.GetValue() != "" || b.GetProof() != "entered" {
		t.Errorf("after one entry %v", b)
	}
	planner := insider{domain.Planner, "wang", bureau} // the clerk's other token
	w.refuse(
		refusal{"the same person, the same", wang, path + ":recordBeacon", drawn(mistyped, ""), conflict, "draw.beacon.entered", "须由另一人", "another person"},
		refusal{"the same person, corrected", wang, path + ":recordBeacon", drawn(right, ""), conflict, "draw.beacon.entered", "须由另一人", "another person"},
		refusal{"the same person, in another role", planner, path + ":recordBeacon", drawn(mistyped, ""), conflict, "draw.beacon.entered", "须由另一人", "another person"},
		refusal{"a run after one entry", zhao, path + ":run", `{}`, notNow, "draw.run.reveal", "尚未揭示", "not revealed"},
		refusal{"a reveal after one entry", zhao, path + ":reveal", revealOf(firstParty), notNow, "draw.reveal.beacon", "须先登记", "recorded before"},
	)
	w.do(zhao, path+":recordBeacon", drawn(right, ""))
	if b := w.public(id).GetBeacon(); !b.GetEntriesDiffer() || b.GetEntries()[1].GetValue() != "" || b.GetValue() != "" {
		t.Errorf("after two that differ %v", b)
	}
	w.refuse(refusal{"a run while entries differ", zhao, path + ":run", `{}`, notNow, "draw.run.differ", "不一致", "differs"})
	w.do(qian, path+":witnessBeacon", drawn(right, forParty))
	w.refuse(refusal{"other numbers after the record", insider{domain.Clerk, "li", bureau}, path + ":recordBeacon", drawn(mistyped, ""),
		conflict, "draw.beacon.recorded", "已登记，且不同", "another value"})
	w.do(zhao, path+":reveal", revealOf(firstParty))
	w.do(qian, path+":reveal", revealOf(secondParty))
	w.do(zhao, path+":run", `{}`)
	b := w.bundle(id)
	report, err := sortition.Verify(b, sortition.Options{Sources: w.sources})
	if err != nil || string(b.Beacon.Value) != right || len(b.Beacon.Entries) != 3 || b.Beacon.Entries[2].By != secondParty || b.Beacon.Entries[0].By != bureau {
		t.Errorf("entries %v, %v", b.Beacon.Entries, err)
	}
	if !slices.ContainsFunc(report.Notes, func(n sortition.Note) bool {
		return n.Code == sortition.NoteBeaconEntered && strings.HasSuffix(n.Text, "2 people entered it, each for themselves; 1 entered something else")
	}) {
		t.Errorf("notes %v", report.Notes)
	}
	want := "frozen terms_fixed committed committed beacon_entered beacon_entered beacon_entered beacon_recorded revealed revealed drawn"
	var acts []string
	for _, a := range w.public(id).GetActs() {
		acts = append(acts, a.GetAct())
	}
	if strings.Join(acts, " ") != want {
		t.Errorf("acts %s", acts)
	}
}

// TestAPartyThatDoesNotReveal: the abort is public at once with its reason, and the draw after it tells of it.
func TestAPartyThatDoesNotReveal(t *testing.T) {
	t.Parallel()
	w := openDraws(t)
	id := w.sealed("plan-t1", drandRound)
	w.now = speaks
	w.do(wang, "/v1/draws/"+id+":recordBeacon", `{"value":"`+drandValue+`","signature":"`+drandSignature+`"}`)
	w.do(zhao, "/v1/draws/"+id+":reveal", revealOf(firstParty))
	w.do(sun, "/v1/draws/"+id+":abort", `{"reason":"纪检监察室逾期未揭示","party":"`+secondParty+`"}`)
	at := w.now.UTC()
	v := w.public(id)
	last := v.GetActs()[len(v.GetActs())-1]
	if v.GetState() != string(draw.PhaseAborted) || v.GetAbortParty() != secondParty || last.GetAct() != "aborted" || last.GetRole() != "approver" || last.GetParty() != secondParty {
		t.Errorf("aborted %v", v)
	}
	w.do(zhao, "/v1/draws", `{"planId":"plan","taskId":"plan-t1"}`)
	second := w.public("plan-t1-2")
	if f := second.GetFormer(); second.GetNumber() != 2 || len(f) != 1 || f[0].GetId() != id || f[0].GetAbortReason() != "纪检监察室逾期未揭示" || f[0].GetAbortParty() != secondParty {
		t.Errorf("the second draw tells of %v", f)
	}
	list := w.get("/v1/public/draws?task_id=plan-t1").body
	if strings.Count(list, "纪检监察室逾期未揭示") != 2 || strings.Index(list, `"id":"plan-t1-2"`) > strings.Index(list, `"abortedAt"`) {
		t.Errorf("the list: %s", list)
	}
	if recorded, err := time.Parse(time.RFC3339Nano, second.GetFormer()[0].GetAbortedAt()); err != nil || !recorded.Equal(at) {
		t.Errorf("aborted at %s, want %s: %v", second.GetFormer()[0].GetAbortedAt(), at, err)
	}
}

// TestAPulseOfNISTIsProved binds a draw to a pulse that was published, and to nothing else.
func TestAPulseOfNISTIsProved(t *testing.T) {
	t.Parallel()
	w := openDraws(t)
	w.now = time.Date(2026, 8, 31, 19, 0, 0, 0, time.UTC)
	id := w.frozen("plan-t1")
	path := "/v1/draws/" + id
	const value = "ebc85c439a72062c703bc1ddfa8f7f55e7cd0e975962242ffbe4958252fcdf67b9723522464079c1f8a91c2c5596bf8a96ef0ef3652692a8e3fd493601f59488"
	document := published(t, "nist-pulse-1921300.json")
	said := func(value string, document []byte) string {
		return fmt.Sprintf(`{"value":"%s","signature":"%x"}`, value, document)
	}
	w.refuse(
		refusal{"no indices", zhao, path + ":fixTerms", `{"beacon":{"name":"nist","round":"1921300"}}`, wrong, "draw.beacon.round", "没有这一轮次", "no such round"},
		refusal{"another chain", zhao, path + ":fixTerms", `{"beacon":{"name":"nist","round":"1/1921300"}}`, wrong, "draw.beacon.round", "没有这一轮次", "no such round"},
		refusal{"a pulse that was published", zhao, path + ":fixTerms", `{"beacon":{"name":"nist","round":"2/1921296"}}`, notNow, "draw.beacon.spoken", "可能已公布", "known already"},
	)
	w.do(zhao, path+":fixTerms", `{"beacon":{"name":"nist","round":"2/1921300"}}`)
	if b := w.public(id).GetBeacon(); b.GetNotBefore() != "2026-08-31T19:04:00Z" || b.GetProof() != "signed" {
		t.Errorf("bound to %v", b)
	}
	w.now = time.Date(2026, 8, 31, 19, 4, 0, 0, time.UTC)
	other := strings.Replace(string(document), `"statusCode" : 0,
    "signature`, `"statusCode" : 2,
    "signature`, 1)
	w.refuse(
		refusal{"a forged pulse", wang, path + ":recordBeacon", said(value, []byte(other)), wrong, "draw.beacon.disproved", "未通过验证", "does not prove"},
		refusal{"another value", wang, path + ":recordBeacon", said(strings.Replace(value, "e", "f", 1), document), wrong, "draw.beacon.disproved", "未通过验证", "does not prove"},
		refusal{"no pulse", wang, path + ":recordBeacon", `{"value":"` + value + `"}`, wrong, "draw.beacon.disproved", "未通过验证", "does not prove"},
	)
	w.do(wang, path+":recordBeacon", said(value, document))
	w.do(zhao, path+":run", `{}`)
	if _, err := sortition.Verify(w.bundle(id), sortition.Options{Sources: []sortition.Source{nist(t).Untimed()}, Strict: true}); err != nil {
		t.Error(err)
	}
}
