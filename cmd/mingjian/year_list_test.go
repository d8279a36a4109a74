package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"sync"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// yearListing is what the test did about a firm and the list of abnormal operations.
type yearListing struct {
	mu      sync.Mutex
	id      string
	entries []*yearEntry
}

// yearEntry is an entry of a firm on the list.
type yearEntry struct {
	grounds []string
	removed string // day
}

// open is the entry that stands, nil without one.
func (l *yearListing) open() *yearEntry {
	if n := len(l.entries); n > 0 && l.entries[n-1].removed == "" {
		return l.entries[n-1]
	}
	return nil
}

// listingOf is what is known of a firm. It may be used by several people.
func (y *year) listingOf(firm string) *yearListing {
	y.desk.mu.Lock()
	defer y.desk.mu.Unlock()
	if y.listings[firm] == nil {
		y.listings[firm] = &yearListing{}
	}
	return y.listings[firm]
}

// isListed tells whether a firm is on the list.
func (y *year) isListed(firm string) bool {
	l := y.listingOf(firm)
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open() != nil
}

// groundOf is the ground that an outcome gives, and remedyOf what it ends by (企业信息公示暂行条例 art. 17).
func groundOf(outcome string) string {
	return map[string]string{"info_not_disclosed": "not_published", "info_false": "false_info", "unreachable": "unreachable"}[outcome]
}

func remedyOf(ground string) string {
	return map[string]string{"not_published": "published", "false_info": "corrected", "unreachable": "reached"}[ground]
}

// pursue puts into the diary what a result leads to.
func (y *year) pursue(r *yearResult) {
	today := y.clock.today().String()
	if slices.ContainsFunc(r.outcomes, func(o string) bool { return groundOf(o) != "" }) {
		day := y.work.after(today, 1+lot(5, "finding", r.id))
		if lot(14, "finding late", r.id) == 0 {
			day = max(day, y.work.after(r.on, 11+lot(5, "finding", r.id)))
		}
		y.diary.on(day, func(ctx context.Context) error { return y.decideFindings(ctx, r) })
	}
	for _, source := range []string{"problem_pending", "uncooperative"} {
		if slices.Contains(r.outcomes, source) {
			y.prosecute(source, r.firm, r.id)
		}
	}
	if slices.Equal(r.outcomes, []string{"no_such_activity"}) && lot(3, "request", r.id) == 0 {
		y.diary.on(y.work.after(today, 9), func(ctx context.Context) error { return y.askToCorrect(ctx, r) })
	}
}

// decideFindings has a person decide on what the policy proposed of an inspection: most firms are entered, some are not. A
// ground that the firm is on the list for already waits for nobody.
func (y *year) decideFindings(ctx context.Context, r *yearResult) error {
	l := y.listingOf(r.firm)
	l.mu.Lock()
	defer l.mu.Unlock()
	resp := &mingjianv1.ListListingsResponse{}
	if err := y.head.get(ctx, "/v1/listings", url.Values{"authority_id": {yearBureau}, "subject_id": {r.firm}}, resp); err != nil {
		return err
	}
	if len(resp.GetListings()) != 1 {
		return fmt.Errorf("%s has %d cases after %s: %v", r.firm, len(resp.GetListings()), r.id, r.outcomes)
	}
	l.id = resp.GetListings()[0].GetId()
	waiting := map[string]uint32{}
	for _, f := range resp.GetListings()[0].GetFindings() {
		if f.GetInspectionId() == r.id && f.GetStage() == "waiting" {
			waiting[f.GetGround()] = f.GetNumber()
		}
	}
	number, listed := fmt.Sprintf("虚市监列〔2023〕%d号", lot(1_000_000, r.id)), false
	for _, outcome := range r.outcomes {
		ground := groundOf(outcome)
		if ground == "" {
			continue
		}
		if e := l.open(); (waiting[ground] == 0) != (e != nil && slices.Contains(e.grounds, ground)) {
			return fmt.Errorf("%s: the finding of %s waits as %d, and the entry is %v", r.id, ground, waiting[ground], e)
		}
		entered, err := y.decideFinding(ctx, l, waiting[ground], ground, number+ground, lot(9, "dismissed", r.id, ground) == 0)
		if err != nil {
			return err
		}
		listed = listed || entered
	}
	outcome := &mingjianv1.CloseFollowUpRequest{To: "abnormal_list", Result: "listed", Reference: number}
	if !listed {
		outcome = &mingjianv1.CloseFollowUpRequest{To: "abnormal_list", Result: "not_listed", Note: "核实后不予列入"}
	}
	return y.closeFollowUp(ctx, r.id, outcome)
}

