package reporting_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/chain"
	"github.com/mingjian-ledger/mingjian/domain/reporting"
)

// month is what a ledger holds of a month: decisions, the rows of a platform, and the feed.
type month struct {
	decisions []reporting.Decision
	items     []reporting.Item
	releases  []reporting.Release
}

// newMonth has decisions 1 to 4, of which 3 was never sent and 4 is taken over; rows 1 and 2 are of 1, the other is of 2.
func newMonth() *month {
	m := &month{}
	for i := 1; i <= 4; i++ {
		d := decided("2024-09-27")
		d.Record, d.Disclosure, d.Event = fmt.Sprint("p", i), fmt.Sprint("penalty.p", i), reporting.Event{Stream: fmt.Sprint("penalty-p", i), ID: fmt.Sprint("e", i)}
		m.decisions = append(m.decisions, d)
	}
	m.decisions[0].Rows = []reporting.Row{answered(m.row("p1", "2024-10-08"), reporting.Rejected), answered(m.row("p1", "2024-10-09"), reporting.Taken)}
	m.decisions[1].Rows = []reporting.Row{answered(m.row("p2", "2024-10-13"), reporting.Taken)}
	m.decisions[3].Due, m.decisions[3].Ground = calendar.Date{}, "taken_over"
	m.releases = append(m.releases, reporting.Release{
		Disclosure: "penalty.old", Kind: "penalty", Authority: "bs", On: day("2024-09-30"), DecidedOn: day("2024-09-02"), Outlet: true, Adopted: true,
	})
	for _, d := range m.decisions {
		m.releases = append(m.releases, reporting.Release{
			Disclosure: d.Disclosure, Kind: "penalty", Authority: "bs", On: d.Released, DecidedOn: d.DecidedOn, Outlet: true,
		})
	}
	return m
}

// row is one more row of the sequence.
func (m *month) row(record, on string) reporting.Row {
	n := len(m.items) + 1
	plain := fmt.Appendf(nil, `{"action":"add","kind":"penalty","number":%d,"platform":"credit_china","record":%q,"release":{"act":1,"disclosure":"penalty.%s"}}`, n, record, record)
	sum := sha256.Sum256(plain)
	m.items = append(m.items, reporting.Item{Digest: hex.EncodeToString(sum[:]), Plain: plain})
	return reporting.Row{Number: uint64(n), Digest: hex.EncodeToString(sum[:]), Shows: true, SentOn: day(on), Receipt: strings.Repeat("a", 64)} //nolint:gosec // from 1
}

