package projections_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// A member joins a group and leaves it; who leaves doesn't say which group, the member's row does.
const (
	joined = "club.joined.v1" // data: group
	left   = "club.left.v1"
)

var errOddMember = errors.New("a member that can't be told of")

func club() projections.Projection {
	return projections.Projection{
		Name:   "club.v1",
		Tables: []projections.Table{{Name: "member", Columns: []string{"group"}}, {Name: "group", Columns: []string{"size"}}},
		Project: func(rec es.Record) (projections.Change, error) {
			member := projections.Key{Table: "member", Key: rec.Stream.ID}
			c := projections.Change{Keys: []projections.Key{member}}
			c.More = func(rows *projections.Rows) ([]projections.Key, error) {
				row, err := rows.Get(member.Table, member.Key)
				switch {
				case member.Key == "odd":
					return nil, errOddMember
				case err != nil || row == nil:
					return nil, err
				}
				return []projections.Key{{Table: "group", Key: row.Columns[0]}}, nil
			}
			if rec.Type == joined {
				c.Keys = append(c.Keys, projections.Key{Table: "group", Key: string(rec.Data)})
			}
			c.Apply = func(rows *projections.Rows) error { return move(rows, member.Key, string(rec.Data)) }
			return c, nil
		},
	}
}

// move takes the member out of its group and, unless to is empty, into another.
func move(rows *projections.Rows, member, to string) error {
	was, err := rows.Get("member", member)
	if err != nil {
		return err
	}
	if was != nil {
		if err := resize(rows, was.Columns[0], -1); err != nil {
			return err
		}
		rows.Delete("member", member)
	}
	if to == "" {
		return nil
	}
	rows.Put("member", projections.Row{Key: member, Columns: []string{to}})
	return resize(rows, to, 1)
}

func resize(rows *projections.Rows, group string, by int) error {
	row, err := rows.Get("group", group)
	if err != nil {
		return err
	}
	size := 0
	if row != nil {
		if _, err := fmt.Sscan(row.Columns[0], &size); err != nil {
			return err
		}
	}
	rows.Put("group", projections.Row{Key: group, Columns: []string{fmt.Sprint(size + by)}})
	return nil
}

// shelf is a target that keeps rows and remembers what was loaded.
type shelf struct {
	projections.Target
	rows  map[projections.Key]*projections.Row
	loads [][]projections.Key
}

func (s *shelf) Load(_ context.Context, keys []projections.Key) (map[projections.Key]*projections.Row, error) {
	s.loads = append(s.loads, keys)
	out := map[projections.Key]*projections.Row{}
	for _, k := range keys {
		out[k] = s.rows[k]
	}
	return out, nil
}

func (s *shelf) Commit(_ context.Context, _, _ es.Position, rows *projections.Rows) error {
	for k, row := range rows.Changed {
		s.rows[k] = row
	}
	return nil
}

