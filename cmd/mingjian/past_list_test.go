package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// list asks for a list with a random filter, page by page.
func (a *asker) list() {
	f := &mingjianv1.ListRecordsAsOfRequest{AsOf: a.asOf, RecordKind: []string{"inspection", "penalty", "licence", "listing"}[a.rnd.IntN(4)]}
	if a.rnd.IntN(3) > 0 {
		f.EnterpriseId = a.story.subject(a.rnd.IntN(storySubjects))
	}
	if a.rnd.IntN(2) == 0 {
		f.AuthorityId = fmt.Sprint("A", 1+a.rnd.IntN(3))
	}
	day := a.story.model.disclosures[a.story.model.ids()[a.rnd.IntN(len(a.story.model.disclosures))]].doc.Date
	if a.rnd.IntN(2) == 0 {
		f.DateFrom = day.AddDays(-40).String()
	}
	if a.rnd.IntN(3) == 0 || f.GetEnterpriseId() == "" {
		f.DateFrom, f.DateTo = day.AddDays(-a.rnd.IntN(20)).String(), day.AddDays(a.rnd.IntN(20)).String()
	}
	size := int32(1 + a.rnd.IntN(30)) //nolint:gosec // small
	for _, inside := range []bool{false, true} {
		var got []string
		for token := ""; ; {
			list, next, asOf := a.page(f, inside, size, token)
			for _, r := range list {
				got = append(got, pastLine(r))
			}
			if asOf.GetSequence() != a.at.number {
				a.Errorf("a page of %v is of the moment %v", f, asOf)
			}
			if token = next; token == "" || a.Failed() {
				break
			}
		}
		if want := a.stood(f, inside); !slices.Equal(got, want) {
			a.Errorf("%v, inside %t:\n got %s\nwant %s", f, inside, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
		}
	}
}

func (a *asker) page(f *mingjianv1.ListRecordsAsOfRequest, inside bool, size int32, token string) ([]*viewv1.Released, string, *viewv1.Moment) {
	a.Helper()
	switch {
	case inside:
		f.PageSize, f.PageToken = size, token
		r, err := a.inside.ListRecordsAsOf(a.auditor(), f)
		a.must(err)
		return r.GetRecords(), r.GetNextPageToken(), r.GetAsOf()
	case f.GetRecordKind() == string(disclosure.Inspection):
		r, err := a.public.ListPublicInspections(a.Context(), &mingjianv1.ListPublicInspectionsRequest{
			PageSize: size, PageToken: token, AuthorityId: f.GetAuthorityId(), EnterpriseId: f.GetEnterpriseId(),
			DateFrom: f.GetDateFrom(), DateTo: f.GetDateTo(), AsOf: f.GetAsOf(),
		})
		a.must(err)
		return r.GetInspections(), r.GetNextPageToken(), r.GetAsOf()
	case f.GetRecordKind() == string(disclosure.Penalty):
		r, err := a.public.ListPublicPenalties(a.Context(), &mingjianv1.ListPublicPenaltiesRequest{
			PageSize: size, PageToken: token, AuthorityId: f.GetAuthorityId(), EnterpriseId: f.GetEnterpriseId(),
			DateFrom: f.GetDateFrom(), DateTo: f.GetDateTo(), AsOf: f.GetAsOf(),
		})
		a.must(err)
		return r.GetPenalties(), r.GetNextPageToken(), r.GetAsOf()
	}
	if f.GetRecordKind() == string(disclosure.Listing) {
		r, err := a.listings.ListPublicListings(a.Context(), &mingjianv1.ListPublicListingsRequest{
			PageSize: size, PageToken: token, AuthorityId: f.GetAuthorityId(), EnterpriseId: f.GetEnterpriseId(),
			DateFrom: f.GetDateFrom(), DateTo: f.GetDateTo(), AsOf: f.GetAsOf(),
		})
		a.must(err)
		return r.GetListings(), r.GetNextPageToken(), r.GetAsOf()
	}
	r, err := a.public.ListPublicLicences(a.Context(), &mingjianv1.ListPublicLicencesRequest{
		PageSize: size, PageToken: token, AuthorityId: f.GetAuthorityId(), EnterpriseId: f.GetEnterpriseId(),
		DateFrom: f.GetDateFrom(), DateTo: f.GetDateTo(), AsOf: f.GetAsOf(),
	})
	a.must(err)
	return r.GetLicences(), r.GetNextPageToken(), r.GetAsOf()
}

func (a *asker) must(err error) {
	a.Helper()
	if err != nil {
		a.Fatal(err)
	}
}

// enterprise asks for the record of one.
func (a *asker) enterprise(id string) {
	if strings.Contains(id, "/") {
		return
	}
	who := a.story.model.profileAt(id, a.at)
	outside, err0 := a.public.GetEnterprise(a.Context(), &mingjianv1.GetEnterpriseRequest{Id: id, AsOf: a.asOf})
	inside, err1 := a.inside.GetEnterpriseAsOf(a.auditor(), &mingjianv1.GetEnterpriseAsOfRequest{Id: id, AsOf: a.asOf})
	if len(a.story.model.enterprises[id]) == 0 {
		if err0 == nil || err1 == nil {
			a.Errorf("%s: nobody knows it", id)
		}
		return
	}
	a.must(err0)
	a.must(err1)
	for i, e := range []*viewv1.Enterprise{outside.GetEnterprise(), inside.GetEnterprise()} {
		var former, entries []string
		for _, f := range e.GetFormerNames() {
			former = append(former, f.GetName())
		}
		if e.GetName() != who.name || e.GetOnRoster() != who.roster || !slices.Equal(former, who.former) {
			a.Errorf("%s, inside %t: %s before %v, on the roster %t; want %+v", id, i == 1, e.GetName(), former, e.GetOnRoster(), who)
		}
		for _, x := range e.GetEntries() {
			doc := "nothing"
			if x.GetDocument() != "" {
				doc = x.GetDigest()
			}
			entries = append(entries, fmt.Sprintf("%s %d %s %s", x.GetDisclosureId(), x.GetSequence(), doc, removalLine(x.GetRemoval())))
		}
		want, counts := a.timeline(id, i == 1)
		if !slices.Equal(entries, want) {
			a.Errorf("%s, inside %t:\n got %s\nwant %s", id, i == 1, strings.Join(entries, "\n     "), strings.Join(want, "\n     "))
		}
		switch c := e.GetCounts(); {
		case i == 0 && c != nil:
			a.Errorf("%s: the public is told %v", id, c)
		case i == 1 && [5]uint32{c.GetInspections(), c.GetPenalties(), c.GetLicences(), c.GetListings(), c.GetWithdrawn()} != counts:
			a.Errorf("%s: counts %v, want %v", id, c, counts)
		}
	}
}

// timeline is what the model has for the record of an enterprise, and how much there was of each kind.
func (a *asker) timeline(subject string, inside bool) (out []string, counts [5]uint32) {
	type hit struct{ order, line string }
	var hits []hit
	for id, d := range a.story.model.disclosures {
		s := d.at(a.at.number)
		if s == nil || s.run == 0 || !s.about(subject) {
			continue
		}
		order := s.doc.Date.String() + id
		switch {
		case s.status == "public" && !s.over(a.at.day()):
			counts[slices.Index(pastKinds(), d.kind)]++
			if line := a.wanted(id, d, *s, inside, true); line != "" {
				hits = append(hits, hit{order, line})
			}
		case s.status == "withdrawn":
			counts[4]++
			if inside || d.status == "withdrawn" || d.status == "public" && !d.over(a.today) {
				hits = append(hits, hit{order, fmt.Sprintf("%s %d nothing stands", id, s.by)})
			}
		}
	}
	slices.SortFunc(hits, func(a, b hit) int { return -strings.Compare(a.order, b.order) })
	for _, h := range hits {
		out = append(out, h.line)
	}
	return out, counts
}
