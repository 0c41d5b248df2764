{{- define "drover.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 53 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 53 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "drover.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "drover.labels" -}}
{{ include "drover.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- /* In mode gateway another config is another ConfigMap: Envoy reads its part only at the start. */}}
{{- define "drover.configMap" -}}
{{ include "drover.name" . }}{{ if eq .Values.mode "gateway" }}-{{ include "drover.config" . | sha256sum | trunc 8 }}{{ end }}
{{- end }}

{{- define "drover.secret" -}}
{{- .Values.secrets.existingSecret | default (include "drover.name" .) }}
{{- end }}

{{- /* The config file: what was given, and where Drover listens in a pod. */}}
{{- define "drover.config" -}}
{{- $server := dict "admin" "0.0.0.0:9003" "health" "0.0.0.0:9004" "admin_token" (dict "file" "/etc/drover/secrets/admin-token") "state_dir" "/var/lib/drover" }}
{{- $envoy := dict }}
{{- if eq .Values.mode "gateway" }}
{{- $_ := set $server "listen" "unix:/run/drover/drover.sock" }}
{{- $_ := set $envoy "listen" (printf "0.0.0.0:%v" .Values.envoy.port) }}
{{- $_ := set $envoy "admin" "127.0.0.1:9901" }}
{{- else }}
{{- $host := printf "%s.%s.svc.cluster.local" (include "drover.name" .) .Release.Namespace }}
{{- $_ := set $server "listen" "0.0.0.0:9002" }}
{{- $pods := printf "%s-pods.%s.svc.cluster.local" (include "drover.name" .) .Release.Namespace }}
{{- $_ := set $envoy "ext_proc" (list (printf "%s:9002" $pods)) }}
{{- if .Values.tls.secretName }}
{{- $_ := set $server "tls" (dict "certificate" "/etc/drover/tls/tls.crt" "private_key" "/etc/drover/tls/tls.key" "client_ca" "/etc/drover/tls/ca.crt") }}
{{- $folder := .Values.tls.envoyFolder }}
{{- $_ := set $envoy "ext_proc_tls" (dict "server_name" $host "ca" (printf "%s/ca.crt" $folder) "certificate" (printf "%s/tls.crt" $folder) "private_key" (printf "%s/tls.key" $folder)) }}
{{- else if .Values.trustedNetwork }}
{{- $_ := set $server "trusted_network" true }}
{{- else }}
{{- fail "tls.secretName: empty (expected: a secret with tls.crt, tls.key and ca.crt, or trustedNetwork: true where the network vouches for its callers)" }}
{{- end }}
{{- end }}
{{- $server = mergeOverwrite (deepCopy .Values.server) $server }}
{{- $identity := .Values.config.identity | default dict }}
{{- if not (or .Values.config.keys .Values.config.workloads $identity.jwt $identity.headers (hasKey .Values.config "anonymous")) }}
{{- fail "config: does not say who may call (expected: keys, workloads or identity, or anonymous: true)" }}
{{- end }}
{{- $config := deepCopy .Values.config }}
{{- $_ := set $config "server" $server }}
{{- $_ := set $config "envoy" (mergeOverwrite (deepCopy (.Values.config.envoy | default dict)) $envoy) }}
{{- toYaml $config }}
{{- end }}

{{- define "drover.container" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "drover.drover" -}}
- name: drover
  image: {{ printf "%s:%s" .Values.image.repository .Values.image.tag | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args: [serve, /etc/drover/config/drover.yaml]
  env:
    - name: JAVA_TOOL_OPTIONS
      value: {{ .Values.javaOpts | quote }}
  ports:
    {{- if ne .Values.mode "gateway" }}
    - { name: grpc, containerPort: 9002 }
    {{- end }}
    - { name: admin, containerPort: 9003 }
    - { name: health, containerPort: 9004 }
  {{- if eq .Values.mode "gateway" }}
  restartPolicy: Always
  {{- else }}
  lifecycle:
    preStop:
      # endpoints are taken away while it still answers
      sleep: { seconds: 5 }
  {{- end }}
  startupProbe:
    httpGet: { path: /health/startup, port: health }
    periodSeconds: 1
    failureThreshold: 60
  livenessProbe:
    httpGet: { path: /health/live, port: health }
    periodSeconds: 10
    failureThreshold: 3
  readinessProbe:
    httpGet: { path: /health/ready, port: health }
    periodSeconds: 2
    failureThreshold: 1
  securityContext: {{- include "drover.container" . | nindent 4 }}
  resources: {{- toYaml .Values.resources | nindent 4 }}
  volumeMounts:
    # a whole folder, so that a change of the config map reaches the running Drover
    - { name: config, mountPath: /etc/drover/config, readOnly: true }
    - { name: secrets, mountPath: /etc/drover/secrets, readOnly: true }
    {{- if and (ne .Values.mode "gateway") .Values.tls.secretName }}
    - { name: tls, mountPath: /etc/drover/tls, readOnly: true }
    {{- end }}
    {{- if (eq .Values.mode "gateway") }}
    - { name: run, mountPath: /run/drover }
    {{- end }}
    - { name: state, mountPath: /var/lib/drover }
    - { name: tmp, mountPath: /tmp }
{{- end }}
