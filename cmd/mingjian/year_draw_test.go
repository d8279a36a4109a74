package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// silentParty is the party that once does not reveal.
const silentParty = "公证处"

// yearDraw is a draw, with the rosters as the test knew them when they were frozen.
type yearDraw struct {
	id       string
	number   int
	task     yearTask
	aborted  bool
	firms    map[string]yearFirm
	officers map[string]yearInspector
	replaced map[string]string // who was struck off, and the reason
	bundle   []byte            // as it is public in the end
}

// draw freezes the rosters, seals and opens nonces, draws, and replaces who is struck off right after.
func (y *year) draw(t yearTask) {
	y.Helper()
	d := y.freeze(t, 1)
	if t.silent {
		y.seal(d, silentParty)
		d.aborted = true
		y.post(y.planner, "/v1/draws/"+d.id+":abort",
			&mingjianv1.AbortRequest{DrawId: d.id, Party: silentParty, Reason: "公证处未在期限内揭示"}, &mingjianv1.AbortResponse{})
		y.turn(t.drawn, 15)
		d = y.freeze(t, 2)
	}
	y.seal(d, "")
	y.post(y.planner, "/v1/draws/"+d.id+":run", &mingjianv1.RunRequest{DrawId: d.id}, &mingjianv1.RunResponse{})
	y.settle()
	y.replace(d)
}

func (y *year) freeze(t yearTask, number int) *yearDraw {
	y.Helper()
	resp := &mingjianv1.FreezeResponse{}
	req := &mingjianv1.FreezeRequest{PlanId: yearPlan, TaskId: t.id, After: y.through().String()}
	y.post(y.planner, "/v1/draws", req, resp)
	d := &yearDraw{id: resp.GetReceipt().GetId(), number: number, task: t, firms: map[string]yearFirm{}, officers: map[string]yearInspector{}, replaced: map[string]string{}}
	for id, f := range y.firms {
		d.firms[id] = *f
	}
	for id, i := range y.officers {
		d.officers[id] = *i
		kept := d.officers[id]
		kept.conflicts = maps.Clone(i.conflicts)
		d.officers[id] = kept
	}
	y.draws = append(y.draws, d)
	return d
}

// seal has all parties commit and all but the silent one reveal. In August the public source speaks in between.
func (y *year) seal(d *yearDraw, silent string) {
	y.Helper()
	path := "/v1/draws/" + d.id
	parties := []struct {
		name, account, authority string
		who                      *person
	}{
		{"市场监督管理局", yearPlanner, "", y.planner}, {"驻局纪检监察组", yearDiscipline, "", y.discipline},
		{silentParty, yearNotary, yearFire, y.notary},
	}
	fix := &mingjianv1.FixTermsRequest{DrawId: d.id}
	if d.task.beacon {
		fix.Beacon = &mingjianv1.BeaconChoice{Name: "drand-quicknet", Round: "1000"}
	}
	for _, p := range parties {
		fix.Parties = append(fix.Parties, &mingjianv1.PartyChoice{Name: p.name, Account: p.account, AuthorityId: p.authority})
	}
	y.post(y.planner, path+":fixTerms", fix, &mingjianv1.FixTermsResponse{})
	var terms sortition.Digest
	if err := terms.UnmarshalText([]byte(y.drawView(d.id).GetTerms())); err != nil {
		y.Fatal(err)
	}
	nonce := func(party string) sortition.Nonce { return sha256.Sum256([]byte(d.id + "\n" + party)) }
	for _, p := range parties {
		commitment := sortition.Seal(terms, p.name, nonce(p.name))
		y.post(p.who, path+":commit", &mingjianv1.CommitRequest{DrawId: d.id, Party: p.name, Commitment: commitment.String()}, &mingjianv1.CommitResponse{})
	}
	if d.task.beacon {
		y.awaitBeacon(d)
	}
	for _, p := range parties {
		if p.name == silent {
			continue
		}
		n := nonce(p.name)
		y.post(p.who, path+":reveal", &mingjianv1.RevealRequest{DrawId: d.id, Party: p.name, Nonce: hex.EncodeToString(n[:])}, &mingjianv1.RevealResponse{})
	}
}

// awaitBeacon records round 1000 of drand quicknet, which was published on 23 August 2023 at 23:59:24 in Shanghai.
func (y *year) awaitBeacon(d *yearDraw) {
	y.Helper()
	text, err := os.ReadFile(sharedFile(y.T, "vectors/drand-quicknet.json"))
	if err != nil {
		y.Fatal(err)
	}
	var published struct{ Signature, Randomness string }
	if err := json.Unmarshal(text, &published); err != nil {
		y.Fatal(err)
	}
	y.turn("2023-08-24", 9)
	req := &mingjianv1.RecordBeaconRequest{DrawId: d.id, Value: published.Randomness, Signature: published.Signature}
	y.post(y.clerk, "/v1/draws/"+d.id+":recordBeacon", req, &mingjianv1.RecordBeaconResponse{})
}

func (y *year) drawView(id string) *viewv1.Draw {
	y.Helper()
	resp := &mingjianv1.GetDrawResponse{}
	y.get(y.planner, "/v1/draws/"+id, nil, resp)
	return resp.GetDraw()
}

// replace strikes the first firms of a draw off and has the reserve take their places.
func (y *year) replace(d *yearDraw) {
	y.Helper()
	drawn := y.inspectionsOf(d.task)
	if len(drawn) <= d.task.replaced {
		y.Fatalf("%s drew %d firms", d.id, len(drawn))
	}
	reasons := map[string]string{"deregistered": "deregistered", "moved_out": "moved_out"}
	for n, status := range slices.Sorted(maps.Keys(reasons))[:d.task.replaced] {
		out := drawn[n].GetSubjectId()
		if err := y.endFirm(y.Context(), y.firms[out], status); err != nil {
			y.Fatal(err)
		}
		req := &mingjianv1.ReplaceRequest{DrawId: d.id, SubjectOut: out, Reason: reasons[status]}
		y.post(y.planner, "/v1/draws/"+d.id+":replace", req, &mingjianv1.ReplaceResponse{})
		d.replaced[out] = reasons[status]
	}
	y.settle()
}

// bundle is what the public gets of a draw.
func (y *year) bundle(ctx context.Context, id string) ([]byte, error) {
	return y.public.call(ctx, "GET", "/v1/public/draws/"+id+"/bundle", nil, nil)
}
