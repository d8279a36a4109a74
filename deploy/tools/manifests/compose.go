package main

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// required finds the variables without which a compose file refuses to start.
var required = regexp.MustCompile(`\$\{([A-Z_]+):\?`)

// secretly finds what looks like a password that is written down or has a default.
var secretly = regexp.MustCompile(`(?i)(passw(or)?d|secret|token)[a-z_]*["']?[ \t]*[:=][ \t]*["']?([^\s"'$/{\[?][^\s"']*|\$\{[A-Z_]+:-[^}]+\})`)

// placeholder stands for what the operator gives.
const placeholder = "/given"

// compose checks a file, perhaps with others over it.
func (l *linter) compose(ctx context.Context, paths ...string) {
	path, text := strings.Join(paths, " with "), ""
	for _, p := range paths {
		text += string(l.read(p))
	}
	for _, found := range secretly.FindAllString(text, -1) {
		l.fault(path, "a secret is written down: %s", found)
	}
	var names []string
	for _, found := range required.FindAllStringSubmatch(text, -1) {
		names = append(names, found[1])
	}
	slices.Sort(names)
	names = slices.Compact(names)
	env := make([]string, len(names))
	for i, n := range names {
		env[i] = n + "=" + placeholder
	}
	project, err := l.load(ctx, paths, env)
	if err != nil {
		l.fault(path, "%v", err)
		return
	}
	for i, n := range names { // each must be asked for
		if _, err := l.load(ctx, paths, slices.Delete(slices.Clone(env), i, i+1)); err == nil {
			l.fault(path, "it starts without %s", n)
		}
	}
	for _, s := range project.Services {
		l.service(path+": "+s.Name, s)
	}
	l.mounts(path, project)
}

func (l *linter) load(ctx context.Context, paths, env []string) (*types.Project, error) {
	files := make([]string, len(paths))
	for i, p := range paths {
		files[i] = filepath.Join(l.root, p)
	}
	o, err := cli.NewProjectOptions(files, cli.WithEnv(env), cli.WithProfiles([]string{"*"}), cli.WithResolvedPaths(true))
	if err != nil {
		return nil, err
	}
	return o.LoadProject(ctx)
}

func (l *linter) service(where string, s types.ServiceConfig) {
	l.pinned(where, s.Image)
	if s.Restart == "" {
		l.fault(where, "it is not started again")
	}
	if s.Privileged || !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
		l.fault(where, "it may gain privileges")
	}
	ours := strings.HasPrefix(s.Image, "mingjian:")
	if (ours || !slices.Contains(s.Profiles, "observe")) && s.HealthCheck == nil {
		l.fault(where, "it has no health check")
	}
	if !ours {
		return
	}
	if !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || s.User == "0" || s.User == "root" {
		l.fault(where, "it can write its own image, or has capabilities")
	}
	for name := range s.Environment {
		l.setting(where, name)
	}
	for _, p := range s.Ports {
		if p.HostIP == "" || p.HostIP == "0.0.0.0" {
			l.fault(where, "the door, which has no TLS, is open to the network")
		}
	}
}

// mounts checks that files which are mounted exist: Docker would make folders in their place.
func (l *linter) mounts(path string, p *types.Project) {
	for _, s := range p.Services {
		for _, v := range s.Volumes {
			if v.Type != types.VolumeTypeBind || strings.Contains(v.Source, placeholder) {
				continue
			}
			if _, err := os.Stat(v.Source); err != nil {
				l.fault(path+": "+s.Name, "%v", err)
			}
		}
	}
}
