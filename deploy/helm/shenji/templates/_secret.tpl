{{/* The secret that the chart makes for these components: root, name, components; component and annotations for its metadata. */}}
{{- define "shenji.secret" -}}
{{- $secret := .root.Values.secret -}}
{{- $keys := include "shenji.secretKeys" . | fromJson -}}
{{- if eq $secret.from "values" -}}
apiVersion: v1
kind: Secret
metadata: {{- include "shenji.metadata" . | nindent 2 }}
type: Opaque
stringData:
  {{- range $key, $why := $keys }}
  {{- if not (hasKey $secret.values $key) }}
  {{- fail (printf "secret.values has no %s: %s" $key $why) }}
  {{- end }}
  {{ $key | quote }}: {{ get $secret.values $key | quote }}
  {{- end }}
{{- else if eq $secret.from "external" -}}
# Needs External Secrets 0.16 or newer.
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {{- include "shenji.metadata" . | nindent 2 }}
spec:
  refreshInterval: {{ $secret.external.refreshInterval }}
  secretStoreRef: { name: {{ $secret.external.store.name | quote }}, kind: {{ $secret.external.store.kind }} }
  target: { name: {{ .name | quote }}, creationPolicy: Owner }
  data:
    {{- range $key, $_ := $keys }}
    - secretKey: {{ $key | quote }}
      remoteRef: { key: {{ $secret.external.remoteKey | quote }}, property: {{ $key | quote }} }
    {{- end }}
{{- end -}}
{{- end -}}
