package main

import (
	"encoding/json"
	"log/slog"
	"regexp"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// alerts checks a file of rules, and that each alert says what it is and whom it wakes.
func (l *linter) alerts(path string) {
	groups := l.rules(path, l.read(path))
	alerts := 0
	for _, g := range groups {
		for _, r := range g.Rules {
			alerts++
			if s := r.Labels["severity"]; s != "page" && s != "ticket" {
				l.fault(path, "%s has the severity %q", r.Alert, s)
			}
			if r.Annotations["summary"] == "" {
				l.fault(path, "%s does not say what happened", r.Alert)
			}
		}
	}
	if alerts == 0 {
		l.fault(path, "there are no alerts")
	}
}

// rules parses and returns groups of rules.
func (l *linter) rules(where string, text []byte) []rulefmt.RuleGroup {
	p := parser.NewParser(parser.Options{})
	groups, errs := rulefmt.Parse(text, false, model.UTF8Validation, p, slog.New(slog.DiscardHandler))
	for _, err := range errs {
		l.fault(where, "%v", err)
	}
	if groups == nil {
		return nil
	}
	for _, g := range groups.Groups {
		for _, r := range g.Rules {
			l.query(where+": "+r.Alert, r.Expr)
		}
	}
	return groups.Groups
}

// query checks that an expression parses and asks for metrics that the program has.
func (l *linter) query(where, expr string) {
	parsed, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	if err != nil {
		l.fault(where, "%v", err)
		return
	}
	asked := 0
	parser.Inspect(parsed, func(n parser.Node, _ []parser.Node) error {
		if v, ok := n.(*parser.VectorSelector); ok {
			if asked++; !l.metrics[v.Name] {
				l.fault(where, "the program has no metric %s", v.Name)
			}
		}
		return nil
	})
	if asked == 0 {
		l.fault(where, "it asks for no metric")
	}
}

// panel is what is checked of Grafana's panels.
type panel struct {
	ID      int     `json:"id"`
	Type    string  `json:"type"`
	Title   string  `json:"title"`
	Panels  []panel `json:"panels"`
	Targets []struct {
		RefID string `json:"refId"`
		Expr  string `json:"expr"`
	} `json:"targets"`
}

// variable is what Grafana puts in itself.
var variable = regexp.MustCompile(`\$__(rate_interval|interval|range)`)

func (l *linter) dashboard(path string) {
	var d struct {
		UID    string  `json:"uid"`
		Title  string  `json:"title"`
		Panels []panel `json:"panels"`
	}
	if err := json.Unmarshal(l.read(path), &d); err != nil {
		l.fault(path, "%v", err)
		return
	}
	if d.UID == "" || d.Title == "" || len(d.Panels) == 0 {
		l.fault(path, "it is no dashboard")
	}
	seen := map[int]bool{}
	for _, p := range d.Panels {
		where := path + ": " + p.Title
		if seen[p.ID] {
			l.fault(where, "two panels have the id %d", p.ID)
		}
		seen[p.ID] = true
		if p.Type != "row" && len(p.Targets) == 0 {
			l.fault(where, "it shows nothing")
		}
		for _, t := range p.Targets {
			l.query(where, strings.ReplaceAll(variable.ReplaceAllString(t.Expr, "5m"), "$datasource", ""))
		}
	}
}
