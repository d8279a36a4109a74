{{- define "mingjian.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{- define "mingjian.selector" -}}
app.kubernetes.io/name: mingjian
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "mingjian.labels" -}}
{{ include "mingjian.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "mingjian.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- /* Several servers on files would be several ledgers. */ -}}
{{- define "mingjian.check" -}}
{{- $several := or (gt (int .Values.replicas) 1) .Values.autoscaling.enabled -}}
{{- if and $several .Values.persistence.enabled -}}
{{- fail "persistence is for one replica: a data directory has one process at a time" -}}
{{- end -}}
{{- if and (not .Values.persistence.enabled) (or (not .Values.stores.views) (and (not .Values.stores.events) (not .Values.secrets.environment))) -}}
{{- fail "stores.events and stores.views name servers, or persistence.enabled keeps files" -}}
{{- end -}}
{{- if and $several (not .Values.secrets.masterKey.name) -}}
{{- fail "secrets.masterKey.name is required: replicas share one file of master keys" -}}
{{- end -}}
{{- if and .Values.exchange.file (not .Values.exchange.claim) (not .Values.persistence.enabled) -}}
{{- fail "exchange.claim is required: which batches went out must outlive the server" -}}
{{- end -}}
{{- range $name, $url := .Values.stores -}}
{{- if regexMatch "://[^/@]*:[^/@]*@" $url -}}
{{- fail (printf "stores.%s holds a password: put the URL into the Secret of secrets.environment" $name) -}}
{{- end -}}
{{- end -}}
{{- end }}
