#!/usr/bin/env bash
# Requests of one app to one host are caught at its own sidecar; Drover runs in the same pod.
# Without a cluster: the same config answers on this machine, and what goes into the cluster is rendered.
# shellcheck source=../demo.sh
source "$(dirname "$0")/../demo.sh"
start "$@"
ask chat "Say hello." | expect "the config routes" '^x-drover-target: deepseek'
"$drover" render istio "$here/drover.yaml" --host llm.apps.svc.cluster.local --namespace apps --selector app=chat > "$work/rendered.yaml"
expect "the resources are rendered" 'kind: EnvoyFilter' < "$work/rendered.yaml"
if command -v kubectl > /dev/null && kubectl version > /dev/null 2>&1; then
  kubectl apply --dry-run=server -f "$work/rendered.yaml"
else
  echo "skipped: no cluster to ask whether it takes them"
fi
