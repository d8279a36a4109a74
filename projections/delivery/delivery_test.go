package delivery_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/chain"
	events "github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/delivery"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

const bureau domain.AuthorityID = "bs"

var (
	today     = calendar.MustParse("2026-03-20")
	penalties = delivery.Sequence{Platform: "credit_china", Kind: events.Penalty}
	licences  = delivery.Sequence{Platform: "credit_china", Kind: events.Licence}
	carrier   = domain.Actor{Account: "exchange", Role: domain.Integrator}
)

// desk runs commands as a server does: what carries a row's number takes it from the view.
type desk struct {
	testing.TB
	store *estest.Store
	n     int
}

func newDesk(t testing.TB) *desk { return &desk{TB: t, store: estest.NewStore(t)} }

func (d *desk) do(id string, cmd events.Command) error {
	d.Helper()
	d.n++
	_, err := es.Transact(d.Context(), d.store, events.Decider, id, cmd, es.Metadata{
		Command: es.DeriveID("", fmt.Sprint("command", d.n)), RecordedAt: time.Unix(int64(d.n), 0).UTC(),
	})
	return err
}

func (d *desk) must(id string, cmd events.Command) {
	d.Helper()
	if err := d.do(id, cmd); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) live() projections.Reader {
	d.Helper()
	return projectionstest.Live(d, delivery.Projection(), d.store.All())
}

// act is an act of a disclosure; without content the platform is to show it no more.
func act(disclosure string, n int, content string) events.Prepare {
	kind, record, _ := strings.Cut(disclosure, ".")
	return events.Prepare{
		By: domain.Actor{Account: "policy", Authority: bureau}, Today: today, Act: n, Wanted: content != "", Withdrawal: events.Delete, Cause: events.ByAct,
		About: events.About{
			Platform: "credit_china", Kind: events.Kind(kind), Disclosure: disclosure, Record: record, Authority: bureau,
			Match: events.Match{DocumentNo: "罚〔2026〕1号", Party: "高原牧场（集团）有限公司", DecidedOn: today},
		},
		Content: events.Content{Version: "2018", Table: "all", Party: "natural", Personal: []string{"CF_XDR_ZJHM"},
			Columns:  []events.Column{{Key: "CF_NR", Value: content}, {Key: "CF_XDR_ZJHM", Value: ""}},
			Identity: &domain.Sealed{Item: "item", Persons: []string{"person"}, Commitment: strings.Repeat("c", 64)}},
	}
}

func id(disclosure string) string { return events.ID("credit_china", disclosure) }

func (d *desk) row(s delivery.Sequence, number uint64) *viewv1.KeptDeliveryRow {
	d.Helper()
	row, err := delivery.Row(d.Context(), d.live(), s, number)
	if err != nil {
		d.Fatal(err)
	}
	return row
}

func (d *desk) submit(s delivery.Sequence, number uint64, batch string) {
	d.Helper()
	row := d.row(s, number)
	d.must(row.GetRow().GetDeliveryId(), events.Submit{
		By: carrier, Today: today, Row: int(row.GetPlace()), Number: number, Content: row.GetContent(), Digest: row.GetRow().GetDigest(), Batch: batch, Channel: "folder",
	})
}

func (d *desk) receive(s delivery.Sequence, number uint64, v events.Verdict, code string) {
	d.Helper()
	row := d.row(s, number)
	d.must(row.GetRow().GetDeliveryId(), events.Receive{
		By: carrier, Today: today, Row: int(row.GetPlace()), Number: number, Digest: row.GetRow().GetDigest(), Verdict: v, Code: code, Receipt: strings.Repeat("a", 64),
	})
}