// file is the list of the month.
func (m *month) file(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := reporting.NewWriter(&out, reporting.Head{
		Platform: "credit_china", Authority: "bs", Authorities: []string{"bs"}, Month: "2024-09", AsOf: day("2024-12-01"), Position: "42", Rows: map[string]uint64{"penalty": uint64(len(m.items))},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range m.decisions {
		if _, err := w.Add(d); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (m *month) list(t testing.TB) reporting.List {
	t.Helper()
	l, err := reporting.Read(bytes.NewReader(m.file(t)))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// verified is everything that is found.
func (m *month) verified(t testing.TB) (out []string) {
	t.Helper()
	l := m.list(t)
	found := l.Verify(calendar.Embedded())
	_, more := l.AgainstRows("penalty", m.items)
	found = append(append(found, more...), l.AgainstReleases(m.releases)...)
	found = append(found, l.AgainstReceipts(map[string]bool{strings.Repeat("a", 64): true})...)
	for _, f := range found {
		out = append(out, f.String())
	}
	return out
}

func TestAListIsProof(t *testing.T) {
	t.Parallel()
	m := newMonth()
	if found := m.verified(t); found != nil {
		t.Fatal(found)
	}
	l := m.list(t)
	if f := l.Tail.Figures["penalty"]; f != (reporting.Figures{Decisions: 4, Exempt: 1, Due: 3, InTime: 1, Late: 1, Omitted: 1, Answered: 2, Clean: 1, Rejected: 1}) {
		t.Errorf("%+v", f)
	}
	if p := l.Lines; p[0].Pair != 2 || p[1].Pair != 3 || p[2].Pair != 0 || p[2].Class != reporting.Omitted || p[2].Why != reporting.WhyNoRow {
		t.Errorf("%+v", p)
	}
	running, _ := l.AgainstRows("penalty", m.items)
	want := chain.Chain{}
	for _, i := range m.items {
		want = want.Next(i.Plain)
	}
	if running != want {
		t.Errorf("the rows' digest is %s, want %s", running, want)
	}
}

// TestPlantedFaultsAreFound: each changes the month as whoever wants to hide something would, and writes a list with a good chain.
func TestPlantedFaultsAreFound(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		plant func(*month)
		want  string
	}{
		"a decision left out": {func(m *month) { m.decisions = slices.Delete(m.decisions, 2, 3) }, "penalty.p3: it was made public on 2024-09-28 and is not in the list"},
		"the receipt of another row": {func(m *month) { m.decisions[2].Rows = m.decisions[1].Rows },
			"penalty.p3: row 3 is about penalty.p2: its receipt answers for that"},
		"a rejected row left out":     {func(m *month) { m.decisions[0].Rows = m.decisions[0].Rows[1:] }, "penalty.p1: row 1 is about it and is not told"},
		"the only row left out":       {func(m *month) { m.decisions[1].Rows = nil }, "penalty.p2: row 3 is about it and is not told"},
		"rows cut off":                {func(m *month) { m.items = m.items[:2] }, "penalty.p2: there is no row 3"},
		"a row that there is none of": {func(m *month) { m.decisions[1].Rows[0].Number = 9 }, "penalty.p2: there is no row 9"},
		"another row's content":       {func(m *month) { m.decisions[1].Rows[0].Digest = m.items[0].Digest }, "penalty.p2: row 3 has the digest"},
		"a decision told twice":       {func(m *month) { m.decisions = append(m.decisions, m.decisions[1]) }, "penalty.p2: decision penalty.p2 stands for penalty.p2 too"},
		"one event for two":           {func(m *month) { m.decisions[2].Event.ID = "e1" }, "penalty.p3: event e1 stands for penalty.p1 too"},
		"a later last day": {func(m *month) { m.decisions[1].Due = day("2024-10-14") },
			"penalty.p2: the last day is 2024-10-14, and the calendar gives 2024-10-12"},
		"said to be exempt": {func(m *month) { m.decisions[2].Due, m.decisions[2].Ground = calendar.Date{}, "summary" },
			"penalty.p3: it was made public on 2024-09-28 where the platform takes from"},
		"said to have no period": {func(m *month) { m.decisions[2].Due = calendar.Date{} }, "penalty.p3: nothing in the decision says why it is not reported"},
		"another month":          {func(m *month) { m.decisions[2].DecidedOn = day("2024-08-30") }, "penalty.p3: it is of another month or authority: 2024-08-30 bs"},
		"another authority":      {func(m *month) { m.decisions[2].Authority = "other" }, "penalty.p3: it is of another month or authority: 2024-09-27 other"},
		"never public":           {func(m *month) { m.releases = m.releases[2:] }, "penalty.p1: it is said to be public since 2024-09-28 and is not in the feed"},
		"decided on another":     {func(m *month) { m.releases[3].DecidedOn = day("2024-09-20") }, "penalty.p3: the feed has it decided on 2024-09-20, the list on 2024-09-27"},
		"a receipt not kept":     {func(m *month) { m.decisions[1].Rows[0].Receipt = strings.Repeat("b", 64) }, "penalty.p2: the receipt of row 3 with the SHA-256 bbb"},
		"rows of another order":  {func(m *month) { m.items[0], m.items[1] = m.items[1], m.items[0] }, "row 1 of the sequence is not row 1 of penalty for credit_china"},
	} {
		m := newMonth()
		test.plant(m)
		if found := m.verified(t); !slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, test.want) }) {
			t.Errorf("%s: %q", name, found)
		}
	}
}

// TestAChangedListIsRefused: no byte of it can be changed, and no line cut, without another chain. Every fifth byte is tried: no part of a
// line is as short.
func TestAChangedListIsRefused(t *testing.T) {
	t.Parallel()
	whole := newMonth().file(t)
	for i := 0; i < len(whole); i += 5 {
		bad := slices.Clone(whole)
		bad[i] ^= 0x01
		if l, err := reporting.Read(bytes.NewReader(bad)); err == nil && l.Verify(calendar.Embedded()) == nil {
			t.Fatalf("byte %d is changed: %q", i, bad[max(0, i-20):min(len(bad), i+20)])
		}
	}
	lines := bytes.SplitAfter(whole, []byte("\n"))
	for i := range lines {
		if _, err := reporting.Read(bytes.NewReader(bytes.Join(slices.Delete(slices.Clone(lines), i, i+1), nil))); err == nil && i < len(lines)-1 {
			t.Errorf("line %d is cut", i+1)
		}
	}
}

// TestWrongWordsAreJudgedAnew: a list whose writer called what is late in time, with a chain that is right.
func TestWrongWordsAreJudgedAnew(t *testing.T) {
	t.Parallel()
	l := newMonth().list(t)
	l.Lines[1].Class = reporting.InTime
	f := l.Tail.Figures["penalty"]
	f.Late, f.InTime = 0, 2
	l.Tail.Figures["penalty"] = f
	found := l.Verify(calendar.Embedded())
	if len(found) != 2 || !strings.HasPrefix(found[0].String(), "penalty.p2: it is said to be in_time") || !strings.HasPrefix(found[1].Text, "the counts are") {
		t.Errorf("%v", found)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(newMonth().file(f))
	f.Add([]byte("{}\n{}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := reporting.Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		l.Verify(calendar.Embedded())
		l.AgainstRows("penalty", nil)
		l.AgainstReleases(nil)
	})
}
