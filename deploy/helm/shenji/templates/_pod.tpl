{{/* A pod template: root, component, args; probes and restartPolicy where it has them. */}}
{{- define "shenji.pod" -}}
{{- $values := .root.Values -}}
{{- $own := index $values .component -}}
{{- $of := dict "root" .root "component" .component -}}
{{- $variables := (include "shenji.variables" $of | fromJson).names -}}
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
    checksum/secret: {{ include "shenji.secretValues" (dict "root" .root "names" $variables) | sha256sum }}
    {{- end }}
    {{- with $own.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ .serviceAccount | default (include "shenji.serviceAccountName" .root) }}
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
  priorityClassName: {{ . }}
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
      image: {{ include "shenji.image" .root }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      args: {{ .args | toJson }}
      env:
        - { name: SHENJI_CONFIG, value: /etc/shenji/shenji.yml }
        {{- range $variables }}
        - { name: {{ . }}_FILE, value: /run/secrets/shenji/{{ include "shenji.key" . }} }
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
          {{- with $values.ca }}
          {{- if .secret }}
          - secret: { name: {{ .secret }}, items: [{ key: {{ .key }}, path: ca.crt }] }
          {{- else if .configMap }}
          - configMap: { name: {{ .configMap }}, items: [{ key: {{ .key }}, path: ca.crt }] }
          {{- end }}
          {{- end }}
    {{- if $variables }}
    - name: secrets
      secret:
        secretName: {{ .secretName | default (include "shenji.secretName" .root) }}
        # 0440
        defaultMode: 288
        # What this component's configuration names, and no more.
        items:
          {{- range $variables }}
          - { key: {{ include "shenji.key" . }}, path: {{ include "shenji.key" . }} }
          {{- end }}
    {{- end }}
    {{- with $values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* The configuration that a component's pods mount. */}}
{{- define "shenji.configMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "shenji.fullname" .root }}-{{ .component }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "shenji.labels" . | nindent 4 }}
  {{- with .annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
data:
  shenji.yml: |
    {{- include "shenji.config" (dict "root" .root "component" .component) | nindent 4 }}
{{- end -}}

{{/* What scheduler and worker have alike: configuration, deployment, service, budget. */}}
{{- define "shenji.deployment" -}}
{{- $values := .root.Values -}}
{{- $own := index $values .component -}}
{{- $name := printf "%s-%s" (include "shenji.fullname" .root) .component -}}
{{ include "shenji.configMap" . }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "shenji.labels" . | nindent 4 }}
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
metadata:
  name: {{ $name }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "shenji.labels" . | nindent 4 }}
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
metadata:
  name: {{ $name }}
  namespace: {{ $.root.Release.Namespace }}
  labels: {{- include "shenji.labels" $ | nindent 4 }}
spec:
  maxUnavailable: {{ .maxUnavailable }}
  # Else pods that wait for Elasticsearch would keep a node from being drained.
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels: {{- include "shenji.selector" $ | nindent 6 }}
{{- end }}
{{- end }}
{{- end -}}