func (s *shelf) String() string {
	var out []string
	for k, row := range s.rows {
		if row != nil {
			out = append(out, fmt.Sprintf("%s %s=%s", k.Table, k.Key, row.Columns[0]))
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func steps(list ...string) []es.Record {
	var out []es.Record
	for i, step := range list {
		member, group, joins := strings.Cut(step, ">")
		typ := left
		if joins {
			typ = joined
		}
		out = append(out, es.Record{
			Proposed: es.Proposed{Type: typ, Data: []byte(group)},
			Stream:   es.Stream{Category: "club", ID: member}, Position: es.At(uint64(i+1), 0),
		})
	}
	return out
}

func TestMoreSeesWhatEarlierRecordsLeftHoweverTheLogIsCut(t *testing.T) {
	log := steps("a>x", "b>x", "c>y", "a>y", "b", "d>x", "c", "c>x", "d")
	const want = "group x=1, group y=1, member a=y, member c=x"
	for size := 1; size <= len(log); size++ {
		s := &shelf{rows: map[projections.Key]*projections.Row{}}
		at := es.Position{}
		for cut := range slices.Chunk(log, size) {
			through := cut[len(cut)-1].Position
			if err := projections.Apply(t.Context(), club(), s, at, es.Batch{Records: cut, Through: through}); err != nil {
				t.Fatalf("batches of %d: %v", size, err)
			}
			at = through
		}
		if s.String() != want {
			t.Errorf("batches of %d: %s, want %s", size, s, want)
		}
	}
}

func TestMoreLoadsOnlyWhatTheBatchLacks(t *testing.T) {
	s := &shelf{rows: map[projections.Key]*projections.Row{}}
	log := steps("a>x", "a>y", "a")
	if err := projections.Apply(t.Context(), club(), s, es.Position{}, es.Batch{Records: log, Through: es.At(3, 0)}); err != nil {
		t.Fatal(err)
	}
	if len(s.loads) != 1 {
		t.Errorf("loads = %v, want one", s.loads)
	}
	again := steps("", "", "", "b>z", "b", "a>z")[3:]
	s.rows[projections.Key{Table: "member", Key: "a"}] = &projections.Row{Key: "a", Columns: []string{"w"}}
	if err := projections.Apply(t.Context(), club(), s, es.At(3, 0), es.Batch{Records: again, Through: es.At(6, 0)}); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(s.loads[2:]); len(s.loads) != 3 || got != "[[{group w}]]" {
		t.Errorf("loads of the second batch after its first: %v of %d", got, len(s.loads))
	}
}

func TestMoreThatFailsStopsTheProjection(t *testing.T) {
	s := &shelf{rows: map[projections.Key]*projections.Row{}}
	err := projections.Apply(t.Context(), club(), s, es.Position{}, es.Batch{Records: steps("odd>x"), Through: es.At(1, 0)})
	stop := (*projections.ProjectError)(nil)
	if !errors.As(err, &stop) || !errors.Is(err, errOddMember) || len(s.rows) != 0 {
		t.Errorf("err = %v, rows %s", err, s)
	}
}

func TestMoreOfABatchIsLoadedAtOnce(t *testing.T) {
	s := &shelf{rows: map[projections.Key]*projections.Row{}}
	var log []string
	for i := range 20 {
		log = append(log, fmt.Sprintf("m%d>g%d", i, i))
	}
	joins := steps(log...)
	if err := projections.Apply(t.Context(), club(), s, es.Position{}, es.Batch{Records: joins, Through: es.At(20, 0)}); err != nil {
		t.Fatal(err)
	}
	var leaves []es.Record
	for i, r := range joins {
		r.Type, r.Data, r.Position = left, nil, es.At(uint64(21+i), 0)
		leaves = append(leaves, r)
	}
	s.loads = nil
	if err := projections.Apply(t.Context(), club(), s, es.At(20, 0), es.Batch{Records: leaves, Through: es.At(40, 0)}); err != nil {
		t.Fatal(err)
	}
	if len(s.loads) != 2 || len(s.loads[1]) != 20 {
		t.Errorf("20 changes with further rows took the loads %v", s.loads)
	}
}

// descent projects a chain: each node's row names the next, and a record writes the last it can reach.
func descent() projections.Projection {
	return projections.Projection{
		Name:   "descent.v1",
		Tables: []projections.Table{{Name: "node", Columns: []string{"next"}}},
		Project: func(rec es.Record) (projections.Change, error) {
			c := projections.Change{Keys: []projections.Key{{Table: "node", Key: "root"}}}
			c.More = func(rows *projections.Rows) ([]projections.Key, error) {
				var keys []projections.Key
				for at := "root"; ; {
					row, err := rows.Get("node", at)
					if err != nil { // not asked for yet
						return keys, nil
					}
					if row == nil || row.Columns[0] == "" {
						return keys, nil
					}
					at = row.Columns[0]
					keys = append(keys, projections.Key{Table: "node", Key: at})
				}
			}
			c.Apply = func(rows *projections.Rows) error {
				at := "root"
				for {
					row, err := rows.Get("node", at)
					if err != nil {
						return err
					}
					if row == nil || row.Columns[0] == "" {
						break
					}
					at = row.Columns[0]
				}
				rows.Put("node", projections.Row{Key: at, Columns: []string{string(rec.Data)}})
				rows.Put("node", projections.Row{Key: string(rec.Data), Columns: []string{""}})
				return nil
			}
			return c, nil
		},
	}
}

func TestMoreIsAskedUntilItNamesNothingNew(t *testing.T) {
	var log []es.Record
	for i := range 9 {
		log = append(log, es.Record{
			Proposed: es.Proposed{Type: joined, Data: fmt.Append(nil, "n", i)},
			Stream:   es.Stream{Category: "chain", ID: "c"}, Position: es.At(uint64(i+1), 0),
		})
	}
	for _, size := range []int{1, 2, 4, 9} {
		s := &shelf{rows: map[projections.Key]*projections.Row{}}
		at := es.Position{}
		for cut := range slices.Chunk(log, size) {
			through := cut[len(cut)-1].Position
			if err := projections.Apply(t.Context(), descent(), s, at, es.Batch{Records: cut, Through: through}); err != nil {
				t.Fatalf("batches of %d: %v", size, err)
			}
			at = through
		}
		if got := s.String(); got != "node n0=n1, node n1=n2, node n2=n3, node n3=n4, node n4=n5, node n5=n6, node n6=n7, node n7=n8, node n8=, node root=n0" {
			t.Errorf("batches of %d: %s", size, got)
		}
	}
}
