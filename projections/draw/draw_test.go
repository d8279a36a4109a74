package draw_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
	"github.com/mingjian-ledger/mingjian/projections"
	view "github.com/mingjian-ledger/mingjian/projections/draw"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

const (
	bureau = "11540000MB0000001A"
	first  = "91540124MA6TCRX899"
	next   = "91540091MA6TCT3F04"
)

var day = time.Date(2026, 11, 19, 8, 0, 0, 0, time.UTC)

// log collects what happened.
type log struct {
	testing.TB
	store *estest.Store
	next  map[es.Stream]es.Revision
	n     int
}

func newLog(t testing.TB) *log {
	return &log{TB: t, store: estest.NewStore(t), next: map[es.Stream]es.Revision{}}
}

func (l *log) add(category, id string, events ...es.Event) {
	l.Helper()
	l.n++
	proposed, err := es.Propose(es.Metadata{
		Command: es.DeriveID("", fmt.Sprint("command", l.n)), Actor: "wang", Role: "planner", Authority: bureau, RecordedAt: day.Add(time.Duration(l.n) * time.Second),
	}, events...)
	if err != nil {
		l.Fatal(err)
	}
	stream := es.Stream{Category: category, ID: id}
	want := es.Expected(es.NoStream{})
	if r, ok := l.next[stream]; ok {
		want = es.Exactly(r - 1)
	}
	if _, err := l.store.Append(l.Context(), stream, want, proposed...); err != nil {
		l.Fatal(err)
	}
	l.next[stream] += es.Revision(len(events))
}

func (l *log) live() projections.Reader {
	l.Helper()
	return projectionstest.Live(l, view.Projection(), l.store.All())
}

func digest(text string) sortition.Digest { return sha256.Sum256([]byte(text)) }

func frozen(task string, number uint64) draw.Frozen {
	return draw.Frozen{
		Draw: draw.ID(task, number), Task: task, Plan: "xz-2026", Authority: bureau, Number: number, Line: "food",
		WindowEnd: calendar.MustParse("2026-12-31"), WorkloadCap: 4,
		Strata:      []sortition.Stratum{{Name: "A", RatioPPM: 50000}, {Name: "none", Count: 2}},
		Departments: []draw.Department{{Name: "市场监管", Authority: bureau, TeamSize: 2, Lead: true}, {Name: "消防", Authority: "11540000MB0000002B", TeamSize: 1}},
		Subjects:    draw.Pool{Digest: "s", Root: digest("S"), Count: 12}, Inspectors: draw.Pool{Digest: "i", Root: digest("I"), Count: 9},
		Conflicts: draw.Pool{Digest: "c", Root: digest("C"), Count: 1}, Layers: []draw.Layer{{Stratum: "A", Candidates: 12}},
		Exclusions: []sortition.Exclusion{{Reason: "deregistered", Count: 3}, {Reason: "checked_recently", Count: 1}}, AtPosition: "417",
	}
}

func whole() []es.Event {
	beacon := sortition.BeaconTerms{Name: "drand-quicknet", Round: "1000", NotBefore: "2026-11-20T08:00:00Z"}
	return []es.Event{
		frozen("xz-2026-t1", 1),
		draw.TermsFixed{Beacon: &beacon, Parties: []draw.Party{{Name: "局", Account: "a"}, {Name: "纪检", Account: "b", Authority: "11540000MB0000002B"}}, Terms: digest("T"), FixedAt: day},
		draw.PartyCommitted{Party: "局", Commitment: digest("1"), CommittedAt: day},
		draw.PartyCommitted{Party: "纪检", Commitment: digest("2"), CommittedAt: day},
		draw.BeaconRecorded{Value: sortition.Bytes{0xab}, Signature: sortition.Bytes{0xcd}},
		draw.PartyRevealed{Party: "局", Nonce: sortition.Nonce{1}},
		draw.PartyRevealed{Party: "纪检", Nonce: sortition.Nonce{2}},
		draw.Drawn{Seed: digest("seed"), Selection: draw.List{Digest: "l", Count: 1},
			Drawings: []draw.Drawing{{Stratum: "A", Selected: 1, Reserve: 11}}, Shortfalls: []draw.Short{{Department: "消防", Subjects: 1}}},
		draw.Replaced{Number: 1, SubjectOut: first, Reason: draw.Closed, ReplacedBy: sortition.Selection{Subject: next, Stratum: "A"}},
	}
}

