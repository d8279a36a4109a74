package main

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// countedPeriod is a statutory period as the test counts it.
type countedPeriod struct {
	authority, rule, record, outlet string
	due, ended                      string
	lapsed                          bool
}

// countedPeriods counts periods from the stored events, each read as plain JSON. The numbers are those of the law, written here again.
type countedPeriods struct {
	work  workdays
	all   []*countedPeriod
	owner map[string]string          // authorities, by stream
	shown map[string]map[string]bool // outlets, by disclosure
	kinds map[string][]string        // of penalties
}

// periodEvent has the fields that periods are counted by, of any event.
type periodEvent struct {
	Authority   string
	On          string
	DecidedOn   string `json:"decided_on"`
	FiledOn     string `json:"filed_on"`
	CompletedOn string `json:"completed_on"`
	ReceivedOn  string `json:"received_on"`
	Inspection  string
	Procedure   string
	Kinds       []string
	Parties     []struct{ Province string }
	Terms       []struct{ Outlet string }
	Outlets     []string
	To, Result  string
	List        string
	Finding     int
	Findings    []int
	Entry       int
	Record      struct{ Authority string }
}

func (p *countedPeriods) begin(authority, rule, record, outlet, due string) {
	p.all = append(p.all, &countedPeriod{authority: authority, rule: rule, record: record, outlet: outlet, due: due})
}

// end ends what is open of a record by one of the rules; on some outlets, or without any on all.
func (p *countedPeriods) end(lapsed bool, record, on string, outlets []string, rules ...string) {
	for _, one := range p.all {
		there := one.outlet == "" || len(outlets) == 0 || slices.Contains(outlets, one.outlet)
		if one.record == record && one.ended == "" && there && slices.Contains(rules, one.rule) {
			one.ended, one.lapsed = on, lapsed
		}
	}
}

func (p *countedPeriods) met(record, on string, rules ...string) {
	p.end(false, record, on, nil, rules...)
}

func (p *countedPeriods) lapse(record, on string, rules ...string) {
	p.end(true, record, on, nil, rules...)
}

// event takes in one event.
func (p *countedPeriods) event(rec es.Record) error {
	var e periodEvent
	kind, name, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(rec.Type, "mingjian."), ".v1"), ".")
	read := map[string]func(es.Record, string, periodEvent){
		"inspection": p.inspection, "penalty": p.penalty, "listing": p.listing, "disclosure": p.disclosure, "dispute": p.dispute, "licence": p.licence,
	}[kind]
	if read == nil {
		return nil
	}
	// Of an event whose fields have other types than these nothing is counted.
	if err := json.Unmarshal(rec.Data, &e); err != nil && slices.Contains([]string{"concluded", "decided", "published", "found", "entered"}, name) {
		return err
	}
	read(rec, name, e)
	return nil
}

// inspection: what was found is published within twenty working days, on the portal and on GSXT; a case that is filed is decided
// within ninety days (行政处罚法 art. 60).
func (p *countedPeriods) inspection(rec es.Record, name string, e periodEvent) {
	id := rec.Stream.ID
	switch {
	case name == "assigned":
		p.owner[id] = e.Authority
	case name == "concluded":
		p.begin(p.owner[id], "inspection-portal-20", "inspection."+id, "portal", p.work.last(e.CompletedOn, 20))
		p.begin(p.owner[id], "inspection-gsxt-20", "inspection."+id, "gsxt", p.work.last(e.CompletedOn, 20))
	case name == "follow_up_closed" && e.Result == "filed":
		p.begin(p.owner[id], "penalty-decision-90", "inspection."+id, "", plus(e.On, 90))
	}
}

// penalty: seven working days for the service, the portal and 信用中国, twenty for GSXT; three for what falls (行政处罚法 art. 48, 61,
// 85; Order 45 art. 9, 11). What is not for the public has nothing to publish (Order 45 art. 2).
func (p *countedPeriods) penalty(rec es.Record, name string, e periodEvent) {
	id := "penalty." + rec.Stream.ID
	switch name {
	case "decided":
		p.owner[id], p.kinds[id] = e.Authority, e.Kinds
		p.begin(e.Authority, "penalty-service-7", id, "", p.work.last(e.DecidedOn, 7))
		if e.Procedure != "summary" && !slices.Equal(e.Kinds, []string{"warning"}) {
			p.begin(e.Authority, "penalty-portal-7", id, "portal", p.work.last(e.DecidedOn, 7))
			if len(e.Parties) > 0 && e.Parties[0].Province == "51" {
				p.begin(e.Authority, "penalty-push-10", id, "", p.work.last(e.DecidedOn, 10))
			} else {
				p.begin(e.Authority, "penalty-gsxt-20", id, "gsxt", p.work.last(e.DecidedOn, 20))
			}
			if e.DecidedOn < "2023-05-01" || !slices.Equal(e.Kinds, []string{"criticism"}) { // NDRC Order 58
				p.begin(e.Authority, "penalty-credit-china-7", id, "credit_china", p.work.last(e.DecidedOn, 7))
			}
		}
		if e.Inspection == "" && e.FiledOn != "" {
			p.begin(e.Authority, "penalty-decision-90", id, "", plus(e.FiledOn, 90))
			p.met(id, e.DecidedOn, "penalty-decision-90")
		}
		p.met("inspection."+e.Inspection, e.DecidedOn, "penalty-decision-90")
	case "pushed":
		p.met(id, e.On, "penalty-push-10")
	case "push_received": // the other province's duty
		p.begin("province-51", "penalty-receipt-gsxt-10", id, "", p.work.last(e.On, 10))
	case "push_published":
		p.met(id, e.On, "penalty-receipt-gsxt-10")
	case "served":
		p.met(id, e.On, "penalty-service-7")
	case "amended", "revoked":
		if len(p.shown[id]) > 0 {
			p.begin(p.owner[id], "penalty-withdraw-3", id, "", p.work.last(e.On, 3))
		}
		if name == "revoked" {
			p.lapse(id, e.On, "penalty-service-7", "penalty-portal-7", "penalty-gsxt-20", "penalty-credit-china-7", "penalty-push-10")
		}
	}
}

