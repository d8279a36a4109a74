package reporting_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/reporting"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	view "github.com/mingjian-ledger/mingjian/projections/reporting"
)

// TestTheFiguresAreThoseOfTheLog counts any history again from the stored bytes, by code that shares nothing with the view or with
// what judges decisions: dates are texts, and what happened is looked for, not folded.
func TestTheFiguresAreThoseOfTheLog(t *testing.T) {
	t.Parallel()
	days := []string{"2026-03-23", "2026-03-27", "2026-03-31", "2026-04-01", "2026-04-20"}
	rapid.Check(t, func(rt *rapid.T) {
		l := newLog(t)
		n := rapid.IntRange(1, 3).Draw(rt, "decisions")
		for i := range n {
			id := fmt.Sprintf("penalty.p%d", i)
			l.decide(fmt.Sprint("p", i), bureau, "2026-03-20", nil)
			if rapid.IntRange(0, 5).Draw(rt, "period") > 0 {
				l.period(id, bureau, "2026-03-20")
			}
		}
		for range rapid.IntRange(0, 15).Draw(rt, "steps") {
			l.step(fmt.Sprintf("penalty.p%d", rapid.IntRange(0, n-1).Draw(rt, "of")), rapid.IntRange(0, 7).Draw(rt, "what"), rapid.SampledFrom(days).Draw(rt, "day"))
		}
		today := rapid.SampledFrom(days).Draw(rt, "today")
		got := map[string]int64{}
		var f reporting.Figures
		for v, err := range view.Decisions(t.Context(), l.live(), bureau, "2026-03") {
			if err != nil {
				rt.Fatal(err)
			}
			j := view.Of(v, platform).On(on(today))
			f.Add(j)
			got[v.GetRecordId()+" "+string(j.Class)]++
			got["clean"], got["rejected"] = f.Clean, f.Rejected
		}
		if f.Exempt+f.Due != f.Decisions || f.InTime+f.Late+f.Waiting+f.Open+f.Omitted != f.Due {
			rt.Fatalf("the classes don't add up: %+v", f)
		}
		if want := naive(rt, l.Store.All(), today); fmt.Sprint(got) != fmt.Sprint(want) {
			rt.Fatalf("on %s\n the view %v\nthe log %v", today, got, want)
		}
	})
}

// step is one thing that may happen, where it may.
func (l *log) step(id string, what int, day string) {
	stream := es.Stream{Category: disclosure.Decider.Category, ID: id}
	acts := 0
	for _, err := range l.Store.Read(l.Context(), stream, 0) {
		if err != nil {
			l.Fatal(err)
		}
		acts++
	}
	switch {
	case what == 0 && acts == 0:
		l.public(id, day)
	case what == 1 && acts > 0:
		l.Disclosure(id, disclosure.Withdrawn{Ground: disclosure.GroundRevoked, Number: acts + 1, On: on(day)})
	case what == 2 && acts > 0:
		l.Disclosure(id, disclosure.Masked{Outlets: []rule.Outlet{rule.CreditChina}, Number: acts + 1, On: on(day)})
	case what == 3:
		l.row(id, delivery.Add, day)
	case what == 4:
		l.row(id, delivery.Delete, day)
	case what == 5 && l.rows[id] > 0:
		l.answer(id, reporting.Taken, day)
	case what == 6 && l.rows[id] > 0:
		l.answer(id, reporting.Rejected, day)
	case what == 7 && l.rows[id] > 0:
		l.deliver(platform, id, delivery.GivenUp{Act: 1, Why: delivery.NoAnswer, On: on(day)})
	}
}

// told is an event as its bytes tell it.
type told struct {
	typ, stream string
	data        map[string]any
}

func naive(t interface{ Fatal(...any) }, records []es.Record, today string) map[string]int64 {
	var all []told
	for _, r := range records {
		data := map[string]any{}
		if err := json.Unmarshal(r.Data, &data); err != nil {
			t.Fatal(err)
		}
		all = append(all, told{r.Type, r.Stream.ID, data})
	}
	out := map[string]int64{"clean": 0, "rejected": 0}
	for _, d := range all {
		if d.typ == "mingjian.penalty.decided.v1" {
			class, clean, rejected := naiveOf(all, fmt.Sprint(d.data["penalty"]), today)
			out[fmt.Sprint(d.data["penalty"])+" "+class]++
			if clean {
				out["clean"]++
			}
			if rejected && class != "exempt" {
				out["rejected"]++
			}
		}
	}
	return out
}

// naiveOf looks for what happened to one decision.
func naiveOf(all []told, record, today string) (class string, clean, rejected bool) {
	due, gone, shown := "", "", false
	var rows []map[string]string // sent, said, left
	for _, e := range all {
		day := fmt.Sprint(e.data["on"])
		name := strings.TrimSuffix(strings.TrimPrefix(e.typ, "mingjian."), ".v1")
		switch {
		case !strings.HasSuffix(e.stream, "penalty."+record):
		case name == "deadline.set" && e.data["outlet"] == "credit_china":
			due = fmt.Sprint(e.data["due"])
		case name == "disclosure.published":
			shown = true
		case (name == "disclosure.withdrawn" || name == "disclosure.masked") && shown:
			if gone == "" { // later acts on what is gone change nothing
				gone = day
			}
			shown = name == "disclosure.masked"
		case name == "delivery.prepared":
			rows = append(rows, map[string]string{"action": fmt.Sprint(e.data["action"])})
		case name == "delivery.submitted":
			rows[len(rows)-1]["sent"] = day
		case name == "delivery.accepted", name == "delivery.rejected":
			last := rows[len(rows)-1]
			last["said"] = strings.TrimPrefix(name, "delivery.")
			if last["said"] == "rejected" {
				last["bad"] = "yes"
			}
		case name == "delivery.given_up" && rows[len(rows)-1]["said"] == "":
			rows[len(rows)-1]["left"] = "yes"
		}
	}
	if due == "" {
		return "exempt", false, false
	}
	waits := false
	for _, r := range rows {
		if r["action"] == "delete" {
			continue
		}
		waits = r["said"] == "" && r["left"] == ""
		rejected = rejected || r["bad"] != ""
		if r["said"] == "accepted" {
			if r["sent"] > due {
				return "late", !rejected, rejected
			}
			return "in_time", !rejected, rejected
		}
	}
	switch {
	case gone != "" && gone <= due:
		return "exempt", false, rejected
	case waits:
		return "waiting", false, rejected
	case today <= due:
		return "open", false, rejected
	}
	return "omitted", false, rejected
}

// TestAnEventsDigestIsThatOfItsBytes, so that whoever has the log finds the event of a line.
func TestAnEventsDigestIsThatOfItsBytes(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	l.decide("p", bureau, "2026-03-20", nil)
	sum := sha256.Sum256(l.Store.All()[0].Data)
	for v, err := range view.Decisions(t.Context(), l.live(), bureau, "2026-03") {
		if err != nil || v.GetEventDigest() != hex.EncodeToString(sum[:]) {
			t.Errorf("%s, %v", v.GetEventDigest(), err)
		}
	}
}