func TestRowsAreNumberedAndChained(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.must(id("penalty.p1"), act("penalty.p1", 1, "一"))
	d.must(id("licence.l.0"), act("licence.l.0", 1, "许可"))
	d.must(id("penalty.p2"), act("penalty.p2", 1, "二"))
	d.must(id("penalty.p1"), act("penalty.p1", 2, ""))
	r := d.live()
	rows, err := delivery.Rows(t.Context(), r, penalties, 0, 10)
	if err != nil || len(rows) != 3 {
		t.Fatalf("%v, %v", rows, err)
	}
	running := chain.Chain{}
	for i, kept := range rows {
		row := kept.GetRow()
		sum := sha256.Sum256([]byte(row.GetItem()))
		running = running.Next([]byte(row.GetItem()))
		if row.GetNumber() != uint64(i+1) || row.GetDigest() != hex.EncodeToString(sum[:]) || row.GetChain() != running.String() {
			t.Errorf("row %d: %v", i+1, row)
		}
		if strings.Contains(row.GetItem(), "CF_XDR_ZJHM") || kept.GetIdentityItem() != "item" || !slices.Equal(row.GetPersonal(), []string{"CF_XDR_ZJHM"}) {
			t.Errorf("row %d tells a personal column, or does not say which it is: %v", i+1, kept)
		}
	}
	var item struct {
		Action  string
		Number  uint64
		Columns map[string]string
		Release struct {
			Act        int
			Disclosure string
		}
	}
	if err := json.Unmarshal([]byte(rows[2].GetRow().GetItem()), &item); err != nil || item.Action != "delete" || item.Number != 3 ||
		item.Columns["CF_NR"] != "一" || item.Release.Act != 2 || item.Release.Disclosure != "penalty.p1" {
		t.Errorf("%+v, %v", item, err)
	}
	head, err := delivery.Head(t.Context(), r, penalties)
	if err != nil || head.GetNumber() != 3 || head.GetChain() != running.String() {
		t.Errorf("%v, %v", head, err)
	}
	if c, err := delivery.Chain(t.Context(), r, penalties, 3); err != nil || c != running {
		t.Errorf("%v, %v", c, err)
	}
	if head, err := delivery.Head(t.Context(), r, licences); err != nil || head.GetNumber() != 1 {
		t.Errorf("%v, %v", head, err)
	}
	if head, err := delivery.Head(t.Context(), r, delivery.Sequence{Platform: "credit_china", Kind: "other"}); err != nil || head.GetNumber() != 0 {
		t.Errorf("%v, %v", head, err)
	}
	if after, err := delivery.Rows(t.Context(), r, penalties, 2, 10); err != nil || len(after) != 1 || after[0].GetRow().GetNumber() != 3 {
		t.Errorf("%v, %v", after, err)
	}
}

