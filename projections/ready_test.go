package projections_test

import (
	"errors"
	"testing"

	"github.com/mingjian-ledger/mingjian/projections"
)

func TestWhatAMemberLacks(t *testing.T) {
	fault := errors.New("a fault")
	fine := projections.Status{Name: "a", Attached: true, Head: pos(9), State: projections.State{Through: pos(4)}}
	change := func(by func(*projections.Status)) projections.Status {
		s := fine
		by(&s)
		return s
	}
	for _, c := range []struct {
		status projections.Status
		limit  uint64
		want   projections.Lack
	}{
		{fine, 0, ""},
		{fine, 5, ""},
		{fine, 4, projections.Behind},
		{change(func(s *projections.Status) { s.Attached = false }), 0, projections.Unattached},
		{change(func(s *projections.Status) { s.Trouble, s.Tries = fault, 3 }), 0, ""},
		{change(func(s *projections.Status) { s.Trouble, s.Tries = fault, 30 }), 0, projections.Stuck},
		{change(func(s *projections.Status) { s.Failed = fault }), 0, projections.Stopped},
		{change(func(s *projections.Status) { s.Unheard = fault }), 0, projections.Unheard},
	} {
		lack, err := c.status.Lacks(c.limit)
		if lack != c.want || (err == nil) != (c.want == "") {
			t.Errorf("%+v lacks %q, %v; want %q", c.status, lack, err, c.want)
		}
	}
}