// decideFinding enters the firm for a ground, or does not; one that stands already counts as entered.
func (y *year) decideFinding(ctx context.Context, l *yearListing, finding uint32, ground, number string, dismissed bool) (entered bool, err error) {
	path, today := "/v1/listings/"+l.id, y.clock.today().String()
	switch {
	case finding == 0:
		return true, nil
	case dismissed:
		req := &mingjianv1.DismissFindingRequest{ListingId: l.id, Finding: finding, Reason: "当事人在决定前已改正", On: today}
		return false, y.head.post(ctx, path+":dismissFinding", req, &mingjianv1.DismissFindingResponse{})
	}
	req := &mingjianv1.EnterListingRequest{ListingId: l.id, Finding: finding, DocumentNo: number, On: today}
	if err := y.head.post(ctx, path+":enter", req, &mingjianv1.EnterListingResponse{}); err != nil {
		return false, err
	}
	if e := l.open(); e != nil {
		e.grounds = append(e.grounds, ground)
		return true, nil
	}
	l.entries = append(l.entries, &yearEntry{grounds: []string{ground}})
	if key := fmt.Sprint(l.id, len(l.entries)); lot(10, "removal", key) < 6 {
		day := y.work.after(plus(today, int(30+lot(60, "removal", key))), 0)
		y.diary.on(day, func(ctx context.Context) error { return y.applyForRemoval(ctx, l, key) })
	}
	return true, nil
}

// applyForRemoval has the firm ask to be removed. Most are answered within five working days, a few later, and one in a while not.
func (y *year) applyForRemoval(ctx context.Context, l *yearListing, key string) error {
	today := y.clock.today().String()
	req := &mingjianv1.ApplyForRemovalRequest{ListingId: l.id, Statement: "已履行相关义务，申请移出", ReceivedOn: today}
	if err := y.clerk.post(ctx, "/v1/listings/"+l.id+":applyForRemoval", req, &mingjianv1.ApplyForRemovalResponse{}); err != nil {
		return err
	}
	days := 1 + lot(5, "answer", key)
	switch lot(16, "answered", key) {
	case 0:
		return nil
	case 1, 2:
		days += 5
	}
	y.diary.on(y.work.after(today, days), func(ctx context.Context) error { return y.answerRemoval(ctx, l, key) })
	return nil
}

func (y *year) answerRemoval(ctx context.Context, l *yearListing, key string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	path, today, number := "/v1/listings/"+l.id, y.clock.today().String(), fmt.Sprintf("虚市监移〔2023〕%d号", lot(1_000_000, key))
	if lot(8, "refused", key) == 0 {
		req := &mingjianv1.RefuseRemovalRequest{ListingId: l.id, Reason: "列入事由尚未消除", DocumentNo: number, On: today}
		return y.head.post(ctx, path+":refuseRemoval", req, &mingjianv1.RefuseRemovalResponse{})
	}
	e := l.open()
	req := &mingjianv1.RemoveListingRequest{ListingId: l.id, DocumentNo: number, On: today}
	for _, g := range e.grounds {
		req.Remedies = append(req.Remedies, remedyOf(g))
	}
	e.removed = today
	return y.head.post(ctx, path+":remove", req, &mingjianv1.RemoveListingResponse{})
}
