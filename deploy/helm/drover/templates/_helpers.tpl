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

{{- define "drover.secret" -}}
{{- .Values.secrets.existingSecret | default (include "drover.name" .) }}
{{- end }}

{{- /* The config file: what was given, and where Drover listens in a pod. */}}
{{- define "drover.config" -}}
{{- $server := dict "admin" "0.0.0.0:9003" "admin_token" (dict "file" "/etc/drover/secrets/admin-token") "state_dir" "/var/lib/drover" }}
{{- $envoy := dict }}
{{- if eq .Values.mode "gateway" }}
{{- $_ := set $server "listen" "unix:/run/drover/drover.sock" }}
{{- $_ := set $envoy "listen" (printf "0.0.0.0:%v" .Values.envoy.port) }}
{{- else }}
{{- $host := printf "%s.%s.svc.cluster.local" (include "drover.name" .) .Release.Namespace }}
{{- $_ := set $server "listen" "0.0.0.0:9002" }}
{{- $_ := set $envoy "ext_proc" (printf "%s:9002" $host) }}
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
