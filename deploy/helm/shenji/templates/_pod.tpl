{{/* A pod template: root, component, args; probes and restartPolicy where it has them. */}}
{{- define "shenji.pod" -}}
{{- $values := .root.Values -}}
{{- $own := index $values .component -}}
{{- $of := dict "root" .root "component" .component -}}
{{- $variables := include "shenji.variables" $of | fromJsonArray -}}
metadata:
  labels:
    {{- include "shenji.labels" (dict "root" .root "component" .label) | nindent 4 }}
    {{- with $own.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # A change of what is read at the start starts the pods anew.
    checksum/config: {{ include "shenji.config" $of | sha256sum }}
    {{- if eq $values.secret.from "values" }}
    checksum/secret: {{ include "shenji.secret" (dict "root" .root "name" "" "components" (list .component)) | sha256sum }}
    {{- end }}
    {{- with $own.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ .serviceAccount | default (include "shenji.serviceAccountName" .root) | quote }}
  automountServiceAccountToken: false
  {{- with $values.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.podSecurityContext }}
  securityContext: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .restartPolicy }}
  restartPolicy: {{ . }}
  {{- end }}
  # Running windows get 20 s, then they go back to the queue.
  terminationGracePeriodSeconds: 40
  {{- with $own.priorityClassName }}
  priorityClassName: {{ . | quote }}
  {{- end }}
  {{- with $own.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $own.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $own.affinity }}
  affinity: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if and .probes $own.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- range $own.topologySpreadConstraints }}
    - {{ toYaml . | nindent 6 | trim }}
      labelSelector:
        matchLabels: {{- include "shenji.selector" $of | nindent 10 }}
      {{- if not (hasKey . "matchLabelKeys") }}
      # Not beside those that an upgrade is about to take away: they would drive all new pods to one node.
      matchLabelKeys: [pod-template-hash]
      {{- end }}
    {{- end }}
  {{- end }}
  containers:
    - name: {{ .label }}
      image: {{ include "shenji.image" .root | quote }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      args: {{ .args | toJson }}
      env:
        - { name: SHENJI_CONFIG, value: /etc/shenji/shenji.yml }
        {{- range $variables }}
        - { name: {{ . }}_FILE, value: /run/secrets/shenji/{{ include "shenji.key" . }} }
        {{- end }}
        {{- range include "shenji.withheld" $of | fromJsonArray }}
        - { name: {{ . }}, value: not-given-to-setup }
        {{- end }}
        {{- with $values.otlp.endpoint }}
        - { name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }} }
        {{- end }}
        {{- with $values.env }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- if .probes }}
      ports:
        - { name: http, containerPort: {{ $values.config.http.port }} }
      startupProbe:
        httpGet: { path: /healthz, port: http }
        periodSeconds: 2
        failureThreshold: 30
      livenessProbe:
        httpGet: { path: /healthz, port: http }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: { path: /readyz, port: http }
        periodSeconds: 10
        timeoutSeconds: 5
      {{- end }}
      {{- with $values.securityContext }}
      securityContext: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $own.resources }}
      resources: {{- toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - { name: config, mountPath: /etc/shenji, readOnly: true }
        {{- if $variables }}
        - { name: secrets, mountPath: /run/secrets/shenji, readOnly: true }
        {{- end }}
        {{- with $values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: config
      projected:
        sources:
          - configMap: { name: {{ include "shenji.fullname" .root }}-{{ .component }} }
          {{- $authorities := ternary (include "shenji.secretOf" $of) $values.ca.secret (eq (include "shenji.ownsAuthorities" .root) "yes") }}
          {{- with $values.ca }}
          {{- if .secret }}
          - secret: { name: {{ $authorities | quote }}, items: [{ key: {{ .key | quote }}, path: ca.crt }] }
          {{- else if .configMap }}
          - configMap: { name: {{ .configMap | quote }}, items: [{ key: {{ .key | quote }}, path: ca.crt }] }
          {{- end }}
          {{- end }}
    {{- if $variables }}
    - name: secrets
      secret:
        secretName: {{ include "shenji.secretOf" $of | quote }}
        # 0440
        defaultMode: 288
        # What this component's configuration names, and no more.
        items:
          {{- range $variables }}
          - { key: {{ include "shenji.key" . | quote }}, path: {{ include "shenji.key" . | quote }} }
          {{- end }}
    {{- end }}
    {{- with $values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}
