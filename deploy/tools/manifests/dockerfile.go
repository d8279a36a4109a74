package main

import (
	"bytes"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// dockerfile checks the image's recipe: the last stage is what runs.
func (l *linter) dockerfile(path string) {
	parsed, err := parser.Parse(bytes.NewReader(l.read(path)))
	if err != nil {
		l.fault(path, "%v", err)
		return
	}
	for _, w := range parsed.Warnings {
		l.fault(path, "%s", w.Short)
	}
	stages, args, err := instructions.Parse(parsed.AST, nil)
	if err != nil || len(stages) == 0 {
		l.fault(path, "%v", err)
		return
	}
	given := map[string]string{}
	for _, a := range args {
		for _, kv := range a.Args {
			if kv.Value != nil {
				given["${"+kv.Key+"}"] = *kv.Value
			}
		}
	}
	names := map[string]bool{}
	for _, s := range stages {
		base := s.BaseName
		for variable, value := range given {
			base = strings.ReplaceAll(base, variable, value)
		}
		if !names[base] {
			l.pinned(path, base)
		}
		names[s.Name] = true
	}
	l.image(path, stages[len(stages)-1], given)
}

func (l *linter) image(path string, last instructions.Stage, given map[string]string) {
	if base := given[last.BaseName]; !strings.Contains(base, "distroless/static") || !strings.Contains(base, "nonroot") {
		l.fault(path, "the image is built on %s, not on a distroless base without root", base)
	}
	labels, user, health := map[string]bool{}, "", false
	for _, c := range last.Commands {
		switch c := c.(type) {
		case *instructions.RunCommand:
			l.fault(path, "the image has no shell to RUN with")
		case *instructions.UserCommand:
			user = c.User
		case *instructions.HealthCheckCommand:
			health = len(c.Health.Test) > 2 && c.Health.Test[0] == "CMD"
		case *instructions.LabelCommand:
			for _, kv := range c.Labels {
				labels[strings.Trim(kv.Key, `"`)] = true
			}
		case *instructions.EnvCommand:
			for _, kv := range c.Env {
				l.setting(path, kv.Key)
			}
		}
	}
	if user == "" || strings.HasPrefix(user, "0") || strings.HasPrefix(user, "root") {
		l.fault(path, "it runs as %q", user)
	}
	if !health {
		l.fault(path, "it has no HEALTHCHECK in the form that needs no shell")
	}
	for _, name := range []string{"title", "description", "licenses", "version", "revision"} {
		if !labels["org.opencontainers.image."+name] {
			l.fault(path, "the label org.opencontainers.image.%s is missing", name)
		}
	}
}