func TestAnswersAndBatches(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.must(id("penalty.p1"), act("penalty.p1", 1, "一"))
	d.must(id("penalty.p2"), act("penalty.p2", 1, "二"))
	waiting := func() uint64 {
		n, err := delivery.Waiting(t.Context(), d.live(), penalties)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if waiting() != 1 {
		t.Errorf("%d waits", waiting())
	}
	d.submit(penalties, 1, "b1")
	if waiting() != 2 {
		t.Errorf("%d waits", waiting())
	}
	d.submit(penalties, 2, "b1")
	d.submit(penalties, 2, "b2")
	if waiting() != 0 {
		t.Errorf("%d waits", waiting())
	}
	r := d.live()
	for batch, want := range map[string][]uint64{"b1": {1, 2}, "b2": {2}, "b3": nil} {
		if got, err := delivery.Batch(t.Context(), r, penalties, batch); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s holds %v, %v", batch, got, err)
		}
	}
	late := func(day calendar.Date) int {
		list, _, err := delivery.Late(t.Context(), d.live(), day, 10, "")
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	if due := events.AnswerBy(today); late(due) != 0 || late(due.AddDays(1)) != 2 {
		t.Errorf("%d late on the last day, %d after", late(due), late(due.AddDays(1)))
	}
	d.receive(penalties, 1, events.Refused, "1001")
	d.receive(penalties, 2, events.Duplicate, "")
	if late(events.AnswerBy(today).AddDays(1)) != 0 {
		t.Error("what was answered is late")
	}
	v, err := delivery.Get(t.Context(), d.live(), id("penalty.p1"))
	if err != nil || v.GetStatus() != "rejected" || v.GetStatusLabel() != "被退回" || v.GetRows()[0].GetCode() != "1001" || v.GetAnswerBy() != "" {
		t.Errorf("%v, %v", v, err)
	}
	list, _, err := delivery.List(t.Context(), d.live(), delivery.Filter{Authority: string(bureau), Status: "accepted", PageSize: 10})
	if err != nil || len(list) != 1 || list[0].GetId() != id("penalty.p2") || list[0].GetRows()[0].GetStatus() != "duplicate" {
		t.Errorf("%v, %v", list, err)
	}
	if all, _, err := delivery.List(t.Context(), d.live(), delivery.Filter{Authority: string(bureau), PageSize: 10}); err != nil || len(all) != 2 {
		t.Errorf("%v, %v", all, err)
	}
}

// A receipt may name a row by what the platform shows of it.
func TestRowsAreFound(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.must(id("penalty.p1"), act("penalty.p1", 1, "一"))
	d.must(id("penalty.p1"), act("penalty.p1", 2, "二"))
	r := d.live()
	m := delivery.Named{Match: events.Match{DocumentNo: "罚[2026]1号", Party: "高原牧场(集团)有限公司", DecidedOn: today}}
	if row, err := delivery.Match(t.Context(), r, penalties, m); err != nil || row.GetRow().GetNumber() != 2 {
		t.Errorf("%v, %v", row, err)
	}
	digest := d.row(penalties, 1).GetRow().GetDigest()
	if row, err := delivery.Find(t.Context(), r, penalties, digest); err != nil || row.GetRow().GetNumber() != 1 {
		t.Errorf("%v, %v", row, err)
	}
	m.Party = "别的公司"
	_, byMatch := delivery.Match(t.Context(), r, penalties, m)
	_, byNumber := delivery.Row(t.Context(), r, penalties, 9)
	_, byDigest := delivery.Find(t.Context(), r, licences, digest)
	_, none := delivery.Get(t.Context(), r, "x.y")
	for what, err := range map[string]error{"match": byMatch, "number": byNumber, "digest of another kind": byDigest, "delivery": none} {
		if domain.KindOf(err) != domain.NotFound {
			t.Errorf("%s: %v", what, err)
		}
	}
	if strings.Contains(byMatch.Error(), "别的公司") || !strings.Contains(byNumber.Error(), "#9") {
		t.Errorf("%v, %v", byMatch, byNumber)
	}
}

// TestWhichRowAnAnswerIsOf where it names decision and party alone.
func TestWhichRowAnAnswerIsOf(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.must(id("penalty.p1"), act("penalty.p1", 1, "一"))
	asked := delivery.Named{Match: events.Match{DocumentNo: "罚〔2026〕1号", Party: "高原牧场（集团）有限公司"}, Verdict: events.Taken}
	expect := func(what string, n delivery.Named, number uint64, kind domain.Kind) {
		t.Helper()
		row, err := delivery.Match(t.Context(), d.live(), penalties, n)
		if row.GetRow().GetNumber() != number || number == 0 && domain.KindOf(err) != kind || number > 0 && err != nil {
			t.Errorf("%s: row %d, %v", what, row.GetRow().GetNumber(), err)
		}
		if err != nil && strings.Contains(err.Error(), "高原牧场") {
			t.Errorf("%s: %v", what, err)
		}
	}
	with := func(change func(*delivery.Named)) delivery.Named {
		n := asked
		change(&n)
		return n
	}
	d.submit(penalties, 1, "b1")
	expect("one row", asked, 1, 0)
	expect("on another day", with(func(n *delivery.Named) { n.DecidedOn = today.AddDays(1) }), 0, domain.NotFound)
	d.must(id("penalty.p1"), act("penalty.p1", 2, "二"))
	expect("one that went out", asked, 1, 0)
	d.submit(penalties, 2, "b2")
	expect("two that wait", asked, 0, domain.Conflict)
	expect("two that wait, and the batch", with(func(n *delivery.Named) { n.From, n.To = 1, 1 }), 1, 0)
	d.receive(penalties, 1, events.Refused, "1001")
	expect("the one that waits", asked, 2, 0)
	refused := with(func(n *delivery.Named) { n.Verdict, n.Code = events.Refused, "1001" })
	expect("the same answer once more", refused, 0, domain.Conflict)
	expect("another answer", with(func(n *delivery.Named) { n.Verdict, n.Code = events.Refused, "1002" }), 2, 0)
	d.receive(penalties, 2, events.Taken, "")
	expect("none that waits", refused, 2, 0)
	d.must(id("penalty.p9"), act("penalty.p9", 1, "一"))
	expect("two records", asked, 0, domain.Conflict)
}

// TestViewsFollowTheAggregate runs random commands and compares each delivery, and each of its rows, with the folded state.
func TestViewsFollowTheAggregate(t *testing.T) {
	t.Parallel()
	const seed = 20260320
	random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test's
	d := newDesk(t)
	acts := map[string]int{}
	for range 300 {
		disclosure := fmt.Sprint("penalty.p", random.IntN(8))
		if random.IntN(2) == 0 {
			acts[disclosure]++
		}
		_ = d.do(id(disclosure), anyCommand(d, random, disclosure, max(1, acts[disclosure]))) // refusals are part of it
	}
	r := d.live()
	head, err := delivery.Head(t.Context(), r, penalties)
	if err != nil || head.GetNumber() < 20 {
		t.Fatalf("seed %d led to too few rows: %v, %v", seed, head, err)
	}
	seen, counts := uint64(0), map[events.Status]uint64{}
	defer func() {
		if got, err := delivery.Counts(t.Context(), r, penalties); err != nil || !maps.Equal(got, counts) {
			t.Errorf("counts %v, %v; want %v", got, err, counts)
		}
		if since, waits, err := delivery.Oldest(t.Context(), r, penalties); err != nil || waits != (counts[events.WasSubmitted] > 0) || waits && since != today {
			t.Errorf("the oldest waits %v since %s, %v", waits, since, err)
		}
	}()
	for n := range 8 {
		stream := id(fmt.Sprint("penalty.p", n))
		res, err := es.Load(t.Context(), d.store, events.Decider, stream)
		if err != nil {
			t.Fatal(err)
		}
		if !res.Exists {
			continue
		}
		v, err := delivery.Get(t.Context(), r, stream)
		s := res.State
		counts[s.Status]++
		if err != nil || v.GetStatus() != string(s.Status) || len(v.GetRows()) != len(s.Rows) || int(v.GetAct()) != s.Act ||
			(v.GetAnswerBy() != "") != (s.Status == events.WasSubmitted) || (v.GetGivenUp() != "") != (s.GivenUp != nil) {
			t.Errorf("%s is %v, %v; want %+v", stream, v, err, s)
			continue
		}
		seen += uint64(len(s.Rows))
		for i, row := range s.Rows {
			ref := v.GetRows()[i]
			if want := row.Verdict(); want != "" && ref.GetStatus() != string(want) || want == "" && (ref.GetStatus() == "given_up" || ref.GetStatus() == "held") != row.Left {
				t.Errorf("%s row %d is %v, want %+v", stream, i+1, ref, row)
			}
		}
	}
	if seen != head.GetNumber() {
		t.Errorf("%d rows of %d", seen, head.GetNumber())
	}
}

// anyCommand carries numbers that grow with the log: the row of a place was the nth of its sequence.
func anyCommand(d *desk, random *rand.Rand, disclosure string, n int) events.Command {
	numbers := map[string][]uint64{}
	total := uint64(0)
	for _, rec := range d.store.All() {
		e, err := events.Codec().Decode(rec.Type, rec.Data)
		if err != nil {
			d.Fatal(err)
		}
		if _, row := e.(events.Prepared); row {
			total++
			numbers[rec.Stream.ID] = append(numbers[rec.Stream.ID], total)
		}
	}
	own := numbers[id(disclosure)]
	place := random.IntN(len(own)+1) + 1
	number := uint64(0)
	content := ""
	if place <= len(own) {
		number = own[place-1]
		res, err := es.Load(d.Context(), d.store, events.Decider, id(disclosure))
		if err != nil {
			d.Fatal(err)
		}
		content = res.State.Rows[place-1].Prepared.Digest
	}
	switch random.IntN(9) {
	case 0, 1:
		return act(disclosure, n, []string{"", "一", "二", "三"}[random.IntN(4)])
	case 2:
		c := act(disclosure, n, "x")
		c.Problems = []events.Problem{{Field: "CF_NR", Rule: "length", ZH: "过长", EN: "too long"}}
		return c
	case 3, 4:
		return events.Submit{By: carrier, Today: today, Row: place, Number: number, Content: content, Digest: strings.Repeat("d", 64), Batch: fmt.Sprint("b", random.IntN(9)), Channel: "folder"}
	case 5, 6:
		return events.Receive{By: carrier, Today: today, Row: place, Number: number, Receipt: strings.Repeat(fmt.Sprint(random.IntN(9)), 64),
			Verdict: []events.Verdict{events.Taken, events.Refused, events.Duplicate}[random.IntN(3)]}
	case 7:
		return events.SetAside{By: carrier, Today: today, Row: place, Number: number, Problems: []events.Problem{{Field: "CF_NR", Rule: "encoding", ZH: "无法编码", EN: "no such character"}}}
	}
	return events.GiveUp{By: domain.Actor{Account: "zhao", Role: domain.Approver, Authority: bureau}, Today: today, Reason: "停用"}
}
