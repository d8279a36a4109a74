package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

const reformedFirm = "91320105780688132K"

// reform is a test of bureaus that become one, over REST.
type reform struct {
	*testing.T
	in     *instance
	client *restClient
}

func (r *reform) person(role domain.Role, authority domain.AuthorityID) *person {
	return &person{client: r.client, name: string(role) + " of " + string(authority), token: r.in.token(r.T, role, authority, "")}
}

func (r *reform) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *reform) get(who *person, path string, query url.Values, resp proto.Message) {
	r.Helper()
	r.must(who.get(r.Context(), path, query, resp))
}

// refusedWith demands a problem of that code.
func (r *reform) refusedWith(err error, code string) {
	r.Helper()
	if no := (*refusal)(nil); !errors.As(err, &no) || no.problem.Code != code {
		r.Errorf("got %v, want %s", err, code)
	}
}

func (r *reform) register(id domain.AuthorityID, name string) {
	r.Helper()
	r.must(r.person(domain.Admin, homeBureau).post(r.Context(), "/v1/authorities", &mingjianv1.RegisterAuthorityRequest{
		Id: string(id), Name: name, District: "540100", Level: "county",
	}, &mingjianv1.RegisterAuthorityResponse{}))
}

// decide lets a bureau's clerk decide on the firm, under the bureau's name of the day.
func (r *reform) decide(authority domain.AuthorityID, no, on string) (penalty string) {
	r.Helper()
	resp := &mingjianv1.DecidePenaltyResponse{}
	r.must(r.person(domain.Clerk, authority).post(r.Context(), "/v1/penalties", &mingjianv1.DecidePenaltyRequest{Decision: &mingjianv1.PenaltyDecision{
		DecisionNo: no, Procedure: "ordinary", Parties: []*mingjianv1.DecidedParty{{Kind: "legal", Name: "甲公司", SubjectId: reformedFirm, LegalRepresentative: "张三"}},
		Violation: "无证经营", Facts: "无证经营餐饮", Basis: "第四十二条", Kinds: []string{"fine"}, Content: "罚款2000元", FineFen: 200000, DecidedOn: on,
		EffectiveUntil: "2099-12-31",
	}}, resp))
	return resp.GetReceipt().GetId()
}

// serve tells the party, of the publication too.
func (r *reform) serve(authority domain.AuthorityID, penalty string) {
	r.Helper()
	r.must(r.person(domain.Clerk, authority).post(r.Context(), "/v1/penalties/"+penalty+":serve", &mingjianv1.ServePenaltyRequest{
		PenaltyId: penalty, On: "2024-05-02", PublicationNotice: true,
	}, &mingjianv1.ServePenaltyResponse{}))
}

// publish takes the penalty to the public by staff of an authority.
func (r *reform) publish(authority domain.AuthorityID, penalty string) {
	r.Helper()
	id := "penalty." + penalty
	d := &demonstration{staff: staff{reviewer: r.person(domain.Reviewer, authority), approver: r.person(domain.Approver, authority)}}
	r.must(eventually(r.Context(), "wait for "+id, func(ctx context.Context) (bool, error) {
		err := d.reviewer.get(ctx, "/v1/disclosures/"+id, nil, &mingjianv1.GetDisclosureResponse{})
		if no := (*refusal)(nil); errors.As(err, &no) && no.problem.Status == http.StatusNotFound {
			return false, nil
		}
		return err == nil, err
	}))
	r.must(d.publish(r.Context(), id))
}

// listed are the public penalties of an authority, as number of the record, name of the day and present holder, page by page.
func (r *reform) listed(authority domain.AuthorityID) (out []string) {
	r.Helper()
	return r.listedAsOf(authority, "")
}

// listedAsOf are those of a moment; now if it is empty.
func (r *reform) listedAsOf(authority domain.AuthorityID, moment string) (out []string) {
	r.Helper()
	public := &person{client: r.client}
	for token := ""; ; {
		resp := &mingjianv1.ListPublicPenaltiesResponse{}
		r.get(public, "/v1/public/penalties", url.Values{
			"authority_id": {string(authority)}, "page_size": {"1"}, "page_token": {token}, "as_of": {moment},
		}, resp)
		for _, p := range resp.GetPenalties() {
			out = append(out, heading(p.GetRelease().GetDate(), p.GetRelease().GetAuthority(), p.GetRelease().GetPresentAuthority()))
		}
		if token = resp.GetNextPageToken(); token == "" {
			return out
		}
	}
}

