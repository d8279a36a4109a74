package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// yearShown is what the test did to take one record to the public. Its fields are days; empty if it did not come to that.
type yearShown struct {
	digest    string            // of the document that is on its way
	rounds    int               // documents that were put into the diary
	on        map[string]string // first day on an outlet
	until     map[string]string // last day there, where a rule has one
	withdrawn string
	repaired  string
	acts      map[string]int // releases by kind
}

// portal tells whether the portal shows it on a day.
func (s *yearShown) portal(day string) bool {
	until := s.until["portal"]
	return s.on["portal"] != "" && s.withdrawn == "" && s.repaired == "" && (until == "" || day <= until)
}

// desk is what waits for the public and what got there, by disclosure. It may be used by several people.
type desk struct {
	mu    sync.Mutex
	shown map[string]*yearShown
}

func (d *desk) of(id string) *yearShown {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shown[id] == nil {
		d.shown[id] = &yearShown{on: map[string]string{}, until: map[string]string{}, acts: map[string]int{}}
	}
	return d.shown[id]
}

// openDesk puts every document that was submitted since into the diary, for the day on which it is to be public.
func (y *year) openDesk() {
	y.Helper()
	y.settle()
	for token := ""; ; {
		resp := &mingjianv1.ListDisclosuresResponse{}
		query := url.Values{"authority_id": {yearBureau}, "status": {"submitted"}, "page_size": {"1000"}, "page_token": {token}}
		y.get(y.reviewer, "/v1/disclosures", query, resp)
		for _, v := range resp.GetDisclosures() {
			s := y.desk.of(v.GetId())
			if digest := v.GetDraft().GetDigest(); s.digest != digest {
				s.digest = digest
				y.planRelease(v, s)
				s.rounds++
			}
		}
		if token = resp.GetNextPageToken(); token == "" {
			return
		}
	}
}

// planRelease says when a document is to be public: mostly in time, a few on purpose not. A correction follows within days.
func (y *year) planRelease(v *viewv1.Disclosure, s *yearShown) {
	id, today, digest := v.GetId(), y.clock.today().String(), s.digest
	kind, record, _ := strings.Cut(id, ".")
	first := func(day string, outlets ...string) {
		y.diary.on(day, func(ctx context.Context) error { return y.disclose(ctx, id, digest, outlets) })
	}
	late := func(one uint32) bool { return lot(one, "late", id) == 0 }
	switch p := y.penalty(record); {
	case p != nil && p.shown.portal == "": // it can't be served, and waits
	case p != nil && s.rounds == 0:
		first(p.shown.portal, p.outlets()...)
		if p.shown.gsxt != "" {
			y.diary.on(p.shown.gsxt, func(ctx context.Context) error { return y.further(ctx, id, "gsxt") })
		}
	case p != nil && p.amended != "" && s.rounds == 1:
		first(p.corrected)
	case s.rounds > 0:
		first(y.work.after(today, 1+lot(3, "again", id, fmt.Sprint(s.rounds))))
	case kind == "inspection" && late(30) && len(y.results[record].ordered) == 0:
		first(y.work.after(y.results[record].on, 21+lot(6, "how late", id)))
	case kind == "licence" && late(20):
		first(y.work.after(today, 8+lot(3, "how late", id)))
	case kind == "listing" && late(16):
		first(y.work.after(today, 21+lot(4, "how late", id)))
	default:
		first(y.work.after(today, 1+lot(5, "day", id)))
	}
}

// disclose takes a document to the public: reviewed by one person, approved by another, published by a third. Another document
// that took its place meanwhile has its own day.
func (y *year) disclose(ctx context.Context, id, digest string, outlets []string) error {
	s, path := y.desk.of(id), "/v1/disclosures/"+id
	if s.digest != digest {
		return nil
	}
	err := y.reviewer.post(ctx, path+":review", &mingjianv1.ReviewDisclosureRequest{DisclosureId: id, Digest: digest, SecrecyClear: true}, &mingjianv1.ReviewDisclosureResponse{})
	if err == nil {
		err = y.approver.post(ctx, path+":approve", &mingjianv1.ApproveDisclosureRequest{DisclosureId: id, Digest: digest}, &mingjianv1.ApproveDisclosureResponse{})
	}
	if err == nil {
		publish := &mingjianv1.PublishDisclosureRequest{DisclosureId: id, Digest: digest, Outlets: outlets}
		err = y.publisher.post(ctx, path+":publish", publish, &mingjianv1.PublishDisclosureResponse{})
	}
	if r, refused := errors.AsType[*refusal](err); refused && slices.Contains([]string{"disclosure.digest.other", "disclosure.record.changed"}, r.problem.Code) {
		return nil
	}
	if err != nil {
		return err
	}
	if len(s.on) > 0 {
		s.acts["corrected"]++
		return nil
	}
	s.acts["published"]++
	y.place(id, s, outlets)
	return nil
}

// further puts what is public on one more outlet.
func (y *year) further(ctx context.Context, id, outlet string) error {
	s := y.desk.of(id)
	if s.withdrawn != "" || len(s.on) == 0 {
		return nil
	}
	req := &mingjianv1.PublishDisclosureRequest{DisclosureId: id, Digest: s.digest, Outlets: []string{outlet}}
	if err := y.publisher.post(ctx, "/v1/disclosures/"+id+":publish", req, &mingjianv1.PublishDisclosureResponse{}); err != nil {
		return err
	}
	s.acts["published"]++
	y.place(id, s, req.GetOutlets())
	return nil
}

// place keeps where a record is since today, and until when (Order 45 art. 13, and what 信用中国 had before and since May 2023).
func (y *year) place(id string, s *yearShown, outlets []string) {
	_, record, _ := strings.Cut(id, ".")
	p, today := y.penalty(record), y.clock.today().String()
	if p == nil {
		s.on["portal"], s.on["gsxt"] = today, today
		return
	}
	mild := slices.Equal(p.kinds, []string{"criticism"})
	for _, o := range []string{"portal", "gsxt", "credit_china"} {
		months, from := 36, today
		switch {
		case len(outlets) > 0 && !slices.Contains(outlets, o), o == "credit_china" && mild && today >= "2023-05-01":
			continue
		case o == "credit_china" && today < "2023-05-01" && !slices.ContainsFunc(p.kinds, grave):
			months, from = 12, p.decided
		case o == "credit_china":
			from = p.decided
		case mild:
			months = 3
		}
		s.on[o], s.until[o] = today, plusMonths(from, months)
	}
}

// grave are the kinds for which a penalty is a serious matter on 信用中国.
func grave(kind string) bool { return kind == "business_suspended" || kind == "licence_revoked" }

// withdraw takes a record back (行政处罚法 art. 48).
func (y *year) withdraw(ctx context.Context, id, ground, reason string) error {
	s := y.desk.of(id)
	req := &mingjianv1.WithdrawDisclosureRequest{DisclosureId: id, Ground: ground, Reason: reason}
	if err := y.approver.post(ctx, "/v1/disclosures/"+id+":withdraw", req, &mingjianv1.WithdrawDisclosureResponse{}); err != nil {
		return err
	}
	s.withdrawn = y.clock.today().String()
	s.acts["withdrawn"]++
	return nil
}
