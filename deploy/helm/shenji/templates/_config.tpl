{{/* The configuration of a component: config, with the component's own laid over it. Setup listens nowhere and writes no document. */}}
{{- define "shenji.config" -}}
{{- $own := index .root.Values .component "config" -}}
{{- $config := mergeOverwrite (deepCopy .root.Values.config) (deepCopy $own) -}}
{{- if eq .component "setup" }}{{ $config = omit $config "http" "redact" }}{{ end -}}
{{- toYaml $config -}}
{{- end -}}

{{/* The variables that this text names, less those of env: a JSON list. */}}
{{- define "shenji.variablesIn" -}}
{{- $given := list -}}
{{- range .root.Values.env }}{{ $given = append $given .name }}{{ end -}}
{{- $found := list -}}
{{- range regexFindAll "\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}" .text -1 | uniq | sortAlpha -}}
{{- $name := . | trimPrefix "${" | trimSuffix "}" -}}
{{- if not (has $name $given) }}{{ $found = append $found $name }}{{ end -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/* Those that a component has from the secret. The program loads no configuration without the apps' secrets, and setup asks no vendor: it gets a word in their place. */}}
{{- define "shenji.variables" -}}
{{- $text := include "shenji.config" . -}}
{{- if eq .component "setup" }}{{ $text = regexReplaceAll "appSecret: \\S+" $text "" }}{{ end -}}
{{- include "shenji.variablesIn" (dict "root" .root "text" $text) -}}
{{- end -}}

{{/* Those that it gets that word for. */}}
{{- define "shenji.withheld" -}}
{{- $needed := include "shenji.variables" . | fromJsonArray -}}
{{- $all := include "shenji.variablesIn" (dict "root" .root "text" (include "shenji.config" .)) | fromJsonArray -}}
{{- $withheld := list -}}
{{- range $all }}{{ if not (has . $needed) }}{{ $withheld = append $withheld . }}{{ end }}{{ end -}}
{{- toJson $withheld -}}
{{- end -}}

{{/* ES_API_KEY is the key es-api-key of the secret. */}}
{{- define "shenji.key" -}}
{{- . | lower | replace "_" "-" -}}
{{- end -}}

{{- define "shenji.secretName" -}}
{{- .Values.secret.name | default (include "shenji.fullname" .) -}}
{{- end -}}

{{/* Setup runs before what the chart makes is there, so it has a secret of its own where the chart makes secrets. */}}
{{- define "shenji.secretOf" -}}
{{- if and (eq .component "setup") (ne .root.Values.secret.from "existing") -}}
{{- include "shenji.fullname" .root }}-setup
{{- else -}}
{{- include "shenji.secretName" .root -}}
{{- end -}}
{{- end -}}

{{/* Whether the authorities are a key of the secret that the chart makes. */}}
{{- define "shenji.ownsAuthorities" -}}
{{- with .Values -}}
{{- if and (ne .secret.from "existing") .ca.secret (eq .ca.secret (include "shenji.secretName" $)) }}yes{{ end -}}
{{- end -}}
{{- end -}}

{{/* The secret's keys for these components, each with what asks for it: a JSON object. */}}
{{- define "shenji.secretKeys" -}}
{{- $keys := dict -}}
{{- range $component := .components -}}
{{- range include "shenji.variables" (dict "root" $.root "component" $component) | fromJsonArray -}}
{{- $_ := set $keys (include "shenji.key" .) (printf "the configuration names it as ${%s}" .) -}}
{{- end -}}
{{- end -}}
{{- if include "shenji.ownsAuthorities" .root -}}
{{- $_ := set $keys .root.Values.ca.key "ca.key names it" -}}
{{- end -}}
{{- toJson $keys -}}
{{- end -}}

{{/* The key of http.token, for whoever reads /metrics. */}}
{{- define "shenji.tokenKey" -}}
{{- $token := .Values.config.http.token | default "" -}}
{{- if not (include "shenji.variablesIn" (dict "root" . "text" $token) | fromJsonArray) -}}
{{- fail "config.http.token: scaling.by: keda and monitoring.serviceMonitor read /metrics with it, from the secret; give it as ${HTTP_TOKEN}, and not by env" -}}
{{- end -}}
{{- include "shenji.key" ($token | trimPrefix "${" | trimSuffix "}") -}}
{{- end -}}
