{{- define "shenji.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Short enough for what is put behind it. */}}
{{- define "shenji.fullname" -}}
{{- $name := include "shenji.name" . -}}
{{- $both := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- .Values.fullnameOverride | default $both | trunc 48 | trimSuffix "-" -}}
{{- end -}}

{{- define "shenji.image" -}}
{{- with .Values.image -}}
{{- .repository -}}{{- if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* What of a release is one kind of pod: never changed, since a deployment's selector cannot be. */}}
{{- define "shenji.selector" -}}
app.kubernetes.io/name: {{ include "shenji.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{- define "shenji.labels" -}}
{{ include "shenji.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{/* The configuration of a component: config, with the component's own laid over it. */}}
{{- define "shenji.config" -}}
{{- $own := index .root.Values .component "config" -}}
{{- $text := mergeOverwrite (deepCopy .root.Values.config) (deepCopy $own) | toYaml -}}
{{- with regexFind "[a-z]+://[^/@\\s]*:[^/@\\s$][^/@\\s]*@[^/\\s\"']*" $text -}}
{{- fail (printf "config: an address with a password in plain text would lie in a ConfigMap: write ${NAME} in its place, and name in the secret (%s)" (regexReplaceAll ":[^/@]*@" . ":…@")) -}}
{{- end -}}
{{- $text -}}
{{- end -}}

{{/* The variables that a configuration names, less those of env: {"names": […]}. */}}
{{- define "shenji.variables" -}}
{{- $given := list -}}
{{- range .root.Values.env }}{{ $given = append $given .name }}{{ end -}}
{{- $names := list -}}
{{- range regexFindAll "\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}" (include "shenji.config" .) -1 -}}
{{- $names = append $names (. | trimPrefix "${" | trimSuffix "}") -}}
{{- end -}}
{{- $found := list -}}
{{- range $names | uniq | sortAlpha -}}
{{- if not (has . $given) }}{{ $found = append $found . }}{{ end -}}
{{- end -}}
{{- dict "names" $found | toJson -}}
{{- end -}}

{{/* ES_API_KEY is the key es-api-key of the secret. */}}
{{- define "shenji.key" -}}
{{- . | lower | replace "_" "-" -}}
{{- end -}}

{{/* Of all components: {"names": […]}. */}}
{{- define "shenji.allVariables" -}}
{{- $components := ternary (list "scheduler" "worker" "setup") (list "scheduler" "worker") .Values.setup.enabled -}}
{{- $names := list -}}
{{- range $component := $components -}}
{{- $names = concat $names (include "shenji.variables" (dict "root" $ "component" $component) | fromJson).names -}}
{{- end -}}
{{- dict "names" ($names | uniq | sortAlpha) | toJson -}}
{{- end -}}

{{- define "shenji.secretName" -}}
{{- .Values.secret.name | default (include "shenji.fullname" .) -}}
{{- end -}}

{{/* The secret's values for these variables. Fails where one is missing. */}}
{{- define "shenji.secretValues" -}}
{{- $values := .root.Values.secret.values -}}
{{- range .names -}}
{{- $key := include "shenji.key" . -}}
{{- if not (hasKey $values $key) -}}
{{- fail (printf "secret.values has no %s, and the configuration names it as ${%s}" $key .) -}}
{{- end }}
{{ $key }}: {{ get $values $key | toString | quote }}
{{- end -}}
{{- end -}}

{{/* The key of http.token, for whoever reads /metrics. */}}
{{- define "shenji.tokenKey" -}}
{{- $token := .Values.config.http.token | default "" -}}
{{- if not $token -}}
{{- fail "config.http.token: /metrics is closed without it, and scaling.by or monitoring.serviceMonitor reads it; give it as ${HTTP_TOKEN}" -}}
{{- end -}}
{{- include "shenji.key" ($token | trimPrefix "${" | trimSuffix "}") -}}
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

{{/* When setup runs. A secret that External Secrets makes is not there before the first installation. */}}
{{- define "shenji.setupHook" -}}
{{- ternary "post-install,pre-upgrade" "pre-install,pre-upgrade" (eq .Values.secret.from "external") -}}
{{- end -}}
