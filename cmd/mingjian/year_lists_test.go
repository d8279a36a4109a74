package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// yearRecord is what the public is to read of one firm: the disclosures on its time line, and what was taken back.
type yearRecord struct {
	shown     map[string]bool
	withdrawn int
}

// recordsOf says it for each firm that was ever drawn, or has a licence.
func (y *year) recordsOf() map[string]*yearRecord {
	want, today := map[string]*yearRecord{}, y.clock.today().String()
	add := func(firm, id string) {
		if want[firm] == nil {
			want[firm] = &yearRecord{shown: map[string]bool{}}
		}
		if s := y.desk.of(id); s.portal(today) {
			want[firm].shown[id] = true
		} else if s.withdrawn != "" {
			want[firm].withdrawn++
		}
	}
	for r := range y.allResults() {
		add(r.firm, "inspection."+r.id)
	}
	for id, p := range y.penalties {
		add(p.firm, "penalty."+id)
	}
	for firm, l := range y.listings {
		for n := range l.entries {
			add(firm, "listing."+l.id+"."+strconv.Itoa(n+1))
		}
	}
	for firm, l := range y.licences {
		for n := range l.actions {
			add(firm, "licence."+l.id+"."+strconv.Itoa(n))
		}
	}
	return want
}

// lookUpFirms reads the public record of each of them.
func (y *year) lookUpFirms() {
	want := y.recordsOf()
	together(y, slices.Sorted(maps.Keys(want)), func(ctx context.Context, firm string) error {
		resp := &mingjianv1.GetEnterpriseResponse{}
		if err := y.public.get(ctx, "/v1/public/enterprises/"+firm, nil, resp); err != nil {
			return err
		}
		e, got, kinds := resp.GetEnterprise(), map[string]bool{}, map[string]uint32{}
		for _, entry := range e.GetEntries() {
			if entry.GetKind() == viewv1.ReleaseKind_RELEASE_KIND_WITHDRAWN && entry.GetDocument() == "" {
				kinds["withdrawn"]++
				continue
			}
			got[entry.GetDisclosureId()] = true
			kinds[entry.GetRecordKind()]++
			if err := y.holds(entry); err != nil {
				return fmt.Errorf("%s, %s: %w", firm, entry.GetDisclosureId(), err)
			}
		}
		if n := e.GetCounts(); n.GetLicences() != kinds["licence"] || n.GetInspections() != kinds["inspection"] || n.GetPenalties() != kinds["penalty"] || n.GetListings() != kinds["listing"] ||
			n.GetWithdrawn() != kinds["withdrawn"] || int(n.GetWithdrawn()) != want[firm].withdrawn || !maps.Equal(got, want[firm].shown) {
			return fmt.Errorf("%s counts %v and shows %v, want %v and %d withdrawn", firm, n, got, want[firm].shown, want[firm].withdrawn)
		}
		return nil
	})
	y.Logf("%d firms looked up", len(want))
}

// holds compares an entry of a record with what was done.
func (y *year) holds(entry *viewv1.EnterpriseEntry) error {
	if entry.GetRecordKind() == "inspection" {
		return y.results[entry.GetRecordId()].holds(entry.GetDocument())
	}
	var d publicDocument
	if err := json.Unmarshal([]byte(entry.GetDocument()), &d); err != nil {
		return err
	}
	var codes, want []string
	at := strings.LastIndex(entry.GetRecordId(), ".")
	n, err := strconv.Atoi(entry.GetRecordId()[at+1:])
	if entry.GetRecordKind() != "penalty" && err != nil {
		return err
	}
	switch p := y.penalty(entry.GetRecordId()); entry.GetRecordKind() {
	case "penalty":
		for _, k := range d.Penalty.Kinds {
			codes = append(codes, k.Code)
		}
		want = p.kinds
		if d.Penalty.No != p.no || int64(d.Penalty.Fine) != p.fine || int64(d.Penalty.Taken) != p.taken || (p.replied != "") != (len(d.Replies) == 1) {
			return fmt.Errorf("the document is %+v, want %+v", d.Penalty, p)
		}
	case "licence":
		codes, want = []string{d.Licence.Action}, y.licences[d.Subjects[0].ID].actions[n:n+1]
	case "listing":
		e := y.listings[d.Subjects[0].ID].entries[n-1]
		for _, g := range d.Listing.Grounds {
			codes = append(codes, g.Code)
		}
		want = e.grounds
		if (d.Listing.Status == "removed") != (e.removed != "") {
			return fmt.Errorf("the entry is %s, want it removed on %q", d.Listing.Status, e.removed)
		}
	}
	if len(want) == 0 || !slices.Equal(slices.Sorted(slices.Values(codes)), slices.Sorted(slices.Values(want))) {
		return fmt.Errorf("its codes are %v, want %v", codes, want)
	}
	return nil
}

