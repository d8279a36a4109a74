package projectionstest

import (
	"errors"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

func show(r *projections.Row) string {
	if r == nil {
		return "no row"
	}
	return fmt.Sprintf("%s %q search %q doc %q at %s", r.Key, r.Columns, r.Search, r.Doc, r.Position)
}

var attachCases = map[string]func(*bench){
	"StartsEmptyAtZero": func(b *bench) {
		live := b.attach(sample())
		if p := b.checkpoint(live); p != (es.Position{}) {
			b.Errorf("checkpoint is %s", p)
		}
		if d := b.dump(live); len(d) != 0 {
			b.Errorf("rows: %v", d)
		}
		p, err := b.Views.Checkpoint(b.ctx(), "sample.v1")
		b.must(err)
		if p != (es.Position{}) {
			b.Errorf("the reader's checkpoint is %s", p)
		}
	},
	"AgainIsTheSameTables": func(b *bench) {
		p := sample()
		b.apply(p, b.attach(p), 10, history(1, 40)...)
		if got := b.checkpoint(b.attach(p)); got != at(40) {
			b.Errorf("checkpoint is %s", got)
		}
	},
	"OutlivesReopening": func(b *bench) {
		if b.features.Volatile {
			b.Skip("the sink keeps nothing")
		}
		p := sample()
		live := b.attach(p)
		b.apply(p, live, 10, history(2, 60)...)
		before := b.dump(live)
		b.Views = b.Reopen()
		if _, err := b.Views.Get(b.ctx(), items, "k000"); err == nil {
			b.Error("a table was read before its projection was attached")
		}
		live = b.attach(p)
		if got := b.checkpoint(live); got != at(60) {
			b.Errorf("checkpoint is %s", got)
		}
		if after := b.dump(live); fmt.Sprint(after) != fmt.Sprint(before) {
			b.Errorf("rows changed:\n got %v\nwant %v", after, before)
		}
	},
	"AnotherDefinitionStartsAnew": func(b *bench) {
		p := sample()
		old := b.attach(p)
		b.apply(p, old, 10, history(3, 20)...)
		p = sample()
		p.Tables[0].Indexes = p.Tables[0].Indexes[1:]
		anew := b.attach(p)
		if got := b.checkpoint(anew); got != (es.Position{}) || len(b.dump(anew)) != 0 {
			b.Errorf("the new tables stand at %s with %d rows", got, len(b.dump(anew)))
		}
		b.is(old.Commit(b.ctx(), at(20), at(21), projections.NewRows(nil)), projections.ErrMoved)
		b.apply(p, anew, 10, history(3, 20)...)
		var refused *projections.QueryError
		if _, err := b.Views.List(b.ctx(), projections.Query{Table: items, Where: map[string]string{"kind": "x"}, Limit: 1}); !errors.As(err, &refused) {
			b.Errorf("a query along the dropped index: %v", err)
		}
	},
	"WithoutTablesKeepsACheckpoint": func(b *bench) {
		p := projections.Reactor{Name: "policy.v1"}.Keeps()
		live := b.attach(p)
		b.must(live.Commit(b.ctx(), es.Position{}, at(5), projections.NewRows(nil)))
		if got := b.checkpoint(b.attach(p)); got != at(5) {
			b.Errorf("checkpoint is %s", got)
		}
	},
	"RefusesATableOfAnother": func(b *bench) {
		b.attach(sample())
		other := sample()
		other.Name = "other.v1"
		if _, err := b.Views.Attach(b.ctx(), other); err == nil {
			b.Error("two projections share a table")
		}
		other.Tables[0].Name, other.Tables[1].Name = "other_item", "other_total"
		b.attach(other)
	},
	"RefusesAnIllFormedDefinition": func(b *bench) {
		p := sample()
		p.Tables[0].Name = `sample"; DROP TABLE x; --`
		if _, err := b.Views.Attach(b.ctx(), p); err == nil {
			b.Error("an ill-formed name was taken")
		}
	},
	"TablesUnknownToTheReader": func(b *bench) {
		b.attach(sample())
		var refused *projections.QueryError
		if _, err := b.Views.Get(b.ctx(), "nowhere", "k"); !errors.As(err, &refused) || refused.Field != "table" {
			b.Errorf("Get of an unknown table: %v", err)
		}
		if _, err := b.Views.List(b.ctx(), projections.Query{Table: "nowhere", Limit: 1}); !errors.As(err, &refused) || refused.Field != "table" {
			b.Errorf("List of an unknown table: %v", err)
		}
		if _, err := b.Views.Checkpoint(b.ctx(), "nobody.v1"); err == nil {
			b.Error("an unknown projection has a checkpoint")
		}
	},
}
