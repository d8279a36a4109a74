package grpcapi_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// drawnWorld is a world in which one draw was run.
func drawnWorld(t *testing.T) (*staffWorld, grpcapi.PublicServer, string) {
	t.Helper()
	w := newStaffWorld(t)
	w.simple()
	id := w.freeze()
	w.ready(id)
	w.must(w.draws.Run(w.planner(), &mingjianv1.RunRequest{DrawId: id}))
	w.sync()
	return w, grpcapi.PublicServer{Base: w.draws.Base, Blobs: w.blobs, Fairness: grpcapi.NewFairnessDesk()}, id
}

func TestFairnessFollowsTheDraws(t *testing.T) {
	t.Parallel()
	w, s, id := drawnWorld(t)
	ask := &mingjianv1.GetFairnessRequest{AuthorityId: string(drawBureau)}
	get := func() *viewv1.Fairness {
		t.Helper()
		got, err := s.GetFairness(t.Context(), ask)
		if err != nil {
			t.Fatal(err)
		}
		return got.GetFairness()
	}
	first := get()
	b, _ := w.bundle(id)
	if d := first.GetDraws(); len(d) != 1 || d[0].GetDrawId() != id || d[0].GetSelected() != 3 || d[0].GetCandidates() != 8 || first.GetFromYear() != 2026 ||
		first.GetSubjects() != 8 || first.GetCovered() != 3 || first.GetCoveredExpected() != "3.000000" || len(first.GetTests()) != 7 {
		t.Errorf("%v", first)
	}
	var same sync.WaitGroup
	for range 8 {
		same.Go(func() {
			if !proto.Equal(first, get()) {
				t.Error("asked again, it answers otherwise")
			}
		})
	}
	same.Wait()

	out := b.Selected[0].Subject
	w.must(w.draws.Replace(w.as("boss", domain.Approver, drawBureau), &mingjianv1.ReplaceRequest{DrawId: id, SubjectOut: out, Reason: "closed"}))
	w.sync()
	second := get()
	if second.GetReplacements() != 1 || second.GetDraws()[0].GetBundleSha256() == first.GetDraws()[0].GetBundleSha256() ||
		second.GetTests()[0].GetStatistic() != first.GetTests()[0].GetStatistic() {
		t.Errorf("after a replacement: %v", second)
	}
	ask.ToYear, ask.FromYear = 2025, 2024
	if none := get(); len(none.GetDraws()) != 0 || none.GetFlagged() || none.GetSubjects() != 0 {
		t.Errorf("years without draws: %v", none)
	}
	for _, years := range [][2]uint32{{2026, 2025}, {2010, 2026}, {9999, 0}} {
		ask.FromYear, ask.ToYear = years[0], years[1]
		if _, err := s.GetFairness(t.Context(), ask); domain.KindOf(err) != domain.Invalid {
			t.Errorf("years %v: %v", years, err)
		}
	}
}

func TestFairnessUnitsComeInPages(t *testing.T) {
	t.Parallel()
	_, s, _ := drawnWorld(t)
	list := func(kind, id string, size int32) []string {
		t.Helper()
		var got []string
		for ask := (&mingjianv1.ListFairnessUnitsRequest{Kind: kind, AuthorityId: string(drawBureau), Id: id, PageSize: size}); ; {
			page, err := s.ListFairnessUnits(t.Context(), ask)
			if err != nil {
				t.Fatal(err)
			}
			if len(page.GetUnits()) > int(size) {
				t.Errorf("%d units on a page of %d", len(page.GetUnits()), size)
			}
			for _, u := range page.GetUnits() {
				got = append(got, strings.TrimSpace(u.GetId()+" "+u.GetWithId()))
			}
			if ask.PageToken = page.GetNextPageToken(); ask.PageToken == "" {
				return got
			}
		}
	}
	for kind, want := range map[string]int{"subjects": 8, "inspectors": 5, "pairs": 9} {
		all := list(kind, "", 1000)
		if len(all) != want || !slices.IsSorted(all) {
			t.Errorf("%s: %v", kind, all)
		}
		for _, size := range []int32{1, 2, 3} {
			if got := list(kind, "", size); !slices.Equal(got, all) {
				t.Errorf("%s by %d: %v, want %v", kind, size, got, all)
			}
		}
		one := strings.Fields(all[0])[0]
		for _, got := range list(kind, one, 1) {
			if !strings.Contains(got, one) {
				t.Errorf("%s of %s: %s", kind, one, got)
			}
		}
	}
	if _, err := s.ListFairnessUnits(t.Context(), &mingjianv1.ListFairnessUnitsRequest{Kind: "subjects", AuthorityId: string(drawBureau), PageToken: "!"}); err == nil {
		t.Error("a token that was never given is taken")
	}
}
