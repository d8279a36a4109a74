package rule

import (
	"crypto/sha256"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

// Tables are all rules together. They are a value and never change; the zero Tables knows no rule.
type Tables struct {
	Publicity  []Publicity
	Severities []Severity
	Thresholds []Threshold
	Clocks     []Clock
	Codes      []CodeTable
	Items      []Item

	version string
}

//go:embed tables/*.json
var files embed.FS

// Embedded gives the tables of this package. They are read once.
func Embedded() Tables { return embedded() }

var embedded = sync.OnceValue(func() Tables {
	var all Tables
	for _, name := range []string{"publicity", "clocks", "codes", "catalogue"} {
		data, err := files.ReadFile("tables/" + name + ".json")
		if err != nil {
			panic(err) // the tables are part of the program
		}
		part, err := Read(data)
		if err != nil {
			panic(fmt.Errorf("tables/%s.json: %w", name, err))
		}
		all = all.over(part)
	}
	if err := all.check(); err != nil {
		panic(err)
	}
	return all.sealed()
})

// Merge gives tables with the rules of another file. A rule with an id that is there takes its place; others stand before
// those that are there, so that they are found first. It is an error if a rule then speaks of what there isn't.
func (t Tables) Merge(more Tables) (Tables, error) {
	merged := t.over(more)
	if err := merged.check(); err != nil {
		return Tables{}, err
	}
	return merged.sealed(), nil
}

func (t Tables) over(more Tables) Tables {
	return Tables{
		Publicity:  overlay(t.Publicity, more.Publicity),
		Severities: overlay(t.Severities, more.Severities),
		Thresholds: overlay(t.Thresholds, more.Thresholds),
		Clocks:     overlay(t.Clocks, more.Clocks),
		Codes:      overlay(t.Codes, more.Codes),
		Items:      overlay(t.Items, more.Items),
	}
}

func overlay[R any, P interface {
	*R
	row
}](base, more []R) []R {
	out := slices.Clone(base)
	var further []R
	for i := range more {
		id := P(&more[i]).head().ID
		at := slices.IndexFunc(out, func(r R) bool { return P(&r).head().ID == id })
		if at < 0 {
			further = append(further, more[i])
		} else {
			out[at] = more[i]
		}
	}
	return append(further, out...)
}

// Version names the tables by what they say, e.g. rules-1f0c5a9b2e77: two tables with the same version give the same answers.
// It is recorded with every term and deadline.
func (t Tables) Version() string { return t.version }

func (t Tables) sealed() Tables {
	bare := t
	bare.version = ""
	data, err := json.Marshal(bare)
	if err != nil {
		data = nil // a rule without its first day: check refuses it before
	}
	t.version = fmt.Sprintf("rules-%x", sha256.Sum256(data))[:len("rules-")+12]
	return t
}

// rows gives every rule with the section that it is in.
func (t Tables) rows() []located {
	var out []located
	out = append(out, locate("publicity", t.Publicity)...)
	out = append(out, locate("severities", t.Severities)...)
	out = append(out, locate("thresholds", t.Thresholds)...)
	out = append(out, locate("clocks", t.Clocks)...)
	out = append(out, locate("codes", t.Codes)...)
	return append(out, locate("items", t.Items)...)
}

type located struct {
	section string
	row     row
}

func locate[R any, P interface {
	*R
	row
}](section string, rules []R) []located {
	out := make([]located, len(rules))
	for i := range rules {
		out[i] = located{section, P(&rules[i])}
	}
	return out
}

// Rules lists the heads of all rules by section, for whoever wants to see what is not confirmed.
func (t Tables) Rules() map[string][]Head {
	out := map[string][]Head{}
	for _, r := range t.rows() {
		out[r.section] = append(out[r.section], *r.row.head())
	}
	return out
}
