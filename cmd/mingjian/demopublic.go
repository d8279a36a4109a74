package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// lookUp is what anybody can see without a token.
func (d *demonstration) lookUp(ctx context.Context) error {
	d.chapter("Public look-ups 公众查询, without a token")
	for _, c := range []disclosedCase{d.results.penalised, d.results.licensed, d.results.revoked} {
		if err := d.enterprise(ctx, c.subject); err != nil {
			return err
		}
	}
	hits := &mingjianv1.SearchEnterprisesResponse{}
	if err := d.public.get(ctx, "/v1/public/enterprises", url.Values{"query": {"餐饮"}}, hits); err != nil {
		return err
	}
	d.line("public", "searches 餐饮: %d firms have it in their names", len(hits.GetEnterprises()))
	answer, err := d.public.call(ctx, http.MethodGet, "/v1/public/records/"+d.results.revoked.disclosure, nil, nil)
	switch r, ok := errors.AsType[*refusal](err); {
	case err == nil:
		return fmt.Errorf("demo: the withdrawn penalty is still public: %s", answer)
	case !ok || r.problem.Status != http.StatusGone:
		return err
	default:
		d.line("public", "asks for the withdrawn penalty: %d, %s", r.problem.Status, r.problem.Detail)
	}
	return d.statistics(ctx)
}

func (d *demonstration) enterprise(ctx context.Context, id string) error {
	resp := &mingjianv1.GetEnterpriseResponse{}
	if err := d.public.get(ctx, "/v1/public/enterprises/"+id, nil, resp); err != nil {
		return err
	}
	e := resp.GetEnterprise()
	d.line("public", "%s (%s):", e.GetName(), e.GetId())
	for _, entry := range e.GetEntries() {
		d.more("· %s", strings.Join(strings.Fields(fmt.Sprint(entry.GetDate(), " ", entry.GetTitle(), " ", entry.GetSummary(), " ", entry.GetReason())), " "))
	}
	return nil
}

func (d *demonstration) statistics(ctx context.Context) error {
	resp := &mingjianv1.GetStatisticsResponse{}
	if err := d.public.get(ctx, "/v1/public/statistics", url.Values{"authority_id": {bureau}}, resp); err != nil {
		return err
	}
	d.line("public", "statistics (统计) of what is public now:")
	words := map[string][]string{}
	var order []string
	for _, n := range resp.GetStatistics() {
		if _, there := words[n.GetMeasure()]; !there {
			order = append(order, n.GetMeasure())
		}
		words[n.GetMeasure()] = append(words[n.GetMeasure()], fmt.Sprintf("%s %d", n.GetLabel(), n.GetCount()))
	}
	for _, measure := range order {
		d.more("%-22s %s", measure, strings.Join(words[measure], "，"))
	}
	return nil
}

// verifyDraws recomputes each draw from its published bundle alone, and shows what happens to a bundle that was touched.
func (d *demonstration) verifyDraws(ctx context.Context) error {
	d.chapter("Recomputing the draws 抽取结果复核")
	sources, err := judging("")
	if err != nil {
		return err
	}
	options := sortition.Options{Sources: sources}
	for _, id := range d.results.draws {
		document, err := d.public.call(ctx, http.MethodGet, "/v1/public/draws/"+id+"/bundle", nil, nil)
		if err != nil {
			return err
		}
		bundle, err := sortition.DecodeBundle(document)
		if err != nil {
			return fmt.Errorf("demo: bundle of %s: %w", id, err)
		}
		report, err := sortition.Verify(bundle, options)
		if err != nil {
			return fmt.Errorf("demo: draw %s does not verify: %w", id, err)
		}
		d.line("auditor", "draw %s is valid: %d of %d, %d inspectors, %d replacements", id, report.Selected,
			report.Subjects, report.Inspectors, report.Replacements)
		if id != d.results.draws[0] {
			continue
		}
		if err := d.tamper(document, options); err != nil {
			return err
		}
	}
	return nil
}

