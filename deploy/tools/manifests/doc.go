// Command lintdeploy checks what deploy/ is made of, with the parsers of those who will read it: the chart is rendered by Helm's
// engine and its manifests are decoded strictly as Kubernetes' types, the compose files are loaded by Compose's loader, the
// Dockerfile is parsed by BuildKit, alerts and panels by Prometheus.
//
// It guarantees that unknown fields, unknown metrics and unknown settings are told with the file they are in, and that
// what runs is not root, writes nothing but its volumes and has health checks. It refuses passwords in files. It runs nothing and needs no
// network.
package main