func TestADrawAsThePublicSeesIt(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	for _, e := range whole() {
		l.add("draw", "xz-2026-t1-1", e)
	}
	got, err := view.Get(t.Context(), l.live(), "xz-2026-t1-1")
	if err != nil {
		t.Fatal(err)
	}
	want := &viewv1.Draw{
		Id: "xz-2026-t1-1", TaskId: "xz-2026-t1", PlanId: "xz-2026", AuthorityId: bureau, Number: 1, State: "drawn", StateLabel: "已抽取",
		Line: "food", WindowEnd: "2026-12-31", WorkloadCap: 4,
		Strata: []*viewv1.DrawStratum{{Name: "A", RatioPpm: 50000, Candidates: 12, Selected: 1, Reserve: 11}, {Name: "none", Count: 2}},
		Departments: []*viewv1.DrawDepartment{{Name: "市场监管", AuthorityId: bureau, TeamSize: 2, Lead: true},
			{Name: "消防", AuthorityId: "11540000MB0000002B", TeamSize: 1, Shortfalls: 1}},
		Subjects:   &viewv1.DrawPool{Digest: "s", Root: digest("S").String(), Count: 12},
		Inspectors: &viewv1.DrawPool{Digest: "i", Root: digest("I").String(), Count: 9},
		Conflicts:  &viewv1.DrawPool{Digest: "c", Root: digest("C").String(), Count: 1},
		Exclusions: []*viewv1.DrawExclusion{{Reason: "deregistered", Label: "注销", Count: 3}, {Reason: "checked_recently", Label: "近期已检查", Count: 1}},
		AtPosition: "417",
		Beacon:     &viewv1.DrawBeacon{Name: "drand-quicknet", Round: "1000", NotBefore: "2026-11-20T08:00:00Z", Value: "ab", Signature: "cd", Proof: "signed"},
		Parties: []*viewv1.DrawParty{
			{Name: "局", Commitment: digest("1").String(), CommittedAt: "2026-11-19T08:00:00Z", Nonce: "01" + fmt.Sprintf("%062d", 0),
				RevealedAt: "2026-11-19T08:00:06Z"},
			{Name: "纪检", Commitment: digest("2").String(), CommittedAt: "2026-11-19T08:00:00Z", Nonce: "02" + fmt.Sprintf("%062d", 0),
				RevealedAt: "2026-11-19T08:00:07Z", AuthorityId: "11540000MB0000002B"}},
		Terms: digest("T").String(), FixedAt: "2026-11-19T08:00:00Z", Seed: digest("seed").String(), SelectionDigest: "l", Selected: 1,
		Replacements: []*viewv1.DrawReplacement{{Number: 1, SubjectOut: first, Reason: "closed", ReasonLabel: "已关闭停业", SubjectIn: next}},
		FrozenAt:     "2026-11-19T08:00:01Z", DrawnAt: "2026-11-19T08:00:08Z",
		Acts: []*viewv1.DrawAct{
			acted(1, "frozen", "冻结名录", ""), acted(2, "terms_fixed", "固定条件", ""), acted(3, "committed", "承诺", "局"), acted(4, "committed", "承诺", "纪检"),
			acted(5, "beacon_recorded", "登记随机源结果", ""), acted(6, "revealed", "揭示", "局"), acted(7, "revealed", "揭示", "纪检"),
			acted(8, "drawn", "抽取", ""), acted(9, "replaced", "替换", "")},
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func acted(second int, act, label, party string) *viewv1.DrawAct {
	return &viewv1.DrawAct{Act: act, Label: label, At: fmt.Sprintf("2026-11-19T08:00:%02dZ", second), Role: "planner", AuthorityId: bureau, Party: party}
}

// What people entered is shown when nobody can copy it any more; that they did is shown at once.
func TestEntriesAreShownWhenTwoAgree(t *testing.T) {
	t.Parallel()
	terms := draw.TermsFixed{Beacon: &sortition.BeaconTerms{Name: "福彩双色球"}, Unproved: true, DoubleEntry: true, Terms: digest("T")}
	entry := func(party string, value string) draw.BeaconEntered {
		return draw.BeaconEntered{Value: sortition.Bytes(value), By: draw.Entrant{Account: "a", Authority: bureau, Party: party}, EnteredAt: day}
	}
	for _, test := range []struct {
		events  []es.Event
		entries []string // by and value
		differ  bool
	}{
		{[]es.Event{terms}, nil, false},
		{[]es.Event{terms, entry("", "1")}, []string{bureau + " "}, false},
		{[]es.Event{terms, entry("", "1"), entry("公证处", "2")}, []string{bureau + " ", "公证处 "}, true},
		{[]es.Event{terms, entry("", "1"), entry("公证处", "2"), draw.Aborted{Reason: "录入不一致"}}, []string{bureau + " 31", "公证处 32"}, true},
		{[]es.Event{terms, entry("", "1"), entry("公证处", "2"), entry("局", "2"), draw.BeaconRecorded{Value: sortition.Bytes("2")}},
			[]string{bureau + " 31", "公证处 32", "局 32"}, false},
		{[]es.Event{entry("", "1")}, []string{bureau + " "}, false}, // a strange history
	} {
		l := newLog(t)
		l.add("draw", "xz-2026-t1-1", append([]es.Event{frozen("xz-2026-t1", 1)}, test.events...)...)
		v, err := view.Get(t.Context(), l.live(), "xz-2026-t1-1")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range v.GetBeacon().GetEntries() {
			got = append(got, e.GetBy()+" "+e.GetValue())
			if e.GetEnteredAt() != "2026-11-19T08:00:00Z" {
				t.Errorf("entered at %s", e.GetEnteredAt())
			}
		}
		if !slices.Equal(got, test.entries) || v.GetBeacon().GetEntriesDiffer() != test.differ || len(v.GetActs()) != len(test.events)+1 {
			t.Errorf("%d events: entries %q, differ %v, %d acts", len(test.events), got, v.GetBeacon().GetEntriesDiffer(), len(v.GetActs()))
		}
	}
}

func TestADrawTellsOfThoseBeforeIt(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	l.add("draw", "xz-2026-t1-1", frozen("xz-2026-t1", 1), draw.Aborted{Reason: "参与方未揭示", Party: "局"})
	l.add("draw", "xz-2026-t1-2", frozen("xz-2026-t1", 2), draw.Aborted{Reason: "断电"})
	l.add("draw", "xz-2026-t1-3", frozen("xz-2026-t1", 3))
	want := []*viewv1.FormerDraw{
		{Id: "xz-2026-t1-1", Number: 1, AbortReason: "参与方未揭示", AbortParty: "局", AbortedAt: "2026-11-19T08:00:01Z"},
		{Id: "xz-2026-t1-2", Number: 2, AbortReason: "断电", AbortedAt: "2026-11-19T08:00:02Z"},
	}
	list, _, err := view.List(t.Context(), l.live(), view.Filter{Task: "xz-2026-t1", PageSize: 10})
	if err != nil || len(list) != 3 {
		t.Fatal(list, err)
	}
	for i, v := range list { // newest first
		if diff := cmp.Diff(want[:2-i], v.GetFormer(), protocmp.Transform(), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", v.GetId(), diff)
		}
	}
	if list[1].GetAbortedAt() != want[1].GetAbortedAt() {
		t.Errorf("aborted at %s", list[1].GetAbortedAt())
	}
}

// TestTheStateIsTheAggregates compares the state told from the view with the aggregate's phase, after each event.
func TestTheStateIsTheAggregates(t *testing.T) {
	t.Parallel()
	alone := []es.Event{whole()[0], draw.TermsFixed{Parties: []draw.Party{{Name: "局"}}}, whole()[2], draw.Aborted{Reason: "r", Party: "局"}}
	for name, events := range map[string][]es.Event{"drawn": whole(), "aborted": alone} {
		l, s := newLog(t), draw.Decider.Initial
		for i, e := range events {
			l.add("draw", "xz-2026-t1-1", e)
			s = draw.Decider.Evolve(s, e.(draw.Event))
			got, err := view.Get(t.Context(), l.live(), "xz-2026-t1-1")
			if err != nil || got.GetState() != string(s.Phase()) || got.GetStateLabel() == "" {
				t.Errorf("%s, event %d: state %q (%s), the aggregate's is %q, %v", name, i, got.GetState(), got.GetStateLabel(), s.Phase(), err)
			}
		}
	}
}

func TestDrawsAreListedNewestFirst(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	l.add("draw", "xz-2026-t1-1", frozen("xz-2026-t1", 1), draw.Aborted{Reason: "参与方未揭示", Party: "局"})
	l.add("draw", "xz-2026-t2-1", frozen("xz-2026-t2", 1))
	l.add("draw", "xz-2026-t1-2", frozen("xz-2026-t1", 2))
	r := l.live()
	for want, f := range map[string]view.Filter{
		"[xz-2026-t1-2 xz-2026-t2-1 xz-2026-t1-1]":  {},
		"[xz-2026-t1-2 xz-2026-t1-1]":               {Task: "xz-2026-t1"},
		"[xz-2026-t1-2 xz-2026-t2-1 xz-2026-t1-1] ": {Plan: "xz-2026"},
		"[]": {Authority: "other"},
	} {
		var got []string
		for f.PageSize = 1; ; {
			list, token, err := view.List(t.Context(), r, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range list {
				got = append(got, v.GetId())
			}
			if f.PageToken = token; token == "" {
				break
			}
		}
		if fmt.Sprint(got) != want && fmt.Sprint(got)+" " != want {
			t.Errorf("%+v: %v, want %s", f, got, want)
		}
	}
	if v, err := view.Get(t.Context(), r, "xz-2026-t1-1"); err != nil || v.GetAbortReason() != "参与方未揭示" || v.GetAbortParty() != "局" {
		t.Errorf("an aborted draw: %v, %v", v, err)
	}
	if _, err := view.Get(t.Context(), r, "xz-2026-t9-1"); domain.KindOf(err) != domain.NotFound {
		t.Errorf("a draw that isn't: %v", err)
	}
}

func TestDrawnSubjectsAndTheirReplacement(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	assign := func(subject domain.SubjectID) inspection.Assigned {
		return inspection.Assigned{Inspection: inspection.DrawnID("xz-2026-t1-1", subject), Draw: "xz-2026-t1-1", Task: "xz-2026-t1", Subject: subject, SubjectName: "公司" + string(subject)}
	}
	l.add("inspection", inspection.DrawnID("xz-2026-t1-1", first), assign(first), inspection.Released{Reason: "closed", By: next})
	l.add("inspection", inspection.DrawnID("xz-2026-t1-1", next), assign(next), inspection.Confirmed{Department: "市场监管", By: "XZ-001"})
	l.add("inspection", inspection.DrawnID("xz-2026-t1-1", next), inspection.CalledOff{Department: "消防", Reason: "调离", By: "wang"})
	l.add("inspection", inspection.DrawnID("xz-2026-t1-1", next), inspection.CalledOff{Reason: "检查人员不足", By: "wang"})
	list, token, err := view.Subjects(t.Context(), l.live(), "xz-2026-t1-1", 10, "")
	if err != nil || token != "" {
		t.Fatal(token, err)
	}
	want := []*viewv1.DrawnSubject{
		{DrawId: "xz-2026-t1-1", TaskId: "xz-2026-t1", SubjectId: next, SubjectName: "公司" + next, InspectionId: "xz-2026-t1-1:" + next,
			CalledOffReason: "检查人员不足"},
		{DrawId: "xz-2026-t1-1", TaskId: "xz-2026-t1", SubjectId: first, SubjectName: "公司" + first, InspectionId: "xz-2026-t1-1:" + first, Replaced: true},
	}
	if diff := cmp.Diff(want, list, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestTheLastInspectionOfEachSubject(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	took := func(no string, subject domain.SubjectID, on string) {
		l.add("inspection", "old:"+no, inspection.TakenOver{Subject: subject, CompletedOn: calendar.MustParse(on)})
	}
	took("1", "ext:chicago:77", "2014-03-01")
	took("2", "ext:chicago:77", "2013-01-01")
	took("3", first, "2025-05-05")
	l.add("inspection", inspection.DrawnID("xz-2026-t1-1", first), inspection.Concluded{CompletedOn: calendar.MustParse("2026-05-20")})
	l.add("inspection", inspection.DrawnID("xz-2026-t1-1", "ext:chicago:9"), inspection.Concluded{CompletedOn: calendar.MustParse("2026-05-21")})
	var got []string
	for c, err := range view.LastChecks(t.Context(), l.live()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, c.Subject+" "+c.On.String())
	}
	want := []string{first + " 2026-05-20", "ext:chicago:77 2014-03-01", "ext:chicago:9 2026-05-21"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheChecksOfEachSubjectByMatter(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	assigned := func(draw string, subject domain.SubjectID, due string, matters ...string) {
		e := inspection.Assigned{Inspection: inspection.DrawnID(draw, subject), Draw: draw, Authority: bureau, Subject: subject}
		if due != "" {
			e.DueOn = calendar.MustParse(due)
		}
		for _, m := range matters {
			e.Items = append(e.Items, inspection.Item{No: "1", Matter: m})
		}
		l.add("inspection", e.Inspection, e)
	}
	then := func(draw string, subject domain.SubjectID, e es.Event) {
		l.add("inspection", inspection.DrawnID(draw, subject), e)
	}
	assigned("p-1-1", first, "2027-01-31", "营业执照", "公示 信息")
	assigned("p-2-1", first, "", "营业执照")
	then("p-1-1", first, inspection.Concluded{CompletedOn: calendar.MustParse("2026-12-30")})
	assigned("p-1-1", next, "2026-12-31", "营业执照")
	then("p-1-1", next, inspection.Released{Reason: "closed", By: first})
	assigned("p-3-1", next, "2026-12-31", "营业执照")
	then("p-3-1", next, inspection.CalledOff{Department: "消防", Reason: "回避"})
	then("p-3-1", next, inspection.CalledOff{Reason: "回避"})
	assigned("p-4-1", next, "2026-12-31", "价格")
	then("p-4-1", next, inspection.CalledOff{Department: "消防", Reason: "回避"})
	l.add("inspection", "old:1", inspection.TakenOver{
		Inspection: "old:1", Subject: first, Authority: "fire", Item: "公示信息", CompletedOn: calendar.MustParse("2025-05-05")})
	l.add("inspection", "old:2", inspection.TakenOver{Inspection: "old:2", Item: "公示信息", CompletedOn: calendar.MustParse("2025-05-05")})
	var got []view.MatterCheck
	for c, err := range view.MatterChecks(t.Context(), l.live()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, c)
	}
	licence, notice, price := view.MatterKey("营业执照"), view.MatterKey("公示信息"), view.MatterKey("价格")
	want := []view.MatterCheck{
		{Subject: next, Authority: bureau, Matters: []string{price}, Year: 2026, Drawn: true},
		{Subject: first, Authority: "fire", Matters: []string{notice}, Year: 2025},
		{Subject: first, Authority: bureau, Matters: []string{licence, notice}, Year: 2026, Drawn: true},
		{Subject: first, Authority: bureau, Matters: []string{licence}, Year: 2026, Drawn: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("checks (-want +got):\n%s", diff)
	}
}
