package main

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"sigs.k8s.io/yaml"
)

// everything turns on what the examples leave out.
const everything = `
replicas: 2
image: {digest: "sha256:0000000000000000000000000000000000000000000000000000000000000000"}
imagePullSecrets: [{name: registry}]
secrets: {environment: s, masterKey: {name: k}, files: [{name: ca, path: /etc/ca}, {name: exchange, path: /etc/mingjian/exchange}]}
platforms: [credit_china]
exchange: {file: /etc/mingjian/exchange/exchange.yaml, claim: exchange}
stores: {bus: "nats://nats:4222"}
settings: {PATIENCE: 10s, DRAIN: 30s}
ingress: {enabled: true, className: nginx, tlsSecret: tls, annotations: {a: b}}
autoscaling: {enabled: true}
serviceMonitor: {enabled: true, labels: {a: b}}
prometheusRule: {enabled: true, labels: {a: b}}
serviceAccount: {annotations: {a: b}}
podAnnotations: {a: b}
nodeSelector: {a: b}
tolerations: [{key: a, operator: Exists}]
priorityClassName: high
networkPolicy: {from: [{namespaceSelector: {}}], metricsFrom: [{podSelector: {}}], egress: {to: [{ipBlock: {cidr: 10.0.0.0/8}}]}}
`

// refused are values that the chart must not take, with what it says of them.
func refused() map[string]string {
	return map[string]string{
		"replicas: 2": "masterKey",
		"{replicas: 2, persistence: {enabled: true}, secrets: {masterKey: {name: k}}}":                               "one replica",
		"{replicas: 1, stores: {events: \"\", views: \"\"}}":                                                         "stores.events",
		"{replicas: 1, stores: {events: \"postgres://u:pw@h/d\"}}":                                                   "password",
		"{replicas: 1, stores: {events: \"mysql://h/d\"}}":                                                           "events",
		"{replicas: 1, platforms: [\"Credit China\"]}":                                                               "platforms",
		"{replicas: 1, exchange: {file: /etc/x.yaml}}":                                                               "exchange.claim",
		"{replicas: 1, replcas: 2}":                                                                                  "replcas",
		"{replicas: 1, image: {digest: \"md5:0\"}}":                                                                  "digest",
		"{replicas: 1, traces: {ratio: 2}}":                                                                          "ratio",
		"{replicas: 1, settings: {patience: 1s}}":                                                                    "patience",
		"{replicas: 1, autoscaling: {enabled: true}, secrets: {masterKey: {name: k}}, persistence: {enabled: true}}": "one replica",
	}
}

func (l *linter) chart(path string) {
	c, err := loader.Load(filepath.Join(l.root, path))
	if err != nil {
		l.fault(path, "%v", err)
		return
	}
	if err := c.Validate(); err != nil {
		l.fault(path, "%v", err)
	}
	if len(c.Schema) == 0 {
		l.fault(path, "there is no values.schema.json")
	}
	cases := map[string]string{"everything": everything}
	examples, _ := filepath.Glob(filepath.Join(l.root, "helm", "values", "*.yaml"))
	for _, e := range examples {
		rel, _ := filepath.Rel(l.root, e)
		cases[rel] = string(l.read(rel))
	}
	if len(cases) < 4 {
		l.fault(path, "the examples of values for the three tiers are missing")
	}
	for name, values := range cases {
		files, err := render(c, values)
		if err != nil {
			l.fault(name, "%v", err)
			continue
		}
		l.manifests(path+" with "+name, files)
	}
	for values, says := range refused() {
		if _, err := render(c, values); err == nil || !strings.Contains(err.Error(), says) {
			l.fault(path, "%s: %v, want a refusal that says %q", values, err, says)
		}
	}
}

// render is what "helm template" does; values that the schema refuses are an error.
func render(c *chart.Chart, values string) (map[string]string, error) {
	var given map[string]any
	if err := yaml.UnmarshalStrict([]byte(values), &given); err != nil {
		return nil, err
	}
	all, err := chartutil.ToRenderValues(c, given, chartutil.ReleaseOptions{Name: "ledger", Namespace: "mingjian", IsInstall: true, Revision: 1}, chartutil.DefaultCapabilities)
	if err != nil {
		return nil, err
	}
	return engine.Engine{Strict: true}.Render(c, all)
}

// manifests checks what one set of values led to.
func (l *linter) manifests(where string, files map[string]string) {
	r := &release{l: l, where: where}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasSuffix(name, ".txt") {
			if strings.TrimSpace(files[name]) == "" {
				l.fault(where, "%s says nothing", name)
			}
			continue
		}
		for doc := range strings.SplitSeq("\n"+files[name], "\n---\n") {
			if strings.TrimSpace(doc) != "" {
				r.take(filepath.Base(name), []byte(doc))
			}
		}
	}
	r.check()
}