func heading(date string, of, now *viewv1.Party) string {
	return strings.Join([]string{date, of.GetId(), of.GetName(), now.GetId(), now.GetName()}, " ")
}

func (r *reform) fined(authority domain.AuthorityID) (count uint64) {
	r.Helper()
	resp := &mingjianv1.GetStatisticsResponse{}
	r.get(&person{client: r.client}, "/v1/public/statistics", url.Values{"authority_id": {string(authority)}, "measure": {"penalties_by_kind"}}, resp)
	for _, n := range resp.GetStatistics() {
		if n.GetCode() == "fine" {
			count += n.GetCount()
		}
	}
	return count
}

func (r *reform) record() (out []string) {
	r.Helper()
	// Without a position to wait for, so that the bytes that were rendered before would be given if they still counted.
	answer, err := (&person{client: r.client}).call(r.Context(), http.MethodGet, "/v1/public/enterprises/"+reformedFirm, nil, nil)
	r.must(err)
	resp := &mingjianv1.GetEnterpriseResponse{}
	r.must(protojson.Unmarshal(answer, resp))
	for _, e := range resp.GetEnterprise().GetEntries() {
		out = append(out, heading(e.GetDate(), e.GetAuthority(), e.GetPresentAuthority()))
	}
	return out
}

func (r *reform) expect(what string, got []string, want ...string) {
	r.Helper()
	if !slices.Equal(got, want) {
		r.Errorf("%s: %q, want %q", what, got, want)
	}
}

// TestBureausBecomeOne: food and trade merge into market, which has decided on the firm too.
func TestBureausBecomeOne(t *testing.T) {
	t.Parallel()
	serving(t, func(ctx context.Context, in *instance, both []door) {
		r := &reform{T: t, in: in, client: &restClient{base: string(both[1].(restDoor)), http: &http.Client{Timeout: time.Minute}}}
		defer r.client.http.CloseIdleConnections()
		r.must(r.client.begin(ctx))
		for id, name := range map[domain.AuthorityID]string{"food": "食品局", "trade": "工商局", "market": "市场局", "other": "外区局"} {
			r.register(id, name)
		}
		food, trade, open := r.decide("food", "食罚1", "2024-03-01"), r.decide("trade", "商罚1", "2024-02-01"), r.decide("food", "食罚2", "2024-04-01")
		market, other := r.decide("market", "市罚1", "2024-01-01"), r.decide("other", "外罚1", "2024-05-01")
		r.serve("food", food)
		r.publish("food", food)
		r.serve("trade", trade)
		r.publish("trade", trade)
		r.serve("market", market)
		r.publish("market", market)
		r.serve("other", other)
		r.publish("other", other)
		byFood, byTrade, byMarket := "2024-03-01 food 食品局", "2024-02-01 trade 工商局", "2024-01-01 market 市场局  "
		r.expect("market before", r.listed("market"), byMarket)
		r.expect("record before", r.record(), "2024-05-01 other 外区局  ", byFood+"  ", byTrade+"  ", byMarket)

		for _, id := range []string{"food", "trade"} {
			r.must(r.person(domain.Admin, homeBureau).post(ctx, "/v1/authorities/"+id+":succeed", &mingjianv1.SucceedAuthorityRequest{
				AuthorityId: id, SuccessorId: "market", Reason: "机构改革", DocumentNo: "政发〔2024〕1号", EffectiveOn: "2024-06-01",
			}, &mingjianv1.SucceedAuthorityResponse{}))
		}
		r.get(&person{client: r.client}, "/v1/public/authorities/food", nil, &mingjianv1.GetPublicAuthorityResponse{}) // waits
		const now = " market 市场局"
		r.expect("market after", r.listed("market"), byFood+now, byTrade+now, byMarket)
		r.expect("food after", r.listed("food"), byFood+now)
		r.expect("other after", r.listed("other"), "2024-05-01 other 外区局  ")
		for moment, want := range map[string][]string{
			"release:4": {byFood + now, byTrade + now, byMarket}, "release:2": {byFood + now, byTrade + now}, "release:1": {byFood + now}, "release:0": nil,
		} {
			r.expect("market as of "+moment, r.listedAsOf("market", moment), want...)
		}
		r.expect("trade as of release:2", r.listedAsOf("trade", "release:2"), byTrade+now)
		r.expect("record after", r.record(), "2024-05-01 other 外区局  ", byFood+now, byTrade+now, byMarket)
		if all, own := r.fined("market"), r.fined("food"); all != 3 || own != 1 {
			t.Errorf("market has %d fines and food %d", all, own)
		}
		r.expectFeed(byFood+now, byTrade+now, byMarket, "2024-05-01 other 外区局  ")
		r.pointer()
		r.goOn(open)
	})
}

