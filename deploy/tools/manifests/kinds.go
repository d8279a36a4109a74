package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	scaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"
)

// release is one rendering of the chart.
type release struct {
	l     *linter
	where string
	kinds map[string]int

	deployment apps.Deployment
	service    core.Service
	config     core.ConfigMap
	account    core.ServiceAccount
	policy     networking.NetworkPolicy
	budget     policy.PodDisruptionBudget
	monitor    monitoring.ServiceMonitor
	ingress    networking.Ingress
	scaler     scaling.HorizontalPodAutoscaler
	claim      core.PersistentVolumeClaim
	rule       monitoring.PrometheusRule
}

// take decodes one manifest strictly: a field that the kind doesn't have is a fault.
func (r *release) take(file string, doc []byte) {
	var kind meta.TypeMeta
	if err := yaml.Unmarshal(doc, &kind); err != nil {
		r.l.fault(r.where, "%s: %v", file, err)
		return
	}
	into := map[string]any{
		"apps/v1 Deployment": &r.deployment, "v1 Service": &r.service, "v1 ConfigMap": &r.config, "v1 ServiceAccount": &r.account,
		"networking.k8s.io/v1 NetworkPolicy": &r.policy, "policy/v1 PodDisruptionBudget": &r.budget,
		"monitoring.coreos.com/v1 ServiceMonitor": &r.monitor, "networking.k8s.io/v1 Ingress": &r.ingress,
		"autoscaling/v2 HorizontalPodAutoscaler": &r.scaler, "v1 PersistentVolumeClaim": &r.claim,
		"monitoring.coreos.com/v1 PrometheusRule": &r.rule,
	}[kind.APIVersion+" "+kind.Kind]
	if into == nil {
		r.l.fault(r.where, "%s: %s %s is no kind that is known here", file, kind.APIVersion, kind.Kind)
		return
	}
	if err := yaml.UnmarshalStrict(doc, into); err != nil {
		r.l.fault(r.where, "%s: %v", file, err)
	}
	if r.kinds == nil {
		r.kinds = map[string]int{}
	}
	if r.kinds[kind.Kind]++; r.kinds[kind.Kind] > 1 {
		r.l.fault(r.where, "%s: a second %s", file, kind.Kind)
	}
}

func (r *release) fault(format string, args ...any) { r.l.fault(r.where, format, args...) }

// check holds the manifests against each other and against what a server must be.
func (r *release) check() {
	for _, kind := range []string{"Deployment", "Service", "ServiceAccount", "ConfigMap", "NetworkPolicy"} {
		if r.kinds[kind] == 0 {
			r.fault("there is no %s", kind)
		}
	}
	if len(r.deployment.Spec.Template.Spec.Containers) != 1 {
		r.fault("the pod has %d containers", len(r.deployment.Spec.Template.Spec.Containers))
		return
	}
	r.pod(r.deployment.Spec.Template.Spec)
	r.container(r.deployment.Spec.Template.Spec.Containers[0])
	r.selectors()
	for name, value := range r.config.Data {
		r.l.setting(r.where, name)
		if value == "" {
			r.fault("%s is set to nothing", name)
		}
	}
	if types := r.policy.Spec.PolicyTypes; len(types) != 2 {
		r.fault("the NetworkPolicy leaves a direction open: %v", types)
	}
	several := r.kinds["HorizontalPodAutoscaler"] > 0 || r.deployment.Spec.Replicas != nil && *r.deployment.Spec.Replicas > 1
	if several != (r.kinds["PodDisruptionBudget"] > 0) {
		r.fault("several replicas: %t, PodDisruptionBudget: %d", several, r.kinds["PodDisruptionBudget"])
	}
	if r.kinds["HorizontalPodAutoscaler"] > 0 && r.deployment.Spec.Replicas != nil {
		r.fault("the number of replicas is the autoscaler's to say")
	}
	if r.kinds["PersistentVolumeClaim"] > 0 && r.deployment.Spec.Strategy.Type != apps.RecreateDeploymentStrategyType {
		r.fault("two pods would meet at one volume during an upgrade")
	}
}