// listing: ten working days from the finding to the decision, five from the application to the removal, twenty to the public.
func (p *countedPeriods) listing(rec es.Record, name string, e periodEvent) {
	id := rec.Stream.ID
	finding := func(n int) string { return id + " finding " + strconv.Itoa(n) }
	entry := "listing." + id + "." + strconv.Itoa(e.Entry)
	switch name {
	case "found":
		p.owner[id] = e.Authority
		if e.Entry == 0 && e.List == "abnormal" {
			p.begin(e.Authority, "listing-finding-10", finding(e.Finding), "", p.work.last(e.On, 10))
		}
	case "dismissed":
		p.lapse(finding(e.Finding), e.On, "listing-finding-10")
	case "entered", "ground_added":
		for _, n := range e.Findings {
			p.met(finding(n), e.On, "listing-finding-10")
		}
		if name == "entered" {
			p.begin(p.owner[id], "listing-portal-20", entry, "portal", p.work.last(e.On, 20))
			p.begin(p.owner[id], "listing-gsxt-20", entry, "gsxt", p.work.last(e.On, 20))
		}
	case "removal_applied":
		p.begin(p.owner[id], "listing-removal-5", entry, "", p.work.last(e.ReceivedOn, 5))
	case "removed", "removal_refused":
		p.met(entry, e.On, "listing-removal-5")
		if name == "removed" {
			p.lapse(entry, e.On, "listing-portal-20", "listing-gsxt-20")
		}
	}
}

// licence: seven working days to the portal and 信用中国 for each decision, which is a record of its own.
func (p *countedPeriods) licence(rec es.Record, name string, e periodEvent) {
	id := "licence." + rec.Stream.ID
	if name == "granted" {
		p.owner[id] = e.Authority
	}
	on := e.DecidedOn
	if on == "" {
		on = e.On
	}
	if on == "" {
		return
	}
	decision := id + "." + strconv.FormatInt(int64(rec.Revision), 10) //nolint:gosec // a few
	p.begin(p.owner[id], "licence-portal-7", decision, "portal", p.work.last(on, 7))
	p.begin(p.owner[id], "licence-credit-china-7", decision, "credit_china", p.work.last(on, 7))
}

// disclosure: what is published is so on its outlets.
func (p *countedPeriods) disclosure(rec es.Record, name string, e periodEvent) {
	id := rec.Stream.ID
	kind, record, _ := strings.Cut(id, ".")
	var outlets []string
	for _, t := range e.Terms {
		outlets = append(outlets, t.Outlet)
	}
	switch name {
	case "submitted":
		p.owner[id] = e.Authority
	case "published":
		p.end(false, id, e.On, outlets, kind+"-portal-7", kind+"-portal-20", kind+"-gsxt-20", kind+"-credit-china-7")
		if p.shown[id] == nil {
			p.shown[id] = map[string]bool{}
		}
		for _, o := range outlets {
			p.shown[id][o] = true
		}
	case "corrected":
		p.met(id, e.On, "penalty-withdraw-3")
	case "withdrawn":
		p.met(id, e.On, "penalty-withdraw-3")
		delete(p.shown, id)
	case "ended":
		for _, o := range e.Outlets {
			delete(p.shown[id], o)
		}
	case "repair_applied":
		p.begin(p.owner[id], "repair-decision-10-before", "repair "+record, "", p.work.last(e.On, 10))
	case "repair_decided":
		p.met("repair "+record, e.On, "repair-decision-10-before")
	}
}

// dispute: a request for correction is answered within twenty working days.
func (p *countedPeriods) dispute(rec es.Record, name string, e periodEvent) {
	switch name {
	case "requested":
		p.begin(e.Record.Authority, "correction-request-20", "request "+rec.Stream.ID, "", p.work.last(e.ReceivedOn, 20))
	case "decided":
		p.met("request "+rec.Stream.ID, e.On, "correction-request-20")
	}
}

// figures are the periods as the public reads them: by the month of their last day.
func (p *countedPeriods) figures() map[punctual]int {
	counts := map[punctual]int{}
	for _, one := range p.all {
		what := "in_time"
		switch {
		case one.ended == "":
			what = "open"
		case one.lapsed:
			what = "lapsed"
		case one.ended > one.due:
			what = "late"
		}
		counts[punctual{one.authority, one.due[:7], one.rule, what}]++
	}
	return counts
}
