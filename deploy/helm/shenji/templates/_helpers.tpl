{{- define "shenji.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Short enough for what is put behind it; two that differ only in their ends stay two. */}}
{{- define "shenji.fullname" -}}
{{- $name := include "shenji.name" . -}}
{{- $both := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- $full := .Values.fullnameOverride | default $both -}}
{{- if gt (len $full) 48 -}}
{{- printf "%s-%s" ($full | trunc 39 | trimSuffix "-") ($full | sha256sum | trunc 8) -}}
{{- else -}}
{{- $full -}}
{{- end -}}
{{- end -}}

{{- define "shenji.image" -}}
{{- with .Values.image -}}
{{- .repository -}}{{- if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* What of a release is one kind of pod: never changed, since a deployment's selector cannot be. */}}
{{- define "shenji.selector" -}}
app.kubernetes.io/name: {{ include "shenji.name" .root | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
{{- with .component }}
app.kubernetes.io/component: {{ . | quote }}
{{- end }}
{{- end -}}

{{- define "shenji.labels" -}}
{{ include "shenji.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | quote }}
{{- end -}}

{{/* Of any object: root, name; component, ownLabels and annotations where it has them. Quoted, since a name may be 2024. */}}
{{- define "shenji.metadata" -}}
name: {{ .name | quote }}
namespace: {{ .root.Release.Namespace | quote }}
labels:
  {{- include "shenji.labels" . | nindent 2 }}
  {{- with .ownLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .annotations }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "shenji.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "shenji.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "shenji.slotsPerWorker" -}}
{{- .Values.scaling.slotsPerWorker | default (max 1 (sub (int .Values.worker.concurrency) 1)) -}}
{{- end -}}

{{/* Whose configurations there are: a JSON list. */}}
{{- define "shenji.components" -}}
{{- ternary (list "scheduler" "worker" "setup") (list "scheduler" "worker") .Values.setup.enabled | toJson -}}
{{- end -}}
