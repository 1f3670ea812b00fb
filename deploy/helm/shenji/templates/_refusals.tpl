{{/* What values.schema.json cannot see: what two values say together, and what the parts of a text say. */}}
{{- define "shenji.refuse" -}}
{{- $name := include "shenji.fullname" . -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $name) -}}
{{- fail (printf "a Service cannot be named %s-…: it needs lower-case letters, digits and -, a letter first; set fullnameOverride" $name) -}}
{{- end -}}
{{- if and .Values.ca.secret .Values.ca.configMap -}}
{{- fail "ca.secret and ca.configMap exclude each other; keep one" -}}
{{- end -}}
{{- with .Values.scaling -}}
{{- if and (ne .by "none") (gt (int .min) (int .max)) -}}
{{- fail (printf "scaling.min (%v) is more than scaling.max (%v)" .min .max) -}}
{{- end -}}
{{- end -}}
{{- with .Values.setup -}}
{{- $second := dict "ms" 0 "s" 1 "m" 60 "h" 3600 "d" 86400 -}}
{{- $seconds := mul (regexFind "^[0-9]+" .wait | int) (get $second (regexFind "[a-z]+$" .wait)) -}}
{{- if lt (int .deadlineSeconds) (int (mul 2 $seconds)) -}}
{{- fail (printf "setup.deadlineSeconds (%v) is less than twice setup.wait (%s): the job would be ended before it says what it waits for" .deadlineSeconds .wait) -}}
{{- end -}}
{{- end -}}
{{- range .Values.env -}}
{{- include "shenji.refuseAddress" (dict "at" (printf "env %s" .name) "value" (.value | default "") "reference" "\\$\\([A-Za-z_][A-Za-z0-9_]*\\)" "remedy" "give it by valueFrom.secretKeyRef") -}}
{{- end -}}
{{- $names := list -}}
{{- range $component := include "shenji.components" . | fromJsonArray -}}
{{- $of := dict "root" $ "component" $component -}}
{{- $config := include "shenji.config" $of | fromYaml -}}
{{- include "shenji.refuseInConfig" (dict "root" $ "of" $component "at" "" "value" $config) -}}
{{- range $at, $server := dict "elasticsearch" $config.elasticsearch "elasticsearch.repair" (dig "elasticsearch" "repair" nil $config) "kibana" $config.kibana -}}
{{- if and $server $server.apiKey $server.username -}}
{{- fail (printf "config of the %s: %s.apiKey and .username exclude each other; with users, %s.config.%s needs apiKey: null and a username and password of its own" $component $at $component $at) -}}
{{- end -}}
{{- end -}}
{{- $names = concat $names (include "shenji.variablesIn" (dict "root" $ "text" (include "shenji.config" $of)) | fromJsonArray) -}}
{{- end -}}
{{- $variables := dict -}}
{{- range $variable := $names | uniq -}}
{{- $key := include "shenji.key" $variable -}}
{{- with get $variables $key -}}
{{- fail (printf "config: ${%s} and ${%s} are both the key %s of the secret; rename one" . $variable $key) -}}
{{- end -}}
{{- $_ := set $variables $key $variable -}}
{{- end -}}
{{- end -}}

{{/* Value by value: root, of (whose configuration), at (the path), value. */}}
{{- define "shenji.refuseInConfig" -}}
{{- if kindIs "map" .value -}}
{{- range $key, $value := .value -}}
{{- include "shenji.refuseInConfig" (dict "root" $.root "of" $.of "at" (printf "%s.%s" $.at $key | trimPrefix ".") "value" $value) -}}
{{- end -}}
{{- else if kindIs "slice" .value -}}
{{- range $index, $value := .value -}}
{{- include "shenji.refuseInConfig" (dict "root" $.root "of" $.of "at" (printf "%s[%d]" $.at $index) "value" $value) -}}
{{- end -}}
{{- else if kindIs "string" .value -}}
{{- $at := printf "config of the %s: %s" .of .at -}}
{{- include "shenji.refuseAddress" (dict "at" $at "value" .value "reference" "\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}" "remedy" "write ${NAME} alone in its place, and name in the secret") -}}
{{- if and (regexMatch "(^|\\.)caFile$" .at) (not (regexMatch "^(/|\\$\\{)" .value)) -}}
{{- if ne .value "ca.crt" -}}
{{- fail (printf "%s: only ca.crt lies beside the configuration; write that, or the whole path of a file of extraVolumeMounts" $at) -}}
{{- end -}}
{{- if not (or .root.Values.ca.secret .root.Values.ca.configMap) -}}
{{- fail (printf "%s: ca.crt is mounted from ca.secret or ca.configMap, and neither is set" $at) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* An address with a password that is not a reference and nothing else: at, value, reference (its pattern), remedy. Says none of it. */}}
{{- define "shenji.refuseAddress" -}}
{{- $scheme := "[A-Za-z][A-Za-z0-9+.-]*://" -}}
{{- $before := regexFind (printf "%s.*@" $scheme) .value -}}
{{- $isOpen := and $before (not (regexMatch (printf "^%s[^:/?#@]*(:%s)?@$" $scheme .reference) $before)) -}}
{{- $isAsked := regexMatch (printf "(?i)%s.*[?&;](passw(or)?d|pwd|secret|(access_?)?token|api_?key)=" $scheme) .value -}}
{{- if or $isOpen $isAsked -}}
{{- fail (printf "%s: an address with a password in plain text would lie open in the cluster: %s" .at .remedy) -}}
{{- end -}}
{{- end -}}