func (r *reform) expectFeed(want ...string) {
	r.Helper()
	resp := &mingjianv1.ListReleasesResponse{}
	r.get(&person{client: r.client}, "/v1/feed/releases", url.Values{"after": {"0"}}, resp)
	var got []string
	for _, rel := range resp.GetReleases() {
		got = append(got, heading(rel.GetDate(), rel.GetAuthority(), rel.GetPresentAuthority()))
	}
	r.expect("feed", got, want...)
}

// pointer: the former authority is found under its id, and the present one names it.
func (r *reform) pointer() {
	r.Helper()
	public, resp := &person{client: r.client}, &mingjianv1.GetPublicAuthorityResponse{}
	r.get(public, "/v1/public/authorities/food", nil, resp)
	if resp.GetAuthority().GetName() != "食品局" || resp.GetPresentAuthority().GetId() != "market" || len(resp.GetPredecessors()) != 0 {
		r.Errorf("food is %v", resp)
	}
	r.get(public, "/v1/public/authorities/market", nil, resp)
	if p := resp.GetPredecessors(); len(p) != 2 || p[0].GetId() != "food" || p[1].GetName() != "工商局" || resp.GetPresentAuthority() != nil {
		r.Errorf("market is %v", resp)
	}
	r.refusedWith(public.get(r.Context(), "/v1/public/authorities/none", nil, resp), "authority.missing")
}

// goOn: staff of the successor end what was under way; those of the former authority and of others don't.
func (r *reform) goOn(penalty string) {
	r.Helper()
	path, serve := "/v1/penalties/"+penalty+":serve", &mingjianv1.ServePenaltyRequest{PenaltyId: penalty, On: "2024-06-02", PublicationNotice: true}
	r.refusedWith(r.person(domain.Clerk, "food").post(r.Context(), path, serve, &mingjianv1.ServePenaltyResponse{}), "identity.authority.succeeded")
	r.refusedWith(r.person(domain.Clerk, "other").post(r.Context(), path, serve, &mingjianv1.ServePenaltyResponse{}), "penalty.authority.foreign")
	r.must(r.person(domain.Clerk, "market").post(r.Context(), path, serve, &mingjianv1.ServePenaltyResponse{}))
	work := &mingjianv1.ListWorkResponse{}
	r.get(r.person(domain.Reviewer, "market"), "/v1/work", nil, work)
	if len(work.GetItems()) != 1 || work.GetItems()[0].GetAuthorityId() != "food" {
		r.Errorf("the successor's work is %v", work.GetItems())
	}
	r.publish("market", penalty)
	got := r.listed("market")
	if len(got) != 4 || got[0] != "2024-04-01 food 食品局 market 市场局" {
		r.Errorf("what was under way is %q", got)
	}
	list := &mingjianv1.ListPenaltiesResponse{}
	r.get(r.person(domain.Clerk, "market"), "/v1/penalties", url.Values{"authority_id": {"food"}}, list)
	if len(list.GetPenalties()) != 2 {
		r.Errorf("the former's penalties are %v", list.GetPenalties())
	}
	r.refusedWith(r.person(domain.Clerk, "other").get(r.Context(), "/v1/penalties", url.Values{"authority_id": {"food"}}, list), "authority.foreign")
}