// readLists reads each public list whole.
func (y *year) readLists() {
	y.Helper()
	today := y.clock.today().String()
	for kind, list := range map[string]string{"inspection": "inspections", "penalty": "penalties", "listing": "listings", "licence": "licences"} {
		var got []string
		for token := ""; ; {
			var answer map[string]json.RawMessage
			query := url.Values{"page_size": {"500"}, "page_token": {token}, "after": {y.through().String()}}
			fetch(y.T, y.public.client.base+"/v1/public/"+list+"?"+query.Encode(), &answer)
			var page []struct {
				Release struct{ RecordID string }
			}
			token = ""
			for field, into := range map[string]any{list: &page, "nextPageToken": &token} {
				if raw := answer[field]; raw != nil {
					if err := json.Unmarshal(raw, into); err != nil {
						y.Fatal(err)
					}
				}
			}
			for _, one := range page {
				got = append(got, one.Release.RecordID)
			}
			if token == "" {
				break
			}
		}
		slices.Sort(got)
		if want := y.desk.records(kind, today); !slices.Equal(got, want) {
			y.Errorf("%d %s are listed, want %d:\n%v\n%v", len(got), list, len(want), got, want)
		}
		y.Logf("%d %s are public", len(got), list)
	}
}

// againstDecisions holds the events to what the test had decided, and fails where the year shows too little.
func (y *year) againstDecisions(c counting) {
	y.Helper()
	today, did := y.clock.today().String(), map[string]int{}
	count := func(what, day string) {
		if day != "" && day <= today {
			did[what]++
		}
	}
	for _, p := range y.penalties {
		for what, day := range map[string]string{
			"penalty.decided": p.decided, "penalty.served": p.served, "penalty.amended": p.amended, "penalty.revoked": p.revoked, "reply.received": p.replied,
			"disclosure.repair_applied": p.repair, "penalty.pushed": p.pushed[0], "penalty.push_received": p.pushed[1], "penalty.push_published": p.pushed[2],
		} {
			count(what, day)
		}
	}
	for _, l := range y.listings {
		for _, e := range l.entries {
			did["listing.entered"]++
			did["listing.ground_added"] += len(e.grounds) - 1
			count("listing.removed", e.removed)
		}
	}
	for _, l := range y.licences {
		for _, action := range l.actions {
			did["licence."+action]++
		}
	}
	for what, n := range did {
		if got := c.types["mingjian."+what+".v1"]; got != n {
			y.Errorf("%s: %d in the events, want %d", what, got, n)
		}
	}
	did["repaired"], did["late fine"], did["asked to correct"] = 0, y.lateFines, y.petitions
	for id, s := range y.desk.shown {
		count("repaired", s.repaired)
		if strings.HasPrefix(id, "penalty.") && s.withdrawn == "" && s.repaired == "" && s.on["portal"] != "" && !s.portal(today) {
			did["over"]++
		}
	}
	for _, what := range []string{
		"penalty.decided", "penalty.amended", "penalty.revoked", "penalty.push_published", "reply.received", "listing.entered", "listing.removed",
		"licence.suspended", "licence.resumed", "licence.revoked", "repaired", "over", "late fine", "asked to correct",
	} {
		if did[what] == 0 {
			y.Errorf("%s never happened: the year shows too little", what)
		}
	}
	y.Logf("decided: %v", did)
}