// tamper touches copies of a bundle; each must fail.
func (d *demonstration) tamper(document []byte, options sortition.Options) error {
	for _, t := range []struct {
		what string
		do   func(*sortition.Bundle)
	}{
		{"one candidate removed", func(b *sortition.Bundle) { b.Subjects = b.Subjects[1:] }},
		{"one nonce changed", func(b *sortition.Bundle) { b.Reveals[0].Nonce[0] ^= 1 }},
		{"one ticket changed", func(b *sortition.Bundle) { b.Selected[0].Ticket[0] ^= 1 }},
		{"one inspector exchanged", func(b *sortition.Bundle) {
			team := b.Selected[0].Teams[0].Inspectors
			team[0], team[1] = team[1], team[0]
		}},
		{"a replacement out of the reserve order", func(b *sortition.Bundle) { b.Replacements[0].ReplacedBy.Subject = b.Replacements[0].SubjectOut }},
	} {
		bundle, err := sortition.DecodeBundle(document)
		if err != nil {
			return fmt.Errorf("demo: bundle: %w", err)
		}
		t.do(&bundle)
		_, err = sortition.Verify(bundle, options)
		step, ok := errors.AsType[*sortition.StepError](err)
		if !ok {
			return fmt.Errorf("demo: a bundle with %s was not found out: %w", t.what, err)
		}
		d.more("✗ with %s it fails at step %q", t.what, step.Step)
	}
	return nil
}

// feed reads all releases (双公示 feed) in runs of ten, as a credit platform does.
func (d *demonstration) feed(ctx context.Context) error {
	d.chapter("Feed for credit platforms 信用信息推送")
	var after, n uint64
	for {
		resp, cursor := &mingjianv1.ListReleasesResponse{}, fmt.Sprint(after)
		if err := d.integrator.get(ctx, "/v1/feed/releases", url.Values{"after": {cursor}, "limit": {"10"}}, resp); err != nil {
			return err
		}
		for _, r := range resp.GetReleases() {
			if n++; r.GetSequence() != n {
				return fmt.Errorf("demo: the feed has %d where %d was due", r.GetSequence(), n)
			}
		}
		if resp.GetNext() == after {
			break
		}
		after = resp.GetNext()
	}
	d.line("integrator", "reads releases 1 to %d, ten at a time, without a gap", n)
	return nil
}

// conclude says what came of the run and where to look.
func (d *demonstration) conclude(context.Context) error {
	d.chapter("Done")
	switch c := d.client; {
	case c.fresh == 0:
		d.line("", "All %d commands had been recorded before; nothing was done twice.", c.known)
	case c.known > 0:
		d.line("", "%d commands had been recorded before, by a run that was cut off; %d were recorded now.", c.known, c.fresh)
	default:
		d.line("", "%d commands were recorded.", c.fresh)
	}
	base := d.client.base
	fmt.Fprintln(d.out, "\nLook at:")
	d.url("a firm with a penalty", base+"/v1/public/enterprises/"+d.results.penalised.subject)
	d.url("a firm with a licence", base+"/v1/public/enterprises/"+d.results.licensed.subject)
	d.url("search", base+"/v1/public/enterprises?query="+url.QueryEscape("餐饮"))
	for _, list := range []string{"catalogues", "plans", "tasks", "draws", "inspections", "penalties", "licences", "statistics"} {
		d.url(list, base+"/v1/public/"+list)
	}
	for _, id := range d.results.draws {
		d.url("bundle of "+id, base+"/v1/public/draws/"+id+"/bundle")
	}
	d.url("feed", base+"/v1/feed/releases?after=0")
	d.url("all of the API", base+"/openapi.json")
	if left := d.results.left; left.open {
		fmt.Fprintf(d.out, "\nLeft for you to record: inspection %s.\n", left.id)
		fmt.Fprintf(d.out, "The demo's tokens are revoked; README.md shows how to go on with one of your own:\n")
		fmt.Fprintf(d.out, "   mingjian token create --data %s --account you \\\n      --role inspector --authority %s --inspector %s\n",
			d.data, left.authority, left.inspector)
	}
	return nil
}
