package main

import (
	"context"
	"fmt"
	"slices"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// yearPenalty is a case and the decision that it led to, with the days on which each step is due to be taken; a step without a
// day is not taken.
type yearPenalty struct {
	id, no, firm string
	inspection   string // that was handed over; without one the case was filed for something else
	procedure    string
	kinds        []string
	fine, taken  int64 // 分

	filed, decided, served string
	shown                  struct{ portal, gsxt string } // gsxt: empty if it is shown there with the portal
	paid                   string
	amended, corrected     string // corrected: the release that follows
	revoked, withdrawn     string
	replied, repair        string // repair: the application

	pushed [3]string // to another province, received there and shown there

	licence *yearLicence // that the decision takes away, by an action on it
	action  string
}

// secret tells whether the decision is not for the public (Order 45 art. 2).
func (p *yearPenalty) secret() bool {
	return p.procedure == "summary" || slices.Equal(p.kinds, []string{"warning"})
}

// outlets are those of the first publication; none: all that the rules know.
func (p *yearPenalty) outlets() []string {
	if p.shown.gsxt == "" {
		return nil
	}
	return []string{"portal", "credit_china"}
}

// register keeps a decision under the id that the ledger gave it.
func (y *year) register(p *yearPenalty, id string) {
	y.desk.mu.Lock()
	defer y.desk.mu.Unlock()
	p.id = id
	y.penalties[id] = p
}

// decided tells whether the ledger has the decision: one that is served on its own day may still be on its way.
func (y *year) decided(p *yearPenalty) bool {
	y.desk.mu.Lock()
	defer y.desk.mu.Unlock()
	return p.id != ""
}

// penalty is the decision with an id, nothing if that is another record's.
func (y *year) penalty(id string) *yearPenalty {
	y.desk.mu.Lock()
	defer y.desk.mu.Unlock()
	return y.penalties[id]
}

// sentence is what a case comes to: by lot, about as mild as it goes with small firms.
type sentence struct {
	below       uint32
	procedure   string
	kinds       []string
	fine, taken int64
}

// sentences are those of what waited for a decision after an inspection, of who was uncooperative, and of who did not put right
// what was ordered. What is above all of them is not filed.
func sentences(source string) []sentence {
	switch source {
	case "problem_pending":
		return []sentence{
			{8, "ordinary", []string{"fine"}, 1_000_000, 0}, {11, "ordinary", []string{"fine", "confiscation_gains"}, 2_000_000, 353_500},
			{14, "ordinary", []string{"criticism"}, 0, 0}, {15, "ordinary", []string{"warning", "fine"}, 500_000, 0},
			{16, "ordinary", []string{"fine", "business_suspended"}, 5_000_000, 0}, {18, "ordinary", []string{"warning"}, 0, 0},
		}
	case "uncooperative":
		return []sentence{{10, "summary", []string{"fine"}, 200_000, 0}, {20, "ordinary", []string{"criticism"}, 0, 0}}
	}
	return []sentence{
		{8, "summary", []string{"warning"}, 0, 0}, {14, "ordinary", []string{"fine"}, 300_000, 0}, {20, "ordinary", []string{"criticism"}, 0, 0},
	}
}

// prosecute puts a case into the diary.
func (y *year) prosecute(source, firm, inspection string) {
	key := source + firm + y.clock.today().String()
	n := lot(20, "sentence", key)
	list := sentences(source)
	at := slices.IndexFunc(list, func(s sentence) bool { return n < s.below })
	if source != "problem_pending" {
		inspection = ""
	}
	filed := y.work.after(y.clock.today().String(), 1+lot(4, "filed", key))
	if at < 0 {
		y.diary.on(filed, func(ctx context.Context) error {
			return y.closeFollowUp(ctx, inspection, &mingjianv1.CloseFollowUpRequest{To: "case_filing", Result: "not_filed", Note: "违法行为轻微并及时改正，不予立案"})
		})
		return
	}
	y.cases++
	s := list[at]
	p := &yearPenalty{
		no: fmt.Sprintf("虚市监处罚〔%s〕%d号", filed[:4], y.cases), firm: firm, inspection: inspection,
		procedure: s.procedure, kinds: s.kinds, fine: s.fine, taken: s.taken, filed: filed,
	}
	y.takeLicence(p)
	y.schedule(p)
	y.enter(p)
}

// schedule gives a case its days. Most are as the law has them: decided within ninety days, served and published within seven
// working days, on GSXT within twenty; a few of each are late.
func (y *year) schedule(p *yearPenalty) {
	in := func(n uint32, what string) uint32 { return lot(n, what, p.no) }
	p.decided = y.work.after(plus(p.filed, int(12+in(50, "decided"))), 0)
	if in(12, "decided late") == 0 {
		p.decided = y.work.after(plus(p.filed, int(92+in(9, "decided"))), 0)
	}
	if p.procedure == "summary" {
		p.decided, p.filed = p.filed, ""
	}
	p.served = y.work.after(p.decided, in(5, "served"))
	switch in(25, "found") {
	case 0:
		p.served = "" // nobody is found
		return
	case 1, 2:
		p.served = y.work.after(p.decided, 8+in(3, "served"))
	}
	y.schedulePayment(p)
	if p.secret() {
		return
	}
	days := 2 + in(6, "shown")
	if in(9, "shown late") == 0 {
		days = 8 + in(4, "shown")
	}
	p.shown.portal = max(y.work.after(p.served, 1), y.work.after(p.decided, days))
	if p.kinds[0] != "criticism" && in(2, "apart") == 0 {
		p.shown.gsxt = y.work.after(p.decided, 13+in(10, "on gsxt")) // from 21 on it is late
	}
	if in(6, "abroad") == 0 {
		p.shown.gsxt = ""
		p.pushed[0] = y.work.after(p.served, 1+in(5, "pushed"))
		p.pushed[1] = y.work.after(p.pushed[0], 2)
		p.pushed[2] = y.work.after(p.pushed[1], 6+in(6, "shown there"))
	}
	y.scheduleEnd(p)
}

// schedulePayment: half pay in time, a quarter late, the rest never.
func (y *year) schedulePayment(p *yearPenalty) {
	if p.fine == 0 {
		return
	}
	switch lot(4, "pays", p.no) {
	case 0, 1:
		p.paid = plus(p.served, int(lot(16, "paid", p.no)))
	case 2:
		p.paid = plus(p.served, int(16+lot(45, "paid", p.no)))
	}
}

// scheduleEnd: a few decisions are changed, a few fall; what is public follows within three working days, or some days later.
func (y *year) scheduleEnd(p *yearPenalty) {
	in := func(n uint32, what string) uint32 { return lot(n, what, p.no) }
	public := max(p.shown.portal, p.shown.gsxt, p.paid)
	days := 1 + in(3, "follows")
	if in(4, "follows late") == 0 {
		days = 4 + in(3, "follows")
	}
	switch n := in(7, "ends"); {
	case n == 0 && slices.Contains(p.kinds, "fine") && (p.paid == "" || p.paid <= plus(p.served, 15)):
		p.amended = y.work.after(public, 8+in(10, "amended"))
		p.corrected = y.work.after(p.amended, days)
	case n == 1:
		p.revoked = y.work.after(public, 20+in(15, "revoked"))
		p.withdrawn = y.work.after(p.revoked, days)
	case n == 2:
		p.replied = y.work.after(public, 3)
	case n < 6 && p.kinds[0] == "fine" && p.licence == nil && !slices.Contains(p.kinds, "business_suspended"):
		p.repair = y.work.after(plusMonths(max(p.shown.portal, p.shown.gsxt), 6), 3+in(9, "repair"))
	}
}

// enter puts what is to be done about a case into the diary.
func (y *year) enter(p *yearPenalty) {
	if p.inspection != "" {
		y.diary.on(p.filed, func(ctx context.Context) error {
			return y.closeFollowUp(ctx, p.inspection, &mingjianv1.CloseFollowUpRequest{To: "case_filing", Result: "filed", Reference: p.no})
		})
	}
	y.diary.on(p.decided, func(ctx context.Context) error { return y.decide(ctx, p) })
	for _, step := range []struct {
		day string
		do  func(context.Context, *yearPenalty) error
	}{
		{p.served, y.serveDecision}, {p.paid, y.pay}, {p.amended, y.amend}, {p.revoked, y.revoke},
		{p.replied, y.reply}, {p.repair, y.repair}, {p.pushed[0], y.push}, {p.pushed[1], y.receivePush}, {p.pushed[2], y.publishPush},
		{p.withdrawn, func(ctx context.Context, p *yearPenalty) error {
			return y.withdraw(ctx, "penalty."+p.id, "revoked", "行政复议决定撤销原处罚决定")
		}},
	} {
		if step.day == "" {
			continue
		}
		y.diary.on(step.day, func(ctx context.Context) error {
			if y.decided(p) {
				return step.do(ctx, p)
			}
			y.diary.on(step.day, func(ctx context.Context) error { return step.do(ctx, p) })
			return nil
		})
	}
}

func (y *year) closeFollowUp(ctx context.Context, inspection string, req *mingjianv1.CloseFollowUpRequest) error {
	req.InspectionId, req.On = inspection, y.clock.today().String()
	return y.clerk.post(ctx, "/v1/inspections/"+inspection+":closeFollowUp", req, &mingjianv1.CloseFollowUpResponse{})
}
