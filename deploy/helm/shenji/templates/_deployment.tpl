{{/* The configuration that a component's pods mount. */}}
{{- define "shenji.configMap" -}}
apiVersion: v1
kind: ConfigMap
metadata: {{- include "shenji.metadata" (merge (dict "name" (printf "%s-%s" (include "shenji.fullname" .root) .component)) .) | nindent 2 }}
data:
  shenji.yml: |
    {{- include "shenji.config" (dict "root" .root "component" .component) | nindent 4 }}
{{- end -}}

{{/* What scheduler and worker have alike: configuration, deployment, service, budget. */}}
{{- define "shenji.deployment" -}}
{{- $values := .root.Values -}}
{{- $own := index $values .component -}}
{{- $name := printf "%s-%s" (include "shenji.fullname" .root) .component -}}
{{- $metadata := include "shenji.metadata" (dict "root" .root "name" $name "component" .component) -}}
{{ include "shenji.configMap" . }}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{- $metadata | nindent 2 }}
spec:
  {{- if .replicas }}
  replicas: {{ .replicas }}
  {{- end }}
  selector:
    matchLabels: {{- include "shenji.selector" . | nindent 6 }}
  template: {{- include "shenji.pod" (dict "root" .root "component" .component "label" .component "args" .args "probes" true) | nindent 4 }}
---
# Headless, and with pods that are not ready: /readyz of all of them says 503 while Elasticsearch is away, and what they
# count is asked for then most of all.
apiVersion: v1
kind: Service
metadata: {{- $metadata | nindent 2 }}
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector: {{- include "shenji.selector" . | nindent 4 }}
  ports:
    - { name: http, port: {{ $values.config.http.port }}, targetPort: http }
{{- with $own.podDisruptionBudget }}
{{- if .enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{- $metadata | nindent 2 }}
spec:
  maxUnavailable: {{ .maxUnavailable }}
  # Else pods that wait for Elasticsearch would keep a node from being drained.
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels: {{- include "shenji.selector" $ | nindent 6 }}
{{- end }}
{{- end }}
{{- end -}}