func (r *release) pod(p core.PodSpec) {
	s := p.SecurityContext
	switch {
	case s == nil || s.RunAsNonRoot == nil || !*s.RunAsNonRoot || s.RunAsUser == nil || *s.RunAsUser == 0:
		r.fault("the pod may run as root")
	case s.SeccompProfile == nil || s.SeccompProfile.Type != core.SeccompProfileTypeRuntimeDefault:
		r.fault("the pod has no seccomp profile")
	case s.FSGroup == nil:
		r.fault("the pod can't read its secrets: it has no fsGroup")
	}
	if p.AutomountServiceAccountToken == nil || *p.AutomountServiceAccountToken || p.ServiceAccountName != r.account.Name {
		r.fault("the pod has a token of the cluster, or another's account")
	}
	have := map[string]bool{}
	for _, v := range p.Volumes {
		have[v.Name] = true
		if v.Secret != nil && (v.Secret.DefaultMode == nil || *v.Secret.DefaultMode != 0o440) {
			r.fault("the secret %s may be read by others", v.Name)
		}
	}
	for _, m := range p.Containers[0].VolumeMounts {
		if !have[m.Name] {
			r.fault("there is no volume %s", m.Name)
		}
		delete(have, m.Name)
	}
	if len(have) > 0 {
		r.fault("nothing mounts the volumes %v", slices.Sorted(maps.Keys(have)))
	}
}

func (r *release) container(c core.Container) {
	s := c.SecurityContext
	if s == nil || s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem ||
		s.Capabilities == nil || !slices.Equal(s.Capabilities.Drop, []core.Capability{"ALL"}) {
		r.fault("the container may do more than it needs")
	}
	for name, probe := range map[string]*core.Probe{"startup": c.StartupProbe, "liveness": c.LivenessProbe, "readiness": c.ReadinessProbe} {
		if probe == nil || probe.HTTPGet == nil || !slices.Contains([]string{"/healthz", "/readyz"}, probe.HTTPGet.Path) || probe.HTTPGet.Port.StrVal != "http" {
			r.fault("the %s probe is missing or asks elsewhere", name)
		}
	}
	if c.LivenessProbe != nil && c.LivenessProbe.HTTPGet.Path == "/readyz" {
		r.fault("a store that is away would restart every server")
	}
	if c.Resources.Requests.Cpu().IsZero() || c.Resources.Requests.Memory().IsZero() || c.Resources.Limits.Memory().IsZero() {
		r.fault("requests of processor and memory, or the limit of memory, are missing")
	}
	r.l.pinned(r.where, c.Image)
	if !slices.Equal(c.Args, []string{"serve"}) || len(c.Command) > 0 {
		r.fault("it runs %v %v", c.Command, c.Args)
	}
	for _, e := range c.EnvFrom {
		if e.ConfigMapRef != nil && e.ConfigMapRef.Name != r.config.Name {
			r.fault("there is no ConfigMap %s", e.ConfigMapRef.Name)
		}
	}
	for _, e := range c.Env {
		r.l.setting(r.where, e.Name)
	}
}

// selectors checks that everything which selects the pods does.
func (r *release) selectors() {
	pod := labels.Set(r.deployment.Spec.Template.Labels)
	check := func(what string, there bool, s *meta.LabelSelector) {
		if !there {
			return
		}
		selector, err := meta.LabelSelectorAsSelector(s)
		if err != nil || selector.Empty() || !selector.Matches(pod) {
			r.fault("the %s does not select the pods: %v", what, err)
		}
	}
	check("Deployment", true, r.deployment.Spec.Selector)
	check("Service", true, &meta.LabelSelector{MatchLabels: r.service.Spec.Selector})
	check("NetworkPolicy", true, &r.policy.Spec.PodSelector)
	check("PodDisruptionBudget", r.kinds["PodDisruptionBudget"] > 0, r.budget.Spec.Selector)
	if r.kinds["ServiceMonitor"] > 0 {
		selector, err := meta.LabelSelectorAsSelector(&r.monitor.Spec.Selector)
		if err != nil || !selector.Matches(labels.Set(r.service.Labels)) {
			r.fault("the ServiceMonitor does not select the service: %v", err)
		}
	}
	if r.kinds["HorizontalPodAutoscaler"] > 0 && r.scaler.Spec.ScaleTargetRef.Name != r.deployment.Name {
		r.fault("the autoscaler scales %s", r.scaler.Spec.ScaleTargetRef.Name)
	}
	for _, rule := range r.ingress.Spec.Rules {
		for _, p := range rule.HTTP.Paths {
			if p.Backend.Service.Name != r.service.Name || p.Backend.Service.Port.Name != r.service.Spec.Ports[0].Name {
				r.fault("the ingress of %s leads nowhere", p.Path)
			}
			if strings.HasPrefix("/metrics", p.Path) {
				r.fault("the ingress of %s shows what is for the inside", p.Path)
			}
		}
	}
	if r.kinds["PrometheusRule"] > 0 {
		text, err := yaml.Marshal(map[string]any{"groups": r.rule.Spec.Groups})
		if err != nil {
			r.fault("%v", err)
		}
		r.l.rules(fmt.Sprintf("%s: PrometheusRule", r.where), text)
	}
}
